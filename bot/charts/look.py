"""How every chart looks: read on a phone at 340 pixels, so few words, large, and one colour that means something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.charts.font import FAMILY, printable, width

Spec = dict[str, Any]

WIDTH, HEIGHT, EDGE = 1080, 760, 44
"""Pixels; chat apps show about a third of them."""
TITLE, LABEL, SMALL = 46, 28, 25
"""Pixels of type; at 340 of 1080 pixels the smallest is still eight high."""
INK, SOFT, GREY, PALE, ACCENT = "#17212e", "#4f5c6d", "#b3bdca", "#e4e9f0", "#0b57b7"
TITLE_LINES, SCOPE_LINES = 2, 2

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
ROOM = 12.0
"""Ems of a label beside its bar; longer ones go on two lines."""
_PIECE = re.compile(r"[\u2e80-\uffef](?:[，。；：！？、）》」』”％]+)?|[^\s\u2e80-\uffef]+|\s+")


def frame(
    title: str, scope: str, layers: Sequence[Spec], *, height: int = HEIGHT, note: str = "", **rest: Any
) -> Spec:
    """Return a whole spec: layers below title, scope and note; its outer size is WIDTH times `height`."""
    below = [*wrapped(printable(scope), LABEL, SCOPE_LINES), *([printable(note)] if note else [])]
    return {
        "$schema": _SCHEMA,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": EDGE,
        "background": "#ffffff",
        "title": {
            "text": wrapped(printable(title, is_bold=True), TITLE, TITLE_LINES, is_bold=True),
            "subtitle": below,
        },
        "layer": list(layers),
        "config": CONFIG,
        **rest,
    }


def wrapped(text: str, size: int, lines: int, *, is_bold: bool = False) -> list[str]:
    """Return a text in lines that fit the picture, cut with … after the last; Vega does not wrap by itself."""
    return _within(text, (WIDTH - 2 * EDGE) / size, lines, is_bold=is_bold)


def _within(text: str, room: float, lines: int, *, is_bold: bool = False) -> list[str]:
    """Return at most so many lines of `room` ems, about as long as each other."""
    found = list(_lines(text, room, is_bold))
    if len(found) > lines:
        last = found[lines - 1]
        while width(last, is_bold=is_bold) > room - 1:
            last = last[:-1]
        return [*found[: lines - 1], f"{last.rstrip()}…"]
    # Lines as long as each other look better, but no word is cut in two for that.
    longest = max((width(word, is_bold=is_bold) for word in _PIECE.findall(text)), default=0.0)
    while len(found) > 1 and room - 0.5 >= longest:
        narrower = list(_lines(text, room - 0.5, is_bold))
        if len(narrower) != len(found):
            break
        found, room = narrower, room - 0.5
    return found


def _lines(text: str, room: float, is_bold: bool) -> Iterator[str]:
    line = ""
    for piece in (part for word in _PIECE.findall(text) for part in _parts(word, room, is_bold)):
        if line and width(line + piece.rstrip(), is_bold=is_bold) > room:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()


def _parts(word: str, room: float, is_bold: bool) -> Iterable[str]:
    """Return a word, or its characters if it fits no line."""
    return word if width(word, is_bold=is_bold) > room else (word,)


def text_mark(field: str, **mark: Any) -> Spec:
    """Return the mark and text of a label beside what it is about."""
    named = {"type": "text", "fontSize": LABEL, "color": INK, **mark}
    return {"mark": named, "encoding": {"text": {"field": field, "type": "nominal"}}}


def distinct(labels: Iterable[str]) -> list[str]:
    """Return labels on two lines at most, numbered where two would look the same and become one bar."""
    seen: Counter[str] = Counter()
    made = []
    for label in ("\n".join(_within(printable(label), ROOM, 2)) for label in labels):
        seen[label] += 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


CONFIG: Mapping[str, Any] = {
    "font": FAMILY,
    "lineBreak": "\n",
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "fontSize": TITLE,
        "fontWeight": "bold",
        "lineHeight": round(TITLE * 1.25),
        "color": INK,
        "subtitleFontSize": LABEL,
        "subtitleLineHeight": round(LABEL * 1.35),
        "subtitleColor": SOFT,
        "subtitlePadding": 14,
        "offset": 30,
    },
    "axis": {
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelFontSize": LABEL,
        "labelColor": INK,
        "labelPadding": 14,
        "labelLimit": 420,
        "labelLineHeight": 34,
        "title": None,
        "titleFontSize": SMALL,
        "titleFontWeight": "normal",
        "titleColor": SOFT,
        "titlePadding": 18,
    },
}
