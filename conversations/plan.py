"""The ladder of one attempt: which reminders are sent and when, which are not and why, and the other timers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

from conversations.effects import SetTimer
from conversations.interview import Attempt, Interview, RungRow, Verdict
from conversations.late import (
    SHORT,
    held_until,
    is_held,
    is_quiet,
    last_unquiet,
    lateness,
    next_unquiet,
    useful_until,
)
from conversations.policy import Policy, Rung

__all__ = [
    "Replanned",
    "held_until",
    "is_quiet",
    "ladder",
    "lateness",
    "next_unquiet",
    "off_the_hour",
    "replan",
    "spread_early",
    "timers_for",
    "useful_until",
]

BURST = timedelta(minutes=5)
"""Two rungs that moving brings nearer together than this are one."""
JITTER = timedelta(seconds=90)
ON_THE_DOT = timedelta(seconds=5)
"""What an account can send within this is not begun early."""


def ladder(
    attempt: Attempt, policy: Policy, zone: str, now: datetime, recorded: Mapping[str, RungRow]
) -> tuple[RungRow, ...]:
    """Return one row per configured rung, from the earliest to the latest, planned or with its verdict.

    `zone` is the recipient's. `recorded` is the attempt's whole ledger by name: settled rows are kept for good,
    and a planned one whose time has come is left to whoever is about to send it. What happens to the others:

    - it was past when the interview was booked: skipped, `booked_late`; when the policy was edited: `added_late`;
    - the candidate confirmed and the rung is not for those who did: skipped, `confirmed`; the attempt ended:
      skipped with its outcome;
    - it falls into the recipient's night, more than two hours before the start: it waits for the morning
      (`quiet:moved_later`) if it is still useful then and not on top of the next rung; otherwise it goes before
      the night (`quiet:moved_earlier`); if that has gone by as well: skipped, `quiet`;
    - moving brought it within `BURST` of the next rung: superseded, `overtaken:<name of the next>`.
    """
    setting = _Setting(attempt, policy, zone, now)
    rungs = sorted(policy.rungs, key=lambda rung: rung.before)
    rows: list[RungRow] = []
    # From the start backwards: the nearer a rung is to the start, the more it counts.
    for rung in rungs:
        row = recorded.get(rung.name)
        row = row if row is not None and row.attempt == attempt.id else None
        if row is None or row.verdict is None:
            following = next((later for later in reversed(rows) if later.verdict is None), None)
            row = _place(rung, setting, row, following)
        rows.append(row)
    return tuple(reversed(rows))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What decides about every rung of an attempt alike."""

    attempt: Attempt
    policy: Policy
    zone: str
    now: datetime

    def holds(self, at: datetime) -> bool:
        return is_held(self.attempt, self.policy, self.zone, at)

    def escape(self, rung: Rung, at: datetime, following: RungRow | None) -> tuple[datetime, str] | None:
        """Return where a rung goes that falls into the night at `at`, and its reason; None if nowhere."""
        morning = next_unquiet(self.policy, self.zone, at)
        evening = last_unquiet(self.policy, self.zone, at)
        is_useful = self.now <= morning <= useful_until(rung, self.attempt, self.policy)
        if is_useful and (following is None or following.due_at - morning >= BURST):
            return morning, "quiet:moved_later"
        if evening is not None and evening >= self.now:
            return evening, "quiet:moved_earlier"
        return (morning, "quiet:moved_later") if is_useful else None


