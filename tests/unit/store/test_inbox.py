"""The inbox: every event once, in the order of its sender, whatever dies while handling it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from conversations.events import (
    Body,
    Booked,
    Checked,
    Commanded,
    Delivered,
    Done,
    Due,
    Edited,
    Event,
    Failed,
    Followed,
    Held,
    Lost,
    Opened,
    Ordered,
    Picked,
    Pressed,
    Said,
    Sent,
    Signal,
    Submitted,
    Unreachable,
    Wanted,
)
from store import inbox
from store.db import Database, Tx
from tests.unit.store.samples import HOUR, MINUTE, NOW, event

BODIES = [
    Said("你好 \u2028 <b>"),
    Pressed("v1.1.x.y"),
    Picked(uuid4(), 2, 3),
    Commanded("show", "I-1001"),
    Submitted("reason", {"said": "x"}, {"session": "1"}),
    Wanted("move"),
    Checked(uuid4(), "failed", ("CAM-BUSY", "NET-SLOW")),
    Sent("voice", "file", "caption"),
    Edited("我说错了", NOW),
    Followed("token"),
    Held("ZhangSan"),
    Unreachable("blocked"),
    Lost("failed: system failed"),
    Opened("entered", uuid4()),
    Signal("moved", uuid4(), NOW, NOW + HOUR, "https://meet.example"),
    Due("rung:24h", "interview:1", NOW, {"rung": "24h"}),
    Booked(uuid4(), is_new=False, previous_start=NOW),
    Ordered("move", uuid4(), uuid4(), {"to": "明天 14:00"}),
    Delivered(uuid4(), "no_show.ask", "accepted"),
    Done("export", {"rows": [1, 2.5, None, True], "name": "表"}),
    Failed("hold_slot", "slot_gone"),
]


async def claimed(db: Database, now: datetime = NOW, limit: int = 50) -> list[inbox.InboxRow]:
    async with db.write() as tx:
        return await inbox.claim(tx, now, limit)


def texts(rows: list[inbox.InboxRow]) -> list[str]:
    return [row.event.body.text for row in rows if isinstance(row.event.body, Said)]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.tag)
async def test_every_kind_of_event_comes_back_the_same(db: Database, body: Any) -> None:
    whole = event(
        body=body, is_private=False, thread="t", about="7", language="zh-Hans", name="李", answer_token="a"
    )
    async with db.write() as tx:
        assert await inbox.put(tx, whole, NOW)
        rows = await inbox.claim(tx, NOW)
    assert [row.event for row in rows] == [whole]


def test_every_kind_of_event_is_tried() -> None:
    assert {type(body) for body in BODIES} == set(get_args(get_args(Body)[0]))


async def test_an_event_is_taken_once_for_ever(db: Database) -> None:
    one = event(id="7")
    async with db.write() as tx:
        assert await inbox.put(tx, one, NOW)
        assert not await inbox.put(tx, event("other words", id="7"), NOW)
        assert await inbox.put(tx, event(id="7", source="slack.main"), NOW)
        for row in await inbox.claim(tx, NOW):
            await inbox.done(tx, row.id, NOW)
        assert not await inbox.put(tx, one, NOW + 300 * 24 * HOUR)
        assert await inbox.claim(tx, NOW + HOUR) == []


async def test_fifty_deliveries_of_one_event_store_one(db: Database) -> None:
    async def put(n: int) -> bool:
        async with db.write() as tx:
            return await inbox.put(tx, event(id="7"), NOW)

    assert sum(await asyncio.gather(*map(put, range(50)))) == 1


async def test_events_are_handled_in_the_order_of_arrival(db: Database) -> None:
    async with db.write() as tx:
        for n in range(7):
            await inbox.put(tx, event(str(n)), NOW)
    assert texts(await claimed(db, limit=4)) == ["0", "1", "2", "3"]
    assert texts(await claimed(db)) == ["4", "5", "6"]
    assert await claimed(db) == []


async def test_a_second_message_waits_for_the_first(db: Database) -> None:
    async with db.write() as tx:
        for text in ("first", "second"):
            await inbox.put(tx, event(text, user="42"), NOW)
        await inbox.put(tx, event("of another"), NOW)
    first, other = await claimed(db)
    assert texts([first, other]) == ["first", "of another"]
    assert await claimed(db) == []
    async with db.write() as tx:
        await inbox.done(tx, first.id, NOW)
    assert texts(await claimed(db)) == ["second"]


async def test_one_that_waits_to_be_tried_again_holds_up_nobody(db: Database) -> None:
    async with db.write() as tx:
        await inbox.put(tx, event("bad", user="42"), NOW)
        await inbox.put(tx, event("good", user="42"), NOW)
        [bad] = await inbox.claim(tx, NOW)
        await inbox.failed(tx, bad.id, NOW, "ValueError", NOW + MINUTE)
    assert texts(await claimed(db)) == ["good"]
    [again] = await claimed(db, NOW + MINUTE)
    assert (texts([again]), again.tries, again.why) == (["bad"], 2, "ValueError")


async def test_tries_count_though_the_process_dies(db: Database) -> None:
    async with db.write() as tx:
        await inbox.put(tx, event(), NOW)
    for tries in range(1, 4):
        [row] = await claimed(db, NOW + tries * HOUR)
        assert row.tries == tries
        assert await claimed(db, NOW + tries * HOUR + inbox.LEASE - MINUTE / 60) == []


async def test_a_sole_owner_takes_back_what_its_predecessor_held(db: Database) -> None:
    async with db.write() as tx:
        await inbox.put(tx, event(), NOW)
    await claimed(db)
    async with db.write() as tx:
        assert await inbox.recover(tx) == 1
        assert await inbox.recover(tx) == 0
    assert len(await claimed(db)) == 1


async def test_what_is_put_aside_can_be_looked_at_and_requeued(db: Database) -> None:
    async with db.write() as tx:
        await inbox.put(tx, event("poison"), NOW)
        [row] = await inbox.claim(tx, NOW)
        await inbox.failed(tx, row.id, NOW, "ValueError", None)
        assert [(each.id, each.why) for each in await inbox.dead(tx)] == [(row.id, "ValueError")]
        assert await inbox.claim(tx, NOW + HOUR) == []
        assert await inbox.next_at(tx) is None
        assert await inbox.requeue(tx, row.id)
        assert not await inbox.requeue(tx, row.id)
        assert [each.tries for each in await inbox.claim(tx, NOW)] == [1]
        assert await inbox.dead(tx) == []


async def test_next_at_is_when_a_claim_finds_something(db: Database) -> None:
    async def next_at(tx: Tx) -> datetime | None:
        return await inbox.next_at(tx)

    async with db.write() as tx:
        assert await next_at(tx) is None
        await inbox.put(tx, event(user="42"), NOW)
        await inbox.put(tx, event(user="42"), NOW)
        assert await next_at(tx) == NOW
        assert await inbox.oldest(tx) == NOW
        [row] = await inbox.claim(tx, NOW)
        assert await next_at(tx) == NOW + inbox.LEASE, "the second one waits for the first"
        await inbox.failed(tx, row.id, NOW, "", NOW + HOUR)
        assert await next_at(tx) == NOW
        [second] = await inbox.claim(tx, NOW)
        await inbox.done(tx, second.id, NOW)
        assert await next_at(tx) == NOW + HOUR


async def test_concurrent_claims_never_share_an_event(db: Database) -> None:
    async with db.write() as tx:
        for n in range(200):
            await inbox.put(tx, event(user=str(n % 100)), NOW)

    async def work() -> list[UUID]:
        mine: list[UUID] = []
        while rows := await claimed(db, limit=7):
            mine += [row.id for row in rows]
        return mine

    taken = [row for rows in await asyncio.gather(*(work() for _ in range(8))) for row in rows]
    assert len(taken) == len(set(taken)) == 100, "the second hundred waits for the first"


async def test_a_cursor_is_stored_with_what_was_read(db: Database) -> None:
    async with db.write() as tx:
        assert await inbox.cursor(tx, "telegram.main") is None
        await inbox.save_cursor(tx, "telegram.main", "1")
        await inbox.save_cursor(tx, "telegram.main", "2")
        await inbox.save_cursor(tx, "telegram.other", "9")
        assert await inbox.cursor(tx, "telegram.main") == "2"


async def test_events_without_a_user_have_no_order_to_keep(db: Database) -> None:
    async with db.write() as tx:
        for n in range(3):
            await inbox.put(tx, Event(str(n), "time", NOW, Due("a", "s", NOW)), NOW + timedelta(seconds=n))
    assert len(await claimed(db, NOW + HOUR)) == 3
