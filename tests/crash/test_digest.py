"""Killed between claim and send, the product still says a digest once for its team and window, and does say it."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot import app as composition
from bot.clock import MachineClock
from bot.sandbox.telegram import Person as User
from bot.settings import read
from conversations.digest import digest_key
from conversations.identity import Address, Person, Role
from locales.zones import local
from store import inbox, outbox, people, timers
from tests.crash.lives import Nursery, Ward, open_ward

POINTS = (
    # What comes first in a life is tried first: there must be something left to do when the point is reached.
    ("before handling", 1),
    ("before claim", 1),
    ("after claim", 1),
    ("before send", 1),
)


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, nursery: Nursery) -> AsyncIterator[Ward]:
    """A house whose digest is due now, by a clock on which it is far from midnight."""
    async with open_ward(tmp_path, database_url, nursery) as opened:
        now = MachineClock().now()
        zone = next(zone for zone in ZONES if 6 <= local(now, zone).hour < 18)
        decided = {"zone": zone, "digest_at": f"{local(now, zone):%H:%M}", "digest_days": "daily"}
        decided |= {"digest_holidays": "off", "digest_weekly": "off", "digest_monthly": "0"}
        opened.order["environ"] |= {f"TURNOUT_POLICY__{key.upper()}": said for key, said in decided.items()}
        opened.order["book"] = "product"
        opened.settings = read(opened.order["config"], opened.order["environ"], tmp_path)
        yield opened


ZONES = ("Etc/GMT", "Etc/GMT+8", "Etc/GMT-8")


async def due(ward: Ward) -> tuple[datetime, list[User]]:
    """Store two of HR and a digest's timer that is due now."""
    clock = MachineClock()
    app = await composition.build(ward.settings, clock)
    # As an earlier life would have: what is planned below is not planned anew.
    await app.configuration.followed()
    now = clock.now()
    readers = [ward.telegram.person(name) for name in ("Wang Fang", "Li Na")]
    async with app.db.write() as tx:
        for user in readers:
            user._chat.is_open = True
            person = Person(uuid4(), user.name, "en", roles=frozenset({Role.HR}))
            await people.create(tx, person)
            await people.bind(tx, person.id, Address("telegram.main", str(user.id)), str(user.id), now)
        await timers.set(tx, "digest", "team:hr", now - timedelta(seconds=1), {})
    await app.close()
    return now, readers


@pytest.mark.timeout(240)
async def test_killed_between_claim_and_send(ward: Ward) -> None:
    now, readers = await due(ward)
    for point, count in POINTS:
        await ward.begin(point, count)
        assert await ward.end() == -signal.SIGKILL, point
        assert not ward.telegram.sent, f"{point} is before anything is sent"
    await ward.begin()
    chats = {str(user.id) for user in readers}
    await ward.until(lambda: chats <= {str(call.params["chat_id"]) for call in ward.telegram.sent})
    ward.kill(signal.SIGTERM)
    assert await ward.end() == 0
    await examine(ward, now, chats)


async def examine(ward: Ward, now: datetime, chats: set[str]) -> None:
    """Each of HR has the digest of the day once, and the next one is planned."""
    app = await composition.build(ward.settings, MachineClock())
    try:
        async with app.db.read() as tx:
            rows = await outbox.listing(tx, limit=1000)
            (following,) = [timer for timer in await timers.of(tx, "team:hr") if timer.name == "digest"]
            assert await inbox.dead(tx) == []
    finally:
        await app.close()
    name = digest_key("hr", local(now, ward.settings.policies.default.zone).date())
    told = [row for row in rows if row.key.startswith(f"once:{name}:")]
    assert Counter(row.chat for row in told) == Counter(chats)
    assert {row.state for row in told} == {"accepted"}
    arrived = Counter(str(call.params["chat_id"]) for call in ward.telegram.sent)
    assert arrived == Counter(chats), "once for each, whatever happened"
    assert following.at > now