def _place(rung: Rung, setting: _Setting, planned: RungRow | None, following: RungRow | None) -> RungRow:
    attempt, now = setting.attempt, setting.now
    due_at, why = attempt.starts_at - rung.before, ""

    def settled(verdict: Verdict, reason: str) -> RungRow:
        return RungRow(
            attempt.id, rung.name, attempt.starts_at - rung.before, verdict, reason, settled_at=now
        )

    if ended := _ending(attempt):
        return settled(Verdict.SKIPPED, ended)
    if attempt.confirmed_at is not None and not rung.when_confirmed:
        return settled(Verdict.SKIPPED, "confirmed")
    if planned is not None and planned.due_at <= now:
        return planned
    if due_at <= attempt.booked_at:
        return settled(Verdict.SKIPPED, "booked_late")
    if setting.holds(due_at):
        moved = setting.escape(rung, due_at, following)
        if moved is None:
            return settled(Verdict.SKIPPED, "quiet")
        due_at, why = moved
    if due_at < now:
        return settled(Verdict.SKIPPED, "added_late")
    if following is not None and (why or following.why) and following.due_at - due_at < BURST:
        return settled(Verdict.SUPERSEDED, f"overtaken:{following.name}")
    return RungRow(attempt.id, rung.name, due_at, why=why)


def _ending(attempt: Attempt) -> str:
    if attempt.outcome is not None:
        return attempt.outcome.value
    return "joined" if attempt.joined_at is not None else ""


class Replanned(NamedTuple):
    """What a change did to the messages to come."""

    added: int
    moved: int
    dropped: int


def replan(old_rows: Iterable[RungRow], new_rows: Iterable[RungRow]) -> Replanned:
    """Count, by rung name, what one interview's new plan adds to its old one, moves and drops."""
    old = {row.name: row.due_at for row in old_rows if row.verdict is None}
    new = {row.name: row.due_at for row in new_rows if row.verdict is None}
    moved = sum(old[name] != new[name] for name in old.keys() & new.keys())
    return Replanned(len(new.keys() - old.keys()), moved, len(old.keys() - new.keys()))


def timers_for(interview: Interview, policy: Policy, now: datetime) -> tuple[SetTimer, ...]:
    """Return the other timers of the current attempt that are still to come.

    One that is past is not set: nothing is concluded from an hour we did not watch. `unbound` fires halfway to
    the start when its usual wait would end after it.
    """
    attempt = interview.attempt
    if not attempt.is_open or attempt.joined_at is not None or attempt.flagged_at is not None:
        return ()
    starts_at, booked_at = attempt.starts_at, attempt.booked_at
    unbound_at = booked_at + policy.unbound_after
    if unbound_at >= starts_at:
        unbound_at = booked_at + (starts_at - booked_at) / 2
    moments = {
        "reach": starts_at - timedelta(hours=25),
        "unbound": unbound_at,
        "unbound_day": starts_at - timedelta(hours=24),
        "rescue": starts_at + policy.rescue_after,
        "checklist" if policy.join_signal == "manual" else "flag": starts_at + policy.grace,
    }
    return tuple(
        SetTimer(name, f"interview:{interview.id}", at, {"attempt": str(attempt.id)})
        for name, at in moments.items()
        if at > now
    )


def off_the_hour(at: datetime, key: str) -> datetime:
    """Return when to send instead of in the minute of a full or half hour: within the minute after, always the same."""
    if at.minute % 30:
        return at
    begins = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return begins + timedelta(seconds=60 * crc32(key.encode()) / 2**32)


def spread_early(
    due_at: datetime,
    rung: Rung,
    attempt: UUID,
    policy: Policy,
    zone: str,
    *,
    crowd: int,
    rate: float,
) -> datetime:
    """Return when to begin a rung that shares its instant with a crowd, so that the last is not late.

    `crowd` is how many the account has to send at that instant, itself included, and `rate` how many it sends in
    a second. Each attempt keeps its place within the crowd, whatever is planned anew. Rungs of less than an hour
    and what an account sends at once anyway stay; nothing moves later, or into the quiet hours.
    """
    if rate <= 0:
        raise ValueError(f"an account's rate is messages in a second, above zero: {rate}")
    needed = timedelta(seconds=crowd / rate)
    if rung.before < SHORT or needed <= ON_THE_DOT:
        return due_at
    # A quarter more than needed, because hashed places are not quite even.
    place = crc32(attempt.bytes) / 2**32
    begin = due_at - max(JITTER, needed * 5 / 4) * place
    if is_quiet(policy, zone, due_at):
        return begin
    return min(due_at, next_unquiet(policy, zone, begin))
