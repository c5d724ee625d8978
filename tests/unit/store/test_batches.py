"""Batches keep who is still to be done, in order, and what became of each, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from conversations.batch import Batch, BatchState
from locales.text import Moment, t
from store import batches, interviews, people
from store.db import Database
from tests.unit.store.samples import HOUR, NOW, attempt, booked, staff


async def ordered(db: Database, *targets: UUID, **values: object) -> Batch:
    async with db.write() as tx:
        by = await people.create(tx, staff())
        made = Batch(uuid4(), 0, by.id, "remind", targets, NOW, NOW + timedelta(seconds=30))
        return await batches.save(tx, replace(made, **values))  # type: ignore[arg-type]


async def test_a_batch_comes_back_as_it_was_stored(db: Database) -> None:
    why = t("{label} has not begun: it is {when}.", label="I-1", when=Moment(NOW, "Asia/Shanghai"))
    one, two = uuid4(), uuid4()
    made = await ordered(
        db, two, one, args={"why": "sorry"}, undoes=uuid4(), done=frozenset({one}), failed={two: why}
    )
    async with db.read() as tx:
        assert await batches.get(tx, made.id) == made
        assert await batches.by_number(tx, made.number) == made
        assert made.label == "B-1"
        assert await batches.by_number(tx, 77) is None


async def test_numbers_are_known_before_they_are_given(db: Database) -> None:
    async with db.write() as tx:
        assert await batches.next_number(tx) == 1
    assert (await ordered(db)).number == 1
    async with db.write() as tx:
        assert await batches.next_number(tx) == 2
    assert (await ordered(db)).number == 2


async def test_how_far_it_has_come_is_saved_without_touching_what_was_settled(db: Database) -> None:
    one, two = uuid4(), uuid4()
    made = await ordered(db, one, two)
    async with db.write() as tx:
        assert await batches.settle(tx, made.id, one, None)
        await batches.save(tx, replace(made, state=BatchState.RUNNING, begun=2))
        known = await batches.get(tx, made.id)
    assert known is not None
    assert (known.state, known.begun, known.done, known.number) == (
        BatchState.RUNNING,
        2,
        frozenset({one}),
        1,
    )
    assert not known.is_over


async def test_the_first_word_on_an_interview_stands(db: Database) -> None:
    one, two = uuid4(), uuid4()
    made = await ordered(db, one, two)
    why = t("{label} is off already. See: show {label}", label="I-2")
    async with db.write() as tx:
        assert await batches.settle(tx, made.id, one, None)
        assert not await batches.settle(tx, made.id, one, why)
        assert await batches.settle(tx, made.id, two, why)
        assert not await batches.settle(tx, made.id, two, None)
        assert not await batches.settle(tx, made.id, uuid4(), None), "it is none of its interviews"
        assert not await batches.settle(tx, uuid4(), one, None)
        known = await batches.get(tx, made.id)
    assert known is not None
    assert (known.done, known.failed, known.is_over) == (frozenset({one}), {two: why}, True)


async def test_what_is_settled_at_the_same_moment_is_not_lost(db: Database) -> None:
    targets = [uuid4() for _ in range(12)]
    made = await ordered(db, *targets)

    async def settle(target: UUID) -> None:
        async with db.write() as tx:
            await batches.settle(tx, made.id, target, None)

    await asyncio.gather(*map(settle, targets))
    async with db.read() as tx:
        known = await batches.get(tx, made.id)
    assert known is not None
    assert known.done == set(targets)


async def test_the_newest_of_somebody_and_of_an_act(db: Database) -> None:
    old = await ordered(db, created_at=NOW - HOUR)
    new = await ordered(db, created_at=NOW, by=old.by)
    back = await ordered(db, created_at=NOW, by=old.by, undoes=new.id)
    other = await ordered(db, created_at=NOW)
    async with db.read() as tx:
        assert await batches.latest(tx, old.by, NOW - 2 * HOUR) == new
        assert await batches.latest(tx, old.by, NOW + HOUR) is None
        found = await batches.since(tx, "remind", NOW - timedelta(minutes=1))
        assert [batch.id for batch in found] == [other.id, new.id]
        assert back not in found
        assert await batches.since(tx, "cancel", NOW - HOUR) == []


async def test_an_attempt_keeps_who_confirmed_it_and_since_when_it_is_paused(db: Database) -> None:
    by = uuid4()
    async with db.write() as tx:
        made = await booked(tx, attempt=attempt(confirmed_at=NOW, confirmed_by=by, paused_at=NOW + HOUR))
    async with db.read() as tx:
        known = await interviews.get(tx, made.id)
    assert known is not None
    assert (known.attempt.confirmed_by, known.attempt.paused_at) == (by, NOW + HOUR)
