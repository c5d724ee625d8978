"""Slots: known again by their key, and never booked twice."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from store import slots
from store.db import Database
from tests.unit.store.samples import DAY, HOUR, NOW, booked, slot


async def test_the_same_slot_again_changes_nothing(db: Database) -> None:
    async with db.write() as tx:
        first = slot(join="https://meet.example/9")
        assert await slots.create(tx, first, "k") == "new"
        assert await slots.create(tx, replace(first, id=uuid4()), "k") == "unchanged"
        assert await slots.create(tx, replace(first, id=uuid4(), capacity=3), "k") == "changed"
        assert await slots.create(tx, replace(first, id=uuid4(), capacity=3, join=""), "k") == "changed"
        assert await slots.get(tx, first.id) == replace(first, capacity=3, join="")
        assert await slots.listing(tx, NOW) == [replace(first, capacity=3, join="")]


async def test_free_slots_are_for_the_role_and_the_span(db: Database) -> None:
    async with db.write() as tx:
        wanted: list[dict[str, Any]] = [
            {"starts_at": NOW + 3 * HOUR, "role": "Engineer"},
            {"starts_at": NOW + HOUR},
            {"starts_at": NOW + HOUR, "role": "Sales"},
            {"starts_at": NOW + HOUR, "company": "other"},
            {"starts_at": NOW - HOUR},
            {"starts_at": NOW + DAY},
            {"starts_at": NOW + 2 * HOUR, "capacity": 0},
        ]
        for n, values in enumerate(wanted):
            await slots.create(tx, slot(**values), str(n))
        free = await slots.free(tx, "acme", "Engineer", NOW, NOW + DAY)
        assert [(each.starts_at, each.role) for each in free] == [
            (NOW + HOUR, ""),
            (NOW + 3 * HOUR, "Engineer"),
        ]
        assert len(await slots.free(tx, "acme", "Engineer", NOW, NOW + DAY, 1)) == 1
        assert len(await slots.listing(tx, NOW, limit=3)) == 3


async def test_a_place_is_held_once_and_given_back_once(db: Database) -> None:
    async with db.write() as tx:
        await slots.create(tx, one := slot(capacity=2), "k")
        first, second, third = [(await booked(tx)).id for _ in range(3)]
        assert [await slots.hold(tx, one.id, each) for each in (first, first, second, third)] == [
            True,
            True,
            True,
            False,
        ]
        assert (await slots.get(tx, one.id)).taken == 2  # type: ignore[union-attr]
        assert await slots.create(tx, replace(one, capacity=1), "k") == "changed", (
            "fewer places than are taken"
        )
        assert await slots.create(tx, one, "k") == "changed"
        assert [await slots.release(tx, one.id, each) for each in (first, first, third)] == [
            True,
            False,
            False,
        ]
        assert await slots.hold(tx, one.id, third)
        assert not await slots.hold(tx, one.id, first)
        assert not await slots.hold(tx, uuid4(), first)


async def test_of_fifty_at_once_the_last_place_goes_to_one(db: Database) -> None:
    async with db.write() as tx:
        await slots.create(tx, one := slot(capacity=3), "k")
        everybody = [(await booked(tx)).id for _ in range(52)]
        for early in everybody[:2]:
            await slots.hold(tx, one.id, early)

    async def hold(interview: UUID) -> bool:
        async with db.write() as tx:
            return await slots.hold(tx, one.id, interview)

    assert sum(await asyncio.gather(*map(hold, everybody[2:]))) == 1
    async with db.read() as tx:
        assert (await slots.get(tx, one.id)).taken == 3  # type: ignore[union-attr]
        assert await slots.free(tx, "acme", "Engineer", NOW, NOW + 9 * DAY) == []


async def test_a_place_of_a_transaction_that_fails_is_free_again(db: Database) -> None:
    async with db.write() as tx:
        await slots.create(tx, one := slot(), "k")
        first, second = (await booked(tx)).id, (await booked(tx)).id
    try:
        async with db.write() as tx:
            assert await slots.hold(tx, one.id, first)
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    async with db.write() as tx:
        assert await slots.hold(tx, one.id, second)
