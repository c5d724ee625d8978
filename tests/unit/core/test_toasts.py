"""What would flash up is said as a message where nothing can, and only if nothing else is said."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from conversations.events import Event, Pressed
from store import outbox
from tests.support.town import Town, open_town


@pytest.fixture
async def small(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Town]:
    shutil.copy(migrated_file, tmp_path / "small.db")
    async with open_town(tmp_path, f"sqlite:///{tmp_path / 'small.db'}") as opened:
        yield opened


async def _toasts(small: Town, body: Pressed, answer_token: str | None) -> list[str]:
    _, phone = await small.person()
    chat = str(phone.id)
    id, at = uuid4().hex, small.clock.now()
    event = Event(id, "telegram.main", at, body, "telegram.main", chat, chat, answer_token=answer_token)
    await small.happens(event)
    async with small.app.db.read() as tx:
        rows = await outbox.listing(tx, limit=100)
    return [row.message.lead.msgid for row in rows if row.chat == chat and row.kind == "toast"]


@pytest.mark.parametrize(
    ("answer_token", "said"),
    [(None, ["That message is from earlier and no longer does anything."]), ("query", [])],
)
async def test_an_old_button_is_answered(small: Town, answer_token: str | None, said: list[str]) -> None:
    assert await _toasts(small, Pressed("nonsense"), answer_token) == said
