"""Who? Several people fit what was typed, or a case goes to somebody: the command goes on with whoever is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.effects import Then
from conversations.events import Commanded, Event
from conversations.identity import STAFF
from conversations.messages import Block, Message, Note, Press, item
from locales.text import Text, ct, nt, t

TEAMS: Mapping[str, Text] = {
    "support": ct("team", "Support"),
    "hr": ct("team", "HR"),
}


def _ask(scene: Scene, session: Session) -> Message:
    options: Sequence[Mapping[str, str]] = session.data["options"]
    case = session.data.get("case", "")
    lead: Text
    if case:
        lead = t("To whom does {case} go?", case=case)
    else:
        lead = nt("{n} person fits. Who is meant?", "{n} people fit. Who is meant?", len(options))
    mailboxes: tuple[Block, ...] = tuple(
        item(t("{name}: {mailbox}", name=option["name"], mailbox=option["mailbox"]))
        for option in options
        if option.get("mailbox") and not case
    )
    return Message(
        "whom.ask", lead, (*mailboxes, Note(t("Nothing has happened yet."))), tuple(map(_button, options))
    )


def _button(option: Mapping[str, str]) -> Press:
    label = TEAMS.get(option["to"]) or ct("button", "{name}", name=option["name"])
    return Press(f"to:{option['to']}", label)


def _picked(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    data = session.data
    option = next(option for option in data["options"] if option["to"] == arg)
    typed = " ".join(filter(None, (data["before"], arg, data["after"])))
    return Turn(effects=(Then(Commanded(data["verb"], typed)),), to=END, chosen=_button(option).label)


WHOM = Dialog("whom", Ask("ask", _ask, {"to": _picked}, exits=(END,)), roles=STAFF)
