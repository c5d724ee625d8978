"""What a team's cards ask for: what was flagged, who cannot be reached, who there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from bot.needs.asking import Answering, Asked, target, target_of
from conversations.dialog import Session
from conversations.findings import Target
from conversations.identity import Person
from conversations.interview import (
    CaseKind,
    Interview,
    State,
)
from store import (
    cases,
    interviews,
    people,
    sessions,
)

FLAGGED_TOGETHER = timedelta(minutes=2)
STARTING_TOGETHER = timedelta(minutes=10)
AHEAD = timedelta(days=60)


async def _flagged(asked: Asked) -> tuple[Target, ...]:
    own = asked.scene.interview.id if asked.scene.interview else None
    found = []
    for case in await cases.open_cases(asked.tx):
        is_recent = asked.now - case.opened_at <= FLAGGED_TOGETHER
        if case.kind is CaseKind.NO_SHOW and is_recent and case.interview != own:
            found.append(await target_of(asked.tx, case.interview))
    return tuple(sorted(filter(None, found), key=lambda found: found.interview.number))


async def _recent_flags(asked: Asked) -> int:
    return len(await _flagged(asked))


async def _upcoming(asked: Asked, until: timedelta = AHEAD) -> Sequence[tuple[Interview, Person]]:
    return await interviews.search(
        asked.tx,
        None,
        state=State.SCHEDULED,
        starts_from=asked.now,
        starts_until=asked.now + until,
        limit=2000,
    )


async def unbound(asked: Asked) -> tuple[Target, ...]:
    return tuple(
        Target(i, p) for i, p in await _upcoming(asked) if not p.reachable and p.opted_out_at is None
    )


async def _starting(asked: Asked) -> tuple[Target, ...]:
    at = asked.scene.booked.attempt.starts_at
    found = await interviews.search(
        asked.tx,
        None,
        company=asked.scene.booked.company,
        starts_from=at - STARTING_TOGETHER,
        starts_until=at + STARTING_TOGETHER + timedelta(seconds=1),
        limit=500,
    )
    return tuple([await target(asked.tx, i, p) for i, p in found if i.attempt.outcome is None])


async def _lately(asked: Asked) -> tuple[tuple[Session, Target], ...]:
    """Return the cards of a dialog that came to a holder lately, the oldest first, each with whom it is about."""
    since = asked.now - timedelta(seconds=int(asked.args["seconds"]))
    known = await sessions.asked_lately(asked.tx, asked.args["holder"], asked.args["dialog"], since)
    found = []
    for session in reversed(known):
        kind, _, id = session.subject.partition(":")
        case = await cases.case(asked.tx, UUID(id)) if kind == "case" else None
        target = await target_of(asked.tx, case.interview if case is not None else UUID(id))
        if target is not None:
            found.append((session, target))
    return tuple(found)


async def _team(asked: Asked) -> tuple[Person, ...]:
    return tuple(await people.everybody_of_staff(asked.tx))


NEEDS: Mapping[str, Answering] = {
    "flagged": _flagged,
    "lately": _lately,
    "recent_flags": _recent_flags,
    "unbound": unbound,
    "starting": _starting,
    "team": _team,
}
