"""Every kind of message there is, as the stories say it: for previews, golden files and the README."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.sandbox.stage import COMPANY_ZONE
from bot.sandbox.stories import CAST, STORIES, Story
from bot.web.my.mine import TOAST
from channels.base import Caps, Envelope
from conversations.messages import Link, Message
from locales.text import Reader
from store import interviews, outbox
from store.codec import message_from, message_text
from store.db import Tx
from store.outbox import OutboxRow

_EVERYTHING = 10_000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BLOB = re.compile(r"sha256:[0-9a-f]{64}|invite:[a-z_]+:[0-9a-f-]{36}")
_CODE = re.compile(r'"\d{6}"')
"""One-time codes, which are whole values."""
_SENTENCES = frozenset({"msgid", "plural"})
_CHINESE = re.compile("|".join(sorted(map(re.escape, CAST), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Example:
    """A message as some story said it, and when."""

    message: Message
    said_at: datetime
    is_candidates: bool = False
    """Whether it was said to a candidate about their interview, who has a page for it."""

    @property
    def kind(self) -> str:
        return self.message.kind

    def told_in(self, locale: str) -> Message:
        """Return the message with the people of the story as they are called in a language."""
        if locale != "zh_Hans":
            return self.message
        return message_from(json.dumps(_in_chinese(json.loads(message_text(self.message)))))

    def envelope(self, locale: str, caps: Caps) -> Envelope:
        """Return an envelope in which the message can be rendered on a route."""
        values = {press.action: f"v1.{n}.example" for n, press in enumerate(self.message.presses, 1)}
        links = [action.to for action in self.message.actions if isinstance(action, Link)]
        pages = ("my", "stop") if self.is_candidates else ()
        urls = {to: _opened(to, caps) for to in (*pages, *links)}
        reader = Reader(locale, COMPANY_ZONE, self.said_at)
        return Envelope(reader, f"{caps.route}.main", "10001", values=values, urls=urls)


async def examples() -> list[Example]:
    """Play what says something new and return the fullest message of each kind, in the order of their names.

    It is the same whenever it is played: ids are numbered in the order in which a message names them.
    """
    found: dict[str, Example] = {}
    # The sample list of the day has people of its own; everywhere else they are called as the reader is used to.
    telling = [story for story in STORIES if not story.says_nothing_new]
    for story in sorted(telling, key=lambda story: story.name == "day"):
        for example in await _told(story):
            known = found.get(example.kind)
            if known is None or _fullness(example.message) > _fullness(known.message):
                found[example.kind] = example
    return [replace(found[kind], message=_numbered(found[kind].message)) for kind in sorted(found)]


async def _told(story: Story) -> Iterable[Example]:
    """Play one story and return everything that was said in it, in order."""
    async with await story.open("en") as stage:
        await story.play(stage)
        async with stage.app.db.read() as tx:
            rows = await outbox.listing(tx, limit=_EVERYTHING)
            return [
                Example(row.message, row.created_at, await _is_candidates(tx, row))
                for row in sorted(rows, key=lambda row: row.sequence)
                if row.kind != TOAST
            ]


async def _is_candidates(tx: Tx, row: OutboxRow) -> bool:
    interview = await interviews.get(tx, row.interview) if row.interview else None
    return interview is not None and interview.person == row.to_person


def _fullness(message: Message) -> tuple[int, int, int]:
    """Return how much a message holds: things to tap, blocks, words and values."""
    return len(message.actions), len(message.blocks), message_text(message).count('"')


def _in_chinese(value: Any, key: str = "") -> Any:
    """Return a message's data with names and sayings in Chinese; sentences of ours have their translations."""
    match value:
        case dict():
            return {name: _in_chinese(item, name) for name, item in value.items()}
        case list():
            return [_in_chinese(item, key) for item in value]
        case str() if key not in _SENTENCES:
            return _CHINESE.sub(lambda found: CAST[found[0]], value)
    return value


def _numbered(message: Message) -> Message:
    """Return a message whose random ids are numbers, and whose codes are always the same."""
    seen: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], str(UUID(int=len(seen) + 1)))

    text = _CODE.sub('"135790"', _UUID.sub(number, message_text(message)))
    return message_from(_BLOB.sub("sha256:" + "0" * 64, text))


def _opened(to: str, caps: Caps) -> str:
    """Return where a link of a message leads in a preview; as long as true ones where length is money."""
    match to.partition(":")[0]:
        case "my" if caps.text_unit == "segments":
            return f"https://turnout.example.com/my/{'3f9d' * 12}.{'3f9d' * 4}"
        case "go" | "my" | "stop" | "check":
            return f"https://turnout.example.com/{to}/3f9d"
        case "invite":
            return "https://t.me/turnout_bot?start=3f9d"
    return to
