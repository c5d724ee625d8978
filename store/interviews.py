"""Interviews and their attempts: numbered, saved only by whoever saw the latest, shown only to whom they concern."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, Row, Select, bindparam, func, or_, select, update

from conversations.identity import Person
from conversations.interview import Attempt, Interview, Outcome, Reason, State
from store.codec import plain_from, plain_text
from store.db import Tx, insert_into
from store.errors import Conflict
from store.people import load as load_people
from store.tables import attempts as attempt_rows
from store.tables import interviews, people
from store.visibility import Principal, visible_to

FIRST_NUMBER = 1001


async def create(tx: Tx, interview: Interview) -> Interview:
    """Store a new interview with its first attempt, and return it with its number and revision 1."""
    return (await create_all(tx, [interview]))[0]


async def create_all(tx: Tx, several: Sequence[Interview]) -> list[Interview]:
    """Store new interviews, numbered in their order, and return them as `create` does."""
    if not several:
        return []
    numbers = await tx.next_numbers("interviews", len(several), FIRST_NUMBER)
    new = [replace(i, number=number, revision=1) for i, number in zip(several, numbers, strict=True)]
    rows = [{"id": i.id, "number": i.number, "revision": 1, **_values(tx, i)} for i in new]
    await tx.conn.execute(interviews.insert(), rows)
    attempts = [_values_of_attempt(tx, i.id, i.attempt) for i in new]
    await tx.conn.execute(_saving_attempt(tx.is_sqlite), attempts)
    return new


async def save(tx: Tx, interview: Interview, ended: Attempt | None = None) -> Interview:
    """Save an interview, its current attempt and the one it leaves behind; return it with its new revision.

    Raises Conflict when somebody saved it since it was loaded; then nothing is changed.
    """
    changed = (
        update(interviews)
        .where(interviews.c.id == interview.id, interviews.c.revision == interview.revision)
        .values(revision=interviews.c.revision + 1, **_values(tx, interview))
        .returning(interviews.c.revision)
    )
    revision = (await tx.conn.execute(changed)).scalar()
    if revision is None:
        raise Conflict("interview", interview.id)
    for attempt in (ended, interview.attempt):
        if attempt is not None:
            await _save_attempt(tx, interview.id, attempt)
    return replace(interview, revision=revision)


async def get(tx: Tx, interview_id: UUID, principal: Principal = None) -> Interview | None:
    if principal is not None:
        return await _one(tx, interviews.c.id == interview_id, visible_to(principal))
    row = (await tx.conn.execute(_by_id(), {"id": interview_id})).first()
    return _read(tx, row) if row is not None else None


@cache
def _by_id() -> Select[Any]:
    return _query().where(interviews.c.id == bindparam("id"))


async def by_number(tx: Tx, number: int, principal: Principal = None) -> Interview | None:
    """Return the interview people call I-<number>, if it concerns the principal."""
    return await _one(tx, interviews.c.number == number, visible_to(principal))


async def by_external(tx: Tx, company: str, external_id: str) -> Interview | None:
    return await _one(tx, interviews.c.company == company, interviews.c.external_id == external_id)


async def by_name(tx: Tx, name: str, principal: Principal = None) -> Interview | None:
    """Return the interview of this external id, or else of this number; None when two companies use the id."""
    for condition in (interviews.c.external_id == name, _numbered(name)):
        if condition is not None:
            query = _query().where(condition, visible_to(principal)).limit(2)
            if rows := (await tx.conn.execute(query)).all():
                return _read(tx, rows[0]) if len(rows) == 1 else None
    return None


async def companies(tx: Tx) -> list[str]:
    """Return the companies that there are interviews of, as they were imported."""
    query = select(interviews.c.company).distinct().order_by(interviews.c.company)
    return list((await tx.conn.execute(query)).scalars())


async def upcoming(tx: Tx, now: datetime) -> list[Interview]:
    """Return the scheduled interviews that have not begun, the next one first."""
    is_ahead = (interviews.c.state == State.SCHEDULED.value, attempt_rows.c.starts_at > now)
    query = _query().where(*is_ahead).order_by(attempt_rows.c.starts_at, interviews.c.number)
    return [_read(tx, row) for row in (await tx.conn.execute(query)).all()]


async def shift(tx: Tx, interview: Interview, starts_at: datetime) -> Interview:
    """Move the instant of the current attempt, whose agreed wall-clock time stands: its zone's rules changed."""
    return await save(tx, replace(interview, attempt=replace(interview.attempt, starts_at=starts_at)))


async def attempts(tx: Tx, interview_id: UUID) -> list[Attempt]:
    """Return every attempt of an interview in order."""
    query = select(attempt_rows).where(attempt_rows.c.interview == interview_id).order_by(attempt_rows.c.n)
    return [_attempt(tx, row) for row in await tx.conn.execute(query)]


