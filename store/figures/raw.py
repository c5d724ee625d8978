"""What the database knows of an attempt, one expression each: its own columns, and what other tables say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, extract, func, or_, select, type_coerce

from conversations.figures import CHECKED_UNTIL, HANDLED_WITHIN
from conversations.interview import CaseKind, Outcome, Verdict
from store.tables import attempts, bindings, cases, feedback, interviews, prechecks, rungs

ATTEMPTS = attempts.join(interviews, interviews.c.id == attempts.c.interview)
Column = ColumnElement[Any]


def micros(instant: Column, is_sqlite: bool) -> ColumnElement[int]:
    """Return an instant as whole microseconds since 1970, which both databases can reckon with."""
    if is_sqlite:
        return type_coerce(instant, BigInteger)
    return cast(extract("epoch", instant) * 1_000_000, BigInteger)


def column(name: str, is_sqlite: bool) -> Column:
    """Return the expression for what is called `name`."""
    made = _MADE.get(name)
    if made is not None:
        return made(is_sqlite)
    return attempts.c[name] if name in attempts.c else interviews.c[name]


def _bound(is_sqlite: bool) -> Column:
    return exists().where(bindings.c.person == interviews.c.person)


_SENT = (rungs.c.attempt == attempts.c.id, rungs.c.verdict == Verdict.SENT.value)


def _reminded(is_sqlite: bool) -> Column:
    return exists().where(*_SENT)


def _evidence(is_sqlite: bool) -> Column:
    """What platforms accepted, `telegram.main:41, sms.main:7`: the reminders of every rung in one row."""
    if is_sqlite:
        joined: Column = func.group_concat(rungs.c.evidence, ", ")
    else:
        joined = func.string_agg(rungs.c.evidence, ", ")
    return select(joined).where(*_SENT).correlate(attempts).scalar_subquery()


_LATER = attempts.alias("later")
_IS_LATER = and_(_LATER.c.interview == attempts.c.interview, _LATER.c.n > attempts.c.n)


def _rebooked(is_sqlite: bool) -> Column:
    return exists().where(_IS_LATER)


def _joined_later(is_sqlite: bool) -> Column:
    took_place = _LATER.c.outcome.in_((Outcome.JOINED.value, Outcome.COMPLETED.value))
    return exists().where(_IS_LATER, took_place)


def _closed_at(is_sqlite: bool) -> Column:
    about = and_(cases.c.attempt == attempts.c.id, cases.c.kind == CaseKind.NO_SHOW.value)
    is_open = cases.alias("is_open")
    # Of the same attempt as the closed one: compared with `attempts`, one open case anywhere would undo them all.
    none_open = ~exists().where(
        is_open.c.attempt == cases.c.attempt,
        is_open.c.kind == CaseKind.NO_SHOW.value,
        is_open.c.closed_at.is_(None),
    )
    last = func.max(cases.c.closed_at, type_=cases.c.closed_at.type)
    return select(last).where(about, none_open).correlate(attempts).scalar_subquery()


def _untaken_at(is_sqlite: bool) -> Column:
    taken_at = func.coalesce(cases.c.taken_at, cases.c.closed_at, type_=cases.c.taken_at.type)
    waited = micros(taken_at, is_sqlite) - micros(cases.c.opened_at, is_sqlite)
    too_long = HANDLED_WITHIN.total_seconds() * 1_000_000
    first = func.min(cases.c.opened_at, type_=cases.c.opened_at.type)
    late = or_(taken_at.is_(None), waited > int(too_long))
    return select(first).where(cases.c.attempt == attempts.c.id, late).correlate(attempts).scalar_subquery()


def _of_check(name: str) -> Callable[[bool], Column]:
    """Return what the last device check says that counts for the attempt."""

    def made(is_sqlite: bool) -> Column:
        until = micros(attempts.c.starts_at, is_sqlite) + int(CHECKED_UNTIL.total_seconds()) * 1_000_000
        last = (
            select(prechecks.c[name])
            .where(prechecks.c.interview == attempts.c.interview, micros(prechecks.c.at, is_sqlite) <= until)
            .order_by(prechecks.c.n.desc())
            .limit(1)
        )
        return last.correlate(attempts).scalar_subquery()

    return made


def _score(question: str) -> Callable[[bool], Column]:
    def made(is_sqlite: bool) -> Column:
        asked = (feedback.c.attempt == attempts.c.id, feedback.c.question == question)
        return select(feedback.c.score).where(*asked).correlate(attempts).scalar_subquery()

    return made


def _surveyed(is_sqlite: bool) -> Column:
    return exists().where(feedback.c.attempt == attempts.c.id, feedback.c.question == "overall")


_MADE: Mapping[str, Callable[[bool], Column]] = {
    "bound": _bound,
    "reminded": _reminded,
    "evidence": _evidence,
    "rebooked": _rebooked,
    "joined_later": _joined_later,
    "closed_at": _closed_at,
    "untaken_at": _untaken_at,
    "findings": _of_check("findings"),
    "device": _of_check("device"),
    "surveyed": _surveyed,
    "rating": _score("overall"),
    "reminders_said": _score("reminders"),
    "support_said": _score("support"),
}
