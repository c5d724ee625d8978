"""Cases as staff work on them: taken, given, handed over, closed, and shown wherever they are looked after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from conversations.dialog import Need, Scene, Session
from conversations.dialogs import talking
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
from conversations.identity import Person, ToPerson
from conversations.interview import Attempt, Case, CaseKind, CaseState, State
from conversations.messages import Message, Note
from conversations.policy import Policy
from conversations.steps import WARNED_BEFORE, Step, handled_by, next_step, staffed, taken_by
from locales.text import TimeOfDay, t

FOLDED = "folded"
"""Where a card's session keeps whether it stands in a list."""
SETTLED = "solved"
"""How a case ends that somebody of staff has looked after."""
QUIETLY = Manner(where="ladder", priority=Priority.EDIT)
"""For cards that only follow what happened: nobody needs to be called."""


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


def team_in(scene: Scene) -> Sequence[Person]:
    """Return everybody of staff."""
    if "team" not in scene.found:
        raise NeedMore((Need("team"),))
    staff: Sequence[Person] = scene.found["team"]
    return staff


def step_in(scene: Scene, case: Case) -> Step:
    """Return who does what next about a case, be it a stand-in."""
    step = next_step(scene.booked, scene.whose, case, scene.policy, scene.now, scene.whose.name)
    return staffed(step, scene.booked, scene.policy, team_in(scene))


def held(scene: Scene, holder: str, subject: str) -> Session | None:
    """Return a team's session that the event itself does not lead to, as the engine finds it when it is shown."""
    known, name = scene.session(holder, subject), f"session:{holder}:{subject}"
    if known is None and name not in scene.found:
        raise NeedMore((Need(name, {"holder": holder, "subject": subject}),))
    return known or scene.found[name]


def step_of(case: Case) -> str:
    return "alert.card" if case.kind is CaseKind.NO_SHOW else "support.card"


def home_of(case: Case) -> str:
    """Return the team that looks after a case."""
    usual = "hr" if case.kind is CaseKind.NO_SHOW else "support"
    return f"team:{case.team or usual}"


def shown_to(scene: Scene, case: Case) -> tuple[str, ...]:
    """Return whom a case's card was shown to: teams, and people who were called first."""
    return tuple(s.holder for s in scene.sessions if s.subject == subject_of(case) and s.step)


def cards(
    scene: Scene, case: Case, but: Session | str | None = None, manner: Manner = QUIETLY
) -> tuple[Effect, ...]:
    """Show a case's cards as they are now, wherever they were shown; `but` is the one pressed just now, or whose."""
    left_out = but.holder if isinstance(but, Session) else but
    holders = shown_to(scene, case) or (home_of(case),)
    return tuple(
        Show(holder, subject_of(case), step_of(case), _unfolded(case), manner)
        for holder in holders
        if holder != left_out and not _is_folded_away(scene, case, holder)
    )


def _is_folded_away(scene: Scene, case: Case, holder: str) -> bool:
    """Tell whether a card only says that it stands in a list, and so has nothing new to say."""
    known = scene.session(holder, subject_of(case))
    return case.state is not CaseState.TAKEN and known is not None and bool(known.data.get(FOLDED))


def _unfolded(case: Case) -> Mapping[str, bool]:
    """Return what a card keeps: once somebody has taken it, it stands for itself and in no list."""
    return {FOLDED: False} if case.state is CaseState.TAKEN else {}


def owner_of(case: Case) -> UUID | None:
    """Return who has a case in hand."""
    return case.owner if case.state is CaseState.TAKEN else None


def warning(case: Case, policy: Policy) -> SetTimer:
    """Return the timer that warns while the case can still be settled in time."""
    return SetTimer("overdue", subject_of(case), handled_by(case, policy) - WARNED_BEFORE)


def take(
    scene: Scene, case: Case, person: Person, by: Person | None = None, *, is_heard: bool = True
) -> tuple[Effect, ...]:
    """Somebody looks after it from now on: no alarm, the bot keeps silent, the candidate knows who it is.

    `by` is whoever gave it to them. With `is_heard` false the candidate is told by what follows.
    """
    taken = replace(case, state=CaseState.TAKEN, owner=person.id, owner_name=person.name, taken_at=scene.now)
    record = _record(case, "case.taken" if by is None else "case.assigned", by or person)
    effects = (
        *talking.end(scene, case, "handed"),
        SaveCase(taken),
        DropTimers(subject_of(case), ("ack",)),
        record,
    )
    if case.kind is CaseKind.NO_SHOW or not is_heard:
        return effects
    lead = t("{name} took over at {time}.", name=person.name, time=TimeOfDay(scene.now))
    note = Note(t("They will call or write to you. What you write here goes to {name}.", name=person.name))
    return (*effects, _tell(scene, Message("support.taken", lead, (note,))))


