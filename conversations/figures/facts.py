"""What the figures need to know of one appointment. Everything else is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from conversations.interview import Outcome, Reason
from conversations.names import KNOWN_CHANNELS
from locales.zones import local

WITHIN = timedelta(hours=1)
"""From the flag until the candidate is asked why."""
HANDLED_WITHIN = timedelta(hours=2)
"""From the flag, or from a case's opening, until somebody has dealt with it or at least taken it."""
CHECKED_UNTIL = timedelta(hours=1)
"""A device check counts for an appointment until so long after its start."""


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """What is known of one attempt."""

    attempt: UUID
    number: int
    """The interview's number."""
    company: str
    role: str
    starts_at: datetime
    source: str = ""
    candidate_type: str = ""
    outcome: Outcome | None = None
    reason: Reason | None = None
    invited_at: datetime | None = None
    bound: bool = False
    reminded: bool = False
    confirmed_at: datetime | None = None
    entered_at: datetime | None = None
    joined_at: datetime | None = None
    flagged_at: datetime | None = None
    contacted_at: datetime | None = None
    closed_at: datetime | None = None
    """When the case of the no-show was closed."""
    rebooked: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    booked_at: datetime | None = None
    zone: str = "UTC"
    local_start: datetime | None = None
    """The start on clocks where it takes place; without one it follows from `zone`."""
    recruiter: UUID | None = None
    channels: tuple[str, ...] = ()
    """The channels whose platforms accepted a reminder, in the order of the alphabet."""
    joined_later: bool = False
    """Whether a later appointment of the same interview took place."""
    check_codes: tuple[str, ...] | None = None
    """What the last device check found, by its codes; None without a check."""
    device: str = ""
    """The families of browser and system of that check."""
    surveyed: bool = False
    """Whether the candidate was asked how it was."""
    rating: int | None = None
    """How it was, 1 to 5."""
    reminders_said: int | None = None
    """About the reminders: 0 just right, 1 too many, -1 too few."""
    support_said: int | None = None
    """Whether support was there in time: 1 or 0."""
    untaken_at: datetime | None = None
    """When the first of its cases was opened that nobody took or settled within two hours, so far."""

    @property
    def has_joined(self) -> bool:
        return self.outcome in (Outcome.JOINED, Outcome.COMPLETED)

    @property
    def is_no_show(self) -> bool:
        return self.outcome is Outcome.NO_SHOW

    @property
    def is_decided(self) -> bool:
        """Whether it was due and it is known how it went."""
        return self.has_joined or self.is_no_show

    @property
    def was_watched(self) -> bool:
        """Whether we knew of it before it began; past interviews that were imported later we only heard of."""
        return self.booked_at is None or self.booked_at < self.starts_at

    @property
    def handling(self) -> timedelta | None:
        """From the flag until the case was closed."""
        if self.flagged_at is None or self.closed_at is None:
            return None
        return self.closed_at - self.flagged_at

    @property
    def wall(self) -> datetime:
        return self.local_start or local(self.starts_at, self.zone).replace(tzinfo=None)


def channels_in(evidence: str) -> tuple[str, ...]:
    """Return the channels in what platforms accepted, `telegram.main:41, sms.main:7`."""
    found = {part.partition(".")[0] for part in evidence.split(", ") if "." in part}
    return tuple(sorted(found & KNOWN_CHANNELS))
