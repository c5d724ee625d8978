"""What WeCom holds an app to, with its own error codes (developer.work.weixin.qq.com 90313, 90236, 90454)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

MOST_TEXT = 2048
MOST_USERS = 1000
CODE_LIVES = timedelta(hours=72)
MEDIA_LIVES = timedelta(days=3)
RECALL_LIVES = timedelta(hours=24)
TOKEN_LIVES = timedelta(hours=2)
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
USER_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@\-]{0,63}")
# A backslash, then u, unless the backslash is itself escaped: JSON's way of writing letters by number.
ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")
PER_MEMBER = ((30, timedelta(minutes=1)), (1000, timedelta(hours=1)))
"""Above these WeCom says yes and shows nothing (90454)."""
PER_ROBOT = ((20, timedelta(minutes=1)),)

WORDS: Mapping[int, str] = {
    -1: "system busy",
    40001: "invalid credential",
    40003: "invalid userid",
    40005: "invalid type",
    40007: "invalid media_id",
    830002: "file too large, download it by ranges",
    40008: "invalid message type",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40025: "invalid sub button name size",
    40032: "invalid userid list size",
    40033: "invalid charset",
    40035: "invalid argument",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    40096: "invalid external userid",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41006: "media_id missing",
    41010: "url missing",
    41011: "agentid missing",
    41016: "missing title",
    41033: "missing description",
    41050: "welcome code expired",
    41051: "externaluser has started chatting",
    41096: "welcome message is being sent",
    42001: "access_token expired",
    42003: "code expired",
    42014: "invalid task_id",
    42015: "app not match",
    42022: "code already used",
    42052: "msgid expired",
    44001: "empty media data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    45034: "url without scheme",
    46003: "menu not found",
    46004: "user not exist",
    48002: "API forbidden",
    50002: "member is out of the app's scope",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    82001: "no user, party or tag given",
    84061: "not external contact",
    84074: "no permission for external contacts",
    93000: "invalid webhook url",
    93008: "not in group",
    95000: "invalid open_kfid",
    95001: "send msg count limit",
    95002: "send msg time limit",
    95004: "open_kfid not exist",
    95007: "invalid msg token",
    95008: "menu list size out of limit",
    95009: "invalid menu type",
    95013: "session is end",
    95014: "user is not servicer",
    95016: "session status transition not allowed",
    95018: "send msg session status invalid",
    301002: "no privilege to this app",
}


class Refusal(Exception):
    """A request that WeCom does not carry out: an errcode, and what it is about."""

    def __init__(self, code: int, about: str = "") -> None:
        super().__init__(f"{code} {WORDS.get(code, '')} {about}".strip())
        self.code = code
        self.about = about

    def body(self) -> dict[str, Any]:
        """Return the answer as it goes out; an HTTP 200 all the same."""
        words = " ".join(filter(None, (WORDS.get(self.code, "error"), self.about)))
        more = f"https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        told = f"{words}, hint: [1764000000_1_0], from ip: 203.0.113.7, more info at {more}"
        return {"errcode": self.code, "errmsg": told}


class Rate:
    """At most so many in any span of each length."""

    def __init__(self, limits: tuple[tuple[int, timedelta], ...]) -> None:
        self._limits = limits
        self._longest = max(per for _, per in limits)
        self._taken: deque[datetime] = deque()

    def take(self, now: datetime) -> bool:
        """Count one, and return whether it is within every limit; what is above counts for none."""
        while self._taken and now - self._taken[0] >= self._longest:
            self._taken.popleft()
        for count, per in self._limits:
            if sum(now - at < per for at in self._taken) >= count:
                return False
        self._taken.append(now)
        return True


def size(text: object) -> int:
    return len(str(text).encode())


def cut(text: str, most: int) -> str:
    """Return as much of a text as fits so many bytes, as WeCom cuts what is too long."""
    return text.encode()[:most].decode(errors="ignore")


def check_url(url: object) -> None:
    """Raise Refusal unless an address can be opened."""
    if not url:
        raise Refusal(41010)
    if not str(url).startswith(("http://", "https://")):
        raise Refusal(45034)


def check_menu(buttons: object) -> None:
    """Raise Refusal unless these can be an app's menu (90231)."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016)
    for button in buttons:
        if not 0 < size(button.get("name", "")) <= 16:
            raise Refusal(40018, str(button.get("name")))
        below = button.get("sub_button") or []
        if len(below) > 5:
            raise Refusal(40023)
        for each in below or [button]:
            _check_entry(each, 40025 if below else 40018)


def _check_entry(entry: Mapping[str, Any], code: int) -> None:
    if not 0 < size(entry.get("name", "")) <= 40:
        raise Refusal(code, str(entry.get("name")))
    match entry.get("type"):
        case "click":
            if not 0 < size(entry.get("key", "")) <= 128:
                raise Refusal(40019)
        case "view":
            check_url(entry.get("url"))
            if size(entry["url"]) > 1024:
                raise Refusal(40020)
        case _:
            raise Refusal(40017)
