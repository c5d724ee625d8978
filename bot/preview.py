"""One page with every message on every route in every language: made for reading aloud."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.sandbox.accounts import channel
from bot.sandbox.examples import Example, examples
from channels.base import Caps, Unrenderable
from channels.routes import ROUTES
from channels.shape import Shape, shape
from locales.translate import LOCALES

_pages = Environment(
    loader=PackageLoader("bot.web", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_MARKS = {"bold": "b", "blockquote": "blockquote", "date_time": "time"}

Shown = Mapping[str, Any]


def write_preview(path: Path) -> int:
    """Write the page and return how many messages it shows."""
    found = asyncio.run(examples())
    path.write_text(render(found), "utf-8")
    return len(found) * len(LOCALES) * len(ROUTES)


def render(found: Sequence[Example]) -> str:
    """Return the page: a section for each kind, a line for each language, a column for routes that look alike."""
    groups = [
        (family, [(example, list(_languages(example))) for example in kinds])
        for family, kinds in groupby(found, key=lambda example: example.kind.partition(".")[0])
    ]
    return _pages.get_template("preview.html").render(groups=groups, routes=len(ROUTES))


def _languages(example: Example) -> Iterator[tuple[str, Sequence[tuple[str, Shown]]]]:
    for locale in sorted(LOCALES, reverse=True):
        alike: list[tuple[list[str], Shown]] = []
        for route, caps in ROUTES.items():
            shown = _shown(example, locale, caps)
            for routes, other in alike:
                if other == shown:
                    routes.append(route)
                    break
            else:
                alike.append(([route], shown))
        yield locale, [(", ".join(routes), shown) for routes, shown in alike]


def _shown(example: Example, locale: str, caps: Caps) -> Shown:
    message, envelope = example.told_in(locale), example.envelope(locale, caps)
    try:
        if caps.route == "telegram":
            calls = channel("telegram", lambda: example.said_at).render(message, envelope).calls
            return _telegram([call.params for call in calls])
        if caps.route == "sms":
            calls = channel("sms", lambda: example.said_at).render(message, envelope).calls
            return _sms(calls[0].params)
        return _shape(shape(message, envelope, caps))
    except Unrenderable as problem:
        return {"problem": str(problem), "text": "", "rows": [], "files": []}


def _sms(params: Mapping[str, Any]) -> Shown:
    return {"problem": "", "text": escape(params["text"]), "rows": [], "files": []}


def _shape(shaped: Shape) -> Shown:
    buttons = [{"label": button.label, "style": button.style} for button in shaped.buttons]
    return {
        "problem": "",
        "text": escape(shaped.text),
        "rows": [[button] for button in buttons],
        "files": [file.name for file in shaped.files],
    }


def _telegram(calls: Iterable[Mapping[str, Any]]) -> Shown:
    """Return what the real adapter hands to Telegram, as its clients show it."""
    texts, rows, files = [], [], []
    for params in calls:
        if "document" in params:
            files.append(str(params["document"]).rpartition("/")[2])
            continue
        texts.append(_marked(params["text"], params.get("entities", ())))
        keyboard = params.get("reply_markup", {}).get("inline_keyboard", ())
        rows += [
            [{"label": key["text"], "style": key.get("style", "plain")} for key in row] for row in keyboard
        ]
    return {"problem": "", "text": Markup("\n\n").join(texts), "rows": rows, "files": files}


def _marked(text: str, entities: Iterable[Mapping[str, Any]]) -> Markup:
    """Return text with its entities as HTML; offsets count UTF-16 units, as Telegram does."""
    units = text.encode("utf-16-le")
    begins: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for entity in entities:
        if tag := _MARKS.get(entity["type"]):
            begins.setdefault(entity["offset"], []).append(tag)
            ends.setdefault(entity["offset"] + entity["length"], []).insert(0, tag)
    cuts = sorted({0, len(units) // 2, *begins, *ends})
    told = Markup()
    for start, end in zip(cuts, [*cuts[1:], cuts[-1]], strict=True):
        told += Markup().join(Markup("</{}>").format(tag) for tag in ends.get(start, ()))
        told += Markup().join(Markup("<{}>").format(tag) for tag in begins.get(start, ()))
        told += escape(units[2 * start : 2 * end].decode("utf-16-le"))
    return told
