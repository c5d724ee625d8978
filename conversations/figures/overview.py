"""What is asked for together: the figures of some days beside those of the days before, the reasons, the weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.figures.asked import CUT, Question, Spans, Tally
from conversations.figures.catalogue import FIGURES
from conversations.figures.dimensions import said
from conversations.figures.hints import Hint
from conversations.figures.numbers import Average, Change, Durations, Rate, change
from conversations.figures.views import (
    ByGroup,
    Part,
    Period,
    Share,
    Trend,
    average_of,
    by_group,
    rate_of,
    shares_of,
)
from locales.text import Text, t

SEGMENTS = ("role", "source", "candidate_type", "lead", "channel")
"""The dimensions that hints look along."""
RATES = (
    "no_show_rate",
    "handled_late",
    "contacted_in_time",
    "rebooked",
    "recovered",
    "satisfaction",
    "response",
    "reminders_right",
    "support_timely",
)
_BEFORE, _NOW = "0", "1"


@dataclass(frozen=True, slots=True)
class Filter:
    """What figures are narrowed down to: the values of a dimension that somebody's words mean."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A filter or dimension that means nothing here: what was typed for it, and what there is."""

    key: str
    typed: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which attempts figures are: which days, narrowed down to what, and who is called how."""

    period: Period
    filters: tuple[Filter, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Recruiters' names, by their value."""

    def named(self, dimension: str, value: str) -> Text:
        """Return a value in words."""
        if dimension == "recruiter" and value in self.names:
            return t("{name}", name=self.names[value])
        return said(dimension, value)

    @property
    def where(self) -> Mapping[str, frozenset[str]]:
        return {each.dimension: frozenset(each.values) for each in self.filters}


@dataclass(frozen=True, slots=True)
class Overview:
    """Every figure of some days, by name; `change` is of the no-show rate against the same time before."""

    asked: Asked
    rates: Mapping[str, Rate]
    rating: Average
    shares: tuple[Share, ...]
    handling: Durations
    change: Change | None
    groups: ByGroup | None = None
    hints: tuple[Hint, ...] = ()


def overview_question(asked: Asked) -> Question:
    """Return what is counted: the days and those before, by reason."""
    names = (*RATES, "rating")
    counts = dict.fromkeys(count for name in names for count in FIGURES[name].how.counts)
    cuts = (asked.period.start, asked.period.until)
    return Question(tuple(counts), (CUT, "reason"), asked.where, cuts)


def spans_question(asked: Asked) -> Question:
    return Question((), (CUT,), asked.where, (asked.period.start, asked.period.until))


def group_question(asked: Asked, dimension: str) -> Question:
    return Question(FIGURES["no_show_rate"].how.counts, (dimension,), asked.where)


def overview_of(
    asked: Asked, tally: Tally, spans: Spans, groups: Tally | None = None, hints: tuple[Hint, ...] = ()
) -> Overview:
    """Return the overview that these answers make."""
    now, before = tally.part({CUT: _NOW}), tally.part({CUT: _BEFORE})
    rates = {name: rate_of(now, name) for name in RATES}
    return Overview(
        asked,
        rates,
        average_of(now),
        shares_of(_no_shows(now)),
        spans.of((_NOW,)),
        change(rates["no_show_rate"], rate_of(before, "no_show_rate")),
        by_group(groups) if groups is not None else None,
        hints,
    )


def _no_shows(tally: Tally) -> Tally:
    """Return the no-shows alone, as the figure of the reasons counts them."""
    (count,) = FIGURES["reasons"].how.counts
    at = tally.question.counts.index(count)
    return Tally(Question((count,), ("reason",)), {key: (row[at],) for key, row in tally.rows.items()})


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why candidates did not come; `checks` and `devices` are those of the technical no-shows."""

    asked: Asked
    shares: tuple[Share, ...]
    checks: tuple[Part, ...] = ()
    devices: tuple[Part, ...] = ()
    hints: tuple[Hint, ...] = ()

    @property
    def n(self) -> int:
        return sum(share.k for share in self.shares)

    @property
    def unknown(self) -> int:
        return sum(share.k for share in self.shares if share.reason is None)


@dataclass(frozen=True, slots=True)
class Weeks:
    """How the no-show rate went week by week."""

    asked: Asked
    trend: Trend
