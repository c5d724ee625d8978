"""A person writes with the candidate: who it is, that what they write goes there, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs import talking
from conversations.dialogs.casework import cards
from conversations.dialogs.phrases import company
from conversations.effects import ALERT, Effect, Say
from conversations.events import Event, Said, Sent
from conversations.identity import ToPerson
from conversations.interview import CaseKind
from conversations.messages import Message, Note
from locales.text import Text, t

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
    """Bring what the candidate wrote to whoever writes with them."""
    case = next((case for case in scene.cases if str(case.id) == session.data.get("case")), None)
    staff = talking.of_staff(scene, case) if case is not None else None
    if case is None or staff is None:
        return Turn(was_understood=False)
    channel = (event.account or "").partition(".")[0]
    effects: tuple[Effect, ...] = (
        *(_to_staff(scene, staff, lead) for lead in _leads(scene, event, said)),
        talking.goes_on(scene, staff),
        *(cards(scene, case) if case.kind is not CaseKind.NO_SHOW else ()),
    )
    return Turn(effects=effects, keep={"channel": channel})


def _leads(scene: Scene, event: Event, said: Said) -> tuple[Text, ...]:
    name = scene.whose.name
    words = (t("{name}: {words}", name=name, words=said.text[:LONGEST]),) if said.text.strip() else ()
    if not isinstance(event.body, Sent):
        return words
    return (_file(event.body.kind, name), *words)


def _file(kind: str, name: str) -> Text:
    match kind:
        case "voice":
            return t(
                "{name} sent a voice message, which I cannot bring. Please ask for it in words.", name=name
            )
        case "picture":
            return t("{name} sent a picture, which I cannot bring. Please ask them to mail it.", name=name)
        case "video":
            return t("{name} sent a video, which I cannot bring. Please ask them to mail it.", name=name)
        case _:
            return t("{name} sent a file, which I cannot bring. Please ask them to mail it.", name=name)


def _to_staff(scene: Scene, staff: Session, lead: Text) -> Say:
    interview = scene.booked
    return Say(
        ToPerson(UUID(staff.holder.partition(":")[2])),
        Message("relay.answer", lead),
        replace(ALERT, under=staff.id),
        interview.id,
        interview.attempt.id,
        staff.id,
        staff.turn,
    )


TALK = Dialog(
    "talk", Ask("open", _open, {}, _hear, hears="everything"), Tell("over", _over), entries=("over",)
)
