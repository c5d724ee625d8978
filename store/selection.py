"""Interviews chosen by what they have in common, as far as the database can tell.

Tags are sealed, and whether somebody can be reached stands with their bindings: both are looked at afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from conversations.identity import Person
from conversations.interview import Interview, Reason, State
from store.db import Tx
from store.interviews import among, conditions_of
from store.tables import CASE_OPEN, attempts, cases, interviews
from store.visibility import Principal


@dataclass(frozen=True, slots=True)
class Selection:
    """What interviews have in common; what is not given does not narrow them down."""

    text: str = ""
    job: str = ""
    """A part of the role."""
    source: str = ""
    type: str = ""
    state: State | None = None
    is_confirmed: bool | None = None
    is_paused: bool | None = None
    has_reason: bool | None = None
    reason: Reason | None = None
    owners: Collection[UUID] | None = None
    """Whose they are: their recruiter's, or of whoever looks after an open case of theirs."""
    numbers: Collection[int] = ()
    starts_from: datetime | None = None
    starts_until: datetime | None = None


async def selected(
    tx: Tx, principal: Principal, wanted: Selection, limit: int
) -> list[tuple[Interview, Person]]:
    """Return the interviews of a selection that concern the principal, by their start, each with its candidate."""
    conditions = conditions_of(
        tx, principal, wanted.text or None, wanted.state, wanted.starts_from, wanted.starts_until
    )
    return await among(tx, *conditions, *_conditions(wanted), limit=limit)


def _conditions(wanted: Selection) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.job:
        like = "%" + re.sub(r"([\\%_])", r"\\\1", wanted.job.lower()) + "%"
        found.append(func.lower(interviews.c.role).like(like, escape="\\"))
    for column, value in (
        (interviews.c.source, wanted.source),
        (interviews.c.candidate_type, wanted.type),
    ):
        if value:
            found.append(func.lower(column) == value.lower())
    for moment, is_there in (
        (attempts.c.confirmed_at, wanted.is_confirmed),
        (attempts.c.paused_at, wanted.is_paused),
        (attempts.c.reason, wanted.has_reason),
    ):
        if is_there is not None:
            found.append(moment.is_not(None) if is_there else moment.is_(None))
    if wanted.reason is not None:
        found.append(attempts.c.reason == wanted.reason.value)
    if wanted.numbers:
        found.append(interviews.c.number.in_(list(wanted.numbers)))
    if wanted.owners is not None:
        looked_after = select(cases.c.interview).where(CASE_OPEN, cases.c.owner.in_(list(wanted.owners)))
        found.append(or_(interviews.c.recruiter.in_(list(wanted.owners)), interviews.c.id.in_(looked_after)))
    return found
