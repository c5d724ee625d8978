"""What pictures show: a finding as the title, its scope, and figures as data; `bot.charts` draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, TypeAdapter

from locales.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What every picture says in words; title and `alt` together tell those who do not see it the same."""

    title: Text
    """The finding, as a sentence."""
    scope: Text
    """Which days, and whose interviews."""
    alt: Text


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week or month by its first day: `k` no-shows of `n`; no rate is drawn where `is_shown` is false."""

    on: date
    k: int
    n: int
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a whole or a group of its own: `k` of `n`, and the interval of the ratio where it is an estimate."""

    label: Text
    k: int
    n: int
    low: float | None = None
    high: float | None = None
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday, 1 for Monday; those of too few interviews are left out."""

    weekday: int
    hour: int
    k: int
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after: as numbers to draw, and in words."""

    label: Text
    before: float
    after: float
    before_said: Text
    after_said: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPicture(Said):
    """The no-show rate over time, with the number of interviews below."""

    periods: tuple[Period, ...]
    every: Literal["day", "week", "month"] = "week"
    tag: Literal["trend"] = "trend"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsPicture(Said):
    """How the reasons share the no-shows."""

    bars: tuple[Bar, ...]
    tag: Literal["reasons"] = "reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPicture(Said):
    """The no-show rate of each group beside that of all."""

    bars: tuple[Bar, ...]
    average: float
    tag: Literal["groups"] = "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPicture(Said):
    """The no-show rate by hour and weekday; `hidden` interviews lie in cells too small to show."""

    cells: tuple[Cell, ...]
    hidden: int = 0
    tag: Literal["heat"] = "heat"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPicture(Said):
    """How many of all got to each step, in order."""

    bars: tuple[Bar, ...]
    tag: Literal["funnel"] = "funnel"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePicture(Said):
    """Figures before and after something began."""

    changes: tuple[Change, ...]
    before: Text
    """What the days before are called."""
    after: Text
    tag: Literal["change"] = "change"


Picture = Annotated[
    TrendPicture | ReasonsPicture | GroupsPicture | HeatPicture | FunnelPicture | ChangePicture,
    Discriminator("tag"),
]
_PICTURE: TypeAdapter[Picture] = TypeAdapter(Picture)


def plain(picture: Picture) -> dict[str, Any]:
    """Return a picture as plain JSON, as the arguments of `Work("chart", …)` carry it."""
    data: dict[str, Any] = _PICTURE.dump_python(picture, mode="json")
    return data


def picture_from(data: Mapping[str, Any]) -> Picture:
    """Return what `plain` was given; raises ValueError."""
    return _PICTURE.validate_python(dict(data))
