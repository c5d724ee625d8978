"""What is to happen later: one row for each (name, subject), gone once it has happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Executable, Integer, Row, bindparam, delete, func, select

from store.codec import plain_from, plain_text
from store.db import Tx, insert_into
from store.tables import timers


@dataclass(frozen=True, slots=True)
class Timer:
    """`Due(name, subject)` at an instant."""

    id: UUID
    name: str
    subject: str
    at: datetime
    data: Mapping[str, str] = field(default_factory=dict)


async def set(tx: Tx, name: str, subject: str, at: datetime, data: Mapping[str, str] | None = None) -> None:
    """Have something happen at an instant; setting it again moves it, under a new id."""
    await set_many(tx, subject, {name: (at, data or {})})


async def set_many(tx: Tx, subject: str, wanted: Mapping[str, tuple[datetime, Mapping[str, str]]]) -> None:
    """Set several timers of a subject by their names, in a tenth of the time."""
    await set_all(tx, [Timer(uuid4(), name, subject, at, data) for name, (at, data) in wanted.items()])


async def set_all(tx: Tx, wanted: Iterable[Timer]) -> None:
    """Set timers of any subjects in one statement, in their order."""
    rows = [
        {
            "id": timer.id,
            "name": timer.name,
            "subject": timer.subject,
            "at": timer.at,
            "data": plain_text(timer.data),
        }
        for timer in wanted
    ]
    if rows:
        await tx.conn.execute(_setting(tx.is_sqlite), rows)


@cache
def _setting(is_sqlite: bool) -> Executable:
    added = insert_into(timers, is_sqlite)
    moved = {name: added.excluded[name] for name in ("id", "at", "data")}
    return added.on_conflict_do_update(index_elements=["name", "subject"], set_=moved)


async def drop(tx: Tx, subject: str, names: Collection[str] = ()) -> int:
    """Forget a subject's timers of these names, or all of them; return how many there were."""
    gone = delete(timers).where(timers.c.subject == subject)
    if names:
        gone = gone.where(timers.c.name.in_(list(names)))
    return len((await tx.conn.execute(gone.returning(timers.c.id))).all())


async def due(tx: Tx, now: datetime, limit: int = 50) -> list[Timer]:
    """Take what is due, the oldest first. It is deleted in this transaction, and back if that fails."""
    ids = (await tx.conn.execute(_DUE, {"now": now, "most": limit})).scalars().all()
    if not ids:
        return []
    gone = delete(timers).where(timers.c.id.in_(ids)).returning(timers)
    rows = (await tx.conn.execute(gone)).all()
    return sorted((_read(row) for row in rows), key=lambda timer: timer.at)


_DUE = (
    select(timers.c.id)
    .where(timers.c.at <= bindparam("now"))
    .order_by(timers.c.at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)


async def remove(tx: Tx, timer_id: UUID) -> bool:
    """Forget one timer; False when it has happened or was set anew."""
    gone = delete(timers).where(timers.c.id == timer_id).returning(timers.c.id)
    return (await tx.conn.execute(gone)).first() is not None


async def next_at(tx: Tx) -> datetime | None:
    """Return when the next one is due, None when there is none."""
    at: datetime | None = (await tx.conn.execute(_FIRST)).scalar()
    return at


_FIRST = select(func.min(timers.c.at, type_=timers.c.at.type))


async def of(tx: Tx, subject: str) -> list[Timer]:
    """Return a subject's timers, the next one first."""
    query = select(timers).where(timers.c.subject == subject).order_by(timers.c.at)
    return [_read(row) for row in await tx.conn.execute(query)]


async def subjects(tx: Tx, name: str) -> list[str]:
    """Return whose timers of a name there are."""
    query = select(timers.c.subject).where(timers.c.name == name).order_by(timers.c.subject)
    return list((await tx.conn.execute(query)).scalars())


def _read(row: Row[Any]) -> Timer:
    return Timer(row.id, row.name, row.subject, row.at, plain_from(row.data))
