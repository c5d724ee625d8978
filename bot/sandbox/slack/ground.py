"""Everybody and everything there is on the sandbox's Slack, with their names and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from bot.clock import Clock
from bot.sandbox.slack.app import SlackApp, Workspace
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson

TRIGGER_LIVES = timedelta(seconds=3)
URL_LIVES = timedelta(minutes=30)
MOST_USES = 5
"""How often a response_url may be used."""


@dataclass(slots=True)
class Trigger:
    """What lets a modal be opened, once and for three seconds."""

    person: SlackPerson
    at: datetime
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """An address at which the bot may answer an interaction: five times within half an hour."""

    person: SlackPerson
    place: SlackChannel
    shown: Shown | None
    at: datetime
    uses: int = 0


class Ground:
    """Who and what there is, by id."""

    def __init__(self, clock: Clock, app: SlackApp) -> None:
        self.clock = clock
        self.app = app
        self.base = ""
        self.workspaces: list[Workspace] = []
        self.people: dict[str, SlackPerson] = {}
        self.channels: dict[str, SlackChannel] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._private: dict[str, SlackChannel] = {}
        self._count = 100

    # -- names and numbers --------------------------------------------------------------------------------

    def number(self) -> int:
        self._count += 1
        return self._count

    def id(self, kind: str) -> str:
        """Return a new id, beginning with the letter of its kind."""
        return f"{kind}0SB{self.number():07d}"

    def ts(self) -> str:
        """Return a new message's id, which tells when it was posted."""
        return f"{int(self.clock.now().timestamp())}.{self.number():06d}"

    def name(self, id: str) -> str:
        """Return the name of a person or channel by its id."""
        if any(workspace.bot == id for workspace in self.workspaces):
            return self.app.name
        owner = self.people.get(id) or self.channels.get(id)
        return owner.name if owner else ""

    def secret(self, *words: object) -> str:
        """Return something nobody guesses, the same in every run."""
        return uuid5(NAMESPACE_OID, "/".join(map(str, words))).hex

    def private(self, person: SlackPerson) -> SlackChannel:
        """Return somebody's private chat with the bot."""
        if person.id not in self._private:
            installed = [each for each in self.workspaces if each.grants]
            home = person.workspace if person.workspace.grants or not installed else installed[0]
            made = SlackChannel(self.id("D"), "directmessage", "im", home, [person], has_bot=True)
            self._private[person.id] = self.channels[made.id] = made
        return self._private[person.id]

    def has_private(self, person: SlackPerson) -> bool:
        return person.id in self._private

    def trigger(self, person: SlackPerson) -> str:
        id = f"{self.number()}.{self.number()}.{self.secret('trigger', self.number())}"
        self.triggers[id] = Trigger(person, self.clock.now())
        return id

    def response_url(self, person: SlackPerson, place: SlackChannel, shown: Shown | None, kind: str) -> str:
        path = f"/{kind}/{place.workspace.id}/{self.number()}/{self.secret('url', self.number())[:24]}"
        self.response_urls[path] = ResponseUrl(person, place, shown, self.clock.now())
        return self.base + path
