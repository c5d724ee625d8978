"""People with a phone: what they read, and what they text back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

_LINK = re.compile(r"https?://[^\s，。；！？、）】》”]+")

State = Literal["on", "off", "blacklisted", "refuses"]


@dataclass(slots=True)
class Shown:
    """A text on a phone."""

    id: str
    at: datetime
    text: str
    sender: SmsPerson | None
    """None for us."""
    segments: int = 1
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return list(self.opens)

    @property
    def presses(self) -> dict[str, str]:
        return {}

    @property
    def opens(self) -> dict[str, str]:
        """The bare links in it, which phones make tappable."""
        return {link: link for link in _LINK.findall(self.text)}


class SmsPerson:
    """Somebody whose number we have."""

    def __init__(
        self,
        name: str,
        number: str,
        now: Callable[[], datetime],
        tell: Callable[[SmsPerson, str], Awaitable[str]],
    ) -> None:
        self.name = name
        self.number = number
        """In E.164."""
        self.state: State = "on"
        self.toasts: list[str] = []
        self._messages: list[Shown] = []
        self._now = now
        self._tell = tell

    @property
    def chat(self) -> list[Shown]:
        """What stands between them and us, oldest first."""
        return self._messages

    @property
    def last(self) -> Shown:
        """The newest text of ours."""
        return next(message for message in reversed(self._messages) if message.is_of_bot)

    async def says(self, text: str) -> str:
        """Text something back; returns the provider's id of it."""
        id_ = await self._tell(self, text)
        self._messages.append(Shown(id_, self._now(), text, self))
        return id_

    async def presses(self, label: str, *, on: Any = None) -> Any:
        raise LookupError(f"a text has nothing to press, so not {label!r} either: follow its link")

    def gets(self, id_: str, text: str, segments: int) -> None:
        """Read a text that came through."""
        self._messages.append(Shown(id_, self._now(), text, None, segments))

    def switches_off(self) -> None:
        """Be out of reach for a while."""
        self.state = "off"

    def switches_on(self) -> None:
        self.state = "on"

    def is_blacklisted(self) -> None:
        """Have complained to the carrier: texts are accepted, and never arrive."""
        self.state = "blacklisted"

    def refuses(self) -> None:
        """Have opted out with the provider, which then takes no more texts for them."""
        self.state = "refuses"
