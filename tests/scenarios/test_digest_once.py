"""Two race for the same digest, at every step: each team's window is told once.

On PostgreSQL they are two processes of the product, on SQLite, which serves one only, two rounds of its loops.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot import app as composition
from bot.app import App
from bot.charts.drawing import NotDrawn, Studio
from bot.clock import VirtualClock
from bot.sandbox.month import load_month
from bot.sandbox.telegram import TelegramStandIn
from bot.settings import read
from conversations.digest import subject_of
from conversations.events import Due, Event
from conversations.identity import Address, Person, Role
from locales.zones import resolve
from store import outbox, people, sessions, timers
from tests.support.town import SANDBOX, SIGNING_SECRET

ZONE = "Asia/Shanghai"
MONDAY = resolve(datetime(2026, 11, 30, 9, 0), ZONE)
MINUTE = timedelta(minutes=1)
DAY_AND_WEEK = {"digest:hr:2026-11-30", "digest:hr:week:2026-11-23"}


@asynccontextmanager
async def two_processes(folder: Path, url: str) -> AsyncIterator[tuple[App, App]]:
    """Open the product twice, on PostgreSQL, at nine on a Monday, with one platform and one of HR."""
    clock = VirtualClock(MONDAY - MINUTE)
    async with TelegramStandIn(clock) as telegram:
        environ = {
            "TURNOUT_DATABASE__URL": url.replace("postgresql+asyncpg", "postgresql").replace(
                "+aiosqlite", ""
            ),
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": telegram.token,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__API_BASE": telegram.api_base,
            "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
        }
        text = SANDBOX.read_text("utf-8") + '\n[channels.telegram.main]\nmode = "polling"\n'
        settings = read(text, environ, folder)
        one = await composition.build(settings, clock)
        other = one if one.db.is_sqlite else await composition.build(settings, clock)
        user = telegram.person("Wang Fang")
        user._chat.is_open = True
        known = Person(uuid4(), user.name, "en", ZONE, roles=frozenset({Role.HR}))
        async with one.db.write() as tx:
            await people.create(tx, known)
            await people.bind(tx, known.id, Address("telegram.main", str(user.id)), str(user.id), MONDAY)
            await load_month(tx, MONDAY - MINUTE, company="星云科技")
        both = (one,) if other is one else (one, other)
        for app in both:
            await app.open()
        clock.set(MONDAY)
        try:
            yield one, other
        finally:
            for app in both:
                await app.close()


async def _cannot_draw(*_: object) -> list[bytes]:
    raise NotDrawn("no picture in this test")


async def told(app: App) -> Counter[str]:
    """Return how many messages there are of each digest, sent or not."""
    async with app.db.read() as tx:
        rows = await outbox.listing(tx, limit=10_000)
    once = [row for row in rows if row.key.startswith("once:digest:") and row.edits is None]
    return Counter(row.key.removeprefix("once:").rpartition(":")[0] for row in once)


async def test_every_step_at_once(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Studio, "draw", _cannot_draw)
    async with two_processes(tmp_path, database_url) as apps:
        for n in range(6):
            # A chat takes one message a second.
            apps[0].clock.set(MONDAY + n * timedelta(seconds=2))  # type: ignore[attr-defined]
            for step in ("timers_once", "inbox_once", "jobs_once", "outbox_once"):
                await asyncio.gather(*(getattr(app.pumps, step)() for app in apps for _ in range(2)))
        assert await told(apps[0]) == Counter(DAY_AND_WEEK)
        async with apps[0].db.read() as tx:
            rows = await outbox.listing(tx, limit=10_000)
            (following,) = [timer for timer in await timers.of(tx, "team:hr") if timer.name == "digest"]
        sent = [row for row in rows if row.key.startswith("once:digest:") and row.edits is None]
        assert {(row.state, row.in_doubt) for row in sent} == {("accepted", False)}
        assert following.at > MONDAY


async def test_both_handle_the_same_morning(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer that fires twice, in two processes: what comes second finds that it was said."""
    monkeypatch.setattr(Studio, "draw", _cannot_draw)
    async with two_processes(tmp_path, database_url) as apps:

        async def fires(app: App, n: int) -> Any:
            event = Event(f"digest:{n}", "time", MONDAY, Due("digest", "team:hr", MONDAY))
            async with app.db.write() as tx:
                return await app.runtime.handle(tx, event)

        await asyncio.gather(*(fires(app, n) for n, app in enumerate(apps * 3)))
        assert await told(apps[0]) == Counter(DAY_AND_WEEK)
        async with apps[0].db.read() as tx:
            found = await sessions.about(tx, subject_of("hr", MONDAY.date()))
        assert len(found) == 1, "one card, whose lines close themselves"
