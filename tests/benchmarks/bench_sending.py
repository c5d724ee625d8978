"""Sending and taking in, measured side by side. Figures are printed, never asserted: machines differ."""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog

from bot import pumps
from bot.clock import MachineClock
from bot.commit import GroupCommit
from channels.telegram import Telegram
from conversations.dialog import Turn
from conversations.effects import ALERT, Say
from conversations.events import Event, Ordered, Said
from conversations.identity import Role, ToPerson
from conversations.messages import Message
from store import inbox, outbox
from store.db import Tx
from tests.support.town import DEEDS, Town, open_town
from tests.support.toys import words
from tests.unit.store.conftest import database_url, empty_url, keyring, migrated_file
from tests.unit.store.samples import row

__all__ = ["database_url", "empty_url", "keyring", "migrated_file"]

ROWS = 2_000
OWNER = "bench"


@pytest.fixture
async def town(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town by the machine's own clock, on a platform without limits of rate."""
    monkeypatch.setattr(Telegram, "caps", replace(Telegram.caps, rates=()))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    async with open_town(tmp_path, database_url) as opened:
        clock = MachineClock()
        app = opened.app
        for part in (app, app.runtime, app.delivery, app.pumps, opened.telegram, opened):
            part.clock = clock
        yield opened
    structlog.reset_defaults()


def show(name: str, value: float, unit: str = "/s", against: float | None = None) -> None:
    ratio = f"   {value / against:.1f} times as many" if against else ""
    print(f"  {name:<52} {value:>10,.1f} {unit}{ratio}")


def engine(town: Town) -> str:
    return "SQLite" if town.app.db.is_sqlite else "PostgreSQL"


async def fill(town: Town, count: int) -> None:
    now = town.app.clock.now()
    async with town.app.db.write() as tx:
        for n in range(count):
            await outbox.put(tx, row(chat=f"c{n}", due_at=now, next_at=now, created_at=now))


async def claim_all(town: Town, batch: int) -> float:
    db, now = town.app.db, town.app.clock.now()
    started, claimed = time.perf_counter(), 0
    while True:
        async with db.write() as tx:
            rows = await outbox.claim(tx, now, OWNER, 1, batch)
            for each in rows:
                await outbox.settle(tx, each.id, 1, "accepted", "", "1", now)
        if not rows:
            return claimed / (time.perf_counter() - started)
        claimed += len(rows)


async def test_claims_in_batches_and_one_by_one(town: Town) -> None:
    print(f"\n\nClaim and settle, {engine(town)}")
    await fill(town, ROWS // 4)
    single = await claim_all(town, 1)
    show("a commit for each message", single)
    await fill(town, ROWS)
    show(
        f"a commit for {pumps.IN_FLIGHT}, as the product does",
        await claim_all(town, pumps.IN_FLIGHT),
        against=single,
    )
    await fill(town, ROWS)
    show("a commit for 50", await claim_all(town, 50), against=single)


async def test_taking_in_with_group_commit_and_without(town: Town) -> None:
    print(f"\n\nEvents stored before they are acknowledged, 100 senders at once, {engine(town)}")

    def write() -> Callable[[Tx], Any]:
        event = Event(
            uuid4().hex, "telegram.main", town.app.clock.now(), Said("hello"), "telegram.main", "1", "1"
        )
        return lambda tx: inbox.put(tx, event, event.at)

    async def alone() -> None:
        async with town.app.db.write() as tx:
            await write()(tx)

    commits = GroupCommit(town.app.db)
    single = await _rate(alone, 600)
    show("a commit for each event", single)
    show("group commit", await _rate(lambda: commits.run(write()), 6_000), against=single)


async def _rate(act: Callable[[], Any], count: int) -> float:
    left = count

    async def sender() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await act()

    started = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(100)))
    return count / (time.perf_counter() - started)


async def test_from_a_flag_to_what_hr_sees(town: Town) -> None:
    print(f"\n\nFrom an event that alerts HR to the platform's acceptance, in real time, {engine(town)}")
    hr, _ = await town.person("hr", Role.HR)
    who, _ = await town.person()
    interview = await town.interview(who)
    await town.pumps.start()
    took: list[float] = []
    for n in range(40):
        effect = Say(ToPerson(hr.id), Message("alert", words(f"alert {n}")), ALERT, interview.id)
        before = len(town.telegram.sent)
        started = time.perf_counter()
        await _flag(town, interview, effect)
        while len(town.telegram.sent) == before:  # noqa: ASYNC110 - measured as a user would see it
            await asyncio.sleep(0.001)
        took.append((time.perf_counter() - started) * 1000)
    await town.pumps.stop()
    show("median", statistics.median(took), "ms")
    show("slowest of 40", max(took), "ms")


async def _flag(town: Town, interview: Any, effect: Say) -> None:
    name = uuid4().hex
    DEEDS[name] = lambda scene, event: Turn((effect,))
    body = Ordered("do", interview.id, args={"deed": name})
    await town.app.receive([Event(name, "core", town.app.clock.now(), body)])


@pytest.mark.parametrize("in_flight", [1, pumps.IN_FLIGHT])
async def test_how_late_rungs_are_that_are_due_at_once(
    town: Town, in_flight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pumps, "IN_FLIGHT", in_flight)
    count = ROWS if in_flight > 1 else ROWS // 4
    print(f"\n\n{count} rungs due at once, {in_flight} in flight, no limit of rate, {engine(town)}")
    now = town.app.clock.now()
    user = [town.telegram.person(f"p{n}") for n in range(count)]
    async with town.app.db.write() as tx:
        for each in user:
            each._chat.is_open = True
            said = Message("reminder", words("reminder"))
            due = {"due_at": now, "next_at": now, "created_at": now}
            await outbox.put(tx, row(chat=str(each.id), message=said, **due))
    started = town.app.clock.now()
    await town.pumps.start()
    while len(town.telegram.sent) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await town.pumps.stop()
    late = sorted((call.at - started).total_seconds() for call in town.telegram.sent)
    show("accepted", count / late[-1])
    show("half within", late[len(late) // 2], "s")
    show("99 in 100 within", late[int(len(late) * 0.99)], "s")
