"""Giving a case to somebody from its card: asked in private, carried out by the command that says the same."""

from __future__ import annotations

from conversations.dialog import Scene, Session, Turn
from conversations.dialogs.casework import case_of, home_of, team_in
from conversations.effects import REPLY, Show
from conversations.events import Event
from conversations.identity import Role
from conversations.messages import MAX_CHOICES
from conversations.rights import HANDLES, may_handle


def give(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Ask whoever pressed "Give to…" to whom: people who may look after it, and teams."""
    if scene.person is None:
        return Turn()
    case = case_of(scene, session)
    teams = [
        {"to": team, "name": team}
        for team in ("support", "hr")
        if Role(team) in HANDLES[case.kind] and (home_of(case) != f"team:{team}" or case.owner is not None)
    ]
    people = [
        {"to": f"person:{person.id}", "name": person.name}
        for person in team_in(scene)
        if person.id != case.owner and person.reachable and may_handle(person, case.kind, scene.booked)
    ]
    options = [*people[: MAX_CHOICES - len(teams)], *teams]
    keep = {"verb": "handoff", "before": case.label, "after": "", "case": case.label, "options": options}
    return Turn(effects=(Show(f"person:{scene.person.id}", "whom", "whom.ask", keep, REPLY),), to="card")
