"""Figures as they are looked at, by group, week, hour and step, small groups hidden: numbers for words and charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from conversations.figures.asked import CUT, Question, Tally
from conversations.figures.catalogue import FIGURES, STEPS
from conversations.figures.dimensions import label_of
from conversations.figures.numbers import Average, Change, Rate, average, change, rate
from conversations.figures.reasons import REASONS
from conversations.interview import Reason
from locales.text import Text
from locales.zones import day_bounds, local

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """The attempts that start from `start` until before `until`; its days are those of `zone`."""

    start: datetime
    until: datetime
    zone: str

    @property
    def first(self) -> date:
        return local(self.start, self.zone).date()

    @property
    def last(self) -> date:
        return local(self.until - timedelta(microseconds=1), self.zone).date()

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        return Period(self.start - (self.until - self.start), self.start, self.zone)


def rate_of(tally: Tally, name: str) -> Rate:
    """Return a figure that is a rate, over all groups of a tally."""
    hit, among = FIGURES[name].how.counts
    return rate(tally.of(hit), tally.of(among))


def average_of(tally: Tally, name: str = "rating") -> Average:
    total, n = FIGURES[name].how.counts
    return average(tally.of(total), tally.of(n))


# -- reasons ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """How many no-shows gave a reason; None is the unknown."""

    reason: Reason | None
    k: int
    ratio: float


def shares_of(tally: Tally) -> tuple[Share, ...]:
    """Return each reason that was given, the most frequent first, and last the unknown, of a tally by `reason`."""
    (count,) = FIGURES["reasons"].how.counts
    counts = {
        Reason(value) if value else None: part.of(count) for value, part in tally.along("reason").items()
    }
    total, order = sum(counts.values()), list(REASONS)
    ranked = sorted(counts, key=lambda reason: (reason is None, -counts[reason], order.index(reason)))
    return tuple(Share(reason, counts[reason], counts[reason] / total) for reason in ranked if counts[reason])


@dataclass(frozen=True, slots=True)
class Part:
    """How many attempts have a value of a dimension, of all that are looked at."""

    value: str
    k: int
    ratio: float


def parts_of(tally: Tally, name: str) -> tuple[Part, ...]:
    """Return what a figure of shares finds, the most frequent first; nothing where fewer than five are looked at."""
    figure = FIGURES[name].how
    dimension = tally.question.by[0]
    counts = {value: part.of(figure.counts[0]) for value, part in tally.along(dimension).items()}
    total = sum(counts.values())
    if not rate(0, total).is_shown:
        return ()
    ranked = sorted((value for value in counts if counts[value]), key=lambda value: (-counts[value], value))
    return tuple(Part(value, counts[value], counts[value] / total) for value in ranked)


# -- by group --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a dimension. `against` is its rate against all others together, allowing for all comparisons."""

    value: str
    rate: Rate
    against: Change | None = None

    @property
    def stands_out(self) -> bool:
        return self.against is not None and self.against.is_significant and self.against.difference > 0


@dataclass(frozen=True, slots=True)
class Others:
    """The groups that are too small to show, taken together; no rate where they are few even so."""

    groups: int
    attempts: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class ByGroup:
    """A rate for each value of a dimension, the highest rate first, with the average over everybody."""

    figure: str
    dimension: str
    groups: tuple[Group, ...]
    average: Rate
    others: Others | None = None

    @property
    def label(self) -> Text:
        return label_of(self.dimension)


def by_group(tally: Tally, name: str = "no_show_rate") -> ByGroup:
    """Return a rate by the only dimension of a tally; groups of fewer than five are hidden among the others."""
    (dimension,) = tally.question.by
    rates = {
        value: found for value, part in tally.along(dimension).items() if (found := rate_of(part, name)).n
    }
    shown = [value for value, found in rates.items() if found.is_shown]
    hidden = [found for found in rates.values() if not found.is_shown]
    whole = rate_of(tally, name)
    groups = (Group(value, rates[value], _against_rest(rates[value], whole, len(shown))) for value in shown)
    ranked = sorted(groups, key=lambda group: (-(group.rate.ratio or 0), -group.rate.n, group.value))
    return ByGroup(name, dimension, tuple(ranked), whole, _others(hidden))


