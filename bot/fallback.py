"""What did not reach somebody one way goes another: after a refusal, and after a report that came later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from conversations.interview import State
from store import interviews, outbox, people
from store.db import Tx
from store.outbox import OutboxRow

NOBODY_ANSWERS = "asks_where_nobody_answers"
"""Why something was not told where it would have been a question without an answer."""
LATEST_REPORT = timedelta(days=2)
"""A message that is reported lost later than this after it was accepted is history."""


def by_hand(interview: UUID, attempt: UUID | None, rung: str) -> dict[str, str]:
    """Return what asks a person to send a rung, because every way to its candidate is one that only they can open."""
    return {"about": str(interview), "attempt": str(attempt), "rung": rung}


async def other_way(tx: Tx, row: OutboxRow, accounts: Collection[str], now: datetime) -> OutboxRow | None:
    """Return the same message for the next binding that still reaches somebody, None when there is none left."""
    left = list(row.fallbacks)
    while left:
        try:
            binding = await people.binding(tx, left.pop(0))
        except LookupError:
            continue
        if not binding.is_reachable or binding.address.account not in accounts:
            continue
        return replace(
            row,
            id=uuid4(),
            key=f"{row.key.rpartition(':')[0]}:{binding.id}",
            to_person=binding.person,
            is_private=True,
            thread=None,
            binding=binding.id,
            account=binding.address.account,
            chat=await people.chat_of(tx, binding.id),
            fallbacks=tuple(left),
            state="waiting",
            tries=0,
            frozen=None,
            in_doubt=False,
            next_at=now,
            why="",
            platform_id="",
            settled_at=None,
            epoch=0,
        )
    return None


async def resend_lost(
    tx: Tx, binding: UUID, accounts: Collection[str], now: datetime, message: str = ""
) -> UUID | None:
    """Send the last thing another way that went to an address of which only now is known that it reaches nobody.

    One message at most, and only while it still says something: a bounce must not bring a heap of old reminders.
    With `message`, the platform's id, only if it is that one. Return what takes its place.
    """
    row = await outbox.newest_accepted(tx, binding, now - LATEST_REPORT)
    if row is None or message not in ("", row.platform_id):
        return None
    if row.interview is None or (row.useful_until is not None and row.useful_until <= now):
        return None
    interview = await interviews.get(tx, row.interview)
    if interview is None or interview.state not in (State.SCHEDULED, State.NO_SHOW):
        return None
    if row.attempt is not None and interview.attempt.id != row.attempt:
        return None
    other = await other_way(tx, row, accounts, now)
    return other.id if other is not None and await outbox.put(tx, other) else None
