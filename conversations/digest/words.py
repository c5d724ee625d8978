"""The daily digest in words: yesterday's figures, today's risks and what needs a person, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

from conversations.digest.facts import (
    CASES_SHOWN,
    RISKS,
    RISKS_SHOWN,
    DigestFacts,
    OpenCase,
    Standing,
    TodayLine,
    ranked,
)
from conversations.digest.teams import digest_key
from conversations.figures import REASONS, rate
from conversations.interview import CaseKind, Reason
from conversations.messages import Action, Block, Fact, Message, Note, Para, item
from conversations.prechecks import Verdict
from locales.mask import mask_name
from locales.text import Day, Listing, Percent, Span, Text, TimeOfDay, Value, ct, nt, t

NAMES_SHOWN = 3
_NOTHING: Mapping[str, Standing] = {}


def digest(
    facts: DigestFacts, actions: Sequence[Action] = (), now: Mapping[str, Standing] = _NOTHING, zone: str = ""
) -> Message:
    """Return a team's digest; an empty day is one line.

    `now` is how its lines stand by now, by `I-1024` and `C-77`: a line that is settled says by what. `zone` is
    whose clocks the times are of; without one they are the reader's.
    """
    kind, key = "digest", digest_key(facts.team, facts.on)
    if facts.is_empty:
        return Message(kind, t("No interviews yesterday and none today: nothing to do."), key=key)
    blocks = (
        *_yesterday(facts),
        *_today(facts, now, zone),
        *_checks(facts.checks),
        *_to_do(facts, now),
        *_small_print(facts),
        *_all_settled(facts, now),
    )
    return Message(kind, _lead(facts), blocks, tuple(actions), key)


def lines_of(facts: DigestFacts) -> tuple[TodayLine, ...]:
    """Return today's interviews that the digest has a line for."""
    return facts.risky[:RISKS_SHOWN]


def cases_of(facts: DigestFacts) -> tuple[OpenCase, ...]:
    return facts.ranked_cases[:CASES_SHOWN]


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
    if facts.hint is not None:
        yield Note(facts.hint)
    if facts.handling is not None:
        yield Fact("handling", t("No-show handling time"), t("median {span}", span=Span(facts.handling)))
    if facts.rating is not None:
        answers = t(
            "{rating} of 5 ({n} of {asked} answered)",
            rating=f"{facts.rating:.1f}", n=facts.ratings, asked=max(facts.surveyed, facts.ratings),
        )  # fmt: skip
        yield Fact("rating", t("Candidates' rating"), answers)
    if facts.breaches:
        yield Para(nt(
            "{n} candidate was not asked within the hour: {who}.",
            "{n} candidates were not asked within the hour: {who}.",
            len(facts.breaches), who=_first(facts.breaches),
        ))  # fmt: skip
    if facts.handled_late:
        yield Para(nt(
            "{n} no-show took more than two hours to settle: {who}.",
            "{n} no-shows took more than two hours to settle: {who}.",
            len(facts.handled_late), who=_first(facts.handled_late),
        ))  # fmt: skip


def _top_reason(reasons: Mapping[Reason | None, int]) -> Text | None:
    """Return the reason most often known, with its share of all."""
    known = [reason for reason in REASONS if reason is not None and reasons.get(reason)]
    if not known:
        return None
    top = max(known, key=lambda reason: reasons[reason])
    share = rate(reasons[top], sum(reasons.values()))
    return t("{reason} ({share})", reason=REASONS[top], share=Percent(share.ratio or 0.0))


def _today(facts: DigestFacts, now: Mapping[str, Standing], zone: str) -> Iterable[Block]:
    lines, risky = facts.today, facts.risky
    if not lines:
        return
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
    for line in lines_of(facts):
        yield item(_line(line, now.get(line.label, Standing(line.risks)), zone))
    if len(risky) > RISKS_SHOWN:
        rest = len(risky) - RISKS_SHOWN
        yield item(nt("{n} more: {typed}", "{n} more: {typed}", rest, typed=t("risk today")))


def _line(line: TodayLine, now: Standing, zone: str) -> Text:
    at, name = TimeOfDay(line.starts_at, zone), mask_name(line.name)
    if now.settled is not None:
        return t(
            "✓ {time} {label} {name}, {role}: {settled}",
            time=at, label=line.label, name=name, role=line.role, settled=now.settled,
        )  # fmt: skip
    nudged = [ct("risk", "reminded {time}", time=TimeOfDay(now.nudged_at, zone))] if now.nudged_at else []
    risks = _in_a_row([*(RISKS[risk] for risk in ranked(now.risks)), *nudged])
    return t(
        "{time} {label} {name}, {role}: {risks}",
        time=at, label=line.label, name=name, role=line.role, risks=risks,
    )  # fmt: skip


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


def _to_do(facts: DigestFacts, now: Mapping[str, Standing]) -> Iterable[Block]:
    cases = facts.ranked_cases
    if cases:
        yield Para(nt("{n} case needs a person:", "{n} cases need a person:", len(cases)))
        yield from (item(_case(case, now.get(f"C-{case.number}"))) for case in cases_of(facts))
    if len(cases) > CASES_SHOWN:
        yield item(_more(len(cases) - CASES_SHOWN))
    if facts.unbound:
        yield Para(nt(
            "{n} candidate of the coming days cannot be reached yet: {who}.",
            "{n} candidates of the coming days cannot be reached yet: {who}.",
            len(facts.unbound), who=_first(facts.unbound),
        ))  # fmt: skip


def _case(case: OpenCase, now: Standing | None) -> Text:
    said: dict[str, Value] = {
        "case": f"C-{case.number}",
        "label": f"I-{case.interview}",
        "name": mask_name(case.name),
        "kind": _KINDS[case.kind],
    }
    if now is not None and now.settled is not None:
        return t("✓ {case} {label} {name}, {kind}: {settled}", **said, settled=now.settled)
    owner = case.owner or ct("case", "nobody has it yet")
    return t(
        "{case} {label} {name}, {kind}, for {waiting}: {owner}",
        **said,
        waiting=Span(case.waiting),
        owner=owner,
    )


def _all_settled(facts: DigestFacts, now: Mapping[str, Standing]) -> Iterator[Block]:
    """Say that there is nothing left to press, once there was something."""
    names = [line.label for line in lines_of(facts)] + [f"C-{case.number}" for case in cases_of(facts)]
    if names and all(name in now and now[name].settled is not None for name in names):
        yield Note(t("✓ Everything on this list is settled."))


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


_KINDS: Mapping[CaseKind, Text] = {
    CaseKind.NO_SHOW: ct("case", "no-show"),
    CaseKind.TECHNICAL: ct("case", "technical problem"),
    CaseKind.PERSON: ct("case", "wants to talk to a person"),
}
