"""What staff write beside the conversation they have with a candidate: it is asked whether it was meant for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conversations.commands.cases import CASE_ROLES
from conversations.commands.import_ import ROLES as MAY_IMPORT
from conversations.commands.import_ import look, not_yours
from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.dialogs.carrying import CARRIED, carry, file_from, is_list, kept
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.effects import REPLY, Effect, Show, Then
from conversations.events import Event, Ordered, Said, Sent
from conversations.messages import Message, Note, Para, Press
from locales.text import ct, t

LONGEST = 2000
_SEND, _LEAVE = ct("button", "Yes, send it"), ct("button", "No, leave it")


def ask(relay: Session, sent: Sent | None, words: str, event: Event, before: Session | None = None) -> Show:
    """Ask whether something is for the candidate of a conversation; what waits for the answer already goes along."""
    waiting = before.data if before is not None and before.is_waiting else {}
    said = "\n".join(part for part in (str(waiting.get("words") or ""), words.strip()) if part)
    files = [*waiting.get("files", ()), *((kept(event, sent),) if sent is not None else ())]
    about = {name: relay.data[name] for name in ("case", "interview", "candidate", "name")}
    keep = {**about, "words": said[:LONGEST], "files": files}
    return Show(relay.holder, f"aside:{relay.data['case']}", "aside.ask", keep, REPLY)


def _overheard(scene: Scene, event: Event) -> Turn:
    """Staff write in the private chat in which they have one conversation, or several, but answer no message of it."""
    talks = [session for session in scene.sessions if is_beside(session, scene, event)]
    if len(talks) > 1:
        lead = t("I have sent this to nobody: you are writing with {n} candidates.", n=len(talks))
        how = Note(t("To write to one of them, answer a message of theirs. Everything you can ask: help"))
        return Turn(say=Message("aside.which", lead, (how,)))
    if not talks:
        return Turn()
    body, relay = event.body, talks[0]
    before = scene.session(relay.holder, f"aside:{relay.data['case']}")
    sent = body if isinstance(body, Sent) and body.kind in CARRIED else None
    words = body.caption if isinstance(body, Sent) else body.text if isinstance(body, Said) else ""
    return Turn(effects=(ask(relay, sent, words, event, before),))


def is_beside(session: Session, scene: Scene, event: Event) -> bool:
    """Tell whether it is a conversation of whoever wrote, held by answers, in this very chat."""
    person = scene.person
    return (
        person is not None
        and event.is_private
        and session.holder == f"person:{person.id}"
        and session.is_waiting
        and session.at == "relay.thread"
        and session.data.get("account") == event.account
    )


def _ask(scene: Scene, session: Session) -> Message:
    data = session.data
    lead = t("Shall I send this to {name}?", name=str(data["name"]))
    files = [str(file["name"]) or str(file["kind"]) for file in data.get("files", ())]
    shown = (*((data["words"],) if data["words"] else ()), *files)
    hint = t("To write to them without being asked, answer a message of theirs. For me: help")
    presses = [Press("yes", _SEND, "primary"), Press("no", _LEAVE)]
    if _lists(data) and scene.person is not None and scene.person.may(*MAY_IMPORT):
        presses.insert(1, Press("list", ct("button", "It is a list for you")))
    words = (Para(t("“{words}”", words=str(one)[:300])) for one in shown)
    return Message("aside.ask", lead, (*words, Note(hint)), tuple(presses))


def _lists(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [file for file in data.get("files", ()) if is_list(file_from(file))]


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    data, person = session.data, scene.person
    if person is None:
        return Turn()
    effects: list[Effect] = []
    if data["words"]:
        args = {"case": str(data["case"]), "words": str(data["words"])}
        effects.append(Then(Ordered("bring", UUID(str(data["interview"])), person.id, args)))
    effects += (carry(data, file) for file in data.get("files", ()))
    return Turn(effects=tuple(effects), to=END, chosen=_SEND)


def _list(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if scene.person is None or not scene.person.may(*MAY_IMPORT):
        return not_yours()
    turns = [
        look(scene, event, {"account": file["account"], "reference": file["reference"], "file": file["name"]})
        for file in _lists(session.data)
    ]
    looks = tuple(effect for turn in turns for effect in turn.effects)
    return Turn(effects=looks, to=END, chosen=ct("button", "It is a list for you"))


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    lead = t("It was not sent to {name}.", name=str(session.data["name"]))
    said = Message("aside.left", lead, (Note(t("Everything you can ask: help")),))
    return Turn(say=said, to=END, chosen=_LEAVE)


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _yes(scene, session, event, "")
    if no_in(said.text):
        return _no(scene, session, event, "")
    return Turn(was_understood=False)


ASIDE = Dialog(
    "aside",
    Ask("ask", _ask, {"yes": _yes, "no": _no, "list": _list}, hear=_hear, exits=(END,)),
    on={"beside": _overheard},
    roles=CASE_ROLES,
)
