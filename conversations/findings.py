"""What queries find for a scene: interviews that staff ask about, and what was sent for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from conversations.identity import Person
from conversations.interview import Case, Interview, RungRow
from conversations.policy import Policy
from conversations.prechecks import Precheck


@dataclass(frozen=True, slots=True)
class Target:
    """An interview that was asked for, and its candidate."""

    interview: Interview
    candidate: Person
    cases: tuple[Case, ...] = ()
    """Its cases, newest first, where the query loads them."""


@dataclass(frozen=True, slots=True)
class CaseFound:
    """A case that was asked for, and the interview it is about."""

    case: Case
    target: Target


@dataclass(frozen=True, slots=True)
class Around:
    """What there is where a list found nothing: how many each filter alone would find, and what lies nearest."""

    total: int = 0
    of_text: int = 0
    of_state: int = 0
    of_days: int = 0
    before: Target | None = None
    """Of the same name and state, the last one before the days that were asked for."""
    after: Target | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, as `why` tells it."""

    kind: str
    channel: str
    state: str
    """`waiting`, `accepted`, `undeliverable`, `superseded`, `expired`, `would-send` …"""
    why: str = ""
    at: datetime | None = None
    """When it ended, or when it is due."""
    platform_id: str = ""
    rung: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Everything sent or not sent for the current attempt of an interview."""

    target: Target
    rungs: tuple[RungRow, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    checks: tuple[Precheck, ...] = ()
    """Its device checks, the last one first."""
    policy: Policy | None = None
    """What its reminders are planned by."""


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One thing said in an interview's chats, oldest first in a transcript."""

    at: datetime
    who: Literal["candidate", "bot", "staff"]
    text: str
