"""Messages as the platforms are handed them, on paper: what golden files hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.sandbox.mail.people import links_of
from channels import CHANNELS, load
from channels.base import Envelope, Unrenderable
from channels.routes import ROUTES
from channels.shape import shape
from conversations.messages import Message
from tests.support.accounts import ACCOUNTS


def page(route: str, message: Message, envelope: Envelope, now: datetime) -> Iterator[str]:
    """Yield the calls of a channel, or, for a route that has none yet, what it could carry."""
    try:
        yield from (
            _calls(route, message, envelope, now) if route in CHANNELS else _shape(route, message, envelope)
        )
    except Unrenderable as problem:
        yield f"  ! {problem}"


def _calls(route: str, message: Message, envelope: Envelope, now: datetime) -> Iterator[str]:
    for call in load(route)(f"{route}.main", ACCOUNTS[route], lambda: now).render(message, envelope).calls:
        yield call.method
        for name, value in call.params.items():
            yield from _field(name, value)


def _shape(route: str, message: Message, envelope: Envelope) -> Iterator[str]:
    shaped = shape(message, envelope, ROUTES[route])
    yield from _field("text", shaped.text)
    for button in shaped.buttons:
        yield f"  [{button.label}] {button.style} {button.url or button.value.rstrip('x')}"
    for file in shaped.files:
        yield f"  file {file.name}"


def _field(name: str, value: object) -> Iterator[str]:
    match value:
        case str() if value.startswith("<!doctype html>"):
            # It says what the text says: what it adds are its links.
            yield from _field(name, [f"[{label}] {url}" for label, url in links_of(value).items()])
        case str() if "\n" in value:
            yield f"  {name}:"
            yield from (f"    | {line}" for line in value.split("\n"))
        case list() if name == "blocks":
            for block in value:
                yield from _block(block)
        case list():
            yield f"  {name}:"
            yield from (f"    - {item}" for item in value)
        case dict() if name == "reply_markup":
            yield from _field("buttons", ["  ".join(map(_key, row)) for row in value["inline_keyboard"]])
        case _:
            yield f"  {name}: {value}"


def _key(button: Mapping[str, str]) -> str:
    leads = button.get("url") or button["callback_data"].rstrip("x")
    return " ".join([f"[{button['text']}]", *([button["style"]] if "style" in button else []), leads])


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield a block of Slack's: its text as it is sent, and its buttons as `reply_markup` is shown."""
    if block["type"] == "actions":
        yield from _field("actions", ["  ".join(map(_button, block["elements"]))])
        return
    for text in block.get("elements") or (block["text"],):
        yield from _field(f"{block['type']} {text['type']}", text["text"])


def _button(button: Mapping[str, Any]) -> str:
    style = f" {button['style']}" if "style" in button else ""
    return f"[{button['text']['text']}]{style} {button.get('url') or button['value'].rstrip('x')}"
