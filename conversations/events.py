"""What happened: said, pressed, due, joined. Every event has an id by which it is handled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Discriminator


@dataclass(frozen=True, slots=True)
class Said:
    """Words typed to us."""

    text: str
    tag: Literal["said"] = "said"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours was pressed; `value` is what it carried, unverified until it is read."""

    value: str
    filled: Mapping[str, str] = field(default_factory=dict)
    """What was chosen beside it, by field, where the button sends a message's form."""
    tag: Literal["pressed"] = "pressed"


@dataclass(frozen=True, slots=True)
class Picked:
    """A press that was verified: which choice of which session, as of which turn."""

    session: UUID
    choice: int
    """Counted from 1, as it was shown."""
    turn: int
    tag: Literal["picked"] = "picked"


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command with its arguments as they were typed."""

    verb: str
    rest: str = ""
    tag: Literal["commanded"] = "commanded"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form came back. `carried` is what the form had carried: the session and the turn that showed it.

    `form` is empty when it was drawn in the message itself.
    """

    form: str
    values: Mapping[str, str]
    carried: Mapping[str, str] = field(default_factory=dict)
    tag: Literal["submitted"] = "submitted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something was asked for by its name (`move`, `status`, `home`): from a page, a menu, a home screen."""

    intent: str
    tag: Literal["wanted"] = "wanted"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file, voice note or picture came in; its content stays with the platform."""

    kind: Literal["voice", "picture", "video", "document", "location", "sticker", "other"]
    reference: str = ""
    caption: str = ""
    name: str = ""
    """What the file is called, where the platform says so."""
    tag: Literal["sent"] = "sent"


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody has changed what they had written; `text` is all that it says now."""

    text: str
    written_at: datetime
    """When it was written at first."""
    tag: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True)
class Followed:
    """Somebody came to the bot; `token` is what the deep link or QR code carried."""

    token: str = ""
    tag: Literal["followed"] = "followed"


@dataclass(frozen=True, slots=True)
class Held:
    """A colleague has taken somebody's talk in hand on its platform, or has ended it: `by` is empty then."""

    by: str = ""
    """Their id in the company."""
    tag: Literal["held"] = "held"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Somebody blocked us or left."""

    why: str
    tag: Literal["unreachable"] = "unreachable"


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that the platform had accepted has not arrived; whoever it was for is reached all the same.

    `Event.about` is the message, by the platform's id.
    """

    why: str
    tag: Literal["lost"] = "lost"


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of ours was acted on by POST: `entered` is the tap on "enter the interview"."""

    page: str
    interview: UUID
    tag: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True)
class Checked:
    """A device check on our page has ended. `codes` name what was wrong, worst first (`CAM-BUSY`), for support."""

    interview: UUID
    verdict: Literal["passed", "warned", "failed"]
    codes: tuple[str, ...] = ()
    tag: Literal["checked"] = "checked"


@dataclass(frozen=True, slots=True)
class Signal:
    """The interview platform says something about an interview, or, as a heartbeat, that it is alive."""

    kind: Literal["joined", "completed", "heartbeat", "cancelled", "moved"]
    interview: UUID | None = None
    occurred_at: datetime | None = None
    starts_at: datetime | None = None
    join: str | None = None
    tag: Literal["signal"] = "signal"


@dataclass(frozen=True, slots=True)
class Due:
    """A timer fired."""

    name: str
    subject: str
    """`interview:<uuid>`, `case:<uuid>`, `team:<name>`, `session:<uuid>`."""
    due_at: datetime
    data: Mapping[str, str] = field(default_factory=dict)
    tag: Literal["due"] = "due"


@dataclass(frozen=True, slots=True)
class Booked:
    """An interview was imported, added or moved by HR: it has to be planned, and its candidate told."""

    interview: UUID
    is_new: bool
    previous_start: datetime | None = None
    tag: Literal["booked"] = "booked"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Staff, a card or a command wants something done to an interview.

    `act` is one of `remind`, `joined`, `no_show`, `undo`, `dismiss`, `rebook`, `move`, `cancel`, `ask`,
    `take`, `release`, `close`, `escalate`.
    """

    act: str
    interview: UUID
    by: UUID | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    tag: Literal["ordered"] = "ordered"


@dataclass(frozen=True, slots=True)
class Delivered:
    """An outbox row reached its end, of those whose sender wanted to know."""

    interview: UUID
    kind: str
    outcome: Literal["accepted", "undeliverable", "would-send"]
    why: str = ""
    tag: Literal["delivered"] = "delivered"


@dataclass(frozen=True, slots=True)
class Done:
    """Slow work has come back."""

    work: str
    result: Mapping[str, Any] = field(default_factory=dict)
    tag: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Failed:
    """An effect could not be carried out in the transaction: the slot was gone, somebody else was faster."""

    effect: str
    why: Literal["slot_gone", "conflict", "not_found"]
    tag: Literal["failed"] = "failed"


Body = Annotated[
    Said
    | Pressed
    | Picked
    | Commanded
    | Submitted
    | Wanted
    | Sent
    | Edited
    | Followed
    | Held
    | Unreachable
    | Lost
    | Opened
    | Checked
    | Signal
    | Due
    | Booked
    | Ordered
    | Delivered
    | Done
    | Failed,
    Discriminator("tag"),
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, once: `(source, id)` is unique for ever."""

    id: str
    source: str
    """The account it came by (`telegram.main`), or `page`, `time`, `cli`, `web`, `interviews.<account>`, `core`."""
    at: datetime
    body: Body
    account: str | None = None
    user: str | None = None
    """The platform's id of who did it."""
    chat: str | None = None
    """The platform's id of where it was done."""
    is_private: bool = True
    """Whether only that person reads the chat."""
    thread: str | None = None
    about: str | None = None
    """The platform's id of the message that was answered or pressed, if it says so."""
    language: str | None = None
    """The language tag the platform gives for the user."""
    name: str | None = None
    """The user's display name: somebody's data, for greeting only."""
    opens: str = ""
    """The window in which we may write that this opened: `message`, `menu`, `follow`, `scan`, `enter`, `contact`."""
    answer_token: str | None = None
    """What the platform wants back when it is answered (Telegram's callback_query id)."""
    edit_token: str | None = None
    """What the message it is about can be edited with from now on, where every press brings another (WeCom)."""
