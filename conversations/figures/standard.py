"""The white paper's rules for an interview, each a figure of the catalogue: met or not, per interview and per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conversations.figures.asked import CUT, Question, Tally
from conversations.figures.catalogue import FIGURES, RateOf
from conversations.figures.facts import AttemptFacts
from conversations.figures.marks import MARKS
from conversations.figures.numbers import Rate
from conversations.figures.views import Point, cuts_at, points_of

RULES = ("four_elements", "two_channels", "contacted_in_time", "owned")
WHOLE = "standard"
"""The figure of the interviews that meet every rule."""


@dataclass(frozen=True, slots=True)
class Standard:
    """How far the rules are met: of each rule its months in order, and the interviews that missed it last."""

    months: Mapping[str, tuple[Point, ...]]
    missed: Mapping[str, tuple[int, ...]]
    """Numbers of interviews of the last month, the latest first."""

    def now(self, rule: str) -> Rate:
        return self.months[rule][-1].rate

    def before(self, rule: str) -> Rate | None:
        """Return the month before."""
        return self.months[rule][-2].rate if len(self.months[rule]) > 1 else None


def standard_question(months: Sequence[date], zone: str) -> Question:
    counts = dict.fromkeys(count for name in (*RULES, WHOLE) for count in FIGURES[name].how.counts)
    return Question(tuple(counts), (CUT,), cuts=cuts_at(months, zone))


def standard_of(tally: Tally, months: Sequence[date], missed: Mapping[str, tuple[int, ...]]) -> Standard:
    found = {name: points_of(tally, months, name) for name in (*RULES, WHOLE)}
    return Standard(found, missed)


def rule(name: str) -> tuple[tuple[str, ...], str]:
    """Return whom a rule concerns, by marks, and the mark of meeting it."""
    how = FIGURES[name].how
    if not isinstance(how, RateOf):
        raise LookupError(f"{name} is no rate")
    (hit,) = how.hit
    return how.among, hit


def verdicts(fact: AttemptFacts, now: datetime) -> Mapping[str, bool | None]:
    """Return whether an attempt meets each rule; None where the rule does not concern it (yet)."""
    found: dict[str, bool | None] = {}
    for name in RULES:
        among, hit = rule(name)
        concerned = all(MARKS[mark](fact, now) for mark in among)
        found[name] = MARKS[hit](fact, now) if concerned else None
    return found
