"""Killed at any point, the product loses nothing, and doubles no more than it had in flight.

A small form for every run; `TURNOUT_CRASH_KILLS=200 TURNOUT_CRASH_COUNT=20000 pytest tests/crash` is the large one.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.telegram import Person as User
from tests.crash.lives import IN_FLIGHT, Nursery, Ward, open_ward

COUNT = int(os.environ.get("TURNOUT_CRASH_COUNT", "80"))
KILLS = int(os.environ.get("TURNOUT_CRASH_KILLS", "6"))
LONG = pytest.mark.timeout(120 + KILLS * 10 + COUNT)
REMINDER = "reminder 1h"
NAMED = {
    # What comes first in a life is tried first: there must be something left to do when the point is reached.
    "before handling": 5,
    "after handling": 5,
    "before claim": 2,
    "after claim": 2,
    "before send": 3,
    "after accept": 3,
    "before commit": 3,
    "after commit": 3,
}


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, nursery: Nursery) -> AsyncIterator[Ward]:
    """A ward on either database."""
    async with open_ward(tmp_path, database_url, nursery) as opened:
        yield opened


@pytest.fixture
async def small_ward(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Ward]:
    """A ward on SQLite."""
    async with open_ward(tmp_path, f"sqlite:///{tmp_path / 'turnout.db'}", nursery) as opened:
        yield opened


async def finish(ward: Ward, speakers: Sequence[User] = ()) -> None:
    """Let the last life do what is left, and end it as an administrator does."""

    def is_done() -> bool:
        count = ward.telegram.count
        answered = all(count[str(user.id), "menu"] for user in speakers)
        return answered and not ward.lost(REMINDER) and not ward.telegram.updates.pending

    await ward.begin()
    await ward.until(is_done, 60 + COUNT / 2)
    # What it has in hand is committed on the way out.
    ward.kill(signal.SIGTERM)
    assert await ward.end() == 0


@LONG
async def test_killed_at_named_points(ward: Ward) -> None:
    await ward.prepare(COUNT)
    for point, count in NAMED.items():
        await ward.begin(point, count)
        assert await ward.end() == -signal.SIGKILL, point
    await finish(ward)
    assert ward.doubles() <= IN_FLIGHT * ward.kills
    await ward.examine()


@LONG
async def test_killed_between_acceptance_and_answer(ward: Ward) -> None:
    await ward.prepare(COUNT)
    for n in range(3):
        left = [5 + 3 * n]

        def accepted(left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                ward.kill()

        ward.telegram.when_accepted = accepted
        await ward.begin()
        assert await ward.end() == -signal.SIGKILL
    ward.telegram.when_accepted = None
    await finish(ward)
    assert ward.doubles() <= IN_FLIGHT * ward.kills
    assert ward.doubles() >= 1  # otherwise nothing was tried here
    await ward.examine()


@LONG
async def test_killed_at_random_while_people_write(small_ward: Ward) -> None:
    ward = small_ward
    await ward.prepare(COUNT)
    rng = random.Random(7)
    speakers = rng.sample(ward.users, COUNT // 2)
    for n in range(KILLS):
        # The first poll may bring all that was said: there need not be a second one.
        await ward.begin("after receiving" if n % 3 == 2 else "", count=1)
        for user in speakers[n::KILLS]:
            await user.says(f"hello {n}")
        if n % 3 != 2:
            await asyncio.sleep(rng.uniform(0.1, 1.5))
            ward.kill()
        assert await ward.end() == -signal.SIGKILL
    # Telegram brings every update until it is taken, and each one it saw taken is handled.
    await finish(ward, speakers)
    assert ward.doubles() <= IN_FLIGHT * ward.kills
    await ward.examine()


@LONG
async def test_ended_by_an_administrator_it_drains_and_doubles_nothing(ward: Ward) -> None:
    # What it drains at each of its ends must not be all there is.
    await ward.prepare(4 * COUNT)
    for n in range(3):
        enough = len(ward.telegram.sent) + 5 + n
        await ward.begin()
        await ward.until(partial(_has_sent, ward, enough))
        ward.kill(signal.SIGTERM)
        assert await ward.end() == 0
    await finish(ward)
    assert ward.doubles() == 0
    await ward.examine()


def _has_sent(ward: Ward, count: int) -> bool:
    return len(ward.telegram.sent) >= count


@LONG
async def test_frozen_for_a_while_it_goes_on(small_ward: Ward) -> None:
    ward = small_ward
    await ward.prepare(COUNT)
    await ward.begin()
    await ward.until(lambda: len(ward.telegram.sent) >= 5)
    ward.kill(signal.SIGSTOP)
    await asyncio.sleep(1)
    ward.kill(signal.SIGCONT)
    await ward.until(lambda: not ward.lost(REMINDER))
    ward.kill(signal.SIGTERM)
    assert await ward.end() == 0
    assert ward.doubles() == 0
    await ward.examine()
