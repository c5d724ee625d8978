"""A message as the fields of a template. Pure and deterministic; nothing is cut: what is too long has other words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from channels.base import Envelope, NotDelivered
from channels.shape import plain
from channels.wechat import sentences
from channels.wechat.fields import fits
from channels.wechat.template_settings import Template
from conversations.messages import Fact, Message
from locales.text import Countdown, Moment, Reader, Text, Value
from locales.translate import render, show
from locales.zones import local

_FIRST = ("time", "when", "new")
"""What the interview's time is called; the first of these that a message has is its own."""


def fill(message: Message, envelope: Envelope, template: Template) -> dict[str, dict[str, str]]:
    """Return the data of a template message; raises NotDelivered `closed` where a field would stay empty."""
    values = {
        field: _value(field, source, message, envelope, template) for field, source in template.fields.items()
    }
    return {field: {"value": value} for field, value in values.items()}


def _value(field: str, source: str, message: Message, envelope: Envelope, template: Template) -> str:
    reader = envelope.reader
    if source.startswith("="):
        return source[1:]
    match source:
        case "what":
            return render(sentences.what(message.kind), reader)
        case "state":
            return sentences.state(message.kind)
        case "time":
            return clock(_start(message, template), reader)
        case "countdown":
            start = _start(message, template)
            return render(sentences.left((start - reader.now).total_seconds()), reader)
    if source == "company" and fits(field, envelope.company):
        return envelope.company
    words = next((_line(value, reader) for name, value in _named(message) if name == source), "")
    return words if fits(field, words) else render(_INSTEAD[source], reader)


_INSTEAD = {"role": sentences.ROLE, "company": sentences.COMPANY, "name": sentences.NAME}


def clock(at: datetime, reader: Reader) -> str:
    """Return an instant as Tencent's fields take it: year to minute on the reader's clock, of 24 hours."""
    then = local(at, reader.zone)
    return f"{then.year}年{then.month}月{then.day}日 {then:%H:%M}"


def _start(message: Message, template: Template) -> datetime:
    found = {
        name: value for name, value in reversed([*_named(message)]) if isinstance(value, Moment | Countdown)
    }
    for name in (*_FIRST, *found):
        match found.get(name):
            case Moment(at=at) | Countdown(to=at):
                return at
    remedy = "Give this kind a template without time and countdown."
    detail = f"template {template.name} needs a time, and {message.kind} has none. {remedy}"
    raise NotDelivered("closed", detail)


def _named(message: Message) -> Iterator[tuple[str, Value]]:
    """Yield all values of a message with their names: those of its facts, then those its lead names."""
    for block in message.blocks:
        if isinstance(block, Fact):
            yield from _inside(block.name, block.value)
    yield from _inside("lead", message.lead)


def _inside(name: str, value: Value) -> Iterator[tuple[str, Value]]:
    """Yield a value and what is in it; what only wraps another has that one's name."""
    yield name, value
    if isinstance(value, Text):
        for inner, part in value.params.items():
            yield from _inside(name if inner == "value" else inner, part)


def _line(value: Value, reader: Reader) -> str:
    return " ".join(plain(show(value, reader)).split())
