"""When somebody could come, read from their own words: "明天四点以后", "Tue or Wed next week", "not before 3".

A text becomes tokens (the packs know the words), tokens become wishes, wishes become windows of local time. What is
refused ("周五不行") or over ("sorry about yesterday") is never offered; what is not understood gives no window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from conversations.understanding.packs import packs, plain

HORIZON = timedelta(days=21)
"""How far ahead "any time" and "weekday evenings" reach, counted from the morning of today."""
POINT = timedelta(minutes=30)
"""How long a window is that was given as one time of day."""
ROUGHLY = timedelta(hours=1)
_DAY = 24 * 60
_MIDNIGHT = time()


class Window(NamedTuple):
    """A stretch of local time, naive, its end excluded."""

    start: datetime
    end: datetime


def window_of(text: str, now_local: datetime) -> list[Window]:
    """Return the windows in which the writer could come, soonest first, none when the words give no time.

    `now_local` is what the writer's clock shows, naive.
    """
    today = datetime.combine(now_local.date(), _MIDNIGHT)
    everything = [Window(now_local, today + HORIZON)]
    wishes = list(_wishes(list(_tokens(_with_digits(plain(text)))), now_local))
    wanted = [window for wish in wishes if not wish.is_refused for window in wish.windows(now_local)]
    refused = [window for wish in wishes if wish.is_refused for window in wish.windows(now_local)]
    is_free = any(wish.is_anything for wish in wishes)
    if not wanted and (is_free or refused):
        wanted = everything
    return _without(_merged(wanted, now_local), refused)


def wishes_for_time(text: str) -> bool:
    """Tell whether a text is about when somebody could come, and not only about something that has a time."""
    found = window_of(text, _SOME_DAY)
    if not found or sum((w.end - w.start for w in found), timedelta()) >= HORIZON - timedelta(days=1):
        return False
    pieces = list(_pieces(_with_digits(plain(text))))
    if any(isinstance(piece, _Token) and piece.kind in _WISHING for piece in pieces):
        return True
    rest = "".join(piece for piece in pieces if isinstance(piece, str))
    return len(_WORD.findall(rest)) <= WORDS_BESIDE


_SOME_DAY = datetime.combine(date(2026, 3, 11), time(10, 30))
_WISHING = frozenset({"question", "usual", "any", "at"})
_WORD = re.compile(r"[a-z']+|[^\W\da-z_]")
WORDS_BESIDE = 3
"""So many words, or Chinese characters, beside a time leave it the main thing that is said."""


# -- words become tokens ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    said: Mapping[str, str]
    """What the named groups of the pattern matched."""
    entry: Mapping[str, Any]

    def minutes(self) -> tuple[int, int]:
        return self.entry["from"] * 60, self.entry["to"] * 60


def _tokens(words: str) -> Iterator[_Token]:
    return (piece for piece in _pieces(words) if isinstance(piece, _Token))


def _pieces(words: str) -> Iterator[_Token | str]:
    """Yield the tokens in a text, and each character that belongs to none."""
    at = 0
    while at < len(words):
        for pattern, entry in packs().times:
            match = pattern.match(words, at)
            if match is not None and match.end() > at:
                said = {name: value for name, value in match.groupdict().items() if value is not None}
                yield _Token(entry["is"], said, entry)
                at = match.end()
                break
        else:
            yield words[at]
            at += 1


_NUMERAL = re.compile(
    r"(?<![周期拜一二两三四五六七八九十])(?!(?<=[早晚快慢有差好多少近高])一点(?![钟半整一二三四五]))([一二两三四五六七八九十廿]+|半)"
    r"(?=个?半?(?:点(?!儿|也|都)|时|号|日|月|天|小时|钟头|分|刻|周|星期|礼拜)|个(?:小时|星期|礼拜|月|钟头|半))"
)
_OR_SO = re.compile(r"(?<![周期拜一二三四五六七八九])(十)?([一二两三四五六七八])([二三四五六七八九])(?=点)")
"""两三点, 八九点, 十一二点"""
_SPELT = re.compile(
    r"\b(at|around|about|after|before|by|until|till|from|to|between|and|past|or)"
    r" (one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?:[ -](thirty|fifteen|forty[ -]five))?\b"
    r"(?! (?:days?|hours?|min|minutes?|weeks?|months?|of|more|people|slots?|times?)\b)",
    re.ASCII,
)
_SPELT_MINUTES = {"thirty": ":30", "fifteen": ":15", "forty-five": ":45", "forty five": ":45"}
_AFTER_WEEKDAY = re.compile(r"(?<=[周期拜][一二三四五六日天])([一二两三四五六七八九十]+)(?=点)")
_MINUTES = re.compile(
    r"(?<=点)([一二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九])(?=分|$|[^\d一二三四五六七八九十])"
)
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "零": 0}


def _with_digits(words: str) -> str:
    """Write Chinese numerals before a unit as digits: 十一点 → 11点, 二十号 → 20号, 两天 → 2天."""
    words = _OR_SO.sub(lambda m: f"{m[1] or ''}{m[2]}点到{m[1] or ''}{m[3]}", words)
    words = _SPELT.sub(lambda m: f"{m[1]} {_HOUR_WORDS[m[2]]}{_SPELT_MINUTES.get(m[3] or '', '')}", words)
    for pattern in (_NUMERAL, _AFTER_WEEKDAY, _MINUTES):
        words = pattern.sub(lambda match: _digits(match.group(1)), words)
    return words


def _digits(numeral: str) -> str:
    if numeral == "半":
        return numeral
    tens, ten, units = numeral.replace("廿", "二十").rpartition("十")
    if len(units) > 1 and not ten:
        # 三五点, 两三天: the first of the two is the nearer.
        return str(_DIGITS.get(units[0], 0))
    number = (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(units[-1:], 0)
    return str(number)


# -- tokens become wishes --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day as it was written; without more said, 3 is in the afternoon and 9 in the morning."""

    hour: int
    minute: int = 0
    meridiem: str = ""
    is_exact: bool = False
    """It says itself whether it is before noon: 14:30, 09:00."""

    def minutes(self, part: str = "") -> int:
        hour = self.hour
        if self.meridiem:
            hour = hour % 12 + (12 if self.meridiem == "p" else 0)
        elif not self.is_exact and hour <= 12:
            hour = _hour_in(part, hour)
        return hour * 60 + self.minute


