"""Killed in the middle of a batch, the product goes on with it: nobody is forgotten, and nobody is done twice."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot import app as composition
from bot.clock import MachineClock
from bot.sandbox.telegram import Person as User
from conversations.batch import Batch, BatchState
from conversations.identity import Address, Person, Role
from conversations.interview import Attempt, Interview
from locales.zones import local
from store import batches, inbox, interviews, outbox, people, timers
from store.db import Tx
from tests.crash.lives import Nursery, Ward, open_ward

COUNT = 45
POINTS = (
    # What comes first in a life is tried first: there must be something left to do when the point is reached.
    ("before handling", 2),
    ("after handling", 9),
    ("after handling", 14),
    ("before handling", 7),
    ("before commit", 3),
    ("after accept", 2),
    ("after commit", 2),
)


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, nursery: Nursery) -> AsyncIterator[Ward]:
    async with open_ward(tmp_path, database_url, nursery) as opened:
        opened.order["book"] = "product"
        yield opened


async def ordered(ward: Ward) -> tuple[Batch, User]:
    """Store a batch that begins now, and return it with the Telegram of who ordered it."""
    clock = MachineClock()
    app = await composition.build(ward.settings, clock)
    async with app.db.write() as tx:
        hr = ward.telegram.person("HR")
        by = await _stored(tx, hr, Person(uuid4(), hr.name, "en", roles=frozenset({Role.HR})))
        targets = []
        for n in range(COUNT):
            user = ward.telegram.person(f"candidate {n}")
            who = await _stored(tx, user, Person(uuid4(), user.name, "en"))
            ward.users.append(user)
            start = clock.now() + timedelta(days=1)
            wall = local(start, "Asia/Shanghai").replace(tzinfo=None)
            attempt = Attempt(uuid4(), 1, start, "Asia/Shanghai", "https://meet.example/1", wall, clock.now())
            made = Interview(uuid4(), 0, 0, who, "星云科技", "Engineer", attempt)
            targets.append((await interviews.create(tx, made)).id)
        now = clock.now()
        batch = await batches.save(tx, Batch(uuid4(), 0, by, "remind", tuple(targets), now, now))
        await timers.set(tx, "batch", f"batch:{batch.id}", now, {"channel": "telegram"})
    await app.close()
    return batch, hr


async def _stored(tx: Tx, user: User, person: Person) -> UUID:
    user._chat.is_open = True
    await people.create(tx, person)
    await people.bind(
        tx, person.id, Address("telegram.main", str(user.id)), str(user.id), MachineClock().now()
    )
    return person.id


@pytest.mark.timeout(240)
async def test_killed_at_named_points(ward: Ward) -> None:
    batch, hr = await ordered(ward)
    for point, count in POINTS:
        await ward.begin(point, count)
        assert await ward.end() == -signal.SIGKILL, point
    await ward.begin()
    await ward.until(lambda: f"{COUNT} of {COUNT} done" in hr.chat[-1].text if hr.chat else False, 90)
    await ward.until(lambda: not unreached(ward))
    ward.kill(signal.SIGTERM)
    assert await ward.end() == 0
    await examine(ward, batch)


def unreached(ward: Ward) -> list[str]:
    reached = {str(call.params["chat_id"]) for call in ward.telegram.sent}
    return [str(user.id) for user in ward.users if str(user.id) not in reached]


async def examine(ward: Ward, batch: Batch) -> None:
    """Everybody has one reminder, and the batch knows it."""
    app = await composition.build(ward.settings, MachineClock())
    try:
        async with app.db.read() as tx:
            known = await batches.get(tx, batch.id)
            rows = await outbox.listing(tx, limit=10**6)
            assert await inbox.dead(tx) == []
            assert await timers.of(tx, f"batch:{batch.id}") == []
    finally:
        await app.close()
    assert known is not None
    assert (known.state, known.done, known.failed) == (BatchState.DONE, frozenset(batch.targets), {})
    reminders = Counter(row.interview for row in rows if row.kind == "reminder")
    assert reminders == Counter(batch.targets), "one reminder for each, whatever happened"
