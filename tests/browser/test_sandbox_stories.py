"""Every scenario of the demo, played through the sandbox's page."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.sandbox.stories import STORIES, Story
from tests.browser.sandbox import Watcher, open_watcher


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watcher(chromium: Browser) -> AsyncIterator[Watcher]:
    async with open_watcher(chromium, "happy") as made:
        await made.ends("happy")
        yield made


CROWDS = ("campus", "wecom-forty", "campus-slack", "mornings", "month", "hr-day")
"""Stories with forty people or two months in them: tests/scenarios plays them, and here they would take a minute."""


def _first_of_their_kind() -> list[Story]:
    """Return the stories that say something new, and of the others the first on each set of platforms."""
    known: set[tuple[str, ...]] = set()
    found = []
    for story in STORIES:
        if story.name not in CROWDS and (story.on not in known or not story.says_nothing_new):
            known.add(story.on)
            found.append(story)
    return found


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("number", "name"), list(enumerate(story.name for story in _first_of_their_kind())))
async def test_a_scenario_is_played_through_the_page(watcher: Watcher, number: int, name: str) -> None:
    await watcher.plays(name, ("zh_Hans", "en")[number % 2])
    assert await watcher.page.locator(".window").count() > 0
    assert await watcher.page.locator(".message").count() > 0
    assert await watcher.page.locator("#wire tr").count() > 1
    assert await watcher.page.get_by_text("This part cannot be shown").count() == 0
    assert watcher.complaints == []
