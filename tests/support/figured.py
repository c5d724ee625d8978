"""What the needs of figures find, made of plain facts: as the database would answer, without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from conversations.digest import WINDOWS, DigestFacts, TodayLine
from conversations.digest.longer import Longer
from conversations.figures import (
    CUT,
    FIGURES,
    WEEKS,
    AttemptFacts,
    Period,
    Question,
    by_group,
    cuts_at,
    dimension,
    overview,
    parts_of,
    periods_until,
    proof,
    reference,
    shares_of,
    standard,
    trend_of,
)
from conversations.figures.hints import hints
from conversations.interview import Outcome, Reason
from conversations.policy import Policy
from conversations.risks import Risks
from conversations.understanding.when import when_of

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 6, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = 7 * DAY


def attempt(n: int, starts_at: datetime, *, missed: bool, **known: Any) -> AttemptFacts:
    """Return what is known of an attempt; one that was missed was flagged, asked about and settled."""
    story = (
        {
            "outcome": Outcome.NO_SHOW,
            "flagged_at": starts_at + 10 * MINUTE,
            "contacted_at": starts_at + 11 * MINUTE,
            "closed_at": starts_at + 90 * MINUTE,
        }
        if missed
        else {"outcome": Outcome.COMPLETED, "joined_at": starts_at}
    )
    usual = {
        "company": "example",
        "role": "Java",
        "starts_at": starts_at,
        "zone": ZONE,
        "booked_at": starts_at - 3 * DAY,
        "channels": ("sms", "telegram"),
        "bound": True,
        "reminded": True,
    }
    return AttemptFacts(uuid5(NAMESPACE_URL, f"fact {n}"), n, **{**usual, **story, **known})


def some(
    n: int, missed: int, at: datetime = NOW - DAY, first: int = 1000, **known: Any
) -> tuple[AttemptFacts, ...]:
    """Return n attempts at one time, of which the first were missed."""
    return tuple(attempt(first + k, at, missed=k < missed, **known) for k in range(n))


def reasons(*given: Reason | None, **known: Any) -> tuple[AttemptFacts, ...]:
    """Return no-shows with these reasons."""
    return tuple(attempt(2000 + n, NOW - DAY, missed=True, reason=r, **known) for n, r in enumerate(given))


def asked_for(args: Mapping[str, str], *filters: overview.Filter) -> overview.Asked:
    window = when_of(args.get("when") or "last30d", NOW, ZONE)
    assert window is not None
    return overview.Asked(Period(window[0], min(window[1], NOW), ZONE), filters)


def stats(
    facts: Sequence[AttemptFacts], args: Mapping[str, str], policy: Policy, *filters: overview.Filter
) -> overview.Overview:
    meant = asked_for(args, *filters)
    within = [one for one in facts if meant.period.start <= one.starts_at < meant.period.until]
    tally = reference.tally(facts, overview.overview_question(meant), NOW)
    spans = reference.spans(facts, overview.spans_question(meant), NOW)
    groups = [
        reference.tally(within, overview.group_question(meant, name), NOW) for name in overview.SEGMENTS
    ]
    by = dimension(args.get("by", ""))
    split = reference.tally(within, overview.group_question(meant, by), NOW) if by else None
    found = overview.overview_of(meant, tally, spans, split)
    told = hints(policy, found.shares, map(by_group, groups), found.handling, meant.named)
    return overview.overview_of(meant, tally, spans, split, told)


def why(facts: Sequence[AttemptFacts], args: Mapping[str, str], policy: Policy) -> overview.Reasons:
    def split(name: str, by: str) -> Any:
        return reference.tally(facts, Question(FIGURES[name].how.counts, (by,)), NOW)

    shares = shares_of(split("reasons", "reason"))
    return overview.Reasons(
        asked_for(args),
        shares,
        parts_of(split("technical_checks", "check"), "technical_checks"),
        parts_of(split("technical_devices", "device"), "technical_devices"),
        hints(policy, shares),
    )


def weeks(facts: Sequence[AttemptFacts]) -> overview.Weeks:
    days = periods_until(NOW, ZONE, "week", WEEKS)
    cuts = cuts_at(days, ZONE)
    question = Question(FIGURES["no_show_rate"].how.counts, (CUT,), cuts=cuts)
    trend = trend_of(reference.tally(facts, question, NOW), days)
    return overview.Weeks(overview.Asked(Period(cuts[0], NOW, ZONE)), trend)


def compared(facts: Sequence[AttemptFacts], live_on: date) -> proof.Proof:
    tally = reference.tally(facts, proof.proof_question(live_on, ZONE), NOW)
    spans = reference.spans(facts, proof.handling_question(live_on, ZONE), NOW)
    return proof.proof_of(live_on, tally, spans, Period(NOW - 366 * DAY, NOW, ZONE))


def judged(facts: Sequence[AttemptFacts], missed: Mapping[str, tuple[int, ...]]) -> standard.Standard:
    months = periods_until(NOW, ZONE, "month", 3)
    tally = reference.tally(facts, standard.standard_question(months, ZONE), NOW)
    return standard.standard_of(tally, months, {name: missed.get(name, ()) for name in standard.RULES})


def ahead(*risks: tuple[str, ...]) -> Risks:
    lines = tuple(
        TodayLine(1000 + n, "李雷", NOW + (n + 1) * DAY, ZONE, "Java", each) for n, each in enumerate(risks)
    )
    return Risks(lines, (NOW, NOW + 7 * DAY))


LIVE_ON = date(2026, 9, 1)
MISSION = (
    *some(
        100, 18, datetime(2026, 8, 3, 6, tzinfo=UTC), 1, reason=Reason.FORGOT,
        booked_at=datetime(2026, 8, 3, 6, tzinfo=UTC), closed_at=datetime(2026, 8, 3, 8, 10, tzinfo=UTC),
    ),
    *some(100, 6, datetime(2026, 10, 5, 6, tzinfo=UTC), 500, reason=Reason.CAME_UP),
)  # fmt: skip
"""The white paper's case: 18 % before, 6 % after."""


def found(policy: Policy) -> dict[str, Any]:
    """Return something for every need of figures, by name."""
    usual = some(40, 5, reason=Reason.FORGOT)
    longer = Longer(
        "hr", "week", date(2026, 11, 16), date(2026, 11, 22), stats(usual, {}, policy), weeks(usual)
    )
    return {
        "digest": DigestFacts("hr", date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 23), joined=3),
        "digest_lines": {},
        **{f"digest_period:{window}": replace(longer, window=window) for window in WINDOWS},
        "stats": lambda args: stats(usual, args, policy),
        "reasons": lambda args: why(usual, args, policy),
        "trend": lambda args: weeks(usual),
        "report": lambda args: compared(MISSION, date.fromisoformat(args["live_on"])),
        "standard": lambda args: judged(usual, {}),
        "risk": lambda args: ahead(("unconfirmed",), ()),
    }
