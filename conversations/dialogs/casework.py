"""Cases as staff work on them: taken, handed back, closed, escalated, and shown wherever they are looked after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from conversations.dialog import Need, Scene, Session
from conversations.dialogs.afterwards import ask_later
from conversations.effects import (
    ALERT,
    PROMPTLY,
    DropTimers,
    Effect,
    Manner,
    Priority,
    Record,
    SaveCase,
    Say,
    SetTimer,
    Show,
    Then,
)
from conversations.engine import NeedMore
from conversations.events import Ordered
from conversations.identity import Person, Role, ToPerson
from conversations.interview import Attempt, Case, CaseKind, CaseState, State
from conversations.messages import Message, Note
from conversations.steps import Step, next_step, staffed, taken_by
from locales.text import TimeOfDay, t

QUIETLY = Manner(where="ladder", priority=Priority.EDIT)
"""For cards that only follow what happened: nobody needs to be called."""


_STAND_INS = {"support": (Role.HR, Role.ADMIN), "hr": (Role.ADMIN,)}
"""Who reads what is meant for a team that has nobody yet; `bot.effects` sends it so."""


def subject_of(case: Case) -> str:
    return f"case:{case.id}"


def case_of(scene: Scene, session: Session) -> Case:
    """Return the case a card is about; raises LookupError when the scene does not hold it."""
    for case in scene.cases:
        if subject_of(case) == session.subject:
            return case
    raise LookupError(f"{session.subject} is not in the scene of its card")


def attempt_of(scene: Scene, case: Case) -> Attempt:
    """Return the appointment a case is about, which after rebooking is no longer the interview's current one."""
    attempt = scene.booked.attempt
    if attempt.id == case.attempt:
        return attempt
    if "attempts" not in scene.found:
        raise NeedMore((Need("attempts"),))
    earlier: tuple[Attempt, ...] = scene.found["attempts"]
    return next((found for found in earlier if found.id == case.attempt), attempt)


def held(scene: Scene, holder: str, subject: str) -> Session | None:
    """Return a team's session that the event itself does not lead to, as the engine finds it when it is shown."""
    known, name = scene.session(holder, subject), f"session:{holder}:{subject}"
    if known is None and name not in scene.found:
        raise NeedMore((Need(name, {"holder": holder, "subject": subject}),))
    return known or scene.found[name]


def step_in(scene: Scene, case: Case) -> Step:
    """Return who does what next about a case, be it a stand-in."""
    if "team" not in scene.found:
        raise NeedMore((Need("team"),))
    step = next_step(scene.booked, scene.whose, case, scene.policy, scene.now, scene.whose.name)
    return staffed(step, scene.booked, scene.policy, scene.found["team"])


def step_of(case: Case) -> str:
    return "alert.card" if case.kind is CaseKind.NO_SHOW else "support.card"


def home_of(case: Case) -> str:
    """Return the team that looks after a case."""
    return "team:hr" if case.kind is CaseKind.NO_SHOW else "team:support"


def cards(
    scene: Scene, case: Case, but: Session | None = None, manner: Manner = QUIETLY
) -> tuple[Effect, ...]:
    """Show a case's cards as they are now, wherever they were shown; `but` is the one pressed just now."""
    shown = [
        s for s in scene.sessions if s.subject == subject_of(case) and s.step and s.holder.startswith("team:")
    ]
    holders = [s.holder for s in shown] or [home_of(case)]
    return tuple(
        Show(holder, subject_of(case), step_of(case), manner=manner)
        for holder in holders
        if but is None or holder != but.holder
    )


def take(scene: Scene, case: Case, person: Person) -> tuple[Effect, ...]:
    """Somebody looks after it from now on: no alarm, the bot keeps silent, the candidate knows who it is."""
    taken = replace(case, state=CaseState.TAKEN, owner=person.id, owner_name=person.name, taken_at=scene.now)
    effects = (SaveCase(taken), DropTimers(subject_of(case), ("ack",)), _record(case, "case.taken", person))
    if case.kind is CaseKind.NO_SHOW:
        return effects
    lead = t("{name} took over at {time}.", name=person.name, time=TimeOfDay(scene.now))
    note = Note(t("They will call or write to you. What you write here goes to {name}.", name=person.name))
    return (*effects, _tell(scene, Message("support.taken", lead, (note,))))


