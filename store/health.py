"""How sending goes: what waits, how late messages left, and what could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from store.db import Tx
from store.tables import outbox

MOST = 5000
"""Messages that lateness is taken from, the newest."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What went out since an instant."""

    sent: int
    lateness: tuple[timedelta, ...]
    """From due to accepted, of the newest, the smallest first."""
    failures: tuple[tuple[str, str, int], ...]
    """Account, why and how often, the most frequent first."""


async def sending(tx: Tx, since: datetime) -> Sending:
    """Return how sending went since an instant."""
    accepted = (outbox.c.state == "accepted", outbox.c.settled_at >= since, outbox.c.account != "")
    sent = (await tx.conn.execute(select(func.count()).select_from(outbox).where(*accepted))).scalar_one()
    query = (
        select(outbox.c.due_at, outbox.c.settled_at).where(*accepted).order_by(outbox.c.n.desc()).limit(MOST)
    )
    rows = (await tx.conn.execute(query)).all()
    late = sorted(max(timedelta(), row.settled_at - row.due_at) for row in rows)
    failed = (
        outbox.c.state.in_(("undeliverable", "dead")),
        outbox.c.settled_at >= since,
        outbox.c.account != "",
    )
    by = select(outbox.c.account, outbox.c.why, func.count()).where(*failed)
    grouped = (await tx.conn.execute(by.group_by(outbox.c.account, outbox.c.why))).all()
    failures = sorted(
        ((row[0], row[1], row[2]) for row in grouped), key=lambda one: (-one[2], one[0], one[1])
    )
    return Sending(sent, tuple(late), tuple(failures))


async def waiting(tx: Tx, now: datetime) -> int:
    """Return how many messages are due and have not been sent."""
    due = (outbox.c.state == "waiting", outbox.c.next_at <= now)
    return int((await tx.conn.execute(select(func.count()).select_from(outbox).where(*due))).scalar_one())
