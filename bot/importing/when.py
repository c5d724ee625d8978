"""Start times in the forms that recruiters write them; what can be read two ways is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.importing.problems import Unclear
from locales.text import Text, t
from locales.zones import is_repeated, local, resolve, zone_from_alias

_STILL_THIS_YEAR = timedelta(days=90)
"""A date without year that passed less than this ago is past, not next year's."""
_YEARS = range(2000, 2101)
_NIGHT = (time(7), time(22))

_CHINESE = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "日": 7,
    "天": 7,
}
_MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january jan januar jänner",
            "february feb februar",
            "march mar märz maerz mrz",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sept sep",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        1,
    )
    for word in words.split()
}
_WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "monday mon montag 月",
            "tuesday tues tue dienstag 火",
            "wednesday wed mittwoch 水",
            "thursday thurs thur thu donnerstag 木",
            "friday fri freitag 金",
            "saturday sat samstag 土",
            "sunday sun sonntag",
        ),
        1,
    )
    for word in words.split()
}

_SHORT_WEEKDAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
"""German ones, which are words of their own unless a dot or comma follows."""
_NAMED_DAY = "|".join(sorted((word for word in _WEEKDAYS if len(word) > 1), key=len, reverse=True))
_WEEKDAY = re.compile(
    r"[(\[]?(?:周|星期|礼拜|週)(?P<zh>[一二三四五六日天])[)\]]?"
    r"|(?<![a-z])(?P<short>mo|di|mi|do|fr|sa|so)[.,]+"
    r"|[(\[](?P<cjk>[一二三四五六日月火水木金土])[)\]]"
    rf"|[(\[]?(?<![a-zäöü])(?P<named>{_NAMED_DAY})(?![a-zäöü])\.?[)\]]?,?"
)

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO_DAY = re.compile(
    r"(?<!\d)(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?"
)
_SHORT_YEAR_DAY = re.compile(r"(?<!\d)(?P<y>\d{2})年\s*(?P<m>\d{1,2})月\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?")
_COMPACT_DAY = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=$|[\st_,])")
_CHINESE_DAY = re.compile(r"(?<!\d)(?P<m>\d{1,2})月\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?")
_DOTTED_DAY = re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s*(?P<m>\d{1,2})\.\s*(?P<y>\d{4})(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*(?:of\s+)?(?P<name>{_MONTH})(?![a-zäöü])\.?[,\s-]*(?P<y>\d{{4}})?(?![\d:])"
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-zäöü])(?P<name>{_MONTH})\.?[\s-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:[,\s-]+(?P<y>\d{{4}})(?![\d:]))?"
)
_YEAR_LAST = re.compile(
    r"(?<!\d)(?P<a>\d{1,2})\s*(?P<by>[/-])\s*(?P<b>\d{1,2})\s*(?P=by)\s*(?P<y>\d{4})(?!\d)"
)
_SHORT_YEAR = re.compile(r"(?<![\d:])\d{1,2}([-/.])\d{1,2}\1\d{2}(?![\d:])")
_DAY_DOT_MONTH_DOT = re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s*(?P<m>\d{1,2})\.(?!\d)")
_TWO_NUMBERS = re.compile(r"(?<![\d:.])(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})(?![\d:./点时h]|-\d|\s*uhr)")

