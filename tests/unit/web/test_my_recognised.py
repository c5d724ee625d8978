"""Whom a chat app vouches for: inside WeChat a candidate's page asks nobody for digits, and lets nobody else in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from bot.invitations import all_invitations, invite_url, scanned
from bot.links import Links
from channels.base import Channel, NotDelivered
from conversations.identity import Address
from store import people
from tests.support.samples import NOW
from tests.unit.web.conftest import Web
from tests.unit.web.mine import PHONE, Candidate, candidate, open_web
from tests.unit.web.test_my_joining import Inviting as ByLink
from tests.unit.web.test_my_joining import invited

WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"
WECOM = f"{WECHAT} wxwork/4.1"
ASKED = "last four digits"


class Vouching:
    """A platform that knows who opens a page, and makes codes when it is asked."""

    def __init__(self) -> None:
        self.who: str | None = "oLiLei"
        self.is_down = False
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.invited: list[str] = []

    def invite_url(self, token: str) -> str | None:
        return None

    async def invite(self, token: str, until: Any) -> str:
        if self.is_down:
            raise NotDelivered("busy", "down")
        self.invited.append(token)
        return f"https://weixin.example/q/{token}"

    def recognise(self, address: str) -> str:
        return f"https://open.example/authorize?to={address}"

    async def visitor(self, address: str, query: Mapping[str, str]) -> str | None:
        self.asked.append((address, query))
        if self.is_down:
            raise NotDelivered("busy", "down")
        return self.who

    async def close(self) -> None: ...


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


@pytest.fixture
def wechat(web: Web) -> Vouching:
    made = Vouching()
    web.town.app.channels["wechat.main"] = cast(Channel, made)
    return made


async def follower(web: Web, user: str = "oLiLei") -> Candidate:
    """Return a candidate whose phone is known, and who follows the account."""
    who = await candidate(web, phone=PHONE)
    async with web.town.app.db.write() as tx:
        await people.bind(tx, who.person.id, Address("wechat.main", user), user, web.town.clock.now())
    who.agent = WECHAT
    return who


async def test_inside_wechat_its_follower_is_asked_nothing(web: Web, wechat: Vouching) -> None:
    who = await follower(web)
    path = who.path()
    await who.opens(path)
    (sent_on,) = who.sent_on
    page = parse_qs(urlsplit(sent_on).query)["to"][0]
    assert urlsplit(page).path == path
    shown = await who.opens(f"{path}?code=c&state=s")
    assert "Your Front-end engineer interview" in shown.text
    assert wechat.asked == [(page, {"code": "c", "state": "s"})]
    # Neither stands in the address any more, and this browser is known from here on.
    assert (who.sent_on[-1], who.cookies != {}) == (path, True)
    assert "Your Front-end engineer interview" in (await who.opens(path)).text
    assert len(wechat.asked) == 1


@pytest.mark.parametrize("openid", ["oSomebodyElse", None])
async def test_whoever_else_opens_it_is_asked_for_the_digits(
    web: Web, wechat: Vouching, openid: str | None
) -> None:
    who = await follower(web)
    wechat.who = openid
    shown = await who.opens(f"{who.path()}?code=c&state=s")
    assert ASKED in shown.text
    assert (who.sent_on, who.cookies) == ([], {})


async def test_what_wechat_does_not_tell_is_asked(web: Web, wechat: Vouching) -> None:
    who = await follower(web)
    wechat.is_down = True
    shown = await who.opens(f"{who.path()}?code=c&state=s")
    assert (shown.status, ASKED in shown.text, who.sent_on) == (200, True, [])


@pytest.mark.parametrize("query", ["code=c", "state=s", "code=&state=s", "code=c&state="])
async def test_half_an_answer_is_none_and_sends_nobody_round_again(
    web: Web, wechat: Vouching, query: str
) -> None:
    who = await follower(web)
    assert ASKED in (await who.opens(f"{who.path()}?{query}")).text
    assert (wechat.asked, who.sent_on) == ([], [])


async def test_a_look_without_a_body_uses_nothing_up(web: Web, wechat: Vouching) -> None:
    who = await follower(web)
    for path in (who.path(), f"{who.path()}?code=c&state=s"):
        await who.opens(path, "HEAD")
    assert (wechat.asked, who.sent_on) == ([], [])


@pytest.mark.parametrize("agent", [WECOM, "Mozilla/5.0 (X11; Linux x86_64) Chrome/120"])
async def test_elsewhere_nobody_is_sent_to_wechat(web: Web, wechat: Vouching, agent: str) -> None:
    who = await follower(web)
    who.agent = agent
    assert ASKED in (await who.opens()).text
    assert who.sent_on == []


async def test_who_does_not_follow_is_asked_as_ever(web: Web, wechat: Vouching) -> None:
    who = await candidate(web, phone=PHONE)
    who.agent = WECHAT
    assert ASKED in (await who.opens()).text
    assert ASKED in (await who.opens(f"{who.path()}?code=c&state=s")).text
    assert (wechat.asked, who.sent_on) == ([], [])


# -- invitations -------------------------------------------------------------------------------------------


async def test_the_invitation_shows_the_code_that_wechat_makes(web: Web, wechat: Vouching) -> None:
    who, token = await invited(web)
    page = await who.opens(f"/join/{token}")
    assert page.opens["Open WeChat"] == f"https://weixin.example/q/{token}"
    assert (await web.ask("GET", f"/join/{token}/wechat.main.png")).headers["content-type"] == "image/png"
    wechat.is_down = True
    page = await who.opens(f"/join/{token}")
    assert ("Open WeChat" in page.opens, "Open Telegram" in page.opens) == (False, True)


TOKEN = Links(b"secret" * 8, "https://t.example").invite_token(UUID(int=7))
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("telegram", "public_url", "link", "code"),
    [
        (None, "https://t.example", f"https://t.example/join/{TOKEN}", f"https://weixin.example/q/{TOKEN}"),
        (
            "https://t.me/",
            "https://t.example",
            f"https://t.example/join/{TOKEN}",
            f"https://t.example/join/{TOKEN}",
        ),
        ("https://t.me/", "", f"https://t.me/{TOKEN}", f"https://t.me/{TOKEN}"),
    ],
)
async def test_a_link_lasts_and_a_picture_leads_straight_there(
    telegram: str | None, public_url: str, link: str, code: str
) -> None:
    links = Links(b"secret" * 8, public_url)
    channels = {"telegram.main": cast(Channel, ByLink(telegram)), "wechat.main": cast(Channel, Vouching())}
    assert invite_url(links, channels, UUID(int=7)) == link
    assert await scanned(links, channels, UUID(int=7), LATER) == code


async def test_a_platform_that_is_down_hides_no_other_and_is_asked_only_for_its_own() -> None:
    down, up = Vouching(), Vouching()
    down.is_down = True
    channels = {"wechat.main": cast(Channel, down), "kf.main": cast(Channel, up)}
    assert await all_invitations(channels, "x", LATER) == {"kf.main": "https://weixin.example/q/x"}
    assert await all_invitations(channels, "x", LATER, only="wechat.main") == {}
    assert up.invited == ["x"]
    links = Links(b"secret" * 8, "https://t.example")
    alone = {"wechat.main": cast(Channel, down)}
    assert await scanned(links, alone, UUID(int=7), LATER) == f"https://t.example/join/{TOKEN}"
