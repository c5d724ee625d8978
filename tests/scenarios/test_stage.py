"""Stages themselves: several at once, and none left half open."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import invited
from bot.settings.problems import BadConfig


async def test_several_stages_stand_side_by_side() -> None:
    """Alembic keeps the migration that runs in globals, so databases are migrated one after another."""
    async with AsyncExitStack() as stack:
        stages = await asyncio.gather(*(Stage.open("en") for _ in range(4)))
        for stage in stages:
            stack.push_async_callback(stage.close)
        people = await asyncio.gather(*(invited(stage) for stage in stages))
        assert all(
            stage.saw(person, "Front-end engineer") for stage, person in zip(stages, people, strict=True)
        )


async def test_a_stage_that_cannot_be_opened_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    with pytest.raises(BadConfig):
        await Stage.open("en", '\n[teams]\nhr = "nonsense"\n')
    assert asyncio.all_tasks() == before
