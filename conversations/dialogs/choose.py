"""Which one? Several interviews match what was typed; the command goes on with the one that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.effects import Then
from conversations.events import Commanded, Event
from conversations.identity import STAFF
from conversations.messages import Message, Note, Para, Press, item
from locales.text import Moment, ct, nt, t


def _which(scene: Scene, session: Session) -> Message:
    options: Sequence[Mapping[str, str]] = session.data["options"]
    lead = nt("{n} interview matches. Which one?", "{n} interviews match. Which one?", len(options))
    note = Note(t("Nothing has happened yet. Is it not among them? Type more of the name, or its number."))
    return Message("choose.ask", lead, (*map(_line, options), note), tuple(map(_button, options)))


def _line(option: Mapping[str, str]) -> Para:
    return item(
        t(
            "{label} {name}, {role}: {when}",
            label=option["label"],
            name=option["name"],
            role=option["role"],
            when=Moment(datetime.fromisoformat(option["at"]), option["zone"]),
        )
    )


def _button(option: Mapping[str, str]) -> Press:
    label = ct("button", "{label} {name}", label=option["label"], name=option["name"])
    return Press(f"pick:{option['label']}", label)


def _picked(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    typed = f"{arg} {session.data['tail']}".strip()
    return Turn(
        effects=(Then(Commanded(session.data["verb"], typed)),), to=END, chosen=t("{label}", label=arg)
    )


CHOOSE = Dialog("choose", Ask("ask", _which, {"pick": _picked}, exits=(END,)), roles=STAFF)
