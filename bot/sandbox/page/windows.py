"""Everybody's windows as the page shows them: whose, the newest messages, and what can be done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from bot.sandbox.kf import KfPerson
from bot.sandbox.kf.rules import MESSAGES, WINDOW
from bot.sandbox.mail import MailPerson
from bot.sandbox.page.doings import Doing, doings, menu
from bot.sandbox.page.seats import Seat, seats
from bot.sandbox.page.studio import Studio
from bot.sandbox.pages import Page
from bot.sandbox.people import Someone
from bot.sandbox.slack import SlackChannel, SlackPerson
from bot.sandbox.slack.views import Modal
from bot.sandbox.sms import SmsPerson
from bot.sandbox.telegram import Group, Person
from bot.sandbox.visitor import Visitor
from bot.sandbox.wechat import WeChatPerson
from bot.sandbox.wecom import WeComPerson
from locales.text import Moment, Text, ct

SHOWN = 40
"""Messages of a window; older ones are counted, not drawn."""
MOST = 9
"""Windows that are open at once unless somebody opens more."""
SKINS = {
    "telegram": "telegram", "slack": "slack", "email": "email", "sms": "sms", "page": "browser",
    "wecom": "wecom", "wechat": "wechat", "wecom_kf": "kf", "wecom_contact": "kf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message with the number by which its buttons name it."""

    number: int
    seen: Any


@dataclass(frozen=True, slots=True)
class Window:
    """One window."""

    seat: Seat
    messages: tuple[Numbered, ...]
    hidden: int
    """Messages before these."""
    toast: str
    toasts: int
    """How many there were: each vanishes by itself."""
    note: Text | None
    """What is particular about somebody now: blocked, so many messages left until then."""
    speakers: Sequence[str]
    """Who can speak in a group."""
    can_write: bool

    @property
    def key(self) -> str:
        return self.seat.key

    @property
    def id(self) -> str:
        """For the page: letters and digits."""
        return f"w{sha256(self.key.encode()).hexdigest()[:10]}"

    @property
    def name(self) -> str:
        return self.seat.name

    @property
    def where(self) -> str:
        return self.seat.where

    @property
    def skin(self) -> str:
        return f"skins/{SKINS[self.where]}.html"

    @property
    def is_group(self) -> bool:
        return self.seat.person is None

    @property
    def doings(self) -> Sequence[Doing]:
        return doings(self.seat.person) if self.seat.person is not None else ()

    @property
    def menu(self) -> Sequence[str]:
        return menu(self.seat.person) if self.seat.person is not None else ()

    @property
    def modal(self) -> Modal | None:
        return self.seat.sits.modal if isinstance(self.seat.sits, SlackPerson) else None

    @property
    def page(self) -> Page | None:
        """What stands in somebody's browser."""
        return self.seat.sits.page if isinstance(self.seat.sits, Visitor) else None

    @classmethod
    def of(cls, seat: Seat, now: datetime) -> Window:
        messages = seat.messages
        start = max(0, len(messages) - SHOWN)
        found = [Numbered(start + n, seen) for n, seen in enumerate(messages[start:])]
        person = seat.person
        return cls(
            seat,
            tuple(found),
            start,
            person.toasts[-1] if person is not None and person.toasts and seat.where != "page" else "",
            len(person.toasts) if person is not None else 0,
            _note(person, now) if person is not None else None,
            _speakers(seat),
            _can_write(seat),
        )


def windows(studio: Studio) -> tuple[list[Window], list[Seat]]:
    """Return the windows that are open, and who else there is. Those where something happened last are open."""
    if studio.stage is None:
        return [], []
    everybody = list(seats(studio.stage))
    newest = sorted(everybody, key=lambda seat: seat.messages[-1].at.timestamp() if seat.messages else 0)
    opened = {seat.key for seat in newest[-MOST:]} | studio.opened
    now = studio.stage.clock.now()
    shown = [Window.of(seat, now) for seat in everybody if seat.key in opened]
    return shown, [seat for seat in everybody if seat.key not in opened]


def _speakers(seat: Seat) -> list[str]:
    members = seat.sits.members if isinstance(seat.sits, Group | SlackChannel) else ()
    return [person.name for person in members]


def _can_write(seat: Seat) -> bool:
    match seat.sits:
        case Visitor():
            return False
        case MailPerson():
            return bool(seat.sits.mails)
        case Group() | SlackChannel():
            return bool(seat.sits.members)
        case WeChatPerson():
            return seat.sits.is_follower
        case _:
            return seat.person is not None


def _note(who: Someone, now: datetime) -> Text | None:
    match who:
        case Person() if who.is_blocked:
            return ct("sandbox", "has blocked the bot")
        case SlackPerson() if who.is_deactivated:
            return ct("sandbox", "has left the workspace")
        case SmsPerson() if who.state != "on":
            return ct("sandbox", "gets no texts now")
        case MailPerson() if who.refusal is not None:
            return ct("sandbox", "has no mailbox any more")
        case WeComPerson() if not who.is_in_scope:
            return ct("sandbox", "does not see the app")
        case WeChatPerson():
            return _wechat_window(who)
        case KfPerson():
            return _kf_window(who, now)
        case _:
            return None


def _wechat_window(who: WeChatPerson) -> Text:
    if not who.is_follower:
        return ct("sandbox", "does not follow the account")
    if not (ends_at := who.window_ends_at):
        return ct("sandbox", "window closed: only template messages")
    return _left(who.messages_left, who.messages_granted, ends_at)


def _kf_window(who: KfPerson, now: datetime) -> Text:
    if who.refuses:
        return ct("sandbox", "has turned the messages off")
    ends_at = who.wrote_at + WINDOW if who.wrote_at else None
    if ends_at is None or ends_at <= now:
        return ct("sandbox", "window closed: nothing can be sent")
    return _left(max(0, MESSAGES - who.sent_since), MESSAGES, ends_at)


def _left(left: int, of: int, ends_at: datetime) -> Text:
    return ct("sandbox", "{left} of {of} messages left until {at}", left=left, of=of, at=Moment(ends_at))
