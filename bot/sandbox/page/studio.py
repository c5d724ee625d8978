"""The studio behind the page: one stage at a time, one hand on it at a time, and whoever watches is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clock import Clock, MachineClock
from bot.sandbox.page.wire import Wire
from bot.sandbox.people import Seen, Someone
from bot.sandbox.stage import Line, Stage, WentWrong
from bot.sandbox.stories import STORIES, Story

PACE = timedelta(milliseconds=1600)
"""How long a story rests where something new can be read."""
TICK = timedelta(milliseconds=500)
"""How often a running clock moves on."""
SPEEDS = (0, 1, 60, 600)
FIRST = "day"
"""What plays when nobody chose anything."""


class Mistaken(ValueError):
    """Something that cannot be done here, in a sentence for whoever tried."""


class Studio:
    """A stage that people watch and act on. Everything that changes it goes through `hands`."""

    def __init__(self, locale: str = "zh_Hans", pace: timedelta = PACE, clock: Clock | None = None) -> None:
        self.locale = locale
        self.pace = pace
        self.machine = clock or MachineClock()
        self.story: Story | None = None
        self.stage: Stage | None = None
        self.wire: Wire | None = None
        self.speed = 0
        self.outcome = ""
        """How the story ended: "" while it plays, `well`, or what went wrong."""
        self.is_paused = False
        self.version = 0
        """Rises with everything that can be seen."""
        self._hands = asyncio.Lock()
        self._goes_on = asyncio.Event()
        self._watchers: set[asyncio.Event] = set()
        self._playing: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._lines_seen = 0

    # -- what there is -------------------------------------------------------------------------------------

    @property
    def set_stage(self) -> Stage:
        """The stage; raises Mistaken when nothing was opened yet."""
        if self.stage is None:
            raise Mistaken("nothing is open yet: choose a scenario")
        return self.stage

    @property
    def is_playing(self) -> bool:
        return self._playing is not None and not self._playing.done()

    @property
    def captions(self) -> Sequence[Line]:
        """What was told of the story so far."""
        return self.stage.lines if self.stage is not None else ()

    def window(self, key: str) -> tuple[Someone, str]:
        """Return who sits at a window, `platform:name`, and on which platform; raises Mistaken."""
        where, _, name = key.partition(":")
        person = self.set_stage.people.get((name, where))
        if person is None:
            raise Mistaken(f"there is nobody called {name} on {where}")
        return person, where

    def message(self, key: str, number: int) -> Seen:
        """Return a message of a window by its number, counted from 0; raises Mistaken."""
        person, _ = self.window(key)
        if not 0 <= number < len(person.chat):
            raise Mistaken(f"there is no message {number}")
        return person.chat[number]

    # -- who watches ---------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Have everybody who watches look again."""
        self.version += 1
        for watcher in self._watchers:
            watcher.set()

    async def watch(self) -> AsyncIterator[int]:
        """Yield the version now, and again whenever it has risen."""
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            while True:
                watcher.clear()
                yield self.version
                await watcher.wait()
        finally:
            self._watchers.discard(watcher)

    # -- playing -------------------------------------------------------------------------------------------

    async def open(self, name: str, locale: str = "", *, plays: bool = True) -> None:
        """Clear everything away and set the stage for a story; raises Mistaken for one that there is not."""
        story = next((story for story in STORIES if story.name == name), None)
        if story is None:
            raise Mistaken(f"there is no scenario {name}")
        await self.close()
        self.locale = locale or self.locale
        self.story, self.outcome, self.is_paused, self._lines_seen = story, "", False, 0
        self.stage = await story.open(self.locale, self._record)
        self.stage.beat = self._beat
        self._ticking = asyncio.create_task(self._tick())
        if plays:
            self._playing = asyncio.create_task(self._play(story, self.stage))
        self.touch()

    def _record(self, clock: Clock) -> Wire:
        self.wire = Wire(clock, self.touch)
        return self.wire

    async def _play(self, story: Story, stage: Stage) -> None:
        async with self._hands:
            try:
                await story.play(stage)
                self.outcome = "well"
            except (WentWrong, LookupError) as wrong:
                self.outcome = str(wrong) or "it did not go as it must"
        self.touch()

    async def _beat(self) -> None:
        """Rest where something new can be read, with the hands off the stage, so that a visitor can act."""
        self.touch()
        stage = self.stage
        if stage is None or asyncio.current_task() is not self._playing:
            return
        fresh, self._lines_seen = len(stage.lines) - self._lines_seen, len(stage.lines)
        if not fresh and not self.is_paused:
            return
        self._hands.release()
        try:
            await self.machine.wait(self._goes_on, self.pace)
            while self.is_paused:
                await self.machine.wait(self._goes_on, timedelta(hours=1))
        finally:
            await self._hands.acquire()

    def pause(self) -> None:
        self.is_paused, self.speed = True, 0
        self.touch()

    def resume(self) -> None:
        self.is_paused = False
        self._goes_on.set()
        self.touch()

    def step(self) -> None:
        """Go on to the next thing that can be read, paused or not."""
        self._goes_on.set()

    # -- acting --------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def hands(self) -> AsyncIterator[Stage]:
        """Act on the stage while nobody else does; whatever follows has happened when this ends."""
        async with self._hands:
            stage = self.set_stage
            yield stage
            await stage.settle()
        self.touch()

    async def act(self, doing: Callable[[Stage], Awaitable[object]]) -> None:
        async with self.hands() as stage:
            await doing(stage)

    async def says(self, key: str, text: str) -> None:
        person, _ = self.window(key)
        await self.act(lambda stage: stage.says(person, text))

    async def presses(self, key: str, number: int, label: str) -> None:
        person, _ = self.window(key)
        message = self.message(key, number)
        if label not in message.presses:
            raise Mistaken(f"that message has no button {label}")
        await self.act(lambda stage: stage.presses(person, label, message))

    async def replay(self, number: int) -> int:
        """Send a recorded request to the product once more, byte for byte; return the status it is answered with."""
        found = self.wire.get(number) if self.wire is not None else None
        if found is None or found.direction != "in":
            raise Mistaken("only what platforms sent can be sent again")
        headers = {
            name: value for name, value in found.headers.items() if name not in ("host", "content-length")
        }
        path = f"{found.path}?{found.query}" if found.query else found.path
        async with self.hands() as stage:
            answer = await stage.http.request(
                found.method, f"{stage.base}{path}", headers=headers, content=found.body
            )
        return answer.status_code

    # -- time ----------------------------------------------------------------------------------------------

    async def passes(self, span: timedelta) -> None:
        """Let time pass; everything that falls due on the way happens."""
        await self.act(lambda stage: stage.until(stage.clock.now() + span))

    async def to_next(self) -> None:
        """Go to the next instant at which something is due; raises Mistaken when nothing is planned."""
        async with self.hands() as stage:
            at = await stage.app.pumps.next_at()
            if at is None:
                raise Mistaken("nothing is planned")
            await stage.until(max(at, stage.clock.now()))

    def run_at(self, speed: int) -> None:
        """Let the clock run so many times as fast as ours, 0 to stop it; raises Mistaken for another speed."""
        if speed not in SPEEDS:
            raise Mistaken(f"the clock runs at {', '.join(map(str, SPEEDS))}")
        self.speed = speed
        self.touch()

    async def _tick(self) -> None:
        while True:
            await self.machine.wait(asyncio.Event(), TICK)
            if self.speed and not self.is_playing:
                await self.passes(TICK * self.speed)

    # -- the end -------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Strike the stage; what was going on is broken off."""
        tasks = [task for task in (self._playing, self._ticking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._playing = self._ticking = None
        stage, self.stage, self.wire, self.speed = self.stage, None, None, 0
        if stage is not None:
            await stage.close()
