"""How much a second of CPU does: a list of 1,000 imported, planned and invited; 1,000 reminders due; prints figures."""

import asyncio
import base64
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import app as composition
from bot.app import App
from bot.booking import Booking
from bot.clock import VirtualClock
from bot.settings import Settings, read
from channels.base import Payload, ReadBlob, Receipt
from channels.telegram import Telegram
from conversations.identity import Address
from store import interviews, outbox, people
from tests.benchmarks.bench_import import HEADINGS, ROWS, cells
from tests.support.town import SANDBOX, SIGNING_SECRET
from tests.unit.importing.lists import as_csv

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=4, hours=22)
"""Every reminder of a day before has been due, none of an hour before."""
TOKEN = f"700000001:{'Figures' * 5}"


class Silent(Telegram):
    """Renders as Telegram does and sends nothing: what the platform costs is not ours."""

    caps = replace(Telegram.caps, rates=())
    numbers = count(1)

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        await asyncio.sleep(0)
        number = str(next(self.numbers))
        return Receipt(number, number)


@contextmanager
def timed(what: str, done: int) -> Iterator[None]:
    begun, cpu = time.perf_counter(), time.process_time()
    yield
    cpu, span = time.process_time() - cpu, time.perf_counter() - begun
    print(f"{what:<44} {cpu:6.2f} s CPU, {span:6.2f} s in all, {done / cpu:7.0f} per CPU second")


async def opened(url: str, folder: Path) -> tuple[App, VirtualClock]:
    clock = VirtualClock(NOW)
    environ = {
        "TURNOUT_DATABASE__URL": url,
        "TURNOUT_SERVER__PUBLIC_URL": "https://turnout.example.com",
        "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": TOKEN,
        "TURNOUT_CHANNELS__TELEGRAM__MAIN__MODE": "polling",
        "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
    }
    settings: Settings = read(SANDBOX.read_text("utf-8"), environ, folder)
    channels = {name: Silent(name, config, clock.now) for name, config in settings.channels.items()}
    return await composition.build(settings, clock, channels), clock


def arguments() -> dict[str, Any]:
    start = HEADINGS.index("面试时间")
    rows = [list(cells(number)) for number in range(ROWS)]
    for number, row in enumerate(rows):
        row[start] = f"2026-11-25 {9 + number % 9:02}:{number % 2 * 30:02}"
    return {
        "file": "a.csv",
        "data": base64.b64encode(as_csv(HEADINGS, *rows).encode()).decode(),
        "apply": True,
    }


async def everybody_comes(app: App) -> None:
    """Bind every candidate to a chat, as following the personal link does."""
    async with app.db.write() as tx:
        for n, (_, person) in enumerate(await interviews.search(tx, None, limit=ROWS)):
            await people.bind(tx, person.id, Address("telegram.main", str(1000 + n)), str(1000 + n), NOW)


async def reminders(app: App, clock: VirtualClock) -> int:
    """Do what is due until the day of the interviews, stopping wherever something is; print what each part cost."""
    pumps = app.pumps
    rounds = {"timers": pumps.timers_once, "inbox": pumps.inbox_once, "outbox": pumps.outbox_once}
    spent, done = dict.fromkeys(rounds, 0.0), dict.fromkeys(rounds, 0)
    while (due := await pumps.next_at()) is not None and due < UNTIL:
        clock.set(max(due, clock.now()))
        for name, once in rounds.items():
            cpu = time.process_time()
            while n := await once():
                done[name] += n
            spent[name] += time.process_time() - cpu
    for name, cpu in spent.items():
        print(f"  {name:<42} {cpu:6.2f} s CPU for {done[name]:>6}, {done[name] / cpu:7.0f} per CPU second")
    return sum(done.values())


@pytest.mark.timeout(0)
async def test_handling(database_url: str, tmp_path: Path) -> None:
    url = database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
    app, clock = await opened(url, tmp_path)
    print(f"\n{ROWS} rows, Python {sys.version.split()[0]}, {url.partition(':')[0]}")
    try:
        with timed("import --apply, all new", ROWS):
            found = await Booking(app).import_list(arguments())
        assert found["counts"]["new"] == ROWS
        with timed("import --apply, all known and unchanged", ROWS):
            await Booking(app).import_list(arguments())
        await everybody_comes(app)
        await reminders(app, clock)
        async with app.db.read() as tx:
            print(f"  {await outbox.counts(tx)}")
    finally:
        await app.close()
