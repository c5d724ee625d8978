"""The composition root: the one place that names concretes and ties them together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from bot import observe
from bot.booking import Booking
from bot.clock import Clock, MachineClock
from bot.configuration import Configuration
from bot.configuring import Configuring
from bot.delivery import Delivery
from bot.links import Links
from bot.planning import Planning
from bot.pumps import Pumps
from bot.runtime import Runtime
from bot.settings import Settings
from bot.upkeep import Upkeep
from channels import load
from channels.base import Channel
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import Answer
from conversations.events import Event
from conversations.identity import Person
from locales.text import Reader
from store import people
from store.db import Database, Tx
from store.secrets import Keyring
from store.vault import AccountVault


@dataclass(slots=True)
class App:
    """Everything that runs, opened and closed as one."""

    settings: Settings
    clock: Clock
    db: Database
    links: Links
    channels: dict[str, Channel]
    runtime: Runtime
    delivery: Delivery
    pumps: Pumps
    upkeep: Upkeep
    configuration: Configuration

    async def receive(self, events: Sequence[Event]) -> int:
        """Store events and have them handled soon; returns when they are on disk."""
        count = await self.runtime.receive(events)
        self.pumps.wake["inbox"].set()
        return count

    async def decide(self, event: Event) -> tuple[Answer, Reader]:
        """Store an event and handle it at once, for whoever waits for what it leads to."""
        return await self.pumps.decide(event)

    async def person(self, tx: Tx, id: UUID) -> Person | None:
        return await people.get(tx, id)

    async def open(self) -> None:
        """Open the channels; the database is open already. One that cannot be reached is tried again later."""
        await self.upkeep.open_channels()
        await self.upkeep.at_start()

    async def close(self) -> None:
        """Close in reverse, leaving nothing half done."""
        for channel in self.channels.values():
            await channel.close()
        await self.db.close()

    @asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        """Start with the web server and stop with it: intake first, then what is in flight, then the rest."""
        await self.open()
        await self.pumps.start()
        self.upkeep.start()
        try:
            yield
        finally:
            await self.upkeep.stop()
            await self.pumps.stop()
            await self.close()

    async def problems(self) -> list[str]:
        """Return why we are not ready, empty when we are."""
        found: list[str] = []
        try:
            await self.db.vitals()
        except Exception as error:
            found.append(f"database: {observe.redact(str(error))}")
        ticked_at = self.pumps.ticked_at
        if ticked_at is None or (self.clock.now() - ticked_at).total_seconds() > 15:
            found.append("timers: no tick within 15 seconds")
        return found


async def build(
    settings: Settings,
    clock: Clock | None = None,
    channels: Mapping[str, Channel] | None = None,
    book: Book | None = None,
) -> App:
    """Open the database and put everything together; nothing is sent or polled before `open`."""
    clock = clock or MachineClock()
    observe.hide(settings.secrets)
    keyring = open_keyring(settings.keyring)
    db = await Database.open(settings.database_url, keyring)
    await db.migrate()
    links = Links(keyring.derive("links"), settings.server.public_url)
    found = dict(channels) if channels is not None else connect(settings, clock, db)
    book = book or Book.of(DIALOGS, COMMANDS)
    policies = settings.policies.copy()
    configuration = Configuration(db, settings, clock, policies)
    await configuration.follow()
    settings = replace(settings, policies=policies)
    runtime = Runtime(db, book, policies, settings.teams, links, found, clock)
    runtime.configuration = configuration
    planning = Planning(runtime, clock)
    delivery = Delivery(db, found, policies, links, clock)
    pumps = Pumps(runtime, delivery, clock)
    pumps.configuring = Configuring(configuration, planning)
    upkeep = Upkeep(runtime, pumps, clock, configuration, planning)
    app = App(settings, clock, db, links, found, runtime, delivery, pumps, upkeep, configuration)
    pumps.booking = Booking(app)
    return app


def connect(settings: Settings, clock: Clock, db: Database | None = None) -> dict[str, Channel]:
    """Return a channel for each configured account; only their SDKs are imported.

    Without a database what they keep is forgotten with the process.
    """
    found: dict[str, Channel] = {}
    for account, config in settings.channels.items():
        own = {"public_url": settings.server.public_url, **config} if settings.server.public_url else config
        vault = AccountVault(db, account) if db is not None else None
        found[account] = load(account.partition(".")[0])(account, own, clock.now, vault)
    return found


def open_keyring(path: Path) -> Keyring:
    """Return the keys beside the database, made at the first start."""
    return Keyring.load(path) if path.exists() else Keyring.create(path)
