"""A person writes with the candidate: who it is, that what they write goes there, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs import talking
from conversations.dialogs.carrying import as_words, carry, is_file, kept, sent_what
from conversations.dialogs.casework import cards
from conversations.dialogs.phrases import company
from conversations.effects import ALERT, Effect, KeepWords, Say
from conversations.events import Edited, Event, Said, Sent
from conversations.identity import ToPerson
from conversations.interview import Case, CaseKind
from conversations.messages import Message, Note, Para
from locales.text import t

LONGEST = 2000


def _open(scene: Scene, session: Session) -> Message:
    lead = t("{who} of {company} is writing with you now.", who=str(session.data["owner"]),
             company=company(scene.policy))  # fmt: skip
    note = Note(
        t(
            "What you write here goes to them. I keep silent until they hand back; “stop” and “privacy” work as ever."
        )
    )
    return Message("talk.open", lead, (note,))


def _over(scene: Scene, session: Session) -> Message:
    who = str(session.data.get("owner", ""))
    match session.data.get("why"):
        case "handed":
            lead = t("{who} has passed it on to a colleague. You can write to me again meanwhile.", who=who)
        case "silent":
            lead = t("Nobody has written for a day, so you are back with me, the assistant.")
        case _:
            lead = t("{who} has handed back: you are writing with me, the assistant, again.", who=who)
    return Message("talk.over", lead, (Note(t("Would you like to go on with a person? Write “person”.")),))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """Bring what the candidate wrote, or sent, to whoever writes with them."""
    case = next((case for case in scene.cases if str(case.id) == session.data.get("case")), None)
    staff = talking.of_staff(scene, case) if case is not None else None
    if case is None or staff is None:
        return Turn(was_understood=False)
    channel = (event.account or "").partition(".")[0]
    effects: tuple[Effect, ...] = (
        *_brought(scene, case, staff, event, said),
        talking.goes_on(scene, staff),
        *(cards(scene, case) if case.kind is not CaseKind.NO_SHOW else ()),
    )
    return Turn(effects=effects, keep={"channel": channel})


def _brought(scene: Scene, case: Case, staff: Session, event: Event, said: Said) -> tuple[Effect, ...]:
    name, body = scene.whose.name, event.body
    if isinstance(body, Edited):
        lead = t("{name}, corrected: {words}", name=name, words=said.text[:LONGEST])
        brought = to_staff(scene, staff, Message("relay.answer", lead))
        return (brought, KeepWords(scene.booked.id, said.text, "candidate"))
    if isinstance(body, Sent) and is_file(body):
        about = {"interview": scene.booked.id, "case": case.id, "staff": id_of(staff.holder)}
        return (carry(about, kept(event, body), "staff"),)
    words = as_words(body) if isinstance(body, Sent) else said.text
    lead = t("{name}: {words}", name=name, words=words[:LONGEST])
    if isinstance(body, Sent) and (body.kind != "other" or not words):
        what = sent_what(body.kind, name)
        blocks = (Para(t("{words}", words=words[:LONGEST])),) if words else ()
        return (to_staff(scene, staff, Message("relay.answer", what, blocks)),)
    return (to_staff(scene, staff, Message("relay.answer", lead)),) if words.strip() else ()


def to_staff(scene: Scene, staff: Session, message: Message) -> Say:
    """Say something in the thread, or the chat, in which staff write with the candidate."""
    interview = scene.booked
    return Say(
        ToPerson(id_of(staff.holder)),
        message,
        replace(ALERT, under=staff.id),
        interview.id,
        interview.attempt.id,
        staff.id,
        staff.turn,
    )


def id_of(holder: str) -> UUID:
    return UUID(holder.partition(":")[2])


TALK = Dialog(
    "talk", Ask("open", _open, {}, _hear, hears="everything"), Tell("over", _over), entries=("over",)
)
