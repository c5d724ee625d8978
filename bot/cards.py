"""Cards on the way to their readers: what is overtaken by a newer version, and what one edit is spent on."""

from __future__ import annotations

from dataclasses import replace

from channels.base import Caps
from conversations.effects import Priority
from conversations.messages import Message
from store import outbox, shown
from store.db import Tx
from store.outbox import OutboxRow
from store.shown import Shown

CARD = "card:"
"""What the key of a card's message begins with."""


async def overtaking(tx: Tx, row: OutboxRow) -> OutboxRow:
    """Return a card as it is to be stored: it goes instead of older versions that wait for the same chat.

    It is as urgent as they were. One that asks nothing and only follows what its reader has not seen is not sent.
    """
    if row.session is None or row.state != "waiting" or not row.message.key.startswith(CARD):
        return row
    older = await outbox.overtake(tx, row)
    follows = row.priority == Priority.EDIT and not row.message.presses
    if not older and not (follows and row.message.is_progress):
        return row
    if follows and await shown.find(tx, row.account, row.chat, row.message.key) is None:
        return replace(row, state="superseded", why="never_shown", settled_at=row.created_at)
    if not older:
        return row
    return replace(
        row,
        priority=min(row.priority, *(each.priority for each in older)),
        due_at=min(row.due_at, *(each.due_at for each in older)),
        next_at=min(row.next_at, *(each.next_at for each in older)),
    )


def as_read(row: OutboxRow, old: Shown | None, caps: Caps) -> Message:
    """Return a card as this reader gets it.

    The last edit of what somebody else has in hand takes its buttons off: later nothing could.
    """
    message = row.message
    is_last = caps.edits == "token_once" and old is not None
    if not is_last or message.owner is None or message.owner == row.to_person:
        return message
    return message.asks_nothing


def why_not_told(row: OutboxRow, old: Shown | None, caps: Caps, *, can_edit: bool) -> str:
    """Return why a new version of a card is not worth the one edit that its platform grants; empty if it is."""
    if caps.edits != "token_once" or row.priority != Priority.EDIT or old is None:
        return ""
    before, after = _choices(old.message), _choices(row.message)
    if row.message.is_progress and before == after:
        return "only_progress"
    # It is in other hands, or over: that was told already, and a new card would only say how it went on.
    return "told_already" if not before and not after and not can_edit else ""


def _choices(message: Message) -> tuple[str, ...]:
    return tuple(press.action for press in message.presses)
