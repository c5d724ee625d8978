"""What a stage forgets in the long run, so that a page that stays open for days does not fill the memory.

Stand-ins keep everything that ever passed, which is what tests ask them about. Whoever watches the page needs the
newest messages only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.sandbox.page.seats import seats
from bot.sandbox.stage import Stage

KEPT = 400
"""Messages of a window, so many more before some are forgotten."""
LINES_KEPT = 1000
_CHATS = ("_messages", "_lying", "messages", "chat", "pages", "toasts")
"""What lists of messages are called by those who have them."""
_LOGS = ("accepted", "refused", "calls", "all", "sent", "brought", "_brought", "entries", "jobs", "troubles")
"""What stand-ins call the lists of what passed."""
_PARTS = ("updates", "deliveries", "_callbacks", "pushes", "desk", "_desk", "account")
"""Parts of stand-ins that have such lists too."""


def trim(stage: Stage) -> int:
    """Forget what is old; return how many lines of the transcript were forgotten."""
    for kept in (*_chats(stage), *_logs(stage)):
        if len(kept) > 2 * KEPT:
            del kept[:-KEPT]
    _forget_printed(stage)
    gone = len(stage.lines) - LINES_KEPT if len(stage.lines) > 2 * LINES_KEPT else 0
    del stage.lines[:gone]
    return gone


def _chats(stage: Stage) -> Iterator[list[Any]]:
    for seat in seats(stage):
        sits: Any = seat.sits
        for owner in (
            sits,
            getattr(sits, "_chat", None),
            getattr(sits, "chat_", None),
            getattr(sits, "place", None),
        ):
            yield from _lists(owner, _CHATS)


def _logs(stage: Stage) -> Iterator[list[Any]]:
    for platform in stage.platforms.values():
        stand_in: Any = platform.stand_in
        for owner in (stand_in, *(getattr(stand_in, part, None) for part in _PARTS)):
            yield from _lists(owner, _LOGS)


def _lists(owner: Any, names: tuple[str, ...]) -> Iterator[list[Any]]:
    """Yield the lists that somebody has themselves: what a property makes anew is nothing to shorten."""
    for name in names:
        is_made_anew = isinstance(getattr(type(owner), name, None), property)
        found = None if owner is None or is_made_anew else getattr(owner, name, None)
        if isinstance(found, list):
            yield found


def _forget_printed(stage: Stage) -> None:
    for key, seen in stage.shown().items():
        printed = stage._printed.get(key, Counter())
        if len(printed) > 4 * KEPT:
            present = {(each.at, (*each.told_before, each.text)[0], len(each.told_before)) for each in seen}
            stage._printed[key] = Counter(
                {version: n for version, n in printed.items() if version in present}
            )
