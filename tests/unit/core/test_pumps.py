"""The loops: timers become events, events are handled once and in order, work comes back, and a stop drains."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot import jobs, pumps
from channels.base import NotDelivered, Receipt
from conversations.dialog import Turn
from conversations.effects import DropTimers, HoldSlot, Record, SetTimer, Then, Work
from conversations.events import Booked, Event, Opened, Said
from store import inbox, slots, timers
from store import jobs as job_rows
from store.tables import journal
from tests.support.town import Town, open_town

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on either database."""
    async with open_town(tmp_path, database_url, deadline=1) as opened:
        yield opened


@pytest.fixture
async def small(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on SQLite."""
    shutil.copy(migrated_file, tmp_path / "small.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}", deadline=1) as opened:
        yield opened


def said(user: Any, text: str = "hello", **values: Any) -> Event:
    wanted: dict[str, Any] = {"id": uuid4().hex, "source": "telegram.main", "body": Said(text)}
    wanted |= {"account": "telegram.main", "user": str(user.id), "chat": str(user.id)}
    return Event(at=values.pop("at"), **{**wanted, **values})


# -- time ------------------------------------------------------------------------------------------------


async def test_a_ladder_is_sent_rung_by_rung_when_it_is_due(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who, timedelta(hours=25))
    await town.ladder(interview, timedelta(hours=24), timedelta(hours=1), timedelta(minutes=30))
    await town.passes(minutes=59)
    assert town.texts(phone) == []
    await town.passes(minutes=1)
    assert town.texts(phone) == ["reminder r0"]
    await town.passes(hours=24)
    assert town.texts(phone) == ["reminder r0", "reminder r1", "reminder r2"]
    assert all(row.verdict for row in (await town.ledger(interview)).values())


async def test_a_timer_that_was_moved_or_dropped_does_not_fire(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    subject, now = f"interview:{interview.id}", small.clock.now()
    data = {"rung": "x", "attempt": str(interview.attempt.id)}
    await small.do(interview, (SetTimer("rung:x", subject, now + MINUTE, data),))
    await small.do(interview, (SetTimer("rung:x", subject, now + 5 * MINUTE, data),))
    await small.passes(minutes=2)
    assert small.texts(phone) == []
    await small.do(interview, (DropTimers(subject),))
    await small.passes(minutes=10)
    assert small.texts(phone) == []


async def test_a_timer_fires_once_even_when_it_is_set_again_for_the_same_instant(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    subject, at = f"interview:{interview.id}", small.clock.now() + MINUTE
    for name in ("a", "b"):
        timer = SetTimer(f"rung:{name}", subject, at, {"rung": name, "attempt": str(interview.attempt.id)})
        await small.do(interview, (timer, timer))
    await small.passes(minutes=5)
    assert sorted(small.texts(phone)) == ["reminder a", "reminder b"]


async def test_after_being_away_what_is_due_comes_at_once(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who, timedelta(hours=5))
    await small.ladder(interview, timedelta(hours=4), timedelta(hours=3))
    small.clock.advance(timedelta(hours=2, minutes=30))
    await small.passes(seconds=5)
    assert small.texts(phone) == ["reminder r0", "reminder r1"]


async def test_the_next_instant_is_known(small: Town) -> None:
    who, _ = await small.person()
    interview = await small.interview(who, timedelta(hours=25))
    await small.passes(seconds=1)
    before = await small.pumps.next_at()
    await small.ladder(interview, timedelta(hours=24))
    due = interview.attempt.starts_at - timedelta(hours=24)
    assert await small.pumps.next_at() == due
    assert before is None or before >= due


# -- events ----------------------------------------------------------------------------------------------


async def test_what_one_person_says_is_handled_in_order(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    await town.book(interview)
    await town.passes(seconds=3)
    now = town.clock.now()
    await town.app.runtime.receive([said(phone, "2", at=now), said(phone, "1", at=now)])
    await town.passes(minutes=1)
    # "2" picked no, and of what was asked then "1" picked the first reason.
    assert town.texts(phone)[-1] == "thanks"


async def test_an_event_that_comes_twice_is_handled_once(town: Town) -> None:
    who, phone = await town.person()
    event = said(phone, at=town.clock.now())
    assert await town.app.runtime.receive([event, event]) == 1
    assert await town.app.runtime.receive([event]) == 0
    await town.passes(minutes=1)
    assert town.texts(phone) == ["menu"]
    assert who.bindings


async def test_a_bad_event_is_tried_five_times_then_put_aside_and_others_go_on(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)
    tries = []

    def breaks(scene: Any, event: Event) -> Turn:
        tries.append(small.clock.now())
        raise ValueError("token=hunter2")

    await small.do(interview, breaks)
    await small.app.runtime.receive([said(phone, at=small.clock.now())])
    await small.passes(hours=1)
    assert len(tries) == pumps.TRIES
    assert small.texts(phone) == ["menu"]
    (dead,) = await small.dead()
    assert "hunter2" not in dead.why
    assert [body.work for body in small.back("done")] == ["put_aside"]


async def test_what_a_failing_event_did_is_undone(town: Town) -> None:
    who, phone = await town.person()
    interview = await town.interview(who)
    timer = SetTimer("x", f"interview:{interview.id}", town.clock.now() + MINUTE)
    record = Record("half.done", "x", "y")
    # The second of these cannot be carried out: the body belongs to an interview that is not there.
    await town.do(interview, lambda scene, event: Turn((record, timer, _Broken())))  # type: ignore[arg-type]
    async with town.app.db.read() as tx:
        assert await timers.of(tx, f"interview:{interview.id}") == []
        assert (await tx.conn.execute(select(func.count()).select_from(journal))).scalar_one() == 0
    assert town.texts(phone) == []


class _Broken:
    """No effect that anybody carries out."""


async def test_consequences_are_handled_in_the_same_transaction(small: Town) -> None:
    who, _ = await small.person()
    interview = await small.interview(who)
    await small.do(interview, (Then(Opened("entered", interview.id)), Then(Opened("entered", interview.id))))
    assert len(small.back("opened")) == 2


async def test_consequences_without_end_are_stopped(small: Town) -> None:
    who, phone = await small.person()
    interview = await small.interview(who)

    def again(scene: Any, event: Event) -> Turn:
        return Turn((Then(event.body), Then(event.body)))

    await small.do(interview, again)
    await small.passes(hours=1)
    assert "TooManyRounds" in (await small.dead())[0].why
    assert small.texts(phone) == []


async def test_the_last_place_goes_to_one_and_the_other_is_asked_again(town: Town) -> None:
    slot = await town.slot(timedelta(days=1))
    phones = []
    for name in ("first", "second"):
        who, phone = await town.person(name)
        interview = await town.interview(who)
        record = Record("slot.held", str(slot.id), name)
        await town.do(interview, (record, HoldSlot(slot.id, interview.id)))
        phones.append((phone, interview))
    await town.passes(seconds=5)
    assert town.texts(phones[0][0]) == []
    assert town.texts(phones[1][0]) == ["why"]  # what the toy shows when a slot is gone
    async with town.app.db.read() as tx:
        (known,) = [each for each in await slots.listing(tx, town.clock.now(), 10) if each.id == slot.id]
    assert known.taken == 1


async def test_a_slot_that_is_always_gone_fails_the_event(
    small: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, _ = await small.person()
    interview = await small.interview(who)

    def insists(scene: Any, event: Event) -> Turn:
        return Turn((HoldSlot(uuid4(), interview.id),))

    dialog = small.app.runtime.book.on["failed.hold_slot"]
    monkeypatch.setitem(dialog.on, "failed.hold_slot", insists)
    await small.do(interview, insists)
    await small.passes(hours=1)
    assert "its slots went" in (await small.dead())[0].why


# -- work ------------------------------------------------------------------------------------------------


async def test_slow_work_comes_back_as_an_event(small: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(channels: Any, args: Any) -> Any:
        return {"drawn": args["what"]}

    async def fail(channels: Any, args: Any) -> Any:
        raise ValueError("no ink")

    monkeypatch.setitem(jobs.JOBS, "draw", draw)
    monkeypatch.setitem(jobs.JOBS, "fail", fail)
    who, _ = await small.person()
    interview = await small.interview(who)
    await small.do(interview, (Work("draw", {"what": "a chart"}), Work("fail"), Work("unheard of")))
    await small.settle()
    found = {body.work: body.result for body in small.back("done")}
    assert found["draw"] == {"what": "a chart", "drawn": "a chart"}
    assert "no ink" in found["fail"]["error"]
    assert "unheard of" in found["unheard of"]["error"]


async def test_work_that_a_predecessor_had_begun_is_done_again(
    small: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def draw(channels: Any, args: Any) -> Any:
        return {}

    monkeypatch.setitem(jobs.JOBS, "draw", draw)
    who, _ = await small.person()
    await small.do(await small.interview(who), (Work("draw"),))
    async with small.app.db.write() as tx:
        assert len(await job_rows.claim(tx, small.clock.now())) == 1
    assert await small.pumps.jobs_once() == 0
    await small.pumps.recover()
    await small.settle()
    assert [body.work for body in small.back("done")] == ["draw"]


# -- loops -----------------------------------------------------------------------------------------------


class _Held:
    """A channel whose sends end when they are let go."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        # The clock stands still here, and no bucket would fill again.
        self.caps = replace(channel.caps, rates=())
        self.begun = 0
        self.let_go = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def deliver(self, payload: Any, read_blob: Any) -> Receipt:
        self.begun += 1
        await self.let_go.wait()
        receipt: Receipt = await self._channel.deliver(payload, read_blob)
        return receipt


def hold(town: Town, account: str = "telegram.main") -> _Held:
    channels: Any = town.app.channels
    channels[account] = _Held(channels[account])
    held: _Held = channels[account]
    return held


async def until(is_so: Any) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - the loops under test set their own events
            await asyncio.sleep(0.005)


async def test_a_platform_that_hangs_holds_up_no_other(small: Town) -> None:
    held = hold(small)
    for n in range(10):
        who, _ = await small.person(f"main {n}")
        await small.say(who)
    two, phone = await small.person("backup", on=("backup",))
    await small.pumps.start()
    await until(lambda: held.begun == pumps.IN_FLIGHT)
    await small.say(two, "meanwhile")
    small.pumps.wake["outbox"].set()
    await until(lambda: small.texts(phone) == ["meanwhile"])
    assert held.begun == pumps.IN_FLIGHT
    held.let_go.set()
    await until(lambda: len(small.telegram.sent) == 10)
    await small.pumps.stop()


async def test_a_stop_finishes_what_is_in_flight_and_begins_nothing(small: Town) -> None:
    held = hold(small)
    for n in range(12):
        who, _ = await small.person(f"p{n}")
        await small.say(who)
    await small.pumps.start()
    await until(lambda: held.begun == pumps.IN_FLIGHT)
    stopping = asyncio.create_task(small.pumps.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    held.let_go.set()
    await stopping
    assert len(small.telegram.sent) == pumps.IN_FLIGHT
    states = [row.state for row in await small.rows()]
    assert (states.count("accepted"), states.count("waiting")) == (pumps.IN_FLIGHT, 4)


async def test_a_stop_does_not_wait_for_ever(small: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumps, "DRAIN", timedelta(seconds=0.1))
    held = hold(small)
    who, phone = await small.person()
    id = await small.say(who, "cut")
    await small.pumps.start()
    await until(lambda: held.begun == 1)
    await small.pumps.stop()
    assert (await small.row(id)).state == "claimed"
    # The next life takes it back, and counts it as maybe sent.
    held.let_go.set()
    small.pumps.owner = "next"
    await small.pumps.recover()
    await small.passes(seconds=5)
    assert small.texts(phone) == ["cut"]
    assert (await small.row(id)).in_doubt


async def test_a_loop_outlives_what_a_round_runs_into(small: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    real = small.app.delivery.claim

    async def failing(*args: Any) -> Any:
        rounds.append(1)
        if len(rounds) < 3:
            raise RuntimeError("no database")
        return await real(*args)

    monkeypatch.setattr(small.app.delivery, "claim", failing)
    who, phone = await small.person()
    await small.say(who, "at last")
    await small.pumps.start()
    for n in range(3):
        await until(lambda n=n: len(rounds) > n)
        small.pumps.wake["outbox"].set()
    await until(lambda: small.texts(phone) == ["at last"])
    await small.pumps.stop()


async def test_polling_goes_on_after_trouble_and_keeps_its_place(small: Town) -> None:
    """The backup bot polls: what its people say is stored with the place in the queue."""
    who, _ = await small.person(on=("backup",))
    user = await small.user(who, "backup")
    small.backup.fail("getUpdates", "502")
    channel = small.app.channels["telegram.backup"]
    got: list[Any] = []

    async def receive(events: Any, cursor: Any) -> None:
        got.extend(events)

    await user.says("hello")
    with pytest.raises(NotDelivered):
        await channel.pull(None, receive)
    cursor = await channel.pull(None, receive)
    assert [event.body for event in got] == [Said("hello")]
    assert cursor is not None
    await small.app.runtime.receive(got, "telegram.backup", cursor)
    async with small.app.db.read() as tx:
        assert await inbox.cursor(tx, "telegram.backup") == cursor
    await small.passes(seconds=5)
    assert small.texts(user) == ["menu"]


async def test_what_is_asked_of_a_booking_that_is_gone_breaks_nothing(small: Town) -> None:
    event = Event(uuid4().hex, "core", small.clock.now(), Booked(uuid4(), is_new=True))
    await small.happens(event)
    await small.passes(hours=1)
    assert small.telegram.sent == []
