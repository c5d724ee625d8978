"""Events that share a transaction: what one of them breaks is undone for that one alone."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from conversations.dialog import Turn
from conversations.effects import Record
from conversations.events import Event, Ordered
from store import inbox, journal
from tests.support.town import DEEDS, Town, open_town


@pytest.fixture
async def small(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(migrated_file, tmp_path / "small.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}") as opened:
        yield opened


async def test_an_event_that_fails_fails_alone_and_the_others_happen_once(small: Town) -> None:
    def record(name: str) -> Any:
        return lambda scene, event: Turn((Record(name, "town", "core", {}),))

    def broken(scene: Any, event: Event) -> Turn:
        raise ZeroDivisionError

    names = [f"deed-{n}-{uuid4().hex}" for n in range(5)]
    DEEDS.update({name: record(name) for name in names} | {names[2]: broken})
    now = small.clock.now()
    events = [Event(name, "core", now, Ordered("do", uuid4(), args={"deed": name})) for name in names]
    await small.app.runtime.receive(events)
    await small.pumps.handle_waiting()
    async with small.app.db.read() as tx:
        done = [entry.action for entry in reversed(await journal.listing(tx)) if entry.subject == "town"]
        assert done == [name for name in names if name != names[2]]
        assert await journal.verify(tx) == []
        assert await inbox.oldest(tx) == now, "the one that failed is tried again"
