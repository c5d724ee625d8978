"""What somebody has to look after: numbered, and at most one open for each attempt and kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update

from conversations.interview import Case, CaseKind, CaseState
from store.db import Tx
from store.tables import CASE_OPEN, counters, interviews
from store.tables import cases as rows
from store.visibility import Principal, visible_to

FIRST_NUMBER = 1


async def save_case(tx: Tx, case: Case) -> Case:
    """Save a case; a new one gets its number, unless one of its kind is open for the attempt: that is returned."""
    changed = update(rows).where(rows.c.id == case.id).values(_values(tx, case)).returning(rows.c.number)
    number = (await tx.conn.execute(changed)).scalar()
    return replace(case, number=number) if number is not None else await open_case(tx, case)


async def open_case(tx: Tx, case: Case) -> Case:
    """Store a new case with its number, or return the one of its kind that is open for the attempt already."""
    await tx.lock(f"case:{case.attempt}:{case.kind}")
    is_twin = (rows.c.attempt == case.attempt, rows.c.kind == case.kind.value)
    twin = (await tx.conn.execute(select(rows).where(CASE_OPEN, *is_twin))).first()
    if twin is not None:
        return _read(tx, twin)
    number = await tx.next_number("cases", FIRST_NUMBER)
    await tx.conn.execute(rows.insert().values(id=case.id, number=number, **_values(tx, case)))
    return replace(case, number=number)


async def next_case_number(tx: Tx) -> int:
    """Return the number the next new case will get, unless another transaction opens one first."""
    last = (await tx.conn.execute(_LAST)).scalar()
    return FIRST_NUMBER if last is None else int(last) + 1


_LAST = select(counters.c.value).where(counters.c.name == "cases")


async def case(tx: Tx, case_id: UUID) -> Case | None:
    return next(iter(await _where(tx, rows.c.id == case_id)), None)


async def case_by_number(tx: Tx, number: int, principal: Principal = None) -> Case | None:
    """Return the case people call C-<number>, if its interview concerns the principal."""
    return next(iter(await _where(tx, rows.c.number == number, principal=principal)), None)


async def cases_of(tx: Tx, interview_id: UUID) -> list[Case]:
    """Return all cases of an interview, newest first."""
    found = await tx.conn.execute(_OF_INTERVIEW, {"interview": interview_id})
    return [_read(tx, row) for row in found]


_OF_INTERVIEW = select(rows).where(rows.c.interview == bindparam("interview")).order_by(rows.c.number.desc())


async def open_cases(tx: Tx, principal: Principal = None, limit: int | None = None) -> list[Case]:
    """Return the open cases that concern the principal, newest first: all of them, unless a limit is given."""
    return await _where(tx, CASE_OPEN, principal=principal, limit=limit)


async def taken(tx: Tx) -> list[Case]:
    """Return the open cases that somebody looks after, newest first."""
    return await _where(tx, CASE_OPEN, rows.c.state == CaseState.TAKEN.value)


async def count_open(tx: Tx, principal: Principal = None) -> int:
    """Return how many open cases concern the principal."""
    joined = rows.join(interviews, interviews.c.id == rows.c.interview)
    query = select(func.count()).select_from(joined).where(visible_to(principal), CASE_OPEN)
    return (await tx.conn.execute(query)).scalar_one()


async def owned_by(tx: Tx, owner: UUID) -> list[Case]:
    """Return the open cases that somebody looks after, newest first."""
    return await _where(tx, CASE_OPEN, rows.c.owner == owner)


async def _where(
    tx: Tx, *conditions: ColumnElement[bool], principal: Principal = None, limit: int | None = None
) -> list[Case]:
    joined = rows.join(interviews, interviews.c.id == rows.c.interview)
    query = select(rows).select_from(joined).where(visible_to(principal), *conditions)
    found = await tx.conn.execute(query.order_by(rows.c.number.desc()).limit(limit))
    return [_read(tx, row) for row in found]


def _values(tx: Tx, case: Case) -> dict[str, Any]:
    return {
        "kind": case.kind.value,
        "interview": case.interview,
        "attempt": case.attempt,
        "opened_at": case.opened_at,
        "state": case.state.value,
        "owner": case.owner,
        "owner_name": tx.seal(rows.c.owner_name, case.id, case.owner_name),
        "taken_at": case.taken_at,
        "escalated_at": case.escalated_at,
        "closed_at": case.closed_at,
        "result": case.result,
        "said": tx.seal(rows.c.said, case.id, case.said),
        "team": case.team,
        "note": tx.seal(rows.c.note, case.id, case.note),
    }


def _read(tx: Tx, row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        kind=CaseKind(row.kind),
        interview=row.interview,
        attempt=row.attempt,
        opened_at=row.opened_at,
        state=CaseState(row.state),
        owner=row.owner,
        owner_name=tx.open(rows.c.owner_name, row.id, row.owner_name),
        taken_at=row.taken_at,
        escalated_at=row.escalated_at,
        closed_at=row.closed_at,
        result=row.result,
        said=tx.open(rows.c.said, row.id, row.said),
        team=row.team,
        note=tx.open(rows.c.note, row.id, row.note),
    )
