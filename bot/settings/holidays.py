"""Public holidays as the configuration names them: a country, and days of one's own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from babel.core import get_global

from bot.settings.kinds import Kind, list_from_text, read_line
from bot.settings.problems import Problem, Wrong, shown
from bot.settings.times import read_day_or_none
from conversations.holidays import Country, Holidays
from conversations.policy import Policy
from locales.text import t
from locales.zones import local

BY_ZONE = "zone"
NONE = "off"
YEARS = range(2024, 2050)
"""Those that are asked for: figures reach back some years, and the library knows what is calculated far ahead."""
AHEAD = timedelta(days=31)
"""How long before a year its days should be known."""
BY_DECREE = frozenset({"CN"})
"""Where a decree of each autumn says which weekends of the next year are worked, and for which days off.

China: 国务院办公厅关于部分节假日安排的通知, published each November.
"""


def read_country(value: object) -> str:
    """Return a country's code as it is written here, `zone` or `off`; raises Wrong."""
    text = read_line(value).replace("_", "-")
    if text.casefold() in {BY_ZONE, NONE, ""}:
        return text.casefold() or NONE
    name = text.upper()
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,5})?", name) or country(name) is None:
        remedy = t('write its two letters, like "CN" or "DE-BY", or "off" for days of the week alone')
        raise Wrong(t("the holidays of {value} are not known", value=shown(value)), remedy)
    return name


def read_dates(value: object) -> tuple[date, ...]:
    """Return days in order; raises Wrong."""
    if not isinstance(value, list):
        raise Wrong(t("{value} is not a list", value=shown(value)), t('write one like ["2026-12-24"]'))
    found = [day for day in map(read_day_or_none, value) if day is not None]
    return tuple(sorted(set(found)))


def holidays_of(named: str, zone: str, off: tuple[date, ...], worked: tuple[date, ...]) -> Holidays:
    """Return which days are worked where `named` is a country, or `zone` for the one that a zone belongs to."""
    code = _country_of(zone) if named == BY_ZONE else named
    return Holidays(country(code) or Country(), frozenset(off), frozenset(worked))


def _country_of(zone: str) -> str:
    """Return the country of a zone (Unicode CLDR), NONE for those of none, like UTC."""
    return str(get_global("zone_territories").get(zone, NONE))


@cache
def country(code: str) -> Country | None:
    """Return what a country decrees; None where nothing is known of it."""
    if code == NONE:
        return None
    import holidays

    name, _, part = code.partition("-")
    try:
        found = holidays.country_holidays(name, subdiv=part or None, years=YEARS, expand=False)
    except NotImplementedError:
        return None
    worked = frozenset(day for day in found.weekend_workdays if day.year in YEARS)
    last = max((day.year for day in worked), default=0) if name in BY_DECREE else YEARS[-1]
    return Country(code, frozenset(found), worked, date(last, 12, 31))


def unpublished(policies: Iterable[tuple[str, str, Policy]], now: datetime) -> list[Problem]:
    """Return what is not known yet about the year that has begun or begins within weeks, once for each country."""
    found: dict[str, Problem] = {}
    for _, _, policy in policies:
        day = local(now, policy.zone).date() + AHEAD
        country = policy.holidays.country
        if not policy.holidays.knows(day):
            found.setdefault(country.name, _unpublished(country.name, day.year))
    return list(found.values())


def _unpublished(name: str, year: int) -> Problem:
    reason = t(
        "which weekends of {year} are worked in {country} is not known to this version: its digests follow the "
        "calendar's public holidays and the days of the week",
        year=str(year), country=name,
    )  # fmt: skip
    remedy = t("update Turnout, or write the days into digest_days_off and digest_days_worked")
    return Problem("policy.digest_holidays", reason, remedy)


COUNTRY = Kind(read_country)
DATES = Kind(read_dates, list_from_text)
