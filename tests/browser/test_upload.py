"""The page for lists in a real browser: usable by anybody, on the narrowest screen, without a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.stories.admin import PICTURE, lines
from bot.sandbox.stories.story import hr
from tests.browser.conftest import Opens
from tests.browser.visitor import Visitor


async def uploading(visitor: Visitor) -> str:
    """Ask for the page in the chat as HR, and return its address."""
    team = await hr(visitor.stage)
    await visitor.stage.says(team, "import")
    return next(url for url in visitor.stage.newest(team).opens.values() if "/upload/" in url)


async def is_usable(visitor: Visitor) -> None:
    assert await visitor.barriers() == []
    assert await visitor.overflow() <= 0
    assert await visitor.small_targets() == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
async def test_every_state_of_the_page_is_usable(
    opens: Opens, tmp_path: Path, locale: str, colours: str
) -> None:
    visitor = await opens(locale, "narrow", color_scheme=colours)
    stage, page = visitor.stage, visitor.page
    await page.goto(await uploading(visitor))
    await is_usable(visitor)
    await visitor.leads(page.locator("main button").click())
    await is_usable(visitor)
    bad, good = tmp_path / "bad.csv", tmp_path / "list.csv"
    bad.write_bytes(PICTURE)
    good.write_text(lines(stage, "Li Mei", *["Zhang San"] * 5), "utf-8")
    await page.set_input_files("#file", bad)
    await visitor.leads(page.locator("main button").click())
    assert await page.get_by_role("alert").count() == 1
    await is_usable(visitor)
    await page.set_input_files("#file", good)
    await visitor.leads(page.locator("main button").click())
    assert await page.locator("tbody tr").count() == 5
    await is_usable(visitor)


async def test_it_works_without_scripts(opens: Opens, tmp_path: Path) -> None:
    visitor = await opens("en", java_script_enabled=False)
    await visitor.page.goto(await uploading(visitor))
    await visitor.leads(visitor.page.locator("main button").click())
    good = tmp_path / "list.csv"
    good.write_text(lines(visitor.stage, "Li Mei"), "utf-8")
    await visitor.page.set_input_files("#file", good)
    await visitor.leads(visitor.page.locator("main button").click())
    assert "go back to the chat" in await visitor.page.content()
