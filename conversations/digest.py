"""The daily digest of a team: yesterday's figures, today's risks and what needs a person, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Literal

from conversations.figures import REASONS, rate
from conversations.interview import Attempt, CaseKind, Reason
from conversations.late import ON_TIME
from conversations.messages import Action, Block, Fact, Message, Note, Para, item
from conversations.policy import Policy
from conversations.prechecks import Verdict
from locales.mask import mask_name
from locales.text import Day, Listing, Percent, Span, Text, TimeOfDay, ct, nt, t
from locales.zones import local, local_time_at

LATE_AT_MOST = timedelta(hours=6)
"""A digest later than this, or of another day, is merged into the next."""
RISKS_SHOWN = 4
CASES_SHOWN = 3
NAMES_SHOWN = 3

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
    breaches: tuple[str, ...] = ()
    """Labels of the interviews whose candidates were not asked within the hour."""
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
    outage: Text | None = None
    is_late: bool = False

    @property
    def due(self) -> int:
        return self.joined + self.no_shows + self.undecided

    @property
    def is_empty(self) -> bool:
        to_do = self.today or self.open_cases or self.unbound or self.breaches or self.outage
        return not self.due and not self.cancelled and not to_do


def digest(facts: DigestFacts, actions: Sequence[Action] = ()) -> Message:
    """Return a team's digest; an empty day is one line."""
    kind, key = "digest", digest_key(facts.team, facts.on)
    if facts.is_empty:
        return Message(kind, t("No interviews yesterday and none today: nothing to do."), key=key)
    blocks = (
        *_yesterday(facts),
        *_today(facts.today),
        *_checks(facts.checks),
        *_to_do(facts),
        *_small_print(facts),
    )
    return Message(kind, _lead(facts), blocks, tuple(actions), key)


def digest_key(team: str, on: date) -> str:
    """Return the name under which a team's digest of a local date exists once."""
    return f"digest:{team}:{on.isoformat()}"


def digest_due(policy: Policy, zone: str, now: datetime) -> datetime | None:
    """Return the next instant after `now` at which a digest is due in `zone`; None where there is none."""
    if policy.digest_at is None:
        return None
    day = local(now, zone).date()
    while (due_at := local_time_at(day, policy.digest_at, zone)) <= now:
        day += timedelta(days=1)
    return due_at


def digest_lateness(due_at: datetime, zone: str, now: datetime) -> Literal["send", "late", "merge"]:
    """Decide about a digest that fires: on time, marked late on the same local day, or told with the next one."""
    if now - due_at <= ON_TIME:
        return "send"
    is_same_day = local(due_at, zone).date() == local(now, zone).date()
    return "late" if is_same_day and now - due_at <= LATE_AT_MOST else "merge"


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


def _lead(facts: DigestFacts) -> Text:
    due = facts.due
    if facts.since < facts.until:
        return nt(
            "{first} to {last}: {n} interview due, {joined} joined, {no_shows} did not.",
            "{first} to {last}: {n} interviews due, {joined} joined, {no_shows} did not.",
            due, first=Day(facts.since), last=Day(facts.until), joined=facts.joined, no_shows=facts.no_shows,
        )  # fmt: skip
    if not due and not facts.today:
        return t("No interviews were due yesterday, and none are today.")
    if not due:
        return nt(
            "No interviews were due yesterday; {n} is today.",
            "No interviews were due yesterday; {n} are today.",
            len(facts.today),
        )
    return nt(
        "Yesterday {n} interview was due: {joined} joined, {no_shows} did not.",
        "Yesterday {n} interviews were due: {joined} joined, {no_shows} did not.",
        due, joined=facts.joined, no_shows=facts.no_shows,
    )  # fmt: skip


def _yesterday(facts: DigestFacts) -> Iterable[Block]:
    found = rate(facts.no_shows, facts.joined + facts.no_shows)
    if found.ratio is not None:
        share = t("{rate} ({k} of {n})", rate=Percent(found.ratio), k=found.k, n=found.n)
        yield Fact("rate", t("No-show rate"), share)
    if facts.undecided:
        yield Para(nt(
            "{n} of them is undecided: did the candidate join?",
            "{n} of them are undecided: did the candidates join?",
            facts.undecided,
        ))  # fmt: skip
    if facts.cancelled:
        yield Para(nt(
            "{n} was cancelled or moved in time.", "{n} were cancelled or moved in time.", facts.cancelled
        ))  # fmt: skip
    if top := _top_reason(facts.reasons):
        yield Fact("top_reason", t("Most often"), top)
    if facts.handling is not None:
        yield Fact("handling", t("No-show handling time"), t("median {span}", span=Span(facts.handling)))
    if facts.rating is not None:
        yield Fact("rating", t("Candidates' rating"), nt(
            "{rating} of 5 ({n} answer)", "{rating} of 5 ({n} answers)", facts.ratings, rating=f"{facts.rating:.1f}",
        ))  # fmt: skip
    if facts.breaches:
        yield Para(nt(
            "{n} candidate was not asked within the hour: {who}.",
            "{n} candidates were not asked within the hour: {who}.",
            len(facts.breaches), who=_first(facts.breaches),
        ))  # fmt: skip


