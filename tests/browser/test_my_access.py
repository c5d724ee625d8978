"""Pages that anybody can use: no barrier that axe knows, on the narrowest screen, by day and by night."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from locales.text import ct
from store import tokens
from tests.browser.conftest import Opens
from tests.browser.visitor import Visitor

MOVE = ct("button", "Another time")


async def asked(visitor: Visitor) -> None:
    await visitor.page.goto(visitor.address())


async def wrong(visitor: Visitor) -> None:
    await visitor.page.goto(visitor.address())
    await visitor.types_digits("0000")


async def mine(visitor: Visitor) -> None:
    await visitor.comes()


async def moving(visitor: Visitor) -> None:
    await visitor.comes()
    await visitor.taps(MOVE)


async def filling(visitor: Visitor) -> None:
    await moving(visitor)
    await visitor.taps(ct("button", "Type a time"))
    await visitor.taps(ct("button", "Show me the free times"))


async def moved(visitor: Visitor) -> None:
    await moving(visitor)
    await visitor.leads(visitor.page.locator(".choices button").first.click())


async def helped(visitor: Visitor) -> None:
    await visitor.comes()
    await visitor.taps(ct("button", "Something does not work"))


async def entrance(visitor: Visitor) -> None:
    await visitor.page.goto(visitor.address("go"))


async def stopping(visitor: Visitor) -> None:
    await visitor.page.goto(visitor.address("stop"))


async def stopped(visitor: Visitor) -> None:
    await stopping(visitor)
    await visitor.taps(ct("button", "Yes, stop"))


async def joining(visitor: Visitor) -> None:
    await visitor.page.goto(await invitation(visitor))


async def gone(visitor: Visitor) -> None:
    await visitor.page.goto(visitor.stage.base + "/my/nothing")


async def invitation(visitor: Visitor) -> str:
    app, now = visitor.stage.app, visitor.stage.clock.now()
    token = f"t-{visitor.interview.id.hex[:20]}"
    async with app.db.write() as tx:
        until = visitor.interview.attempt.starts_at
        await tokens.keep(tx, "bind", f"interview:{visitor.interview.id}", token, now, until)
    return f"{visitor.stage.base}/join/{token}"


Goes = Callable[[Visitor], Awaitable[None]]
PAGES: tuple[Goes, ...] = (
    asked,
    wrong,
    mine,
    moving,
    filling,
    moved,
    helped,
    entrance,
    stopping,
    stopped,
    joining,
    gone,
)


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
@pytest.mark.parametrize("goes", PAGES, ids=[goes.__name__ for goes in PAGES])
async def test_no_barrier_on_the_narrowest_screen(opens: Opens, goes: Goes, locale: str) -> None:
    visitor = await opens(locale, "narrow", color_scheme="light")
    await goes(visitor)
    assert await visitor.barriers() == []
    assert await visitor.overflow() == 0
    assert await visitor.small_targets() == []
    await visitor.page.emulate_media(color_scheme="dark")
    assert await visitor.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert await visitor.barriers() == []


@pytest.mark.parametrize("goes", [mine, moving, joining], ids=["mine", "moving", "joining"])
async def test_no_barrier_on_a_wide_screen(opens: Opens, goes: Goes) -> None:
    visitor = await opens("en", "desktop")
    await goes(visitor)
    assert await visitor.barriers() == []
    assert await visitor.overflow() == 0


async def test_words_twice_as_large_still_fit(opens: Opens) -> None:
    visitor = await opens("en", "narrow")
    await visitor.comes()
    await visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await visitor.overflow() == 0


async def test_an_invitation_on_a_phone_and_on_a_computer(opens: Opens) -> None:
    for device, first in (("phone", "link"), ("desktop", "img")):
        visitor = await opens("zh_Hans", device)
        await visitor.page.goto(await invitation(visitor))
        picture = visitor.page.get_by_role("img", name="Telegram")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("e => e.complete && e.naturalWidth") >= 200
        link = visitor.page.get_by_role("link", name="打开Telegram", exact=True)
        above = await link.evaluate("e => e.getBoundingClientRect().top") < await picture.evaluate(
            "e => e.getBoundingClientRect().top"
        )
        assert above == (first == "link")
        width = await picture.evaluate("e => e.getBoundingClientRect().width")
        assert (width > 200) == (device == "desktop")
