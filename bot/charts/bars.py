"""Charts of horizontal bars: reasons, the funnel, and groups beside the average."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.charts.font import printable
from bot.charts.look import ACCENT, GREY, INK, SMALL, SOFT, Spec, distinct, frame, text_mark
from conversations.pictures import Bar, FunnelPicture, GroupsPicture, ReasonsPicture, Said
from locales.text import Percent, Reader, Text, ct
from locales.translate import render

ROW, HEAD = 84, 300
"""Pixels of one bar with its gap, and of all that is no bar."""
_COLOUR = {"condition": {"test": "datum.stands_out", "value": ACCENT}, "value": GREY}
_MIDDLE = {"condition": {"test": "indexof(datum.label, '\\n') > 0", "value": "bottom"}, "value": "middle"}
"""Of two lines the first stands above the middle; Vega would put it in the middle and the other below."""


def shares(picture: ReasonsPicture | FunnelPicture, reader: Reader) -> Spec:
    """Return bars of how large each part is, with its share and its number."""
    rows = _rows(
        picture.bars, reader, lambda bar: ct("chart bar", "{share} ({k})", share=_ratio(bar), k=bar.k)
    )
    longest = max((row["ratio"] for row in rows), default=0) or 1
    beside = text_mark("said", align="left", dx=14)
    beside["encoding"]["x"] = {"field": "ratio", "type": "quantitative"}
    return _chart(picture, rows, longest * 1.32, reader, [beside])


def groups(picture: GroupsPicture, reader: Reader) -> Spec:
    """Return bars of each group's rate with its interval, the line of all, and the numbers in a column."""
    rows = _rows(
        picture.bars, reader,
        lambda bar: ct("chart bar", "{share} ({k}/{n})", share=_ratio(bar), k=bar.k, n=bar.n),
    )  # fmt: skip
    longest = max((row["end"] for row in rows), default=0) or 1
    average = ct("chart line", "all: {rate}", rate=Percent(picture.average))
    extra = [_interval(), *_average(picture.average, printable(render(average, reader)))]
    column = text_mark("said", align="right", x={"expr": "width"})
    return _chart(picture, rows, longest * 1.62, reader, [*extra, column])


def _chart(picture: Said, rows: Sequence[Spec], end: float, reader: Reader, more: Sequence[Spec]) -> Spec:
    x = {"field": "ratio", "type": "quantitative", "axis": None, "scale": {"domain": [0, end], "nice": False}}
    mark = {"type": "bar", "cornerRadiusEnd": 6, "height": {"band": 0.62}}
    return frame(
        render(picture.title, reader),
        render(picture.scope, reader),
        [{"mark": mark, "encoding": {"x": x, "color": _COLOUR}}, *more],
        height=HEAD + ROW * max(len(rows), 3),
        data={"values": list(rows)},
        encoding={
            "y": {"field": "label", "type": "nominal", "sort": None, "axis": {"labelBaseline": _MIDDLE}}
        },
    )


def _interval() -> Spec:
    encoding = {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    return {"mark": {"type": "rule", "strokeWidth": 4, "color": INK}, "encoding": encoding}


def _average(ratio: float, said: str) -> list[Spec]:
    shared = {
        "data": {"values": [{}]},
        "encoding": {"x": {"datum": ratio, "type": "quantitative"}, "y": None},
    }
    line = {
        "type": "rule",
        "strokeWidth": 3,
        "strokeDash": [10, 8],
        "color": SOFT,
        "y": 0,
        "y2": {"expr": "height"},
    }
    label = {"type": "text", "text": said, "fontSize": SMALL, "color": SOFT, "baseline": "bottom", "y": -6}
    return [{"mark": line, **shared}, {"mark": label, **shared}]


def _rows(bars: Sequence[Bar], reader: Reader, said: Callable[[Bar], Text]) -> list[Spec]:
    labels = distinct(render(bar.label, reader) for bar in bars)
    return [
        {
            "label": label,
            "ratio": _part(bar),
            "low": bar.low,
            "high": bar.high,
            "end": max(_part(bar), bar.high or 0),
            "said": printable(render(said(bar), reader)),
            "stands_out": bar.stands_out,
        }
        for label, bar in zip(labels, bars, strict=True)
    ]


def _part(bar: Bar) -> float:
    return round(bar.k / bar.n, 6) if bar.n else 0.0


def _ratio(bar: Bar) -> Percent:
    return Percent(_part(bar))
