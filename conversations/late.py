"""How long a message is worth sending, and when it has to wait for the morning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from conversations.interview import Attempt, RungRow, Verdict
from conversations.policy import Policy, Rung
from locales.zones import local, local_time_at

NEVER_HELD = timedelta(hours=2)
"""Nearer to the start than this, no night holds a rung back."""
SHORT = timedelta(hours=1)
"""Rungs nearer to the start than this stay useful after it: their text says that the interview has started."""
ON_TIME = timedelta(minutes=5)
"""What comes within this of its plan is not late."""
BEFORE_THE_NIGHT = timedelta(minutes=15)
"""How long before the quiet hours something is moved that cannot wait for the morning."""

Lateness = Literal["send", "expired", "superseded"]


def useful_until(rung: Rung, attempt: Attempt, policy: Policy) -> datetime:
    """Return the last instant at which a rung still helps: 72 h → 7 h before, 24 h → 2 h, 1 h → 5 min.

    The next rung that this candidate gets ends it earlier. Rungs of less than an hour are useful to the grace's end.
    """
    own = attempt.starts_at + policy.grace if rung.before < SHORT else attempt.starts_at - _tenth(rung.before)
    return min([own, *(attempt.starts_at - later.before for later in _later(rung, attempt, policy))])


def lateness(
    row: RungRow, attempt: Attempt, policy: Policy, now: datetime, rows: Iterable[RungRow] = ()
) -> Lateness:
    """Decide about a rung that fires: after any silence one interview gets one message, the most recent.

    `rows` are the attempt's ledger; without them the configured times stand in for the planned ones. A rung that
    is late also yields to the next one if that comes within a tenth of its own offset (24 h: within two hours).
    """
    rung = policy.rung(row.name)
    if rung is None:
        return "expired"
    known = {other.name: other for other in rows if other.attempt == attempt.id}
    reach = _tenth(rung.before) if now - row.due_at > ON_TIME else timedelta()
    for later in _later(rung, attempt, policy):
        other = known.get(later.name) or RungRow(attempt.id, later.name, attempt.starts_at - later.before)
        if other.verdict in (Verdict.SENT, Verdict.WOULD_SEND):
            return "superseded"
        is_useful = other.verdict is None and now <= useful_until(later, attempt, policy)
        if is_useful and other.due_at <= now + reach:
            return "superseded"
    return "send" if now <= useful_until(rung, attempt, policy) else "expired"


def held_until(attempt: Attempt, policy: Policy, zone: str, now: datetime) -> datetime | None:
    """Return when the night ends that a late rung has to wait for in the recipient's `zone`, or None to send it.

    When that is after `useful_until`, the rung expires with the reason `quiet` and HR is told.
    """
    if is_held(attempt, policy, zone, now):
        return next_unquiet(policy, zone, now)
    return None


def is_held(attempt: Attempt, policy: Policy, zone: str, at: datetime) -> bool:
    """Tell whether a rung may not be sent at an instant: it is night, and the start is not near."""
    return attempt.starts_at - at > NEVER_HELD and is_quiet(policy, zone, at)


def is_quiet(policy: Policy, zone: str, at: datetime) -> bool:
    """Tell whether clocks in `zone` stand in the policy's quiet hours; equal bounds mean there are none."""
    clock = local(at, zone).time()
    if policy.quiet_from <= policy.quiet_until:
        return policy.quiet_from <= clock < policy.quiet_until
    return clock >= policy.quiet_from or clock < policy.quiet_until


def next_unquiet(policy: Policy, zone: str, at: datetime) -> datetime:
    """Return `at` itself, or the end of the quiet hours it falls into."""
    if not is_quiet(policy, zone, at):
        return at
    wall = local(at, zone)
    day = wall.date() if wall.time() < policy.quiet_until else wall.date() + timedelta(days=1)
    end = local_time_at(day, policy.quiet_until, zone)
    # Where clocks are set back at that very hour, its first showing may be over, or quiet again soon after.
    while end < at or is_quiet(policy, zone, end):
        end += timedelta(minutes=30)
    return end


def last_unquiet(policy: Policy, zone: str, at: datetime) -> datetime | None:
    """Return a moment shortly before the quiet hours that `at` falls into, or None if that is quiet as well."""
    wall = local(at, zone)
    day = wall.date() if wall.time() >= policy.quiet_from else wall.date() - timedelta(days=1)
    evening = local_time_at(day, policy.quiet_from, zone) - BEFORE_THE_NIGHT
    return None if is_quiet(policy, zone, evening) else evening


def _tenth(before: timedelta) -> timedelta:
    """Return a tenth of an offset, down to whole hours or else to five minutes."""
    tenth = before / 10
    step = timedelta(hours=1) if tenth >= timedelta(hours=1) else timedelta(minutes=5)
    return tenth - tenth % step


def _later(rung: Rung, attempt: Attempt, policy: Policy) -> Iterable[Rung]:
    """Return the rungs nearer to the start that this candidate still gets."""
    is_confirmed = attempt.confirmed_at is not None
    return (
        other
        for other in policy.rungs
        if other.before < rung.before and (other.when_confirmed or not is_confirmed)
    )
