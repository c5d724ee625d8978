"""Before and after Turnout went live: no-shows, handling time, satisfaction and reasons, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.figures.asked import CUT, Count, Question, Spans, Tally
from conversations.figures.catalogue import FIGURES
from conversations.figures.numbers import Average, Change, Durations, Rate, change, rate
from conversations.figures.reasons import REASONS
from conversations.figures.views import Period, cuts_at, rate_of
from conversations.interview import Reason

_BEFORE, _AFTER = "0", "1"
_RATES = ("no_show_rate", "satisfaction", "handled_late")
_MISSED, _DUE = FIGURES["no_show_rate"].how.counts


@dataclass(frozen=True, slots=True)
class Side:
    """The figures of one side; `reasons` are shares of all interviews that were due: they add up to the rate."""

    period: Period
    no_shows: Rate
    handling: Durations
    handled_late: Rate
    satisfaction: Rate
    reasons: Mapping[Reason | None, Rate]


@dataclass(frozen=True, slots=True)
class Opinion:
    """How content HR was in a year: the mean of those who answered, 1 to 5, and how many were asked."""

    year: int
    found: Average
    asked: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What changed since `live_on`. A difference is None where one side has nothing to compare."""

    live_on: date
    before: Side
    after: Side
    opinions: tuple[Opinion, ...] = ()
    """Of the years in which HR was asked, the newest first."""

    @property
    def no_shows(self) -> Change | None:
        return change(self.after.no_shows, self.before.no_shows)

    @property
    def satisfaction(self) -> Change | None:
        return change(self.after.satisfaction, self.before.satisfaction)

    def reason(self, reason: Reason | None) -> Change | None:
        return change(self.after.reasons[reason], self.before.reasons[reason])


def proof_question(live_on: date, zone: str) -> Question:
    """Return what has to be counted; the handling times are asked for with the same question."""
    counts = dict.fromkeys(count for name in _RATES for count in FIGURES[name].how.counts)
    return Question((*counts, Count()), (CUT, "reason"), cuts=cuts_at((live_on,), zone))


def handling_question(live_on: date, zone: str) -> Question:
    return Question((), (CUT,), cuts=cuts_at((live_on,), zone))


def proof_of(live_on: date, tally: Tally, handling: Spans, whole: Period) -> Proof:
    """Return both sides of a tally of the `whole` period."""
    (cut,) = tally.question.cuts
    before = Period(min(whole.start, cut), cut, whole.zone)
    after = Period(cut, max(whole.until, cut), whole.zone)
    return Proof(live_on, _side(before, tally, handling, _BEFORE), _side(after, tally, handling, _AFTER))


def _side(period: Period, tally: Tally, handling: Spans, cut: str) -> Side:
    own = tally.part({CUT: cut})
    due = own.of(_DUE)
    reasons = {reason: rate(own.of(_MISSED, (reason.value if reason else "",)), due) for reason in REASONS}
    return Side(
        period,
        rate_of(own, "no_show_rate"),
        handling.of((cut,)),
        rate_of(own, "handled_late"),
        rate_of(own, "satisfaction"),
        reasons,
    )
