"""What digests tell: the day before, today and what is open; a whole week, month or quarter; how lines stand now."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

from bot import digests
from bot.needs.asking import Answering, Asked, target_of
from bot.needs.figures import overview_for, weeks_for
from bot.needs.risk import line_of
from bot.needs.team import unbound
from conversations.digest import HR, LATELY, TAKEN, DigestFacts, OpenCase, Standing, TodayLine, Window
from conversations.digest.longer import Longer
from conversations.figures import (
    FIGURES,
    AttemptFacts,
    Period,
    Question,
    handling_time,
    late_contacts,
    overview,
    shares_of,
)
from conversations.figures.facts import HANDLED_WITHIN
from conversations.figures.hints import hints
from conversations.identity import Person
from conversations.interview import Case, CaseState, Interview, Outcome, State
from conversations.prechecks import Verdict
from conversations.rights import sees
from locales.text import Moment, Text, ct
from locales.zones import day_bounds
from store import cases, feedback, figures, interviews, outbox, prechecks
from store.figures import Scope

_DAY = timedelta(days=1)
_NEVER_SETTLED = frozenset({"no_show_before"})
"""A risk that stays whatever is done about it."""
_ENDED: Mapping[State, Text] = {
    State.JOINED: ct("digest", "joined"),
    State.COMPLETED: ct("digest", "joined"),
    State.CANCELLED: ct("digest", "cancelled"),
    State.WITHDRAWN: ct("digest", "withdrawn"),
    State.NO_SHOW: ct("digest", "no-show"),
}


# -- the daily one ---------------------------------------------------------------------------------------


async def _digest(asked: Asked) -> DigestFacts:
    """Return what a team's digest of a day tells: `team`, `on` and `since` name it."""
    on, since = (date.fromisoformat(asked.args[name]) for name in ("on", "since"))
    team, zone = asked.args.get("team", HR), asked.scene.policy.zone
    asked.companies = await digests.companies_of(asked.tx, asked.house.policies, team)
    start, end = day_bounds(since, zone)[0], day_bounds(on, zone)[0]
    facts = await _facts(asked, start, end)
    decided = [fact for fact in facts if fact.outcome not in (Outcome.CANCELLED, Outcome.MOVED)]
    no_shows = [fact for fact in decided if fact.is_no_show]
    lines, checked = await _today(asked, on)
    rated = await feedback.tally(asked.tx, "overall", start, end, asked.companies)
    lately = await _lately(asked, end)
    return DigestFacts(
        team=team,
        on=on,
        since=since,
        until=on - _DAY,
        joined=sum(fact.has_joined for fact in decided),
        no_shows=len(no_shows),
        undecided=sum(fact.outcome is None for fact in decided),
        cancelled=len(facts) - len(decided),
        reasons=Counter(fact.reason for fact in no_shows),
        lately=lately.shares,
        hint=next((hint.way for hint in hints(asked.scene.policy, lately.shares)), None),
        breaches=tuple(f"I-{fact.number}" for fact in late_contacts(facts, asked.now)),
        handled_late=tuple(f"I-{fact.number}" for fact in no_shows if _took_long(fact)),
        handling=handling_time(facts).median,
        rating=rated.average,
        ratings=rated.answered,
        surveyed=rated.asked,
        today=lines,
        checks=checked,
        open_cases=tuple([one async for one in _open_cases(asked)]),
        unbound=await _later_unbound(asked, day_bounds(on, zone)[1]),
    )


async def _facts(asked: Asked, start: datetime, end: datetime) -> list[AttemptFacts]:
    rows = await figures.counts(asked.tx, start, end, principal=asked.scene.person)
    return [row.facts for row in rows if _is_theirs(asked, row.facts.company)]


def _is_theirs(asked: Asked, company: str) -> bool:
    return asked.companies is None or company in asked.companies


def _took_long(fact: AttemptFacts) -> bool:
    return fact.handling is not None and fact.handling > HANDLED_WITHIN


async def _lately(asked: Asked, until: datetime) -> overview.Reasons:
    """Return why candidates did not come in the last weeks: a day alone has too few to draw or to conclude from."""
    meant = overview.Asked(Period(until - LATELY, until, asked.zone))
    question = Question(FIGURES["reasons"].how.counts, ("reason",))
    scope = Scope(
        meant.period.start, until, asked.now, asked.scene.person, companies=asked.companies
    )  # fmt: skip
    return overview.Reasons(meant, shares_of(await figures.tally(asked.tx, scope, question)))


async def _today(asked: Asked, on: date) -> tuple[tuple[TodayLine, ...], Mapping[Verdict, int]]:
    """Return today's interviews with their risks, and how the last check of each that has one ended."""
    start, end = day_bounds(on, asked.scene.policy.zone)
    found = await interviews.search(
        asked.tx,
        asked.scene.person,
        state=State.SCHEDULED,
        starts_from=max(start, asked.now),
        starts_until=end,
        limit=1000,
    )
    own = [(interview, person) for interview, person in found if _is_theirs(asked, interview.company)]
    checks = await prechecks.last_of(asked.tx, [interview.id for interview, _ in own])
    return await _lines(asked, own), Counter(check.verdict for check in checks.values())


