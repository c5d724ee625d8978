"""Pictures of the page for the README: `turnout demo --pictures folder`. They need Chromium and Playwright."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.problems import Problem
from bot.sandbox.listening import Server, listen
from bot.sandbox.page.routes import build
from bot.sandbox.page.studio import Studio
from bot.sandbox.stage import Stage

CHROMIUM = "/usr/bin/chromium"
LARGEST = 300_000
"""Bytes of a picture in the README."""
PACE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on a picture: a story in a language, on a screen, by day or by night."""

    name: str
    story: str
    locale: str
    width: int = 1280
    height: int = 860
    scheme: str = "light"


PICTURES = (
    Picture("chat", "forgot", "zh_Hans", height=620),
    Picture("page-zh", "everywhere", "zh_Hans"),
    Picture("page-en", "slack", "en"),
    Picture("page-wechat", "wechat-mixed", "zh_Hans", scheme="dark"),
    Picture("page-lesson", "lesson-trend", "zh_Hans"),
    Picture("page-phone", "case-manufacturing", "zh_Hans", 390, 844),
)


async def take(folder: Path, out: Console) -> int:
    """Write every picture into a folder; return the exit code. Raises Problem when something it needs is missing."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise Problem(
            "Playwright is not installed", "Install what Turnout is tested with: make test"
        ) from None
    if shutil.which(CHROMIUM) is None:
        raise Problem(f"{CHROMIUM} is missing", "make system") from None
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            path = folder / f"{picture.name}.png"
            await _take(browser, picture, path)
            size = path.stat().st_size
            if size > LARGEST:
                raise Problem(
                    f"{path} has {size} bytes", f"It is to have {LARGEST} at most: show less on it."
                )
            out.print(f"Wrote {path}.", markup=False)
        await browser.close()
    return 0


async def _take(browser: Any, picture: Picture, path: Path) -> None:
    studio = Studio(picture.locale, PACE)
    studio.choose(picture.story)
    listener = listen()
    server = Server(build(studio))
    serving = asyncio.create_task(server.serve([listener]))
    await server.is_up.wait()
    size = {"width": picture.width, "height": picture.height}
    page = await browser.new_page(viewport=size, color_scheme=picture.scheme)
    await page.goto(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    await page.wait_for_selector(".over[data-story]", timeout=120_000)
    if picture.story in SHOWN:
        await studio.act(SHOWN[picture.story])
    await page.wait_for_load_state("domcontentloaded")
    await page.evaluate("document.fonts.ready")
    await studio.machine.wait(asyncio.Event(), timedelta(seconds=1))
    await page.screenshot(path=path)
    await page.close()
    await studio.end()
    server.should_exit = True
    await serving


async def _asks_for_the_trend(stage: Stage) -> None:
    team = next(person for (name, _), person in stage.people.items() if "HR" in name)
    await stage.says(team, "趋势")


SHOWN: dict[str, Callable[[Stage], Awaitable[None]]] = {"lesson-trend": _asks_for_the_trend}
"""What is done once a story is over, so that there is something to see."""
