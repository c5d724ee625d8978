"""A short line after a press, as a message: where nothing can flash up, and only if nothing else is said."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from conversations.dialog import Scene
from conversations.effects import Priority
from conversations.events import Event, Picked, Pressed, Said
from conversations.messages import Message
from locales.text import Text
from store import outbox
from store.db import Tx
from store.outbox import OutboxRow


def is_silent(event: Event) -> bool:
    """Tell whether somebody pressed something, or typed its number, where no answer can flash up over the chat."""
    is_press = isinstance(event.body, Pressed | Picked | Said)
    return is_press and event.answer_token is None and bool(event.account and event.chat)


async def say(tx: Tx, event: Event, toast: Text, scene: Scene | None, now: datetime) -> None:
    """Put a toast into the outbox as a reply in the chat of the press."""
    person = scene.person if scene is not None else None
    binding = (
        next((b for b in person.bindings if b.address.account == event.account), None) if person else None
    )
    row = OutboxRow(
        id=uuid4(),
        key=f"{event.source}/{event.id}/toast",
        to_person=person.id if person else None,
        binding=binding.id if binding else None,
        account=event.account or "",
        chat=event.chat or "",
        thread=event.thread,
        is_private=event.is_private,
        message=Message("toast", toast),
        kind="toast",
        priority=int(Priority.REPLY),
        due_at=now,
        next_at=now,
        created_at=now,
        locale=event.language,
    )
    await outbox.put(tx, row)
