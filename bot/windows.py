"""Routes that are open only for a while: which one a message takes, and what the ledger of places says after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from bot.clock import Clock
from bot.commit import GroupCommit
from channels.base import Caps, NotDelivered, Window
from conversations.events import Event
from store import windows
from store.db import Tx
from store.outbox import OutboxRow


def windowed(caps: Caps) -> Caps | None:
    """Return the route that needs an open window: the account's only one, or the better of two."""
    return caps if caps.proactive == "window" else caps.in_window


async def note_opened(tx: Tx, event: Event, caps: Caps | None) -> None:
    """Record the window that somebody opened by what they did, as the route's documentation grants it."""
    route = windowed(caps) if caps is not None else None
    if route is None or not event.opens or event.account is None or event.chat is None:
        return
    for window in route.windows:
        if window.opened_by == event.opens:
            await _open(tx, event, window)


async def _open(tx: Tx, event: Event, window: Window) -> None:
    account, chat = event.account or "", event.chat or ""
    expires_at = event.at + window.lasts
    await windows.open_window(tx, account, chat, window.opened_by, event.at, expires_at, window.count)


class Windows:
    """Takes a place in a window before a message is sent, and gives it back only when it was surely refused."""

    def __init__(self, commits: GroupCommit, clock: Clock) -> None:
        self._commits = commits
        self._clock = clock
        self._taken: dict[UUID, list[UUID]] = {}
        """Windows by outbox row, one for each place. What a kill leaves here stays taken: it may have been sent."""

    async def choose(self, row: OutboxRow, caps: Caps) -> Caps:
        """Return the route a message takes now; raises NotDelivered `closed` when its only one is shut."""
        route = windowed(caps)
        if route is None:
            return caps
        now = self._clock.now()
        place = await self._commits.run(lambda tx: windows.reserve(tx, row.account, row.chat, now))
        if place is not None:
            self._taken[row.id] = [place]
            return route
        if route is caps:
            raise NotDelivered("closed", "no window is open")
        return caps

    async def hold(self, row: OutboxRow, calls: int, caps: Caps) -> bool:
        """Take a place for each call of a message beyond the first; tell whether it takes this route.

        It does not when there are too few and the account has another route: half a message helps nobody.
        """
        places = self._taken.get(row.id, [])
        now = self._clock.now()
        while places and len(places) < calls:
            place = await self._commits.run(lambda tx: windows.reserve(tx, row.account, row.chat, now))
            if place is None:
                if caps.in_window is None:
                    return True
                await self._give_back(self._taken.pop(row.id))
                return False
            places.append(place)
        return True

    async def _give_back(self, places: Sequence[UUID]) -> None:
        for place in places:
            await self._commits.run(partial(windows.give_back, window=place))

    def sent(self, row: OutboxRow) -> None:
        self._taken.pop(row.id, None)

    async def refused(self, row: OutboxRow, error: NotDelivered, caps: Caps) -> NotDelivered:
        """Return the error as it counts once the ledger is right.

        When the platform says that a window is shut which the ledger thought open, its word holds, and an account
        with another route takes that one at once.
        """
        places = self._taken.pop(row.id, [])
        if not places or error.why == "in_doubt":
            return error
        if error.why != "closed":
            await self._give_back(places[error.accepted :])
            return error
        await self._commits.run(lambda tx: windows.close_windows(tx, row.account, row.chat))
        if caps.in_window is None:
            return error
        return NotDelivered("busy", error.detail, retry_after=timedelta(0))
