"""The people and groups on the sandbox's Telegram: what they see, and what they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.telegram.rules import part

_PRESSES = 3 << 33
"""Presses have a queue of their own, beside the chat's (WebhookActor.cpp in tdlib/telegram-bot-api)."""

Tell = Callable[[str, Mapping[str, Any], int], int]
"""Bring an update of a kind to the bot, in a queue; returns its number."""


@dataclass(slots=True)
class Shown:
    """A message in a chat, as it is now."""

    id: int
    at: datetime
    sender: Person | None
    """None for the bot."""
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    document: str | None = None
    """The name of a file that came with it."""
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    """What it said before it was edited, oldest first."""
    thread: int | None = None
    answers: int | None = None
    """The message that it is an answer to."""
    is_deleted: bool = False

    @property
    def is_of_bot(self) -> bool:
        return self.sender is None

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for row in self.rows for button in row]

    @property
    def presses(self) -> dict[str, str]:
        """What buttons bring back, by label."""
        return self._of_buttons("callback_data")

    @property
    def opens(self) -> dict[str, str]:
        """Where buttons lead, by label."""
        return self._of_buttons("url")

    def _of_buttons(self, kind: str) -> dict[str, str]:
        return {button["text"]: button[kind] for row in self.rows for button in row if kind in button}

    def button(self, label: str) -> dict[str, Any] | None:
        return next((button for row in self.rows for button in row if button["text"] == label), None)

    def marked(self, kind: str) -> list[str]:
        """Return what is shown as `bold`, `mention`, `date_time` …"""
        return [
            part(self.text, each["offset"], each["length"]) for each in self.entities if each["type"] == kind
        ]

    @property
    def live(self) -> list[tuple[str, datetime]]:
        """Return the countdowns: their words, and the instants that clients count to."""
        return [
            (
                part(self.text, each["offset"], each["length"]),
                datetime.fromtimestamp(each["unix_time"], self.at.tzinfo),
            )
            for each in self.entities
            if each["type"] == "date_time" and each["date_time_format"] == "r"
        ]


@dataclass(slots=True)
class Chat:
    """A private chat or a group, with everything said in it."""

    id: int
    title: str
    is_private: bool
    members: list[Person] = field(default_factory=list)
    messages: list[Shown] = field(default_factory=list)
    is_open: bool = False
    """Whether the bot may write: the person came, or the bot is a member."""
    is_blocked: bool = False
    is_deactivated: bool = False
    topics: frozenset[int] = frozenset()
    moved_to: int | None = None

    @property
    def seen(self) -> list[Shown]:
        return [message for message in self.messages if not message.is_deleted]

    def find(self, number: int) -> Shown | None:
        return next((message for message in self.seen if message.id == number), None)

    def newest(self, label: str) -> Shown:
        """Return the newest message with a button of this label."""
        for message in reversed(self.seen):
            if message.button(label):
                return message
        there = [message.buttons for message in self.seen if message.rows]
        raise LookupError(f"{self.title} shows no button {label!r}; there are {there}")

    def described(self) -> dict[str, Any]:
        if self.is_private:
            return {"id": self.id, "type": "private", "first_name": self.title}
        return {"id": self.id, "type": "supergroup", "title": self.title}


