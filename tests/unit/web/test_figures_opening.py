"""Who gets the page of figures: whom its link was made for, in one browser, as long as they have a role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from channels.base import Channel, NotDelivered
from conversations.identity import Address, Role
from store import journal, people, tokens
from tests.unit.web.conftest import Web
from tests.unit.web.figures import OPEN, WECHAT, Browser, becomes, before_the_page, link, staff
from tests.unit.web.mine import counts, open_web

TITLE = "Interview attendance"
ASK_ANEW = "type “page”"


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


async def test_one_tap_opens_it(web: Web) -> None:
    path, browser = link(web, await staff(web, Role.HR)), Browser(web)
    page = await browser.opens(path)
    assert TITLE not in page.text
    page = await browser.comes_in(page)
    assert TITLE in page.text
    assert (await browser.opens(path)).text == page.text


async def test_looking_at_a_link_opens_nothing(web: Web) -> None:
    """Previews of links and mail scanners look at each of them before anybody does."""
    path, scanner = link(web, await staff(web, Role.HR)), Browser(web)
    before = await counts(web)
    for method in ("HEAD", "GET", "GET"):
        await scanner.opens(path, method)
        assert scanner.last.status == 200
    assert await counts(web) == before
    browser = Browser(web)
    assert TITLE in (await browser.comes_in(await browser.opens(path))).text


async def test_another_browser_is_told_how_to_get_a_link_of_its_own(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    other = Browser(web)
    page = await other.opens(path)
    assert other.last.status == 403
    assert ASK_ANEW in page.text
    assert TITLE not in page.text
    await other.opens(f"{path}/export.csv")
    assert other.last.status == 403
    assert TITLE in (await browser.opens(path)).text


async def test_a_tap_in_two_browsers_lets_in_the_first(web: Web) -> None:
    path = link(web, await staff(web, Role.HR))
    first, second = Browser(web), Browser(web)
    one, other = await first.opens(path), await second.opens(path)
    assert TITLE in (await first.comes_in(one)).text
    assert ASK_ANEW in (await second.comes_in(other)).text
    assert second.last.status == 403
    assert TITLE in (await first.opens(path)).text


async def test_somebody_elses_cookie_opens_nothing(web: Web) -> None:
    thief, _ = await before_the_page(web, Role.HR)
    path = link(web, await staff(web, Role.VIEWER, name="Zhou"))
    page = await thief.opens(path)
    assert OPEN in page.buttons
    for cookie in ("", "x.y", "AAAA.AAAA", next(iter(thief.cookies.values()))[:-2] + "AA"):
        stranger = Browser(web, cookies=dict.fromkeys(thief.cookies, cookie))
        assert TITLE not in (await stranger.opens(path)).text


async def test_a_browser_that_is_known_opens_the_next_link_at_once(web: Web) -> None:
    person = await staff(web, Role.HR)
    browser = Browser(web)
    await browser.comes_in(await browser.opens(link(web, person)))
    assert TITLE in (await browser.opens(link(web, person))).text
    web.town.clock.advance(timedelta(days=31))
    assert OPEN in (await browser.opens(link(web, person))).buttons


async def test_a_link_expires_within_a_day(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    web.town.clock.advance(timedelta(hours=11, minutes=58))
    assert TITLE in (await browser.opens(path)).text
    web.town.clock.advance(timedelta(minutes=2))
    page = await browser.opens(path)
    assert browser.last.status == 404
    assert ASK_ANEW in page.text


async def test_what_is_no_link_of_ours_is_one_clear_page(web: Web) -> None:
    path = link(web, await staff(web, Role.HR))
    changed = path[:-1] + ("A" if path[-1] != "A" else "B")
    for broken in (f"{path}x", path[:-4], changed, "/hr/x", "/hr/%00", "/hr/汉字", f"/hr/{'A' * 48}"):
        web.address = f"192.0.2.{len(broken)}"
        browser = Browser(web)
        page = await browser.opens(broken)
        assert browser.last.status == 404, broken
        assert ASK_ANEW in page.text


async def test_guessing_is_stopped(web: Web) -> None:
    for n in range(12):
        answer = await web.refused("GET", f"/hr/{'A' * 47}{n % 10}")
    assert answer.status == 429


async def test_a_role_that_is_taken_closes_the_page_at_once(web: Web) -> None:
    person = await staff(web, Role.HR)
    path, browser = link(web, person), Browser(web)
    await browser.comes_in(await browser.opens(path))
    for roles in ((), (Role.CANDIDATE,)):
        await becomes(web, person, *roles)
        page = await browser.opens(path)
        assert browser.last.status == 403
        assert "This page is closed for you" in page.text
        assert "role grant" in page.text
        await browser.opens(f"{path}/export.csv")
        assert browser.last.status == 403
    await becomes(web, person, Role.VIEWER)
    assert TITLE in (await browser.opens(path)).text


async def test_a_chat_identity_that_is_taken_away_closes_it_too(web: Web) -> None:
    person = await staff(web, Role.HR)
    path, browser = link(web, person), Browser(web)
    await browser.comes_in(await browser.opens(path))
    async with web.town.app.db.write() as tx:
        await people.unbind(tx, person.bindings[0].id)
    await browser.opens(path)
    assert browser.last.status == 404


async def test_a_form_of_another_page_opens_nothing(web: Web) -> None:
    person = await staff(web, Role.HR)
    path, browser = link(web, person), Browser(web)
    await browser.asks("POST", path, {"nonce": "made.up"})
    assert browser.last.status == 403
    await browser.asks("POST", path, {})
    assert browser.last.status == 403
    async with web.town.app.db.read() as tx:
        known = await tokens.look(tx, "hr", path.rpartition("/")[2], web.town.clock.now())
    assert known.state == "unknown"


async def test_opening_is_written_down_once(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(path)
    async with web.town.app.db.read() as tx:
        entries = [entry for entry in await journal.listing(tx) if entry.action == "page.opened"]
        assert await journal.verify(tx) == []
    assert len(entries) == 1
    assert entries[0].actor.startswith("person:")


async def test_the_cookie_is_the_browsers_alone(web: Web) -> None:
    path, browser = link(web, await staff(web, Role.HR)), Browser(web)
    page = await browser.opens(path)
    form, button = page.form(OPEN)
    body = "&".join(f"{name}={value}" for name, value in form.sent(button).items()).encode()
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    answer = await web.ask("POST", path, body, headers)
    assert answer.status == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert path.rpartition("/")[2].lower() not in cookie


async def test_the_page_allows_no_script(web: Web) -> None:
    browser, path = await before_the_page(web, Role.HR)
    await browser.opens(path)
    policy = browser.last.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "script" not in policy
    assert "<script" not in browser.last.body.decode()
    assert 'style="' not in browser.last.body.decode()


# -- where the platform says who it is -------------------------------------------------------------------


class Vouching:
    """A platform that knows who opens a page."""

    def __init__(self) -> None:
        self.who: str | None = "oWangFang"
        self.is_down = False

    def invite_url(self, token: str) -> str | None:
        return None

    def recognise(self, address: str) -> str:
        return f"https://open.example/authorize?to={address}"

    async def visitor(self, address: str, query: Mapping[str, str]) -> str | None:
        if self.is_down:
            raise NotDelivered("busy", "down")
        return self.who

    async def close(self) -> None: ...


async def on_wechat(web: Web) -> tuple[Vouching, Browser, str]:
    """Return somebody of HR who follows us on WeChat, in its browser, with their link."""
    platform = Vouching()
    web.town.app.channels["wechat.main"] = cast(Channel, platform)
    person = await staff(web, Role.HR)
    async with web.town.app.db.write() as tx:
        address = Address("wechat.main", "oWangFang")
        binding: Any = await people.bind(tx, person.id, address, "oWangFang", web.town.clock.now())
        known = await people.get(tx, person.id)
    assert known is not None
    bound = next(each for each in known.bindings if each.address == address)
    until = web.town.clock.now() + timedelta(hours=1)
    made = web.town.app.links.staff_page("hr", bound.id, binding.id, until)
    return platform, Browser(web, WECHAT), f"/hr/{made.rpartition('/')[2]}"


async def test_where_the_app_vouches_nobody_is_asked(web: Web) -> None:
    _, browser, path = await on_wechat(web)
    await browser.opens(path)
    assert browser.sent_on[-1].startswith("https://open.example/authorize?to=")
    page = await browser.opens(path, code="c", state="s")
    assert TITLE in page.text
    assert "code=" not in browser.sent_on[-1]


async def test_where_the_app_says_it_is_somebody_else_it_stays_closed(web: Web) -> None:
    platform, browser, path = await on_wechat(web)
    for platform.who in ("oSomebodyElse", None):
        page = await browser.opens(path, code="c", state="s")
        assert browser.last.status == 403
        assert ASK_ANEW in page.text
    platform.is_down = True
    await browser.opens(path, code="c", state="s")
    assert browser.last.status == 403
    platform.is_down, platform.who = False, "oWangFang"
    assert TITLE in (await browser.opens(path, code="c", state="s")).text
