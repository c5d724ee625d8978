"""The sandbox's page in a browser: how soon it is ready, how soon a click is answered, and what a long day leaves."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bot import observe
from bot.sandbox.page.studio import Studio
from bot.sandbox.telegram import Person
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.sandbox import Watcher, open_watcher

READY_WITHIN = 2.0
ANSWERED_WITHIN = 0.3
"""Seconds, of the best of several, on a machine that does nothing else."""
TIMES = 7
MESSAGES = 10_000
MORE_MEMORY = 60
"""Megabytes that 10,000 messages may leave on the server beyond those that 2,000 left."""


def test_the_page_is_ready_and_answers_at_once() -> None:
    asyncio.run(_with_chromium(_quick))


def test_ten_thousand_messages_leave_no_more_than_a_window_shows() -> None:
    asyncio.run(_with_chromium(_long))


async def _with_chromium(measure: Any) -> None:
    observe.set_up("critical", "text")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        await measure(browser)
        await browser.close()


async def _quick(browser: Browser) -> None:
    async with open_watcher(browser, "case-tech") as watcher:
        await watcher.ends("case-tech")
        ready = [await _ready(watcher) for _ in range(TIMES)]
        _tell("ready after", ready)
        clicks = [await _answered(watcher) for _ in range(TIMES)]
        _tell("click to reply", clicks)
    assert min(ready) <= READY_WITHIN * _crowd()
    assert min(clicks) <= ANSWERED_WITHIN * _crowd()


async def _ready(watcher: Watcher) -> float:
    began = time.perf_counter()
    await watcher.page.goto(watcher.base)
    await watcher.page.wait_for_selector(".window .message")
    return time.perf_counter() - began


async def _answered(watcher: Watcher) -> float:
    """Return the seconds from a click on Send until the bot's answer can be read, measured within the page."""
    await watcher.window("Li Lei", "telegram").locator("input[name=text]").fill("help")
    return float(await watcher.page.evaluate(_CLICK)) / 1000


_CLICK = """() => new Promise((resolve) => {
    const field = [...document.querySelectorAll(".window.telegram input[name=text]")].find((each) => each.value);
    const log = field.closest(".window").querySelector(".log");
    const newest = () => Number(log.querySelector(".message.bot:last-of-type")?.dataset.mid ?? -1);
    const before = newest(), began = performance.now();
    new MutationObserver((_, watching) => {
        if (newest() <= before) return;
        watching.disconnect();
        resolve(performance.now() - began);
    }).observe(log, { childList: true, subtree: true });
    field.closest("form").querySelector("button").click();
})"""


async def _long(browser: Browser) -> None:
    async with open_watcher(browser, "happy") as watcher:
        await watcher.ends("happy")
        early, nodes = 0.0, 0
        for sent in range(500, MESSAGES + 1, 500):
            await _brings(watcher.studio, 500)
            if sent in (2000, MESSAGES):
                gc.collect()
                nodes, heap = await _browser_has(watcher.page)
                print(
                    f"after {sent:>6,} messages: server {_megabytes():.0f} MB, page {nodes:,} nodes, {heap:.0f} MB"
                )
                early = early or _megabytes()
        assert nodes < 10_000
        assert await watcher.page.locator(".message").count() < 400
        assert _megabytes() - early < MORE_MEMORY


async def _brings(studio: Studio, count: int) -> None:
    """Have so many messages come to a candidate, and the page show what is new."""
    stage = studio.set_stage
    person = next(
        each for each in stage.people.values() if isinstance(each, Person) and "HR" not in each.name
    )
    for number in range(count):
        await stage.telegram._send_message({"chat_id": person.id, "text": f"message {number}"})
    await studio.passes(timedelta(seconds=1))


async def _browser_has(page: Page) -> tuple[int, float]:
    """Return how many nodes the page has, and how many megabytes its script holds."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    await session.send("Performance.enable")
    found = {
        each["name"]: each["value"] for each in (await session.send("Performance.getMetrics"))["metrics"]
    }
    await session.detach()
    return int(found["Nodes"]), found["JSHeapUsedSize"] / 1e6


def _megabytes() -> float:
    """Return the memory that this process has resident; on Linux."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _crowd() -> float:
    """Return how many want each core of this machine, at least one: on a crowded one everything takes longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _tell(what: str, seconds: list[float]) -> None:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"{what}: median {statistics.median(seconds):.2f} s, max {max(seconds):.2f} s (load {load})",
        file=sys.stderr,
    )
