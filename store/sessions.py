"""Where everybody stands in their dialogs."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Row, bindparam, select, update

from conversations.dialog import Session
from store.codec import list_from, list_text, plain_from, plain_text
from store.db import Tx, insert_into
from store.errors import Conflict
from store.tables import sessions


async def get(tx: Tx, session_id: UUID) -> Session | None:
    return next(iter(await _where(tx, sessions.c.id == session_id)), None)


async def find(tx: Tx, holder: str, subject: str) -> Session | None:
    return next(iter(await _where(tx, sessions.c.holder == holder, sessions.c.subject == subject)), None)


async def of_holder(tx: Tx, holder: str) -> list[Session]:
    """Return a holder's sessions, the one that asked last first."""
    return [_read(tx, row) for row in await tx.conn.execute(_HELD, {"holder": holder})]


async def asked_lately(tx: Tx, holder: str, dialog: str, since: datetime) -> list[Session]:
    """Return what a dialog asked a holder after an instant and still waits for, the one that asked last first."""
    return await _where(
        tx, sessions.c.holder == holder, sessions.c.dialog == dialog, sessions.c.asked_at > since
    )


async def about(tx: Tx, *subjects: str) -> list[Session]:
    """Return the sessions about each subject in turn, whoever holds them, the one that asked last first."""
    rows = (await tx.conn.execute(_ABOUT, {"subjects": subjects})).all() if subjects else []
    return [_read(tx, row) for row in sorted(rows, key=lambda row: subjects.index(row.subject))]


async def save(tx: Tx, session: Session) -> None:
    """Save a session, new or not; raises Conflict if another one of this holder and subject exists."""
    values = {
        "holder": session.holder,
        "subject": session.subject,
        "dialog": session.dialog,
        "step": session.step,
        "turn": session.turn,
        "choices": list_text(session.choices),
        "asked_at": session.asked_at,
        "misses": session.misses,
        "data": tx.seal(sessions.c.data, session.id, plain_text(session.data)),
    }
    if (await tx.conn.execute(_CHANGED, {"which": session.id, **values})).first() is not None:
        return
    if (await tx.conn.execute(_adding(tx.is_sqlite), {"id": session.id, **values})).first() is None:
        raise Conflict("session", session.id)


_CHANGED = update(sessions).where(sessions.c.id == bindparam("which")).returning(sessions.c.id)


@cache
def _adding(is_sqlite: bool) -> Executable:
    return insert_into(sessions, is_sqlite).on_conflict_do_nothing().returning(sessions.c.id)


_NEWEST_FIRST = select(sessions).order_by(sessions.c.asked_at.desc().nulls_last(), sessions.c.id)
_HELD = _NEWEST_FIRST.where(sessions.c.holder == bindparam("holder"))
_ABOUT = _NEWEST_FIRST.where(sessions.c.subject.in_(bindparam("subjects", expanding=True)))


async def _where(tx: Tx, *conditions: ColumnElement[bool]) -> list[Session]:
    return [_read(tx, row) for row in await tx.conn.execute(_NEWEST_FIRST.where(*conditions))]


def _read(tx: Tx, row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        holder=row.holder,
        subject=row.subject,
        dialog=row.dialog,
        step=row.step,
        turn=row.turn,
        choices=list_from(row.choices),
        asked_at=row.asked_at,
        misses=row.misses,
        data=plain_from(tx.open(sessions.c.data, row.id, row.data)),
    )