def _against_rest(one: Rate, whole: Rate, comparisons: int) -> Change | None:
    return change(one, rate(whole.k - one.k, whole.n - one.n), comparisons)


def _others(hidden: Sequence[Rate]) -> Others | None:
    if not hidden:
        return None
    together = rate(sum(found.k for found in hidden), sum(found.n for found in hidden))
    return Others(len(hidden), together.n, together if together.is_shown else None)


# -- along time ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """A rate of the days from `first` on."""

    first: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class Trend:
    """A rate week by week (from Monday), the running week last; `change` is of the last four whole weeks."""

    figure: str
    points: tuple[Point, ...]
    change: Change | None

    @property
    def streak(self) -> int:
        """For how many whole weeks it has risen (above zero) or fallen (below) without a break."""
        known = [point.rate.ratio for point in self.points[:-1] if point.rate.ratio is not None]
        steps = [(now > was) - (now < was) for was, now in pairwise(known)]
        if not steps or not steps[-1]:
            return 0
        n = next((n for n, step in enumerate(reversed(steps)) if step != steps[-1]), len(steps))
        return n * steps[-1]


Grain = Literal["day", "week", "month"]


def periods_until(now: datetime, zone: str, grain: Grain, n: int) -> tuple[date, ...]:
    """Return the first days of the last `n` days, weeks or months in `zone`, the running one last."""
    today = local(now, zone).date()
    if grain == "month":
        months = today.year * 12 + today.month - 1
        return tuple(date(m // 12, m % 12 + 1, 1) for m in range(months - n + 1, months + 1))
    step = timedelta(days=7 if grain == "week" else 1)
    first = today - timedelta(days=today.weekday()) if grain == "week" else today
    return tuple(first - step * back for back in reversed(range(n)))


def cuts_at(days: Iterable[date], zone: str) -> tuple[datetime, ...]:
    """Return the instants at which these days begin."""
    return tuple(day_bounds(day, zone)[0] for day in days)


def points_of(tally: Tally, days: Sequence[date], name: str = "no_show_rate") -> tuple[Point, ...]:
    """Return a rate for each period that begins on one of these days, of a tally cut there."""
    found = tally.along(CUT)
    nothing = Tally(Question(tally.question.counts), {})
    return tuple(Point(day, rate_of(found.get(str(n), nothing), name)) for n, day in enumerate(days, start=1))


def trend_of(tally: Tally, weeks: Sequence[date], name: str = "no_show_rate") -> Trend:
    points = points_of(tally, weeks, name)
    whole = points[:-1]
    return Trend(name, points, change(_together(whole[-4:]), _together(whole[-8:-4])))


def _together(points: Sequence[Point]) -> Rate:
    return rate(sum(point.rate.k for point in points), sum(point.rate.n for point in points))


@dataclass(frozen=True, slots=True)
class Heat:
    """A rate by day of the week (1 is Monday) and hour, on the clocks of the interviews; of five attempts or more."""

    figure: str
    cells: Mapping[tuple[int, int], Rate]
    hidden: int
    """How many attempts lie in cells that are too small to show."""


def heat_of(tally: Tally, name: str = "no_show_rate") -> Heat:
    """Return a rate for each hour of the week, of a tally by `weekday` and `hour`."""
    rates = {
        (int(weekday), int(hour)): rate_of(part, name)
        for weekday, day in tally.along("weekday").items()
        for hour, part in day.along("hour").items()
    }
    shown = {cell: found for cell, found in rates.items() if found.is_shown}
    return Heat(name, shown, sum(found.n for found in rates.values()) - sum(f.n for f in shown.values()))


# -- step by step ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the funnel: how many of all attempts got there."""

    name: str
    label: Text
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many of all got to each step; one may skip a step."""

    stages: tuple[Stage, ...]


def funnel_of(tally: Tally) -> Funnel:
    everybody, *steps = FIGURES["funnel"].how.counts
    n = tally.of(everybody)
    return Funnel(
        tuple(
            Stage(name, label, tally.of(count), n) for (name, label), count in zip(STEPS, steps, strict=True)
        )
    )
