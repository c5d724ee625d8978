"""What the contract suite needs of a channel: one person on its platform, and faults on demand."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from channels.base import Channel, Inbound, Payload, Receipt
from conversations.effects import Answer
from conversations.events import Event
from conversations.messages import Message
from tests.contract import bodies
from tests.support import samples

PAUSE = timedelta(seconds=5)
"""How long an account rests while nothing gets through."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody sees it."""

    text: str
    choices: tuple[str, ...] = ()
    """Labels of what can be pressed."""
    opens: Mapping[str, str] = field(default_factory=dict)
    """Addresses behind buttons, by label."""
    file: bytes = b""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault of the platform, what has to be thrown for it, and whether the message arrived all the same."""

    name: str
    why: str
    arrives: bool = False
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """A form before somebody: what it asks for, and what is written under its fields."""

    title: str
    labels: tuple[str, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


class Rig(ABC):
    """One channel with one person on its platform."""

    channel_name: ClassVar[str]
    troubles: ClassVar[Sequence[Trouble]] = ()
    gone: ClassVar[Sequence[str]] = ()
    """The ways in which somebody can get out of reach."""
    longest_word: ClassVar[int] = 1000
    """Words shorter than this arrive whole, whatever else has to be cut; 0 where a template has its own."""
    is_pulled: ClassVar[bool] = False
    """Whether nothing comes in by requests."""
    hears: ClassVar[bool] = True
    """Whether what people write comes to us at all."""
    sends_files_apart: ClassVar[bool] = False
    """Whether a file is a call of its own, which can fail after its message was taken."""
    files_wait: ClassVar[timedelta] = timedelta(seconds=3)
    """What is waited when a file meets a platform that says: too much."""
    channel: Channel
    chat: str

    @property
    def user(self) -> str:
        """The platform's id of the person: on most that of their chat."""
        return self.chat

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.replaced: list[Channel] = []

    @abstractmethod
    async def start(self) -> None: ...

    async def stop(self) -> None:
        await asyncio.gather(*(channel.close() for channel in (self.channel, *self.replaced)))

    @abstractmethod
    async def says(self, text: str) -> Event:
        """Have the person type something, and return the event that it became."""

    async def happens(self) -> Event:
        """Have the person do what makes an event, on any platform; each time a new one."""
        return await self.says("收到")

    @abstractmethod
    async def chooses(self, number: int) -> Event:
        """Have the person take the choice of this number, as the newest message offers it."""

    @abstractmethod
    async def again(self) -> list[Event]:
        """Have the platform bring the newest event a second time; return what it became then."""

    @abstractmethod
    def seen(self) -> list[Seen]:
        """Return what the person sees of us, oldest first."""

    @abstractmethod
    def authentic(self, body: bytes) -> Inbound:
        """Return a request that carries the right proof."""

    @abstractmethod
    def forgeries(self) -> list[Inbound]:
        """Return requests that claim to be the platform's and are not."""

    async def types(self, line: str) -> Event:
        """Have the person type a command with its arguments, as one does there."""
        return await self.says(f"/{line}")

    def cause(self, trouble: Trouble) -> None:
        """Have the next send meet a fault."""
        raise NotImplementedError

    async def lose(self, way: str) -> None:
        """Have the person get out of reach."""
        raise NotImplementedError

    async def malformed(self) -> Sequence[Inbound]:
        """Return more than a thousand requests that carry the right proof, and nonsense."""
        return [self.authentic(body) for body in bodies.malformed()]

    @property
    def form(self) -> Blank | None:
        """The form that is open before the person."""
        raise NotImplementedError

    async def submits(self, values: Mapping[str, str], reply: Answer) -> Event:
        """Have the person fill the form in, by field, and send it; `reply` is what it is answered."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Let the person do what it takes to be written to now: on most platforms nothing."""
        return

    def spoil_files(self) -> None:
        """Have the next file meet a platform that says: too much, again in three seconds (if it tells)."""
        raise NotImplementedError

    def refusals(self) -> list[str]:
        """Return what the platform did not take."""
        return []

    async def sends(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Receipt:
        """Render and deliver a message."""
        await self.ready()
        payload = self.rendered(message, locale, **more)
        return await self.channel.deliver(payload, read_blob)

    def rendered(self, message: Message, locale: str = "zh_Hans", **more: Any) -> Payload:
        made = samples.envelope(message, self.chat, locale, account=self.channel.account, **more)
        return self.channel.render(message, made)


async def read_blob(blob: str) -> bytes:
    assert blob == samples.BLOB
    return samples.CALENDAR
