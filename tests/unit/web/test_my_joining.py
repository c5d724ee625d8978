"""The personal invitation: every chat app there is, a picture to scan, and the page for whoever uses none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from bot.invitations import invitations, invite_url
from bot.links import Links
from channels.base import Channel
from store import tokens
from tests.unit.web.conftest import Web
from tests.unit.web.mine import HOUR, IPHONE, Candidate, candidate, counts, open_web


@pytest.fixture
async def web(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Web]:
    async with open_web(tmp_path, migrated_file) as made:
        yield made


async def invited(web: Web, life: timedelta = 72 * HOUR) -> tuple[Candidate, str]:
    who = await candidate(web)
    token, now = web.town.app.links.invite_token(who.interview.id), web.town.clock.now()
    async with web.town.app.db.write() as tx:
        await tokens.keep(tx, "bind", f"interview:{who.interview.id}", token, now, now + life)
    return who, token


async def test_an_invitation_shows_the_apps_and_nothing_personal(web: Web) -> None:
    who, token = await invited(web)
    page = await who.opens(f"/join/{token}")
    assert page.title == "Your interview with Nebula"
    assert page.opens["Open Telegram"].endswith(f"?start={token}")
    assert who.answer is not None
    for told in ("李雷", "Front-end engineer", "24 Nov"):
        assert told not in who.answer.body.decode()
    assert "QR code for Telegram" in page.text


async def test_on_a_phone_the_link_comes_first_and_the_picture_can_be_saved(web: Web) -> None:
    who, token = await invited(web)
    page = await who.opens(f"/join/{token}")
    assert "Save the picture" not in page.opens
    assert "Scan this with your phone" in page.text
    who.agent = IPHONE
    page = await who.opens(f"/join/{token}")
    assert page.buttons.index("Open Telegram") < page.buttons.index("Save the picture")
    await who.opens(page.opens["Save the picture"])
    assert who.answer is not None
    assert who.answer.headers["content-type"] == "image/png"
    assert who.answer.body.startswith(b"\x89PNG")


async def test_whoever_uses_no_chat_app_answers_on_the_page(web: Web) -> None:
    who, token = await invited(web)
    page = await who.opens(f"/join/{token}")
    page = await who.opens(page.opens["Answer here"])
    assert "Your Front-end engineer interview" in page.text


async def test_opening_an_invitation_uses_nothing_up(web: Web) -> None:
    who, token = await invited(web)
    before = await counts(web)
    for method in ("GET", "HEAD", "GET"):
        assert (await who.opens(f"/join/{token}", method)).status == 200
    assert await counts(web) == before
    async with web.town.app.db.read() as tx:
        assert (await tokens.look(tx, "bind", token, web.town.clock.now())).state == "good"


async def test_an_invitation_that_was_used_or_is_too_old_says_so_kindly_and_alike(web: Web) -> None:
    (_, used), (_, old) = await invited(web), await invited(web, HOUR)
    async with web.town.app.db.write() as tx:
        await tokens.redeem(tx, "bind", used, web.town.clock.now(), "somebody")
    web.town.clock.advance(HOUR)
    pages = {(await web.refused("GET", f"/join/{token}")).body for token in (used, old, "never-was")}
    assert len(pages) == 1
    assert b"its link works" in pages.pop()
    assert (await web.refused("GET", f"/join/{used}/telegram.main.png")).status == 404


@pytest.mark.parametrize("account", ["telegram.other", "slack.main", "%2e%2e", "x" * 300])
async def test_a_picture_of_no_app_of_ours_is_refused(web: Web, account: str) -> None:
    _, token = await invited(web)
    assert (await web.refused("GET", f"/join/{token}/{account}.png")).status == 404


async def test_an_invitation_is_not_posted_to(web: Web) -> None:
    _, token = await invited(web)
    assert (await web.refused("POST", f"/join/{token}")).status == 405


# -- where an invitation leads ---------------------------------------------------------------------------


class Inviting:
    def __init__(self, base: str | None) -> None:
        self.base = base

    def invite_url(self, token: str) -> str | None:
        return self.base and f"{self.base}{token}"


def channels(**links: str | None) -> dict[str, Channel]:
    return {name.replace("__", "."): cast(Channel, Inviting(base)) for name, base in links.items()}


@pytest.mark.parametrize(
    ("public_url", "links", "leads"),
    [
        ("https://t.example", {"telegram__main": "https://t.me/"}, "https://t.me/"),
        ("https://t.example", {"telegram__main": "https://t.me/", "email__main": None}, "https://t.me/"),
        (
            "https://t.example",
            {"telegram__main": "https://t.me/", "telegram__b": "https://t.me/b/"},
            "https://t.me/",
        ),
        (
            "https://t.example",
            {"telegram__main": "https://t.me/", "slack__main": "https://s/"},
            "https://t.example/join/",
        ),
        ("https://t.example", {"email__main": None}, "https://t.example/join/"),
        ("", {"telegram__main": "https://t.me/", "slack__main": "https://s/"}, "https://t.me/"),
    ],
)
def test_with_one_app_an_invitation_leads_there_and_otherwise_to_the_page(
    public_url: str, links: dict[str, str | None], leads: str
) -> None:

    made = Links(b"secret" * 8, public_url)
    token = made.invite_token(UUID(int=7))
    assert invite_url(made, channels(**links), UUID(int=7)) == f"{leads}{token}"


def test_of_each_platform_one_account_invites() -> None:
    found: dict[str, Any] = invitations(
        channels(telegram__a="1", telegram__b="2", slack__a="3", sms__a=None), "x"
    )
    assert found == {"telegram.a": "1x", "slack.a": "3x"}
