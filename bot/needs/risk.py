"""Which interviews ahead are worth a look, by rules that can be told."""

from __future__ import annotations

from datetime import timedelta

from bot.needs.asking import Asked
from conversations.digest import TodayLine, risks_of
from conversations.identity import Person
from conversations.interview import Interview, State
from conversations.prechecks import Precheck
from conversations.risks import Risks
from store import figures, interviews, prechecks

CHECK_WITHIN = timedelta(hours=24)
"""So long before its start a device should have been checked."""
LOOKED_AT = 1000


async def upcoming(asked: Asked) -> Risks:
    """Return the interviews ahead that concern whoever asks, with their risks."""
    start, until = asked.window("next7d")
    found = await interviews.search(
        asked.tx,
        asked.scene.person,
        state=State.SCHEDULED,
        starts_from=max(start, asked.now),
        starts_until=until,
        limit=LOOKED_AT,
    )
    checks = await prechecks.last_of(asked.tx, [interview.id for interview, _ in found])
    missed = await figures.missed_before(asked.tx, {person.id for _, person in found})
    return Risks(
        tuple(line_of(asked, i, p, checks.get(i.id), missed=p.id in missed) for i, p in found), (start, until)
    )


def line_of(
    asked: Asked, interview: Interview, person: Person, check: Precheck | None, *, missed: bool
) -> TodayLine:
    """Return an interview with its risks, as its own company judges them."""
    attempt, policy = interview.attempt, asked.house.policies.for_(interview.company, interview.role)
    is_near = attempt.starts_at - asked.now <= CHECK_WITHIN
    risks = risks_of(
        attempt,
        is_bound=bool(person.reachable),
        missed_before=missed,
        check=check.verdict if check is not None else None,
        wants_check=is_near and policy.precheck.offered and not policy.precheck_url,
    )
    return TodayLine(
        interview.number, person.name, attempt.starts_at, attempt.zone, interview.role, risks, interview.id,
        attempt.id,
    )  # fmt: skip
