"""A message as the one welcome there is: a text with its links (92137). Pure and deterministic."""

from __future__ import annotations

from collections.abc import Sequence

from channels.base import Call, Caps, Envelope, Payload
from channels.shape import Line, cut, measure, shape, spaced
from channels.tencent.words import short, unmarked
from conversations.messages import Message
from locales.text import t
from locales.translate import render

METHOD = "externalcontact/send_welcome_msg"


def write(message: Message, envelope: Envelope, caps: Caps) -> Payload:
    """Return the call that carries a message. What is too long loses words, and never its links.

    Nothing more can be said here afterwards: so it leads to our page in any case, where there is one.
    """
    lines = [*shape(message, envelope, caps).lines]
    page = envelope.urls.get("my")
    if page is not None and not any(page in line.text for line in lines):
        lines.append(Line("answer", (render(t("Details: {url}", url=page), envelope.reader),)))
    text = _text(lines)
    if measure(text, "bytes") > caps.text_limit:
        after = _text([line for line in lines if line.kind in ("link", "answer")])
        room = caps.text_limit - measure(after, "bytes") - 2
        before = _text([line for line in lines if line.kind not in ("link", "answer")])
        text = f"{cut(before, room, 'bytes')}\n\n{after}".rstrip()
    id = envelope.request_id or short(f"{envelope.chat}\n{text}")
    return Payload((Call(METHOD, {"to": envelope.chat, "id": id, "text": {"content": text}}),))


def _text(lines: Sequence[Line]) -> str:
    return unmarked("".join(gap + line.text for gap, line in spaced(lines)))
