"""One's own list on the sandbox's page, companies like one's own, and lessons whose goals are checked."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, expect

from bot.sandbox.lessons import LESSONS, Lesson
from bot.sandbox.page.lists import samples
from bot.sandbox.presets import PRESETS
from tests.browser.sandbox import Watcher, open_watcher

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tech(chromium: Browser) -> AsyncIterator[Watcher]:
    """A stage that several tests share, none of which changes it."""
    async with open_watcher(chromium, "case-tech") as made:
        await made.ends("case-tech")
        yield made


async def unfolds(page: Page) -> None:
    if await page.locator("#own-list").get_attribute("open") is None:
        await page.locator("#own-list summary").click()


async def uploads(page: Page, name: str, data: bytes) -> None:
    await unfolds(page)
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=data)
    await page.locator("#list").set_input_files(file)
    await page.get_by_role("button", name="Check it").click()


@pytest.mark.parametrize(
    ("name", "count"), [("面试名单.csv", 16), ("interviews.csv", 12), ("interviews.xlsx", 12)]
)
async def test_a_list_is_checked_then_taken_and_its_people_watched(
    chromium: Browser, name: str, count: int
) -> None:
    async with open_watcher(chromium, "case-tech") as watcher:
        await watcher.ends("case-tech")
        page = watcher.page
        before = await watcher.studio.set_stage.operations.list({"all": True})
        await uploads(page, name, samples()[name])
        await expect(page.locator("#uploaded")).to_contain_text(f"{count} new")
        assert await watcher.studio.set_stage.operations.list({"all": True}) == before
        await page.get_by_role("button", name=f"Take these {count}").click()
        await expect(page.locator("#uploaded .good")).to_have_text("taken")
        assert len(await watcher.studio.set_stage.operations.list({"all": True})) == len(before) + count
        come = page.locator("#uploaded .buttons button").first
        label = await come.inner_text()
        await come.click()
        window = watcher.page.locator(".window.slack").filter(
            has=page.get_by_role("heading", name=label.partition(":")[0])
        )
        await expect(window).to_have_count(1)


BAD = [
    ("picture.csv", PNG),
    ("picture.xlsx", PNG),
    ("empty.csv", b""),
    ("columns.csv", b"a,b,c\n1,2,3\n"),
    ("binary.csv", bytes(range(256)) * 20),
    ("large.csv", b"x" * 3_500_000),
]


@pytest.mark.parametrize(("name", "data"), BAD, ids=[name for name, _ in BAD])
async def test_a_bad_list_is_told_and_changes_nothing(tech: Watcher, name: str, data: bytes) -> None:
    before = await tech.studio.set_stage.operations.list({"all": True})
    await uploads(tech.page, name, data)
    await expect(tech.page.locator("#uploaded .notice")).not_to_be_empty()
    assert await tech.page.get_by_role("button", name="Take these").count() == 0
    assert await tech.studio.set_stage.operations.list({"all": True}) == before


async def test_a_broken_list_says_of_each_row_what_to_mend(tech: Watcher) -> None:
    await uploads(tech.page, "broken.csv", samples()["broken.csv"])
    await expect(tech.page.locator("#uploaded tr.bad")).to_have_count(1)
    assert await tech.page.get_by_role("button", name="Take these").count() == 0


async def test_samples_are_there_to_be_taken_home(tech: Watcher) -> None:
    await unfolds(tech.page)
    for link in await tech.page.locator(".samples a").all():
        name = await link.inner_text()
        answer = await tech.page.request.get(f"{tech.base}/samples/{name}")
        assert answer.ok
        assert await answer.body() == samples()[name] or name.endswith(".xlsx")
    assert (await tech.page.request.get(f"{tech.base}/samples/..%2Fsandbox.toml")).status == 404


@pytest.mark.parametrize("name", [story.name for story in PRESETS])
async def test_a_company_like_ones_own_reminds_its_candidates(chromium: Browser, name: str) -> None:
    async with open_watcher(chromium, name, "zh_Hans") as watcher:
        await watcher.ends(name)
        await watcher.page.get_by_role("button", name="+1天").click()
        await watcher.page.get_by_role("button", name="+1小时").click()
        await expect(watcher.page.locator("#state tr.sent").first).to_be_visible()


async def does_lesson(watcher: Watcher, lesson: Lesson) -> None:
    page = watcher.page
    for number, step in enumerate(lesson.steps):
        done = page.locator("#lesson li").nth(number)
        await expect(done).not_to_have_class("done")
        if step.type[0]:
            await watcher.says(watcher.window("Wang Fang, HR", "telegram"), step.type[0])
        elif number == 0:
            await page.get_by_role("button", name="+1 day").click()
        else:
            candidate = watcher.window("Li Lei", "telegram")
            await candidate.locator(".more summary").click()
            await candidate.locator("input[name=interview]").fill("A-1")
            await candidate.get_by_role("button", name="Come", exact=True).click()
        await expect(done).to_have_class("done", timeout=30_000)


@pytest.mark.timeout(150)
@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])
async def test_a_lesson_is_learned_step_by_step(chromium: Browser, lesson: Lesson) -> None:
    async with open_watcher(chromium, lesson.name) as watcher:
        await watcher.ends(lesson.name)
        await does_lesson(watcher, lesson)
        await expect(watcher.page.locator("#lesson .over")).to_be_visible()


async def test_a_step_out_of_turn_does_not_count(chromium: Browser) -> None:
    async with open_watcher(chromium, "lesson-trend") as watcher:
        await watcher.ends("lesson-trend")
        team = watcher.window("Wang Fang, HR", "telegram")
        await watcher.says(team, "risk")
        await expect(team.locator(".message.bot")).to_have_count(2)
        assert await watcher.page.locator("#lesson li.done").count() == 0
