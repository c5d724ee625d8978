"""The device check over HTTP: who may open it, what it measures with, what it takes back and what it refuses."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from bot.sandbox.checking import WELL, report
from bot.sandbox.pages import Page
from bot.web.door import Refused
from bot.web.my.seals import Seals
from bot.web.precheck import assets, probes, reports, words
from conversations.interview import State
from conversations.policy import DeviceCheck
from conversations.prechecks import CODES
from locales.text import Reader
from store import inbox, prechecks
from tests.unit.web.conftest import NOT_JSON, Response, Web, mutations
from tests.unit.web.mine import HOUR, PHONE, Candidate, candidate, counts, open_web

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AGENT = b"Mozilla/5.0 (Linux; Android 12; M2012) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8"


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as found:
        yield found


async def opened(web: Web, **who: Any) -> tuple[Candidate, Page]:
    one = await candidate(web, **who)
    return one, await one.opens(one.path("check"))


def cookie(one: Candidate) -> list[tuple[bytes, bytes]]:
    return [(b"cookie", "; ".join(f"{name}={value}" for name, value in one.cookies.items()).encode())]


def nonce(page: Page) -> str:
    return next(each.value for form in page.forms for each in form.fields if each.name == "nonce")


async def reports_(one: Candidate, body: Any) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await one.web.ask("POST", "/check/report", raw, [*cookie(one), (b"user-agent", AGENT)])


async def history(one: Candidate) -> list[Any]:
    async with one.town.app.db.read() as tx:
        return list(await prechecks.of_interview(tx, one.interview.id))


# -- opening -------------------------------------------------------------------------------------------------


async def test_the_token_is_out_of_the_address_after_opening(web: Web) -> None:
    one, page = await opened(web)
    assert one.sent_on == ["/check?opened=1"]
    assert page.status == 200
    assert one.answer is not None
    policy = one.answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert one.answer.headers["permissions-policy"].startswith("camera=(self), microphone=(self)")
    assert one.answer.headers["cache-control"] == "no-store"
    assert one.answer.headers["referrer-policy"] == "no-referrer"
    assert one.answer.headers["x-content-type-options"] == "nosniff"
    assert one.answer.headers["cross-origin-opener-policy"] == "same-origin"


async def test_without_any_script_the_page_says_what_is_needed_when_and_whom_to_call(web: Web) -> None:
    _, page = await opened(web)
    for told in ("A computer with Chrome", "400-820-8820", "Tue 24 Nov, 11:00", "Camera", "JavaScript"):
        assert told in page.text
    assert {"Call support", "Add to your calendar", "Enter the interview"} <= {*page.links}


async def test_nothing_stands_in_the_page_that_runs(web: Web) -> None:
    one, _ = await opened(web)
    assert one.answer is not None
    html = one.answer.body.decode()
    assert "onclick" not in html
    assert "style=" not in html
    assert html.count("<script") == 3
    assert html.count("<script src=") + html.count('<script type="module" src=') == 2


@pytest.mark.parametrize("how", ["forged", "expired", "another purpose", "cut"])
async def test_links_that_do_not_work_all_look_alike(web: Web, how: str) -> None:
    one = await candidate(web)
    path = one.path("check", -HOUR) if how == "expired" else one.path("check")
    if how == "forged":
        path = path[:-2] + ("AA" if not path.endswith("AA") else "BB")
    if how == "another purpose":
        path = one.path("my").replace("/my/", "/check/")
    if how == "cut":
        path = path[:-5]
    page = await one.opens(path)
    assert page.status == 404
    assert page.text.splitlines()[0] == "This link does not work any more"
    assert one.cookies == {}


async def test_without_a_cookie_there_is_nothing_to_see(web: Web) -> None:
    one = await candidate(web)
    assert (await one.opens("/check")).text.startswith("This link does not work any more")
    page = await one.opens("/check?opened=1")
    assert page.status == 403
    assert "cookies" in page.text


async def test_a_cookie_is_no_link_and_a_link_no_cookie(web: Web) -> None:
    one, _ = await opened(web)
    token = one.cookies["turnout-check"]
    assert (await one.opens(f"/check/{token}")).status == 404
    one.cookies["turnout-check"] = one.path("check").rpartition("/")[2]
    assert (await one.opens("/check")).status == 404


async def test_a_link_opened_on_another_device_asks_who_it_is(web: Web) -> None:
    one, page = await opened(web, phone=PHONE)
    assert "last four digits" in page.text
    assert "Front-end" not in page.text
    for wrong, status in (("0000", 403), ("5678", 200)):
        page = await one.sends(page, page.forms[0], digits=wrong)
        assert page.status == status
    assert "Front-end" in page.text
    other = Candidate(web, one.person, one.interview)
    assert "last four digits" in (await other.opens(one.path("check"))).text, "reused elsewhere"
    answer = await reports_(other, report(WELL, "x"))
    assert answer.status == 403
    assert (await one.opens(one.path("check"))).text.startswith("Nebula"), "reused on the same device"


async def test_an_interview_that_is_over_leads_to_its_own_page(web: Web) -> None:
    one = await candidate(web)
    await one.becomes(state=State.CANCELLED)
    await one.opens(one.path("check"))
    assert one.sent_on[-1].startswith("/my/")


async def test_looking_changes_nothing(web: Web) -> None:
    one = await candidate(web)
    before = await counts(web)
    for method in ("GET", "HEAD"):
        await one.opens(one.path("check"), method)
    for path in ("/check", "/check/interview.ics", "/check/qr.svg"):
        assert (await web.ask("GET", path, headers=cookie(one))).status == 200
    assert await counts(web) == before


async def test_the_calendar_and_the_code_are_for_whoever_was_checked(web: Web) -> None:
    one, _ = await opened(web)
    ics = await web.ask("GET", "/check/interview.ics", headers=cookie(one))
    assert ics.headers["content-type"].startswith("text/calendar")
    svg = await web.ask("GET", "/check/qr.svg", headers=cookie(one))
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.body.startswith(b"<svg")
    stranger, _ = await opened(web, phone=PHONE)
    for path in ("/check/interview.ics", "/check/qr.svg"):
        assert (await web.ask("GET", path, headers=cookie(stranger))).status == 403


# -- reporting -----------------------------------------------------------------------------------------------


async def test_a_report_is_kept_and_told(web: Web) -> None:
    one, page = await opened(web)
    body = report(("CAM-BUSY", "NET-SLOW"), nonce(page))
    answer = await reports_(one, body)
    assert (answer.status, answer.json) == (200, {"verdict": "failed"})
    (kept,) = await history(one)
    assert kept.codes == ("CAM-BUSY", "NET-SLOW")
    assert kept.took == 24
    assert kept.device == "wechat android"
    await one.town.settle()
    assert any(
        "CAM-BUSY" in row.message.lead.msgid or row.kind == "precheck.failed" for row in await one.town.rows()
    )
    again = await one.opens("/check")
    assert "Another program is using the camera" in again.text, "the last result is shown"


async def test_a_report_is_taken_once(web: Web) -> None:
    one, page = await opened(web)
    body = report((), nonce(page))
    assert (await reports_(one, body)).status == 200
    before = await counts(web)
    assert (await web.refused("POST", "/check/report", json.dumps(body).encode(), cookie(one))).status == 409
    assert await counts(web) == before


async def test_another_pages_report_is_refused(web: Web) -> None:
    one, page = await opened(web)
    _, other_page = await opened(web)
    before = await counts(web)
    for wrong in ("", "x.y", nonce(other_page), Seals(b"another", False).nonce(one.cookies["turnout-check"])):
        body = json.dumps(report((), wrong)).encode()
        assert (await web.refused("POST", "/check/report", body, cookie(one))).status == 403
    assert (
        await web.refused("POST", "/check/report", json.dumps(report((), nonce(page))).encode())
    ).status == 404
    assert await counts(web) == before


async def test_what_no_page_reports_is_refused_and_changes_nothing(web: Web) -> None:
    one, page = await opened(web)
    valid = report(("CAM-DARK",), nonce(page))
    before = await counts(web)
    n = 0
    for body in mutations(valid):
        raw = json.dumps(body).encode("utf-8", "surrogatepass")
        one.town.clock.advance(timedelta(seconds=2))
        answer = await web.taken_or_refused("POST", "/check/report", raw, cookie(one))
        if answer.status == 200:
            n += 1
            assert reports.read(
                raw, one.interview.id, web.town.app.settings.policies.default.precheck, one.town.clock.now()
            )
    assert n <= 3, "only what a page may say: another number, another data"
    assert (await counts(web))["prechecks"] - before["prechecks"] == n


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
async def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        reports.read(body, uuid4(), DeviceCheck(), NOW)
    assert 400 <= refused.value.status < 500


@pytest.mark.parametrize(
    "change",
    [
        {"code": "CAM-OK", "id": "microphone"},
        {"code": "CAM-BUSY", "status": "pass"},
        {"code": "CAM-HACKED"},
        {"data": {"width": 0}},
        {"data": {"light": 256}},
        {"data": {"light": 12.5}},
        {"data": {"label": 1}},
        {"data": {"light": True}},
        {"data": []},
        {"agent": "Mozilla/5.0"},
    ],
    ids=str,
)
async def test_impossible_findings_are_refused(web: Web, change: dict[str, Any]) -> None:
    one, page = await opened(web)
    body = report((), nonce(page))
    body["checks"][1] |= change
    assert (await web.refused("POST", "/check/report", json.dumps(body).encode(), cookie(one))).status == 422
    assert await history(one) == []


async def test_a_report_is_whole(web: Web) -> None:
    one, page = await opened(web)
    whole = report((), nonce(page))
    for name in ("browser", "camera", "microphone", "speaker", "network"):
        body = copy.deepcopy(whole)
        body["checks"] = [check for check in body["checks"] if check["id"] != name]
        assert (await reports_(one, body)).status == 422, name
    twice = copy.deepcopy(whole)
    twice["checks"][7] = twice["checks"][0]
    assert (await reports_(one, twice)).status == 422
    alone = report(("WEB-OLD",), nonce(page))
    alone["checks"] = alone["checks"][:1]
    assert (await reports_(one, alone)).status == 200, "where the browser fails nothing else is tried"


async def test_a_large_report_is_refused(web: Web) -> None:
    one, page = await opened(web)
    body = json.dumps(report((), nonce(page))).encode()
    assert len(body) < reports.LARGEST
    padded = body + b" " * (reports.LARGEST - len(body) + 1)
    assert (await web.refused("POST", "/check/report", padded, cookie(one))).status == 413


async def test_too_many_reports_are_refused(web: Web) -> None:
    one, page = await opened(web)
    statuses = [(await reports_(one, report((), nonce(page)))).status for _ in range(14)]
    assert statuses == [200] * 12 + [429] * 2
    one.town.clock.advance(timedelta(hours=1, minutes=1))
    assert (await reports_(one, report((), nonce(page)))).status == 200


async def test_a_report_and_its_event_stand_or_fall_together(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> bool:
        raise OSError("the disk is full")

    one, page = await opened(web)
    monkeypatch.setattr(inbox, "put", fails)
    assert (await reports_(one, report((), nonce(page)))).status == 503
    monkeypatch.undo()
    assert await history(one) == []


# -- asking for more -----------------------------------------------------------------------------------------


async def test_help_opens_a_case_and_shows_who_looks_at_it(web: Web) -> None:
    one, page = await opened(web)
    await reports_(one, report(("MIC-SILENT",), nonce(page)))
    page = await one.presses(page, "Ask for help")
    assert page.url.partition("?")[0].rpartition("/")[0].endswith("/my")
    assert "Somebody will look at it by" in page.text
    again = await one.opens("/check")
    assert (await one.presses(again, "Move my interview")).status == 200


async def test_only_what_the_page_offers_can_be_wanted(web: Web) -> None:
    one, page = await opened(web)
    for want in ("stop", "confirm", "", "x" * 300):
        body = urlencode({"nonce": nonce(page), "want": want}).encode()
        assert (await web.refused("POST", "/check/want", body, cookie(one))).status == 400
    body = urlencode({"nonce": "x", "want": "help"}).encode()
    assert (await web.refused("POST", "/check/want", body, cookie(one))).status == 403


# -- measuring -----------------------------------------------------------------------------------------------


async def test_probes_answer_whoever_has_a_link(web: Web) -> None:
    one, _ = await opened(web)
    told = await web.ask("GET", "/check/time", headers=cookie(one))
    assert told.json == {"now": round(one.town.clock.now().timestamp() * 1000)}
    down = await web.ask("GET", "/check/down", query=b"bytes=5000", headers=cookie(one))
    assert len(down.body) == 5000
    assert len(gzip.compress(down.body)) > 4900, "nothing on the way makes it smaller"
    up = await web.ask("POST", "/check/up", b"x" * 100_000, cookie(one))
    assert up.json == {"bytes": 100_000}
    for path in ("/check/time", "/check/down"):
        assert (await web.refused("GET", path, query=b"bytes=1")).status == 404
    assert (await web.refused("POST", "/check/up", b"x")).status == 404


@pytest.mark.parametrize(
    "wanted", [b"", b"bytes=0", b"bytes=-1", b"bytes=2000001", b"bytes=99999999", b"bytes=1e3"]
)
async def test_only_so_many_bytes_come_down_at_once(web: Web, wanted: bytes) -> None:
    one, _ = await opened(web)
    assert (await web.refused("GET", "/check/down", query=wanted, headers=cookie(one))).status == 400


async def test_up_is_capped(web: Web) -> None:
    one, _ = await opened(web)
    assert (await web.refused("POST", "/check/up", b"x" * (256 * 1024 + 1), cookie(one))).status == 413


async def test_a_link_brings_only_so_many_bytes_in_a_while(web: Web) -> None:
    one, _ = await opened(web)
    most = probes.MOST_BYTES // probes.LARGEST
    statuses = [
        (await web.ask("GET", "/check/down", query=b"bytes=2000000", headers=cookie(one))).status
        for _ in range(most + 1)
    ]
    assert statuses == [200] * most + [429]
    assert (await web.ask("GET", "/check/time", headers=cookie(one))).status == 429
    one.town.clock.advance(probes.SPAN)
    assert (await web.ask("GET", "/check/time", headers=cookie(one))).status == 200


# -- what it is made of --------------------------------------------------------------------------------------


async def test_assets_are_kept_for_ever_under_the_name_of_their_content(web: Web) -> None:
    for name in assets.sources():
        found = await web.ask("GET", f"/check/static/{assets.version()}/{name}")
        assert found.status == 200
        assert "immutable" in found.headers["cache-control"]
        assert found.headers["x-content-type-options"] == "nosniff"
        small = await web.ask(
            "GET", f"/check/static/{assets.version()}/{name}", headers=[(b"accept-encoding", b"gzip, br")]
        )
        assert gzip.decompress(small.body) == found.body
    for path in (
        f"/check/static/0/{name}",
        f"/check/static/{assets.version()}/passwd",
        "/check/words/0/en.json",
    ):
        assert (await web.refused("GET", path)).status == 404


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
async def test_the_words_of_each_language_are_there_with_every_code(web: Web, locale: str) -> None:
    found = (await web.ask("GET", words.path(Reader(locale, "UTC", NOW)))).json
    assert found["codes"].keys() == CODES.keys()
    assert all(said for texts in (found["page"], found["steps"], found["status"]) for said in texts.values())
    is_chinese = any("一" <= letter <= "鿿" for letter in found["page"]["passed"])
    assert is_chinese == (locale == "zh_Hans")


LARGEST_PAGE = 15 * 1024


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
async def test_everything_that_is_loaded_is_small(web: Web, locale: str) -> None:
    """The page's scripts, its style sheet and its words; its HTML comes beside them."""
    loaded = [
        *assets.sources().values(),
        (await web.ask("GET", words.path(Reader(locale, "UTC", NOW)))).body,
    ]
    sizes = [len(gzip.compress(each, 9)) for each in loaded]
    assert sum(sizes) <= LARGEST_PAGE, sizes
