"""Days and times as staff type them: today, 周五, last7d, 2026-11-01..2026-11-30, today 10:00..11:00."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from locales.zones import day_bounds, local, resolve, zone_from_alias

_FROM_TODAY = {
    "today": 0, "今天": 0, "今日": 0,
    "tomorrow": 1, "明天": 1, "明日": 1, "day after tomorrow": 2, "后天": 2, "大后天": 3,
    "yesterday": -1, "昨天": -1, "昨日": -1, "day before yesterday": -2, "前天": -2,
}  # fmt: skip
_WEEKS = {
    "": None, "this ": 0, "next ": 1, "last ": -1,
    "本": 0, "这": 0, "这个": 0, "下": 1, "下个": 1, "上": -1, "上个": -1,
}  # fmt: skip
_WEEKDAYS = {
    name: n
    for n, names in enumerate((
        "monday mon 一", "tuesday tue tues 二", "wednesday wed 三", "thursday thu thur thurs 四",
        "friday fri 五", "saturday sat 六", "sunday sun 日 天",
    ))
    for name in names.split()
}  # fmt: skip
_MONTHS = {
    name: n
    for n, names in enumerate((
        "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
        "september sep sept", "october oct", "november nov", "december dec",
    ), start=1)
    for name in names.split()
}  # fmt: skip

_WEEKDAY = re.compile(
    r"(?P<week>this |next |last )?(?P<day>[a-z]+)"
    r"|(?P<cweek>本|这个?|下个?|上个?)?(?:周|星期|礼拜)(?P<cday>[一二三四五六日天])"
)
_PERIOD = re.compile(r"(this|next|last) (week|month)|(本|这个?|下个?|上个?)(周|星期|礼拜|月)")
_SOME_DAYS = re.compile(
    r"(?P<way>last|past|next|过去|最近|近|前|未来|接下来)\s*(?P<n>\d{1,3})\s*"
    r"(?P<unit>d|days?|天|日|w|weeks?|周|个?星期|h|hours?|个?小时)"
)
_FULL = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]?|(\d{4})(\d\d)(\d\d)"
)
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})|(\d{4})年(\d{1,2})月")
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})|(\d{1,2})月(\d{1,2})[日号]?")
_NAMED = re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[a-z]+)\.?(?:,? (?P<y>\d{4}))?")
_NAMED_FIRST = re.compile(r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y>\d{4}))?")
_BETWEEN = re.compile(r"\s*(?:\.\.+|…|~|—|–|至|到)\s*|\s+(?:to|until|-)\s+")
_HYPHEN = re.compile(r"(?<=:\d\d)\s*-\s*(?=\d{1,2}:\d\d)")
"""Between two times on a clock it is no part of a date."""
_CLOCK = re.compile(
    r"(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<h>\d{1,2})"
    r"(?:\s*:(?P<m>\d\d)(?::\d\d)?|[点时](?:(?P<cm>\d{1,2})分?|(?P<half>半)|(?P<quarter>一刻)|整)?)?"
    r"\s*(?P<half_day>am|pm)?"
)
_HAN_HOUR = re.compile(r"(二十[一二三]?|十[一二三四五六七八九]?|[一二两三四五六七八九])(?=[点时])")
_HAN_MINUTES = re.compile(r"(?<=[点时])([二三四五]?十[一二三四五六七八九]?)(?=分|$)")
_HAN = {"": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ZONED = re.compile(r"(.+?)\s*@\s*([^\W\d][\w+:/ -]*)")
_SOON = re.compile(r"\+\s*(\d{1,3})\s*(m|min|分钟?|h|个?小时|d|天)")
_ALL = frozenset({"all", "全部", "所有"})
_YEAR = timedelta(days=366)
_AFTERNOON = frozenset({"pm", "下午", "傍晚", "晚上"})
_MORNING = frozenset({"am", "凌晨", "早上", "上午"})


class _Days(NamedTuple):
    """Calendar days, both included."""

    first: date
    last: date


def when_of(text: str, now: datetime, zone: str) -> tuple[datetime, datetime] | None:
    """Return the UTC instants between which some days, or some hours of one, lie in `zone`, the second excluded.

    `last7d` is today and the six days before, up to now; `next7d` begins now; `all` is a year either way.
    Hours without a day, `10:00..11:00`, are today's. None if the text names no days.
    """
    typed = _plain(text)
    if typed in _ALL:
        return now - _YEAR, now + _YEAR
    if found := _SOME_DAYS.fullmatch(typed):
        return _some_days(found, now, zone)
    if span := later_by(typed):
        return now, now + span
    today = local(now, zone).date()
    try:
        days = _days(typed, today) or _range(typed, today)
        if days is None:
            return _hours(typed, today, zone)
        return day_bounds(days.first, zone)[0], day_bounds(days.last, zone)[1]
    except (OverflowError, ValueError):
        return None


def moment_of(text: str, now: datetime, zone: str, on: date | None = None) -> datetime | None:
    """Return the UTC instant that a day and a time name on clocks in `zone`; None if the text names none.

    With an offset or a zone of its own (`2026-11-25T14:00+01:00`, `14:00@Europe/Berlin`) it says exactly that. A
    time without a day is one of the day `on`, or of today.
    """
    typed = _plain(text)
    if zoned := _ZONED.fullmatch(typed):
        own = zone_from_alias(zoned[2])
        return moment_of(zoned[1], now, own, on) if own else None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d)?(z|[+-]\d\d:?\d\d)", typed):
            return datetime.fromisoformat(typed.upper()).astimezone(UTC)
        wall = _wall(re.sub(r"(?<=\d)t(?=\d)", " ", typed), local(now, zone).date(), on)
        return resolve(wall, zone) if wall else None
    except (OverflowError, ValueError):
        return None


def later_by(text: str) -> timedelta | None:
    """Return how much later `+2h`, `+30m` or `+1天` is; None for what is nothing like it."""
    found = _SOON.fullmatch(_plain(text))
    if found is None or not int(found[1]):
        return None
    n, unit = int(found[1]), found[2]
    if unit in ("d", "天"):
        return timedelta(days=n)
    return timedelta(hours=n) if unit == "h" or unit.endswith("小时") else timedelta(minutes=n)


def split_moment(text: str) -> tuple[str, str]:
    """Return what stands before a day and time at the end of a text, and these: ("李雷", "明天 14:00")."""
    words = text.split()
    for n in range(len(words)):
        tail = " ".join(words[n:])
        if moment_of(tail, _SOME_NOW, "UTC") is not None or later_by(tail):
            return " ".join(words[:n]), tail
    return " ".join(words), ""


_SOME_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Whether a text names a moment does not depend on the day it is read."""


