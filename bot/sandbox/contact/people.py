"""People on personal WeChat who add an employee: what stands in their chat, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.sandbox.wecom.markup import read_text

if TYPE_CHECKING:
    from bot.sandbox.contact.book import Book


@dataclass(slots=True, eq=False)
class Shown:
    """A message of a chat between somebody and an employee; of those only the welcome is ours."""

    at: datetime
    sender: str | None
    """Whoever wrote it; None for the app, in the employee's name."""
    text: str
    opens: dict[str, str] = field(default_factory=dict)
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return [*self.opens]

    @property
    def presses(self) -> dict[str, str]:
        """Nothing can be pressed here."""
        return {}


def as_shown(at: datetime, sender: str | None, text: str) -> Shown:
    """Return words as they stand there: tags mean nothing, and bare addresses lead somewhere."""
    return Shown(at, sender, text, {url: url for url in read_text(text)[1] if url.startswith("http")})


def as_link(at: datetime, link: Mapping[str, Any]) -> Shown:
    """Return a card that leads somewhere."""
    words = "\n".join(filter(None, (link["title"], link.get("desc"))))
    return Shown(at, None, words, {str(link["title"]): str(link["url"])})


class ContactPerson:
    """Somebody on personal WeChat; `external_userid` is who they are to the company."""

    def __init__(self, book: Book, name: str, external_userid: str) -> None:
        self._book = book
        self.name = name
        self.external_userid = external_userid
        self.chat: list[Shown] = []
        """What stands between them and the employees they added, oldest first."""
        self.toasts: list[str] = []
        """Nothing flashes up here."""
        self.knows: set[str] = set()
        """Userids of employees whom they have added, and who have them."""
        self.is_talking = False
        """Whether anything was said after they came, beside the employee's automatic greeting."""

    @property
    def last(self) -> Shown:
        """The newest message of the app."""
        return next(message for message in reversed(self.chat) if message.is_of_bot)

    async def scans(self, code: str) -> str:
        """Scan the picture at an address, and add the employee it stands for; returns the callback's id."""
        return self._book.added(self, code)

    async def says(self, text: str) -> None:
        """Write to the employee, of which no app is told."""
        self.is_talking = True
        self.chat.append(as_shown(self._book.clock.now(), self.name, text))

    async def presses(self, label: str, *, on: Any = None) -> None:
        raise LookupError(f"{self.name} finds nothing to press: it is a chat with a person")

    async def deletes(self, userid: str) -> str:
        """Delete an employee; returns the callback's id."""
        return self._book.left(self, userid, "del_follow_user")
