"""My interview, looked at: only by whom it concerns, in their language, and without changing anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.web import site
from conversations.interview import State
from store import people, tokens
from store.errors import Unavailable
from tests.unit.web.conftest import Web
from tests.unit.web.mine import (
    HOUR,
    IPHONE,
    MINUTE,
    PHONE,
    Candidate,
    candidate,
    counts,
    free_slots,
    link_of,
    open_web,
)

PERSONAL = ("Front-end engineer", "李雷", "24 Nov", "meet.example", "coding task")


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


def with_settings(web: Web, **changes: Any) -> None:
    settings: Settings = web.town.app.settings
    web.town.app.settings = replace(settings, server=replace(settings.server, **changes))


# -- what it shows ---------------------------------------------------------------------------------------


async def test_a_page_shows_the_interview_and_everything_for_it(web: Web) -> None:
    who = await candidate(web)
    page = await who.opens()
    assert page.status == 200
    lines = page.text.splitlines()
    assert lines[:3] == ["Nebula", "Booked", "Your Front-end engineer interview"]
    for told in (
        "tomorrow, Tue 24 Nov, 11:00",
        "in 1 day 2 hours",
        "There is a coding task: have your editor ready.",
        "A computer with Chrome 110 or newer",
        "400-820-8820",
    ):
        assert told in page.text
    assert page.text.index("coding task") < page.text.index("A computer with Chrome")
    assert {"I'll be there", "Another time", "I can't come", "Something does not work"} <= {*page.presses}
    assert "/check/" in page.opens["Check your device"]
    assert page.opens["Call support"] == "tel:4008208820"
    assert "https://meet.example/1" not in page.text


async def test_headers_keep_the_page_to_its_reader(web: Web) -> None:
    who = await candidate(web)
    await who.opens()
    assert who.answer is not None
    headers = who.answer.headers
    assert who.answer.is_for_people
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    body = who.answer.body.decode()
    assert "<script" not in body
    assert " style=" not in body


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(web: Web, method: str) -> None:
    who = await candidate(web)
    await free_slots(web)
    token = web.town.app.links.invite_token(who.interview.id)
    now = web.town.clock.now()
    async with web.town.app.db.write() as tx:
        await tokens.keep(tx, "bind", f"interview:{who.interview.id}", token, now, now + HOUR)
    before = await counts(web)
    for path in (
        who.path(),
        who.path() + "/calendar.ics",
        who.path() + "/qr.png",
        who.path("go"),
        who.path("stop"),
        f"/join/{token}",
        f"/join/{token}/telegram.main.png",
    ):
        for _ in range(2):
            page = await who.opens(path, method)
            assert page.status == 200, path
    assert await counts(web) == before
    assert await who.knows() == who.interview


async def test_a_zone_of_ones_own_stands_beside_the_companys(web: Web) -> None:
    who = await candidate(web)
    async with web.town.app.db.write() as tx:
        await people.save(tx, replace(who.person, zone="Asia/Tokyo"))
    page = await who.opens()
    assert "12:00 (Tokyo time; 11:00 Beijing time)" in page.text


async def test_near_the_start_entering_comes_first(web: Web) -> None:
    who = await candidate(web, 2 * HOUR)
    page = await who.opens()
    assert page.buttons.index("Enter the interview") > page.buttons.index("I'll be there")
    web.town.clock.advance(70 * MINUTE)
    page = await who.opens()
    assert page.buttons.index("Enter the interview") < page.buttons.index("I'll be there")
    form, _ = page.form("Enter the interview")
    await who.sends(page, form)
    assert who.sent_on[-1] == "https://meet.example/1"


async def test_a_meeting_without_an_address_is_told(web: Web) -> None:
    who = await candidate(web)
    await who.becomes(join="Meeting 123 <b>456</b>")
    page = await who.opens()
    assert "Meeting 123 <b>456</b>" in page.text
    assert "Enter the interview" not in page.presses


@pytest.mark.parametrize(
    ("state", "badge", "offered", "missing"),
    [
        (State.NO_SHOW, "Could not make it", {"Find another time", "Enter the interview"}, {"I'll be there"}),
        (State.JOINED, "In the interview", {"Enter the interview"}, {"Another time", "I'll be there"}),
        (State.COMPLETED, "Completed", {"Talk to a person"}, {"Enter the interview", "Another time"}),
        (State.CANCELLED, "Called off", {"Talk to a person"}, {"Enter the interview", "I can't come"}),
        (State.WITHDRAWN, "Withdrawn", {"Talk to a person"}, {"Enter the interview", "Another time"}),
    ],
)
async def test_what_is_offered_fits_the_state(
    web: Web, state: State, badge: str, offered: set[str], missing: set[str]
) -> None:
    who = await candidate(web)
    await who.becomes(state=state)
    page = await who.opens()
    assert badge in page.text.splitlines()
    assert offered <= {*page.presses}
    assert not missing & {*page.presses}


async def test_once_confirmed_one_is_not_asked_again(web: Web) -> None:
    who = await candidate(web)
    await who.becomes(confirmed_at=web.town.clock.now())
    page = await who.opens()
    assert "Confirmed" in page.text.splitlines()
    assert "I'll be there" not in page.presses
    assert {"Another time", "I can't come"} <= {*page.presses}


async def test_the_calendar_file_leads_to_our_pages(web: Web) -> None:
    who = await candidate(web)
    page = await who.opens()
    await who.opens(page.opens["Add to your calendar"])
    assert who.answer is not None
    assert who.answer.headers["content-type"].startswith("text/calendar")
    assert "attachment" in who.answer.headers["content-disposition"]
    assert b"BEGIN:VEVENT" in who.answer.body
    assert b"meet.example" not in who.answer.body


# -- in which language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "browser", "told"),
    [("zh_Hans", "en-US,en;q=0.9", "zh-Hans"), ("en", "zh-CN", "en"), ("de", "zh-CN", "zh-Hans")],
)
async def test_the_candidates_language_comes_before_the_browsers(
    web: Web, locale: str, browser: str, told: str
) -> None:
    who = await candidate(web, locale=locale if locale != "de" else "")
    if locale == "de":
        async with web.town.app.db.write() as tx:
            await people.save(tx, replace(who.person, locale=None))
    who.language = browser
    assert (await who.opens()).lang == told


async def test_another_language_is_one_tap_away_and_stays(web: Web) -> None:
    who = await candidate(web)
    page = await who.opens()
    page = await who.opens(page.opens["简体中文"])
    assert page.lang == "zh-Hans"
    assert "您的Front-end engineer面试" in page.text.replace(" ", "").replace(
        "Front-endengineer", "Front-end engineer"
    )
    page = await who.presses(page, "改约")
    assert page.lang == "zh-Hans"
    assert (await who.opens(who.path() + "?lang=xx")).lang == "en"


# -- who may look ----------------------------------------------------------------------------------------


async def test_nothing_personal_is_shown_before_the_digits(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    assert who.answer is not None
    for told in PERSONAL:
        assert told not in who.answer.body.decode()
    assert "Nebula" in page.text
    page = await who.opens(who.path() + "/calendar.ics")
    assert "digits" in [blank.name for form in page.forms for blank in form.blanks]
    page = await who.sends(page, page.forms[0], digits="5678")
    assert "Front-end engineer" in page.text
    assert who.answer.is_for_people
    web.address = "127.0.0.2"
    other = replace(who, cookies={})
    assert "Front-end engineer" not in (await other.opens()).text


@pytest.mark.parametrize("digits", ["5678", " 5 6 7 8", "５６７８"])
async def test_digits_may_be_typed_in_any_way(web: Web, digits: str) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    page = await who.sends(page, page.forms[0], digits=digits)
    assert "Front-end engineer" in page.text


@pytest.mark.parametrize("digits", ["", "678", "15678", "8765", "五六七八", "5678 or 1=1", "a" * 2000])
async def test_wrong_digits_show_nothing(web: Web, digits: str) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    page = await who.sends(page, page.forms[0], digits=digits)
    assert page.status == 403
    assert "does not match" in " ".join(page.notices)
    assert who.answer is not None
    for told in PERSONAL:
        assert told not in who.answer.body.decode()
    assert who.cookies == {}


async def test_five_tries_then_even_the_right_ones_wait_and_it_reads_the_same(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    said = {(await who.sends(page, page.forms[0], digits=str(n))).text for n in range(1000, 1005)}
    page = await who.opens()
    said.add((await who.sends(page, page.forms[0], digits="5678")).text)
    assert len(said) == 1
    web.town.clock.advance(HOUR + MINUTE)
    page = await who.opens()
    assert "Front-end engineer" in (await who.sends(page, page.forms[0], digits="5678")).text


async def test_the_cookie_is_this_persons_and_ends(web: Web) -> None:
    who, other = await candidate(web, phone=PHONE), await candidate(web, phone="13900004321")
    page = await who.opens()
    await who.sends(page, page.forms[0], digits="5678")
    other.cookies = dict(who.cookies)
    assert "Front-end engineer" not in (await other.opens()).text
    changed = {
        name: "B" + value[1:] if value[0] != "B" else "C" + value[1:] for name, value in who.cookies.items()
    }
    assert "Front-end engineer" not in (await replace(who, cookies=changed).opens()).text
    for strange in ("", ".", "x", "é" * 10, "A" * 5000):
        assert (await replace(who, cookies={"turnout": strange}).opens()).status == 200
    assert "Front-end engineer" in (await who.opens()).text
    web.town.clock.advance(timedelta(days=30, minutes=1))
    assert "Front-end engineer" not in (await who.opens()).text


async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    form = page.forms[0]
    answer = await web.ask(
        "POST", form.action.partition("8080")[2], f"nonce={form.sent(None)['nonce']}&digits=5678".encode()
    )
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("turnout=")
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= {*cookie.split("; ")}


async def test_behind_https_the_cookie_never_leaves_it(web: Web) -> None:
    with_settings(web, public_url="https://turnout.example.com")
    web.app = site.build(web.town.app)
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    form = page.forms[0]
    answer = await web.ask(
        "POST", form.action.partition("8080")[2], f"nonce={form.sent(None)['nonce']}&digits=5678".encode()
    )
    assert answer.headers["set-cookie"].startswith("__Host-turnout=")
    assert "secure" in answer.headers["set-cookie"].lower().split("; ")


async def test_a_company_may_leave_it_at_the_link(web: Web) -> None:
    with_settings(web, ask_phone=False)
    who = await candidate(web, phone=PHONE)
    assert "Front-end engineer" in (await who.opens()).text


async def test_a_link_opens_only_the_page_and_the_interview_it_was_made_for(web: Web) -> None:
    who = await candidate(web)
    until = web.town.clock.now() + HOUR
    links = web.town.app.links
    for url in (
        links.page("my", who.person.id, until),
        links.page("go", who.interview.id, until).replace("/go/", "/my/"),
        links.page("my", who.interview.id, until).replace("/my/", "/stop/"),
    ):
        assert (await web.refused("GET", url.partition("8080")[2])).status == 404


async def test_links_that_do_not_work_all_look_alike(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    path = who.path(life=HOUR)
    web.town.clock.advance(HOUR)
    paths = (
        path,
        "/my/x",
        "/my/" + "A" * 70,
        path.replace("/my/", "/stop/"),
        "/at/AAAAAAAA",
        "/join/nothing",
    )
    bodies = {(await web.refused("GET", each)).body for each in paths}
    bodies |= {(await web.refused("POST", each)).body for each in paths[:2]}
    assert len(bodies) == 1


async def test_somebody_who_guesses_is_held_up_and_others_are_not(web: Web) -> None:
    who = await candidate(web)
    seen = [(await web.refused("GET", f"/my/guess{n}")).status for n in range(12)]
    assert seen == [404] * 10 + [429] * 2
    assert (await who.opens()).status == 200
    answer = await web.refused("GET", "/join/guess")
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    web.address = "10.9.8.7"
    assert (await web.refused("GET", "/at/GUESS")).status == 404
    web.address = "127.0.0.1"
    web.town.clock.advance(MINUTE)
    assert (await web.refused("GET", "/my/guess")).status == 404


async def test_one_link_is_opened_sixty_times_a_minute_at_most(web: Web) -> None:
    who, other = await candidate(web), await candidate(web)
    path = who.path()
    seen = [(await web.ask("HEAD", path)).status for _ in range(62)]
    assert seen == [200] * 60 + [429] * 2
    assert (await other.opens()).status == 200
    web.town.clock.advance(MINUTE)
    assert (await web.ask("HEAD", path)).status == 200


async def test_a_busy_database_is_a_page_that_says_when_to_come_back(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await candidate(web, locale="zh_Hans")
    path = who.path()
    who.language = "zh-CN"

    def busy(*_: object) -> Any:
        raise Unavailable("locked")

    monkeypatch.setattr(web.town.app.runtime, "present", busy)
    page = await who.opens(path)
    assert page.status == 503
    assert page.lang == "zh-Hans"
    assert page.opens["重新加载"].endswith(path)
    assert who.answer is not None
    assert who.answer.headers["retry-after"] == "5"
    assert link_of(path) not in str(web.logs)


async def test_no_link_stands_in_a_log(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    page = await who.opens()
    page = await who.sends(page, page.forms[0], digits="5678")
    await who.presses(page, "Another time")
    await web.refused("GET", who.path() + "x")
    written = str(web.logs)
    for told in (link_of(who.path()), "5678", *PERSONAL[:2], *who.cookies.values()):
        assert told not in written


# -- where it is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        ("MicroMessenger/8.0 wxwork/4.1", "WeCom"),
        ("MicroMessenger/8.0.40", "WeChat"),
        ("AliApp(DingTalk/7.0)", "DingTalk"),
        ("Lark/7.1 LarkLocale/zh_CN", "Feishu"),
        ("QQ/8.9.68", "QQ"),
        ("Telegram-Android/11.0", "Telegram"),
        ("[FBAN/FBIOS]", "this app"),
    ],
)
async def test_inside_a_chat_app_the_way_out_is_told(web: Web, agent: str, app: str) -> None:
    who = await candidate(web)
    who.agent = f"{IPHONE} {agent}"
    assert f"inside {app}," in (await who.opens()).text
    assert f"inside {app}," in (await who.opens(who.path("go"))).text


@pytest.mark.parametrize("agent", [IPHONE + " Safari/604.1", "Mozilla/5.0 MQQBrowser/14.1", ""])
async def test_a_browser_of_its_own_gets_no_such_hint(web: Web, agent: str) -> None:
    who = await candidate(web)
    who.agent = agent
    assert "inside" not in (await who.opens()).text


async def test_on_a_computer_the_page_goes_on_to_a_phone(web: Web) -> None:
    who = await candidate(web)
    page = await who.opens()
    assert "Go on with your phone" in page.text
    await who.opens(who.path() + "/qr.png")
    assert who.answer is not None
    assert who.answer.headers["content-type"] == "image/png"
    assert who.answer.body.startswith(b"\x89PNG")


async def shown_short(who: Candidate) -> str:
    who.agent = IPHONE
    page = await who.opens()
    page = await who.presses(page, "Show a short address to type")
    return next(line for line in page.text.splitlines() if "/at/" in line).rpartition("/")[2]


async def test_a_short_address_leads_to_the_page_for_half_an_hour(web: Web) -> None:
    who = await candidate(web, phone=PHONE)
    async with web.town.app.db.write() as tx:
        for binding in who.person.bindings:
            await people.unbind(tx, binding.id)
    page = await who.opens()
    await who.sends(page, page.forms[0], digits="5678")
    code = await shown_short(who)
    computer = replace(who, cookies={}, agent="Chrome")
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " ")):
        page = await computer.opens(f"/at/{typed}")
        assert "last four digits" in page.text
        assert "Front-end engineer" not in page.text
    web.town.clock.advance(31 * MINUTE)
    assert (await computer.opens(f"/at/{code}")).status == 404
    assert "Show a short address to type" in (await who.opens()).presses


async def test_the_link_is_sent_to_where_one_reads_on_a_computer(web: Web) -> None:
    who = await candidate(web)
    who.agent = IPHONE
    page = await who.opens()
    page = await who.presses(page, "Send the link to my computer")
    assert "Sent. You find the link in our chat" in " ".join(page.notices)
    await web.town.settle()
    user = await web.town.user(who.person, "main")
    assert "to open on your computer" in web.town.texts(user)[-1]
    opened = user.chat[-1].opens["Open my page"]
    assert "/my/" in opened
    assert "Front-end engineer" in (await who.opens(opened.partition("8080")[2])).text


# -- strange requests ------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["my", "go", "join", "stop", "at"])
async def test_strange_addresses_are_refused_with_a_page(web: Web, door: str) -> None:
    for strange in (
        "",
        "%00",
        "\0",
        "é",
        "\udcff",
        "x" * 5000,
        "..",
        "a.b",
        "📅",
        "a/b",
        "a/calendar.ics",
        "a/b.png",
    ):
        answer = await web.refused("GET", f"/{door}/{strange}")
        assert answer.status in (404, 405, 429)
        assert answer.is_for_people
        web.town.clock.advance(10 * MINUTE)


async def test_strange_questions_are_answered_all_the_same(web: Web) -> None:
    who = await candidate(web)
    for query in (
        b"lang=%ff",
        b"lang=en&lang=zh_Hans",
        b"choice=%F0%9F%98%80",
        b"done=" + b"f" * 32,
        b"&&==&",
        b"a=" * 999,
    ):
        answer = await web.ask("GET", who.path(), query=query)
        assert answer.status == 200, query
    for header, value in (
        (b"cookie", b"turnout=\xff\xfe; ;;=; a"),
        (b"cookie", b"turnout=" + b"x" * 9000),
        (b"accept-language", b"\xff;q=nan,zh;q=9e9,,;;"),
        (b"accept-language", b"zh-" + b"Hans-" * 999),
        (b"user-agent", b"\xff" * 9000),
        (b"host", b"evil.example"),
        (b"x-forwarded-host", b"evil.example"),
    ):
        answer = await web.ask("GET", who.path(), headers=[(header, value)])
        assert answer.status == 200, header
        assert b"evil" not in answer.body
