"""Reminders that cannot count by themselves say anew how long it is: edits of the same message at a few thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from channels.base import Caps
from conversations.effects import Priority
from conversations.interview import Interview, State
from store.outbox import OutboxRow
from store.shown import Shown

THRESHOLDS = tuple(timedelta(minutes=minutes) for minutes in (24 * 60, 60, 10, 0))
"""Before the start. Never every minute: each edit counts against the chat's rate."""
USEFUL = timedelta(minutes=5)
_KEY = "countdown:"


def is_countdown(row: OutboxRow) -> bool:
    return row.key.startswith(_KEY)


def next_edit(
    row: OutboxRow, seen: Shown, caps: Caps, interview: Interview | None, now: datetime
) -> OutboxRow | None:
    """Return the edit by which a reminder that was just shown counts on; None where nothing is to be counted."""
    if not (row.rung is not None or is_countdown(row)) or caps.edits != "always" or caps.live_countdown:
        return None
    if seen.edit_token is None or interview is None or interview.attempt.id != row.attempt:
        return None
    instants = [interview.attempt.starts_at - before for before in THRESHOLDS]
    due_at = next((at for at in instants if at > now), None)
    if due_at is None:
        return None
    return replace(
        row,
        id=uuid4(),
        key=f"{_KEY}{seen.id}:{due_at.isoformat()}",
        rung=None,
        edits=seen.id,
        priority=int(Priority.EDIT),
        state="waiting",
        due_at=due_at,
        next_at=due_at,
        useful_until=due_at + USEFUL,
        wants_receipt=False,
        fallbacks=(),
        tries=0,
        frozen=None,
        in_doubt=False,
        why="",
        created_at=now,
    )


def why_moot(row: OutboxRow, seen: Shown | None, interview: Interview | None) -> str:
    """Return why a reminder counts no further, empty while it stands as it was sent and there is something to count."""
    if seen is None or interview is None:
        return "gone"
    if seen.turn != row.turn or seen.is_closed != (not row.message.presses):
        return "answered"
    if interview.attempt.id != row.attempt:
        return "moved"
    return "" if interview.state is State.SCHEDULED else interview.state.value