class Doings:
    """What people do, and how the bot comes to know."""

    def __init__(self, now: Callable[[], datetime], tell: Tell, username: str) -> None:
        self.now = now
        self.tell = tell
        self.username = username
        self.presses: dict[str, tuple[datetime, Person, bool]] = {}
        """Callback queries by id: when, whose, and whether they were answered."""
        self._numbers = 100

    def number(self) -> int:
        self._numbers += 1
        return self._numbers

    def unix(self) -> int:
        return int(self.now().timestamp())

    def bot(self) -> dict[str, Any]:
        return {"id": 1, "is_bot": True, "first_name": "bot", "username": self.username}

    def membership(self, chat: Chat, by: Person, before: str, after: str) -> int:
        """Tell the bot that its place in a chat has changed."""

        def member(status: str) -> dict[str, Any]:
            return {"user": self.bot(), "status": status} | ({"until_date": 0} if status == "kicked" else {})

        change = {
            "chat": chat.described(),
            "from": by.described(),
            "date": self.unix(),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
        return self.tell("my_chat_member", change, chat.id)


class Person:
    """Somebody with Telegram on their phone."""

    def __init__(self, doings: Doings, chat: Chat, language_code: str | None, username: str | None) -> None:
        self._doings = doings
        self._chat = chat
        self.id = chat.id
        self.name = chat.title
        self.language_code = language_code
        self.username = username
        self.toasts: list[str] = []
        """What flashed over the chat after presses."""

    @property
    def chat(self) -> list[Shown]:
        """What stands in the chat with the bot, oldest first, edits applied."""
        return self._chat.seen

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        return next(message for message in reversed(self.chat) if message.sender is None)

    @property
    def is_blocked(self) -> bool:
        """Whether they have blocked the bot."""
        return self._chat.is_blocked

    def described(self) -> dict[str, Any]:
        found = {"id": self.id, "is_bot": False, "first_name": self.name}
        optional = {"language_code": self.language_code, "username": self.username}
        return found | {key: value for key, value in optional.items() if value}

    async def open_link(self, url: str) -> int:
        """Follow a link to the bot and tap START."""
        form = (
            rf"(?:https?://t\.me/|tg://resolve\?domain=){self._doings.username}(?:[?&]start=([\w-]{{0,64}}))?"
        )
        found = re.fullmatch(form, url, re.ASCII | re.IGNORECASE)
        if found is None:
            raise ValueError(f"this does not lead to @{self._doings.username}: {url}")
        return await self.starts(found[1] or "")

    async def starts(self, token: str = "") -> int:
        """Tap START, with what a deep link carried."""
        if self._chat.is_blocked:
            await self.unblocks()
        self._chat.is_open = True
        return await self.says(f"/start {token}".strip())

    async def says(
        self, text: str, *, to: Group | None = None, about: Shown | None = None, **more: Any
    ) -> int:
        """Write something; to the bot itself, or in a group, where it hears only what is meant for it."""
        chat = self._where(to)
        shown = self._add(chat, text)
        message = {**self._message(chat, shown), "text": text, **more}
        if about is not None:
            message["reply_to_message"] = self._answered(chat, about)
        at_us = f"@{self._doings.username}".lower() in text.lower()
        is_answer = about is not None and about.sender is None
        # Privacy mode, which is on unless @BotFather was told otherwise.
        if not chat.is_private and not (text.startswith("/") or at_us or is_answer):
            return 0
        return self._doings.tell("message", message, chat.id)

    async def sends(
        self, kind: str, caption: str = "", data: bytes = b"", about: Shown | None = None, **content: Any
    ) -> int:
        """Send a `voice`, `photo`, `document` … to the bot, which can fetch its bytes if there are any."""
        shown = self._add(self._chat, caption, document=kind)
        shown.data = data
        file = {"file_id": f"file-{shown.id}", "file_unique_id": f"u{shown.id}", **content}
        message = {**self._message(self._chat, shown), kind: [file] if kind == "photo" else file}
        if about is not None:
            message["reply_to_message"] = self._answered(self._chat, about)
        return self._doings.tell(
            "message", {**message, **({"caption": caption} if caption else {})}, self._chat.id
        )

    def _answered(self, chat: Chat, about: Shown) -> dict[str, Any]:
        by = {"chat": chat.described(), "from": self._doings.bot()}
        return {"message_id": about.id, "date": self._doings.unix(), **by, "text": about.text}

    async def edits(self, shown: Shown, text: str) -> int:
        """Change a message of theirs; the bot is told, with when it was written and when it was changed."""
        shown.text = text
        dated = {"date": int(shown.at.timestamp()), "edit_date": self._doings.unix()}
        message = {**self._message(self._chat, shown), **dated, "text": text}
        return self._doings.tell("edited_message", message, self._chat.id)

    async def sends_file(self, name: str, data: bytes, caption: str = "") -> int:
        """Send a file as a document; the bot can fetch what is in it."""
        number = await self.sends("document", caption, file_name=name, file_size=len(data))
        shown = self._chat.messages[-1]
        shown.document, shown.data = name, data
        return number

    async def presses(self, label: str, *, on: Shown | None = None, to: Group | None = None) -> int:
        """Tap a button by its label, on the newest message that has it."""
        chat = self._where(to)
        shown = on or chat.newest(label)
        button = shown.button(label)
        if button is None or "callback_data" not in button:
            raise LookupError(f"{label!r} is nothing to press there; it opens {(button or {}).get('url')}")
        query = f"{self.id}{self._doings.number()}"
        self._doings.presses[query] = (self._doings.now(), self, False)
        message = {
            "message_id": shown.id,
            "date": int(shown.at.timestamp()),
            "chat": chat.described(),
            "text": shown.text,
            "reply_markup": {"inline_keyboard": shown.rows},
        }
        press = {"id": query, "from": self.described(), "message": message, "chat_instance": str(chat.id)}
        return self._doings.tell(
            "callback_query", {**press, "data": button["callback_data"]}, self.id + _PRESSES
        )

    def opens(self, label: str, *, on: Shown | None = None) -> str:
        """Tap a button that opens something, and return the address."""
        shown = on or self._chat.newest(label)
        button = shown.button(label)
        if button is None or "url" not in button:
            raise LookupError(f"{label!r} opens nothing there")
        return str(button["url"])

    async def blocks(self) -> int:
        """Block the bot."""
        self._chat.is_blocked = True
        return self._membership("member", "kicked")

    async def unblocks(self) -> int:
        self._chat.is_blocked = False
        return self._membership("kicked", "member")

    def deletes_account(self) -> None:
        """Leave Telegram."""
        self._chat.is_deactivated = True

    def _membership(self, before: str, after: str) -> int:
        return self._doings.membership(self._chat, self, before, after)

    def _where(self, group: Group | None) -> Chat:
        if group is None:
            return self._chat
        if self not in group.members:
            raise LookupError(f"{self.name} is not in {group.title}")
        return group.chat_

    def _add(self, chat: Chat, text: str, document: str | None = None) -> Shown:
        shown = Shown(self._doings.number(), self._doings.now(), self, text, document=document)
        chat.messages.append(shown)
        if chat.is_private:
            chat.is_open = True
        return shown

    def _message(self, chat: Chat, shown: Shown) -> dict[str, Any]:
        return {
            "message_id": shown.id,
            "from": self.described(),
            "chat": chat.described(),
            "date": int(shown.at.timestamp()),
        }


class Group:
    """A group that the bot is a member of."""

    def __init__(self, doings: Doings, chat: Chat) -> None:
        self._doings = doings
        self.chat_ = chat
        self.id = chat.id
        self.title = chat.title

    @property
    def members(self) -> list[Person]:
        return self.chat_.members

    @property
    def chat(self) -> list[Shown]:
        """What stands in the group, oldest first, edits applied."""
        return self.chat_.seen

    @property
    def last(self) -> Shown:
        """The newest message of the bot."""
        return next(message for message in reversed(self.chat) if message.sender is None)

    async def throws_out(self, by: Person) -> int:
        """Remove the bot."""
        self.chat_.is_open = False
        return self._doings.membership(self.chat_, by, "member", "kicked")

    def becomes_supergroup(self, new_id: int) -> None:
        """Take another id, as groups do when they grow."""
        self.chat_.moved_to = new_id
