"""One page with every message on every route in every language: made for reading aloud."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.sandbox.examples import Example, examples
from bot.sandbox.stage import COMPANY_ZONE
from channels.base import Caps, Unrenderable
from channels.routes import ROUTES
from channels.shape import Shape, shape
from locales.translate import LOCALES

_pages = Environment(
    loader=PackageLoader("bot.web", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def write_preview(path: Path) -> int:
    """Write the page and return how many messages it shows."""
    found = asyncio.run(examples())
    kinds = [(example.kind, list(_variants(example))) for example in found]
    path.write_text(_pages.get_template("preview.html").render(kinds=kinds, routes=list(ROUTES)), "utf-8")
    return sum(len(variants) for _, variants in kinds)


def _variants(example: Example) -> Iterable[dict[str, object]]:
    for locale in sorted(LOCALES, reverse=True):
        for route, caps in ROUTES.items():
            yield {"locale": locale, "route": route, **_shown(example, locale, caps)}


def _shown(example: Example, locale: str, caps: Caps) -> dict[str, object]:
    try:
        found: Shape = shape(example.message, example.envelope(locale, COMPANY_ZONE, caps), caps)
    except Unrenderable as error:
        return {"problem": str(error), "text": "", "buttons": [], "files": []}
    return {
        "problem": "",
        "text": found.text,
        "buttons": [button.label for button in found.buttons],
        "files": [file.name for file in found.files],
    }
