"""`whoami`: who you are to Turnout, and what that lets you do."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.identity import STAFF, Role
from conversations.messages import Fact, Message, Note
from conversations.names import channel_names, channel_of
from locales.text import Listing, Text, ct, t

ROLES: Mapping[Role, Text] = {
    Role.ADMIN: ct("role", "administrator"),
    Role.HR: ct("role", "HR"),
    Role.RECRUITER: ct("role", "recruiter"),
    Role.SUPPORT: ct("role", "support"),
    Role.VIEWER: ct("role", "viewer"),
    Role.CANDIDATE: ct("role", "candidate"),
}


def run(scene: Scene, event: Event, rest: str) -> Turn:
    person = scene.person
    if person is None:
        return Turn()
    roles = Listing(tuple(text for role, text in ROLES.items() if role in person.roles))
    accounts = [b.address.account for b in person.reachable] or [event.account or ""]
    channels = channel_names(channel_of(account) for account in accounts)
    blocks = (
        Fact("roles", t("You are"), t("{roles}", roles=roles)),
        Fact("channels", t("I reach you by"), t("{channels}", channels=channels)),
        Fact("zone", t("Your clock"), t("{zone}", zone=person.zone or scene.policy.zone)),
        Note(t("What you can do: help")),
    )
    return Turn(say=Message("command.whoami", t("You are {name}.", name=person.name), blocks))


WHOAMI = Command("whoami", ("我是谁",), STAFF, "whoami", t("Who you are to me."), run)
