"""What the page is asked for in its address: which days, narrowed down to what. What cannot be is said in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from starlette.requests import Request

from conversations.figures import Period, label_of
from conversations.figures.dimensions import TAG
from conversations.figures.overview import Asked, Filter
from conversations.understanding.when import when_of
from locales.text import Text, ct, t
from locales.zones import day_bounds, local

DAYS: Mapping[str, Text] = {
    "last7d": ct("days", "Last 7 days"),
    "last30d": ct("days", "Last 30 days"),
    "last90d": ct("days", "Last 90 days"),
    "last365d": ct("days", "Last 365 days"),
}
DEFAULT = "last30d"
FILTERS: Mapping[str, str] = {
    "company": "company",
    "job": "role",
    "source": "source",
    "type": "candidate_type",
    "recruiter": "recruiter",
}
"""The name in the address, and the dimension it narrows down."""
KEYS = ("days", "from", "to", *FILTERS, "tag", "by")
BY = ("lead", "weekday", "recruiter", "company")
"""By what the page splits the rate besides, if it is asked to; and by any column of the company's own."""
LONGEST = timedelta(days=366)
_EARLIEST = date(2000, 1, 1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SHOWN = 40
"""Characters of what was typed that are said again."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen: values with how they are called, by the name in the address."""

    values: Mapping[str, Mapping[str, Text]]
    tags: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The company's own columns: how many attempts have each value, of those that enough have to be shown."""
    recruiters: Mapping[str, str] = field(default_factory=dict)
    """Names, by the value of the dimension."""

    def by(self) -> Mapping[str, Text]:
        """Return by what the rate can be split besides."""
        own = {TAG + name: label_of(TAG + name) for name in sorted(self.tags)}
        known = [name for name in BY if name not in FILTERS or len(self.values.get(name, {})) > 1]
        return {**{name: label_of(name) for name in known}, **own}

    def tagged(self) -> Mapping[str, Text]:
        """Return every `column=value` that one can narrow down to."""
        return {
            f"{name}={value}": t("{column}: {value}", column=name, value=value)
            for name, values in sorted(self.tags.items())
            for value in sorted(values)
        }

    def of(self, key: str) -> Mapping[str, Text]:
        match key:
            case "days":
                return DAYS
            case "tag":
                return self.tagged()
            case "by":
                return self.by()
        return self.values.get(key, {})


@dataclass(frozen=True, slots=True)
class Wrong:
    """A part of the address that cannot be, by its name, and what helps."""

    key: str
    why: Text


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: as it stands in the address, and what it means; nothing where it cannot be."""

    given: Mapping[str, str]
    asked: Asked
    by: str = ""
    wrong: tuple[Wrong, ...] = ()

    def without(self, *keys: str, **others: str) -> dict[str, str]:
        """Return what stands in the address, without some of it and with something else."""
        return {**{key: value for key, value in self.given.items() if key not in keys}, **others}


def given_in(request: Request) -> dict[str, str]:
    """Return what the address asks for; of twins the first, and nothing that is empty."""
    pairs = request.query_params.multi_items()
    found = {key: value for key, value in reversed(pairs) if key in KEYS}
    return {key: found[key] for key in KEYS if found.get(key, "").strip()}


def read(given: Mapping[str, str], choices: Choices, now: datetime, zone: str) -> Query:
    """Return what an address means: `wrong` is empty, or says all that is wrong with it."""
    wrong = [*_unknown(given, choices)]
    period = _period(given, now, zone)
    if isinstance(period, Wrong):
        wrong.append(period)
        period = _named(DEFAULT, now, zone)
    filters = tuple(_filters(given, choices))
    by = given.get("by", "")
    return Query(given, Asked(period, filters, choices.recruiters), by, tuple(wrong))


def _filters(given: Mapping[str, str], choices: Choices) -> Iterator[Filter]:
    for key, dimension in FILTERS.items():
        if given.get(key) in choices.of(key):
            yield Filter(dimension, (given[key],))
    if given.get("tag") in choices.of("tag"):
        column, _, value = given["tag"].partition("=")
        yield Filter(TAG + column, (value,))


def _unknown(given: Mapping[str, str], choices: Choices) -> Iterator[Wrong]:
    for key in ("days", *FILTERS, "tag", "by"):
        if key in given and given[key] not in choices.of(key):
            yield Wrong(
                key,
                t(
                    "There is no “{typed}” among what can be chosen here. Choose one of the list.",
                    typed=said(given[key]),
                ),
            )


# -- days ------------------------------------------------------------------------------------------------


def _period(given: Mapping[str, str], now: datetime, zone: str) -> Period | Wrong:
    if not given.keys() & {"from", "to"}:
        return _named(given.get("days", DEFAULT), now, zone)
    days: dict[str, date] = {}
    for key in ("from", "to"):
        if key in given:
            day = _day(given[key])
            if day is None:
                why = t("“{typed}” is on no calendar. Choose a day, like 2026-11-01.", typed=said(given[key]))
                return Wrong(key, why)
            days[key] = day
    return _between(days, now, zone)


def _between(days: Mapping[str, date], now: datetime, zone: str) -> Period | Wrong:
    today = local(now, zone).date()
    last = min(days.get("to", today), today)
    first = days.get("from", last - timedelta(days=29))
    if first > today:
        return Wrong("from", t("That day has not come yet. Choose one up to today."))
    if first > last:
        return Wrong("to", t("The last day is before the first. Choose a later one."))
    if last - first > LONGEST:
        return Wrong("from", t("That is more than a year. Choose a later first day."))
    start, until = day_bounds(first, zone)[0], min(day_bounds(last, zone)[1], now)
    return Period(start, max(start, until), zone)


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed.strip()) if _DAY.fullmatch(typed.strip()) else None
    except ValueError:
        return None
    return day if day is not None and day >= _EARLIEST else None


def _named(days: str, now: datetime, zone: str) -> Period:
    start, until = when_of(days if days in DAYS else DEFAULT, now, zone) or day_bounds(
        local(now, zone).date(), zone
    )
    return Period(start, max(start, min(until, now)), zone)


def said(typed: str) -> str:
    """Return what was typed as it can be said again: short, and nothing that cannot be seen."""
    seen = "".join(sign if sign.isprintable() else " " for sign in typed)
    short = " ".join(seen.split())
    return short if len(short) <= _SHOWN else f"{short[:_SHOWN]}…"
