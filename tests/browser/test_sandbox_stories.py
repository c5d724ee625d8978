"""Every scenario of the demo, played through the sandbox's page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.sandbox.stories import STORIES
from tests.browser.sandbox import Watcher, open_watcher


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watcher(chromium: Browser) -> AsyncIterator[Watcher]:
    async with open_watcher(chromium, "happy") as made:
        await made.ends("happy")
        yield made


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("number", "name"), list(enumerate(story.name for story in STORIES)))
async def test_a_scenario_is_played_through_the_page(watcher: Watcher, number: int, name: str) -> None:
    await watcher.plays(name, ("zh_Hans", "en")[number % 2])
    assert await watcher.page.locator(".window").count() > 0
    assert await watcher.page.locator(".message").count() > 0
    assert await watcher.page.locator("#wire tr").count() > 1
    assert await watcher.page.get_by_text("This part cannot be shown").count() == 0
    assert watcher.complaints == []
