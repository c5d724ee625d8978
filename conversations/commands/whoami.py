"""`whoami`: who you are to Turnout, and what that lets you do."""

from __future__ import annotations

from conversations.commands.people import called
from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.identity import STAFF
from conversations.messages import Fact, Message, Note
from conversations.names import channel_names, channel_of
from locales.text import ct, t


def run(scene: Scene, event: Event, rest: str) -> Turn:
    person = scene.person
    if person is None:
        return Turn()
    accounts = [b.address.account for b in person.reachable] or [event.account or ""]
    channels = channel_names(channel_of(account) for account in accounts)
    blocks = (
        Fact("roles", t("You are"), called(person)),
        Fact("channels", t("I reach you by"), t("{channels}", channels=channels)),
        Fact("zone", t("Your clock"), t("{zone}", zone=person.zone or scene.policy.zone)),
        Note(t("What you can do: help")),
    )
    return Turn(say=Message("command.whoami", t("You are {name}.", name=person.name), blocks))


WHOAMI = Command("whoami", ("我是谁",), STAFF, ct("typed", "whoami"), t("Who you are to me."), run, flags=())
