"""What came in, stored before anybody was answered, and handled once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Row,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from conversations.events import Event
from store.codec import event_from, event_text
from store.db import Tx, insert_into
from store.tables import INBOX_OPEN, cursors, inbox

LEASE = timedelta(seconds=60)
"""How long a claimed event is left alone before somebody else may take it."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An event that waits to be handled; `tries` counts this one too."""

    id: UUID
    event: Event
    tries: int
    received_at: datetime
    why: str = ""
    """What went wrong the last time."""


async def put(tx: Tx, event: Event, now: datetime) -> bool:
    """Store an event, and return False when it was seen before: `(source, id)` is unique for ever."""
    return (await tx.conn.execute(_adding(tx.is_sqlite), _values(tx, event, now))).first() is not None


async def put_done(tx: Tx, event: Event, now: datetime) -> bool:
    """Store an event that is handled in this very transaction, and return False when it was seen before."""
    row = {**_values(tx, event, now), "done_at": now}
    return (await tx.conn.execute(_adding(tx.is_sqlite), row)).first() is not None


async def put_all(tx: Tx, events: Iterable[Event], now: datetime) -> None:
    """Store events as `put` does, in one statement; those seen before are left out."""
    if rows := [_values(tx, event, now) for event in events]:
        await tx.conn.execute(_adding_all(tx.is_sqlite), rows)


def _values(tx: Tx, event: Event, now: datetime) -> dict[str, Any]:
    row = uuid4()
    return {
        "id": row,
        "seen": tx.keys.blind("event", f"{event.source}\0{event.id}"),
        "event": tx.seal(inbox.c.event, row, event_text(event)),
        "lane": _lane(tx, event),
        "received_at": now,
        "next_at": now,
        "tries": 0,
        "why": "",
    }


@cache
def _adding_all(is_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    return insert_into(inbox, is_sqlite).on_conflict_do_nothing(index_elements=["seen"])


@cache
def _adding(is_sqlite: bool) -> Executable:
    return _adding_all(is_sqlite).returning(inbox.c.id)


async def claim(tx: Tx, now: datetime, limit: int = 50, lease: timedelta = LEASE) -> list[InboxRow]:
    """Take what is to be handled, oldest first, and count the try, before any of it can bring the process down.

    Of what one user did only the oldest is taken, and nothing while an earlier one is in hand: a second message is
    never handled before the first. One that waits to be tried again holds up nobody.
    """
    ids = (await tx.conn.execute(_due(), {"now": now, "most": limit})).scalars().all()
    if not ids:
        return []
    taken = (
        update(inbox)
        .where(inbox.c.id.in_(ids))
        .values(tries=inbox.c.tries + 1, lease_until=now + lease)
        .returning(*_COLUMNS)
    )
    rows = (await tx.conn.execute(taken)).all()
    return [_read(tx, row) for row in sorted(rows, key=lambda row: row.n)]


async def recover(tx: Tx) -> int:
    """Let go what a process held that is no more, and return how much. Only for a sole owner at its start."""
    held = update(inbox).where(INBOX_OPEN, inbox.c.lease_until.is_not(None)).values(lease_until=None)
    return len((await tx.conn.execute(held.returning(inbox.c.id))).all())


async def done(tx: Tx, row_id: UUID, now: datetime) -> None:
    """Record that an event was handled, in the transaction that holds what it caused."""
    await done_all(tx, [row_id], now)


async def done_all(tx: Tx, row_ids: Sequence[UUID], now: datetime) -> None:
    """Record that events were handled, in the transaction that holds what they caused."""
    await tx.conn.execute(_DONE, {"handled": row_ids, "now": now})


_DONE = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("handled", expanding=True)))
    .values(done_at=bindparam("now"), lease_until=None, why="")
)


async def failed(tx: Tx, row_id: UUID, now: datetime, why: str, retry_at: datetime | None) -> None:
    """Record that handling failed: it is tried again at `retry_at`, or put aside for a person to look at."""
    end = {"next_at": retry_at} if retry_at is not None else {"dead_at": now}
    await tx.conn.execute(update(inbox).where(inbox.c.id == row_id).values(lease_until=None, why=why, **end))


