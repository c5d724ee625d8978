"""What is to be done: data only. `bot.effects` carries them out, all of an event in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Literal
from uuid import UUID

from conversations.batch import Batch
from conversations.events import Body
from conversations.identity import Address, Person, Recipient
from conversations.interview import Attempt, Case, Interview, RungRow, Slot, Verdict
from conversations.messages import Form, Message
from locales.text import Text


class Priority(IntEnum):
    """Who goes first when an account's rate is short."""

    REPLY = 0
    ALERT = 1
    RUNG = 2
    DIGEST = 3
    EDIT = 4


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is sent.

    `where="origin"` answers in the chat the event came from, and what was asked in a group in private; `here`
    answers in the group, for all to read; `ladder` lets policy and reach choose.
    With `wants_receipt` the end of it comes back as `Delivered`.
    """

    where: Literal["origin", "here", "ladder"] = "origin"
    priority: Priority = Priority.REPLY
    delivery: Literal["all", "fallback"] = "fallback"
    channels: tuple[str, ...] = ()
    """Channels in order of preference; the others only when none of these reaches somebody. Empty for all."""
    rung: str | None = None
    due_at: datetime | None = None
    """Not before this instant; None for at once."""
    useful_until: datetime | None = None
    wants_receipt: bool = False
    language: str = ""
    """The language tag that was asked for, instead of the reader's own."""
    under: UUID | None = None
    """A session of the reader's: said in the thread of what it showed first, where its platform has threads."""
    only_edits: bool = False
    """Whether it only changes what is shown already: who has it not, or where it cannot be edited, reads nothing."""
    once: str = ""
    """When given, said at most once for ever under this name, whatever happens."""


REPLY = Manner()
PROMPTLY = Manner(where="ladder")
ALERT = Manner(where="ladder", priority=Priority.ALERT)


@dataclass(frozen=True, slots=True)
class Say:
    """Tell somebody something; if a message of the same key was shown there before, edit that one."""

    to: Recipient
    message: Message
    manner: Manner = REPLY
    interview: UUID | None = None
    attempt: UUID | None = None
    session: UUID | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Show:
    """Put the session of (holder, subject) at a step and show it; the engine turns this into a Say."""

    holder: str
    subject: str
    step: str
    """`dialog.step`"""
    keep: Mapping[str, Any] = field(default_factory=dict)
    manner: Manner = ALERT
    is_silent: bool = False
    """Whether the session only stands there from now on, and nothing is said."""


@dataclass(frozen=True, slots=True)
class Then:
    """Have something happen to an interview right after this, in the same transaction, with its own scene."""

    body: Body


@dataclass(frozen=True, slots=True)
class CloseButtons:
    """Take the buttons off what this session showed up to a turn, on every channel, saying what was chosen."""

    session: UUID
    before_turn: int
    chosen: Text | None = None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Have `Due(name, subject)` happen at an instant; setting it again moves it."""

    name: str
    subject: str
    at: datetime
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DropTimers:
    """Forget a subject's timers of these names, or all of them."""

    subject: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaveInterview:
    """Save an interview and its current attempt, if nobody was faster; `ended` is the attempt it leaves behind."""

    interview: Interview
    ended: Attempt | None = None


@dataclass(frozen=True, slots=True)
class PlanRungs:
    """Put an attempt's ladder into the ledger, with its timers; settled rungs stay as they are."""

    interview: UUID
    rows: tuple[RungRow, ...]


@dataclass(frozen=True, slots=True)
class SettleRung:
    """Write a rung's verdict; the first one stands."""

    attempt: UUID
    name: str
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back what waits in the outbox for an interview: superseded, with the reason recorded."""

    interview: UUID
    why: str
    kinds: tuple[str, ...] = ()
    """Only messages of these kinds; empty for all that belong to an attempt."""


@dataclass(frozen=True, slots=True)
class HoldSlot:
    """Take a place in a slot; when the last one is gone, `Failed(effect="hold_slot", why="slot_gone")` follows."""

    slot: UUID
    interview: UUID


@dataclass(frozen=True, slots=True)
class ReleaseSlot:
    """Give an interview's place in a slot back."""

    slot: UUID
    interview: UUID


