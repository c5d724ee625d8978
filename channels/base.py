"""What a channel is: capabilities as data, and five verbs. Each platform is one module that fills this in."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from locales.text import Reader, Text


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which a person may be written to, opened by something they do, for so many messages."""

    opened_by: Literal["message", "menu", "follow", "scan", "enter", "contact"]
    lasts: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` sends per `per` for each `scope`."""

    scope: Literal["account", "chat", "group", "member"]
    count: int
    per: timedelta
    only: Literal["", "edits"] = ""
    """What alone is counted, where a platform limits it by itself."""


ONE_WAY = "webhook:"
"""What the names of chats begin with that take messages, and bring none: a group's robot on WeCom."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What a route can carry, as its platform documents it."""

    route: str
    """`telegram`, `slack`, `wecom.app` …: twelve routes are known."""
    text_limit: int
    text_unit: Literal["utf16", "characters", "bytes", "segments"]
    buttons: Literal["card", "menu", "numbered", "none"]
    max_buttons: int
    max_button_text: int
    button_value_bytes: int
    links: bool
    forms: bool
    files: bool
    edits: Literal["always", "until", "token_once", "never"]
    edit_for: timedelta | None
    proactive: Literal["always", "contacted", "template", "consent", "window", "never"]
    """`contacted`: only somebody who came to the bot first."""
    idempotency: Literal["none", "client_id", "same_json", "own_msgid", "metadata"]
    idempotency_for: timedelta | None
    receipts: Literal["none", "answer", "event"]
    windows: tuple[Window, ...] = ()
    rates: tuple[Rate, ...] = ()
    live_countdown: bool = False
    drops_silently: bool = False
    avoids_full_hours: bool = False
    """Whether the platform asks that nothing be sent exactly at the full and the half hour, as everybody does."""
    finds: Literal["nobody", "email", "phone", "lookup"] = "nobody"
    """By what somebody is reached who never came to us: their address is their e-mail address or phone number,
    or the platform is asked (`Channel.find`)."""
    in_window: Caps | None = None
    """The route that is taken instead while a window is open (WeChat's customer messages beside its templates)."""
    tells_replies: bool = False
    """Whether what is written says which message it answers, so that one chat holds several conversations."""
    asks: bool = True
    """Whether somebody there can answer what a message asks."""
    one_way: Caps | None = None
    """The route to chats of the account in which nobody can answer: their names begin with ONE_WAY."""
    selects: int = 0
    """How many questions a message can ask at once, each with options to choose one from, and one button that sends
    all answers (`Message.form`)."""
    keeps_calendars: bool = False
    """Whether readers' calendars take an entry from a message, and follow its changes."""
    takes_files: bool = False
    """Whether we can fetch the files that people send there (`Fetching`)."""
    hears_documents: bool = True
    """Whether we are told of documents at all: some platforms tell of pictures, voices and videos alone."""
    largest_file: int = 20_000_000
    """How many bytes a file may have that it carries, where it carries `files`."""
    largest_picture: int = 10_000_000
    """How many bytes a picture may have that is shown there at once; a larger one goes as any file does."""
    source: str = ""
    """The platform's page these numbers come from."""

    def to(self, chat: str) -> Caps:
        """Return what holds for one chat of the account."""
        return self.one_way if self.one_way is not None and chat.startswith(ONE_WAY) else self

    @property
    def all_rates(self) -> tuple[Rate, ...]:
        """The rates of all of the account's routes."""
        return (*self.rates, *(self.one_way.rates if self.one_way is not None else ()))


@dataclass(frozen=True, slots=True)
class Inbound:
    """A request or update exactly as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    received_at: datetime


class Forged(Exception):
    """An inbound request that is not what it claims to be; `reason` is a stable code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Malformed(Exception):
    """An authentic request that makes no sense; `reason` is a stable code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadSetting(ValueError):
    """A channel's configuration that cannot work; never holds the setting's value, which may be a secret."""

    def __init__(self, field: str, why: str, remedy: str) -> None:
        super().__init__(f"{field}: {why}. {remedy}")
        self.field = field
        self.why = why
        self.remedy = remedy


DEEPEST = 32
# Possessive, and an unfinished string runs to the end: linear in the length of whatever is sent.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")


def read_json(body: bytes) -> object:
    """Return what a JSON body says, with text that can be stored; raises Malformed.

    Nesting is counted before parsing: json raises RecursionError for deep input, at a depth that depends on
    who calls it.
    """
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise Malformed("too_deep")
    try:
        return _all_storable(json.loads(body.decode("utf-8"), parse_constant=_refuse_constant))
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    except ValueError:  # also int(), for more than 4,300 digits
        raise Malformed("not_json") from None


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _all_storable(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case list():
            return [_all_storable(item) for item in value]
        case dict():
            return {storable(key): _all_storable(item) for key, item in value.items()}
        case _:
            return value


def storable(text: str) -> str:
    """Return text without NUL, which PostgreSQL refuses, and lone surrogates, which UTF-8 cannot hold."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an inbound request holds, and the response the platform wants at once: an empty 200 unless told."""

    events: tuple[Event, ...] = ()
    reply: bytes = b""
    media_type: str = "text/plain"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wants_answer: bool = False
    """The one event is to be decided now: the response holds what `Channel.respond` makes of the answer."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that rendering needs beside the message: whom for, and the resolved values of buttons and links."""

    reader: Reader
    account: str
    chat: str
    """Where it goes, as the platform names it: a user's private chat, a group, a mailbox."""
    thread: str | None = None
    is_private: bool = True
    values: Mapping[str, str] = field(default_factory=dict)
    """The token each `Press.action` carries."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """The address each `Link.to` leads to; a link that is missing here is left out."""
    edits: str | None = None
    """The token of the shown message that this one replaces; None posts a new one."""
    shown: Message | None = None
    """What that message says now, where the platform grants one edit only: what is said beside it is not said twice."""
    route: str = ""
    """The route it takes, where the account has several; as `Caps.route` names it."""
    company: str = ""
    """Whose interview it is about, as the reader knows it, for routes that carry facts alone."""
    request_id: str = ""
    """Our own id of this send, for platforms that deduplicate by one."""
    form_value: str = ""
    """The token that the button carries with which a message's form is sent; empty where there is no form."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the platform: method and parameters, JSON only. Files stand as `blob:sha256`."""

    method: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """A message as it goes out, frozen: the calls in order. The first one's receipt is the message's."""

    calls: tuple[Call, ...]
    carried: tuple[str, ...] = ()
    """What the shown message brought earlier and this edit of it does not bring again: for the edit token."""
    in_doubt: bool = False
    """Whether an earlier try may have arrived: where the platform can tell, it is asked before sending again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform accepted it. `id` is the platform's own; `edit_token` lets us edit it until `editable_until`.

    After an edit None stands for the same token as before, and "" for none: it was good for once.
    """

    id: str
    edit_token: str | None = None
    editable_until: datetime | None = None


class NotDelivered(Exception):
    """The platform did not take it, and why.

    `busy`: try again at `retry_after`. `gone`: this person cannot be reached here any more. `closed`: not now by
    the platform's rules (a window, a quota). `refused`: this content never. `stopped`: the account is set up
    wrong, nothing will work until somebody acts. `in_doubt`: it may have arrived.
    """

    def __init__(
        self,
        why: Literal["busy", "gone", "closed", "refused", "stopped", "in_doubt"],
        detail: str = "",
        retry_after: timedelta | None = None,
        scope: Literal["message", "chat", "account"] = "message",
        accepted: int = 0,
        receipt: Receipt | None = None,
    ) -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why
        self.detail = detail
        self.retry_after = retry_after
        self.scope = scope
        """What has to wait for a `busy`: this message, its chat, or the whole account."""
        self.accepted = accepted
        """How many calls of the payload were accepted before one was not: only the rest is to be sent again."""
        self.receipt = receipt
        """The message's own receipt, when its first call was among the accepted."""


class Unrenderable(ValueError):
    """A message that this channel can never carry; it is put aside and HR is told."""


Receive = Callable[[Sequence[Event], str | None], Awaitable[None]]
"""Store events, with the cursor that was reached, in one transaction."""
Decide = Callable[[Event], Awaitable[tuple[Answer, Reader]]]
"""Store and handle one event now, and return what its platform waits for, and who reads it."""
ReadBlob = Callable[[str], Awaitable[bytes]]
"""Return the bytes of a `File.blob`, `sha256:…`."""


class Vault(Protocol):
    """Where an account keeps small secrets (tokens, installations): in our database, encrypted, one for each name."""

    async def get(self, name: str) -> str | None: ...

    async def put(self, name: str, value: str) -> None: ...

    async def take(self, name: str) -> str | None:
        """Return a value and forget it: of several who take it at once, one gets it."""

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        """Keep a value if the one there is still `old`, None for none; of several who swap at once, one does."""

    async def names(self, prefix: str = "") -> tuple[str, ...]: ...


class Forgetful:
    """A vault in memory, for a channel that was given none."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self._kept.get(name)

    async def put(self, name: str, value: str) -> None:
        self._kept[name] = value

    async def take(self, name: str) -> str | None:
        return self._kept.pop(name, None)

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        if self._kept.get(name) != old:
            return False
        self._kept[name] = new
        return True

    async def names(self, prefix: str = "") -> tuple[str, ...]:
        return tuple(sorted(name for name in self._kept if name.startswith(prefix)))


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody a platform knows: their user id, and the chat in which they are written to."""

    user: str
    chat: str
    zone: str | None = None
    language: str | None = None
    name: str | None = None


class Channel(Protocol):
    """One account on one platform, made as `Channel(account, config, now, vault)`; raises BadSetting.

    `now` tells the time: what is pulled has to be dated, and only `bot.clock` reads the machine's.
    """

    account: str
    caps: Caps

    async def open(self) -> None:
        """Start sessions and say to the platform where we listen; may be repeated; raises NotDelivered."""

    async def close(self) -> None: ...

    async def parse(self, inbound: Inbound) -> Parsed:
        """Verify on raw bytes and return events; raises Forged or Malformed. Sends nothing."""

    def respond(self, event: Event, answer: Answer, reader: Reader) -> Parsed:
        """Return the response to a request that wants its answer in it (`Parsed.wants_answer`)."""

    def render(self, message: Message, envelope: Envelope) -> Payload:
        """Return the calls that carry a message. Pure and deterministic.

        Raises Unrenderable, and NotDelivered `closed` where the account may say this only in an open window.
        """

    async def deliver(self, payload: Payload, read_blob: ReadBlob) -> Receipt:
        """Send within our own deadline, without retries; raises NotDelivered."""

    async def answer(self, event: Event, answer: Answer, reader: Reader) -> None:
        """Give what the platform waits for after a press or submission (best effort; late is no error)."""

    async def pull(self, cursor: str | None, receive: Receive, decide: Decide | None = None) -> str | None:
        """Fetch what waits (one long poll), hand it to `receive` before confirming it, return the new cursor.

        What wants its answer at once is handed to `decide`.

        Raises NotDelivered when nothing could be fetched: wait a little, or `retry_after`, and pull again.
        Channels without pulling return at once with the same cursor and set `pulls` to False.
        """

    pulls: bool
    has_more_doors: bool
    """Whether requests come to addresses below its hook, too, which `parse` tells apart."""

    async def check(self) -> tuple[str, ...]:
        """Ask the platform whether the account works; return what is wrong, each with its remedy."""

    async def find(self, email: str | None, phone: str | None, hint: str | None) -> Contact | None:
        """Return whom an e-mail address, a phone number, or the id that a list names belongs to here.

        Raises NotDelivered when the platform cannot be asked now.
        """

    def invite_url(self, token: str) -> str | None:
        """Return the link by which somebody comes to this bot carrying a token, where the platform has one."""

    async def register(self, commands: Mapping[str, Sequence[tuple[str, Text]]]) -> None:
        """Tell the platform which commands to offer, by language (where it can)."""


@runtime_checkable
class Inviting(Protocol):
    """A channel whose platform makes the link and the code of an invitation when it is asked."""

    async def invite(self, token: str, until: datetime) -> str:
        """Return the address that a QR code holds, and a link: who follows it comes to us carrying the token.

        It is good until then, or as long as the platform allows; the same for the same token. Raises NotDelivered.
        """


@runtime_checkable
class Drawing(Protocol):
    """A channel whose platform draws the code of an invitation itself: `invite` returns where that picture is."""

    async def draw(self, token: str, until: datetime) -> bytes:
        """Return the picture of the code, PNG or JPEG; raises NotDelivered."""


@runtime_checkable
class Recognising(Protocol):
    """A channel whose platform tells our pages which of its users has opened one."""

    def recognise(self, address: str) -> str:
        """Return the address that leads to a page of ours, and there tells who opened it."""

    async def visitor(self, address: str, query: Mapping[str, str]) -> str | None:
        """Return the platform's id of whoever came to a page by `recognise`, with that in its query.

        None where the platform does not vouch for it, or it was made for another page; raises NotDelivered.
        """


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that somebody sent, and what it is called where the platform says so only now."""

    data: bytes
    name: str = ""


@runtime_checkable
class Fetching(Protocol):
    """A channel whose platform hands out the files that people send."""

    async def fetch(self, event: Event, reference: str, most: int) -> Fetched:
        """Return a file that came with an event, by its `Sent.reference`.

        Raises NotDelivered: `refused` with the detail "too_large" for more than `most` bytes, or more than the
        platform hands out.
        """


@runtime_checkable
class Figured(Protocol):
    """A channel whose platform shows its users a few figures beside the app, before they open anything."""

    @property
    def shows_figures(self) -> bool:
        """Whether this account wants that."""

    async def show_figures(self, user: str, figures: Sequence[tuple[Text, str]], reader: Reader) -> None:
        """Show somebody figures, each with its name; raises NotDelivered."""


@runtime_checkable
class Offering(Protocol):
    """A channel whose platform shows one person the commands that they in particular may use."""

    async def offer(self, chat: str, commands: Sequence[tuple[str, Text]], reader: Reader) -> None:
        """Offer commands in somebody's private chat, in their words; none for what everybody is offered.

        Raises NotDelivered.
        """
