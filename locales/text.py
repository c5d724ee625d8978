"""Sentences before they have a reader: what is said, with typed values, in no language yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Tag


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, shown as weekday, date and time in the reader's zone.

    `zone` is where it takes place: when the reader's clock differs there, both times are shown.
    """

    at: datetime
    zone: str | None = None
    tag: Literal["moment"] = "moment"


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """An instant shown as hours and minutes in the reader's zone, or in another that is named."""

    at: datetime
    zone: str = ""
    tag: Literal["time"] = "time"


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day with its weekday."""

    on: date
    tag: Literal["day"] = "day"


@dataclass(frozen=True, slots=True)
class Countdown:
    """How long it is until an instant, in two units; channels that can, keep it live."""

    to: datetime
    tag: Literal["countdown"] = "countdown"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in at most two units."""

    of: timedelta
    tag: Literal["span"] = "span"


@dataclass(frozen=True, slots=True)
class Percent:
    """A ratio between 0 and 1, shown with one decimal at most."""

    ratio: float
    tag: Literal["percent"] = "percent"


@dataclass(frozen=True, slots=True)
class Points:
    """A difference between two ratios, shown with its sign in percentage points (个百分点)."""

    difference: float
    tag: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class Words:
    """The company's own words by language; the reader gets the nearest language there is."""

    by_locale: Mapping[str, str]
    tag: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class Listing:
    """Several values joined as the reader's language joins a list."""

    items: tuple[Value, ...]
    tag: Literal["listing"] = "listing"


@dataclass(frozen=True, slots=True)
class Text:
    """A translatable sentence: the English msgid, its values by name, its plural and its context.

    A plain string among the values is somebody's data: it is never translated and never markup.
    """

    msgid: str
    params: Mapping[str, Value] = field(default_factory=dict)
    plural: str | None = None
    context: str | None = None
    tag: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence as somebody else reads it: words that are to be passed on, in their language and on their clock."""

    text: Text
    locale: str
    zone: str
    tag: Literal["quoted"] = "quoted"


def _tag(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("tag"))
    return str(getattr(value, "tag", type(value).__name__))


Value = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[Moment, Tag("moment")]
    | Annotated[TimeOfDay, Tag("time")]
    | Annotated[Day, Tag("day")]
    | Annotated[Countdown, Tag("countdown")]
    | Annotated[Span, Tag("span")]
    | Annotated[Percent, Tag("percent")]
    | Annotated[Points, Tag("points")]
    | Annotated[Words, Tag("words")]
    | Annotated[Listing, Tag("listing")]
    | Annotated[Quoted, Tag("quoted")]
    | Annotated[str, Tag("str")]
    | Annotated[int, Tag("int")],
    Discriminator(_tag),
]
"""What may stand in a sentence. Everything but `str` is rendered for the reader at the last moment."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: language, zone, form of address (您 when formal) and the moment of reading (aware UTC)."""

    locale: str
    zone: str
    now: datetime
    formal: bool = True


def t(msgid: str, /, **params: Value) -> Text:
    """Return a sentence to be translated; `msgid` is its English form with {named} values."""
    return Text(msgid, params)


def nt(msgid: str, plural: str, n: int, /, **params: Value) -> Text:
    """Return a sentence that depends on the count `n`, which is also its value {n}."""
    return Text(msgid, {"n": n, **params}, plural=plural)


def ct(context: str, msgid: str, /, **params: Value) -> Text:
    """Return a sentence whose translation depends on where it stands."""
    return Text(msgid, params, context=context)
