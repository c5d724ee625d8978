"""The raw facts of every attempt that was due; what is computed from them stands in `conversations.figures`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select

from conversations.interview import CaseKind, Outcome, Reason, Verdict
from store.codec import plain_from
from store.db import Tx
from store.tables import attempts, bindings, cases, interviews, rungs
from store.visibility import Principal, visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt with what its interview says about it."""

    attempt: UUID
    interview: UUID
    number: int
    n: int
    person: UUID
    company: str
    role: str
    source: str
    candidate_type: str
    recruiter: UUID | None
    tags: Mapping[str, str]
    starts_at: datetime
    zone: str
    booked_at: datetime
    invited_at: datetime | None
    bound: bool
    """Whether the candidate has come to the bot on any channel."""
    reminded: bool
    """Whether a platform accepted at least one rung."""
    acknowledged_at: datetime | None
    confirmed_at: datetime | None
    entered_at: datetime | None
    joined_at: datetime | None
    completed_at: datetime | None
    flagged_at: datetime | None
    contacted_at: datetime | None
    reason: Reason | None
    reason_at: datetime | None
    outcome: Outcome | None
    closed_at: datetime | None
    """When the last of its cases about the no-show was closed; None while one is open."""
    rebooked: bool
    """Whether another attempt followed it."""


async def counts(
    tx: Tx, start: datetime, until: datetime, company: str | None = None, *, principal: Principal = None
) -> list[AttemptRow]:
    """Return the attempts that start from `start` until before `until` and concern the principal, in order."""
    conditions = [attempts.c.starts_at >= start, attempts.c.starts_at < until, visible_to(principal)]
    if company is not None:
        conditions.append(interviews.c.company == company)
    query = _query().where(*conditions).order_by(attempts.c.starts_at, interviews.c.number, attempts.c.n)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


def _query() -> Select[Any]:
    later = attempts.alias("later")
    bound = exists().where(bindings.c.person == interviews.c.person)
    sent = exists().where(rungs.c.attempt == attempts.c.id, rungs.c.verdict == Verdict.SENT.value)
    followed = exists().where(later.c.interview == attempts.c.interview, later.c.n > attempts.c.n)
    named = [interviews.c[name].label(f"interview_{name}") for name in _OF_INTERVIEW]
    return select(
        attempts,
        *named,
        bound.label("bound"),
        sent.label("reminded"),
        followed.label("rebooked"),
        _closed_at().label("closed_at"),
    ).select_from(attempts.join(interviews, interviews.c.id == attempts.c.interview))


def _closed_at() -> ColumnElement[datetime | None]:
    about = and_(cases.c.attempt == attempts.c.id, cases.c.kind == CaseKind.NO_SHOW.value)
    is_open = cases.alias("is_open")
    none_open = ~exists().where(
        is_open.c.attempt == attempts.c.id,
        is_open.c.kind == CaseKind.NO_SHOW.value,
        is_open.c.closed_at.is_(None),
    )
    last = func.max(cases.c.closed_at, type_=cases.c.closed_at.type)
    return select(last).where(about, none_open).correlate(attempts).scalar_subquery()


_OF_INTERVIEW = (
    "number",
    "person",
    "company",
    "role",
    "source",
    "candidate_type",
    "recruiter",
    "tags",
    "invited_at",
)
_PLAIN = (
    "n",
    "starts_at",
    "zone",
    "booked_at",
    "acknowledged_at",
    "confirmed_at",
    "entered_at",
    "joined_at",
    "completed_at",
    "flagged_at",
    "contacted_at",
    "reason_at",
    "closed_at",
)


def _read(tx: Tx, row: Row[Any]) -> AttemptRow:
    named = {name: getattr(row, f"interview_{name}") for name in _OF_INTERVIEW}
    named["tags"] = plain_from(tx.open(interviews.c.tags, row.interview, named["tags"]))
    return AttemptRow(
        attempt=row.id,
        interview=row.interview,
        reason=Reason(row.reason) if row.reason is not None else None,
        outcome=Outcome(row.outcome) if row.outcome is not None else None,
        bound=bool(row.bound),
        reminded=bool(row.reminded),
        rebooked=bool(row.rebooked),
        **named,
        **{name: getattr(row, name) for name in _PLAIN},
    )
