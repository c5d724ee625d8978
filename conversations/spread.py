"""Which free slots are offered first: on different days and in different parts of the day, soon."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from conversations.interview import Slot
from locales.zones import local

DAY_BEGINS, DAY_ENDS = time(8), time(21)
"""Who lives in another zone than the company is offered the night only when there is nothing else."""
OTHER_HOUR = timedelta(hours=3)
"""Times of day further apart than this suit different people; more difference is no better."""


def spread(
    slots: Sequence[Slot], zone: str, now: datetime, count: int = 3, avoid: Collection[UUID] = ()
) -> tuple[Slot, ...]:
    """Return up to `count` free future slots in order of time, spread over days and parts of the day in `zone`.

    The soonest by day is among them. `avoid` are the ids shown before, so that asking for more goes on until nothing is
    left; a time that was shown is not shown again under another id, as long as the slot shown is free.
    """
    free = [slot for slot in slots if slot.is_free and slot.starts_at > now]
    shown = {slot.starts_at for slot in free if slot.id in avoid}
    left = sorted(
        (slot for slot in free if slot.id not in avoid and slot.starts_at not in shown),
        key=lambda slot: (slot.starts_at, slot.id),
    )
    chosen: list[Slot] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda slot: _novelty(slot, chosen, zone))
        chosen.append(best)
        left = [slot for slot in left if slot.starts_at != best.starts_at]
    return tuple(sorted(chosen, key=lambda slot: slot.starts_at))


def within(slots: Iterable[Slot], window_start: datetime, window_end: datetime) -> tuple[Slot, ...]:
    """Return the slots that start from `window_start` on and before `window_end`, in order of time."""
    found = (slot for slot in slots if window_start <= slot.starts_at < window_end)
    return tuple(sorted(found, key=lambda slot: slot.starts_at))


def _novelty(slot: Slot, chosen: Sequence[Slot], zone: str) -> tuple[bool, bool, bool, timedelta]:
    """Rank a slot by people being awake, another day, another part of the day, another hour.

    The first of equals is the soonest.
    """
    at = local(slot.starts_at, zone)
    is_daytime = DAY_BEGINS <= at.time() < DAY_ENDS
    others = [local(other.starts_at, zone) for other in chosen]
    is_other_day = all(at.date() != other.date() for other in others)
    is_other_part = all(_part(at) != _part(other) for other in others)
    gap = min((abs(_clock(at) - _clock(other)) for other in others), default=timedelta())
    return is_daytime, is_other_day, is_other_part, min(gap, OTHER_HOUR)


def _part(wall: datetime) -> str:
    return "morning" if wall.hour < 12 else "afternoon" if wall.hour < 18 else "evening"


def _clock(wall: datetime) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute)
