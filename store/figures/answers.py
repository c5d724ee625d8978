"""Questions about attempts, answered by the database: one statement each.

Tags are sealed, so no database knows them. A question about the attempts with one has them looked through first, and
asks about the interviews that have it; one that is split by a tag reads the attempts and counts in Python, by the very
reference that the SQL is tested against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, case, column, func, literal_column, select
from sqlalchemy.sql.selectable import Subquery

from conversations.figures import FIGURES, Count, Durations, Question, Spans, Tally, needs_tags, reference
from conversations.figures.asked import Key
from conversations.figures.dimensions import value_in
from conversations.interview import Outcome
from store.codec import plain_from
from store.db import Tx
from store.figures import raw
from store.figures.rows import counts
from store.figures.words import Words
from store.tables import attempts, interviews
from store.visibility import Principal, visible_to

_NAMED_AT_MOST = 20_000
"""So many values a statement takes on either database, beside those of the question."""
_SPAN, _PLACE, _SIZE = "span", "place", "size"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which attempts are looked at: those that start from `start` until before `until` and concern who asks."""

    start: datetime
    until: datetime
    now: datetime
    principal: Principal = None
    company: str | None = None
    companies: Collection[str] | None = None
    """Only those of these companies, spelled as they were imported; None for all."""
    among: frozenset[int] | None = None
    """Only those of the interviews with these numbers; None for all."""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        found = [
            attempts.c.starts_at >= self.start,
            attempts.c.starts_at < self.until,
            visible_to(self.principal),
        ]
        if self.company is not None:
            found.append(interviews.c.company == self.company)
        if self.companies is not None:
            found.append(interviews.c.company.in_(sorted(self.companies)))
        if self.among is not None:
            found.append(interviews.c.number.in_(sorted(self.among)))
        return found


async def tally(tx: Tx, scope: Scope, question: Question) -> Tally:
    """Count what a question asks, in every group that has an attempt."""
    scope, asked = await _opened(tx, scope, question)
    if _is_sealed(asked):
        return reference.tally(await _facts(tx, scope), question, scope.now)
    return Tally(question, await _counted(tx, scope, asked))


async def _counted(tx: Tx, scope: Scope, question: Question) -> Mapping[Key, tuple[int, ...]]:
    words = _words(tx, scope, question)
    named = [f"d{n}" for n in range(len(question.by))]
    totals = [func.coalesce(func.sum(column(f"c{n}", Integer())), 0) for n in range(len(question.counts))]
    keys: list[ColumnElement[Any]] = [column(name) for name in named]
    # Without dimensions there is one group, and of no attempts none.
    query = select(*keys, func.count(), *totals).select_from(_groups(words, scope, question))
    found = await tx.conn.execute(query.group_by(*keys))
    return {
        tuple(row[: len(named)]): tuple(int(n) for n in row[len(named) + 1 :])
        for row in found
        if row[len(named)]
    }


async def spans(tx: Tx, scope: Scope, question: Question) -> Spans:
    """Return how long handling took, in every group that has a closed case: median and ninth decile."""
    scope, asked = await _opened(tx, scope, question)
    if _is_sealed(asked):
        return reference.spans(await _facts(tx, scope), question, scope.now)
    words = _words(tx, scope, asked)
    ranked = _ranked(words, scope, asked)
    place, size, span = (column(name, Integer()) for name in (_PLACE, _SIZE, _SPAN))
    keys: list[ColumnElement[Any]] = [column(f"d{n}") for n in range(len(question.by))]
    low, high, ninth = (size + 1) // 2, (size + 2) // 2, (size * 9 + 9) // 10
    at = [func.max(case((place == wanted, span))) for wanted in (low, high, ninth)]
    query = select(*keys, func.max(size), *at).select_from(ranked).group_by(*keys)
    rows = {}
    for row in await tx.conn.execute(query):
        *key, n, one, other, last = row
        if n is not None:
            rows[tuple(key)] = Durations(n, (_span(one) + _span(other)) / 2, _span(last))
    return Spans(question, rows)


async def tagged(tx: Tx, scope: Scope, where: Mapping[str, frozenset[str]]) -> frozenset[int] | None:
    """Return the numbers of the interviews whose tags have one of the values of each; None where there are too many.

    `where` holds dimensions that need tags. To be asked once for many questions: see `Scope.among`.
    """
    columns = (interviews.c.number, interviews.c.id, interviews.c.tags)
    query = select(*columns).select_from(raw.ATTEMPTS).where(*scope.conditions)
    sealed = {row.number: row for row in await tx.conn.execute(query)}
    has_it = {
        number
        for number, row in sealed.items()
        if _has(plain_from(tx.open(interviews.c.tags, row.id, row.tags)), where)
    }
    return frozenset(has_it) if len(has_it) <= _NAMED_AT_MOST else None


def _has(tags: Mapping[str, str], where: Mapping[str, frozenset[str]]) -> bool:
    return all(value_in(tags, name) in values for name, values in where.items())


def sealed_part(question: Question) -> Mapping[str, frozenset[str]]:
    """Return what a question wants of tags."""
    return {name: values for name, values in question.where.items() if needs_tags(name)}