async def _lines(asked: Asked, found: Sequence[tuple[Interview, Person]]) -> tuple[TodayLine, ...]:
    checks = await prechecks.last_of(asked.tx, [interview.id for interview, _ in found])
    missed = await figures.missed_before(asked.tx, {person.id for _, person in found})
    return tuple(line_of(asked, i, p, checks.get(i.id), missed=p.id in missed) for i, p in found)


async def _open_cases(asked: Asked) -> AsyncIterator[OpenCase]:
    known = await cases.open_cases(asked.tx)
    ids = list(dict.fromkeys(case.interview for case in known))
    found = await interviews.among(asked.tx, interviews.is_one_of(ids), limit=len(ids)) if ids else []
    by_id = {interview.id: (interview, candidate) for interview, candidate in found}
    for case in known:
        interview, candidate = by_id.get(case.interview, (None, None))
        if interview is None or candidate is None or not _is_theirs(asked, interview.company):
            continue
        if asked.scene.person is not None and not sees(asked.scene.person, interview):
            continue
        owner = case.owner_name if case.state is CaseState.TAKEN else None
        yield OpenCase(
            case.number,
            case.kind,
            interview.number,
            candidate.name,
            asked.now - case.opened_at,
            owner,
            case.id,
            case.interview,
        )


async def _later_unbound(asked: Asked, after: datetime) -> tuple[str, ...]:
    found = [t.interview for t in await unbound(asked) if t.interview.attempt.starts_at >= after]
    person = asked.scene.person
    return tuple(
        interview.label
        for interview in found
        if _is_theirs(asked, interview.company) and (person is None or sees(person, interview))
    )


# -- the longer ones -------------------------------------------------------------------------------------


async def _period(asked: Asked) -> Longer:
    """Return the figures of the days from `first` to `last`, and of the time before."""
    team, zone = asked.args.get("team", HR), asked.scene.policy.zone
    asked.companies = await digests.companies_of(asked.tx, asked.house.policies, team)
    first, last = (date.fromisoformat(asked.args[name]) for name in ("first", "last"))
    (window,) = (each for each in get_args(Window) if each == asked.args["window"])
    meant = overview.Asked(Period(day_bounds(first, zone)[0], day_bounds(last, zone)[1], zone))
    found = await overview_for(asked, meant)
    return Longer(team, window, first, last, found, await weeks_for(asked, meant))


# -- how the lines stand ---------------------------------------------------------------------------------


async def _standing(asked: Asked) -> Mapping[str, Standing]:
    """Return how each interview and case stands that a digest has a line for, by its label."""
    named = dict(_named(asked.args["lines"]))
    found = {}
    for label, (id, attempt) in named.items():
        target = await target_of(asked.tx, id)
        if target is not None:
            (line,) = await _lines(asked, [(target.interview, target.candidate)])
            reminded = await outbox.reminded_by_hand(asked.tx, id, attempt)
            found[label] = replace(_stands(target.interview, attempt, line), nudged_at=reminded)
    for label, (of, id) in _named(asked.args["cases"]):
        case = next((one for one in await cases.cases_of(asked.tx, of) if one.id == id), None)
        if case is not None:
            found[label] = _case_stands(case)
    return found


def _named(written: str) -> Iterator[tuple[str, tuple[UUID, UUID]]]:
    for part in written.split():
        label, _, ids = part.partition("=")
        first, _, second = ids.partition("/")
        yield label, (UUID(first), UUID(second))


def _stands(interview: Interview, attempt: UUID, line: TodayLine) -> Standing:
    if interview.attempt.id != attempt and interview.state is State.SCHEDULED:
        when = Moment(interview.attempt.starts_at, interview.attempt.zone)
        return Standing(settled=ct("digest", "moved to {when}", when=when))
    if interview.state in _ENDED:
        return Standing(settled=_ENDED[interview.state])
    left = tuple(risk for risk in line.risks if risk not in _NEVER_SETTLED)
    if not left and interview.attempt.confirmed_at is not None:
        return Standing(line.risks, ct("digest", "confirmed"))
    return Standing(line.risks) if line.risks else Standing(settled=ct("digest", "all set"))


def _case_stands(case: Case) -> Standing:
    match case.state:
        case CaseState.TAKEN:
            taken = ct("digest", "{owner} looks after it", owner=case.owner_name or "?")
            return Standing((TAKEN,), taken)
        case CaseState.CLOSED:
            return Standing(settled=ct("digest", "closed"))
    return Standing()


NEEDS: Mapping[str, Answering] = {
    "digest": _digest,
    "digest_period": _period,
    "digest_lines": _standing,
}