async def dead(tx: Tx, limit: int = 100) -> list[InboxRow]:
    """Return what was put aside, oldest first."""
    query = select(*_COLUMNS).where(inbox.c.dead_at.is_not(None)).order_by(inbox.c.n).limit(limit)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


async def requeue(tx: Tx, row_id: UUID) -> bool:
    """Have an event that was put aside handled again, its tries counted anew; False when it was not aside."""
    again = update(inbox).where(inbox.c.id == row_id, inbox.c.dead_at.is_not(None))
    query = again.values(dead_at=None, tries=0, next_at=inbox.c.received_at).returning(inbox.c.id)
    return (await tx.conn.execute(query)).first() is not None


async def next_at(tx: Tx) -> datetime | None:
    """Return when there is something to handle, None when nothing waits."""
    found = [(await tx.conn.execute(query)).scalar() for query in _instants()]
    return min((at for at in found if at is not None), default=None)


@cache
def _instants() -> tuple[Executable, Executable]:
    """Return the statements that find when something waits, and when something that is held is free again."""
    earlier = inbox.alias("earlier")
    is_in_hand = and_(
        earlier.c.lane == inbox.c.lane,
        earlier.c.n < inbox.c.n,
        earlier.c.done_at.is_(None),
        earlier.c.dead_at.is_(None),
        earlier.c.lease_until.is_not(None),
    )
    free_at = func.min(inbox.c.next_at, type_=inbox.c.next_at.type)
    waiting = select(free_at).where(INBOX_OPEN, inbox.c.lease_until.is_(None), ~exists().where(is_in_hand))
    ends = func.min(inbox.c.lease_until, type_=inbox.c.lease_until.type)
    held = select(ends).where(INBOX_OPEN, inbox.c.lease_until.is_not(None))
    return waiting, held


async def oldest(tx: Tx) -> datetime | None:
    """Return when the oldest event that waits came in, None when nothing waits."""
    query = select(inbox.c.received_at).where(INBOX_OPEN).order_by(inbox.c.n).limit(1)
    return (await tx.conn.execute(query)).scalar()


async def cursor(tx: Tx, account: str) -> str | None:
    """Return how far an account was read by polling."""
    return (await tx.conn.execute(select(cursors.c.cursor).where(cursors.c.account == account))).scalar()


async def save_cursor(tx: Tx, account: str, cursor: str) -> None:
    """Record how far an account was read, in the transaction that stores what was read."""
    added = tx.insert(cursors).values(account=account, cursor=cursor)
    await tx.conn.execute(added.on_conflict_do_update(index_elements=["account"], set_={"cursor": cursor}))


_COLUMNS: Sequence[Any] = (
    inbox.c.n,
    inbox.c.id,
    inbox.c.event,
    inbox.c.tries,
    inbox.c.received_at,
    inbox.c.why,
)


@cache
def _due() -> Executable:
    """Return the statement that finds what is due at `now`, `most` of it: building it takes longer than asking."""
    query = select(inbox.c.id).where(_is_due(bindparam("now"))).order_by(inbox.c.n)
    return query.limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)


def _is_due(now: BindParameter[Any]) -> ColumnElement[bool]:
    earlier = inbox.alias("earlier")
    is_before_it = and_(
        earlier.c.lane == inbox.c.lane,
        earlier.c.n < inbox.c.n,
        earlier.c.done_at.is_(None),
        earlier.c.dead_at.is_(None),
        or_(earlier.c.next_at <= now, earlier.c.lease_until > now),
    )
    is_free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    return and_(INBOX_OPEN, inbox.c.next_at <= now, is_free, ~exists().where(is_before_it))


def _lane(tx: Tx, event: Event) -> bytes | None:
    return tx.keys.blind("lane", f"{event.account}\0{event.user}") if event.account and event.user else None


def _read(tx: Tx, row: Row[Any]) -> InboxRow:
    event = event_from(tx.open(inbox.c.event, row.id, row.event))
    return InboxRow(row.id, event, row.tries, row.received_at, row.why)
