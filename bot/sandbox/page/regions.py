"""The parts of the page that change by themselves: each is rendered anew when it may look different."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.sandbox.page.studio import SPEEDS, Studio
from bot.sandbox.people import Seen, Someone
from bot.sandbox.platforms import LABELS
from bot.sandbox.stage import COMPANY_ZONE
from locales.text import Reader, Text
from locales.translate import render
from locales.zones import local

SHOWN = 60
"""Messages of a window; older ones are counted, not drawn."""
WIRE_SHOWN = 80
CAPTIONS = 6


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
        )


def windows(studio: Studio) -> list[Window]:
    """Return everybody's windows, in the order in which they came."""
    if studio.stage is None:
        return []
    return [
        Window.of(name, where, person, studio.locale) for (name, where), person in studio.stage.people.items()
    ]


def reader(studio: Studio) -> Reader:
    return Reader(studio.locale, COMPANY_ZONE, studio.machine.now())


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
    """Return a template rendered for whoever watches this studio; `words(Text)` is in their language."""
    words: Callable[[Text], str] = lambda text: render(text, reader(studio))  # noqa: E731 - for the template
    found = _templates().get_template(template).render(studio=studio, words=words, **more)
    return Markup(found)  # noqa: S704 - autoescaped by the template


def regions(studio: Studio) -> Mapping[str, Markup]:
    """Return every part that changes by itself, by its id on the page."""
    return {
        "clock": draw("clock.html", studio, speeds=SPEEDS),
        "told": draw("told.html", studio, lines=studio.captions[-CAPTIONS:]),
        "windows": draw("windows.html", studio, windows=windows(studio)),
        "wire": draw("wire.html", studio, wire=list(studio.wire or ())[:WIRE_SHOWN]),
    }
