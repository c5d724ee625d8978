"""Every mark, dimension and amount of `conversations.figures`, said in SQL over the raw columns of an attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    String,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
)
from sqlalchemy.types import TypeEngine

from conversations.figures import HANDLED_WITHIN, WITHIN
from conversations.figures.dimensions import FINE, LEADS, WORST_FIRST
from conversations.figures.marks import CONTENT, FAILED
from conversations.interview import Outcome, Reason
from conversations.names import KNOWN_CHANNELS
from store.figures import raw

Truth = ColumnElement[bool]
_ENDED_OTHERWISE = (Outcome.CANCELLED.value, Outcome.MOVED.value)
_JOINED = (Outcome.JOINED.value, Outcome.COMPLETED.value)


class Words:
    """Says marks and dimensions for one database and one moment, and remembers which raw columns that takes."""

    def __init__(self, now: datetime, cuts: Sequence[datetime], *, is_sqlite: bool) -> None:
        self.now = now
        self.cuts = cuts
        self.is_sqlite = is_sqlite
        self.used: set[str] = set()

    def raw(self, name: str, type_: TypeEngine[Any] | None = None) -> ColumnElement[Any]:
        """Return a raw column of the attempts, by its name in the innermost query."""
        self.used.add(name)
        return column(name, type_ if type_ is not None else raw.column(name, self.is_sqlite).type)

    def micros(self, name: str) -> ColumnElement[int]:
        return raw.micros(self.raw(name), self.is_sqlite)

    def mark(self, name: str) -> Truth:
        return _MARKS[name](self)

    def marks(self, names: Sequence[str]) -> Truth:
        return and_(literal(True), *(self.mark(name) for name in names))

    def amount(self, name: str) -> ColumnElement[int]:
        return self.raw(name, Integer())

    def value(self, name: str) -> ColumnElement[str]:
        """Return a dimension's value as a string, "" where there is none."""
        return func.coalesce(_DIMENSIONS[name](self), "")

    # -- what several of them need -----------------------------------------------------------------------

    def is_set(self, name: str) -> Truth:
        return self.raw(name).is_not(None)

    def is_one_of(self, name: str, values: Sequence[str]) -> Truth:
        """Tell whether a column holds one of the values; an empty one does not."""
        return func.coalesce(self.raw(name, Text()), "").in_(values)

    def span(self, start: str, end: str) -> ColumnElement[int]:
        """Return microseconds between two instants; NULL where one is missing."""
        return self.micros(end) - self.micros(start)

    def waited(self, since: str, microseconds: int) -> Truth:
        """Tell whether more than so long has passed since an instant."""
        return and_(self.is_set(since), _micros_of(self.now) - self.micros(since) > microseconds)

    def accepted_by(self, channel: str) -> Truth:
        said = ", " + func.coalesce(self.raw("evidence", Text()), "")
        return said.contains(f", {channel}.", autoescape=True)


