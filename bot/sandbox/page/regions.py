"""The parts of the page that change by themselves: each is rendered anew when it may look different."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.sandbox.page.knowledge import Knowledge, knowledge
from bot.sandbox.page.sentences import SENTENCES
from bot.sandbox.page.studio import SPEEDS, Studio
from bot.sandbox.page.wire import Exchange
from bot.sandbox.people import Seen, Someone
from bot.sandbox.platforms import LABELS
from bot.sandbox.stage import COMPANY_ZONE
from locales.text import Day, Moment, Reader, Text, t
from locales.translate import render
from locales.zones import local

SHOWN = 60
"""Messages of a window; older ones are counted, not drawn."""
WIRE_SHOWN = 60
CAPTIONS = 12


@dataclass(frozen=True, slots=True)
class Numbered:
    """A message with the number by which its buttons name it."""

    number: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Window:
    """Somebody's window: who, where, what they see, the newest messages last."""

    key: str
    id: str
    """For the page: letters and digits."""
    name: str
    where: str
    label: str
    messages: tuple[Numbered, ...]
    hidden: int
    toasts: tuple[str, ...]
    can_write: bool = True

    @classmethod
    def of(cls, name: str, where: str, person: Someone, locale: str) -> Window:
        seen = [Numbered(n, message) for n, message in enumerate(person.chat)]
        key = f"{where}:{name}"
        return cls(
            key,
            f"w{sha256(key.encode()).hexdigest()[:10]}",
            name,
            where,
            LABELS[locale].get(where, where),
            tuple(seen[-SHOWN:]),
            max(0, len(seen) - SHOWN),
            tuple(person.toasts[-1:]),
            can_write=where not in ("page", "sms"),
        )


def windows(studio: Studio) -> list[Window]:
    """Return everybody's windows, in the order in which they came."""
    if studio.stage is None:
        return []
    return [
        Window.of(name, where, person, studio.locale) for (name, where), person in studio.stage.people.items()
    ]


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("bot.sandbox.page"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["clock"] = lambda at: f"{local(at, COMPANY_ZONE):%H:%M:%S}"
    found.filters["moment"] = lambda at: f"{local(at, COMPANY_ZONE):%m-%d %H:%M}"
    return found


def draw(template: str, studio: Studio, **more: Any) -> Markup:
    """Return a template rendered for whoever watches this studio, in their language.

    `words(Text)`, `say(name)` and `moment(instant)` are what templates write with.
    """
    now = studio.stage.clock.now() if studio.stage is not None else studio.machine.now()
    reader = Reader(studio.locale, COMPANY_ZONE, now)

    def words(text: Text | str) -> str:
        return text if isinstance(text, str) else render(text, reader)

    def say(name: str, /, **values: Any) -> str:
        sentence = SENTENCES[name]
        return render(Text(sentence.msgid, values, context=sentence.context), reader)

    def moment(at: datetime) -> str:
        day = Day(local(at, COMPANY_ZONE).date())
        return (
            render(t("{when}", when=Moment(at)), reader)
            if at != now
            else render(t("{day} {time}", day=day, time=f"{local(at, COMPANY_ZONE):%H:%M:%S}"), reader)
        )

    found = _templates().get_template(template)
    text = found.render(
        studio=studio, words=words, say=say, moment=moment, labels=LABELS[studio.locale], **more
    )
    return Markup(text)  # noqa: S704 - autoescaped by the template


async def regions(studio: Studio) -> Mapping[str, Markup]:
    """Return every part that changes by itself, by its id on the page."""
    known = await knowledge(studio.stage) if studio.stage is not None else Knowledge((), ())
    return {
        "clock": draw("clock.html", studio, speeds=SPEEDS),
        "told": draw("told.html", studio, lines=studio.captions[-CAPTIONS:]),
        "windows": draw("windows.html", studio, windows=windows(studio)),
        "wire": draw("wire.html", studio, wire=list(studio.wire or ())[:WIRE_SHOWN]),
        "state": draw("state.html", studio, known=known),
    }


def pretty(exchange: Exchange) -> tuple[str, str]:
    """Return a request and its answer as they are read: JSON and forms in lines, anything else as it is."""
    return _pretty(exchange.body, exchange.query), _pretty(exchange.answer, "")


def _pretty(body: bytes, query: str) -> str:
    head = f"?{query}\n\n" if query else ""
    text = body.decode("utf-8", "replace")
    try:
        return head + json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        pairs = parse_qsl(text, keep_blank_values=True) if "=" in text and "\n" not in text else []
    return head + ("\n".join(f"{name} = {value}" for name, value in pairs) or text)