_MORNING = ("凌晨", "清晨", "早上", "早晨", "上午", "午前", "早", "am", "a.m.", "a.m")
_AFTERNOON = ("下午", "午后", "午後", "傍晚", "pm", "p.m.", "p.m")
_EVENING = ("晚上", "晚间", "夜里", "晚")
_MIDDAY = ("中午",)
_PERIOD = "|".join(
    re.escape(word) for word in sorted((*_MORNING, *_AFTERNOON, *_EVENING, *_MIDDAY), key=len, reverse=True)
)
_TIME = re.compile(
    rf"(?P<before>{_PERIOD})?\s*"
    r"(?:"
    r"(?<![\d:.])(?P<uh>\d{1,2})(?:[.:](?P<um>\d{2}))?\s*uhr"
    r"|(?<![\d:.])(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?(?![\d:])"
    r"|(?<![\d:.])(?P<fh>\d{1,2})h(?P<fm>\d{2})?(?![a-z\d])"
    r"|(?<![\d:.])(?P<zh>\d{1,2}|[零〇一二两三四五六七八九十]{1,3})\s*[点时點時]钟?"
    r"(?:(?P<half>半)|(?P<quarter>[一三])刻|整|(?P<zm>\d{1,2}|[零〇一二三四五六七八九十]{1,3})分?)?"
    r"|(?<=t)(?P<ch>\d{2})(?P<cm>\d{2})(?P<cs>\d{2})?(?!\d)"
    r"|(?<![\d:.])(?P<bare>\d{1,2})(?=\s*(?:a\.?m|p\.?m))"
    r"|(?<=[午早晚上间])(?P<said>\d{1,2})(?![\d:点时])"
    r")"
    rf"\s*(?P<after>a\.?m\.?|p\.?m\.?)?(?![a-y])"
)
_TO = re.compile(r"\s*(?:-|~|至|到|\bto\b|\buntil\b|\bbis\b)\s*")
_OFFSET = re.compile(
    r"\(?\s*(?:(?P<z>z)|(?:utc|gmt)?\s*(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>[0-5]\d))?)\s*\)?"
)
_FILLERS = re.compile(r"^[\s,;|@·]+|[\s,;|@·]+$|(?<![a-z])(?:at|um|den|am)(?![a-z])|开始|准时")
_SERIAL = re.compile(r"[3-6]\d{4}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class When:
    """A start as agreed on the wall clock of a zone, and the instant it is."""

    wall: datetime
    zone: str
    at: datetime
    ends: datetime | None = None
    """When it ends, on the same wall clock, if the cell says so: 14:00-15:00."""
    note: Text | None = None


def read_when(
    text: str, zone: str, now: datetime, *, is_zone_given: bool = False, is_past: bool = False
) -> When:
    """Return the start that a cell means, on the clocks of `zone`.

    A date without year is the next such one (or one of the last 90 days); of a past interview, the last
    such one. A zone in the cell wins over `zone`, and is kept unless the list gives a zone of its own
    (`is_zone_given`). Raises Unclear for what is incomplete, impossible or ambiguous.
    """
    folded = _fold(text)
    if _SERIAL.fullmatch(folded):
        raise Unclear(
            t(
                "{value} is Excel's inner number of a date. Format the column as text and write 2026-11-24 14:00.",
                value=text,
            )
        )
    weekday, rest = _take_weekday(folded)
    day, rest = _take_day(text, rest, local(now, zone).date(), is_past=is_past)
    start, end, rest = _take_time(text, rest)
    if weekday and day.isoweekday() != weekday:
        raise Unclear(
            t(
                "{value}: {day} is not that day of the week. Correct the date or the weekday.",
                value=text,
                day=day.isoformat(),
            )
        )
    wall = datetime.combine(day, start)
    when = _place(text, wall, rest, zone, is_zone_given=is_zone_given)
    return When(when.wall, when.zone, when.at, _end(text, when.wall, start, end), _note(when))


def join_day_and_time(day: str, clock: str) -> str:
    """Return one text for a day and a time of day that stand in two columns.

    The time's own date wins if it has one; a day's midnight, as programs write it, is dropped.
    """
    if clock and _has_day(_fold(clock)):
        return clock
    bare = re.sub(r"[\sT]+0{1,2}:00(?::00(?:\.0+)?)?$", "", day.strip())
    return f"{bare} {clock}".strip()


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[‐‑‒–—−﹣]", "-", folded)
    return " ".join(re.sub(r"[~〜∼]", "~", folded).replace("：", ":").split())


def _take_weekday(text: str) -> tuple[int | None, str]:
    match = _WEEKDAY.search(text)
    if not match:
        return None, text
    if short := match["short"]:
        number = _SHORT_WEEKDAYS.index(short) + 1
    elif named := match["named"]:
        number = _WEEKDAYS[named]
    else:
        letter = match["zh"] or match["cjk"]
        number = _WEEKDAYS.get(letter) or _CHINESE[letter]
    return number, f"{text[: match.start()]} {text[match.end() :]}"


def _unreadable(text: str) -> Unclear:
    return Unclear(
        t("{value} cannot be read as a date and time. Write it like 2026-11-24 14:00.", value=text)
    )


def _has_day(text: str) -> bool:
    patterns = (
        _ISO_DAY,
        _SHORT_YEAR_DAY,
        _COMPACT_DAY,
        _CHINESE_DAY,
        _DOTTED_DAY,
        _DAY_FIRST,
        _MONTH_FIRST,
        _YEAR_LAST,
    )
    return any(pattern.search(text) for pattern in patterns)


def _take_day(value: str, text: str, today: date, *, is_past: bool) -> tuple[date, str]:
    """Return the date in a text and the text without it."""

    def found(match: re.Match[str], year: str | None, month: int, day: int) -> tuple[date, str]:
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        if year is None:
            return _nearest(value, month, day, today, is_past=is_past), rest
        return _date(value, int(year) + (2000 if len(year) == 2 else 0), month, day), rest

    for pattern in (_ISO_DAY, _SHORT_YEAR_DAY, _COMPACT_DAY, _DOTTED_DAY):
        if match := pattern.search(text):
            return found(match, match["y"], int(match["m"]), int(match["d"]))
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        if match := pattern.search(text):
            return found(match, match["y"], _MONTHS[match["name"]], int(match["d"]))
    if match := _YEAR_LAST.search(text):
        month, day = _month_and_day(value, int(match["a"]), int(match["b"]))
        return found(match, match["y"], month, day)
    if _SHORT_YEAR.search(text):
        raise Unclear(
            t("{value} does not tell the year for certain. Write it like 2026-11-24 14:00.", value=value)
        )
    for pattern in (_CHINESE_DAY, _DAY_DOT_MONTH_DOT):
        if match := pattern.search(text):
            return found(match, None, int(match["m"]), int(match["d"]))
    if match := _TWO_NUMBERS.search(text):
        month, day = _month_and_day(value, int(match["a"]), int(match["b"]))
        return found(match, None, month, day)
    if _TIME.search(text):
        raise Unclear(t("{value} has a time but no date. Write it like 2026-11-24 14:00.", value=value))
    raise _unreadable(value)


def _month_and_day(value: str, a: int, b: int) -> tuple[int, int]:
    """Return month and day of two numbers in unknown order; raises Unclear when both orders make sense."""
    if a <= 12 and b <= 12 and a != b:
        raise Unclear(
            t(
                "{value} can mean two days: which number is the month? Write it like 2026-11-24 14:00.",
                value=value,
            )
        )
    return (b, a) if a > 12 else (a, b)


def _date(value: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        found = None
    if found is None:
        raise Unclear(t("{value}: there is no such day. Correct the date.", value=value))
    if found.year not in _YEARS:
        raise Unclear(t("{value}: the year cannot be right. Correct the date.", value=value))
    return found


def _nearest(value: str, month: int, day: int, today: date, *, is_past: bool) -> date:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise Unclear(t("{value}: there is no such day. Correct the date.", value=value))
    days: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    fits: Callable[[date], bool] = (
        (lambda one: one <= today) if is_past else (lambda one: one > today - _STILL_THIS_YEAR)
    )
    fitting = [one for one in days if fits(one)]
    if not fitting:
        raise Unclear(t("{value}: there is no such day. Correct the date.", value=value))
    return max(fitting) if is_past else min(fitting)


@dataclass(frozen=True, slots=True)
class _Clock:
    hour: int
    minute: int
    second: int
    period: str
    is_chinese: bool
    """Written with 点, which nobody counts to 24 by for certain."""


def _take_time(value: str, text: str) -> tuple[time, time | None, str]:
    """Return start and end of day in a text, and the text without them."""
    match = _TIME.search(text)
    if not match:
        raise Unclear(
            t("{value} has a date but no time of day. Write it like 2026-11-24 14:00.", value=value)
            if not text.strip(" ,;")
            else t("{value} cannot be read as a date and time. Write it like 2026-11-24 14:00.", value=value)
        )
    before, rest = text[: match.start()], text[match.end() :]
    first = _clock(match)
    if _is_offset(match, text, rest):
        return _time(value, first), None, f"{before} {rest}"
    if not (to := _TO.match(rest)):
        return _time(value, first), None, f"{before} {rest}"
    if not (other := _TIME.match(rest, to.end())):
        raise _unreadable(value)
    second = _clock(other)
    if not first.period and second.period and first.hour <= second.hour <= 12:
        first = _Clock(first.hour, first.minute, first.second, second.period, first.is_chinese)
    if first.period and not second.period and second.hour <= 12:
        second = _Clock(second.hour, second.minute, second.second, first.period, second.is_chinese)
    return _time(value, first), _time(value, second), f"{before} {rest[other.end() :]}"


def _is_offset(match: re.Match[str], text: str, rest: str) -> bool:
    """Tell 2026-11-24T14:00-05:00, an offset from UTC, from 2026-11-24 14:00-15:00, a span of time."""
    if not _OFFSET.fullmatch(rest.strip()):
        return False
    is_exact = (
        match["s"] is not None or text[: match.start()].rstrip().endswith("t") or match["ch"] is not None
    )
    return is_exact or not rest.strip().startswith("-")


def _clock(match: re.Match[str]) -> _Clock:
    group = match.groupdict()
    period = (group["before"] or group["after"] or "").replace(".", "")
    if group["zh"]:
        minute = 30 if group["half"] else {"一": 15, "三": 45}[group["quarter"]] if group["quarter"] else 0
        return _Clock(_number(group["zh"]), _number(group["zm"]) if group["zm"] else minute, 0, period, True)
    hour = group["h"] or group["uh"] or group["fh"] or group["ch"] or group["bare"] or group["said"]
    minutes = group["m"] or group["um"] or group["fm"] or group["cm"] or "0"
    return _Clock(int(hour), int(minutes), int(group["s"] or group["cs"] or 0), period, False)


def _number(text: str) -> int:
    """Return the value of digits or of a Chinese number under 100; 99, which no clock shows, for nonsense."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(len(part) > 1 or part not in _CHINESE for part in (tens, ones) if part):
        return 99
    return (_CHINESE[tens] if tens else 1) * 10 * bool(ten) + (_CHINESE[ones] if ones else 0)


def _time(value: str, clock: _Clock) -> time:
    hour = _hour(clock)
    if hour is None and clock.is_chinese and not clock.period and clock.hour <= 12:
        raise Unclear(
            t(
                "{value} may be in the morning or in the afternoon. Write it like 2026-11-24 14:00.",
                value=value,
            )
        )
    if hour is None or hour > 23 or clock.minute > 59 or clock.second > 59:
        raise Unclear(
            t("{value}: there is no such time of day. Write it like 2026-11-24 14:00.", value=value)
        )
    return time(hour, clock.minute, clock.second)


def _hour(clock: _Clock) -> int | None:
    """Return the hour of 24 that is meant, None when hour and part of day contradict each other."""
    hour, period = clock.hour, clock.period
    if not period:
        return hour if not clock.is_chinese or hour == 0 or hour >= 8 else None
    if period in ("am", "凌晨"):
        return hour % 12 if hour <= 12 else None
    if period in _MORNING:
        return hour if hour < 12 else None
    if period in _MIDDAY:
        return {1: 13, 2: 14}.get(hour, hour) if hour in (1, 2, 11, 12, 13, 14) else None
    if period in _EVENING:
        return hour + 12 if 5 <= hour < 12 else hour if hour >= 17 else None
    return hour + 12 if 1 <= hour < 12 else hour if hour >= 12 else None


def _place(value: str, wall: datetime, rest: str, zone: str, *, is_zone_given: bool) -> When:
    """Give a wall clock time its zone: the one that the rest of the cell names, otherwise `zone`."""
    while (shorter := _FILLERS.sub("", rest)) != rest:
        rest = shorter
    rest = re.sub(r"^t\b|\bt$", "", rest).strip()
    if not rest:
        return _at(value, wall, zone)
    if offset := _OFFSET.fullmatch(rest):
        return _by_offset(value, wall, offset, zone)
    named = zone_from_alias(rest.strip("()[] "))
    if named is None:
        raise Unclear(
            t(
                "{value}: {words} is neither part of a time nor a zone we know. Leave it out, and write the zone"
                " like Asia/Shanghai in a column of its own.",
                value=value,
                words=rest,
            )
        )
    found = _at(value, wall, named)
    return When(local(found.at, zone), zone, found.at) if is_zone_given else found


def _by_offset(value: str, wall: datetime, offset: re.Match[str], zone: str) -> When:
    minutes = 0 if offset["z"] else int(offset["h"]) * 60 + int(offset["m"] or 0)
    if minutes > 14 * 60:
        raise Unclear(t("{value}: no place is that far from UTC. Correct the offset.", value=value))
    ahead = timedelta(minutes=-minutes if offset["sign"] == "-" else minutes)
    at = (wall - ahead).replace(tzinfo=UTC)
    return When(local(at, zone), zone, at)


def _at(value: str, wall: datetime, zone: str) -> When:
    at = resolve(wall, zone)
    if local(at, zone) != wall:
        raise Unclear(
            t(
                "{value} does not exist in {zone}: the clocks are set forward then. Choose another time.",
                value=value,
                zone=zone,
            )
        )
    return When(wall, zone, at)


def _end(value: str, wall: datetime, start: time, end: time | None) -> datetime | None:
    if end is None:
        return None
    if end <= start:
        raise Unclear(
            t(
                "{value}: the end is not after the start. If it is an offset from UTC, write it like UTC-5.",
                value=value,
            )
        )
    return wall + (datetime.combine(wall, end) - datetime.combine(wall, start))


def _note(when: When) -> Text | None:
    if is_repeated(when.at, when.zone):
        return t("The clocks show {time} twice on that day; the first is meant.", time=f"{when.wall:%H:%M}")
    if not _NIGHT[0] <= when.wall.time() < _NIGHT[1]:
        return t("It starts at {time}, at night: is that meant?", time=f"{when.wall:%H:%M}")
    return None
