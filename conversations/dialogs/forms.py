"""A day and a time as forms ask for them: read on somebody's clocks, and what is wrong told beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from conversations.understanding.times import POINT
from locales.text import Day, Text, t
from locales.zones import day_bounds, local, resolve

Values = Mapping[str, str]
Span = tuple[datetime, datetime]
Wrong = dict[str, Text]
"""What is wrong with a form, by field."""


def filled(values: Values, *names: str) -> tuple[str, ...]:
    """Return the values of these fields, empty where nothing was filled in."""
    return tuple(values.get(name, "").strip() for name in names)


def span_in(
    day: str, at: str, zone: str, now: datetime, horizon: timedelta | None = None
) -> tuple[Span | None, Wrong]:
    """Return from when to when a chosen day, or a time of it, lies in `zone`, or what is wrong with it.

    What has passed, or lies beyond `horizon`, is wrong.
    """
    on, clock = _date_in(day), _time_in(at)
    if on is None:
        return None, {"day": t("I cannot read this as a day. It looks like 2026-11-25.")}
    if at and clock is None:
        return None, {"time": t("I cannot read this as a time. It looks like 14:30.")}
    today = local(now, zone).date()
    if on < today:
        return None, {"day": _past()}
    if horizon is not None and on > (last := local(now + horizon, zone).date()):
        return None, {"day": too_far(last)}
    if on > today + timedelta(days=3660):
        return None, {"day": t("That is more than ten years away. Please look at the year again.")}
    if clock is None:
        start, end = day_bounds(on, zone)
        return (max(start, now), end), {}
    start = resolve(datetime.combine(on, clock), zone)
    return ((start, start + POINT), {}) if start > now else (None, {"time": _past()})


def too_far(last: date) -> Text:
    return t("That is further ahead than I can book. Please choose a day up to {day}.", day=Day(last))


def _past() -> Text:
    return t("That has already passed. Please choose a later one.")


def _date_in(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _time_in(typed: str) -> time | None:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