async def of_attempt(tx: Tx, attempt_id: UUID) -> Interview | None:
    """Return the interview that an attempt belongs to, be it the current one or not."""
    query = select(attempt_rows.c.interview).where(attempt_rows.c.id == attempt_id)
    found = (await tx.conn.execute(query)).scalar()
    return await get(tx, found) if found is not None else None


async def search(
    tx: Tx,
    principal: Principal,
    *,
    text: str | None = None,
    state: State | None = None,
    starts_from: datetime | None = None,
    starts_until: datetime | None = None,
    person: UUID | None = None,
    company: str | None = None,
    limit: int = 50,
    offset: int = 0,
    latest_first: bool = False,
) -> list[tuple[Interview, Person]]:
    """Return the interviews that concern the principal, by their start, each with its candidate.

    `text` is a number (`I-1024`, `1024`), an external id, part of a role, or a candidate's whole name, phone or
    e-mail address: those are sealed, so parts of them cannot be searched. `starts_until` itself is not included.
    """
    conditions = conditions_of(tx, principal, text, state, starts_from, starts_until)
    if person is not None:
        conditions.append(interviews.c.person == person)
    if company is not None:
        conditions.append(interviews.c.company == company)
    return await among(tx, *conditions, limit=limit, offset=offset, latest_first=latest_first)


async def among(
    tx: Tx, *conditions: ColumnElement[bool], limit: int, offset: int = 0, latest_first: bool = False
) -> list[tuple[Interview, Person]]:
    """Return the interviews under these conditions by the start of their attempt, each with its candidate."""
    order = (attempt_rows.c.starts_at, interviews.c.number)
    ordered = [column.desc() for column in order] if latest_first else order
    query = _query().where(*conditions).order_by(*ordered)
    found = [_read(tx, row) for row in (await tx.conn.execute(query.limit(limit).offset(offset))).all()]
    persons = await load_people(tx, {interview.person for interview in found})
    return [(interview, persons[interview.person]) for interview in found]


def is_one_of(ids: Collection[UUID]) -> ColumnElement[bool]:
    return interviews.c.id.in_(list(ids))


async def tally(
    tx: Tx,
    principal: Principal,
    *,
    text: str | None = None,
    state: State | None = None,
    starts_from: datetime | None = None,
    starts_until: datetime | None = None,
) -> int:
    """Return how many interviews `search` would find without a limit."""
    conditions = conditions_of(tx, principal, text, state, starts_from, starts_until)
    joined = interviews.join(attempt_rows, attempt_rows.c.id == interviews.c.attempt)
    query = select(func.count()).select_from(joined).where(*conditions)
    return int((await tx.conn.execute(query)).scalar_one())


def conditions_of(
    tx: Tx,
    principal: Principal,
    text: str | None,
    state: State | None,
    starts_from: datetime | None,
    starts_until: datetime | None,
) -> list[ColumnElement[bool]]:
    """Return what `search` asks for, of the current attempt where it is about one."""
    conditions = [visible_to(principal)]
    if text is not None and text.strip():
        conditions.append(_matches(tx, text.strip()))
    if state is not None:
        conditions.append(interviews.c.state == state.value)
    if starts_from is not None:
        conditions.append(attempt_rows.c.starts_at >= starts_from)
    if starts_until is not None:
        conditions.append(attempt_rows.c.starts_at < starts_until)
    return conditions


async def roles(tx: Tx) -> list[str]:
    """Return the title of every job there is an interview for."""
    query = select(interviews.c.role).distinct().where(interviews.c.role != "").order_by(interviews.c.role)
    return list((await tx.conn.execute(query)).scalars())


async def counts(
    tx: Tx,
    principal: Principal = None,
    starts_from: datetime | None = None,
    starts_until: datetime | None = None,
) -> dict[State, int]:
    """Return how many interviews stand in each state, of those that start in a span."""
    joined = interviews.join(attempt_rows, attempt_rows.c.id == interviews.c.attempt)
    conditions = conditions_of(tx, principal, None, None, starts_from, starts_until)
    counted = select(interviews.c.state, func.count()).select_from(joined)
    query = counted.where(*conditions).group_by(interviews.c.state)
    return {State(state): n for state, n in (await tx.conn.execute(query)).all()}


def _matches(tx: Tx, text: str) -> ColumnElement[bool]:
    like = "%" + re.sub(r"([\\%_])", r"\\\1", text.lower()) + "%"
    alternatives: list[ColumnElement[bool]] = [
        interviews.c.external_id == text,
        func.lower(interviews.c.role).like(like, escape="\\"),
    ]
    if (numbered := _numbered(text)) is not None:
        alternatives.append(numbered)
    for where, column in (
        ("name", people.c.name_ix),
        ("phone", people.c.phone_ix),
        ("email", people.c.email_ix),
    ):
        if where != "phone" or re.search(r"\d", text):
            holders = select(people.c.id).where(column == tx.keys.blind(where, text))
            alternatives.append(interviews.c.person.in_(holders))
    return or_(*alternatives)


