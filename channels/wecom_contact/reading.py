"""What a callback says, as an event, with the code of a welcome. Pure; anything is read, or raises Malformed.

developer.work.weixin.qq.com/document/path/92130. Employees add people every day who are nothing to us: whoever comes
by a way of ours brings a state that begins with our name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from channels.tencent.words import short
from channels.tencent.xml import required, text_of
from conversations.events import Body, Event, Followed, Unreachable

OURS = "turnout-"
LONGEST_STATE = 30
"""In characters (92577)."""
LONGEST_ID = 128

_TOKEN = re.compile(r"[\w-]{1,22}", re.ASCII)
_LEFT = {"del_follow_user": "deleted us", "del_external_contact": "deleted by the employee"}


@dataclass(frozen=True, slots=True)
class Found:
    """What happened, and the code with which they may be welcomed."""

    event: Event
    welcome: str = ""


def state_of(token: str) -> str | None:
    """Return what a contact way of ours carries for a token; None where a token is too long for that."""
    return f"{OURS}{token}" if _TOKEN.fullmatch(token) else None


def read_callback(root: Element, account: str, at: datetime) -> Found | None:
    """Return what a callback says, None for what does not concern us; raises Malformed."""
    is_event = required(root, "MsgType").lower() == "event"
    if not is_event or required(root, "Event").lower() != "change_external_contact":
        return None
    change = required(root, "ChangeType").lower()
    if change in ("add_external_contact", "add_half_external_contact"):
        return _added(root, account, at)
    if change in _LEFT:
        return Found(_event(root, account, at, Unreachable(_LEFT[change])))
    return None


def _added(root: Element, account: str, at: datetime) -> Found | None:
    state = text_of(root, "State")
    token = state.removeprefix(OURS)
    if not state.startswith(OURS) or not _TOKEN.fullmatch(token):
        return None
    welcome = text_of(root, "WelcomeCode")
    event = _event(root, account, at, Followed(token), opens="contact" if welcome else "")
    return Found(event, welcome)


def _event(root: Element, account: str, at: datetime, body: Body, opens: str = "") -> Event:
    user = required(root, "ExternalUserID", LONGEST_ID)
    # Such callbacks have no number: what they say is what the same one says when it is brought again.
    told = (text_of(root, name) for name in ("CreateTime", "ChangeType", "UserID", "ExternalUserID", "State"))
    return Event(
        id=short("\n".join(told)),
        source=account,
        at=at,
        body=body,
        account=account,
        user=user,
        chat=user,
        opens=opens,
    )
