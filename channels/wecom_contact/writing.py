"""A message as the one welcome there is: a text with its links (92137). Pure and deterministic."""

from __future__ import annotations

from collections.abc import Sequence

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Line, cut, measure, shape, spaced
from channels.tencent.words import short, unmarked
from conversations.messages import Message

METHOD = "externalcontact/send_welcome_msg"


def write(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the call that carries a message. What is too long loses words, and never its links."""
    shaped = shape(message, envelope, caps)
    leads = [line for line in shaped.lines if line.kind not in ("link", "answer")]
    links = [line for line in shaped.lines if line.kind in ("link", "answer")]
    text = _text(shaped.lines)
    if measure(text, "bytes") > caps.text_limit:
        after = _text(links)
        room = caps.text_limit - measure(after, "bytes") - 2
        text = f"{cut(_text(leads), room, 'bytes')}\n\n{after}".rstrip()
    id = envelope.request_id or short(f"{envelope.chat}\n{text}")
    return Payload((Call(METHOD, {"to": envelope.chat, "id": id, "text": {"content": text}}),))


def _text(lines: Sequence[Line]) -> str:
    return unmarked("".join(gap + line.text for gap, line in spaced(lines)))
