"""A question that may be answered wrongly five times within an hour, and then waits, longer each time."""

from datetime import UTC, datetime, timedelta

from store import tries
from store.db import Database

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def take(db: Database, at: datetime, name: str = "digits:1") -> bool:
    async with db.write() as tx:
        return await tries.take(tx, name, at)


async def test_five_tries_within_an_hour_then_waits_that_double(db: Database) -> None:
    at = NOW
    for wait in (1, 2, 4):
        assert [await take(db, at) for _ in range(7)] == [True] * 5 + [False] * 2
        assert not await take(db, at + wait * HOUR - MINUTE)
        at += wait * HOUR
    assert await take(db, at)


async def test_tries_are_forgotten_after_an_hour_and_those_of_others_not_counted(db: Database) -> None:
    for n in range(4):
        assert await take(db, NOW + n * MINUTE)
    assert [await take(db, NOW + HOUR + 2 * MINUTE + n * MINUTE) for n in range(6)] == [True] * 5 + [False]
    assert await take(db, NOW + HOUR + 8 * MINUTE, "digits:2")


async def test_a_right_answer_forgives(db: Database) -> None:
    for _ in range(5):
        await take(db, NOW)
    async with db.write() as tx:
        await tries.forgive(tx, "digits:1")
    assert await take(db, NOW)


async def test_what_is_long_over_is_deleted(db: Database) -> None:
    for _ in range(20):
        await take(db, NOW)
    async with db.write() as tx:
        await tries.forget(tx, NOW + HOUR - MINUTE)
    assert not await take(db, NOW + MINUTE)
    async with db.write() as tx:
        await tries.forget(tx, NOW + 2 * HOUR)
    assert [await take(db, NOW + 2 * HOUR) for _ in range(6)] == [True] * 5 + [False]


async def test_the_wait_has_an_end(db: Database) -> None:
    at = NOW
    for _ in range(15):
        assert [await take(db, at) for _ in range(6)] == [True] * 5 + [False]
        at += tries.LONGEST
    assert await take(db, at)
