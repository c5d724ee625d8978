"""Everything that the page of figures shows at once: what has to be counted for it, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conversations.figures.asked import CUT, Question, Spans, Tally
from conversations.figures.catalogue import FIGURES
from conversations.figures.numbers import Average, Change, Durations, Rate, change
from conversations.figures.overview import Asked
from conversations.figures.views import (
    WEEKS,
    ByGroup,
    Funnel,
    Heat,
    Share,
    Trend,
    average_of,
    by_group,
    cuts_at,
    funnel_of,
    heat_of,
    periods_until,
    rate_of,
    shares_of,
    trend_of,
)

RATES = ("no_show_rate", "checks_passed", "recovered", "satisfaction", "response", "handled_late")
GROUPS = ("role", "source", "candidate_type", "channel")
"""By what the page splits the no-show rate in any case."""
_MOMENT = timedelta(microseconds=1)
_BEFORE, _NOW = "0", "1"


@dataclass(frozen=True, slots=True)
class Counted:
    """A question, of the attempts that start from `start` until before `until`."""

    start: datetime
    until: datetime
    question: Question


@dataclass(frozen=True, slots=True)
class Against:
    """A rate of the days asked for, and of as many days before."""

    now: Rate
    before: Rate

    @property
    def change(self) -> Change | None:
        """How it changed; None where one side is of too few to tell."""
        is_shown = self.now.is_shown and self.before.is_shown
        return change(self.now, self.before) if is_shown else None


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows, of the days and interviews that were asked for."""

    asked: Asked
    rates: Mapping[str, Against]
    rating: Average
    handling: Durations
    handling_before: Durations
    shares: tuple[Share, ...]
    trend: Trend
    heat: Heat
    funnel: Funnel
    groups: tuple[ByGroup, ...]

    @property
    def due(self) -> int:
        return self.rates["no_show_rate"].now.n


def weeks_of(asked: Asked) -> tuple[date, ...]:
    """Return the first days of the last twelve weeks, up to the end of the days asked for."""
    return periods_until(asked.period.until - _MOMENT, asked.period.zone, "week", WEEKS)


def questions(asked: Asked, also_by: str = "") -> Mapping[str, Counted]:
    """Return everything that has to be counted, by name; how long handling took is asked with `spans_of`."""
    period, where = asked.period, asked.where
    rate = FIGURES["no_show_rate"].how.counts
    weeks = cuts_at(weeks_of(asked), period.zone)
    found = {
        "trend": Counted(weeks[0], period.until, Question(rate, (CUT,), where, weeks)),
        "rates": _rates(asked),
        "heat": Counted(period.start, period.until, Question(rate, ("weekday", "hour"), where)),
        "funnel": Counted(period.start, period.until, Question(FIGURES["funnel"].how.counts, (), where)),
    }
    for name in groups_of(also_by):
        found[f"by:{name}"] = Counted(period.start, period.until, Question(rate, (name,), where))
    return found


def groups_of(also_by: str = "") -> Sequence[str]:
    return GROUPS if not also_by or also_by in GROUPS else (*GROUPS, also_by)


def spans_of(asked: Asked) -> Counted:
    """Return the question of how long handling took, in the days asked for and before."""
    period = asked.period
    question = Question((), (CUT,), asked.where, (period.start, period.until))
    return Counted(period.before.start, period.until, question)


def board_of(asked: Asked, answers: Mapping[str, Tally], spans: Spans) -> Board:
    """Return the board that the answers to `questions` and `spans_of` make."""
    rates = answers["rates"]
    now, before = rates.part({CUT: _NOW}), rates.part({CUT: _BEFORE})
    return Board(
        asked,
        {name: Against(rate_of(now, name), rate_of(before, name)) for name in RATES},
        average_of(now),
        spans.of((_NOW,)),
        spans.of((_BEFORE,)),
        shares_of(_no_shows(now)),
        trend_of(answers["trend"], weeks_of(asked)),
        heat_of(answers["heat"]),
        funnel_of(answers["funnel"]),
        tuple(by_group(tally) for name, tally in answers.items() if name.startswith("by:")),
    )


def _rates(asked: Asked) -> Counted:
    period = asked.period
    names = (*RATES, "rating", "reasons")
    counts = dict.fromkeys(count for name in names for count in FIGURES[name].how.counts)
    question = Question(tuple(counts), (CUT, "reason"), asked.where, (period.start, period.until))
    return Counted(period.before.start, period.until, question)


def _no_shows(tally: Tally) -> Tally:
    """Return the no-shows alone, as the figure of the reasons counts them."""
    (count,) = FIGURES["reasons"].how.counts
    at = tally.question.counts.index(count)
    return Tally(Question((count,), ("reason",)), {key: (row[at],) for key, row in tally.rows.items()})
