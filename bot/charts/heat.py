"""The no-show rate by hour and weekday: the more accent, the more no-shows."""

from __future__ import annotations

from collections.abc import Iterable

from babel.dates import get_day_names

from bot.charts.font import printable
from bot.charts.look import ACCENT, INK, PALE, Spec, frame, text_mark
from conversations.pictures import Cell, HeatPicture
from locales.catalogue import catalogue
from locales.text import Percent, Reader, ct
from locales.translate import render, show

ROW, HEAD = 62, 320
DARK = 0.68
"""From this part of the highest rate on, a cell is dark enough for white."""


def heat(picture: HeatPicture, reader: Reader) -> Spec:
    """Return cells with their rates, weekdays from left to right, hours from top to bottom."""
    highest = max((cell.k / cell.n for cell in picture.cells), default=0.0) or 1.0
    names = get_day_names("abbreviated", "stand-alone", locale=catalogue(reader.locale).formats)
    shown = _span([1, 5, *(cell.weekday for cell in picture.cells)])
    days = {day: printable(names[day - 1]) for day in shown}
    hours = [f"{hour}:00" for hour in _span(cell.hour for cell in picture.cells)]
    x = {**_named("day", list(days.values())), "axis": {"orient": "top", "labelAngle": 0}}
    y = {**_named("hour", hours), "axis": {}}
    return frame(
        render(picture.title, reader),
        render(picture.scope, reader),
        [_cells(), _words()],
        note=render(ct("chart", "Empty: fewer than 5 interviews."), reader) if picture.hidden else "",
        height=HEAD + ROW * len(hours),
        data={"values": [_row(cell, days[cell.weekday], highest, reader) for cell in picture.cells]},
        encoding={"x": x, "y": y},
    )


def _cells() -> Spec:
    shade = {
        "field": "shade",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 1], "range": [PALE, ACCENT]},
    }
    mark = {"type": "rect", "cornerRadius": 8, "width": {"band": 0.95}, "height": {"band": 0.92}}
    return {"mark": mark, "encoding": {"color": shade}}


def _words() -> Spec:
    words = text_mark("said")
    words["encoding"]["color"] = {
        "condition": {"test": f"datum.shade >= {DARK}", "value": "#ffffff"},
        "value": INK,
    }
    return words


def _named(field: str, names: list[str]) -> Spec:
    return {"field": field, "type": "nominal", "sort": None, "scale": {"domain": names}}


def _row(cell: Cell, day: str, highest: float, reader: Reader) -> Spec:
    rate = cell.k / cell.n
    return {
        "day": day,
        "hour": f"{cell.hour}:00",
        "shade": round(rate / highest, 4),
        "said": show(Percent(round(rate, 2)), reader),
    }


def _span(numbers: Iterable[int]) -> range:
    found = list(numbers)
    return range(min(found), max(found) + 1) if found else range(0)
