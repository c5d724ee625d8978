"""Every figure, defined once: how it is computed from attempts, and its definition in words to stand beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil, sqrt
from typing import Literal
from uuid import UUID

from conversations.interview import Outcome, Reason
from locales.text import Text, ct, t
from locales.zones import local

SMALLEST_GROUP = 5
"""Groups of fewer attempts are not shown: they would tell about persons."""
WITHIN = timedelta(hours=1)
Z95 = 1.959963984540054
"""The normal quantile of a two-sided interval at 95 percent."""

REASONS: Mapping[Reason | None, Text] = {
    Reason.FORGOT: ct("reason", "forgot the time"),
    Reason.TECHNICAL: ct("reason", "technical problem"),
    Reason.CAME_UP: ct("reason", "something came up"),
    Reason.UNCLEAR: ct("reason", "notice was unclear"),
    Reason.OTHER_OFFER: ct("reason", "took another offer"),
    Reason.PRIVATE: ct("reason", "would rather not say"),
    Reason.OTHER: ct("reason", "another reason"),
    None: ct("reason", "reason unknown"),
}


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What the figures need to know of one attempt."""

    attempt: UUID
    number: int
    """The interview's number."""
    company: str
    role: str
    starts_at: datetime
    source: str = ""
    candidate_type: str = ""
    outcome: Outcome | None = None
    reason: Reason | None = None
    invited_at: datetime | None = None
    bound: bool = False
    reminded: bool = False
    confirmed_at: datetime | None = None
    entered_at: datetime | None = None
    joined_at: datetime | None = None
    flagged_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    """When the case of the no-show was closed."""
    rebooked: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_joined(self) -> bool:
        return self.outcome in (Outcome.JOINED, Outcome.COMPLETED)

    @property
    def is_no_show(self) -> bool:
        return self.outcome is Outcome.NO_SHOW

    @property
    def is_decided(self) -> bool:
        """Whether it was due and it is known how it went."""
        return self.has_joined or self.is_no_show


@dataclass(frozen=True, slots=True)
class Rate:
    """`k` of `n`, with Wilson's interval at 95 percent; without any `n` the ratio is not known."""

    k: int
    n: int
    ratio: float | None
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        return self.n >= SMALLEST_GROUP


@dataclass(frozen=True, slots=True)
class Share:
    """How many no-shows gave a reason; None is the unknown."""

    reason: Reason | None
    k: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took: half of all `n` no longer than the median, nine in ten no longer than `p90`."""

    n: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the funnel: how many of all attempts got there."""

    name: str
    label: Text
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A rate for each value of a dimension, the largest group first, and what was too small to show."""

    shown: Mapping[str, Rate]
    hidden_groups: int
    hidden_attempts: int


FigureValue = Rate | Durations | tuple[Share, ...] | tuple[Stage, ...]


def rate(k: int, n: int) -> Rate:
    """Return a ratio with Wilson's score interval (E. B. Wilson, JASA 22, 1927)."""
    if not n:
        return Rate(0, 0, None, 0.0, 1.0)
    p, z2 = k / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Rate(
        k, n, p, 0.0 if k == 0 else max(0.0, middle - half), 1.0 if k == n else min(1.0, middle + half)
    )


def no_show_rate(facts: Sequence[AttemptFacts]) -> Rate:
    """Return the share of no-shows among attempts that were due and not cancelled, moved or undecided."""
    decided = [fact for fact in facts if fact.is_decided]
    return rate(sum(fact.is_no_show for fact in decided), len(decided))


def reason_shares(facts: Sequence[AttemptFacts]) -> tuple[Share, ...]:
    """Return each reason that was given, the most frequent first, and last those that are unknown."""
    counts = Counter(fact.reason for fact in facts if fact.is_no_show)
    order = list(REASONS)
    ranked = sorted(counts, key=lambda reason: (reason is None, -counts[reason], order.index(reason)))
    return tuple(Share(reason, counts[reason], counts[reason] / counts.total()) for reason in ranked)


