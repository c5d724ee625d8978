"""What 微信客服 holds an app to (developer.work.weixin.qq.com 94665, 94670, 94677, 94669, 95122)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.sandbox.wecom.rules import Refusal, check_url, size

MOST_TEXT = 2048
MOST_AROUND = 1024
"""Bytes before and after the items of a menu."""
MOST_ITEMS = 10
"""Items that do something; 50 with those that are only read, and 10 in all after an event."""
MOST_OF_ANY = 50
WINDOW = timedelta(hours=48)
MESSAGES = 5
"""So many may be sent after each message of the customer's."""
WELCOME_LIVES = timedelta(seconds=20)
QUEUE_LIVES = timedelta(hours=48)
TOKEN_LIVES = timedelta(minutes=10)
"""Of what a callback brings."""
KEPT = timedelta(days=3)
MOST_AT_ONCE = 1000
LONGEST_CURSOR = 64
LONGEST_PARAM = 128
WITHOUT_TOKEN = ((20, timedelta(minutes=1)),)
"""How often messages may be read without a callback's token: "strictly limited", without a number."""
OWN_ID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
SCENE = re.compile(r"[0-9a-zA-Z_-]{0,32}")

FRESH, ASSISTED, QUEUED, SERVED, ENDED = range(5)
"""The states of a talk: new, with an assistant, waiting for a person, with a person, ended or not begun."""
ALLOWED: Mapping[int, Sequence[int]] = {
    FRESH: (ASSISTED, QUEUED, SERVED, ENDED),
    ASSISTED: (ASSISTED, QUEUED, SERVED, ENDED),
    QUEUED: (QUEUED, SERVED, ENDED),
    SERVED: (SERVED, ENDED),
}
FAIL_TYPES = (0, 1, 2, 4, 5, 6, 8, 10, 11, 12)
"""0 unknown, 1 account deleted, 2 app closed, 4 over 48 h, 5 talk closed, 6 over 5 messages, 8 company not verified,
10 refused by the customer, 11 no member logged in, 12 a kind of message that is not allowed."""


def check_text(content: object) -> str:
    """Return a text that can be sent; raises Refusal."""
    if not isinstance(content, Mapping) or not str(content.get("content") or "").strip():
        raise Refusal(44004)
    if size(content["content"]) > MOST_TEXT:
        raise Refusal(45002, "text.content")
    return str(content["content"])


def check_link(content: Mapping[str, Any]) -> None:
    """Raise Refusal unless this is an article with a picture."""
    if not content.get("title") or size(content["title"]) > 128:
        raise Refusal(40058, "link.title")
    if size(content.get("desc") or "") > 512:
        raise Refusal(40058, "link.desc")
    check_url(content.get("url"))
    if size(content["url"]) > 2048:
        raise Refusal(40058, "link.url")


def check_menu(content: object, most: int = MOST_OF_ANY) -> Mapping[str, Any]:
    """Return a menu that can be sent; raises Refusal."""
    if not isinstance(content, Mapping):
        raise Refusal(40058, "msgmenu")
    for name in ("head_content", "tail_content"):
        if size(content.get(name) or "") > MOST_AROUND:
            raise Refusal(45002, f"msgmenu.{name}")
    items = content.get("list") or []
    if not isinstance(items, list) or not (items or content.get("head_content")):
        raise Refusal(44004, "msgmenu")
    acting = [each for each in items if isinstance(each, Mapping) and each.get("type") != "text"]
    if len(items) > most or len(acting) > MOST_ITEMS:
        raise Refusal(95008)
    for each in items:
        _check_item(each)
    return content


def _check_item(item: object) -> None:
    kind = item.get("type") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or kind not in _SIZES:
        raise Refusal(95009)
    given = item.get(str(kind))
    if not isinstance(given, Mapping):
        raise Refusal(40058, f"msgmenu.list.{kind}")
    for field, (least, most) in _SIZES[str(kind)].items():
        if not least <= size(given.get(field) or "") <= most:
            raise Refusal(40058, f"msgmenu.list.{kind}.{field}")
    if kind == "view":
        check_url(given["url"])


_SIZES: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "click": {"id": (0, 128), "content": (1, 128)},
    "view": {"url": (1, 2048), "content": (1, 1024)},
    "miniprogram": {"appid": (1, 32), "pagepath": (1, 1024), "content": (1, 1024)},
    "text": {"content": (1, 256)},
}
