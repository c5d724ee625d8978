"""The only reader of the machine's time; everything else is handed `now`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time and lets time pass."""

    def now(self) -> datetime:
        """Return this instant, aware UTC."""

    async def wait(self, wake: asyncio.Event, at_most: timedelta) -> None:
        """Return when `wake` is set or the span is over, whichever is first; clears `wake`."""


class MachineClock:
    """The machine's own time; spans are measured by the monotonic clock, so that a jump cannot stretch them."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, wake: asyncio.Event, at_most: timedelta) -> None:
        try:
            async with asyncio.timeout(max(0.0, at_most.total_seconds())):
                await wake.wait()
        except TimeoutError:
            return
        wake.clear()


class VirtualClock:
    """Time that stands still until it is moved: for the sandbox and for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def set(self, to: datetime) -> None:
        self._now = to

    def advance(self, by: timedelta) -> None:
        self._now += by

    async def wait(self, wake: asyncio.Event, at_most: timedelta) -> None:
        await wake.wait()
        wake.clear()
