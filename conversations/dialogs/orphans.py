"""A step that nobody is there to do: an alarm, once a day, to whoever can change that."""

from __future__ import annotations

from collections.abc import Iterable

from conversations.commands.lines import KINDS
from conversations.dialog import Dialog, Scene, Turn
from conversations.dialogs.casework import cards, team_in
from conversations.dialogs.warned import everybody, readers
from conversations.effects import Effect, Manner, Priority, Say
from conversations.events import Done, Event
from conversations.identity import STAFF, Person, Recipient, ToPerson, ToTeam
from conversations.interview import Case, CaseState
from conversations.messages import Message, Note
from conversations.steps import is_left_alone, is_unstaffed
from locales.text import Text, Value, t
from locales.zones import local


def _day(scene: Scene) -> str:
    return local(scene.now, scene.policy.zone).date().isoformat()


def _orphan(scene: Scene, event: Event) -> Turn:
    """`result`: about (an interview), case; `left`: whose role was taken, where that is why."""
    result = event.body.result if isinstance(event.body, Done) else {}
    case = next((case for case in scene.cases if str(case.id) == result.get("case")), None)
    if case is None or scene.interview is None or case.state is CaseState.CLOSED:
        return Turn()
    left = str(result.get("left") or "")
    if not (is_left_alone(case, team_in(scene)) or (left and case.state is CaseState.OPEN)):
        return Turn()
    manner = Manner(where="ladder", priority=Priority.ALERT, once=f"orphan:{case.id}:{_day(scene)}")
    message, interview = Message("hr.orphan", _lead(scene, case, left), (_how(case),)), scene.interview
    told: Iterable[Effect] = (
        Say(to, message, manner, interview.id, interview.attempt.id) for to in everybody(scene, case)
    )
    return Turn(effects=(*told, *cards(scene, case)))


def _lead(scene: Scene, case: Case, left: str) -> Text:
    about: dict[str, Value] = {
        "case": case.label,
        "label": scene.booked.label,
        "name": scene.whose.name,
        "kind": KINDS[case.kind],
        "left": left,
        "owner": case.owner_name or "?",
    }
    if case.state is CaseState.OPEN:
        return Text(
            "Nobody looks after {case} any more, since {left} no longer may: {label} {name}, {kind}.", about
        )
    return Text("{owner} has {case} and cannot be reached here any more: {label} {name}, {kind}.", about)


def _how(case: Case) -> Note:
    if case.state is CaseState.TAKEN:
        return Note(
            t(
                "Please give it to yourself or to somebody else: assign {case} me · assign {case} @user",
                case=case.label,
            )
        )
    return Note(
        t("Please take it, or give it to somebody: take {case} · assign {case} @user", case=case.label)
    )


def _unstaffed(scene: Scene, event: Event) -> Turn:
    """Nobody of HR and no administrator can be reached: everybody of staff who can be reads it."""
    staff = team_in(scene)
    if not is_unstaffed(scene.policy, staff):
        return Turn()
    lead = t("Nobody of HR can be reached here: what is to be done about candidates has no owner.")
    how = Note(
        t(
            "Please have one of HR write to me, or have somebody made HR on the server: {command}",
            command="turnout admin code hr",
        )
    )
    manner = Manner(where="ladder", priority=Priority.ALERT, once=f"unstaffed:{_day(scene)}")
    message = Message("hr.unstaffed", lead, (how,))
    return Turn(effects=tuple(Say(to, message, manner) for to in _whoever_is_there(scene, staff)))


def _whoever_is_there(scene: Scene, staff: Iterable[Person]) -> tuple[Recipient, ...]:
    """Return who of staff can be reached; without anybody HR's team, so that it stands in the outbox unsent."""
    there = tuple(
        ToPerson(person.id) for person in staff if person.reachable and person.id not in readers(scene, "hr")
    )
    return there or (ToTeam("hr"),)


ORPHANS = Dialog("orphans", on={"done.orphan": _orphan, "done.unstaffed": _unstaffed}, roles=STAFF)
