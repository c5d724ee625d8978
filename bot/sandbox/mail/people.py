"""People with a mailbox: what lies in it, what they answer, and what their calendar makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, Protocol

import icalendar

from bot.sandbox.mail.composing import Client, away, bounce, complaint, reply


@dataclass(slots=True)
class Received:
    """A mail as its reader sees it."""

    at: datetime
    mail: EmailMessage
    raw: bytes
    text: str
    html: str
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    """A mail stays as it came."""

    @property
    def is_of_bot(self) -> bool:
        return True

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"]).strip()

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def unsubscribe(self) -> str | None:
        """The address of the one-click unsubscription (RFC 8058)."""
        return str(self.mail["List-Unsubscribe"]).strip("<>") if self.mail["List-Unsubscribe-Post"] else None

    @property
    def buttons(self) -> list[str]:
        return list(self.opens)

    @property
    def presses(self) -> dict[str, str]:
        return {}

    @property
    def opens(self) -> dict[str, str]:
        """Where the links of its HTML lead, by label."""
        return links_of(self.html)


@dataclass(slots=True)
class Written:
    """A mail that somebody wrote to the bot."""

    at: datetime
    text: str
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    presses: dict[str, str] = field(default_factory=dict)
    opens: dict[str, str] = field(default_factory=dict)

    @property
    def is_of_bot(self) -> bool:
        return False


class Post(Protocol):
    """The way back from a mailbox to the bot."""

    def bring(self, mail: EmailMessage) -> int: ...


class MailPerson:
    """Somebody with a mailbox."""

    def __init__(
        self, name: str, address: str, now: Callable[[], datetime], post: Post, client: Client
    ) -> None:
        self.name = name
        self.address = address
        self.client = client
        """Which mail program they use: it quotes in its own way."""
        self.toasts: list[str] = []
        self.refusal: str | None = None
        """What their server answers to whoever writes to them; None takes the mail."""
        self._now = now
        self._post = post
        self._lying: list[Received | Written] = []
        self._answers = 0

    @property
    def chat(self) -> list[Received | Written]:
        """What lies in the mailbox, oldest first; a mail that came twice under one Message-ID is seen once."""
        seen: set[str] = set()
        shown: list[Received | Written] = []
        for each in self._lying:
            if isinstance(each, Received):
                if each.message_id in seen:
                    continue
                seen.add(each.message_id)
            shown.append(each)
        return shown

    @property
    def mails(self) -> list[Received]:
        """What came, oldest first."""
        return [each for each in self.chat if isinstance(each, Received)]

    @property
    def last(self) -> Received:
        if not self.mails:
            raise LookupError(f"{self.name} has no mail")
        return self.mails[-1]

    @property
    def calendar(self) -> dict[str, datetime]:
        """What stands in their calendar: the start of each entry, by its UID.

        A file changes an entry only when its SEQUENCE is higher (RFC 5546, 2.1.4).
        """
        known: dict[str, tuple[int, datetime | None]] = {}
        for mail in self.mails:
            if not (mail.document or "").endswith(".ics"):
                continue
            calendar = icalendar.Calendar.from_ical(mail.data)
            is_off = str(calendar.get("METHOD")) == "CANCEL"
            for event in calendar.events:
                start = event.start if isinstance(event.start, datetime) and not is_off else None
                if event.uid not in known or event.sequence > known[event.uid][0]:
                    known[event.uid] = (event.sequence, start)
        return {uid: start for uid, (_, start) in known.items() if start is not None}

    def gets(self, mail: Received) -> None:
        """Find a mail in the mailbox."""
        self._lying.append(mail)

    # -- what they do ---------------------------------------------------------------------------------------

    async def says(self, text: str, *, about: Received | None = None) -> int:
        """Answer the newest mail, or a certain one, as their mail program does it."""
        answered = about or self.last
        self._lying.append(Written(self._now(), text))
        return self._post.bring(
            reply(self.client, answered.mail, self.name, self.address, text, self._named())
        )

    async def presses(self, label: str, *, on: Any = None) -> int:
        raise LookupError(f"nothing in a mail can be pressed; {label!r} is a link, if anything")

    async def is_away(self, *, about: Received | None = None) -> int:
        """Have the mailbox answer by itself that they are away."""
        return self._post.bring(away((about or self.last).mail, self.address, self._named()))

    async def bounces(
        self,
        *,
        about: Received | None = None,
        status: str = "5.1.1",
        action: str = "failed",
        whole: bool = False,
    ) -> int:
        """Have their server report that a mail it took did not arrive after all."""
        named = self._named()
        return self._post.bring(bounce((about or self.last).mail, self.address, named, status, action, whole))

    async def complains(self, *, about: Received | None = None, kind: str = "abuse") -> int:
        """Press "this is spam"."""
        return self._post.bring(complaint((about or self.last).mail, self.address, self._named(), kind))

    def deletes_mailbox(self) -> None:
        self.refusal = f"550 5.1.1 <{self.address}>: Recipient address rejected: User unknown"

    def fills_mailbox(self) -> None:
        self.refusal = f"552 5.2.2 <{self.address}>: Mailbox full"

    def _named(self) -> tuple[str, datetime]:
        self._answers += 1
        local, _, domain = self.address.rpartition("@")
        return f"<answer-{self._answers}.{local}@{domain}>", self._now()


def links_of(html: str) -> dict[str, str]:
    """Return where the links of a document lead, by label; of two with one label, the first."""
    reader = _Links()
    reader.feed(html)
    reader.close()
    return reader.found


class _Links(HTMLParser):
    """Gathers links by their labels."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._href: str | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href, self._label = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href:
            self.found.setdefault(" ".join(self._label.split()), self._href)
            self._href = None
