"""Every kind of message there is, as the stories say it: for previews, golden files and the README."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.stage import Stage
from bot.sandbox.stories import STORIES
from channels.base import Caps, Envelope
from conversations.messages import Link, Message
from locales.text import Reader
from store import outbox

_EVERYTHING = 10_000


@dataclass(frozen=True, slots=True)
class Example:
    """A message as some story said it, and when."""

    message: Message
    said_at: datetime

    @property
    def kind(self) -> str:
        return self.message.kind

    def envelope(self, locale: str, zone: str, caps: Caps) -> Envelope:
        """Return an envelope in which the message can be rendered on a route."""
        values = {press.action: f"v1.{n}.example" for n, press in enumerate(self.message.presses, 1)}
        links = [action.to for action in self.message.actions if isinstance(action, Link)]
        urls = {
            to: to if ":" in to and not to.startswith("invite:") else "https://turnout.example.com/go/…"
            for to in links
        }
        return Envelope(
            Reader(locale, zone, self.said_at), f"{caps.route}.main", "1001", values=values, urls=urls
        )


async def examples() -> list[Example]:
    """Play every story and return the fullest message of each kind, in the order of the kinds' names."""
    found: dict[str, Example] = {}
    for story in STORIES:
        async with await Stage.open("en", story.policy) as stage:
            await story.play(stage)
            async with stage.app.db.read() as tx:
                rows = await outbox.listing(tx, limit=_EVERYTHING)
        for row in sorted(rows, key=lambda row: row.sequence):
            example = Example(row.message, row.created_at)
            known = found.get(row.kind)
            if known is None or _fullness(example.message) > _fullness(known.message):
                found[row.kind] = example
    return [found[kind] for kind in sorted(found)]


def _fullness(message: Message) -> tuple[int, int]:
    return len(message.actions), len(message.blocks)
