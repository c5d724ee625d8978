"""Handing over to a person: asked for, or offered after words that we did not understand twice."""

from __future__ import annotations

from dataclasses import replace

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn, fresh_id
from conversations.dialogs.appointments import follow, subject
from conversations.dialogs.casework import warning
from conversations.dialogs.escalation import first_call
from conversations.dialogs.phrases import call_support, nothing, support
from conversations.effects import REPLY, Effect, Record, SaveCase, Show
from conversations.events import Event, Said
from conversations.interview import Case, CaseKind, CaseState
from conversations.messages import Message, Note, Press
from conversations.steps import taken_by
from conversations.understanding.intents import heed
from locales.text import Moment, ct, t

HELP = (CaseKind.TECHNICAL, CaseKind.PERSON)
LONGEST = 1000


# -- cases that candidates open --------------------------------------------------------------------------


def open_case(scene: Scene, event: Event, kind: CaseKind = CaseKind.PERSON) -> tuple[Effect, ...]:
    """Put a case before support; where one is open already, add to it what was just said."""
    words = event.body.text[:LONGEST] if isinstance(event.body, Said) else None
    known = scene.open_case(*HELP)
    if known is not None:
        return add_words(scene, known, words)
    interview = scene.booked
    case = Case(
        id=fresh_id(event, kind.value),
        number=scene.next_case,
        kind=kind,
        interview=interview.id,
        attempt=interview.attempt.id,
        opened_at=scene.now,
        said=words,
    )
    of_case = f"case:{case.id}"
    return (
        SaveCase(case),
        Record("case.opened", of_case, f"person:{scene.whose.id}", {"kind": kind.value}),
        warning(case, scene.policy),
        *first_call(scene, case),
    )


def add_words(scene: Scene, case: Case, words: str | None) -> tuple[Effect, ...]:
    """Keep a candidate's words with their case, and have its card show them."""
    if words is None:
        return follow(scene, case)
    told = replace(case, said="\n".join(filter(None, (case.said, words)))[-LONGEST:])
    return (SaveCase(told), *follow(scene, told))


def who_and_when(scene: Scene) -> Note:
    """Say who has the case, or by when somebody will."""
    case = scene.open_case(*HELP)
    if case is not None and case.state is CaseState.TAKEN and case.owner_name:
        return Note(t("{name} looks after it and will call or write to you.", name=case.owner_name))
    by = Moment(taken_by(scene.policy, scene.now))
    return Note(t("Somebody will look at it by {when}, and then call or write to you.", when=by))


# -- the dialog ------------------------------------------------------------------------------------------


def _offer(scene: Scene, session: Session) -> Message:
    if session.data.get("why") == "complaint":
        lead = t("I am sorry about that. Shall I ask a colleague to get in touch with you?")
    else:
        lead = t("Sorry, I still do not understand. Shall I ask a colleague to get in touch with you?")
    presses = (
        Press("person", ct("button", "Yes, please"), "primary"),
        Press("back", ct("button", "No, go on here")),
    )
    return Message("person.offer", lead, (), presses)


def _waiting(scene: Scene, session: Session) -> Message:
    lead = t("I have passed it on to our team.")
    blocks = (who_and_when(scene), support(scene.policy, scene.now))
    return Message("person.waiting", lead, blocks, call_support(scene.policy))


def _person(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(effects=open_case(scene, event), to="waiting", chosen=ct("button", "Yes, please"))


def _back(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    """Go back to the question that was open before."""
    before = session.data.get("back")
    if not before:
        return Turn(to="menu.menu", chosen=ct("button", "No, go on here"))
    show = Show(session.holder, session.subject, before, dict(session.data.get("kept", {})), REPLY)
    return Turn(effects=(show,))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    match heed(said.text).intent:
        case "yes" | "ack" | "person":
            return _person(scene, session, event, "")
        case "no":
            return _back(scene, session, event, "")
    return Turn(was_understood=False)


def _misses(scene: Scene, event: Event) -> Turn:
    """Two misses in a row: offer a person, and remember what was asked."""
    if scene.interview is None:
        return Turn()
    session = scene.session(f"person:{scene.whose.id}", subject(scene.interview))
    if session is None or session.dialog == "person":
        # Not understood even here: then a person, without another question.
        return Turn(effects=open_case(scene, event), to="person.waiting")
    keep = {"back": session.at, "kept": {k: v for k, v in session.data.items() if k != "picked"}, "why": ""}
    return Turn(to="person.offer", keep=keep)


def _asked(scene: Scene, event: Event) -> Turn:
    """人工: a person, at once."""
    if scene.interview is None:
        return Turn(say=nothing(scene))
    return Turn(effects=open_case(scene, event), to="person.waiting")


def _complaint(scene: Scene, event: Event) -> Turn:
    if scene.interview is None:
        return Turn(say=nothing(scene))
    return Turn(to="person.offer", keep={"why": "complaint", "back": None})


PERSON = Dialog(
    "person",
    Ask(
        "offer",
        _offer,
        {"person": _person, "back": _back},
        hear=_hear,
        exits=("waiting", "menu.menu"),
    ),
    Tell("waiting", _waiting),
    entries=("waiting",),
    on={"misses": _misses},
    heeds={"person": _asked, "complaint": _complaint},
)
