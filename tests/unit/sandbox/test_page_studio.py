"""The studio behind the sandbox's page: what is played, watched, recorded, caused, and forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from bot.sandbox.faults import FAULTS, NAMES, cause, faults
from bot.sandbox.page import acts
from bot.sandbox.page.spoiling import spoil
from bot.sandbox.page.studio import Mistaken, Studio
from bot.sandbox.page.trimming import KEPT
from bot.sandbox.page.wire import KEPT as WIRE_KEPT
from bot.sandbox.page.wire import Wire
from bot.sandbox.platforms import PLATFORMS
from bot.sandbox.stage import START, Stage, WentWrong
from bot.sandbox.stories import Story
from bot.sandbox.stories.story import invited
from locales.text import ct

ABOUT = ct("story", "Shop assistant")


async def sets(stage: Stage) -> None:
    stage.person("Li Lei")


async def goes_wrong(stage: Stage) -> None:
    raise WentWrong("it was to go well")


STORIES = (
    Story("sets", ABOUT, sets),
    Story("wrong", ABOUT, goes_wrong),
    Story("odd", ABOUT, sets, "\nx = [\n"),
)


@pytest.fixture
async def studio() -> Any:
    made = Studio("en", timedelta(), stories=STORIES)
    yield made
    await made.end()


async def over(studio: Studio) -> None:
    async with asyncio.timeout(20):
        async for _ in studio.watch():
            if studio.outcome or studio.trouble:
                return


async def test_a_story_is_played_and_ends(studio: Studio) -> None:
    await studio.open("sets")
    await over(studio)
    assert (studio.outcome, studio.trouble, studio.is_playing) == ("well", None, False)


async def test_what_was_expected_is_told(studio: Studio) -> None:
    await studio.open("wrong")
    await over(studio)
    assert (studio.outcome, studio.trouble) == ("it was to go well", None)


async def test_a_stage_that_cannot_be_set_is_told_and_another_can_be_opened(studio: Studio) -> None:
    await studio.open("odd")
    assert studio.stage is None
    assert studio.trouble is not None
    with pytest.raises(Mistaken):
        await acts.says(studio, "telegram:Li Lei", "x")
    await studio.open("sets")
    await over(studio)
    assert studio.trouble is None


async def test_a_story_there_is_not_leaves_the_stage_as_it_is(studio: Studio) -> None:
    await studio.open("sets")
    stage = studio.stage
    for name, locale in (("nothing", ""), ("sets", "xx")):
        with pytest.raises(Mistaken):
            await studio.open(name, locale)
    assert studio.stage is stage


async def test_two_who_look_at_once_have_one_stage(studio: Studio) -> None:
    studio.choose("sets")
    studio.begin()
    studio.begin()
    await over(studio)
    assert studio.outcome == "well"


async def test_ten_thousand_messages_do_not_pile_up(studio: Studio) -> None:
    await studio.open("sets")
    await over(studio)
    stage = studio.set_stage
    person = stage.person("Li Lei")
    stand_in = stage.telegram
    text = {"chat_id": person.id, "text": "x"}  # type: ignore[attr-defined]
    await person.says("/start")
    for _ in range(10):
        for _ in range(1000):
            await stand_in._send_message(dict(text))
        stage.lines.extend(stage.lines[:1] * 1000)
        await studio.passes(timedelta(seconds=1))
    assert len(person.chat) <= 2 * KEPT + 10
    assert len(stage.lines) <= 4000
    assert len(studio.wire or ()) <= WIRE_KEPT
    assert len(stage._printed["Li Lei", "telegram"]) <= 4 * KEPT + 1010


def test_the_wire_forgets_the_oldest() -> None:
    wire = Wire(VirtualClock(START), lambda: None)
    first = wire.begin("out", "telegram", "POST", "/a")
    for _ in range(WIRE_KEPT):
        wire.begin("in", "telegram", "POST", "/b")
    assert len(wire) == WIRE_KEPT
    assert wire.get(first.id) is None
    assert next(iter(wire)).id == first.id + WIRE_KEPT


def test_every_platform_has_its_faults_and_no_others() -> None:
    assert set(FAULTS) == set(PLATFORMS)
    assert all(set(known) <= set(NAMES) for known in FAULTS.values())


@pytest.mark.parametrize("name", PLATFORMS)
def test_every_fault_can_be_caused(name: str) -> None:
    platform = PLATFORMS[name](VirtualClock(START))
    for fault in faults(platform):
        cause(platform, fault)
    with pytest.raises(LookupError):
        cause(platform, "meteor")


async def test_a_connection_that_is_cut_off_is_cut_off_behind_the_wire_too(studio: Studio) -> None:
    await studio.open("sets")
    await over(studio)
    await acts.says(studio, "telegram:Li Lei", "/start")
    cause(studio.set_stage.platforms["telegram"], "reset")
    await acts.says(studio, "telegram:Li Lei", "/help")
    assert [each.status for each in studio.wire or () if each.path.endswith("/sendMessage")].count(0) == 1


async def test_a_callback_that_comes_again_is_believed_or_told_to_be_too_old(studio: Studio) -> None:
    slack = Story("slack", ABOUT, sets, on=("slack",))
    studio.stories = {"slack": slack}
    await studio.open("slack")
    await over(studio)
    await acts.says(studio, "slack:Li Lei", "help")
    assert "200" in str((await spoil(studio, "slack", "twice")).params)
    await studio.passes(timedelta(hours=1))
    said = await spoil(studio, "slack", "twice")
    assert "too old" in said.msgid
    assert next(iter(studio.wire or ())).is_believed is False


async def test_what_happens_is_told_with_its_reason(studio: Studio) -> None:
    async def invites(stage: Stage) -> None:
        await invited(stage)

    studio.stories = {"invites": Story("invites", ABOUT, invites)}
    await studio.open("invites")
    await over(studio)
    told = [line.text for line in studio.captions if not line.who]
    assert told[0] == "What this shows: Shop assistant"
    assert "On the list: Li Lei. Reminders are planned." in told
    assert "In touch by their invitation: Li Lei. From now on Turnout may write there." in told
    await acts.says(studio, "telegram:Li Lei", "stop")
    asked = len(studio.set_stage.people["Li Lei", "telegram"].chat) - 1
    await acts.presses(studio, "telegram:Li Lei", asked, "Yes, stop")
    assert "Said stop: Li Lei. Nothing more is sent, and HR knows." in [line.text for line in studio.captions]
