"""The interview, its attempts, its slots and the cases people work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zlib import crc32


class State(StrEnum):
    """Where an interview stands as a whole."""

    SCHEDULED = "scheduled"
    JOINED = "joined"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """How one attempt ended; a flag that turned out wrong leaves `joined`, never `no_show`."""

    JOINED = "joined"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why somebody did not come, or will not; one list for the chat, the figures and the import."""

    FORGOT = "forgot"
    TECHNICAL = "technical"
    CAME_UP = "came_up"
    UNCLEAR = "unclear"
    OTHER_OFFER = "other_offer"
    PRIVATE = "private"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One appointment: a new one begins when start, zone or link changes, or after a no-show is rebooked."""

    id: UUID
    n: int
    starts_at: datetime
    zone: str
    join: str
    """A URL, a mini-program path, or a meeting number with text."""
    local_start: datetime
    """The wall-clock time that was agreed, naive; `starts_at` is recomputed from it when a zone's rules change."""
    booked_at: datetime
    slot: UUID | None = None
    confirmed_at: datetime | None = None
    confirmed_by: UUID | None = None
    """Who of staff said so, where the candidate told them and not us."""
    paused_at: datetime | None = None
    """Since when its reminders are held back; a new time begins with its own."""
    acknowledged_at: datetime | None = None
    """The candidate said they read it (收到, 👌), which confirms nothing."""
    entered_at: datetime | None = None
    """The candidate tapped "enter": evidence, never attendance."""
    joined_at: datetime | None = None
    completed_at: datetime | None = None
    flagged_at: datetime | None = None
    contacted_at: datetime | None = None
    """When the question why was accepted by a platform."""
    reason: Reason | None = None
    reason_at: datetime | None = None
    reason_said: str | None = None
    outcome: Outcome | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Interview:
    """One candidate's interview for one role; `revision` rises with every save and is only the lock."""

    id: UUID
    number: int
    revision: int
    person: UUID
    company: str
    role: str
    attempt: Attempt
    state: State = State.SCHEDULED
    source: str = ""
    candidate_type: str = ""
    recruiter: UUID | None = None
    external_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    moves: int = 0
    """How often the candidate moved it; HR's own moves are not counted."""
    invited_at: datetime | None = None

    @property
    def label(self) -> str:
        """The number people use for it, like `I-1024`."""
        return f"I-{self.number}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked, with places left."""

    id: UUID
    starts_at: datetime
    zone: str
    company: str
    role: str
    """Empty for every role of the company."""
    capacity: int
    taken: int
    join: str = ""
    """Empty keeps the interview's own link."""

    @property
    def label(self) -> str:
        """What staff call it by, like `S-3F2A1`: the same for the same time, company and role."""
        named = f"{self.starts_at.isoformat()}/{self.company}/{self.role}/{self.join}"
        return f"S-{crc32(named.encode()) & 0xFFFFF:05X}"

    @property
    def is_free(self) -> bool:
        return self.taken < self.capacity


class CaseKind(StrEnum):
    """What somebody has to look after."""

    NO_SHOW = "no_show"
    TECHNICAL = "technical"
    PERSON = "person"


class CaseState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Case:
    """Something a person has to look after, with its owner and its times; at most one open per attempt and kind."""

    id: UUID
    number: int
    kind: CaseKind
    interview: UUID
    attempt: UUID
    opened_at: datetime
    state: CaseState = CaseState.OPEN
    owner: UUID | None = None
    owner_name: str | None = None
    taken_at: datetime | None = None
    escalated_at: datetime | None = None
    closed_at: datetime | None = None
    result: str | None = None
    """How it ended: `rebooked`, `dismissed`, `joined`, `solved`, `withdrawn` …"""
    said: str | None = None
    """The candidate's own words, if there are any."""
    team: str | None = None
    """Which team looks after it (`hr`, `support`), where it is not the usual one of its kind."""
    note: str | None = None
    """What whoever closed it wrote about how it ended."""

    @property
    def label(self) -> str:
        return f"C-{self.number}"


class Verdict(StrEnum):
    """How a rung ended, for good."""

    SENT = "sent"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    PAUSED = "paused"
    """It fell due while reminders were held back; taking them up again sends none of these."""
    WOULD_SEND = "would-send"


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung of one attempt's ladder as planned, and its verdict once there is one."""

    attempt: UUID
    name: str
    due_at: datetime
    verdict: Verdict | None = None
    why: str = ""
    """A short stable code such as `booked_late`, `confirmed`, `unbound`, `quiet`, with detail after a colon."""
    evidence: str = ""
    """The platform's own id of what it accepted, by channel."""
    settled_at: datetime | None = None
