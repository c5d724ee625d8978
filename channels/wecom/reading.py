"""What a callback says, as an event. Pure; whatever comes in, it returns an event or None, or raises Malformed.

developer.work.weixin.qq.com/document/path/90239 (messages), 90240 (events).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element

from channels.base import Malformed, storable
from channels.tencent.words import short, wanted, words
from channels.tencent.xml import required, text_of
from channels.wecom.selecting import NOTHING
from channels.wecom.tokens import make_token
from conversations.events import Body, Event, Followed, Pressed, Sent, Unreachable

LONGEST_TEXT = 4096
LONGEST_VALUE = 1024
LONGEST_ID = 128
MOST_QUESTIONS = 20

Kind = Literal["voice", "picture", "video", "document", "location", "sticker", "other"]


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback, opened, and what it does not say of itself."""

    root: Element
    account: str
    agentid: int
    at: datetime

    def text(self, name: str) -> str:
        return text_of(self.root, name)

    def event(self, body: Body, *, once: str = "", about: str | None = None, edit_token: str = "") -> Event:
        user = required(self.root, "FromUserName", LONGEST_ID)
        return Event(
            id=once or self._id(user),
            source=self.account,
            at=self.at,
            body=body,
            account=self.account,
            user=user,
            chat=user,
            about=about,
            edit_token=edit_token or None,
        )

    def _id(self, user: str) -> str:
        """Return what the same callback has when it is brought again.

        Messages have a number. Of events Tencent names FromUserName and CreateTime, but two presses in one second
        are two events.
        """
        if number := self.text("MsgId") or self.text("MsgID"):
            return number[:LONGEST_ID]
        told = (self.text(name) for name in _TOLD)
        chosen = (part for asked in _chosen(self.root).items() for part in asked)
        return short("\n".join((user, *told, text_of(self.root, "Image/MediaId"), *chosen)))


_TOLD = "CreateTime MsgType Event EventKey TaskId Content MediaId Url Location_X Location_Y".split()


def read_callback(root: Element, account: str, agentid: int, at: datetime) -> Event | None:
    """Return what a callback says, None for what does not concern us; raises Malformed."""
    callback = Callback(root, account, agentid, at)
    kind = required(root, "MsgType").lower()
    agent = callback.text("AgentID")
    if agent and agent != str(agentid):
        return None  # another app's, where they share one address
    if kind != "event":
        read = _MESSAGES.get(kind, _unknown)
        return read(callback)
    name = required(root, "Event").lower()
    found = _EVENTS.get(name)
    return found(callback) if found is not None else None


# -- messages ------------------------------------------------------------------------------------------------


def _text(callback: Callback) -> Event | None:
    body = words(callback.text("Content")[:LONGEST_TEXT])
    return callback.event(body) if body is not None else None


def _sent(kind: Kind, holder: str = "") -> Callable[[Callback], Event | None]:
    def read(callback: Callback) -> Event | None:
        # Flat in the documentation's text, nested in some of its samples.
        media = callback.text("MediaId") or (text_of(callback.root, f"{holder}/MediaId") if holder else "")
        return callback.event(Sent(kind, media[:512]))

    return read


def _location(callback: Callback) -> Event | None:
    place = ",".join(callback.text(name)[:20] for name in ("Location_X", "Location_Y"))
    return callback.event(Sent("location", place, callback.text("Label")[:200]))


def _link(callback: Callback) -> Event | None:
    return callback.event(Sent("other", callback.text("Url")[:512], callback.text("Title")[:200]))


def _unknown(callback: Callback) -> Event | None:
    return callback.event(Sent("other"))


_MESSAGES: Mapping[str, Callable[[Callback], Event | None]] = {
    "text": _text,
    "image": _sent("picture", "Image"),
    "voice": _sent("voice", "Voice"),
    "video": _sent("video", "Video"),
    "file": _sent("document", "File"),
    "location": _location,
    "link": _link,
}


# -- events --------------------------------------------------------------------------------------------------


def _clicked(callback: Callback) -> Event | None:
    """Return what an item of the app's menu asks for."""
    body = wanted(required(callback.root, "EventKey", LONGEST_ID))
    return callback.event(body) if body is not None else None


def _pressed(callback: Callback) -> Event | None:
    """Return the press of a card's button: it brings the code with which the card can be changed once more."""
    value = required(callback.root, "EventKey", LONGEST_VALUE)
    if len(value.encode()) > LONGEST_VALUE:
        raise Malformed("eventkey")
    task = required(callback.root, "TaskId", LONGEST_ID)
    chosen = _chosen(callback.root)
    code = callback.text("ResponseCode")
    token = make_token(task, code) if code else ""
    return callback.event(Pressed(value, chosen), about=task, edit_token=token)


def _chosen(root: Element) -> Mapping[str, str]:
    """Return what was chosen on a card with selectors, by question; each of ours takes one option."""
    chosen: dict[str, str] = {}
    for item in root.findall("SelectedItems/SelectedItem"):
        question = required(item, "QuestionKey", LONGEST_VALUE)
        options = [storable((each.text or "").strip()) for each in item.findall("OptionIds/OptionId")]
        if (
            question in chosen
            or len(chosen) == MOST_QUESTIONS
            or any(len(each) > LONGEST_ID for each in options)
        ):
            raise Malformed("selecteditems")
        chosen[question] = next((each for each in options if each != NOTHING), "")
    return chosen


def _came(callback: Callback) -> Event | None:
    return callback.event(Followed())


def _entered(callback: Callback) -> Event | None:
    """Return that somebody has opened the app, of which only the first time is news."""
    user = required(callback.root, "FromUserName", LONGEST_ID)
    return callback.event(Followed(), once=f"enter:{short(user)}")


def _left(callback: Callback) -> Event | None:
    return callback.event(Unreachable("unsubscribed"))


_EVENTS: Mapping[str, Callable[[Callback], Event | None]] = {
    "click": _clicked,
    "template_card_event": _pressed,
    "template_card_menu_event": _pressed,
    "taskcard_click": _pressed,
    "subscribe": _came,
    "enter_agent": _entered,
    "unsubscribe": _left,
}
"""All others tell of what we do not keep: places, customers, the directory, pages that were opened."""
