"""Whom a warning about a case goes to: whoever has it in hand or would have to, and HR; nobody reads it twice."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from conversations.dialog import Scene
from conversations.dialogs.casework import team_in
from conversations.identity import Person, Recipient, Role, ToPerson, ToTeam
from conversations.interview import Case, CaseState
from conversations.rights import may_handle

STAND_INS = {"support": (Role.HR, Role.ADMIN), "hr": (Role.ADMIN,)}
"""Who reads what is meant for a team of which nobody can be reached; `bot.effects` sends it so."""


def responsible(scene: Scene, case: Case) -> Person | None:
    """Return who has a case in hand, or the recruiter whose it would be; None where they cannot be reached."""
    wanted = case.owner if case.state is CaseState.TAKEN else scene.booked.recruiter
    known = next((person for person in team_in(scene) if person.id == wanted), None)
    if known is None or not known.reachable or not may_handle(known, case.kind, scene.booked):
        return None
    return known


def everybody(scene: Scene, case: Case) -> tuple[Recipient, ...]:
    """Return whoever is responsible, and HR beside them."""
    first = responsible(scene, case)
    if first is None:
        return (ToTeam("hr"),)
    return (ToPerson(first.id), *hr_beside(scene, (first.id,)))


def hr_beside(scene: Scene, told: Collection[UUID]) -> tuple[Recipient, ...]:
    """Return HR without those who were told: HR's group, or each of HR."""
    hr = readers(scene, "hr")
    if scene.policy.alerts_place is not None or not hr & {*told}:
        return (ToTeam("hr"),)
    return tuple(ToPerson(person.id) for person in team_in(scene) if person.id in hr - {*told})


def readers(scene: Scene, team: str) -> set[UUID]:
    """Return who reads what is meant for a team: its members who can be reached, or whoever stands in for them."""
    staff = [person for person in team_in(scene) if person.reachable]
    for role in (Role(team), *STAND_INS.get(team, ())):
        if found := {person.id for person in staff if role in person.roles}:
            return found
    return set()