def _hour_in(part: str, hour: int) -> int:
    match part:
        case "morning":
            return hour
        case "small":
            return hour % 12
        case "noon":
            return hour + 12 if hour < 5 else hour
        case "afternoon":
            return hour % 12 + 12
        case "evening":
            return 24 if hour == 12 else hour + 12 if hour >= 5 else hour + 24
    return hour + 12 if 1 <= hour <= 7 else hour


@dataclass(frozen=True, slots=True)
class _Span:
    """When on a day: a part of it, a time, from one time to another, before or after one."""

    part: tuple[int, int] | None = None
    part_name: str = ""
    first: _Clock | None = None
    last: _Clock | None = None
    bound: str = ""
    """`after` or `before`."""
    is_rough: bool = False

    @property
    def is_timed(self) -> bool:
        return self.first is not None

    def minutes(self) -> tuple[int, int]:
        """Return from when to when, in minutes of the day."""
        if self.first is None:
            start, end = self.part or (0, _DAY)
            if self.bound == "after":
                return end, _DAY
            return (0, start) if self.bound == "before" else (start, end)
        start = self._start()
        if self.last is not None:
            end = self.last.minutes(self.part_name)
            return start, end if end > start else end + 12 * 60
        if self.bound == "after":
            return start, _DAY
        if self.bound == "before":
            return 0, start
        margin = int(ROUGHLY.total_seconds() // 60)
        if self.is_rough:
            return max(start - margin, 0), start + margin
        return start, start + int(POINT.total_seconds() // 60)

    def _start(self) -> int:
        first = self.first or _Clock(0)
        if self.last is not None and self.last.meridiem and not first.meridiem and not first.is_exact:
            same = replace(first, meridiem=self.last.meridiem)
            return (same if same.minutes() < self.last.minutes() else first).minutes(self.part_name)
        return first.minutes(self.part_name)


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days: one, several, or all of a sort."""

    of: tuple[date, ...]
    is_week: bool = False
    """A whole week or longer, which a weekday beside it picks from."""
    weekday: int | None = None
    weeks_on: int | None = None
    """How many weeks from this one the weekday was said to be; None when nothing was said."""
    every: bool = False


@dataclass(slots=True)
class _Wish:
    """One thing somebody wants or refuses, while it is being read."""

    days: list[_Days] = field(default_factory=list)
    spans: list[_Span] = field(default_factory=list)
    ready: list[Window] = field(default_factory=list)
    """What was given as instants: "in an hour"."""
    is_refused: bool = False
    is_over: bool = False
    is_anything: bool = False
    day_bound: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.spans or self.ready)

    def windows(self, now: datetime) -> list[Window]:
        if self.is_over or (self.is_empty and not self.is_anything):
            return []
        if self.is_anything and self.is_empty:
            return []
        windows = list(self.ready)
        spans = _met(self.spans) or ([] if windows and not self.days else [(0, _DAY)])
        for day in self._dates(now, spans):
            midnight = datetime.combine(day, _MIDNIGHT)
            windows += (
                Window(midnight + timedelta(minutes=a), midnight + timedelta(minutes=b)) for a, b in spans
            )
        return windows

    def _dates(self, now: datetime, spans: Sequence[tuple[int, int]]) -> list[date]:
        today = now.date()
        horizon = [today + timedelta(days=n) for n in range(HORIZON.days)]
        if self.days:
            named = [day for days in self.days for day in days.of]
            if self.day_bound and all(d.weekday == today.weekday() and d.weeks_on is None for d in self.days):
                # "After Wednesday", said on a Wednesday.
                named = [today]
            if self.is_refused:
                weekdays = {d.weekday for d in self.days if d.weekday is not None and d.weeks_on is None}
                named += [day for day in horizon if day.weekday() in weekdays]
            match self.day_bound:
                case "after":
                    return [day for day in horizon if day > max(named)]
                case "from":
                    return [day for day in horizon if day >= min(named)]
                case "before":
                    return [day for day in horizon if day < min(named)]
                case "until":
                    return [day for day in horizon if day <= max(named)]
            return named
        if self.ready and not self.spans:
            return []
        if any(span.is_timed and not span.bound for span in self.spans) and not self.is_refused:
            clock = now.hour * 60 + now.minute
            return [today if any(start > clock for start, _ in spans) else today + timedelta(days=1)]
        return horizon


def _met(spans: Sequence[_Span]) -> list[tuple[int, int]]:
    """Return the stretches of the day, those of "after 3 and before 5" as one."""
    found: list[tuple[int, int]] = []
    after = next((s for s in spans if s.bound == "after" and s.is_timed), None)
    before = next((s for s in spans if s.bound == "before" and s.is_timed), None)
    if after and before:
        start, end = after.minutes()[0], before.minutes()[1]
        if start < end:
            found.append((start, end))
            spans = [s for s in spans if s not in (after, before)]
    return found + [span.minutes() for span in spans]


class _Reading:
    """Goes through the tokens once and gathers wishes."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.wishes: list[_Wish] = []
        self.wish = _Wish()
        self.refuses = False
        """A refusal stands before what it refuses: "not Friday"."""
        self.bound = ""
        self.is_rough = False
        self.joins: str = ""
        """`range` or `or` since the last day or time."""
        self.expects_number = False
        self.past = False
        self.last = ""
        """What the last token with a meaning was: day, clock, part."""
        self.before_comma: tuple[list[_Days], list[_Span]] | None = None
        """What the wish held at the comma within it."""
        self.day_names: list[_Days] = []
        """The days named last: "明天上午不行，下午可以" means tomorrow twice."""

    # Each kind of token has a method of its name.

    def read(self, tokens: Sequence[_Token]) -> list[_Wish]:
        for index, token in enumerate(tokens):
            following = tokens[index + 1 : index + 3]
            if token.kind == "number":
                self._number(token, following)
            else:
                getattr(self, f"_{token.kind}")(token)
            if token.kind != "number":
                self.expects_number = token.kind in _BEFORE_NUMBER or (
                    self.expects_number and token.kind in ("approx", "skip")
                )
        self._finish()
        return self.wishes

    # -- ends and refusals

    def _break(self, token: _Token) -> None:
        self._finish()
        self.refuses = False
        self.past = False

    def _but(self, token: _Token) -> None:
        self._break(token)

    def _comma(self, token: _Token) -> None:
        """A comma ends a wish that has days and times; otherwise the other half may follow: "March 18, 10am"."""
        wish = self.wish
        is_half = bool(wish.days) != bool(wish.spans) and not wish.ready and not wish.is_anything
        if is_half and not self.refuses and not wish.is_over:
            self.before_comma = copy(wish.days), copy(wish.spans)
            self.last = ""
        else:
            self._break(token)

    def _question(self, token: _Token) -> None:
        self.refuses = False

    def _skip(self, token: _Token) -> None:
        pass

    def _not(self, token: _Token) -> None:
        if self.wish.is_empty:
            self.refuses = True
            return
        if self.before_comma is not None:
            self._split_at_comma(*self.before_comma)
        self.wish.is_refused = True
        self._finish()

    def _split_at_comma(self, days: list[_Days], spans: list[_Span]) -> None:
        """Keep what stood before the comma as a wish of its own: "明天可以，三点以后有课"."""
        rest = _Wish(days=self.wish.days[len(days) :], spans=self.wish.spans[len(spans) :])
        if rest.is_empty:
            return
        self.wish = replace(self.wish, days=days, spans=spans)
        self._finish()
        self.wish = rest

    def _except(self, token: _Token) -> None:
        self._finish()
        self.refuses = True

    def _past(self, token: _Token) -> None:
        self._finish()
        self.past = True
        self.wish.is_over = True

    def _missed(self, token: _Token) -> None:
        self.wish.is_over = True
        self.past = True

    def _any(self, token: _Token) -> None:
        if self.refuses:
            # 除了周五都可以: what follows is wanted again.
            self._finish()
            self.refuses = False
        self.wish.is_anything = True

    def _usual(self, token: _Token) -> None:
        pass

    def _at(self, token: _Token) -> None:
        pass

    def _or(self, token: _Token) -> None:
        self.joins = "range" if self.joins == "between" else "or"

    def _range(self, token: _Token) -> None:
        self.joins = "range"

    def _between(self, token: _Token) -> None:
        self.joins = "between"

    # -- days

    def _day(self, token: _Token) -> None:
        offsets = token.entry.get("offsets") or (token.entry["offset"],)
        self._add_days(_Days(tuple(self._today() + timedelta(days=n) for n in offsets)))

    def _tonight(self, token: _Token) -> None:
        self._add_days(_Days((self._today(),)))
        self._part(token)

    def _date(self, token: _Token) -> None:
        today, said = self._today(), token.said
        named = said.get("month_name")
        month = packs().months[named] if named else int(said.get("month", today.month))
        year, day = int(said.get("year", today.year)), int(said["day"])
        month += token.entry.get("months_on", 0)
        found = _date_of(year, month, day)
        if found is not None and found < today and "year" not in said:
            has_month = "month" in said or named
            found = _date_of(year + 1, month, day) if has_month else _date_of(year, month + 1, day)
        if found is not None:
            self._add_days(_Days((found,)))

    def _weekday(self, token: _Token) -> None:
        said = token.said
        weeks_on = _weeks_on(said)
        if weeks_on is None and self.day_names and self.joins:
            # 下周三或者周五: the second is of the same week.
            weeks_on = self.day_names[-1].weeks_on if not said.get("every") else None
        every = bool(said.get("every") or said.get("plural"))
        for word in (said["weekday"], *said.get("more", "")):
            self._add_days(self._weekday_days(packs().weekdays[word], weeks_on, every))
            if "more" in said:
                self.joins = "or"

    def _weekday_days(self, weekday: int, weeks_on: int | None, every: bool) -> _Days:
        today = self._today()
        monday = today - timedelta(days=today.weekday())
        whole = self.wish.days[-1] if self.wish.days and self.wish.days[-1].is_week else None
        if whole is not None and weeks_on is None:
            self.wish.days.pop()
            picked = tuple(day for day in whole.of if day.weekday() == weekday)
            return _Days(picked, weekday=weekday, weeks_on=whole.weeks_on)
        if every:
            days = (today + timedelta(days=n) for n in range(HORIZON.days))
            return _Days(tuple(day for day in days if day.weekday() == weekday), weekday=weekday, every=True)
        if weeks_on is not None:
            return _Days(
                (monday + timedelta(days=weekday, weeks=weeks_on),), weekday=weekday, weeks_on=weeks_on
            )
        ahead = (weekday - today.weekday()) % 7 or 7
        return _Days((today + timedelta(days=ahead),), weekday=weekday)

    def _weekend(self, token: _Token) -> None:
        today = self._today()
        monday = today - timedelta(days=today.weekday())
        weeks_on = _weeks_on(token.said)
        if token.said.get("every") or token.said.get("plural") or (weeks_on is None and self.refuses):
            weeks: Iterable[int] = range(4)
        else:
            weeks = (weeks_on or 0,)
        days = [monday + timedelta(days=day, weeks=week) for week in weeks for day in (5, 6)]
        self._add_days(_Days(tuple(day for day in days if day >= today), weekday=None, every=len(days) > 2))

    def _workdays(self, token: _Token) -> None:
        days = (self._today() + timedelta(days=n) for n in range(HORIZON.days))
        self._add_days(_Days(tuple(day for day in days if day.weekday() < 5), every=True))

    def _workhours(self, token: _Token) -> None:
        self._workdays(token)
        self._add_span(_Span(part=(9 * 60, 18 * 60)))

    def _every(self, token: _Token) -> None:
        if self.wish.days and self.wish.days[-1].is_week:
            return
        days = tuple(self._today() + timedelta(days=n) for n in range(HORIZON.days))
        self._add_days(_Days(days, every=True))

    def _week(self, token: _Token) -> None:
        today = self._today()
        weeks_on = token.entry.get("weeks_on", _weeks_on(token.said) or 0)
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks_on)
        if self._narrows_weekdays(monday, weeks_on):
            return
        if self.wish.days and self.wish.days[-1].every and self.wish.days[-1].weekday is None:
            # Any day next week.
            self.wish.days.pop()
        first, last = _WEEK_PARTS.get(token.said.get("part", ""), (0, 6))
        days = (monday + timedelta(days=n) for n in range(first, last + 1))
        self._add_days(_Days(tuple(d for d in days if d >= today), is_week=True, weeks_on=weeks_on))

    def _narrows_weekdays(self, monday: date, weeks_on: int) -> bool:
        """Take "Tuesday or Wednesday next week" for days of that week; tell whether weekdays stood before."""
        days = self.wish.days
        if not days or any(d.weekday is None or d.weeks_on is not None for d in days):
            return False
        self.wish.days = [
            _Days((monday + timedelta(days=d.weekday or 0),), weekday=d.weekday, weeks_on=weeks_on)
            for d in days
        ]
        self.day_names = list(self.wish.days)
        return True

    def _month(self, token: _Token) -> None:
        today = self._today()
        months = today.year * 12 + today.month - 1 + token.entry.get("months_on", 0)
        first, following = (
            date(months // 12, months % 12 + 1, 1),
            date((months + 1) // 12, (months + 1) % 12 + 1, 1),
        )
        days = [first + timedelta(days=n) for n in range((following - first).days)]
        start, end = _MONTH_PARTS.get(token.said.get("part", ""), (0, 31))
        self._add_days(_Days(tuple(day for day in days[start:end] if day >= today)))

    def _offset(self, token: _Token) -> None:
        n, unit = _amount(token.said), token.said["unit"]
        if unit in _HOURS or unit in _MINUTE_WORDS:
            length = timedelta(hours=n) if unit in _HOURS else timedelta(minutes=n)
            start = self.now + length
            self._ready(Window(start, start + POINT))
            return
        days = n * (7 if unit in _WEEKS else 30 if unit in _MONTHS else 1)
        first = self._today() + timedelta(days=int(days))
        several = token.said["n"] in ("几", "a few", "few", "a couple of")
        self._add_days(_Days(tuple(first + timedelta(days=i) for i in range(3 if several else 1))))

    def _within(self, token: _Token) -> None:
        n, unit = _amount(token.said), token.said["unit"]
        if unit in _HOURS or unit in _MINUTE_WORDS:
            length = timedelta(hours=n) if unit in _HOURS else timedelta(minutes=n)
            self._ready(Window(self.now, self.now + length))
            return
        count = int(n * (7 if unit in _WEEKS else 1))
        self._add_days(_Days(tuple(self._today() + timedelta(days=i) for i in range(count + 1))))

    def _now(self, token: _Token) -> None:
        self._ready(Window(self.now, self.now + POINT))

    def _ready(self, window: Window) -> None:
        self._begin_if_timed()
        self.wish.ready.append(window)
        self.last = "ready"

    def _add_days(self, days: _Days) -> None:
        if self._is_same_day(days):
            if days.weekday is None:
                self.wish.days[-1] = days
            return
        if self.joins == "range" and self.last == "day" and self.wish.days and days.of:
            self.wish.day_bound = "" if self.wish.day_bound == "from" else self.wish.day_bound
            first = self.wish.days.pop().of[-1]
            last = days.of[0] if days.of[0] >= first else days.of[0] + timedelta(days=7)
            length = (last - first).days + 1
            days = replace(days, of=tuple(first + timedelta(days=n) for n in range(min(length, 31))))
        elif self.wish.days and (self.wish.spans or self.before_comma is not None):
            # The next day begins the next wish: 周三下午或周四上午.
            self._finish(is_over=self.past)
        if self.bound and not self.wish.day_bound:
            self.wish.day_bound = self.bound
            self.bound = ""
        self.wish.days.append(days)
        self.day_names = list(self.wish.days)
        self.last, self.joins = "day", ""

    def _is_same_day(self, days: _Days) -> bool:
        """Tell whether a date and a weekday side by side are one day: "Sat 14th", 3月14日周六."""
        if self.joins or self.last != "day" or not self.wish.days or self.before_comma is not None:
            return False
        before = self.wish.days[-1]
        are_single = len(before.of) == len(days.of) == 1 and not before.is_week and not days.is_week
        is_date, was_date = days.weekday is None, before.weekday is None
        if not are_single or is_date == was_date:
            return False
        dated, named = (days, before) if is_date else (before, days)
        return is_date or (named.weeks_on is None and dated.of[0].weekday() == named.weekday)

    # -- times of day

    def _part(self, token: _Token) -> None:
        start, end = token.minutes()
        name = token.entry.get("name", "")
        spans = self.wish.spans
        if spans and self.joins == "range" and spans[-1].part and not spans[-1].is_timed:
            spans[-1] = replace(spans[-1], part=(spans[-1].part[0], end))
        elif spans and self.joins != "or" and spans[-1].is_timed and not spans[-1].part_name and name:
            # "8ish tomorrow evening"
            spans[-1] = replace(spans[-1], part=(start, end), part_name=name)
        else:
            self._add_span(_Span(part=(start, end), part_name=name, bound=self._take_bound()))
        self.last, self.joins = "part", ""

    def _whole(self, token: _Token) -> None:
        pass

    def _clock(self, token: _Token) -> None:
        self._add_clock(_clock_of(token.said), is_rough="approx" in token.said)

    def _number(self, token: _Token, following: Sequence[_Token]) -> None:
        """A bare number is a time only beside a word that makes it one: "before 11", "2-4pm"."""
        is_range = self.joins == "range" and self.last == "clock"
        begins_range = (
            len(following) == 2
            and following[0].kind in ("range", "or")
            and (following[1].kind == "clock" or (self.expects_number and following[1].kind == "number"))
        )
        begins_range = begins_range or (
            self.last in ("day", "part")
            and len(following) == 2
            and (following[0].kind, following[1].kind) == ("range", "number")
        )
        if self.last == "day" and int(token.said["hour"]) > 12 and not self.expects_number:
            self._date(replace(token, said={"day": token.said["hour"]}))
            return
        is_list = self.joins == "or" and self.last == "clock" and self.expects_number
        if self.expects_number or is_range or (begins_range and following[0].kind == "range") or is_list:
            self._add_clock(_clock_of(token.said))
            self.expects_number = False

    def _add_clock(self, clock: _Clock, is_rough: bool = False) -> None:
        spans = self.wish.spans
        last = spans[-1] if spans else None
        rough = is_rough or self.is_rough
        self.is_rough = False
        if last is not None and last.is_timed and self.joins == "range" and last.last is None:
            spans[-1] = replace(last, last=clock)
        elif last is not None and last.part and not last.is_timed and self.joins != "or" and last.part_name:
            spans[-1] = replace(last, first=clock, bound=self._take_bound() or last.bound, is_rough=rough)
        else:
            # 晚上7点或8点: the second is of the same part of the day.
            named = last is not None and self.joins == "or" and not clock.meridiem and not clock.is_exact
            part, name = (last.part, last.part_name) if named and last is not None else (None, "")
            self._add_span(
                _Span(part=part, part_name=name, first=clock, bound=self._take_bound(), is_rough=rough)
            )
        self.last = "clock"
        self.joins = "between" if self.joins == "between" else ""

    def _add_span(self, span: _Span) -> None:
        if self.before_comma is not None and self.wish.spans:
            self._finish(is_over=self.past)
        self.wish.spans.append(span)

    def _begin_if_timed(self) -> None:
        if self.wish.spans or self.wish.ready:
            self._finish()

    # -- before, after, about

    def _approx(self, token: _Token) -> None:
        spans = self.wish.spans
        if spans and spans[-1].is_timed and self.last == "clock" and not spans[-1].last:
            spans[-1] = replace(spans[-1], is_rough=True)
        else:
            self.is_rough = True

    def _after(self, token: _Token) -> None:
        self._bind("after", token)

    def _from(self, token: _Token) -> None:
        self._bind("from", token)

    def _before(self, token: _Token) -> None:
        self._bind("before", token)

    def _not_before(self, token: _Token) -> None:
        self.bound = "from"

    def _not_after(self, token: _Token) -> None:
        self.bound = "until"

    def _bind(self, bound: str, token: _Token) -> None:
        """Bound what stands before (三点以后) or what follows ("after 3")."""
        if not token.entry.get("after"):
            self.bound = bound
            return
        spans = self.wish.spans
        if self.last in ("clock", "part") and spans:
            spans[-1] = replace(spans[-1], bound="after" if bound == "from" else bound)
        elif self.last == "day" and self.wish.days:
            self.wish.day_bound = bound

    def _take_bound(self) -> str:
        bound, self.bound = self.bound, ""
        return {"from": "after", "until": "before"}.get(bound, bound)

    # -- the end of a wish

    def _finish(self, is_over: bool = False) -> None:
        wish = self.wish
        if not wish.is_empty or wish.is_anything:
            if self.refuses and not wish.is_anything:
                wish.is_refused = True
            if wish.spans and not wish.days and not wish.ready:
                wish.days = [days for days in self.day_names if not days.is_week]
            if wish.is_refused and wish.is_over:
                wish.is_refused = False
            self.wishes.append(wish)
        self.wish = _Wish(is_over=is_over)
        self.before_comma = None
        self.bound, self.is_rough, self.last = "", False, ""
        self.joins = self.joins if self.joins == "or" else ""

    def _today(self) -> date:
        return self.now.date()


_BEFORE_NUMBER = frozenset(
    {"after", "before", "from", "not_before", "not_after", "between", "approx", "at", "range"}
)
_WEEK_PARTS = {
    "early": (0, 1), "beginning": (0, 1), "start": (0, 1), "初": (0, 1), "开头": (0, 1), "前半": (0, 2),
    "头几天": (0, 2), "mid": (1, 3), "middle": (1, 3), "中": (1, 3), "late": (3, 4), "later": (3, 6),
    "end": (3, 4), "后半": (3, 6), "尾": (4, 6), "底": (4, 6),
}  # fmt: skip
_MONTH_PARTS = {"初": (0, 10), "early": (0, 10), "中": (10, 20), "底": (24, 31), "末": (24, 31), "end": (24, 31), "late": (20, 31)}  # fmt: skip  # noqa: E501
_HOURS = frozenset({"小时", "钟头", "hour", "hr"})
_MINUTE_WORDS = frozenset({"分钟", "min", "minute"})
_WEEKS = frozenset({"周", "星期", "礼拜", "week"})
_MONTHS = frozenset({"月", "month"})
_AMOUNTS = {
    "半": 0.5, "half a": 0.5, "half an": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "ten": 10, "几": 3, "few": 3, "a few": 3, "couple of": 2, "a couple of": 2,
}  # fmt: skip
_HOUR_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip


def _amount(said: Mapping[str, str]) -> float:
    written = said.get("n", "")
    number = float(written) if written.isdigit() else _AMOUNTS.get(written, 1)
    return number + (0.5 if said.get("half") else 0)


def _clock_of(said: Mapping[str, str]) -> _Clock:
    hour = _HOUR_WORDS.get(said["hour"]) or int(said["hour"])
    minute = int(said.get("minute", "0").lstrip(":.h") or 0)
    if "half" in said or "half_past" in said:
        minute = 30
    elif "quarters" in said:
        minute = 15 * int(said["quarters"])
    elif "quarter" in said:
        is_past = said["quarter"] in ("past", "after")
        hour, minute = (hour, 15) if is_past else (hour - 1, 45)
    is_exact = hour > 12 or hour == 0 or (len(said["hour"]) == 2 and said["hour"].startswith("0"))
    return _Clock(hour, minute, said.get("meridiem", "")[:1], is_exact)


def _weeks_on(said: Mapping[str, str]) -> int | None:
    if "next" in said:
        return said["next"].count("下") or 1
    return 0 if "this" in said else None


def _date_of(year: int, month: int, day: int) -> date | None:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _wishes(tokens: Sequence[_Token], now: datetime) -> Iterable[_Wish]:
    return _Reading(now).read(tokens)


# -- windows ---------------------------------------------------------------------------------------------


def _merged(windows: Iterable[Window], now: datetime) -> list[Window]:
    """Return what is still to come, in order, overlaps joined."""
    merged: list[Window] = []
    for window in sorted(Window(max(w.start, now), w.end) for w in windows if w.end > max(w.start, now)):
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return merged


def _without(windows: list[Window], refused: Iterable[Window]) -> list[Window]:
    left = windows
    for hole in refused:
        cut: list[Window] = []
        for window in left:
            if hole.end <= window.start or hole.start >= window.end:
                cut.append(window)
                continue
            if window.start < hole.start:
                cut.append(Window(window.start, hole.start))
            if hole.end < window.end:
                cut.append(Window(hole.end, window.end))
        left = cut
    return left
