"""The raw facts of every attempt of a span, one row each: for the Python reference, and for figures by tag."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from conversations.figures import AttemptFacts, channels_in
from conversations.interview import Outcome, Reason
from store.codec import plain_from
from store.db import Tx
from store.figures import raw
from store.tables import attempts, interviews
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
    local_start: datetime
    booked_at: datetime
    invited_at: datetime | None
    bound: bool
    """Whether the candidate has come to the bot on any channel."""
    reminded: bool
    """Whether a platform accepted at least one rung."""
    channels: tuple[str, ...]
    """The channels that accepted one."""
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
    joined_later: bool
    check_codes: tuple[str, ...] | None
    device: str
    surveyed: bool
    rating: int | None
    reminders_said: int | None
    support_said: int | None
    untaken_at: datetime | None

    @property
    def facts(self) -> AttemptFacts:
        """What figures are computed from."""
        return AttemptFacts(**{name: getattr(self, name) for name in _FACTS})


_FACTS = tuple(each.name for each in fields(AttemptFacts))


async def counts(
    tx: Tx,
    start: datetime,
    until: datetime,
    company: str | None = None,
    *,
    principal: Principal = None,
    among: frozenset[int] | None = None,
) -> list[AttemptRow]:
    """Return the attempts that start from `start` until before `until` and concern the principal, in order.

    With `among`, only those of the interviews with these numbers.
    """
    conditions = [attempts.c.starts_at >= start, attempts.c.starts_at < until, visible_to(principal)]
    if company is not None:
        conditions.append(interviews.c.company == company)
    if among is not None:
        conditions.append(interviews.c.number.in_(sorted(among)))
    query = _query(tx.is_sqlite).where(*conditions)
    query = query.order_by(attempts.c.starts_at, interviews.c.number, attempts.c.n)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


def _query(is_sqlite: bool) -> Select[Any]:
    named = [interviews.c[name].label(f"interview_{name}") for name in _OF_INTERVIEW]
    found = [raw.column(name, is_sqlite).label(name) for name in _FOUND]
    return select(attempts, *named, *found).select_from(raw.ATTEMPTS)


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
    "local_start",
    "booked_at",
    "acknowledged_at",
    "confirmed_at",
    "entered_at",
    "joined_at",
    "completed_at",
    "flagged_at",
    "contacted_at",
    "reason_at",
)
_SAID = ("closed_at", "rating", "reminders_said", "support_said", "untaken_at")
_TRUE = ("bound", "reminded", "rebooked", "joined_later", "surveyed")
_FOUND = (*_SAID, *_TRUE, "evidence", "findings", "device")


def _read(tx: Tx, row: Row[Any]) -> AttemptRow:
    named = {name: getattr(row, f"interview_{name}") for name in _OF_INTERVIEW}
    named["tags"] = plain_from(tx.open(interviews.c.tags, row.interview, named["tags"]))
    named |= {name: bool(getattr(row, name)) for name in _TRUE}
    return AttemptRow(
        attempt=row.id,
        interview=row.interview,
        reason=Reason(row.reason) if row.reason is not None else None,
        outcome=Outcome(row.outcome) if row.outcome is not None else None,
        channels=channels_in(row.evidence or ""),
        check_codes=_codes(row.findings),
        device=row.device or "",
        **named,
        **{name: getattr(row, name) for name in (*_PLAIN, *_SAID)},
    )


def _codes(findings: str | None) -> tuple[str, ...] | None:
    return tuple(code for code, _ in json.loads(findings)) if findings is not None else None
