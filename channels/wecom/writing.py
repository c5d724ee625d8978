"""A message as calls of message/send and message/update_template_card. Pure and deterministic."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Line, blob_reference, pieces
from channels.tencent.words import short, unmarked
from channels.wecom.cards import as_text, make_card, shaped_as_text
from channels.wecom.robots import write_to_robot
from channels.wecom.tokens import brought_by, make_task, read_token, short_name
from conversations.messages import Message

LONGEST_TEXT = 2048
"""In bytes; more is cut off without a word."""
CHECKED_FOR = 14_400
"""Seconds, the most there are, in which the same request is not shown a second time."""
SPREAD = 3600


def write(message: Message, envelope: Envelope, caps: Caps, agentid: int) -> Payload:
    """Return the calls for a message: a card, or text; what has no room there goes on in further texts."""
    if not caps.asks:
        return write_to_robot(message, envelope, caps)
    shown = read_token(envelope.edits) if envelope.edits else None
    brought = brought_by(shown[0]) if shown else ()
    card = make_card(message, envelope, caps, is_edit=shown is not None)
    shaped = shaped_as_text(message, envelope, caps)
    request = envelope.request_id or short(f"{envelope.chat}\n{shaped.text}\n{message.kind}")
    to = {"touser": envelope.chat, "agentid": agentid}
    calls: list[Call] = []
    fresh = [file for file in shaped.files if short_name(file.blob) not in brought]
    if card is None:
        said = shaped.text
    else:
        said = as_text(_fresh(card.rest, envelope, caps))
        task = make_task(request, [file.blob for file in shaped.files])
        calls.append(_updated(to, shown, card.content) if shown else _posted(to, card.content, task))
    calls += _texts(said, to, request)
    # What a file is stands in its name: here it has no words beside it.
    for file in fresh:
        reference = blob_reference(file)
        kind = "image" if file.media_type in _PICTURES else "file"
        calls.append(Call(kind, {**to, kind: reference, **_checked(_span(request, len(calls)))}))
    return Payload(tuple(calls), brought)


def _fresh(rest: Sequence[Line], envelope: Envelope, caps: Caps) -> list[Line]:
    """Return what finds no room on a card, without what was said beside the one that it replaces."""
    if envelope.shown is None:
        return list(rest)
    values = {press.action: envelope.values.get(press.action, "v1") for press in envelope.shown.presses}
    was = replace(envelope, values=values, form_value=envelope.form_value or "v1")
    before = make_card(envelope.shown, was, caps, is_edit=True)
    said = {line.text for line in before.rest} if before is not None else set()
    return [line for line in rest if line.kind in ("choice", "hint") or line.text not in said]


_PICTURES = ("image/png", "image/jpeg")
"""Seen at once in the chat (developer.work.weixin.qq.com/document/path/90236, 图片消息)."""


def _posted(to: dict[str, Any], card: dict[str, Any], task: str) -> Call:
    content = {"msgtype": "template_card", "template_card": {**card, "task_id": task}}
    return Call("message/send", {**to, **content, **_checked(CHECKED_FOR)})


def _updated(to: dict[str, Any], shown: tuple[str, str], card: dict[str, Any]) -> Call:
    task, code = shown
    params = {"userids": [to["touser"]], "agentid": to["agentid"], "response_code": code}
    return Call("message/update_template_card", {**params, "template_card": card, "task": task})


def _texts(text: str, to: dict[str, Any], request: str) -> Iterator[Call]:
    text = unmarked(text)
    for number, (start, end) in enumerate(pieces(text, LONGEST_TEXT, "bytes")):
        content = {"msgtype": "text", "text": {"content": text[start:end]}}
        yield Call("message/send", {**to, **content, **_checked(_span(request, number))})


def _checked(seconds: int) -> dict[str, int]:
    return {"enable_duplicate_check": 1, "duplicate_check_interval": seconds}


def _span(request: str, number: int) -> int:
    """Return how long a text or a file is watched for.

    It has no id of its own, and Tencent takes two requests for one when all of their JSON is the same: the words of
    another "Thank you" would be lost. So the span differs, by a number made from our id, and is repeated with it.
    It is counted on, so that no two parts of one message are ever taken for one.
    """
    return CHECKED_FOR - (zlib.crc32(request.encode()) + number) % SPREAD
