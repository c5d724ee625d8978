"""When digests are due: on the working days of whoever reads them, each window once, whatever was slept through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from conversations.late import ON_TIME
from conversations.policy import Policy
from locales.zones import local, local_time_at

Window = Literal["day", "week", "month", "quarter"]
WINDOWS: tuple[Window, ...] = ("day", "week", "month", "quarter")

LATE_AT_MOST = timedelta(hours=6)
"""What is later than this, or of another day, is told with the next digest."""
LOOKED_BACK = timedelta(days=31)
AFTER_DIGEST = timedelta(hours=1)
_DAY = timedelta(days=1)
_AHEAD = 100
"""Days within which some digest is due, if any is at all: a quarter."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What is told when a digest fires: which windows, and from which day on the daily one looks back."""

    on: date
    since: date
    windows: tuple[Window, ...]
    is_late: bool = False

    @property
    def until(self) -> date:
        return self.on - _DAY


def windows_on(policy: Policy, day: date) -> tuple[Window, ...]:
    """Return which digests are due on a local day."""
    is_monthly = policy.digest_monthly > 0 and _working_day(policy, day) == policy.digest_monthly
    due = {
        "day": _works(policy, day),
        "week": _is_weekly(policy, day),
        "month": is_monthly,
        "quarter": is_monthly and policy.digest_quarterly and day.month % 3 == 1,
    }
    return tuple(window for window in WINDOWS if due[window])


def digest_due(policy: Policy, zone: str, now: datetime) -> datetime | None:
    """Return the next instant after `now` at which a digest is due in `zone`; None where there is none."""
    if policy.digest_at is None:
        return None
    today = local(now, zone).date()
    for day in (today + n * _DAY for n in range(_AHEAD)):
        due_at = local_time_at(day, policy.digest_at, zone)
        if due_at > now and windows_on(policy, day):
            return due_at
    return None


def morning(policy: Policy, zone: str, now: datetime, told: date | None = None) -> Morning | None:
    """Return what is to be told now; None when it is too late in the day, and the next morning tells it too.

    `told` is the day of the last digest: what was due since then and was slept through is told as well.
    """
    today = local(now, zone).date()
    late = timedelta() if policy.digest_at is None else now - local_time_at(today, policy.digest_at, zone)
    if late < -ON_TIME or late > LATE_AT_MOST:
        return None
    last = max(told, today - LOOKED_BACK) if told is not None else today - _DAY
    due = {window for day in _days(last + _DAY, today) for window in windows_on(policy, day)}
    if not due:
        return None
    since = last if told is not None else last_digest(policy, today)
    windows = tuple(window for window in WINDOWS if window in due)
    return Morning(today, min(since, today - _DAY), windows, late > ON_TIME)


def opinion_due(policy: Policy, now: datetime) -> datetime:
    """Return when HR is asked next how content it is: on the first working day of December, after the digest."""
    year = local(now, policy.zone).year
    return next(at for n in (year, year + 1) if (at := _asked_in(policy, n)) > now)


def _asked_in(policy: Policy, year: int) -> datetime:
    first = next(day for day in _days(date(year, 12, 1), date(year, 12, 31)) if _works(policy, day))
    return local_time_at(first, policy.digest_at or time(9), policy.zone) + AFTER_DIGEST


def span_of(window: Window, on: date) -> tuple[date, date]:
    """Return the first and the last day that a digest of a day is about: the last whole week, month or quarter."""
    if window == "week":
        monday = on - on.weekday() * _DAY
        return monday - 7 * _DAY, monday - _DAY
    if window == "day":
        return on - _DAY, on - _DAY
    months = 1 if window == "month" else 3
    this = on.replace(month=on.month - (on.month - 1) % months, day=1)
    return _months_before(this, months), this - _DAY


def _months_before(first: date, n: int) -> date:
    month = first.year * 12 + first.month - 1 - n
    return date(month // 12, month % 12 + 1, 1)


def _works(policy: Policy, day: date) -> bool:
    return policy.holidays.works(day, policy.digest_days)


def _is_weekly(policy: Policy, day: date) -> bool:
    """Tell whether the weekly one comes: on its weekday, or on the next working day where that is a holiday."""
    if policy.digest_weekly is None:
        return False
    named = day - (day.weekday() - policy.digest_weekly) % 7 * _DAY
    if named.weekday() not in policy.digest_days or _works(policy, named):
        return day == named
    return next((each for each in _days(named, named + 6 * _DAY) if _works(policy, each)), None) == day


def _working_day(policy: Policy, day: date) -> int:
    """Return which working day of its month a day is; 0 for none."""
    if not _works(policy, day):
        return 0
    return sum(_works(policy, each) for each in _days(day.replace(day=1), day))


def last_digest(policy: Policy, today: date) -> date:
    """Return the day before today whose digest told everything up to it."""
    days = (today - n * _DAY for n in range(1, LOOKED_BACK.days + 1))
    return next((day for day in days if _works(policy, day)), today - _DAY)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * _DAY for n in range((last - first).days + 1))
