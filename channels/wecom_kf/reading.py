"""What callbacks and fetched messages say. Pure; whatever comes in, it is an event, nothing, or raises Malformed.

developer.work.weixin.qq.com/document/path/94670. A callback says only that there is something to fetch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from xml.etree.ElementTree import Element

from channels.base import Malformed
from channels.tencent.numbers import name_of, number
from channels.tencent.words import words
from channels.tencent.xml import required, text_of
from channels.wecom_kf.errors import FAILURES
from conversations.events import Body, Event, Followed, Held, Pressed, Sent, Unreachable

LONGEST_TEXT = 4096
LONGEST_ID = 128
LONGEST_TOKEN = 512
OF_CUSTOMER, OF_SYSTEM, OF_SERVICER = 3, 4, 5
"""Who a message is from: the person, WeCom itself, or an employee who writes in WeCom's own app."""

ENDED = 3
"""What changes when an employee ends a talk (change_type)."""

Kind = Literal["voice", "picture", "video", "document", "location", "sticker", "other"]
_MEDIA: Mapping[str, Kind] = {"image": "picture", "voice": "voice", "video": "video", "file": "document"}
_MARKED = re.compile(r"(.{1,115})~([0-9A-Za-z_-]{12})", re.DOTALL)
_TOKEN = re.compile(r"[\w-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """What a message means to us, and the code with which whoever has just come may be welcomed."""

    event: Event | None = None
    welcome: str = ""


def read_callback(root: Element, open_kfid: str) -> str | None:
    """Return the token that a callback about this account brings, None for all other callbacks; raises Malformed."""
    if required(root, "MsgType").lower() != "event" or required(root, "Event").lower() != "kf_msg_or_event":
        return None
    account = text_of(root, "OpenKfId")
    if account and account != open_kfid:
        return None
    return required(root, "Token", LONGEST_TOKEN)


def mark(value: str, msgid: str) -> str:
    """Return a menu item's id, which tells when it comes back whose menu it was of. `msgid` has 12 characters."""
    return f"{value}~{msgid}"


def read_message(item: object, account: str, open_kfid: str, now: datetime) -> Found:
    """Return what a fetched message says; raises Malformed."""
    if not isinstance(item, dict):
        raise Malformed("message")
    origin = number(item.get("origin"))
    if origin == OF_CUSTOMER:
        return _of_customer(item, account, open_kfid, now)
    if origin == OF_SYSTEM:
        return _of_system(item, account, open_kfid, now)
    if origin == OF_SERVICER:
        return Found()  # an employee has taken the talk: that is theirs
    raise Malformed("origin")


# -- what somebody wrote -------------------------------------------------------------------------------------


def _of_customer(item: Mapping[str, Any], account: str, open_kfid: str, now: datetime) -> Found:
    user = _text(item, "external_userid")
    if (item.get("open_kfid") or open_kfid) != open_kfid:
        return Found()
    about: str | None = None
    body: Body | None
    if item.get("msgtype") == "text":
        body, about = _said(_table(item, "text"))
    else:
        body = _sent(item)
    if body is None:
        return Found()
    return Found(_event(item, account, user, body, now, about=about, opens="message"))


def _said(text: Mapping[str, Any]) -> tuple[Body | None, str | None]:
    """Return what was typed or tapped, and the message whose menu it was of. Menus of the operator's are words."""
    if found := _MARKED.fullmatch(str(text.get("menu_id") or "")):
        return Pressed(found[1]), found[2]
    return words(str(text.get("content") or "")[:LONGEST_TEXT]), None


def _sent(item: Mapping[str, Any]) -> Body:
    kind = str(item.get("msgtype") or "")
    if kind in _MEDIA:
        return Sent(_MEDIA[kind], str(_table(item, kind).get("media_id") or "")[:512])
    if kind == "location":
        place = _table(item, kind)
        at = ",".join(str(place.get(name) or "")[:20] for name in ("latitude", "longitude"))
        return Sent("location", at, str(place.get("name") or place.get("address") or "")[:200])
    if kind == "link":
        link = _table(item, kind)
        return Sent("other", str(link.get("url") or "")[:512], str(link.get("title") or "")[:200])
    return Sent("other")


# -- what happened -------------------------------------------------------------------------------------------


def _of_system(item: Mapping[str, Any], account: str, open_kfid: str, now: datetime) -> Found:
    told = _table(item, "event")
    if (told.get("open_kfid") or open_kfid) != open_kfid:
        return Found()
    match told.get("event_type"):
        case "enter_session":
            return _entered(item, told, account, now)
        case "msg_send_fail":
            return _failed(item, told, account, now)
        case "session_status_change":
            return _changed_hands(item, told, account, now)
    return Found()  # who of the company is on duty, or has taken a message back


def _changed_hands(item: Mapping[str, Any], told: Mapping[str, Any], account: str, now: datetime) -> Found:
    """Return that an employee has taken a talk (1 from the pool, 2 from another, 4 again), or has ended it (3)."""
    kind = number(told.get("change_type"))
    if kind not in (1, 2, 3, 4):
        return Found()
    by = "" if kind == ENDED else _text(told, "new_servicer_userid")
    return Found(_event(item, account, _text(told, "external_userid"), Held(by), now))


def _entered(item: Mapping[str, Any], told: Mapping[str, Any], account: str, now: datetime) -> Found:
    """Return that somebody has opened the talk: news when they bring a token, or may be welcomed."""
    given = str(told.get("scene_param") or "")
    token = given if _TOKEN.fullmatch(given) else ""
    welcome = str(told.get("welcome_code") or "")
    if not token and not welcome:
        return Found()
    user = _text(told, "external_userid")
    opens = "enter" if welcome else ""
    return Found(_event(item, account, user, Followed(token), now, opens=opens), welcome)


def _failed(item: Mapping[str, Any], told: Mapping[str, Any], account: str, now: datetime) -> Found:
    """Return that what was accepted has not arrived; whoever writes again can be reached again."""
    why, _ = FAILURES.get(failure_of(told), FAILURES[0])
    about = str(told.get("fail_msgid") or "")[:LONGEST_ID]
    body = Unreachable(why)
    return Found(_event(item, account, _text(told, "external_userid"), body, now, about=about or None))


def failure_of(told: Mapping[str, Any]) -> int:
    """Return the number that says why a message did not arrive."""
    return number(told.get("fail_type")) or 0


# -- both ----------------------------------------------------------------------------------------------------


def _event(
    item: Mapping[str, Any],
    account: str,
    user: str,
    body: Body,
    now: datetime,
    *,
    about: str | None = None,
    opens: str = "",
) -> Event:
    return Event(
        id=_text(item, "msgid"),
        source=account,
        at=sent_at(item, now),
        body=body,
        account=account,
        user=user,
        chat=user,
        about=about,
        opens=opens,
    )


def sent_at(item: Mapping[str, Any], now: datetime) -> datetime:
    """Return when a message was written: by that instant its window is counted. Never in the future."""
    seconds = number(item.get("send_time"))
    if seconds is None or not 0 < seconds < 10**11:
        return now
    return min(datetime.fromtimestamp(seconds, UTC), now)


def _text(table: Mapping[str, Any], name: str) -> str:
    value = name_of(table.get(name))
    if not 0 < len(value) <= LONGEST_ID:
        raise Malformed(name)
    return value


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    if not isinstance(value, dict):
        raise Malformed(name)
    return value
