"""Time zones, known only here: wall clocks, days, and the names that people give to zones."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from unicodedata import normalize
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

CHINA = "Asia/Shanghai"
_BETWEEN_NAMES = re.compile(r"[()\[\],、;]|(?<!utc)(?<!gmt) (?=(?:utc|gmt)? ?[+\-−]\d)")
_NOT_PLACES = frozenset({"localtime", "Factory", "posixrules"})


def is_zone(name: str) -> bool:
    """Tell whether `name` is an IANA zone, spelt exactly."""
    return _iana().get(name.casefold()) == name


def local(instant: datetime, zone: str) -> datetime:
    """Return what clocks in `zone` show at an aware instant, as a naive datetime."""
    return _in(instant, zone).replace(tzinfo=None, fold=0)


def resolve(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant at which clocks in `zone` show the naive time `wall`.

    A time skipped by the clocks moves forward by what was skipped; of a repeated one the first is meant.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"a wall clock time has no zone of its own: {wall!r}")
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local_time_at(on: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of a day's wall clock time in `zone`."""
    return resolve(datetime.combine(on, at), zone)


def day_bounds(on: date, zone: str) -> tuple[datetime, datetime]:
    """Return the UTC instants at which a calendar day begins and ends in `zone`.

    Both are equal for a day that the zone never had (Apia, 30 December 2011).
    """
    return local_time_at(on, time(), zone), local_time_at(on + timedelta(days=1), time(), zone)


def offset_minutes(instant: datetime, zone: str) -> int:
    """Return how many minutes `zone` is ahead of UTC at an instant."""
    return _minutes(_in(instant, zone))


def is_repeated(instant: datetime, zone: str) -> bool:
    """Tell whether clocks in `zone` show this instant's time twice, because they are set back."""
    there = _in(instant, zone)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def offset_name(minutes: int) -> str:
    """Return an offset from UTC as people write it: UTC, UTC+8, UTC-3:30."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def city(zone: str, locale: Locale) -> str | None:
    """Return the place a zone is called after, or None when it is a bare offset from UTC.

    Chinese clocks are called after Beijing, although the zone database names Shanghai.
    """
    canonical = _canonical(zone)
    if canonical == CHINA:
        return "北京" if locale.language == "zh" else "Beijing"
    if "/" not in canonical or canonical.startswith("Etc/"):
        return None
    # CLDR keeps old names (Asia/Calcutta) as keys where Babel's aliases lead to the new ones.
    for name in (canonical, *_former_names().get(canonical, ())):
        if found := locale.time_zones.get(name, {}).get("city"):
            return str(found).rpartition("/")[2]
    return canonical.rpartition("/")[2].replace("_", " ")


def zone_from_alias(text: str) -> str | None:
    """Return the IANA zone that people mean by a text such as "北京时间", "GMT+8" or "Tokyo".

    None when it is unknown or says two things: CST and IST are several zones, and
    "Tokyo (GMT+8)" contradicts itself. UTC+8 is taken for China, whose clocks never change.
    """
    whole = " ".join(normalize("NFKC", text).replace("_", " ").split()).casefold()
    parts = [part.strip() for part in _BETWEEN_NAMES.split(whole) if part.strip()]
    if found := _named(whole) or _named(" ".join(parts)):
        return found
    offsets = {minutes for part in parts if (minutes := _offset(part)) is not None}
    place = next((found for part in parts if _offset(part) is None and (found := _named(part))), None)
    if place:
        return place if offsets <= set(_usual_offsets(place)) else None
    return _zone_of_offset(offsets.pop()) if len(offsets) == 1 else None


def _in(instant: datetime, zone: str) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return instant.astimezone(ZoneInfo(zone))


def _minutes(moment: datetime) -> int:
    return round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))


def _canonical(zone: str) -> str:
    return str(get_global("zone_aliases").get(zone, zone))


def _named(text: str) -> str | None:
    """Return the zone of one name in lower case, "time" at its end or not."""
    book = _book()
    if text in book.several:
        return None
    if found := book.names.get(text) or _iana().get(text.replace(" ", "_")) or book.places.get(text):
        return found
    place = re.sub(r"\s*((当地|标准|夏令)?时间|(local |standard |daylight )?time)$", "", text)
    return _named(place) if place and place != text else None


def _offset(text: str) -> int | None:
    """Return minutes ahead of UTC for "+8", "gmt+08:00", "utc-0330", "东八区"; None for anything else."""
    if match := re.fullmatch(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?([0-5]\d))?", text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return minutes if match[1] == "+" else -minutes
    if match := re.fullmatch(r"([东西])(\d{1,2}|十?[一二三四五六七八九十])区", text):
        hours = (
            int(match[2])
            if match[2].isdigit()
            else sum("一二三四五六七八九十".index(n) + 1 for n in match[2])
        )
        return hours * (60 if match[1] == "东" else -60)
    return None


def _zone_of_offset(minutes: int) -> str | None:
    hours, rest = divmod(minutes, 60)
    bare = f"Etc/GMT{-hours:+d}" if not rest and -12 <= hours <= 14 else None
    return _book().offsets.get(str(minutes), bare)


def _usual_offsets(zone: str) -> Iterator[int]:
    for month in (1, 7):
        yield offset_minutes(datetime(2026, month, 15, tzinfo=UTC), zone)


@lru_cache(maxsize=1)
def _iana() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones() if name not in _NOT_PLACES}


@lru_cache(maxsize=1)
def _former_names() -> Mapping[str, list[str]]:
    former: dict[str, list[str]] = defaultdict(list)
    for old, new in get_global("zone_aliases").items():
        former[new].append(old)
    return former


@dataclass(frozen=True, slots=True)
class _Book:
    """The names that zones go by, in lower case: ours and CLDR's; names of several zones are in none."""

    several: frozenset[str]
    names: Mapping[str, str]
    places: Mapping[str, str]
    offsets: Mapping[str, str]


@lru_cache(maxsize=1)
def _book() -> _Book:
    ours = tomllib.loads(files("locales").joinpath("zones.toml").read_text(encoding="utf-8"))
    names = {name: zone for zone, names in ours["names"].items() for name in names}
    windows = {name.casefold(): zone for name, zone in get_global("windows_zone_mapping").items()}
    return _Book(frozenset(ours["several"]), windows | names, _places(), ours["offsets"])


def _places() -> Mapping[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for locale in (Locale("en"), Locale("zh", script="Hans")):
        for zone in _iana().values():
            if place := city(zone, locale):
                found[place.casefold()].add(_canonical(zone))
        for territory, zones in get_global("territory_zones").items():
            if len(zones) == 1 and territory in locale.territories:
                found[locale.territories[territory].casefold()].add(_canonical(zones[0]))
    return {place: zone for place, (zone, *others) in found.items() if not others and is_zone(zone)}
