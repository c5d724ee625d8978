"""What the digest tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.needs.asking import Answering, Asked, target_of
from bot.needs.figures import facts_between
from bot.needs.team import unbound
from conversations.digest import DigestFacts, OpenCase, TodayLine, risks_of
from conversations.figures import handling_time, late_contacts
from conversations.interview import (
    Case,
    CaseState,
    Outcome,
    State,
)
from conversations.prechecks import Verdict
from locales.zones import day_bounds, local
from store import (
    cases,
    feedback,
    interviews,
    prechecks,
)
from store.db import Tx


async def _digest(asked: Asked) -> DigestFacts:
    zone = asked.scene.policy.zone
    today = local(asked.now, zone).date()
    yesterday = today - timedelta(days=1)
    start, end = day_bounds(yesterday, zone)
    facts = await facts_between(asked.tx, start, end, None)
    decided = [fact for fact in facts if fact.outcome not in (Outcome.CANCELLED, Outcome.MOVED)]
    no_shows = [fact for fact in decided if fact.is_no_show]
    reasons: dict[Any, int] = {}
    for fact in no_shows:
        reasons[fact.reason] = reasons.get(fact.reason, 0) + 1
    lines, checked = await _today(asked, today)
    rated = await feedback.tally(asked.tx, "overall", start, end)
    return DigestFacts(
        team="hr",
        on=today,
        since=yesterday,
        until=yesterday,
        joined=sum(fact.has_joined for fact in decided),
        no_shows=len(no_shows),
        undecided=sum(fact.outcome is None for fact in decided),
        cancelled=len(facts) - len(decided),
        reasons=reasons,
        breaches=tuple(f"I-{fact.number}" for fact in late_contacts(facts, asked.now)),
        handling=handling_time(facts).median,
        rating=rated.average,
        ratings=rated.answered,
        today=lines,
        checks=checked,
        open_cases=tuple(
            [await _open_case(asked.tx, case, asked.now) for case in await cases.open_cases(asked.tx)]
        ),
        unbound=await _later_unbound(asked, day_bounds(today, zone)[1]),
    )


async def _today(asked: Asked, today: Any) -> tuple[tuple[TodayLine, ...], Mapping[Verdict, int]]:
    """Return today's interviews with their risks, and how the last check of each that has one ended."""
    start, end = day_bounds(today, asked.scene.policy.zone)
    found = await interviews.search(
        asked.tx, None, state=State.SCHEDULED, starts_from=max(start, asked.now), starts_until=end, limit=500
    )
    lines = []
    checks = await prechecks.last_of(asked.tx, [interview.id for interview, _ in found])
    verdicts = {id: check.verdict for id, check in checks.items()}
    for interview, person in found:
        past = await _missed_before(asked.tx, person.id)
        check = verdicts.get(interview.id)
        risks = risks_of(interview.attempt, is_bound=bool(person.reachable), missed_before=past, check=check)
        lines.append(
            TodayLine(
                interview.number,
                person.name,
                interview.attempt.starts_at,
                interview.attempt.zone,
                interview.role,
                risks,
            )
        )
    return tuple(lines), Counter(verdicts.values())


async def _missed_before(tx: Tx, person: UUID) -> bool:
    """Tell whether somebody did not come once, in this interview or another."""
    for interview, _ in await interviews.search(tx, None, person=person, limit=20):
        if any(a.outcome is Outcome.NO_SHOW for a in await interviews.attempts(tx, interview.id)):
            return True
    return False


async def _open_case(tx: Tx, case: Case, now: datetime) -> OpenCase:
    found = await target_of(tx, case.interview)
    number = found.interview.number if found else 0
    name = found.candidate.name if found else ""
    owner = case.owner_name if case.state is CaseState.TAKEN else None
    return OpenCase(case.number, case.kind, number, name, now - case.opened_at, owner)


async def _later_unbound(asked: Asked, after: datetime) -> tuple[str, ...]:
    return tuple(t.interview.label for t in await unbound(asked) if t.interview.attempt.starts_at >= after)


NEEDS: Mapping[str, Answering] = {
    "digest": _digest,
}