def impossible_in(text: str) -> str:
    """Return what looks like a day or a time and is on no calendar or clock: `2026-02-30`, `25:00`; "" if nothing."""
    words = _plain(text).split()
    for pair in pairwise(words):
        if _is_no_day(" ".join(pair)):
            return " ".join(pair)
    for word in _plain(text).replace("..", " ").split():
        if _LIKE_A_DAY.fullmatch(word) and not _is_moment(word):
            return word
    return ""


def _is_no_day(typed: str) -> bool:
    """Tell whether it is a day that its month does not have: 30 february."""
    found = _NAMED.fullmatch(typed) or _NAMED_FIRST.fullmatch(typed)
    return bool(found and found["m"] in _MONTHS) and when_of(typed, _SOME_NOW, "UTC") is None


def backwards_in(text: str) -> str:
    """Return a span of days that ends before it begins, `2026-11-30..2026-11-01`; "" if there is none."""
    for word in _plain(text).split():
        ends = [when_of(part, _SOME_NOW, "UTC") for part in _BETWEEN.split(word)]
        first, last = (ends[0], ends[1]) if len(ends) == 2 else (None, None)
        if first and last and last[0] < first[0]:
            return word
    return ""


_LIKE_A_DAY = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|\d{4}[-/]\d{1,2}|\d{1,2}:\d\d"
    r"|\d{4}-\d\d-\d\dt\d\d:\d\d(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?"
)


def _is_moment(word: str) -> bool:
    return any(read(word, _SOME_NOW, "UTC") is not None for read in (when_of, moment_of))


def _plain(text: str) -> str:
    typed = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _HAN_MINUTES.sub(_in_digits, _HAN_HOUR.sub(_in_digits, typed))


def _in_digits(found: re.Match[str]) -> str:
    """Return a Chinese number below sixty in digits: 十 is 10, 二十三 is 23."""
    tens, ten, ones = found[1].rpartition("十")
    return str((_HAN[tens] or 1) * 10 + _HAN[ones] if ten else _HAN[ones])


def _some_days(found: re.Match[str], now: datetime, zone: str) -> tuple[datetime, datetime] | None:
    n, unit, today = int(found["n"]), found["unit"], local(now, zone).date()
    is_ahead = found["way"] in ("next", "未来", "接下来")
    if not n:
        return None
    if unit[0] == "h" or unit.endswith("小时"):
        return (now, now + timedelta(hours=n)) if is_ahead else (now - timedelta(hours=n), now)
    days = n * (7 if unit[0] == "w" or unit.endswith(("周", "星期")) else 1) - 1
    if is_ahead:
        return now, day_bounds(today + timedelta(days=days), zone)[1]
    return day_bounds(today - timedelta(days=days), zone)[0], now


