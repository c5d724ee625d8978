"""No more messages: confirmed by a button, told to HR, and taken back by START."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.appointments import OVER, is_off, plan
from conversations.dialogs.phrases import nothing, role_of, when
from conversations.dialogs.rebook import ENTRIES, begin
from conversations.effects import Answer, Effect, Manner, Priority, Record, SavePerson, Say, Withdraw
from conversations.events import Event
from conversations.identity import Person, ToTeam
from conversations.interview import Interview
from conversations.messages import Block, Message, Note, Press
from locales.text import ct, t

_NO_SESSION = Session(UUID(int=0), "", "")

# -- what is said ----------------------------------------------------------------------------------------


def _ask(scene: Scene, session: Session) -> Message:
    lead = t("Shall I stop sending you messages?")
    note = Note(
        t("You would get no more reminders. Your interview stays as it is until you or we change it.")
    )
    move = () if is_off(scene) else (Press("move", ct("button", "Another time instead")),)
    presses = (
        Press("yes", ct("button", "Yes, stop"), "danger"),
        Press("no", ct("button", "No, keep me posted")),
        *move,
    )
    return Message("opt_out.ask", lead, (note,), presses)


def _done(scene: Scene, session: Session) -> Message:
    lead = t("Done: I will send you nothing more. The hiring team knows.")
    back = Note(t("Write START whenever you want messages again."))
    still: tuple[Block, ...] = ()
    if not is_off(scene):
        interview = scene.booked
        still = (
            Note(
                t(
                    "Still booked: {interview}, {when}.",
                    interview=role_of(interview),
                    when=when(interview.attempt),
                )
            ),
        )
    return Message("opt_out.done", lead, (*still, back))


def _kept(scene: Scene, session: Session) -> Message:
    return Message("opt_out.kept", t("Good, I will keep you posted."))


def _back(scene: Scene, session: Session) -> Message:
    lead = t("Good to have you back. You will get messages again.")
    if is_off(scene):
        return Message("opt_out.back", lead)
    interview = scene.booked
    note = Note(t("Next: {interview}, {when}.", interview=role_of(interview), when=when(interview.attempt)))
    return Message("opt_out.back", lead, (note,))


# -- what is decided -------------------------------------------------------------------------------------


def _heed_stop(scene: Scene, event: Event) -> Turn:
    person = scene.candidate or scene.person
    if scene.interview is None:
        # Without an interview there is nothing to warn of, and nothing to ask beside.
        effects = _opt_out(scene, person) if person is not None and person.opted_out_at is None else ()
        return Turn(effects=effects, say=_done(scene, _NO_SESSION))
    return Turn(to="opt_out.done" if person and person.opted_out_at else "opt_out.ask")


def _unsubscribed(scene: Scene, event: Event) -> Turn:
    """One click in a mail program, or on the page that an e-mail leads to: done without a question."""
    person = scene.candidate or scene.person
    if person is None or person.opted_out_at is not None:
        return Turn()
    effects = _opt_out(scene, person)
    if scene.interview is None:
        return Turn(effects=effects, say=_done(scene, _NO_SESSION))
    return Turn(effects=effects, to="opt_out.done")


def _silenced(scene: Scene, event: Event) -> Turn:
    """Somebody called a mail of ours spam: not even a farewell is sent."""
    person = scene.candidate or scene.person
    known = person is not None and person.opted_out_at is None
    return Turn(effects=_opt_out(scene, person) if person is not None and known else ())


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(
        effects=_opt_out(scene, scene.whose),
        to="done",
        answer=Answer(toast=t("No more messages.")),
        chosen=ct("button", "Yes, stop"),
    )


def _opt_out(scene: Scene, person: Person) -> tuple[Effect, ...]:
    """Take back what waits; each rung still to come is refused at its time, so that START brings it back."""
    others: Iterable[Interview] = scene.found.get("others", ())
    own = (scene.interview,) if scene.interview else ()
    ids = dict.fromkeys(interview.id for interview in (*own, *others))
    return (
        SavePerson(replace(person, opted_out_at=scene.now)),
        *(Withdraw(id, "opted_out") for id in ids),
        Record("person.opted_out", f"person:{person.id}", f"person:{person.id}"),
        *((_tell_hr(scene, scene.interview),) if scene.interview else ()),
    )


def _tell_hr(scene: Scene, interview: Interview) -> Say:
    lead = t(
        "{label} {name} asked for no more messages. Please call them if you need them; their interview stands.",
        label=interview.label,
        name=scene.whose.name,
    )
    manner = Manner(where="ladder", priority=Priority.ALERT)
    return Say(ToTeam("hr"), Message("hr.opted_out", lead), manner, interview.id, interview.attempt.id)


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="kept", chosen=ct("button", "No, keep me posted"))


def _move(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(begin(scene, event), chosen=ct("button", "Another time instead"))


def come_back(scene: Scene, event: Event) -> Turn:
    """START: messages again, and what is still ahead is planned."""
    person = scene.candidate or scene.person
    if person is None or person.opted_out_at is None:
        return Turn(to="menu.menu") if scene.interview else Turn(say=nothing(scene))
    back = replace(person, opted_out_at=None)
    saved = (SavePerson(back), Record("person.opted_in", f"person:{person.id}", f"person:{person.id}"))
    if scene.interview is None:
        return Turn(effects=saved, say=_back(scene, _NO_SESSION))
    planned = () if scene.interview.state in OVER else plan(scene, scene.interview)
    return Turn(effects=(*saved, *planned), to="opt_out.back")


OPT_OUT = Dialog(
    "opt_out",
    Ask(
        "ask",
        _ask,
        {"yes": _yes, "no": _no, "move": _move},
        needs=("others",),
        exits=("done", "kept", *ENTRIES),
    ),
    Tell("done", _done),
    Tell("kept", _kept),
    Tell("back", _back),
    entries=("done", "back"),
    on={"wanted.unsubscribe": _unsubscribed, "wanted.silence": _silenced},
    heeds={"stop": _heed_stop, "start": come_back},
    needs={"stop": ("others",), "wanted.unsubscribe": ("others",), "wanted.silence": ("others",)},
)
