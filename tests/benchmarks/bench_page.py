"""How soon the page of figures begins to come, and is whole, over 5,000 interviews: charts are drawn meanwhile."""

from __future__ import annotations

import asyncio
import time

import httpx

from bot.sandbox.pages import read_page
from bot.sandbox.stage import Stage
from bot.sandbox.stories import story
from tests.support.quarter import quarter

SIZE = 5_000
FIRST_WITHIN = 1.5
"""Seconds until the first byte, with tiles, filters and who needs a person behind it."""
ASKED = ("days=last90d", "days=last90d&source=校招", "days=last90d&by=lead", "days=last90d&tag=校区=北京")


def test_the_page_begins_to_come_at_once() -> None:
    asyncio.run(_measure())


async def _measure() -> None:
    async with await Stage.open("en") as stage, httpx.AsyncClient(timeout=60, trust_env=False) as browser:
        team = await story.hr(stage)
        async with stage.app.db.write() as tx:
            await quarter(tx, stage.clock.now(), SIZE)
        await stage.says(team, "page")
        url = next(url for url in stage.newest(team).opens.values() if "/hr/" in url)
        (form,) = read_page((await browser.get(url)).text, url, stage.clock.now()).forms
        await browser.post(form.action, data=form.sent(form.buttons[0]))
        first, whole = await _seconds(browser, url)
        print(f"first look: first byte after {first:.2f} s, all after {whole:.2f} s")
        for query in ASKED:
            first, whole = await _seconds(browser, f"{url}?{query}")
            print(f"{query:<34} first byte after {first:.2f} s, all after {whole:.2f} s")
            assert first <= FIRST_WITHIN, query


async def _seconds(browser: httpx.AsyncClient, url: str) -> tuple[float, float]:
    begun = time.perf_counter()
    async with browser.stream("GET", url) as answer:
        assert answer.status_code == 200
        first = None
        async for _ in answer.aiter_raw():
            first = first or time.perf_counter() - begun
    return first or 0.0, time.perf_counter() - begun
