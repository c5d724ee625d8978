"""The no-show rate over time: a line with its first, highest and last value, and grey bars of how many were due."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from babel.dates import format_date

from bot.charts.font import printable
from bot.charts.look import ACCENT, PALE, SMALL, SOFT, Spec, frame, text_mark
from conversations.pictures import Period, TrendPicture
from locales.catalogue import catalogue
from locales.text import Percent, Reader, Text, ct
from locales.translate import render, show

FLOOR = 0.36
"""How far below zero the scale goes, as a part of its top: there stand the bars."""
BARS = 0.16
"""How much of the height the highest bar takes."""
LABELS = 7
"""At most so many dates stand below."""


def trend(picture: TrendPicture, reader: Reader) -> Spec:
    """Return the line of the rate above the bars of the number."""
    periods = picture.periods
    top = _top(periods)
    x = {
        "field": "x",
        "type": "ordinal",
        "axis": {
            "labelExpr": _dates(picture, reader),
            "labelAngle": 0,
            "title": _caption(picture, reader),
            "titleAnchor": "start",
            "labelOverlap": False,
        },
    }
    return frame(
        render(picture.title, reader),
        render(picture.scope, reader),
        [{"layer": _bars(periods)}, {"layer": _line(top)}],
        data={"values": _rows(periods, reader)},
        encoding={"x": x},
        resolve={"scale": {"y": "independent"}},
    )


def _bars(periods: Sequence[Period]) -> list[Spec]:
    most = max((period.n for period in periods), default=0) or 1
    y = {
        "field": "n",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, most / BARS], "nice": False},
    }
    number = text_mark("number", fontSize=SMALL, color=SOFT, baseline="bottom", dy=-5)
    return [
        {"mark": {"type": "bar", "color": PALE, "width": {"band": 0.7}}, "encoding": {"y": y}},
        {**number, "encoding": {**number["encoding"], "y": y}},
    ]


def _line(top: float) -> list[Spec]:
    scale = {"domain": [-FLOOR * top, top], "nice": False}
    axis = {
        "values": _grid(top),
        "grid": True,
        "gridColor": PALE,
        "format": ".0%",
        "labelColor": SOFT,
        "labelFontSize": SMALL,
    }
    y = {"field": "rate", "type": "quantitative", "scale": scale, "axis": axis}
    bold = {"fontSize": 38, "fontWeight": "bold", "color": ACCENT}
    above = text_mark("above", **bold, baseline="bottom", dy=-18)
    below = text_mark("below", **bold, baseline="top", dy=18)
    other = text_mark("other", color=SOFT, baseline="bottom", dy=-16)
    point = {"type": "point", "filled": True, "size": 170, "opacity": 1, "color": ACCENT}
    return [
        {
            "mark": {"type": "line", "color": ACCENT, "strokeWidth": 6, "strokeJoin": "round"},
            "encoding": {"y": y},
        },
        {
            "mark": point,
            "encoding": {
                "y": y,
                "size": {"condition": {"test": "datum.is_last", "value": 420}, "value": 130},
            },
        },
        *({**mark, "encoding": {**mark["encoding"], "y": y}} for mark in (other, above, below)),
    ]


def _rows(periods: Sequence[Period], reader: Reader) -> list[Spec]:
    """Return a row a period; without a rate the line has a gap there."""
    rates = [period.k / period.n if period.is_shown and period.n else None for period in periods]
    known = [number for number, rate in enumerate(rates) if rate is not None]
    last = known[-1] if known else -1
    highest = max(known, key=lambda number: rates[number] or 0.0, default=-1)
    told = {number for number in (known[0] if known else -1, highest) if abs(number - last) > 1}
    falls = _falls([rates[number] or 0.0 for number in known], _top(periods))
    if known and abs(known[0] - highest) == 1:
        told.discard(known[0])
    return [
        {
            "x": number,
            "n": period.n,
            "number": str(period.n),
            "rate": rate if rate is None else round(rate, 6),
            "is_last": number == last,
            "above": _said(rate, reader) if number == last and not falls else "",
            "below": _said(rate, reader) if number == last and falls else "",
            "other": _said(rate, reader) if number in told else "",
        }
        for number, (period, rate) in enumerate(zip(periods, rates, strict=True))
    ]


def _falls(rates: Sequence[float], top: float) -> bool:
    """Tell whether the line comes down to its last point, which leaves room below for the label and not above."""
    return len(rates) > 1 and rates[-2] > rates[-1] > 0.2 * top


def _said(rate: float | None, reader: Reader) -> str:
    return show(Percent(rate or 0.0), reader)


def _top(periods: Sequence[Period]) -> float:
    """Return where the scale ends, with room above the highest rate for what is written there."""
    highest = max((period.k / period.n for period in periods if period.is_shown and period.n), default=0.0)
    return round(max(0.05, highest * 1.25), 4)


def _grid(top: float) -> list[float]:
    """Return zero and the largest round rate that the scale holds, and half of that."""
    step = max((step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if 2 * step <= top), default=0.01)
    return [0, step, 2 * step]


def _dates(picture: TrendPicture, reader: Reader) -> str:
    """Return the expression that writes a date below every bar, or below every second or third."""
    pattern = _PATTERNS[picture.every]
    language = catalogue(reader.locale)
    step = ceil(len(picture.periods) / LABELS)
    said = [
        printable(format_date(period.on, language.words(pattern), locale=language.formats))
        if (len(picture.periods) - 1 - number) % step == 0
        else ""
        for number, period in enumerate(picture.periods)
    ]
    quoted = ",".join("'" + text.replace("\\", "").replace("'", "") + "'" for text in said)
    return f"[{quoted}][datum.value]"


def _caption(picture: TrendPicture, reader: Reader) -> str:
    return printable(render(_CAPTIONS[picture.every], reader))


_PATTERNS = {
    "day": ct("chart date pattern", "d MMM"),
    "week": ct("chart date pattern", "d MMM"),
    "month": ct("chart month pattern", "MMM yyyy"),
}
_CAPTIONS: dict[str, Text] = {
    "day": ct("chart", "Grey: interviews due each day"),
    "week": ct("chart", "Grey: interviews due in the week from that day"),
    "month": ct("chart", "Grey: interviews due each month"),
}