def release(scene: Scene, case: Case, person: Person | None) -> tuple[Effect, ...]:
    """Nobody looks after it any more: the bot speaks again, and the case waits to be taken."""
    freed = replace(case, state=CaseState.OPEN, owner=None, owner_name=None, taken_at=None)
    effects = (SaveCase(freed), _record(case, "case.released", person))
    if case.kind is CaseKind.NO_SHOW:
        return effects
    alarm = SetTimer("ack", subject_of(case), taken_by(scene.policy, scene.now))
    lead = t("You are back with me, the assistant: you can write to me again.")
    note = Note(t("Support still has your question and will come back to you."))
    return (*effects, alarm, _tell(scene, Message("support.released", lead, (note,))))


def close(scene: Scene, case: Case, person: Person | None, result: str = "solved") -> tuple[Effect, ...]:
    """It is settled; after a call for help the candidate is offered other times, whatever was agreed."""
    owner, name = (case.owner, case.owner_name) if case.owner or person is None else (person.id, person.name)
    closed = replace(
        case, state=CaseState.CLOSED, closed_at=scene.now, result=result, owner=owner, owner_name=name
    )
    effects = (SaveCase(closed), DropTimers(subject_of(case)), _record(case, "case.closed", person))
    if case.kind is CaseKind.NO_SHOW:
        return effects
    return (*effects, _offer_times(scene, person), ask_later(scene, case.attempt))


def _offer_times(scene: Scene, person: Person | None) -> Effect:
    interview = scene.booked
    if interview.state in (State.SCHEDULED, State.NO_SHOW):
        return Then(Ordered("offer", interview.id, person.id if person else None))
    holder, subject = f"person:{scene.whose.id}", f"interview:{interview.id}"
    return Show(holder, subject, "technical.closed", manner=PROMPTLY)


def escalate(scene: Scene, case: Case) -> tuple[Effect, ...]:
    """Nobody took it in time: HR and the administrators see it too. Once, and nobody twice."""
    if case.state is not CaseState.OPEN or case.escalated_at is not None:
        return ()
    late = replace(case, escalated_at=scene.now)
    wider = _wider(scene)
    # Who stands in for support has its card already: it calls them once more.
    loud = wider if "team:hr" in wider else (home_of(case), *wider)
    known = cards(scene, late)
    return (
        SaveCase(late),
        _record(case, "case.escalated", None),
        *(show for show in known if isinstance(show, Show) and show.holder not in loud),
        *(Show(holder, subject_of(case), step_of(case), manner=ALERT) for holder in loud),
    )


def _wider(scene: Scene) -> tuple[str, ...]:
    """Return which teams are told beside support: not those who all stand in for it, or were told, already."""
    if "team" not in scene.found:
        raise NeedMore((Need("team"),))
    places = {"hr": scene.policy.alerts_place, "support": scene.policy.support_place}
    told = set() if places["support"] else _readers(scene, "support")
    wider = []
    for team in ("hr", "admin"):
        readers = _readers(scene, team)
        if places.get(team) or not readers <= told:
            wider.append(f"team:{team}")
            told |= readers
    return tuple(wider)


def _readers(scene: Scene, team: str) -> set[UUID]:
    """Return who reads what is meant for a team: its members, or whoever stands in for them."""
    staff: Sequence[Person] = scene.found["team"]
    for role in (Role(team), *_STAND_INS.get(team, ())):
        if found := {person.id for person in staff if role in person.roles}:
            return found
    return set()


def _record(case: Case, action: str, person: Person | None) -> Record:
    return Record(action, subject_of(case), f"person:{person.id}" if person else "core")


def _tell(scene: Scene, message: Message) -> Say:
    interview = scene.booked
    return Say(ToPerson(scene.whose.id), message, PROMPTLY, interview.id, interview.attempt.id)
