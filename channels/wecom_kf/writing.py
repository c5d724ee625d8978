"""A message as calls of kf/send_msg: one menu or one text, where it has room. Pure and deterministic.

developer.work.weixin.qq.com/document/path/94677. Five messages may be sent for each of theirs, so that everything is
said in as few as possible: what does not fit above a menu stands below it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Button, Shape, blob_reference, cut, measure, pieces, shape, spaced
from channels.tencent.words import unmarked
from channels.wecom_kf.reading import mark
from conversations.messages import File, Message

MOST = 5
"""Messages that anybody may be sent for one of theirs: what is longer than that is cut."""
LONGEST_TEXT = 2048
LONGEST_HEAD = 1024
"""In bytes; above the items of a menu, and below them as much again."""
LONGEST_ITEM = 128
LONGEST_URL = 2048
MARK = 13
"""Bytes that tell a menu item's message."""
_PICTURES = (".png", ".jpg", ".jpeg")


def write(message: Message, envelope: Envelope, caps: Caps, open_kfid: str) -> Payload:
    """Return the calls for a message; each has an id of ours, by which Tencent knows it when it comes again."""
    # Items of a menu open addresses too.
    room = replace(caps, buttons="card", button_value_bytes=caps.button_value_bytes - MARK)
    shaped = shape(message, envelope, room, can_open)
    request = envelope.request_id or f"{envelope.chat}\n{shaped.text}\n{message.kind}"
    msgid = make_id(request)
    files = [_file(file) for file in shaped.files][: MOST - 1]
    contents = _contents(shaped, msgid, MOST - len(files))
    to = {"touser": envelope.chat, "open_kfid": open_kfid}
    calls = []
    for number, content in enumerate([*contents, *files]):
        own = msgid if number == 0 else f"{msgid}-{number}"
        calls.append(Call("kf/send_msg", {**to, "msgid": own, **content}))
    return Payload(tuple(calls))


def make_id(request: str) -> str:
    """Return our own id of a message, of 12 characters: short enough to stand in its menu's items too."""
    digest = hashlib.sha256(request.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()


def can_open(url: str) -> bool:
    """Tell whether WeChat opens an address from a menu."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_plain = url.isascii() and " " not in url and len(url) <= LONGEST_URL
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_plain


def _contents(shaped: Shape, msgid: str, most: int) -> Iterator[dict[str, Any]]:
    if not shaped.buttons:
        yield from _texts(unmarked(shaped.text), most)
        return
    head, tail, before = _around(shaped)
    yield from _texts(before, most - 1)
    menu: dict[str, Any] = {"list": [_item(button, msgid) for button in shaped.buttons]}
    yield {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": head, **menu, **({"tail_content": tail} if tail else {})},
    }


def _around(shaped: Shape) -> tuple[str, str, str]:
    """Return what stands above a menu and below it, and what has to go ahead of both."""
    lines = list(spaced(shaped.lines))
    for kept in range(len(lines), 0, -1):
        head, tail = _joined(lines[:kept]), _joined(lines[kept:])
        # Numbers of choices stay above them, and a menu with everything below it would be a riddle.
        if any(line.kind in ("choice", "hint", "answer") for _, line in lines[kept:]):
            break
        if _fits(head) and _fits(tail):
            return head, tail, ""
    whole = unmarked(shaped.text)
    found = pieces(whole, LONGEST_HEAD, "bytes")
    (start, end) = found[-1]
    return whole[start:end], "", whole[:start].rstrip()


def _joined(lines: Sequence[tuple[str, Any]]) -> str:
    return unmarked("".join(gap + line.text for gap, line in lines).strip("\n"))


def _fits(text: str) -> bool:
    return measure(text, "bytes") <= LONGEST_HEAD


def _texts(text: str, most: int) -> Iterator[dict[str, Any]]:
    found = pieces(text, LONGEST_TEXT, "bytes")
    for number, (start, end) in enumerate(found[:most], start=1):
        is_cut = number == most < len(found)
        said = cut(text[start:], LONGEST_TEXT, "bytes") if is_cut else text[start:end]
        yield {"msgtype": "text", "text": {"content": said}}


def _item(button: Button, msgid: str) -> dict[str, Any]:
    shown = cut(unmarked(button.label), LONGEST_ITEM, "bytes")
    if button.url:
        return {"type": "view", "view": {"url": button.url, "content": shown}}
    return {"type": "click", "click": {"id": mark(button.value, msgid), "content": shown}}


def _file(file: File) -> dict[str, Any]:
    reference = blob_reference(file)
    is_picture = reference.lower().endswith(_PICTURES)
    return {"msgtype": "image" if is_picture else "file", "blob": reference}
