"""Timers: one for each name and subject, moved by setting it again, gone once taken."""

import asyncio
from uuid import UUID

from store import timers
from store.db import Database
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW


async def test_setting_a_timer_again_moves_it(db: Database) -> None:
    async with db.write() as tx:
        await timers.set(tx, "rung:24h", "interview:1", NOW + DAY, {"attempt": "1"})
        [first] = await timers.of(tx, "interview:1")
        await timers.set(tx, "rung:24h", "interview:1", NOW + HOUR, {"attempt": "2"})
        await timers.set(tx, "rung:24h", "interview:2", NOW)
        [moved] = await timers.of(tx, "interview:1")
        assert (moved.name, moved.at, moved.data) == ("rung:24h", NOW + HOUR, {"attempt": "2"})
        assert not await timers.remove(tx, first.id), "who saw only the old one cannot take the new one away"
        assert await timers.remove(tx, moved.id)
        assert await timers.of(tx, "interview:1") == []


async def test_what_is_due_is_taken_once_oldest_first(db: Database) -> None:
    async with db.write() as tx:
        assert await timers.next_at(tx) is None
        for minutes in (3, 1, 2, 9):
            await timers.set(tx, str(minutes), "s", NOW + minutes * MINUTE)
        assert await timers.next_at(tx) == NOW + MINUTE
        assert [timer.name for timer in await timers.due(tx, NOW + 3 * MINUTE, 2)] == ["1", "2"]
        assert [timer.name for timer in await timers.due(tx, NOW + 3 * MINUTE, 2)] == ["3"]
        assert await timers.due(tx, NOW + 3 * MINUTE, 2) == []
        assert await timers.next_at(tx) == NOW + 9 * MINUTE


async def test_several_timers_are_set_at_once(db: Database) -> None:
    async with db.write() as tx:
        await timers.set(tx, "a", "s", NOW)
        await timers.set_many(tx, "s", {"a": (NOW + HOUR, {"x": "1"}), "b": (NOW, {})})
        await timers.set_many(tx, "s", {})
        assert [(each.name, each.at, each.data) for each in await timers.of(tx, "s")] == [
            ("b", NOW, {}),
            ("a", NOW + HOUR, {"x": "1"}),
        ]


async def test_a_timer_taken_in_vain_is_still_there(db: Database) -> None:
    async with db.write() as tx:
        await timers.set(tx, "a", "s", NOW)
    try:
        async with db.write() as tx:
            assert await timers.due(tx, NOW)
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    async with db.write() as tx:
        assert len(await timers.due(tx, NOW)) == 1


async def test_timers_are_dropped_by_name_or_all(db: Database) -> None:
    async with db.write() as tx:
        for name in ("a", "b", "c"):
            await timers.set(tx, name, "s", NOW)
        await timers.set(tx, "a", "other", NOW)
        assert await timers.drop(tx, "s", ["a", "z"]) == 1
        assert await timers.drop(tx, "s") == 2
        assert await timers.drop(tx, "s") == 0
        assert len(await timers.of(tx, "other")) == 1


async def test_concurrent_takers_never_share_a_timer(db: Database) -> None:
    async with db.write() as tx:
        for n in range(200):
            await timers.set(tx, "a", str(n), NOW)

    async def work(n: int) -> list[UUID]:
        mine: list[UUID] = []
        while True:
            async with db.write() as tx:
                taken = await timers.due(tx, NOW, 7)
            if not taken:
                return mine
            mine += [timer.id for timer in taken]

    taken = [each for ids in await asyncio.gather(*map(work, range(8))) for each in ids]
    assert len(taken) == len(set(taken)) == 200
