"""Figures before and after something began, each pair on its own scale."""

from __future__ import annotations

from bot.charts.font import printable
from bot.charts.look import ACCENT, GREY, LABEL, SOFT, Spec, distinct, frame
from conversations.pictures import Change, ChangePicture
from locales.text import Reader, ct
from locales.translate import render

ROW, HEAD = 170, 280


def change(picture: ChangePicture, reader: Reader) -> Spec:
    """Return two bars a figure: grey before, accent after."""
    labels = distinct([render(one.label, reader) for one in picture.changes])
    named = render(picture.before, reader), render(picture.after, reader)
    rows = [
        row
        for label, one in zip(labels, picture.changes, strict=True)
        for row in _pair(label, one, named, reader)
    ]
    x = {"field": "part", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1.6], "nice": False}}
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {"labelFontWeight": "bold"},
        "scale": {"paddingInner": 0.3},
    }
    offset = {"field": "after", "type": "nominal", "sort": None}
    colour = {"condition": {"test": "datum.after", "value": ACCENT}, "value": GREY}
    ink = {"condition": {"test": "datum.after", "value": ACCENT}, "value": SOFT}
    layers = [
        {"mark": {"type": "bar", "cornerRadiusEnd": 6}, "encoding": {"x": x, "color": colour}},
        {
            "mark": {"type": "text", "align": "left", "dx": 14, "fontSize": LABEL},
            "encoding": {"x": x, "color": ink, "text": {"field": "said", "type": "nominal"}},
        },
    ]
    return frame(
        render(picture.title, reader),
        render(picture.scope, reader),
        layers,
        height=HEAD + ROW * len(picture.changes),
        data={"values": rows},
        encoding={"y": y, "yOffset": offset},
    )


def _pair(label: str, one: Change, named: tuple[str, str], reader: Reader) -> list[Spec]:
    most = max(one.before, one.after) or 1
    values = ((one.before, one.before_said), (one.after, one.after_said))
    return [
        {
            "label": label,
            "after": bool(number),
            "part": round(value / most, 6),
            "said": printable(
                render(ct("chart bar", "{when}: {value}", when=named[number], value=said), reader)
            ),
        }
        for number, (value, said) in enumerate(values)
    ]