def _range(typed: str, today: date) -> _Days | None:
    parts = _BETWEEN.split(typed)
    if len(parts) != 2:
        return None
    first, last = (_days(part, today) for part in parts)
    if first is None or last is None or first.first > last.last:
        return None
    return _Days(first.first, last.last)


def _hours(typed: str, today: date, zone: str) -> tuple[datetime, datetime] | None:
    """Return the instants of "today 10:00..11:00", or from one day's hour to another's."""
    parts = _BETWEEN.split(_HYPHEN.sub("..", typed))
    if len(parts) != 2:
        return None
    first = _wall(parts[0], today, None)
    last = _wall(parts[1], today, first.date()) if first else None
    return (resolve(first, zone), resolve(last, zone)) if first and last and first < last else None


def _days(typed: str, today: date) -> _Days | None:
    if found := _PERIOD.fullmatch(typed):
        english, chinese = found[1], found[3]
        step = _WEEKS[f"{english} " if english else chinese] or 0
        return _month(today, step) if (found[2] or found[4]) in ("month", "月") else _week(today, step)
    if found := _MONTH.fullmatch(typed):
        return _month(date(int(found[1] or found[3]), int(found[2] or found[4]), 1), 0)
    day = _day(typed, today)
    return _Days(day, day) if day else None


def _day(typed: str, today: date) -> date | None:
    if typed in _FROM_TODAY:
        return today + timedelta(days=_FROM_TODAY[typed])
    if found := _FULL.fullmatch(typed):
        y, m, d = (int(part) for part in found.groups() if part)
        return date(y, m, d)
    if found := _SHORT.fullmatch(typed):
        m, d = (int(part) for part in found.groups() if part)
        return _nearest(m, d, today)
    if found := _WEEKDAY.fullmatch(typed):
        return _weekday(found, today)
    return _named(typed, today)


def _named(typed: str, today: date) -> date | None:
    found = _NAMED.fullmatch(typed) or _NAMED_FIRST.fullmatch(typed)
    month = _MONTHS.get(found["m"]) if found else None
    if found is None or month is None:
        return None
    if found["y"]:
        return date(int(found["y"]), month, int(found["d"]))
    return _nearest(month, int(found["d"]), today)


def _weekday(found: re.Match[str], today: date) -> date | None:
    n = _WEEKDAYS.get(found["day"] or found["cday"] or "")
    if n is None:
        return None
    step = _WEEKS[found["week"] or found["cweek"] or ""]
    if step is None:
        return today + timedelta(days=(n - today.weekday()) % 7)
    return _week(today, step).first + timedelta(days=n)


def _week(today: date, step: int) -> _Days:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
    return _Days(monday, monday + timedelta(days=6))


def _month(today: date, step: int) -> _Days:
    months = today.year * 12 + today.month - 1 + step
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return _Days(first, following - timedelta(days=1))


def _nearest(month: int, day: int, today: date) -> date | None:
    """Return the day of that month nearest to today: in December, 1-5 is next year's."""
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda on: abs(on - today), default=None)


def _wall(typed: str, today: date, on: date | None) -> datetime | None:
    """Return the wall-clock time that a day followed by a time names."""
    if bare := _clock(typed):
        return datetime.combine(on or today, bare)
    for at in range(1, len(typed)):
        # 明天14:00 needs no space in between, "today14:00" does.
        if typed[at - 1] == " " or not (typed[at - 1].isascii() and typed[at].isascii()):
            day, clock = _day(typed[:at].rstrip(" ,"), today), _clock(typed[at:].lstrip())
            if day is not None and clock is not None:
                return datetime.combine(day, clock)
    return None


def _clock(typed: str) -> time | None:
    found = _CLOCK.fullmatch(typed)
    if found is None:
        return None
    part = found["part"] or found["half_day"] or ""
    is_bare = not (found["m"] or "点" in typed or "时" in typed or part)
    if is_bare:
        return None
    hour = int(found["h"])
    minute = int(found["m"] or found["cm"] or (30 if found["half"] else 15 if found["quarter"] else 0))
    if hour > 12 and found["half_day"]:
        return None
    if (part in _AFTERNOON and hour < 12) or (part == "中午" and hour < 11):
        hour += 12
    elif part in _MORNING and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