def _micros_of(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_HOUR = int(WITHIN.total_seconds()) * 1_000_000
_TWO_HOURS = int(HANDLED_WITHIN.total_seconds()) * 1_000_000


def _asked_in_time(words: Words) -> Truth:
    return func.coalesce(words.span("flagged_at", "contacted_at") <= _HOUR, literal(False))


def _hour_over(words: Words) -> Truth:
    return or_(_asked_in_time(words), words.waited("flagged_at", _HOUR))


def _owned(words: Words) -> Truth:
    return ~words.waited("untaken_at", _TWO_HOURS)


def _watched(words: Words) -> Truth:
    return words.span("booked_at", "starts_at") > 0


def _two_channels(words: Words) -> Truth:
    ones = [case((words.accepted_by(channel), 1), else_=0) for channel in sorted(KNOWN_CHANNELS)]
    total: ColumnElement[int] = literal(0)
    for one in ones:
        total = total + one
    return total > 1


def _conforms(words: Words) -> Truth:
    came = ~words.mark("no_show")
    was_asked = or_(came, _asked_in_time(words), ~_hour_over(words))
    return and_(words.mark("reminded"), _two_channels(words), _owned(words), was_asked)


def _set(name: str) -> Callable[[Words], Truth]:
    return lambda words: words.is_set(name)


def _true(name: str) -> Callable[[Words], Truth]:
    return lambda words: words.raw(name, Boolean())


def _is(name: str, *values: str) -> Callable[[Words], Truth]:
    return lambda words: words.is_one_of(name, values)


def _check_passed(words: Words) -> Truth:
    findings = words.raw("findings", Text())
    failed = [findings.contains(f'"{code}"', autoescape=True) for code in sorted(FAILED)]
    return and_(findings.is_not(None), ~or_(*failed))


def _number_is(name: str, value: int) -> Callable[[Words], Truth]:
    return lambda words: func.coalesce(words.raw(name, Integer()) == value, literal(False))


_MARKS: Mapping[str, Callable[[Words], Truth]] = {
    "counted": lambda words: ~words.is_one_of("outcome", _ENDED_OTHERWISE),
    "decided": _is("outcome", *_JOINED, Outcome.NO_SHOW.value),
    "no_show": _is("outcome", Outcome.NO_SHOW.value),
    "joined": _is("outcome", *_JOINED),
    "came": lambda words: or_(words.is_one_of("outcome", _JOINED), words.is_set("joined_at")),
    "watched": _watched,
    "invited": _set("invited_at"),
    "bound": _true("bound"),
    "reminded": _true("reminded"),
    "confirmed": _set("confirmed_at"),
    "checked": _set("findings"),
    "check_passed": _check_passed,
    "entered": _set("entered_at"),
    "explained": _set("reason"),
    "technical": _is("reason", Reason.TECHNICAL.value),
    "asked_in_time": _asked_in_time,
    "hour_over": _hour_over,
    "closed": lambda words: and_(words.is_set("flagged_at"), words.is_set("closed_at")),
    "slow": lambda words: func.coalesce(
        words.span("flagged_at", "closed_at") > _TWO_HOURS,
        literal(False),
    ),
    "rebooked": _true("rebooked"),
    "joined_later": _true("joined_later"),
    "surveyed": _true("surveyed"),
    "rated": _set("rating"),
    "content": lambda words: func.coalesce(words.raw("rating", Integer()), 0) >= CONTENT,
    "reminders_answered": _set("reminders_said"),
    "reminders_right": _number_is("reminders_said", 0),
    "support_answered": _set("support_said"),
    "support_timely": _number_is("support_said", 1),
    "two_channels": _two_channels,
    "owned": _owned,
    "conforms": _conforms,
}


def _plain(name: str) -> Callable[[Words], ColumnElement[str]]:
    return lambda words: words.raw(name, Text())


def _channel(words: Words) -> ColumnElement[str]:
    named: ColumnElement[str] = literal("", Text())
    for channel in sorted(KNOWN_CHANNELS):
        named = named.concat(case((words.accepted_by(channel), f"{channel}+"), else_=""))
    return func.rtrim(named, "+", type_=Text())


def _lead(words: Words) -> ColumnElement[str]:
    lead = words.span("booked_at", "starts_at")
    *steps, (last, _, _) = LEADS
    below = [(lead < int(span.total_seconds()) * 1_000_000, name) for name, span, _ in steps]
    return case((lead <= 0, ""), *below, else_=last)


def _hour(words: Words) -> ColumnElement[str]:
    return func.substr(words.raw("local_start", Text()), 12, 2, type_=Text())


def _weekday(words: Words) -> ColumnElement[str]:
    """Return the ISO weekday of the wall-clock time, which is stored as it stands on the clock."""
    day = func.substr(words.raw("local_start", Text()), 1, 10, type_=Text())
    if not words.is_sqlite:
        return func.to_char(func.to_date(day, "YYYY-MM-DD"), "ID", type_=Text())
    sunday_first = cast(func.strftime("%w", day), Integer)
    return cast((sunday_first + 6) % 7 + 1, Text)


def _recruiter(words: Words) -> ColumnElement[str]:
    # SQLite keeps the digits of an id alone, PostgreSQL groups them.
    return func.replace(cast(words.raw("recruiter"), String), "-", "", type_=Text())


def _check(words: Words) -> ColumnElement[str]:
    findings = words.raw("findings", Text())
    worst = [(findings.contains(f'"{code}"', autoescape=True), code) for code in WORST_FIRST]
    return case((findings.is_(None), ""), *worst, else_=FINE)


def _cut(words: Words) -> ColumnElement[str]:
    at = words.micros("starts_at")
    reached = [(at >= _micros_of(cut), str(n)) for n, cut in enumerate(words.cuts, start=1)]
    return case(*reversed(reached), else_="0") if reached else literal("0", Text())


_DIMENSIONS: Mapping[str, Callable[[Words], ColumnElement[str]]] = {
    "company": _plain("company"),
    "role": _plain("role"),
    "source": _plain("source"),
    "candidate_type": _plain("candidate_type"),
    "channel": _channel,
    "lead": _lead,
    "hour": _hour,
    "weekday": _weekday,
    "recruiter": _recruiter,
    "reason": _plain("reason"),
    "check": _check,
    "device": _plain("device"),
    "cut": _cut,
}
