"""The same charts for our own page: the page says title and scope itself, and its colours suit light and dark."""

from __future__ import annotations

from bot.charts.bars import ROW as BAR
from bot.charts.heat import ROW as HOUR
from bot.charts.look import ACCENT, CONFIG, Spec
from bot.charts.spec import spec_of
from conversations.pictures import (
    FunnelPicture,
    GroupsPicture,
    HeatPicture,
    Picture,
    ReasonsPicture,
    TrendPicture,
)
from locales.text import Reader

WIDTH, WIDE, HEIGHT = 740, 860, 560
"""Pixels; a card of the page is about 510 wide, or 300 on a phone, where type is then eleven high."""
EDGE = 6
_SHADES = [0.08, 1]


def on_page(picture: Picture, reader: Reader) -> Spec:
    """Return the spec of a picture as a part of a page: without title, on no background."""
    spec = spec_of(picture, reader)
    for name in ("title", "background"):
        spec.pop(name)
    if isinstance(picture, ReasonsPicture | FunnelPicture):
        _with_room(spec, 1.3)
    if isinstance(picture, GroupsPicture):
        _with_room(spec, 1.2)
    if isinstance(picture, HeatPicture):
        # A shade of one colour instead of a mix of two: what lies below may be light or dark.
        cells = spec["layer"][0]
        cells["mark"]["color"] = ACCENT
        cells["encoding"] = {
            "fillOpacity": {**cells["encoding"]["color"], "scale": {"domain": [0, 1], "range": _SHADES}}
        }
    config = {**CONFIG, "background": "transparent"}
    width = WIDE if isinstance(picture, TrendPicture) else WIDTH
    return {**spec, "width": width, "height": _height(picture), "padding": EDGE, "config": config}


def _with_room(spec: Spec, times: float) -> None:
    """Leave room for the numbers behind the longest bar, which are larger here beside it."""
    scale = spec["layer"][0]["encoding"]["x"]["scale"]
    scale["domain"] = [0, scale["domain"][1] * times]


def _height(picture: Picture) -> int:
    match picture:
        case ReasonsPicture() | FunnelPicture():
            return BAR * len(picture.bars) + 30
        case GroupsPicture():
            return BAR * len(picture.bars) + 60
        case HeatPicture():
            hours = [cell.hour for cell in picture.cells]
            return HOUR * (max(hours) - min(hours) + 1) + 70
    return HEIGHT
