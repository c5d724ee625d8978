"""What administrators look at and change: how sending went, entries of the journal, times closed, rungs left out."""

from dataclasses import replace
from datetime import timedelta

from conversations.interview import RungRow, Verdict
from store import health, interviews, journal, outbox, rungs, slots
from store.db import Database
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW, booked, row, slot


async def test_how_sending_went_in_a_day(db: Database) -> None:
    async with db.write() as tx:
        for minutes in (0, 1, 3):
            late = {"settled_at": NOW + minutes * MINUTE}
            await outbox.put(tx, row(state="accepted", **late))
        await outbox.put(tx, row(state="accepted", settled_at=NOW - 2 * DAY))
        for _ in range(2):
            await outbox.put(tx, row(state="undeliverable", why="blocked", settled_at=NOW))
        await outbox.put(tx, row(state="undeliverable", account="", why="nobody_reachable", settled_at=NOW))
        await outbox.put(tx, row(account="slack.main", state="undeliverable", why="gone", settled_at=NOW))
    async with db.read() as tx:
        went = await health.sending(tx, NOW - DAY)
    assert went.sent == 3
    assert went.lateness == (timedelta(), MINUTE, 3 * MINUTE)
    assert went.failures == (("telegram.main", "blocked", 2), ("slack.main", "gone", 1))


async def test_what_is_due_and_waits_is_counted(db: Database) -> None:
    async with db.write() as tx:
        await outbox.put(tx, row())
        await outbox.put(tx, row(next_at=NOW + HOUR))
        await outbox.put(tx, row(state="accepted", settled_at=NOW))
        assert await health.waiting(tx, NOW) == 1


async def test_the_journal_is_searched_by_names_and_days(db: Database) -> None:
    async with db.write() as tx:
        await journal.append(tx, "a", "interview:1", "person:1", {}, NOW - DAY)
        await journal.append(tx, "b", "interview:2", "person:1", {}, NOW)
        await journal.append(tx, "c", "interview:2", "core", {}, NOW)

        async def found(**asked: object) -> list[str]:
            return [entry.action for entry in await journal.listing(tx, **asked)]  # type: ignore[arg-type]

        assert await found() == ["c", "b", "a"]
        assert await found(names={"person:1"}) == ["b", "a"]
        assert await found(names={"interview:2"}) == ["c", "b"]
        assert await found(names=()) == []
        assert await found(since=NOW) == ["c", "b"]
        assert await found(until=NOW) == ["a"]
        assert await found(subject="interview:1") == ["a"]


async def test_a_closed_time_keeps_who_has_it(db: Database) -> None:
    async with db.write() as tx:
        empty, taken = slot(capacity=2), slot(capacity=2, starts_at=NOW + 2 * DAY)
        for one in (empty, taken):
            await slots.create(tx, one, str(one.id))
        held = await booked(tx)
        assert await slots.hold(tx, taken.id, held.id)
        for one in (empty, taken):
            await slots.close(tx, one.id)
        (left,) = await slots.listing(tx, NOW)
        assert (left.id, left.capacity, left.taken) == (taken.id, 1, 1)
        assert not await slots.hold(tx, taken.id, (await booked(tx)).id)


async def test_rungs_that_are_left_out_can_come_back_and_settled_ones_stay(db: Database) -> None:
    async with db.write() as tx:
        of = (await booked(tx)).attempt.id
        await rungs.plan_rungs(tx, [RungRow(of, name, NOW) for name in ("24h", "2h", "1h")])
        await rungs.settle_rung(tx, of, "24h", Verdict.SENT, "", "", NOW)
        await rungs.forget_rungs(tx, of, ["24h", "2h"])
        assert {each.name for each in await rungs.rungs_of(tx, of)} == {"24h", "1h"}
        again = RungRow(of, "2h", NOW + HOUR)
        await rungs.plan_rungs(tx, [again])
        known = {each.name: each for each in await rungs.rungs_of(tx, of)}
        assert replace(known["2h"], evidence="") == again
        assert await interviews.of_attempt(tx, of) is not None
