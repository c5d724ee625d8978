"""A message as a template, or while a window is open as text with a menu. Pure and deterministic."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

from channels.base import Call, Envelope, NotDelivered, Payload
from channels.routes import ROUTES
from channels.shape import Button, pieces, shape
from channels.tencent.words import short, unmarked
from channels.wechat.entering import address_of
from channels.wechat.filling import fill
from channels.wechat.settings import Settings
from conversations.messages import File, Message, Para
from locales.text import ct, t
from locales.translate import render

CUSTOM = ROUTES["wechat.custom"]
TEMPLATE = ROUTES["wechat.template"]
SERIALS = 10_000_000


def write(message: Message, envelope: Envelope, settings: Settings) -> Payload:
    """Return the calls for a message on the route the envelope names; raises NotDelivered `closed`.

    Without an open window only a message whose kind has a template goes out: all others take another way.
    """
    request = envelope.request_id or short(f"{envelope.chat}\n{message.kind}\n{envelope.values}")
    if envelope.route == CUSTOM.route:
        return Payload(tuple(_said(message, envelope, request)))
    return Payload((_templated(message, envelope, settings, request),))


def _templated(message: Message, envelope: Envelope, settings: Settings, request: str) -> Call:
    template = settings.template(message.kind)
    if template is None:
        remedy = f'Name one in templates: kinds = ["{message.kind}"], or ["*"].'
        raise NotDelivered("closed", f"no window is open, and {message.kind} has no template. {remedy}")
    params = {
        "touser": envelope.chat,
        "template_id": template.id,
        "data": fill(message, envelope, template),
        "client_msg_id": request,
    }
    page = address_of(envelope.urls, settings)
    return Call("message/template/send", {**params, "url": page} if page else params)


def _said(message: Message, envelope: Envelope, request: str) -> list[Call]:
    """Return text, and below its last piece what can be chosen: every call counts in the window."""
    shaped = shape(_with_links(message, envelope.urls.get("my")), envelope, CUSTOM)
    text, to = unmarked(shaped.text), {"touser": envelope.chat}
    items = [(f"{number}. {button.label}", button) for number, button in enumerate(shaped.buttons, 1)]
    items = [(button.label if button.label.isdigit() else said, button) for said, button in items]
    tail = render(t("Reply with a number."), envelope.reader)
    room = CUSTOM.text_limit - sum(
        len(unmarked(said).encode()) + 1 for said in [tail, *(each for each, _ in items)]
    )
    parts = [text[start:end] for start, end in pieces(text, room if items else CUSTOM.text_limit, "bytes")]
    calls = [Call("message/custom/send", {**to, **_text(part), "about": request}) for part in parts]
    if items:
        calls[-1] = Call(
            "message/custom/send", {**to, **_menu(parts[-1], items, tail, request), "about": request}
        )
    return calls


def _with_links(message: Message, page: str | None) -> Message:
    """Return a message whose files are links: our page has them."""
    if page is None:
        return message
    blocks = (
        Para(ct("fact", "{label}: {value}", label=block.alt, value=page))
        if isinstance(block, File)
        else block
        for block in message.blocks
    )
    return replace(message, blocks=tuple(blocks))


def _text(part: str) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": part}}


def _menu(head: str, items: Sequence[tuple[str, Button]], tail: str, request: str) -> dict[str, object]:
    """Return a menu, and what its items stand for: that does not fit into their ids, which are numbers."""
    serial = zlib.crc32(request.encode()) % SERIALS
    listed = [
        {"id": str(number * SERIALS + serial), "content": unmarked(said)}
        for number, (said, _) in enumerate(items, 1)
    ]
    # All three texts are there in Tencent's sample, and none is said to be optional.
    menu = {"head_content": head, "list": listed, "tail_content": tail}
    return {"msgtype": "msgmenu", "msgmenu": menu, "values": [button.value for _, button in items]}