def handling_time(facts: Sequence[AttemptFacts]) -> Durations:
    """Return how long it took from the flag until the case was closed, for the no-shows that are closed."""
    spans = sorted(
        fact.closed_at - fact.flagged_at
        for fact in facts
        if fact.is_no_show and fact.flagged_at is not None and fact.closed_at is not None
    )
    if not spans:
        return Durations(0, None, None)
    n = len(spans)
    median = (spans[(n - 1) // 2] + spans[n // 2]) / 2
    return Durations(n, median, spans[ceil(n * 9 / 10) - 1])


def contacted_in_time(facts: Sequence[AttemptFacts], now: datetime, within: timedelta = WITHIN) -> Rate:
    """Return the share of no-shows who were asked within the hour; who may still be is not counted yet."""
    due = [fact for fact in facts if fact.is_no_show and fact.flagged_at is not None]
    asked = sum(_was_asked(fact, within) for fact in due)
    return rate(asked, asked + len(late_contacts(facts, now, within)))


def late_contacts(
    facts: Sequence[AttemptFacts], now: datetime, within: timedelta = WITHIN
) -> tuple[AttemptFacts, ...]:
    """Return the no-shows who were not asked within the hour: the breaches."""
    return tuple(
        fact
        for fact in facts
        if fact.is_no_show
        and fact.flagged_at is not None
        and not _was_asked(fact, within)
        and now > fact.flagged_at + within
    )


def recovered(facts: Sequence[AttemptFacts]) -> Rate:
    """Return the share of no-shows who took a new appointment."""
    missed = [fact for fact in facts if fact.is_no_show]
    return rate(sum(fact.rebooked for fact in missed), len(missed))


def funnel(facts: Sequence[AttemptFacts]) -> tuple[Stage, ...]:
    """Return how many of the attempts that were not cancelled or moved got to each step; one may skip a step."""
    counted = [fact for fact in facts if fact.outcome not in (Outcome.CANCELLED, Outcome.MOVED)]
    return tuple(
        Stage(name, label, sum(map(got_there, counted)), len(counted)) for name, label, got_there in _STAGES
    )


def value_of(fact: AttemptFacts, dimension: str) -> str:
    """Return an attempt's company, role, source, candidate_type, or what its tag of that name says."""
    if dimension in ("company", "role", "source", "candidate_type"):
        return str(getattr(fact, dimension))
    return fact.tags.get(dimension, "")


def breakdown(facts: Sequence[AttemptFacts], dimension: str) -> Breakdown:
    """Return the no-show rate of every group that is large enough; the empty name is for those without a value."""
    groups: dict[str, list[AttemptFacts]] = {}
    for fact in facts:
        groups.setdefault(value_of(fact, dimension), []).append(fact)
    rates = {name: found for name, group in groups.items() if (found := no_show_rate(group)).n}
    ranked = sorted(rates, key=lambda name: (-rates[name].n, name))
    hidden = [found for found in rates.values() if not found.is_shown]
    shown = {name: rates[name] for name in ranked if rates[name].is_shown}
    return Breakdown(shown, len(hidden), sum(found.n for found in hidden))


def by_period(
    facts: Sequence[AttemptFacts], zone: str, period: Literal["day", "week", "month"]
) -> Mapping[date, Rate]:
    """Return the no-show rate by the first day of each day, week (from Monday) or month in `zone`, in order."""
    groups: dict[date, list[AttemptFacts]] = {}
    for fact in facts:
        day = local(fact.starts_at, zone).date()
        if period == "week":
            day -= timedelta(days=day.weekday())
        elif period == "month":
            day = day.replace(day=1)
        groups.setdefault(day, []).append(fact)
    return {day: no_show_rate(groups[day]) for day in sorted(groups)}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that may be asked for by name."""

    name: str
    label: Text
    definition: Text
    of: Callable[[Sequence[AttemptFacts], datetime], FigureValue]


FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "no_show_rate",
            t("no-show rate"),
            t(
                "Of the interviews that were due, the share where the candidate did not join. Each appointment counts "
                "by itself, also after rebooking; cancelled, moved and undecided ones do not. "
                "The range is Wilson's interval at 95 percent."
            ),
            lambda facts, now: no_show_rate(facts),
        ),
        Figure(
            "reasons",
            t("reasons"),
            t(
                "Of all no-shows, the share of each reason the candidate or HR gave; the unknown ones are shown too."
            ),
            lambda facts, now: reason_shares(facts),
        ),
        Figure(
            "handling_time",
            t("no-show handling time"),
            t("From the no-show flag until its case was closed. Cases that are still open do not count yet."),
            lambda facts, now: handling_time(facts),
        ),
        Figure(
            "contacted_in_time",
            t("asked within the hour"),
            t(
                "Of all no-shows, the share whose question why was accepted by a platform within an hour of the flag. "
                "Those whose hour is not over yet do not count."
            ),
            contacted_in_time,
        ),
        Figure(
            "recovered",
            t("rebooked after a no-show"),
            t("Of all no-shows, the share who took a new appointment."),
            lambda facts, now: recovered(facts),
        ),
        Figure(
            "funnel",
            t("from invitation to interview"),
            t(
                "Of all appointments that were neither cancelled nor moved, how many candidates were invited, came to "
                "the bot, were reminded, confirmed, tapped the link and joined. One may skip a step."
            ),
            lambda facts, now: funnel(facts),
        ),
    )
}


def _was_asked(fact: AttemptFacts, within: timedelta) -> bool:
    return (
        fact.flagged_at is not None
        and fact.contacted_at is not None
        and fact.contacted_at - fact.flagged_at <= within
    )


_STAGES: tuple[tuple[str, Text, Callable[[AttemptFacts], bool]], ...] = (
    ("invited", ct("funnel", "invited"), lambda fact: fact.invited_at is not None),
    ("bound", ct("funnel", "came to the bot"), lambda fact: fact.bound),
    ("reminded", ct("funnel", "reminded"), lambda fact: fact.reminded),
    ("confirmed", ct("funnel", "confirmed"), lambda fact: fact.confirmed_at is not None),
    ("entered", ct("funnel", "tapped the link"), lambda fact: fact.entered_at is not None),
    ("joined", ct("funnel", "joined"), lambda fact: fact.has_joined or fact.joined_at is not None),
)
