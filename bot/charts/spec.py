"""From a picture to its spec in Vega-Lite: data only, the same for PNG and SVG."""

from __future__ import annotations

from typing import assert_never

from bot.charts import bars
from bot.charts.change import change
from bot.charts.heat import heat
from bot.charts.look import Spec
from bot.charts.trend import trend
from conversations.pictures import (
    ChangePicture,
    FunnelPicture,
    GroupsPicture,
    HeatPicture,
    Picture,
    ReasonsPicture,
    TrendPicture,
)
from locales.text import Reader


def spec_of(picture: Picture, reader: Reader) -> Spec:
    """Return the spec of a picture in its reader's language."""
    match picture:
        case TrendPicture():
            return trend(picture, reader)
        case ReasonsPicture() | FunnelPicture():
            return bars.shares(picture, reader)
        case GroupsPicture():
            return bars.groups(picture, reader)
        case HeatPicture():
            return heat(picture, reader)
        case ChangePicture():
            return change(picture, reader)
        case _:
            assert_never(picture)
