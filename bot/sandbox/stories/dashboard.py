"""The page of figures: opened from the chat in one browser, narrowed down, taken away; closed with the role."""

from __future__ import annotations

from bot.sandbox.pages import Page
from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.month import loaded
from bot.sandbox.stories.story import either, hr, staff, was_told
from bot.sandbox.visitor import Visitor

_CLOSED = 403


async def looked_at(stage: Stage) -> None:
    """HR looks at the sample month on a page and takes its list away; support's page shows who needs a person."""
    team = await hr(stage)
    await loaded(stage)
    page = await _opened(stage, team)
    stage.holds(team.name in page.text, "the page was to say for whom it is")
    stage.holds("%" in page.text, "the page was to show figures")
    stage.holds({"XLSX", "CSV", "JSON"} <= page.links.keys(), "its list was to be taken away")
    await _elsewhere(stage, team)
    support = await staff(stage, "Chen, support", "support")
    page = await _opened(stage, support)
    stage.holds("%" not in page.text, "support was to see no figures")
    await was_told(stage, "command.page")


async def _opened(stage: Stage, who: Someone) -> Page:
    """Let somebody ask for their page, and open it in their browser with one tap."""
    await stage.says(who, either(stage, "page", "看板"))
    visitor = stage.on_page(who)
    asked = await visitor.visits(visitor.link("hr"))
    (form,) = asked.forms
    page = await visitor.sends(form, {})
    stage.holds(page.status == 200, f"the page was to open, not {page.status}: {page.text}")
    return page


async def _elsewhere(stage: Stage, who: Someone) -> None:
    """A second browser gets nothing by the same link, and is told what to do."""
    other = Visitor(who, stage.base, stage.clock, language=stage.locale.replace("_", "-"))
    try:
        page = await other.visits(stage.on_page(who).link("hr"))
    finally:
        await other.close()
    stage.holds(page.status == _CLOSED, f"another browser was to be refused, not {page.status}")
    stage.holds(either(stage, "page", "看板") in page.text, "it was to say how to get a link for it")
