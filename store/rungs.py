"""The ledger of reminders: what was planned for every attempt, and how each rung ended, for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Row, bindparam, delete, func, select, update

from conversations.interview import RungRow, Verdict
from store.db import Tx, insert_into
from store.tables import rungs


async def plan_rungs(tx: Tx, rows: Iterable[RungRow]) -> None:
    """Put a ladder into the ledger. A rung that is settled stays as it is; one that is not takes the new plan."""
    values = [{name: getattr(row, name) for name in ("attempt", "name", *_PLAN)} for row in rows]
    if values:
        await tx.conn.execute(_planning(tx.is_sqlite), values)


@cache
def _planning(is_sqlite: bool) -> Executable:
    added = insert_into(rungs, is_sqlite)
    plan = {name: added.excluded[name] for name in _PLAN}
    return added.on_conflict_do_update(
        index_elements=["attempt", "name"], set_=plan, where=rungs.c.verdict.is_(None)
    )


async def settle_rung(
    tx: Tx, attempt: UUID, name: str, verdict: Verdict, why: str, evidence: str, now: datetime
) -> bool:
    """Write how a rung ended, and return whether this was the first word on it: the first one stands.

    A rung sent on several channels keeps what each platform accepted, in the order of acceptance.
    """
    values = {"verdict": verdict.value, "why": why, "evidence": evidence, "settled_at": now}
    this = {"of_attempt": attempt, "of_name": name}
    if (await tx.conn.execute(_SETTLED, {**this, **values})).first() is not None:
        return True
    if verdict is Verdict.SENT and evidence:
        await _add_evidence(tx, attempt, name, evidence)
    return False


async def forget_rungs(tx: Tx, attempt: UUID, names: Collection[str]) -> None:
    """Take rungs out of a plan that no longer has them; what is settled stays for good."""
    waiting = (rungs.c.attempt == attempt, rungs.c.name.in_(list(names)), rungs.c.verdict.is_(None))
    await tx.conn.execute(delete(rungs).where(*waiting))


async def reopen_rung(tx: Tx, attempt: UUID, name: str) -> None:
    """Let a rung that was refused be settled again: somebody has its message tried once more."""
    refused = (rungs.c.attempt == attempt, rungs.c.name == name, rungs.c.verdict == Verdict.REFUSED.value)
    fresh = {"verdict": None, "why": "", "settled_at": None}
    await tx.conn.execute(update(rungs).where(*refused).values(fresh))


_SETTLED = (
    update(rungs)
    .where(
        rungs.c.attempt == bindparam("of_attempt"),
        rungs.c.name == bindparam("of_name"),
        rungs.c.verdict.is_(None),
    )
    .returning(rungs.c.name)
)


async def rungs_of(tx: Tx, attempt: UUID) -> list[RungRow]:
    """Return an attempt's ladder from its first rung to its last."""
    return [_read(row) for row in await tx.conn.execute(_OF_ATTEMPT, {"attempt": attempt})]


async def count_planned(tx: Tx, attempts: Sequence[UUID]) -> int:
    """Return how many rungs of these attempts are still to come."""
    found = 0
    for start in range(0, len(attempts), 500):
        some = {"attempts": attempts[start : start + 500]}
        found += (await tx.conn.execute(_PLANNED, some)).scalar_one()
    return found


_PLANNED = select(func.count()).where(
    rungs.c.attempt.in_(bindparam("attempts", expanding=True)), rungs.c.verdict.is_(None)
)


async def rungs_due_between(tx: Tx, start: datetime, end: datetime) -> list[RungRow]:
    """Return every rung due from `start` until before `end`, settled or not."""
    return await _where(tx, rungs.c.due_at >= start, rungs.c.due_at < end)


_PLAN = ("due_at", "verdict", "why", "evidence", "settled_at")


async def _add_evidence(tx: Tx, attempt: UUID, name: str, evidence: str) -> None:
    this = (rungs.c.attempt == attempt, rungs.c.name == name, rungs.c.verdict == Verdict.SENT.value)
    known = (await tx.conn.execute(select(rungs.c.evidence).where(*this).with_for_update())).scalar()
    if known is not None and evidence not in known.split(", "):
        both = f"{known}, {evidence}" if known else evidence
        await tx.conn.execute(update(rungs).where(*this).values(evidence=both))


_IN_ORDER = select(rungs).order_by(rungs.c.due_at, rungs.c.name)
_OF_ATTEMPT = _IN_ORDER.where(rungs.c.attempt == bindparam("attempt"))


async def _where(tx: Tx, *conditions: ColumnElement[bool]) -> list[RungRow]:
    return [_read(row) for row in await tx.conn.execute(_IN_ORDER.where(*conditions))]


def _read(row: Row[Any]) -> RungRow:
    verdict = Verdict(row.verdict) if row.verdict is not None else None
    return RungRow(row.attempt, row.name, row.due_at, verdict, row.why, row.evidence, row.settled_at)
