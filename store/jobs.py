"""Slow work that an event asked for, done outside its transaction by one worker at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Integer, Row, bindparam, func, select, update

from conversations.events import Event
from store.codec import event_from, event_text, plain_from, plain_text
from store.db import Tx
from store.tables import JOB_OPEN, jobs

LEASE = timedelta(minutes=5)
"""How long work may take before somebody else begins it anew."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done; `event` is the one that asked, so that the result comes back to where it came from."""

    id: UUID
    kind: str
    args: Mapping[str, Any]
    event: Event
    tries: int
    why: str = ""


async def put(tx: Tx, kind: str, args: Mapping[str, Any], event: Event, now: datetime) -> UUID:
    """Have work done, and return its id. The arguments are plain JSON."""
    row = uuid4()
    await tx.conn.execute(
        jobs.insert().values(
            id=row,
            kind=kind,
            args=tx.seal(jobs.c.args, row, plain_text(args)),
            event=tx.seal(jobs.c.event, row, event_text(event)),
            created_at=now,
            next_at=now,
            tries=0,
            why="",
        )
    )
    return row


async def claim(tx: Tx, now: datetime, limit: int = 1, lease: timedelta = LEASE) -> list[Job]:
    """Take work that waits, oldest first, and count the try; it comes back unless it ends within the lease."""
    ids = (await tx.conn.execute(_DUE, {"now": now, "most": limit})).scalars().all()
    if not ids:
        return []
    taken = update(jobs).where(jobs.c.id.in_(ids)).values(tries=jobs.c.tries + 1, next_at=now + lease)
    rows = (await tx.conn.execute(taken.returning(jobs))).all()
    return [_read(tx, row) for row in sorted(rows, key=lambda row: row.n)]


_DUE = (
    select(jobs.c.id)
    .where(JOB_OPEN, jobs.c.next_at <= bindparam("now"))
    .order_by(jobs.c.n)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)


async def recover(tx: Tx) -> None:
    """Let go what a process held that is no more. Only for a sole owner at its start."""
    await tx.conn.execute(update(jobs).where(JOB_OPEN).values(next_at=jobs.c.created_at))


async def done(tx: Tx, job_id: UUID, now: datetime) -> None:
    await tx.conn.execute(update(jobs).where(jobs.c.id == job_id).values(done_at=now, why=""))


async def failed(tx: Tx, job_id: UUID, now: datetime, why: str, retry_at: datetime | None) -> None:
    """Record that work failed: it is tried again at `retry_at`, or put aside."""
    end = {"next_at": retry_at} if retry_at is not None else {"dead_at": now}
    await tx.conn.execute(update(jobs).where(jobs.c.id == job_id).values(why=why, **end))


async def next_at(tx: Tx) -> datetime | None:
    """Return when there is work, None when there is none."""
    at: datetime | None = (await tx.conn.execute(_FIRST)).scalar()
    return at


_FIRST = select(func.min(jobs.c.next_at, type_=jobs.c.next_at.type)).where(JOB_OPEN)


def _read(tx: Tx, row: Row[Any]) -> Job:
    args = plain_from(tx.open(jobs.c.args, row.id, row.args))
    return Job(
        row.id, row.kind, args, event_from(tx.open(jobs.c.event, row.id, row.event)), row.tries, row.why
    )
