"""A candidate with a real browser before the page of their interview."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import func, select

from bot.sandbox.stage import Stage
from bot.sandbox.stories import story
from conversations.interview import Interview
from locales.text import Text
from store import interviews
from store.tables import metadata

Device = Literal["phone", "desktop", "narrow"]
AGENTS = {
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.0 Mobile/15E148 Safari/604.1",
    "desktop": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
}
SIZES = {"phone": (390, 844), "desktop": (1280, 800), "narrow": (320, 640)}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
DIGITS = "1234"
"""The last of the first candidate's phone number."""


@dataclass(slots=True)
class Visitor:
    """What one candidate sees and does."""

    stage: Stage
    context: BrowserContext
    page: Page
    interview: Interview

    def words(self, text: Text) -> str:
        return self.stage.words(text)

    def address(self, door: str = "my", **query: str) -> str:
        """Return the link to one of their pages, as a message has it."""
        app = self.stage.app
        until = self.interview.attempt.starts_at.replace(year=2027)
        url = app.links.page(door, self.interview.id, until)
        return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")

    async def comes(self, door: str = "my", **query: str) -> None:
        """Open a page, and say who they are if they are asked."""
        await self.page.goto(self.address(door, **query))
        if await self.page.locator("#digits").count():
            await self.types_digits(DIGITS)

    async def types_digits(self, digits: str) -> None:
        await self.page.fill("#digits", digits)
        await self.leads(self.page.keyboard.press("Enter"))

    async def leads(self, doing: Any) -> None:
        """Do what leads to another page, and wait for that page."""
        async with self.page.expect_navigation():
            await doing

    async def taps(self, label: Text | str) -> None:
        words = label if isinstance(label, str) else self.words(label)
        await self.leads(self.button(words).click())

    def button(self, label: Text | str) -> Locator:
        words = label if isinstance(label, str) else self.words(label)
        return self.page.get_by_role("button", name=words, exact=True)

    async def sees(self, text: Text | str) -> None:
        words = text if isinstance(text, str) else self.words(text)
        await expect(self.page.get_by_text(words).first).to_be_visible()

    async def is_told(self, text: Text | str) -> None:
        """Something stands where what has just happened is told."""
        words = text if isinstance(text, str) else self.words(text)
        await expect(self.page.get_by_role("status").first).to_contain_text(words)

    async def knows(self) -> Interview:
        async with self.stage.app.db.read() as tx:
            found = await interviews.get(tx, self.interview.id)
        assert found is not None
        return found

    async def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        async with self.stage.app.db.read() as tx:
            return {
                table.name: (await tx.conn.execute(select(func.count()).select_from(table))).scalar_one()
                for table in metadata.sorted_tables
            }

    # -- what anybody must be able to use ----------------------------------------------------------------

    async def barriers(self) -> list[str]:
        return await barriers(self.page)

    async def overflow(self) -> int:
        return await overflow(self.page)

    async def small_targets(self) -> list[str]:
        """Return what can be tapped and is less than 24 pixels high or wide."""
        found: list[str] = await self.page.evaluate(
            """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), summary, textarea')]
                .filter(e => e.offsetParent !== null && !e.classList.contains('skip'))
                .map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
                .filter(([e, box]) => box.height < 24 || box.width < 24)
                .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""
        )
        return found


async def barriers(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, empty when it finds nothing."""
    # The page allows no script, so it is put in from outside, where that does not hold.
    await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES)
    )
    return [
        f"{problem['id']}: {problem['help']}: {json.dumps([node['html'][:200] for node in problem['nodes']])}"
        for problem in found["violations"]
    ]


async def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@asynccontextmanager
async def open_visitor(
    browser: Browser,
    locale: str = "en",
    device: Device = "phone",
    *,
    policy: str = "",
    agent: str = "",
    meeting: str = "",
    **options: Any,
) -> AsyncIterator[Visitor]:
    """Open the product with one candidate on Telegram, invited, whose interview is tomorrow at two.

    It takes place at `meeting`, a path of the product's own, so that no name has to be looked up.
    """
    width, height = SIZES[device]
    async with await Stage.open(locale, policy) as stage:
        await story.invited(stage, **({"面试链接": stage.base + meeting} if meeting else {}))
        await story.open_slots(stage, 2, 3, 4)
        async with stage.app.db.read() as tx:
            interview = await interviews.by_name(tx, "A-1")
        assert interview is not None
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale.replace("_Hans", "-CN"),
            user_agent=agent or AGENTS["desktop" if device == "desktop" else "phone"],
            java_script_enabled=options.pop("java_script_enabled", True),
            **options,
        )
        context.set_default_timeout(20_000)
        try:
            yield Visitor(stage, context, await context.new_page(), interview)
        finally:
            await context.close()
