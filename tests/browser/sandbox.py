"""The sandbox's page in a Chromium: a studio served on loopback, and somebody who uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.listening import Server, listen
from bot.sandbox.page import Studio, build
from bot.sandbox.page.studio import PLAYED
from bot.sandbox.stories import Story

PATIENCE = 40_000
"""Milliseconds; a story that is played takes some."""
expect.set_options(timeout=15_000)


@dataclass
class Watcher:
    """Somebody before the sandbox's page."""

    studio: Studio
    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    """What the browser's console was told is wrong."""

    def window(self, name: str, where: str) -> Locator:
        return self.page.locator(f".window.{where}").filter(has=self.page.get_by_role("heading", name=name))

    async def plays(self, story: str, locale: str = "") -> None:
        """Choose a scenario as a visitor does, and wait until it is over."""
        await self.page.select_option("#story", story)
        if locale:
            await self.page.select_option("select[name=lang]", locale)
        await self.page.locator(".scenarios button.primary").click()
        await self.ends(story)

    async def ends(self, story: str) -> None:
        over = self.page.locator(f".over[data-story='{story}']")
        studio = self.studio
        with report(lambda: f"{studio.outcome=} {studio.trouble=} {studio.is_playing=} {self.complaints=}"):
            await expect(over).to_have_count(1, timeout=PATIENCE)
        assert "wrong" not in (await over.get_attribute("class") or ""), self.studio.outcome

    async def says(self, window: Locator, text: str) -> None:
        await window.locator("input[name=text]").fill(text)
        await window.locator("form.write button").first.click()

    async def does(self, window: Locator, label: str) -> None:
        if await window.locator(".more").get_attribute("open") is None:
            await window.locator(".more summary").click()
        await window.locator(".more").get_by_role("button", name=label, exact=True).click()

    async def post(self, path: str, data: Any = None, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return await http.post(f"{self.base}{path}", data=data or {}, headers=headers)


@contextmanager
def report(told: Callable[[], str]) -> Iterator[None]:
    """Have what fails here tell how things stand as well."""
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{told()}\n{error}") from None


@asynccontextmanager
async def open_watcher(
    chromium: Browser,
    story: str = "happy",
    locale: str = "en",
    *,
    pace: timedelta = timedelta(),
    stories: Sequence[Story] = PLAYED,
    **context: Any,
) -> AsyncIterator[Watcher]:
    """Serve a studio with a story first, and open it in a browser of its own."""
    studio = Studio(locale, pace, stories=stories)
    studio.choose(story)
    listener = listen()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = Server(build(studio))
    serving = asyncio.create_task(server.serve([listener]))
    await server.is_up.wait()
    opened = await chromium.new_context(viewport={"width": 1280, "height": 900}, **context)
    page = await opened.new_page()
    page.set_default_timeout(PATIENCE)
    watcher = Watcher(studio, page, base)
    page.on("pageerror", lambda error: watcher.complaints.append(str(error)))
    page.on("console", lambda said: watcher.complaints.append(said.text) if said.type == "error" else None)
    try:
        await page.goto(base)
        yield watcher
    finally:
        await opened.close()
        await studio.end()
        server.should_exit = True
        await serving