@dataclass(frozen=True, slots=True)
class OpenSlots:
    """Add times that can be booked; one that is there already under its id stays as it is."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class CloseSlot:
    """Give no more places of a slot away; those that are taken stay."""

    slot: UUID


@dataclass(frozen=True, slots=True)
class SaveCase:
    """Open or change a case; a new one gets its number here."""

    case: Case


@dataclass(frozen=True, slots=True)
class SavePerson:
    """Save what is known of a person (name, language, zone, opt-out, roles), not their bindings."""

    person: Person


@dataclass(frozen=True, slots=True)
class Bind:
    """Join an address to a person for good; the token that proved it is used up in the same transaction."""

    person: UUID
    address: Address
    chat: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class SendCode:
    """Send a one-time code to whoever has this phone number or mailbox and an interview: it binds this address.

    Nothing is sent to anybody else, nor too often; whoever asked cannot tell.
    """

    to: str
    """A phone number or a mailbox, as it was typed."""
    by: Address
    chat: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class TryCode:
    """Have somebody come in with a code that was sent for this address; `Done("wrong_code")` if it is none."""

    code: str
    by: Address


@dataclass(frozen=True, slots=True)
class MarkReach:
    """Record that an address can be reached again, or no longer, and why."""

    address: Address
    is_reachable: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class SendElsewhere:
    """Send what an address was sent last, and did not get, another way, while it still says something."""

    address: Address
    message: str
    """By the platform's id."""


@dataclass(frozen=True, slots=True)
class SaveFeedback:
    """Keep what a candidate answered about one attempt; `score` is None for what was only asked.

    `overall` is 1 to 5; `reminders` -1 too few, 0 right, 1 too many; `support` 1 in time, 0 not.
    """

    interview: UUID
    attempt: UUID
    question: Literal["overall", "reminders", "support"]
    score: int | None = None


@dataclass(frozen=True, slots=True)
class SaveOpinion:
    """Keep what a member of HR answered about working with this, 1 to 5; `score` is None for who was only asked."""

    person: UUID
    year: int
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Append to the audit journal: what was done, to what, by whom; never personal detail."""

    action: str
    subject: str
    actor: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Soon:
    """Have something happen in a transaction of its own: once for ever under a name, whatever happens."""

    name: str
    body: Body


@dataclass(frozen=True, slots=True)
class SaveBatch:
    """Save a batch and how far it has come; a new one gets its number here."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class SettleTarget:
    """Record that one interview of a batch is done, or why not; the first word stands."""

    batch: UUID
    interview: UUID
    why_not: Text | None = None


@dataclass(frozen=True, slots=True)
class KeepWords:
    """Add to an interview's transcript what somebody of staff wrote to its candidate, or the candidate corrected."""

    interview: UUID
    text: str
    who: Literal["staff", "candidate"] = "staff"


@dataclass(frozen=True, slots=True)
class Work:
    """Something slow, done outside the transaction; it comes back as `Done(work=kind)`."""

    kind: str
    args: Mapping[str, Any] = field(default_factory=dict)


Effect = (
    Say
    | Show
    | Then
    | CloseButtons
    | SetTimer
    | DropTimers
    | SaveInterview
    | PlanRungs
    | SettleRung
    | Withdraw
    | HoldSlot
    | ReleaseSlot
    | OpenSlots
    | CloseSlot
    | SaveCase
    | SavePerson
    | Bind
    | SendCode
    | TryCode
    | MarkReach
    | SendElsewhere
    | SaveFeedback
    | SaveOpinion
    | Record
    | KeepWords
    | Soon
    | SaveBatch
    | SettleTarget
    | Work
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes into the very response that the platform or page waits for."""

    toast: Text | None = None
    """A short line over the chat; where there is none it becomes a message."""
    form: Form | None = None
    field_errors: Mapping[str, Text] = field(default_factory=dict)
    page: Message | None = None
    data: Mapping[str, Any] | None = None
