"""Reads from the database what the page shows, as far as it concerns whoever looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.web.hr.asking import FILTERS, Choices, Query
from conversations.figures import (
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
from store.figures import Scope

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
    counting = _Counting(tx, seen_as(person), now)
    asked = query.asked
    answers = {name: await counting.tally(each) for name, each in questions(asked, query.by).items()}
    return board_of(asked, answers, await counting.spans(spans_of(asked)))


class _Counting:
    """Has the database count; what depends on sealed columns is counted here, from facts that are read once."""

    def __init__(self, tx: Tx, person: Person, now: datetime) -> None:
        self.tx, self.person, self.now = tx, person, now
        self._facts: dict[tuple[datetime, datetime], tuple[AttemptFacts, ...]] = {}

    async def tally(self, counted: Counted) -> Tally:
        if _is_sealed(counted.question):
            return reference.tally(await self._read(counted), counted.question, self.now)
        return await figures.tally(self.tx, self._scope(counted), counted.question)

    async def spans(self, counted: Counted) -> Spans:
        if _is_sealed(counted.question):
            return reference.spans(await self._read(counted), counted.question, self.now)
        return await figures.spans(self.tx, self._scope(counted), counted.question)

    def _scope(self, counted: Counted) -> Scope:
        return Scope(counted.start, counted.until, self.now, self.person)

    async def _read(self, counted: Counted) -> tuple[AttemptFacts, ...]:
        for (start, until), facts in self._facts.items():
            if start <= counted.start and counted.until <= until:
                return tuple(fact for fact in facts if counted.start <= fact.starts_at < counted.until)
        scope = self._scope(counted)
        rows = await figures.counts(self.tx, scope.start, scope.until, principal=self.person)
        facts = self._facts[scope.start, scope.until] = tuple(row.facts for row in rows)
        return facts


def _is_sealed(question: Question) -> bool:
    return any(needs_tags(name) for name in question.dimensions)
