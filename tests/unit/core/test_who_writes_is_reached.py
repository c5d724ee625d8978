"""Whoever writes to us can be written to again: on customer service, and after a mailbox was full."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.events import Body, Event, Said, Unreachable, Wanted
from store import people
from tests.support.town import Town, open_town
from tests.unit.core.test_several_channels import accounts, board, booked, candidate


@pytest.fixture
async def town(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the product's own dialogs, on SQLite."""
    shutil.copy(migrated_file, tmp_path / "small.db")
    book = Book.of(DIALOGS, COMMANDS)
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}", book=book) as opened:
        yield opened


async def hears(town: Town, body: Body) -> None:
    user, account = "li@example.com", "email.main"
    await town.happens(Event(uuid4().hex, account, town.clock.now(), body, account, user, user))
    await town.settle()


async def test_who_writes_is_answered_though_a_message_was_lost(town: Town) -> None:
    mail = board(town, "email")
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    await hears(town, Unreachable("window_closed"))
    assert await accounts(town, who) == {"email.main": False}
    before = len(mail.shown)
    await hears(town, Said("在吗"))
    assert await accounts(town, who) == {"email.main": True}
    assert len(mail.shown) == before + 1


async def test_calling_us_a_nuisance_is_not_writing(town: Town) -> None:
    board(town, "email")
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    await hears(town, Unreachable("5.1.1 no such mailbox"))
    await hears(town, Wanted("unsubscribe"))
    assert await accounts(town, who) == {"email.main": False}


async def test_an_address_that_was_replaced_stays_so(town: Town) -> None:
    board(town, "email")
    who = await candidate(town, email="li@example.com")
    await booked(town, who)
    async with town.app.db.write() as tx:
        found = await people.get(tx, who.id)
        assert found is not None
        (binding,) = found.bindings
        await people.mark_binding(tx, binding.id, False, "replaced", town.clock.now())
    await hears(town, Said("在吗"))
    assert await accounts(town, who) == {"email.main": False}
