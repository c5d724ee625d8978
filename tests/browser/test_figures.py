"""The page of figures in a real browser: nothing in anybody's way, on any size, in any light, on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.sandbox.month import load_month
from bot.sandbox.stage import COMPANY_ZONE, Stage
from bot.sandbox.stories import story
from tests.browser.visitor import Visitor

SIZES = {"desk": (1200, 800), "phone": (360, 740), "narrow": (320, 640)}
Locale = Literal["zh_Hans", "en"]


@dataclass(slots=True)
class Reader(Visitor):
    """Somebody of HR before their page."""

    url: str = ""

    async def asks(self, **query: str) -> Page:
        await self.page.goto(
            self.url + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        )
        return self.page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def months() -> AsyncIterator[dict[str, tuple[Stage, str]]]:
    """Return the sample month in both languages, each with the link that HR got; drawn once for all tests."""
    stages: dict[str, tuple[Stage, str]] = {}
    for locale in ("zh_Hans", "en"):
        stage = await Stage.open(locale)
        team = await story.hr(stage)
        company = story.either(stage, "Nebula", "星云科技")
        async with stage.app.db.write() as tx:
            await load_month(tx, stage.clock.now(), company=company, zone=COMPANY_ZONE, locale=locale)
        await stage.says(team, "page")
        stages[locale] = stage, next(url for url in stage.newest(team).opens.values() if "/hr/" in url)
    yield stages
    for stage, _ in stages.values():
        await stage.close()


@asynccontextmanager
async def reading(
    chromium: Browser, months: dict[str, tuple[Stage, str]], locale: str, size: str, **options: Any
) -> AsyncIterator[Reader]:
    """Open a browser before the page, as the same browser that opened it first."""
    stage, url = months[locale]
    width, height = SIZES[size]
    context = await chromium.new_context(
        viewport={"width": width, "height": height},
        storage_state=_STATES.get(locale),
        locale=locale.replace("_Hans", "-CN"),
        **options,
    )
    context.set_default_timeout(20_000)
    page = await context.new_page()
    reader = Reader(stage, context, page, interview=None, url=url)  # type: ignore[arg-type]
    try:
        await page.goto(url)
        if await page.locator(".figures").count() == 0:
            assert await reader.barriers() == []
            await reader.leads(page.locator("button.primary").click())
        _STATES[locale] = await context.storage_state()
        yield reader
    finally:
        await context.close()


_STATES: dict[str, Any] = {}
"""The cookies of the browser that opened each link: no other browser gets in."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_nothing_stands_in_anybodys_way(
    chromium: Browser, months: dict[str, tuple[Stage, str]], locale: Locale, size: str, scheme: Any
) -> None:
    async with reading(chromium, months, locale, size, color_scheme=scheme) as reader:
        page = await reader.asks(days="last90d")
        assert await page.locator("svg.chart").count() >= 6
        assert await reader.barriers() == []
        assert await reader.overflow() == 0
        assert await reader.small_targets() == []
        await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert await reader.barriers() == []
        assert await reader.overflow() == 0


async def test_nothing_runs_and_nothing_is_fetched_but_two_style_sheets(
    chromium: Browser, months: dict[str, tuple[Stage, str]]
) -> None:
    async with reading(chromium, months, "en", "desk") as reader:
        asked: list[str] = []
        complaints: list[str] = []
        reader.page.on("request", lambda request: asked.append(request.url))
        reader.page.on("console", lambda message: complaints.append(message.text))
        page = await reader.asks(days="last30d")
        assert sorted(url.partition("?")[0].rpartition("/")[2] for url in asked[1:]) == [
            "figures.css",
            "page.css",
        ]
        assert complaints == []
        assert await page.locator("script").count() == 0


async def test_without_scripts_it_is_the_same(
    chromium: Browser, months: dict[str, tuple[Stage, str]]
) -> None:
    async with reading(chromium, months, "en", "desk") as reader:
        words = await (await reader.asks(days="last30d")).locator("main").inner_text()
    async with reading(chromium, months, "en", "desk", java_script_enabled=False) as reader:
        assert await (await reader.asks(days="last30d")).locator("main").inner_text() == words


async def test_narrowing_down_by_hand(chromium: Browser, months: dict[str, tuple[Stage, str]]) -> None:
    async with reading(chromium, months, "en", "desk") as reader:
        page = await reader.asks(days="last90d")
        await page.get_by_text("Narrow down").click()
        await page.get_by_label("Type", exact=True).select_option("campus")
        await page.get_by_label("Also split by", exact=True).select_option("lead")
        await reader.taps("Show")
        assert "type=campus" in page.url
        assert "days=last90d" in page.url
        assert await page.locator(".chips a").count() == 1
        assert await page.get_by_text("No-show rate by lead time").count() > 0
        assert await reader.barriers() == []
        await reader.leads(page.locator(".chips a").click())
        assert "type=campus" not in page.url
        assert "days=last90d" in page.url


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_what_cannot_be_shown_is_clear_to_everybody(
    chromium: Browser, months: dict[str, tuple[Stage, str]], locale: Locale
) -> None:
    async with reading(chromium, months, locale, "narrow") as reader:
        page = await reader.asks(job="nobody", **{"from": "2026-02-31"})
        assert await page.get_by_role("alert").count() == 1
        assert await page.locator("[aria-invalid=true]").count() == 2
        assert await reader.barriers() == []
        assert await reader.overflow() == 0


async def test_everything_is_reached_by_keys(chromium: Browser, months: dict[str, tuple[Stage, str]]) -> None:
    async with reading(chromium, months, "en", "desk") as reader:
        page = await reader.asks(days="last30d")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        reached = set()
        for _ in range(60):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.innerText || document.activeElement.id"))
        assert {"Last 90 days", "Narrow down", "XLSX", "CSV", "JSON"} <= reached


async def test_on_paper_the_tables_are_open_and_nothing_is_left_to_press(
    chromium: Browser, months: dict[str, tuple[Stage, str]]
) -> None:
    async with reading(chromium, months, "en", "desk") as reader:
        page = await reader.asks(days="last90d")
        assert not await page.locator("table").first.is_visible()
        await page.emulate_media(media="print")
        assert await page.locator("table").first.is_visible()
        assert not await page.get_by_text("XLSX").is_visible()
        assert not await page.get_by_text("Narrow down").is_visible()


async def test_files_come_as_files(chromium: Browser, months: dict[str, tuple[Stage, str]]) -> None:
    async with reading(chromium, months, "zh_Hans", "desk") as reader:
        page = await reader.asks(days="last90d")
        for form in ("XLSX", "CSV", "JSON"):
            async with page.expect_download() as coming:
                await page.get_by_role("link", name=form).click()
            file = await coming.value
            assert file.suggested_filename.endswith(f".{form.lower()}")
