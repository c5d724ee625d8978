"""What people can do beside writing and tapping: block, follow, switch a phone off, choose from a menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.contact import ContactPerson
from bot.sandbox.kf import KfPerson
from bot.sandbox.mail import MailPerson
from bot.sandbox.people import Someone
from bot.sandbox.slack import SlackPerson
from bot.sandbox.sms import SmsPerson
from bot.sandbox.telegram import Person
from bot.sandbox.wechat import WeChatPerson
from bot.sandbox.wecom import WeComPerson
from locales.text import Text, ct

Do = Callable[[Any], Awaitable[object] | object]
Is = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that somebody can do now."""

    name: str
    label: Text
    do: Do
    when: Is = lambda who: True
    """Whether it can be done as things are."""


def _sends(kind: str) -> Do:
    return lambda who: who.sends(kind)


_BLOCK, _UNBLOCK = ct("sandbox", "Block the bot"), ct("sandbox", "Unblock it")
_VOICE, _PHOTO = ct("sandbox", "Send a voice message"), ct("sandbox", "Send a picture")
_FOLLOW, _UNFOLLOW = ct("sandbox", "Follow"), ct("sandbox", "Unfollow")


def _mends_mailbox(who: MailPerson) -> None:
    who.refusal = None


_DOINGS: Sequence[tuple[type, Sequence[Doing]]] = (
    (Person, (
        Doing("block", _BLOCK, lambda who: who.blocks(), lambda who: not who.is_blocked),
        Doing("unblock", _UNBLOCK, lambda who: who.unblocks(), lambda who: who.is_blocked),
        Doing("start", ct("sandbox", "Tap START"), lambda who: who.starts(), lambda who: not who.chat),
        Doing("photo", _PHOTO, _sends("photo")),
        Doing("voice", _VOICE, _sends("voice")),
    )),
    (SlackPerson, (
        Doing("home", ct("sandbox", "Open the bot's home"), lambda who: who.opens_home()),
        Doing("leave", ct("sandbox", "Leave the workspace"), lambda who: who.deactivates(),
              lambda who: not who.is_deactivated),
        Doing("return", ct("sandbox", "Come back"), lambda who: who.returns(), lambda who: who.is_deactivated),
    )),
    (SmsPerson, (
        Doing("off", ct("sandbox", "Switch the phone off"), lambda who: who.switches_off(),
              lambda who: who.state == "on"),
        Doing("on", ct("sandbox", "Switch it on"), lambda who: who.switches_on(), lambda who: who.state != "on"),
        Doing("complain", ct("sandbox", "Complain to the carrier"), lambda who: who.is_blacklisted(),
              lambda who: who.state == "on"),
    )),
    (MailPerson, (
        Doing("spam", ct("sandbox", "Call it spam"), lambda who: who.complains(), lambda who: bool(who.mails)),
        Doing("bounce", ct("sandbox", "Have the newest mail bounce"), lambda who: who.bounces(),
              lambda who: bool(who.mails)),
        Doing("away", ct("sandbox", "Answer that one is away"), lambda who: who.is_away(),
              lambda who: bool(who.mails)),
        Doing("delete", ct("sandbox", "Delete the mailbox"), lambda who: who.deletes_mailbox(),
              lambda who: who.refusal is None),
        Doing("mend", ct("sandbox", "Have a mailbox again"), _mends_mailbox, lambda who: who.refusal is not None),
    )),
    (WeComPerson, (
        Doing("open", ct("sandbox", "Open the app"), lambda who: who.opens_app()),
        Doing("leave", ct("sandbox", "Leave the app's scope"), lambda who: who.leaves_scope(),
              lambda who: who.is_in_scope),
        Doing("return", ct("sandbox", "Come back"), lambda who: who.enters_scope(), lambda who: not who.is_in_scope),
        Doing("voice", _VOICE, _sends("voice")),
    )),
    (WeChatPerson, (
        Doing("follow", _FOLLOW, lambda who: who.follows(), lambda who: not who.is_follower),
        Doing("unfollow", _UNFOLLOW, lambda who: who.unfollows(), lambda who: who.is_follower),
        Doing("voice", _VOICE, _sends("voice"), lambda who: who.is_follower),
    )),
    (KfPerson, (
        Doing("off", ct("sandbox", "Turn its messages off"), lambda who: who.turns_off(), lambda who: not who.refuses),
        Doing("on", ct("sandbox", "Turn them on"), lambda who: who.turns_on(), lambda who: who.refuses),
        Doing("voice", _VOICE, _sends("voice")),
    )),
    (ContactPerson, ()),
)  # fmt: skip
"""By whose they are."""


def doings(who: Someone) -> list[Doing]:
    """Return what somebody can do now."""
    offered = next((each for kind, each in _DOINGS if isinstance(who, kind)), ())
    return [each for each in offered if each.when(who)]


def menu(who: Someone) -> list[str]:
    """Return the entries of the menu under somebody's chat, on platforms that have one."""
    entries = who.menu if isinstance(who, WeComPerson | WeChatPerson) else ()
    return [str(entry.get("name")) for entry in entries]
