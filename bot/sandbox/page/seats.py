"""Who sits before which window: people with an app, people with a browser, and groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.sandbox.pages import Page
from bot.sandbox.people import Seen, Someone
from bot.sandbox.slack import SlackChannel
from bot.sandbox.stage import Stage
from bot.sandbox.telegram import Group
from bot.sandbox.visitor import Typed, Visitor
from bot.sandbox.wecom import WeComGroup

Place: TypeAlias = Group | SlackChannel | WeComGroup
"""Where several people read the same."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody before a window, or a group that a window shows."""

    name: str
    where: str
    """The platform, `page` for a browser."""
    sits: Someone | Place

    @property
    def key(self) -> str:
        return f"{self.where}:{self.name}"

    @property
    def person(self) -> Someone | None:
        return None if isinstance(self.sits, Place) else self.sits

    @property
    def messages(self) -> Sequence[Seen | Page | Typed]:
        if isinstance(self.sits, Visitor):
            return self.sits.pages
        return self.sits.chat


def seats(stage: Stage) -> Iterator[Seat]:
    """Yield every seat, in the order in which people came; groups come last."""
    known: set[tuple[str, str]] = set()
    for (name, where), someone in stage.people.items():
        found = (
            [Seat(name, "page", someone), Seat(name, where, someone.inbox)]
            if isinstance(someone, Visitor)
            else [Seat(name, where, someone)]
        )
        for seat in reversed(found):
            is_inbox_of_another = seat.where == "page" and not isinstance(seat.sits, Visitor)
            if (name, seat.where) not in known and not is_inbox_of_another:
                known.add((name, seat.where))
                yield seat
    for (name, where), group in stage.groups.items():
        yield Seat(name, where, group)
