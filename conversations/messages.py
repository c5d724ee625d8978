"""What is said, before any channel: a lead that makes sense alone, blocks, and things to tap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Discriminator

from locales.text import Text

MAX_CHOICES = 9
"""No message offers more: one digit answers any of them on a channel without buttons."""


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of running text."""

    text: Text
    tag: Literal["para"] = "para"
    is_item: bool = False
    """Whether it is one of a list: items stand together."""


def item(text: Text) -> Para:
    """Return a paragraph that is one of a list."""
    return Para(text, is_item=True)


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value; `name` is stable and maps to the named fields of WeChat templates and Chinese SMS."""

    name: str
    label: Text
    value: Text
    tag: Literal["fact"] = "fact"
    is_said: bool = False
    """Whether the lead says it, too: it is for routes that carry facts alone, and is not said twice on others."""


@dataclass(frozen=True, slots=True)
class Note:
    """Small print."""

    text: Text
    tag: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class File:
    """A file; `blob` is `sha256:…`, or `make:<kind>:<id>` until the effect is carried out."""

    blob: str
    name: str
    media_type: str
    alt: Text
    tag: Literal["file"] = "file"


Block = Annotated[Para | Fact | Note | File, Discriminator("tag")]


@dataclass(frozen=True, slots=True)
class Press:
    """A button that comes back as an event; `action` is a choice of the step that shows it."""

    action: str
    label: Text
    style: Literal["plain", "primary", "danger"] = "plain"
    tag: Literal["press"] = "press"


@dataclass(frozen=True, slots=True)
class Link:
    """A button or link that opens something: `go`, `my`, `join`, `tel:…`, `https://…`."""

    to: str
    label: Text
    tag: Literal["link"] = "link"


Action = Annotated[Press | Link, Discriminator("tag")]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked for in a form."""

    name: str
    label: Text
    kind: Literal["text", "long", "choice", "date", "time"] = "text"
    options: tuple[tuple[str, Text], ...] = ()
    is_required: bool = True
    initial: str = ""
    max_length: int = 300


@dataclass(frozen=True, slots=True)
class Form:
    """A modal where the channel has one, otherwise successive questions."""

    name: str
    title: Text
    fields: tuple[Field, ...]
    submit: Text
    carried: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said to somebody."""

    kind: str
    """Stable name of the occasion, `reminder`, `no_show.ask`; golden files and previews go by it."""
    lead: Text
    blocks: tuple[Block, ...] = ()
    actions: tuple[Action, ...] = ()
    key: str = ""
    """Messages with the same key to the same reader are one message: the later edits the earlier."""
    calendar: Literal["", "entry", "update", "cancel"] = ""
    """What becomes of the interview in calendars: routes that keep them bring the entry with this message. An
    update or a cancellation goes to such a route even when the message itself goes elsewhere."""
    is_progress: bool = False
    """Whether a later version of a message with the same choices is only news on the way: not worth the one edit
    that some platforms grant, which is kept for how it ends."""
    owner: UUID | None = None
    """Who has it in hand: where a message can be edited only once, nobody else keeps buttons that could not be
    taken off any more."""
    form: Form | None = None
    """The same choices to be made all at once and sent together, for routes that draw such a form in the message
    (`Caps.selects`); its fields are choices. All others offer the actions."""

    @property
    def asks_nothing(self) -> Message:
        """The same with nothing to choose: links stay."""
        kept = tuple(action for action in self.actions if not isinstance(action, Press))
        return replace(self, actions=kept, form=None)

    @property
    def presses(self) -> tuple[Press, ...]:
        return tuple(action for action in self.actions if isinstance(action, Press))