def _numbered(text: str) -> ColumnElement[bool] | None:
    number = re.fullmatch(r"(?:i-?)?([0-9]{1,9})", text.strip().lower())
    return interviews.c.number == int(number[1]) if number else None


def _query() -> Select[Any]:
    current = [column.label(f"attempt_{column.name}") for column in attempt_rows.c]
    joined = interviews.join(attempt_rows, attempt_rows.c.id == interviews.c.attempt)
    return select(interviews, *current).select_from(joined)


async def _one(tx: Tx, *conditions: ColumnElement[bool]) -> Interview | None:
    row = (await tx.conn.execute(_query().where(*conditions))).first()
    return _read(tx, row) if row is not None else None


def _values(tx: Tx, interview: Interview) -> dict[str, Any]:
    return {
        "person": interview.person,
        "company": interview.company,
        "role": interview.role,
        "attempt": interview.attempt.id,
        "state": interview.state.value,
        "source": interview.source,
        "candidate_type": interview.candidate_type,
        "recruiter": interview.recruiter,
        "external_id": interview.external_id,
        "tags": tx.seal(interviews.c.tags, interview.id, plain_text(interview.tags)),
        "moves": interview.moves,
        "invited_at": interview.invited_at,
    }


async def _save_attempt(tx: Tx, interview_id: UUID, attempt: Attempt) -> None:
    """Insert or change an attempt; which interview it belongs to, and its number, stay for good."""
    values = _values_of_attempt(tx, interview_id, attempt)
    await tx.conn.execute(_saving_attempt(tx.is_sqlite), values)


@cache
def _saving_attempt(is_sqlite: bool) -> Executable:
    added = insert_into(attempt_rows, is_sqlite)
    kept = ("id", "interview", "n")
    changed = {
        column.name: added.excluded[column.name] for column in attempt_rows.c if column.name not in kept
    }
    return added.on_conflict_do_update(index_elements=["id"], set_=changed)


def _values_of_attempt(tx: Tx, interview_id: UUID, attempt: Attempt) -> dict[str, Any]:
    values = {name: getattr(attempt, name) for name in _PLAIN}
    values["join"] = tx.seal(attempt_rows.c.join, attempt.id, attempt.join)
    values["reason_said"] = tx.seal(attempt_rows.c.reason_said, attempt.id, attempt.reason_said)
    values["reason"] = attempt.reason and attempt.reason.value
    values["outcome"] = attempt.outcome and attempt.outcome.value
    return {"id": attempt.id, "interview": interview_id, "n": attempt.n, **values}


_PLAIN: Sequence[str] = (
    "starts_at",
    "zone",
    "local_start",
    "booked_at",
    "slot",
    "confirmed_at",
    "acknowledged_at",
    "entered_at",
    "joined_at",
    "completed_at",
    "flagged_at",
    "contacted_at",
    "reason_at",
    "confirmed_by",
    "paused_at",
)


_ATTEMPT = tuple(column.name for column in attempt_rows.c)


def _read(tx: Tx, row: Row[Any]) -> Interview:
    return Interview(
        id=row.id,
        number=row.number,
        revision=row.revision,
        person=row.person,
        company=row.company,
        role=row.role,
        attempt=_attempt_of(tx, {name: row._mapping[f"attempt_{name}"] for name in _ATTEMPT}),
        state=State(row.state),
        source=row.source,
        candidate_type=row.candidate_type,
        recruiter=row.recruiter,
        external_id=row.external_id,
        tags=plain_from(tx.open(interviews.c.tags, row.id, row.tags)),
        moves=row.moves,
        invited_at=row.invited_at,
    )


def _attempt(tx: Tx, row: Row[Any]) -> Attempt:
    return _attempt_of(tx, row._mapping)


def _attempt_of(tx: Tx, row: Mapping[Any, Any]) -> Attempt:
    return Attempt(
        id=row["id"],
        n=row["n"],
        join=tx.open(attempt_rows.c.join, row["id"], row["join"]),
        reason=Reason(row["reason"]) if row["reason"] is not None else None,
        reason_said=tx.open(attempt_rows.c.reason_said, row["id"], row["reason_said"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] is not None else None,
        **{name: row[name] for name in _PLAIN},
    )


async def read_all(tx: Tx, *conditions: ColumnElement[bool]) -> list[tuple[Interview, tuple[Attempt, ...]]]:
    """Return the interviews under these conditions, each with the attempts before its present one."""
    found = [_read(tx, row) for row in (await tx.conn.execute(_query().where(*conditions))).all()]
    moved = [interview.id for interview in found if interview.attempt.n > 1]
    earlier: dict[UUID, list[Attempt]] = {}
    for start in range(0, len(moved), 500):
        query = select(attempt_rows).where(attempt_rows.c.interview.in_(moved[start : start + 500]))
        for row in await tx.conn.execute(query.order_by(attempt_rows.c.n)):
            earlier.setdefault(row.interview, []).append(_attempt(tx, row))
    return [(i, tuple(a for a in earlier.get(i.id, ()) if a.id != i.attempt.id)) for i in found]
