"""Dates, times and figures as the reader's language and clock have them: typed values in, words out.

The patterns are sentences of the catalogue like all others, so a new language brings its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from locales import zones
from locales.catalogue import catalogue
from locales.text import (
    Countdown,
    Day,
    Listing,
    Moment,
    Percent,
    Points,
    Reader,
    Span,
    Text,
    TimeOfDay,
    Value,
    ct,
)

_DAY = 24 * 60


def moment(value: Moment, reader: Reader) -> Text:
    """Return weekday, date and time on the reader's clock, and on the place's if that shows another time."""
    here, there = reader.zone, value.zone or reader.zone
    when = _relative(value.at, reader)
    if zones.offset_minutes(value.at, there) != zones.offset_minutes(value.at, here):
        return ct(
            "moment",
            "{when} ({zone}; {other_when} {other_zone})",
            when=when,
            zone=_zone(value.at, here, reader),
            other_when=_elsewhere(value.at, there, reader),
            other_zone=_zone(value.at, there, reader),
        )
    if zones.is_repeated(value.at, here):
        return ct("moment", "{when} ({zone})", when=when, zone=_zone(value.at, here, reader))
    return when


def time_of_day(value: TimeOfDay, reader: Reader) -> str:
    """Return hours and minutes on the reader's clock, or on that of the zone that is named."""
    return _time(value.at, value.zone or reader.zone, reader)


def day(value: Day, reader: Reader) -> str:
    """Return a date with its weekday, and its year unless it is the reader's present one."""
    if _is_this_year(value.on, reader):
        return _date(value.on, ct("date pattern", "EEE d MMM"), reader)
    return _date(value.on, ct("date pattern", "EEE d MMM yyyy"), reader)


def countdown(value: Countdown, reader: Reader) -> Text:
    """Return how long it is until an instant, or since, in at most two units."""
    left = value.to - reader.now
    if left >= timedelta(minutes=1):
        return ct("countdown", "in {span}", span=span(Span(left), reader))
    if _nearest(-left, timedelta(minutes=1)) < 1:
        return ct("countdown", "now")
    return ct("countdown", "started {span} ago", span=_joined(_units(-left), reader))


def span(value: Span, reader: Reader) -> Text | str:
    """Return a length of time in at most two units, in seconds below a minute."""
    seconds = _nearest(abs(value.of), timedelta(seconds=1))
    length = _joined([("second", seconds)] if seconds < 60 else _units(abs(value.of)), reader)
    return ct("span", "-{span}", span=length) if value.of < -timedelta(seconds=0.5) else length


def percent(value: Percent, reader: Reader) -> str:
    """Return a ratio as a percentage with one decimal at most."""
    ratio = Decimal(str(value.ratio)).quantize(Decimal("0.001"), ROUND_HALF_UP)
    return format_percent(ratio + 0, locale=catalogue(reader.locale).formats, decimal_quantization=False)


def points(value: Points, reader: Reader) -> Text:
    """Return a difference of ratios with its sign, in percentage points with one decimal at most."""
    difference = (Decimal(str(value.difference)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    figure = format_decimal(abs(difference), "#,##0.#", locale=catalogue(reader.locale).formats)
    sign = "±" if not difference else "+" if difference > 0 else "-"
    whole = difference == difference.to_integral_value()
    return Text(
        "{points} percentage point",
        {"points": sign + figure, "n": int(abs(difference)) if whole else 2},
        plural="{points} percentage points",
    )


def listing(value: Listing, reader: Reader) -> tuple[str, Mapping[str, Value]]:
    """Return how the reader's language joins so many values, with {placeholders}, and the values by name."""
    named = {f"item{number}": item for number, item in enumerate(value.items)}
    joined = format_list([f"{{{name}}}" for name in named], locale=catalogue(reader.locale).formats)
    return joined, named


def _relative(at: datetime, reader: Reader) -> Text:
    on = zones.local(at, reader.zone).date()
    today = zones.local(reader.now, reader.zone).date()
    text = ct("moment", "{day}, {time}", day=Day(on), time=TimeOfDay(at))
    if on == today:
        return ct("moment", "today, {moment}", moment=text)
    if on - today == timedelta(days=1):
        return ct("moment", "tomorrow, {moment}", moment=text)
    return text


def _elsewhere(at: datetime, zone: str, reader: Reader) -> Text | str:
    """Return the time in another zone, with its date where that differs from the reader's."""
    there, time = zones.local(at, zone).date(), _time(at, zone, reader)
    if there == zones.local(at, reader.zone).date():
        return time
    if _is_this_year(there, reader):
        on = _date(there, ct("date pattern inside brackets", "EEE d MMM"), reader)
    else:
        on = _date(there, ct("date pattern inside brackets", "EEE d MMM yyyy"), reader)
    return ct("moment inside brackets", "{day}, {time}", day=on, time=time)


def _zone(at: datetime, zone: str, reader: Reader) -> Text | str:
    offset = zones.offset_name(zones.offset_minutes(at, zone))
    place = zones.city(zone, catalogue(reader.locale).formats)
    if place is None:
        return offset
    if zones.is_repeated(at, zone):
        return ct("zone", "{city} time, {offset}", city=place, offset=offset)
    return ct("zone", "{city} time", city=place)


def _is_this_year(on: date, reader: Reader) -> bool:
    return on.year == zones.local(reader.now, reader.zone).year


def _date(on: date, pattern: Text, reader: Reader) -> str:
    language = catalogue(reader.locale)
    return format_date(on, language.words(pattern), locale=language.formats)


def _time(at: datetime, zone: str, reader: Reader) -> str:
    language = catalogue(reader.locale)
    return format_time(
        zones.local(at, zone), language.words(ct("time pattern", "HH:mm")), locale=language.formats
    )


def _units(length: timedelta) -> list[tuple[str, int]]:
    """Return days and hours, or hours and minutes, rounded to the smaller unit and without zeros."""
    minutes = _nearest(length, timedelta(minutes=1))
    if minutes < _DAY:
        parts = [("hour", minutes // 60), ("minute", minutes % 60)]
    else:
        hours = _nearest(length, timedelta(hours=1))
        parts = [("day", hours // 24), ("hour", hours % 24)]
    return [(unit, n) for unit, n in parts if n]


def _nearest(length: timedelta, unit: timedelta) -> int:
    return (length + unit / 2) // unit


def _joined(parts: list[tuple[str, int]], reader: Reader) -> Text | str:
    larger, *rest = (_unit(unit, n, reader) for unit, n in parts)
    return ct("two units of time", "{larger} {smaller}", larger=larger, smaller=rest[0]) if rest else larger


def _unit(unit: str, n: int, reader: Reader) -> str:
    """Return "5 minutes"; Babel has no long forms for Chinese and answers "5 duration-minute" instead."""
    formats = catalogue(reader.locale).formats
    written = (format_unit(n, f"duration-{unit}", length=length, locale=formats) for length in _LENGTHS)
    return next(text for text in written if "duration" not in text)


_LENGTHS: tuple[Literal["long", "short", "narrow"], ...] = ("long", "short", "narrow")
