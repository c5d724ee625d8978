"""Figures from facts, in plain Python: what the SQL of `store.figures` is compared with, and for small numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from conversations.figures.asked import CUT, Count, Key, Question, Spans, Tally
from conversations.figures.catalogue import FIGURES
from conversations.figures.dimensions import value_of
from conversations.figures.facts import AttemptFacts
from conversations.figures.marks import AMOUNTS, MARKS
from conversations.figures.numbers import Durations, Rate, durations
from conversations.figures.views import Share, Stage, funnel_of, rate_of, shares_of


def tally(facts: Sequence[AttemptFacts], question: Question, now: datetime) -> Tally:
    """Count what a question asks."""
    rows: dict[Key, tuple[int, ...]] = {}
    for fact in facts:
        if is_meant(fact, question):
            key = key_of(fact, question)
            so_far = rows.get(key, (0,) * len(question.counts))
            rows[key] = tuple(
                n + _amount(fact, count, now) for n, count in zip(so_far, question.counts, strict=True)
            )
    return Tally(question, rows)


def spans(facts: Sequence[AttemptFacts], question: Question, now: datetime) -> Spans:
    """Return how long handling took, in every group of a question."""
    among = FIGURES["handling_time"].how.among
    found: dict[Key, list[timedelta]] = {}
    for fact in facts:
        if fact.handling is not None and is_meant(fact, question) and _bears(fact, among, now):
            found.setdefault(key_of(fact, question), []).append(fact.handling)
    return Spans(question, {key: durations(group) for key, group in found.items()})


def is_meant(fact: AttemptFacts, question: Question) -> bool:
    return all(value_of(fact, name) in values for name, values in question.where.items())


def key_of(fact: AttemptFacts, question: Question) -> Key:
    return tuple(
        str(bisect_right(question.cuts, fact.starts_at)) if name == CUT else value_of(fact, name)
        for name in question.by
    )


def _bears(fact: AttemptFacts, marks: Sequence[str], now: datetime) -> bool:
    return all(MARKS[mark](fact, now) for mark in marks)


def _amount(fact: AttemptFacts, count: Count, now: datetime) -> int:
    if not _bears(fact, count.of, now):
        return 0
    return AMOUNTS[count.adds](fact) if count.adds else 1


# -- single figures --------------------------------------------------------------------------------------


def _rate(facts: Sequence[AttemptFacts], name: str, now: datetime) -> Rate:
    counts = FIGURES[name].how.counts
    return rate_of(tally(facts, Question(counts), now), name)


def no_show_rate(facts: Sequence[AttemptFacts]) -> Rate:
    """Return the share of no-shows among attempts that were due and not cancelled, moved or undecided."""
    return _rate(facts, "no_show_rate", _WHENEVER)


def recovered(facts: Sequence[AttemptFacts]) -> Rate:
    """Return the share of no-shows who took a new appointment and joined it."""
    return _rate(facts, "recovered", _WHENEVER)


def contacted_in_time(facts: Sequence[AttemptFacts], now: datetime) -> Rate:
    """Return the share of no-shows who were asked within the hour; who may still be is not counted yet."""
    return _rate(facts, "contacted_in_time", now)


def late_contacts(facts: Sequence[AttemptFacts], now: datetime) -> tuple[AttemptFacts, ...]:
    """Return the no-shows who were not asked within the hour: the breaches."""
    return tuple(
        fact
        for fact in facts
        if _bears(fact, ("no_show", "watched", "hour_over"), now)
        and not _bears(fact, ("asked_in_time",), now)
    )


def reason_shares(facts: Sequence[AttemptFacts]) -> tuple[Share, ...]:
    """Return each reason that was given, the most frequent first, and last those that are unknown."""
    figure = FIGURES["reasons"].how
    return shares_of(tally(facts, Question(figure.counts, ("reason",)), _WHENEVER))


def handling_time(facts: Sequence[AttemptFacts]) -> Durations:
    """Return how long it took from the flag until the case was closed, for the no-shows that are closed."""
    return spans(facts, Question(()), _WHENEVER).of()


def funnel(facts: Sequence[AttemptFacts]) -> tuple[Stage, ...]:
    """Return how many of the attempts that were not cancelled or moved got to each step; one may skip a step."""
    return funnel_of(tally(facts, Question(FIGURES["funnel"].how.counts), _WHENEVER)).stages


_WHENEVER = datetime.max.replace(tzinfo=UTC)
"""For figures that do not depend on the moment they are asked for."""
