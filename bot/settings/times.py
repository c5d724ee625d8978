"""Lengths of time, times of day, days of the week and zones, as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.settings.kinds import Kind, read_line
from bot.settings.problems import Wrong, shown
from locales.text import t
from locales.zones import is_zone, zone_from_alias

_SPAN = re.compile(r"(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m(?:in)?)?(?:([0-9]{1,6})s)?")


def span(low: str, high: str) -> Kind:
    """Return the kind of a length of time between two others, both allowed."""
    shortest, longest = read_span(low), read_span(high)

    def read(value: object) -> timedelta:
        length = read_span(value)
        if length < shortest:
            raise Wrong(t("{value} is too short", value=shown(value)), t("write at least {low}", low=low))
        if length > longest:
            raise Wrong(t("{value} is too long", value=shown(value)), t("write at most {high}", high=high))
        return length

    return Kind(read)


def read_span(value: object) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Wrong(
            t("{value} has no unit", value=shown(value)),
            t('write it in quotes with its unit, like "10m" or "1h30m"'),
        )
    text = "".join(value.split()).casefold() if isinstance(value, str) else ""
    match = _SPAN.fullmatch(text)
    if not text or not match:
        raise Wrong(
            t("{value} is not a length of time", value=shown(value)),
            t('write it like "30m", "1h30m", "24h" or "2d"'),
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def span_text(length: timedelta) -> str:
    """Return the one way a length is written here, in hours, minutes and seconds: 24h, 1h30m, 0s."""
    seconds = round(length.total_seconds())
    parts = (("h", seconds // 3600), ("m", seconds // 60 % 60), ("s", seconds % 60))
    return "".join(f"{count}{unit}" for unit, count in parts if count) or "0s"


def read_clock(value: object) -> time:
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    text = value.strip().replace("：", ":") if isinstance(value, str) else ""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if not match:
        raise Wrong(
            t("{value} is not a time of day", value=shown(value)),
            t('write it like "09:00", from "00:00" to "23:59"'),
        )
    return time(int(match[1]), int(match[2]))


def read_clock_or_off(value: object) -> time | None:
    return None if _is_off(value) else read_clock(value)


def read_day_or_none(value: object) -> date | None:
    """Return a calendar day; nothing for the empty text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = value.strip() if isinstance(value, str) else "?"
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong(
            t("{value} is not a day", value=shown(value)), t('write it like "2026-09-01", without a time')
        ) from None


def _is_off(value: object) -> bool:
    return isinstance(value, str) and value.strip().casefold() in {"", "off", "none"}


def _two_clocks(value: object, example: str) -> tuple[time, time, bool]:
    """Return both times, and whether the second was 24:00 (read as 23:59)."""
    parts = re.split(r"\s*[-–—~～至]\s*", value.strip()) if isinstance(value, str) else []
    if len(parts) != 2:
        raise Wrong(
            t("{value} is not a span of the day", value=shown(value)),
            t('write it like "{example}"', example=example),
        )
    midnight = parts[1].replace("：", ":") == "24:00"
    return read_clock(parts[0]), time(23, 59) if midnight else read_clock(parts[1]), midnight


def read_hours(value: object) -> tuple[time, time]:
    opens, closes, _ = _two_clocks(value, "09:00-18:00")
    if opens >= closes:
        raise Wrong(
            t("{value} ends before it begins", value=shown(value)),
            t('write the earlier time first, like "09:00-18:00"'),
        )
    return opens, closes


LONGEST_QUIET = timedelta(hours=16)


def read_quiet(value: object) -> tuple[time, time]:
    """Return when quiet begins and ends; both midnight when it is off."""
    if _is_off(value):
        return time(), time()
    begins, ends, midnight = _two_clocks(value, "22:00-08:00")
    ends = time() if midnight else ends
    minutes = ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % (24 * 60)
    if not minutes:
        raise Wrong(
            t("{value} begins and ends at the same time", value=shown(value)),
            t('write "off" for no quiet hours'),
        )
    if timedelta(minutes=minutes) > LONGEST_QUIET:
        remedy = t("leave at least {n} hours a day for reminders", n=24 - LONGEST_QUIET // timedelta(hours=1))
        raise Wrong(
            t(
                "{value} is quiet for {length}",
                value=shown(value),
                length=span_text(timedelta(minutes=minutes)),
            ),
            remedy,
        )
    return begins, ends


_DAYS = {name: n for n, day in enumerate(
    ("mon monday 周一 一", "tue tuesday 周二 二", "wed wednesday 周三 三", "thu thursday 周四 四",
     "fri friday 周五 五", "sat saturday 周六 六", "sun sunday 周日 日")
) for name in day.split()}  # fmt: skip
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_days(value: object) -> frozenset[int]:
    if isinstance(value, str) and value.strip().casefold() in {"daily", "every day", "每天"}:
        return frozenset(range(7))
    parts = re.split(r"[,，、\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts:
        raise _not_days(value)
    days: set[int] = set()
    for part in parts:
        ends = (
            [_DAYS.get(end.casefold()) for end in re.split(r"[-–至到]", part)]
            if isinstance(part, str)
            else [None]
        )
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > 2:
            raise _not_days(part)
        days |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return frozenset(days)


def _not_days(value: object) -> Wrong:
    return Wrong(
        t("{value} is not a day of the week", value=shown(value)),
        t('write "mon-fri", "mon, wed, sat" or "daily"'),
    )


def read_weekday_or_off(value: object) -> int | None:
    """Return one day of the week, Monday is 0; None for "off"."""
    if _is_off(value):
        return None
    days = read_days(value)
    if len(days) > 1:
        raise Wrong(
            t("{value} is more than one day", value=shown(value)), t('write one, like "mon", or "off"')
        )
    return next(iter(days))


def read_zone(value: object) -> str:
    text = read_line(value)
    if is_zone(text):
        return text
    meant = zone_from_alias(text) if text else None
    remedy = (
        t('write "{meant}"', meant=meant)
        if meant
        else t('write its IANA name, like "Asia/Shanghai" or "Europe/Berlin"')
    )
    raise Wrong(t("{value} is not a time zone", value=shown(value)), remedy)


CLOCK_OR_OFF = Kind(read_clock_or_off)
DAY_OR_NONE = Kind(read_day_or_none)
HOURS = Kind(read_hours)
QUIET = Kind(read_quiet)
DAYS = Kind(read_days)
WEEKDAY_OR_OFF = Kind(read_weekday_or_off)
ZONE = Kind(read_zone)
