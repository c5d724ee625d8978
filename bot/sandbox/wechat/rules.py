"""What WeChat holds a service account to, with its own error codes (developers.weixin.qq.com/doc/service/api)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.sandbox.wecom.rules import ESCAPED, size

__all__ = ["ESCAPED", "Refusal", "check_menu", "check_url", "size"]

BEIJING = timezone(timedelta(hours=8))
"""In which a day's quotas begin anew."""
MOST_TEXT = 2048
TOKEN_LIVES = timedelta(hours=2)
OVERLAP = timedelta(minutes=5)
"""So long the token before is good beside a new one, and so early a stable one is renewed."""
CODE_LIVES = timedelta(minutes=5)
MEDIA_LIVES = timedelta(days=3)
ONCE_FOR = timedelta(minutes=10)
"""How long a client_msg_id keeps a second message to the same person back."""
LONGEST_SCAN = 2_592_000
SHORTEST_SCAN = 60
"""Also what a code without `expire_seconds` lives."""
FORCED_A_DAY = 20
FORCED_APART = timedelta(seconds=30)
OPEN_ID = re.compile(r"o[0-9A-Za-z_\-]{27}")

QUOTAS: Mapping[str, int] = {
    "token": 2_000,
    "stable_token": 500_000,
    "message/custom/send": 500_000,
    "message/template/send": 100_000,
    "qrcode/create": 100_000,
    "menu/create": 1_000,
    "menu/get": 10_000,
    "menu/delete": 1_000,
    "user/info": 500_000,
    "media/get": 200_000,
}
"""Calls a day by method, of an account that can be verified (公众号接口权限说明)."""

WORDS: Mapping[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40036: "invalid template_id size",
    40037: "invalid template_id",
    40039: "invalid url size",
    40052: "invalid action name",
    40053: "invalid action info",
    40055: "invalid button url domain",
    40066: "invalid url",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    40241: "The message is duplicate in 60 seconds",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    42001: "access_token expired",
    42003: "code expired",
    43002: "require POST method",
    43004: "require subscribe",
    43116: "the template is limited",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    46003: "menu no exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
}


class Refusal(Exception):
    """A request that WeChat does not carry out: an errcode, and what it is about."""

    def __init__(self, code: int, about: str = "") -> None:
        super().__init__(f"{code} {WORDS.get(code, '')} {about}".strip())
        self.code = code
        self.about = about

    def body(self) -> dict[str, Any]:
        """Return the answer as it goes out; an HTTP 200 all the same."""
        words = " ".join(filter(None, (WORDS.get(self.code, "error"), self.about)))
        return {"errcode": self.code, "errmsg": f"{words} rid: 6583f22d-35b1b023-4a6d02b6"}


def day(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d}"


def check_url(url: object, code: int = 40066, longest: int = 1024, too_long: int = 40039) -> None:
    """Raise Refusal unless an address can be opened."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refusal(code)
    if size(url) > longest:
        raise Refusal(too_long)


KEYED = frozenset(
    "click scancode_push scancode_waitmsg pic_sysphoto pic_photo_or_album pic_weixin location_select".split()
)
"""Kinds of entries that push an event with their key."""


def check_menu(buttons: object) -> None:
    """Raise Refusal unless these can be an account's menu (createCustomMenu)."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016)
    for button in buttons:
        if not isinstance(button, dict):
            raise Refusal(47001)
        if not 0 < size(button.get("name") or "") <= 16:
            raise Refusal(40018, str(button.get("name")))
        below = button.get("sub_button") or []
        if len(below) > 5:
            raise Refusal(40023)
        for each in below:
            if not 0 < size(each.get("name") or "") <= 60:
                raise Refusal(40025, str(each.get("name")))
            _check_entry(each, is_below=True)
        if not below:
            _check_entry(button, is_below=False)


def _check_entry(entry: Mapping[str, Any], *, is_below: bool) -> None:
    kind = entry.get("type")
    if kind in KEYED:
        if not 0 < size(entry.get("key") or "") <= 128:
            raise Refusal(40026 if is_below else 40019)
    elif kind == "view":
        check_url(entry.get("url"), 40055, too_long=40027 if is_below else 40020)
    else:
        raise Refusal(40024 if is_below else 40017)
