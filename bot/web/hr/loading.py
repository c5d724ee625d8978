"""Reads from the database what the page shows, as far as it concerns whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.web.hr.asking import FILTERS, Choices, Query
from conversations.figures import (
    CUT,
    SMALLEST_GROUP,
    AttemptFacts,
    Count,
    Question,
    Spans,
    Tally,
    needs_tags,
    reference,
    said,
)
from conversations.figures.board import Board, Counted, board_of, questions, spans_of
from conversations.identity import Person, Role
from locales.text import Text, t
from store import figures, people
from store.db import Tx
from store.figures import Scope, sealed_part, without_tags

LOOKED_BACK = timedelta(days=366)
TAG_VALUES = 60
"""A column of more values than that is no group: a number, a remark."""


def seen_as(person: Person) -> Person:
    """Return as whom somebody sees figures: support has none, whatever else support sees."""
    return replace(person, roles=person.roles - {Role.SUPPORT})


async def choices(tx: Tx, person: Person, now: datetime) -> Choices:
    """Return what the figures can be narrowed down to, of the last year."""
    names = tuple(FILTERS.values())
    scope = Scope(now - LOOKED_BACK, now, now, seen_as(person))
    found = await figures.tally(tx, scope, Question((Count(),), names))
    staff = {each.id.hex: each.name for each in await people.everybody_of_staff(tx)}
    values = {key: _values(found, name, staff) for key, name in FILTERS.items()}
    tags = {name: _enough(counts) for name, counts in (await figures.tags(tx, scope)).items()}
    return Choices(values, {name: counts for name, counts in tags.items() if counts}, staff)


def _values(found: Tally, dimension: str, staff: Mapping[str, str]) -> Mapping[str, Text]:
    counts = {value: part.of(Count()) for value, part in found.along(dimension).items() if value}
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return {value: _named(dimension, value, staff) for value in ranked}


def _named(dimension: str, value: str, staff: Mapping[str, str]) -> Text:
    if dimension == "recruiter":
        return t("{name}", name=staff.get(value, "?"))
    return said(dimension, value)


def _enough(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the values that enough attempts have to say nothing about persons; none where there are too many."""
    kept = {value: n for value, n in counts.items() if n >= SMALLEST_GROUP and value}
    return kept if len(kept) <= TAG_VALUES else {}


async def board(tx: Tx, person: Person, query: Query, now: datetime) -> Board:
    """Return everything that is counted."""
    asked = query.asked
    wanted, spans = questions(asked, query.by), spans_of(asked)
    counting = _Counting(tx, seen_as(person), now, [*wanted.values(), spans])
    answers = {name: await counting.tally(each) for name, each in wanted.items()}
    return board_of(asked, answers, await counting.spans(spans))


_Tags = tuple[tuple[str, tuple[str, ...]], ...]


class _Counting:
    """Has the database count; what is split by sealed columns is counted here, from facts that are read once."""

    def __init__(self, tx: Tx, person: Person, now: datetime, wanted: Sequence[Counted]) -> None:
        self.tx, self.person, self.now = tx, person, now
        self._wanted = wanted
        self._facts: dict[frozenset[int] | None, Sequence[AttemptFacts]] = {}
        """By the interviews that they are of, None for all."""
        self._tagged: dict[_Tags, frozenset[int] | None] = {}
        """The numbers of the interviews with some tags; None for too many of them."""

    async def tally(self, counted: Counted) -> Tally:
        scope, question = await self._opened(counted)
        if _is_sealed(question):
            return reference.tally(await self._within(counted, scope.among), counted.question, self.now)
        return replace(await figures.tally(self.tx, scope, question), question=counted.question)

    async def spans(self, counted: Counted) -> Spans:
        scope, question = await self._opened(counted)
        if _is_sealed(question):
            return reference.spans(await self._within(counted, scope.among), counted.question, self.now)
        return replace(await figures.spans(self.tx, scope, question), question=counted.question)

    async def _opened(self, counted: Counted) -> tuple[Scope, Question]:
        """Return a question without the tags that narrow it down, whose interviews are looked for once for all."""
        scope = Scope(counted.start, counted.until, self.now, self.person)
        where = sealed_part(counted.question)
        if not where:
            return scope, counted.question
        among = await self._with_tags(where)
        if among is None:
            return scope, counted.question
        return replace(scope, among=among), without_tags(counted.question)

    async def _with_tags(self, where: Mapping[str, frozenset[str]]) -> frozenset[int] | None:
        key = tuple(sorted((name, tuple(sorted(values))) for name, values in where.items()))
        if key not in self._tagged:
            start, until = self._span(self._wanted)
            whole = Scope(start, until, self.now, self.person)
            self._tagged[key] = await figures.tagged(self.tx, whole, where)
        return self._tagged[key]

    async def _within(self, counted: Counted, among: frozenset[int] | None) -> Sequence[AttemptFacts]:
        if among not in self._facts:
            read = [each for each in self._wanted if among is None or _is_split(each.question)]
            start, until = self._span([each for each in read if _is_sealed(each.question)])
            rows = await figures.counts(self.tx, start, until, principal=self.person, among=among)
            self._facts[among] = [row.facts for row in rows]
        return [fact for fact in self._facts[among] if counted.start <= fact.starts_at < counted.until]

    @staticmethod
    def _span(counted: Sequence[Counted]) -> tuple[datetime, datetime]:
        return min(each.start for each in counted), max(each.until for each in counted)


def _is_sealed(question: Question) -> bool:
    return any(needs_tags(name) for name in question.dimensions)


def _is_split(question: Question) -> bool:
    return any(needs_tags(name) for name in question.by if name != CUT)