def without_tags(question: Question) -> Question:
    """Return the same question about whatever tags; it may still be split by one."""
    kept = {name: values for name, values in question.where.items() if not needs_tags(name)}
    return replace(question, where=kept)


async def _opened(tx: Tx, scope: Scope, question: Question) -> tuple[Scope, Question]:
    """Return the same question without tags, about the interviews that have them; as it was where that cannot be."""
    wanted = sealed_part(question)
    among = await tagged(tx, scope, wanted) if wanted else None
    return (replace(scope, among=among), without_tags(question)) if among is not None else (scope, question)


async def numbers(tx: Tx, scope: Scope, among: tuple[str, ...], but_not: str, limit: int) -> tuple[int, ...]:
    """Return the numbers of the interviews whose attempts bear all marks of `among` but not one more, latest first."""
    words = Words(scope.now, (), is_sqlite=tx.is_sqlite)
    fits = and_(words.marks(among), ~words.mark(but_not))
    number, starts_at = words.raw("number"), words.raw("starts_at")
    query = select(number).select_from(_attempts(words, scope)).where(fits)
    found = await tx.conn.execute(query.order_by(starts_at.desc(), number).limit(limit))
    return tuple(row[0] for row in found)


async def tags(tx: Tx, scope: Scope) -> Mapping[str, Mapping[str, int]]:
    """Return how many attempts have each value of each of the company's own columns."""
    query = select(interviews.c.id, interviews.c.tags).select_from(raw.ATTEMPTS).where(*scope.conditions)
    sealed = Counter((row.id, row.tags) for row in await tx.conn.execute(query))
    found: dict[str, Counter[str]] = {}
    for (id, content), n in sealed.items():
        for name, value in plain_from(tx.open(interviews.c.tags, id, content)).items():
            found.setdefault(name, Counter())[value] += n
    return found


async def missed_before(tx: Tx, persons: Collection[UUID]) -> frozenset[UUID]:
    """Return who of these people did not come to an interview before."""
    found: set[UUID] = set()
    several = sorted(persons)
    for n in range(0, len(several), 500):
        some = several[n : n + 500]
        query = select(interviews.c.person).distinct().select_from(raw.ATTEMPTS)
        missed = attempts.c.outcome == Outcome.NO_SHOW.value
        found |= {row[0] for row in await tx.conn.execute(query.where(interviews.c.person.in_(some), missed))}
    return frozenset(found)


def _is_sealed(question: Question) -> bool:
    return any(needs_tags(name) for name in question.dimensions)


async def _facts(tx: Tx, scope: Scope) -> list[Any]:
    rows = await counts(
        tx, scope.start, scope.until, scope.company, principal=scope.principal, among=scope.among
    )
    own = scope.companies
    return [row.facts for row in rows if own is None or row.facts.company in own]


def _words(tx: Tx, scope: Scope, question: Question) -> Words:
    return Words(scope.now, question.cuts, is_sqlite=tx.is_sqlite)


def _attempts(words: Words, scope: Scope) -> Subquery:
    """Return the attempts of a scope with the raw columns that have been named."""
    columns = [raw.column(name, words.is_sqlite).label(name) for name in sorted(words.used)]
    return (
        select(*columns or [literal_column("1").label("one")])
        .select_from(raw.ATTEMPTS)
        .where(*scope.conditions)
        .subquery("facts")
    )


def _filtered(words: Words, question: Question) -> list[ColumnElement[bool]]:
    return [words.value(name).in_(sorted(values)) for name, values in question.where.items()]


def _keys(words: Words, question: Question) -> list[ColumnElement[Any]]:
    return [words.value(name).label(f"d{n}") for n, name in enumerate(question.by)]


def _groups(words: Words, scope: Scope, question: Question) -> Subquery:
    """Return one row for each attempt: its groups, and what it adds to each count."""
    columns = [*_keys(words, question), *(_added(words, n, c) for n, c in enumerate(question.counts))]
    where = _filtered(words, question)
    return _over(columns, words, scope, where).subquery("grouped")


def _added(words: Words, n: int, count: Count) -> ColumnElement[int]:
    one: Any = words.amount(count.adds) if count.adds else 1
    return case((words.marks(count.of), one), else_=0).label(f"c{n}")


def _ranked(words: Words, scope: Scope, question: Question) -> Subquery:
    """Return one row for each closed case: its groups, how long it took, its place among those of its group."""
    figure = FIGURES["handling_time"].how
    keys, span = _keys(words, question), words.span("flagged_at", "closed_at")
    where = [*_filtered(words, question), words.marks(figure.among)]
    taken = _over([*keys, span.label(_SPAN)], words, scope, where).subquery("taken")
    groups = [taken.c[key.name] for key in keys]
    place = func.row_number().over(partition_by=groups or None, order_by=taken.c[_SPAN]).label(_PLACE)
    size = func.count().over(partition_by=groups or None).label(_SIZE)
    return select(*groups, taken.c[_SPAN], place, size).subquery("ranked")


def _over(
    columns: list[ColumnElement[Any]], words: Words, scope: Scope, where: list[ColumnElement[bool]]
) -> Select[Any]:
    chosen = columns or [literal_column("1").label("one")]
    return select(*chosen).select_from(_attempts(words, scope)).where(*where)


def _span(microseconds: int) -> timedelta:
    return timedelta(microseconds=int(microseconds))
