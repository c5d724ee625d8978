"""What a daily digest tells, as data, and how each of its lines stands by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from conversations.figures import Share
from conversations.interview import Attempt, CaseKind, Reason
from conversations.prechecks import Verdict
from locales.text import Text, ct

LATELY = timedelta(days=30)
TAKEN = "taken"
"""What is left of a case that somebody looks after."""
RISKS_SHOWN = 3
"""Each line has two buttons, and no message has more than nine."""
CASES_SHOWN = 3

RISKS: Mapping[str, Text] = {
    "unbound": ct("risk", "cannot be reached yet"),
    "no_show_before": ct("risk", "no-show before"),
    "unconfirmed": ct("risk", "not confirmed"),
    "precheck_failed": ct("risk", "device check failed"),
    "no_precheck": ct("risk", "no device check yet"),
}
"""What makes an interview of today worth a look, the most serious first."""


@dataclass(frozen=True, slots=True)
class TodayLine:
    """An interview of today, with the names of its risks."""

    number: int
    name: str
    """As it is; the digest hides the given name."""
    starts_at: datetime
    zone: str
    role: str
    risks: tuple[str, ...] = ()
    interview: UUID | None = None
    attempt: UUID | None = None

    @property
    def label(self) -> str:
        return f"I-{self.number}"


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is not closed."""

    number: int
    kind: CaseKind
    interview: int
    """The interview's number."""
    name: str
    waiting: timedelta
    """How long ago it was opened."""
    owner: str | None = None
    id: UUID | None = None
    of: UUID | None = None
    """The interview's id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line of a digest stands now: the risks that are left, or what settled it."""

    risks: tuple[str, ...] = ()
    settled: Text | None = None
    nudged_at: datetime | None = None
    """When somebody last had a reminder sent, from here or by hand."""


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a digest tells: attempts of the days `since` to `until`, as of the morning after."""

    team: str
    on: date
    """The local date of the digest itself."""
    since: date
    until: date
    joined: int = 0
    no_shows: int = 0
    undecided: int = 0
    """Due, but nobody said how it went."""
    cancelled: int = 0
    """Cancelled or moved before the start."""
    reasons: Mapping[Reason | None, int] = field(default_factory=dict)
    lately: tuple[Share, ...] = ()
    """The reasons of the last weeks: a day alone has too few."""
    hint: Text | None = None
    """What the last weeks suggest to do."""
    breaches: tuple[str, ...] = ()
    """Labels of the interviews whose candidates were not asked within the hour."""
    handled_late: tuple[str, ...] = ()
    """Labels of those whose case took longer than two hours."""
    handling: timedelta | None = None
    """Median from flag to closed."""
    today: tuple[TodayLine, ...] = ()
    checks: Mapping[Verdict, int] = field(default_factory=dict)
    """How the last device checks of today's interviews ended."""
    open_cases: tuple[OpenCase, ...] = ()
    unbound: tuple[str, ...] = ()
    """Labels of interviews after today whose candidates cannot be reached yet."""
    rating: float | None = None
    """How candidates found it, 1 to 5, on average of those who said so."""
    ratings: int = 0
    surveyed: int = 0
    """How many were asked."""
    outage: Text | None = None
    is_late: bool = False

    @property
    def due(self) -> int:
        return self.joined + self.no_shows + self.undecided

    @property
    def is_empty(self) -> bool:
        to_do = self.today or self.open_cases or self.unbound or self.breaches or self.outage
        return not self.due and not self.cancelled and not to_do

    @property
    def risky(self) -> tuple[TodayLine, ...]:
        """Today's interviews that are worth a look, the most urgent first."""
        return tuple(sorted((line for line in self.today if line.risks), key=_urgency))

    @property
    def ranked_cases(self) -> tuple[OpenCase, ...]:
        """The open cases: those that nobody has, then those that wait the longest."""
        return tuple(sorted(self.open_cases, key=lambda case: (case.owner is not None, -case.waiting)))


def risks_of(
    attempt: Attempt,
    *,
    is_bound: bool,
    missed_before: bool,
    check: Verdict | None = None,
    wants_check: bool = False,
) -> tuple[str, ...]:
    """Return an attempt's risks by rules that can be told: unbound, no-show before, a failed check, unconfirmed.

    With `wants_check` a device that was not checked is one, too.
    """
    rules = {
        "unbound": not is_bound,
        "no_show_before": missed_before,
        "unconfirmed": attempt.confirmed_at is None,
        "precheck_failed": check == "failed",
        "no_precheck": wants_check and check is None,
    }
    return tuple(name for name, holds in rules.items() if holds)


def ranked(risks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in RISKS if name in risks)


def _urgency(line: TodayLine) -> tuple[int, datetime]:
    order = list(RISKS)
    return min(order.index(risk) for risk in line.risks), line.starts_at


# -- as a session keeps them -----------------------------------------------------------------------------

_FACTS: TypeAdapter[DigestFacts] = TypeAdapter(DigestFacts)
_UNKNOWN = ""


def plain(facts: DigestFacts) -> dict[str, Any]:
    """Return facts as plain JSON: what was told in the morning stays what was told."""
    data: dict[str, Any] = _FACTS.dump_python(replace(facts, reasons={}, lately=()), mode="json")
    reasons = {reason.value if reason else _UNKNOWN: n for reason, n in facts.reasons.items()}
    return {**data, "reasons": reasons}


def facts_from(data: Mapping[str, Any]) -> DigestFacts:
    """Return what `plain` was given."""
    facts = _FACTS.validate_python({**data, "reasons": {}})
    reasons = {Reason(name) if name else None: n for name, n in data["reasons"].items()}
    return replace(facts, reasons=reasons)