def _top_reason(reasons: Mapping[Reason | None, int]) -> Text | None:
    """Return the reason most often known, with its share of all."""
    known = [reason for reason in REASONS if reason is not None and reasons.get(reason)]
    if not known:
        return None
    top = max(known, key=lambda reason: reasons[reason])
    share = rate(reasons[top], sum(reasons.values()))
    return t("{reason} ({share})", reason=REASONS[top], share=Percent(share.ratio or 0.0))


def _today(lines: Sequence[TodayLine]) -> Iterable[Block]:
    if not lines:
        return
    risky = sorted((line for line in lines if line.risks), key=_urgency)
    if not risky:
        yield Para(nt(
            "Today {n} interview, and nothing to worry about.",
            "Today {n} interviews, and nothing to worry about.",
            len(lines),
        ))  # fmt: skip
        return
    yield Para(nt(
        "Today {n} interview; worth a look: {risky}.",
        "Today {n} interviews; worth a look: {risky}.",
        len(lines), risky=len(risky),
    ))  # fmt: skip
    for line in risky[:RISKS_SHOWN]:
        yield item(t(
            "{time} {label} {name}, {role}: {risks}",
            time=TimeOfDay(line.starts_at), label=line.label, name=mask_name(line.name), role=line.role,
            risks=_in_a_row([RISKS[risk] for risk in _ranked(line.risks)]),
        ))  # fmt: skip
    if len(risky) > RISKS_SHOWN:
        yield item(_more(len(risky) - RISKS_SHOWN))


def _checks(checks: Mapping[Verdict, int]) -> Iterable[Block]:
    """Yield how many of today's devices were checked, and with which result."""
    if not sum(checks.values()):
        return
    yield Para(nt(
        "{n} device was checked for today: {passed} fine, {warned} with a remark, {failed} to fix.",
        "{n} devices were checked for today: {passed} fine, {warned} with a remark, {failed} to fix.",
        sum(checks.values()), passed=checks.get("passed", 0), warned=checks.get("warned", 0),
        failed=checks.get("failed", 0),
    ))  # fmt: skip


def _in_a_row(risks: Sequence[Text]) -> Text:
    """Return risks one after the other; "and" would join what does not belong together."""
    return reduce(lambda said, risk: ct("risk", "{said}, {risk}", said=said, risk=risk), risks)


def _to_do(facts: DigestFacts) -> Iterable[Block]:
    cases = sorted(facts.open_cases, key=lambda case: (case.owner is not None, -case.waiting))
    if cases:
        yield Para(nt("{n} case needs a person:", "{n} cases need a person:", len(cases)))
        yield from (item(_case(case)) for case in cases[:CASES_SHOWN])
    if len(cases) > CASES_SHOWN:
        yield item(_more(len(cases) - CASES_SHOWN))
    if facts.unbound:
        yield Para(nt(
            "{n} candidate of the coming days cannot be reached yet: {who}.",
            "{n} candidates of the coming days cannot be reached yet: {who}.",
            len(facts.unbound), who=_first(facts.unbound),
        ))  # fmt: skip


def _case(case: OpenCase) -> Text:
    return t(
        "{case} {label} {name}, {kind}, for {waiting}: {owner}",
        case=f"C-{case.number}",
        label=f"I-{case.interview}",
        name=mask_name(case.name),
        kind=_KINDS[case.kind],
        waiting=Span(case.waiting),
        owner=case.owner or ct("case", "nobody has it yet"),
    )


def _small_print(facts: DigestFacts) -> Iterable[Block]:
    if facts.outage is not None:
        yield Note(facts.outage)
    if facts.is_late:
        yield Note(t("This digest is late: Turnout was not running when it was due."))


def _first(labels: Sequence[str]) -> Listing:
    rest = len(labels) - NAMES_SHOWN
    return Listing((*labels[:NAMES_SHOWN], *((_more(rest),) if rest > 0 else ())))


def _more(n: int) -> Text:
    return nt("{n} more", "{n} more", n)


def _ranked(risks: Iterable[str]) -> list[str]:
    given = set(risks)
    return [name for name in RISKS if name in given]


def _urgency(line: TodayLine) -> tuple[int, datetime]:
    order = list(RISKS)
    return min(order.index(risk) for risk in line.risks), line.starts_at


_KINDS: Mapping[CaseKind, Text] = {
    CaseKind.NO_SHOW: ct("case", "no-show"),
    CaseKind.TECHNICAL: ct("case", "technical problem"),
    CaseKind.PERSON: ct("case", "wants to talk to a person"),
}
