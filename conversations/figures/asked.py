"""A question about many attempts, as data: what is counted, split by what, of which attempts.

`conversations.figures.reference` answers it from facts in plain Python, `store.figures` with one SQL statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from conversations.figures.numbers import Durations

CUT = "cut"
"""The dimension of time: how many of the question's `cuts` an attempt's start has reached, "0", "1" …"""

Key = tuple[str, ...]
"""The values of the dimensions that a question is split by."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many attempts bear all of these marks; with `adds` that amount is added up instead."""

    of: tuple[str, ...] = ()
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Count each of `counts` in every group; `where` keeps the attempts that have one of the values."""

    counts: tuple[Count, ...]
    by: tuple[str, ...] = ()
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cuts: tuple[datetime, ...] = ()
    """Instants in order, for the dimension `cut`."""

    @property
    def dimensions(self) -> frozenset[str]:
        return frozenset({*self.by, *self.where}) - {CUT}


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of every group that has any attempt at all, in the order of the question."""

    question: Question
    rows: Mapping[Key, tuple[int, ...]]

    def of(self, count: Count, key: Key = ()) -> int:
        """Return a count of the attempts whose values begin with `key`: of all of them without one."""
        at = self.question.counts.index(count)
        return sum(row[at] for values, row in self.rows.items() if values[: len(key)] == key)

    def part(self, values: Mapping[str, str]) -> Tally:
        """Return the groups with these values, without these dimensions."""
        kept = [n for n, name in enumerate(self.question.by) if name not in values]
        wanted = [(self.question.by.index(name), value) for name, value in values.items()]
        rows: dict[Key, tuple[int, ...]] = {}
        for key, row in self.rows.items():
            if all(key[n] == value for n, value in wanted):
                rows[tuple(key[n] for n in kept)] = row
        by = tuple(self.question.by[n] for n in kept)
        return Tally(Question(self.question.counts, by, self.question.where, self.question.cuts), rows)

    def along(self, dimension: str) -> Mapping[str, Tally]:
        """Return a tally for each value of a dimension."""
        values = {key[self.question.by.index(dimension)] for key in self.rows}
        return {value: self.part({dimension: value}) for value in sorted(values)}


@dataclass(frozen=True, slots=True)
class Spans:
    """How long something took, in every group."""

    question: Question
    rows: Mapping[Key, Durations]

    def of(self, key: Key = ()) -> Durations:
        return self.rows.get(key, Durations(0, None, None))
