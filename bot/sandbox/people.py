"""What stories need of a person on any stand-in: what they see, and what they do. Each platform fills this in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


class Seen(Protocol):
    """A message as somebody sees it now: in a chat, in a mailbox, on a page."""

    at: datetime
    text: str
    document: str | None
    """The name of a file that came with it."""
    data: bytes
    told_before: list[str]
    """What it said before it was edited, oldest first."""

    @property
    def is_of_bot(self) -> bool: ...

    @property
    def buttons(self) -> list[str]:
        """Labels of everything that can be tapped: what acts and what opens something."""

    @property
    def presses(self) -> dict[str, str]:
        """The values that buttons bring back, by label; empty where the platform has none."""

    @property
    def opens(self) -> dict[str, str]:
        """The addresses that buttons and links lead to, by label, or by the address itself for bare links."""


class Someone(Protocol):
    """Somebody on a platform, talking with the bot in private."""

    name: str

    @property
    def chat(self) -> Sequence[Seen]:
        """What stands between them and the bot, oldest first, edits applied."""

    @property
    def toasts(self) -> list[str]:
        """What flashed up after presses, where the platform has such a thing."""

    async def says(self, text: str) -> Any:
        """Write something to the bot."""

    async def presses(self, label: str, *, on: Any = None) -> Any:
        """Tap what acts, by its label: on the newest message that has it, or on a certain one."""


@runtime_checkable
class Browsing(Protocol):
    """Somebody whose app opens pages by a way of its own, on which it tells the page who they are."""

    agent: str
    """How the app's browser names itself."""

    def leads_to(self, url: str) -> str:
        """Return the address that one reaches in the end, without going there."""

    def passes(self, url: str) -> str:
        """Return where the app sends its browser on from an address: the same if nowhere; raises LookupError."""


class StandIn(Protocol):
    """A platform on loopback, judging what it is sent by the documentation, on a clock that it is given."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def settle(self) -> None:
        """Deliver everything that waits to be delivered to the bot."""

    @property
    def pending(self) -> bool:
        """Whether something waits that a later instant brings."""