def assign(scene: Scene, case: Case, to: Person, by: Person | None) -> tuple[Effect, ...]:
    """Somebody is given the case, and gets its card; everybody else who has it sees whose it is."""
    theirs = f"person:{to.id}"
    card = Show(theirs, subject_of(case), step_of(case), manner=ALERT)
    others = cards(scene, case, but=theirs)
    return (*take(scene, case, to, by), *(() if by is not None and by.id == to.id else (card,)), *others)


def release(scene: Scene, case: Case, person: Person | None, why: talking.Why = "back") -> tuple[Effect, ...]:
    """Nobody looks after it any more: the bot speaks again, and the case waits to be taken."""
    freed = replace(case, state=CaseState.OPEN, owner=None, owner_name=None, taken_at=None)
    ended = talking.end(scene, case, why)
    effects = (*ended, SaveCase(freed), _record(case, "case.released", person))
    if case.kind is CaseKind.NO_SHOW:
        # Who was not called yet, because somebody had it, is called now.
        return (*effects, _ack(case, scene.now))
    if ended:
        return (*effects, _ack(case, taken_by(scene.policy, scene.now)))
    return (*effects, _ack(case, taken_by(scene.policy, scene.now)), _let_go(scene))


def _let_go(scene: Scene) -> Say:
    """Tell the candidate that the bot speaks again, and that they are not forgotten."""
    lead = t("You are back with me, the assistant: you can write to me again.")
    note = Note(t("Support still has your question and will come back to you."))
    return _tell(scene, Message("support.released", lead, (note,)))


def hand_over(scene: Scene, case: Case, team: str, person: Person | None) -> tuple[Effect, ...]:
    """Another team looks after it, and is called; whoever had it reads along."""
    handed = replace(
        case, state=CaseState.OPEN, owner=None, owner_name=None, taken_at=None, team=team, escalated_at=None
    )
    record = Record("case.handed_over", subject_of(case), _by(person), {"team": team})
    call = Show(f"team:{team}", subject_of(case), step_of(case), manner=ALERT)
    others = cards(scene, case, but=call.holder) if shown_to(scene, case) else ()
    alarm = _ack(case, taken_by(scene.policy, scene.now))
    ended = talking.end(scene, case, "handed")
    is_alone = not ended and case.state is CaseState.TAKEN and case.kind is not CaseKind.NO_SHOW
    told = (_let_go(scene),) if is_alone else ()
    return (*ended, SaveCase(handed), record, alarm, call, *others, *told)


def close(
    scene: Scene, case: Case, person: Person | None, result: str = SETTLED, note: str = ""
) -> tuple[Effect, ...]:
    """It is settled; after a call for help the candidate is offered other times, whatever was agreed."""
    owner, name = (case.owner, case.owner_name) if case.owner or person is None else (person.id, person.name)
    closed = replace(
        case,
        state=CaseState.CLOSED,
        closed_at=scene.now,
        result=result,
        owner=owner,
        owner_name=name,
        note=note or None,
    )
    effects = (
        *talking.end(scene, case, "closed"),
        SaveCase(closed),
        DropTimers(subject_of(case)),
        _record(case, "case.closed", person),
    )
    if case.kind is not CaseKind.NO_SHOW:
        return (*effects, _offer_times(scene, person), ask_later(scene, case.attempt))
    # Whoever is booked again is asked after that interview; whoever has gone is left in peace.
    is_settled = person is not None and result == SETTLED
    return (*effects, ask_later(scene, case.attempt)) if is_settled else effects


def _offer_times(scene: Scene, person: Person | None) -> Effect:
    interview = scene.booked
    if interview.state in (State.SCHEDULED, State.NO_SHOW):
        return Then(Ordered("offer", interview.id, person.id if person else None))
    holder, subject = f"person:{scene.whose.id}", f"interview:{interview.id}"
    return Show(holder, subject, "technical.closed", manner=PROMPTLY)


def _ack(case: Case, at: datetime) -> SetTimer:
    return SetTimer("ack", subject_of(case), at)


def _record(case: Case, action: str, person: Person | None) -> Record:
    return Record(action, subject_of(case), _by(person))


def _by(person: Person | None) -> str:
    return f"person:{person.id}" if person else "core"


def _tell(scene: Scene, message: Message) -> Say:
    interview = scene.booked
    return Say(ToPerson(scene.whose.id), message, PROMPTLY, interview.id, interview.attempt.id)
