"""What a callback says, as an event. Pure; whatever comes in, it returns an event or None, or raises Malformed.

developers.weixin.qq.com/doc/service, Receiving_standard_messages and Receiving_event_pushes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element

import structlog

from channels.base import storable
from channels.tencent.words import short, wanted, words
from channels.tencent.xml import required, text_of
from conversations.events import Body, Event, Followed, Lost, Sent, Unreachable

LONGEST_TEXT = 4096
LONGEST_ID = 128
SCENE = "qrscene_"
"""What stands before the token when somebody follows by a code."""
NO_SCENE = "last_trade_no_"
"""What may stand there instead after a payment, and is no token."""

Kind = Literal["voice", "picture", "video", "document", "location", "sticker", "other"]
Opens = Literal["", "message", "menu", "follow", "scan"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback, opened, and what it does not say of itself."""

    root: Element
    account: str
    at: datetime

    @property
    def user(self) -> str:
        return required(self.root, "FromUserName", LONGEST_ID)

    def text(self, name: str) -> str:
        return text_of(self.root, name)

    def event(self, body: Body, opens: Opens = "", *, about: str | None = None) -> Event:
        return Event(
            id=self._id(),
            source=self.account,
            at=self.at,
            body=body,
            account=self.account,
            user=self.user,
            chat=self.user,
            about=about,
            opens=opens,
        )

    def _id(self) -> str:
        """Return what the same callback has when it is brought again.

        Messages have a number. Of events WeChat names FromUserName and CreateTime, but a click and a scan in one
        second are two events.
        """
        if number := self.text("MsgId"):
            return number[:LONGEST_ID]
        return short("\n".join((self.user, *(self.text(name) for name in _TOLD))))


_TOLD = (
    "CreateTime MsgType Event EventKey Ticket MsgID Status Content MediaId Url Location_X Location_Y".split()
)


@dataclass(frozen=True, slots=True)
class Click:
    """An item of a menu in the chat was tapped: what it brought, for whoever knows the menu."""

    id: str
    content: str


def read_callback(root: Element, account: str, at: datetime) -> Event | None:
    """Return what a callback says, None for what does not concern us; raises Malformed."""
    callback = Callback(root, account, at)
    kind = required(root, "MsgType").lower()
    if kind != "event":
        return _MESSAGES.get(kind, _unknown)(callback)
    found = _EVENTS.get(required(root, "Event").lower())
    return found(callback) if found is not None else None


def click_of(root: Element) -> Click | None:
    """Return the tap on an item of a menu in the chat; None for anything else. Raises Malformed."""
    if text_of(root, "MsgType").lower() != "text" or root.find("bizmsgmenuid") is None:
        return None
    return Click(text_of(root, "bizmsgmenuid")[:LONGEST_ID], text_of(root, "Content")[:LONGEST_TEXT])


# -- messages ------------------------------------------------------------------------------------------------


def _text(callback: Callback) -> Event | None:
    body = words(callback.text("Content")[:LONGEST_TEXT])
    return callback.event(body, "message") if body is not None else None


def _sent(kind: Kind) -> Callable[[Callback], Event | None]:
    return lambda callback: callback.event(Sent(kind, callback.text("MediaId")[:512]), "message")


def _location(callback: Callback) -> Event | None:
    place = ",".join(callback.text(name)[:20] for name in ("Location_X", "Location_Y"))
    return callback.event(Sent("location", place, callback.text("Label")[:200]), "message")


def _link(callback: Callback) -> Event | None:
    sent = Sent("other", callback.text("Url")[:512], callback.text("Title")[:200])
    return callback.event(sent, "message")


def _unknown(callback: Callback) -> Event | None:
    return callback.event(Sent("other"), "message")


_MESSAGES: Mapping[str, Callable[[Callback], Event | None]] = {
    "text": _text,
    "image": _sent("picture"),
    "voice": _sent("voice"),
    "video": _sent("video"),
    "shortvideo": _sent("video"),
    "file": _sent("document"),
    "location": _location,
    "link": _link,
}


# -- events --------------------------------------------------------------------------------------------------


def _followed(callback: Callback) -> Event | None:
    key = callback.text("EventKey")[:LONGEST_ID]
    token = "" if key.startswith(NO_SCENE) else key.removeprefix(SCENE)
    return callback.event(Followed(token), "follow")


def _scanned(callback: Callback) -> Event | None:
    """Return that a follower scanned a code of ours."""
    return callback.event(Followed(callback.text("EventKey")[:LONGEST_ID].removeprefix(SCENE)), "scan")


def _clicked(callback: Callback) -> Event | None:
    body = wanted(required(callback.root, "EventKey", LONGEST_ID))
    return callback.event(body, "menu") if body is not None else None


def _left(callback: Callback) -> Event | None:
    return callback.event(Unreachable("unsubscribed"))


def _finished(callback: Callback) -> Event | None:
    """Return that somebody takes no templates of ours, or that one did not arrive; that it came is expected."""
    status = "".join(callback.text("Status").lower().split())
    if status == "failed:userblock":
        return callback.event(Unreachable("blocks templates"))
    if status != "success":
        log.warning("wechat.not_arrived", account=callback.account, status=callback.text("Status")[:64])
        lost = callback.event(Lost(storable(callback.text("Status")[:64])))
        return replace(lost, about=callback.text("MsgID")[:LONGEST_ID] or None)
    return None


_EVENTS: Mapping[str, Callable[[Callback], Event | None]] = {
    "subscribe": _followed,
    "scan": _scanned,
    "click": _clicked,
    "unsubscribe": _left,
    "templatesendjobfinish": _finished,
}
"""All others tell of what we do not keep: places, pages that were opened, consents."""
