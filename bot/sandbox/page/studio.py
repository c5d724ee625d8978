"""The studio behind the page: one stage at a time, one hand on it at a time, and whoever watches is told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from importlib import import_module
from typing import Any

from bot import observe
from bot.clock import Clock, MachineClock
from bot.sandbox.lessons import AS_STORIES
from bot.sandbox.page.telling import Telling
from bot.sandbox.page.trimming import trim
from bot.sandbox.page.wire import Exchange, Wire
from bot.sandbox.presets import PRESETS
from bot.sandbox.stage import Line, Stage, WentWrong
from bot.sandbox.stories import STORIES, Story
from locales.catalogue import LOCALES
from locales.text import Text, ct

PACE = timedelta(milliseconds=1600)
"""How long a story rests where something new can be read."""
TICK = timedelta(milliseconds=500)
"""How often a running clock moves on."""
SPEEDS = (0, 1, 60, 600)
PLAYED = (*PRESETS, *AS_STORIES, *STORIES)
"""Everything that can be played: companies, lessons, scenarios."""
FIRST = "day"
"""What plays when nobody chose anything."""
UNTOLD = frozenset({"platform", "turnout"})
"""Who says nothing in the captions that is not told there in words."""
PATIENCE = 2
"""Seconds that the bot waits for a platform here, so that one that hangs does not hold up whoever watches."""
RESTS_WITHIN = 3.0
"""Seconds that a story may take to come to a rest before it is broken off wherever it is."""
LONGEST_JUMP = timedelta(days=400)
CAPTIONS_KEPT = 400
"""Captions; older ones are forgotten."""

log = observe.logger("sandbox")


class Mistaken(ValueError):
    """Something that cannot be done here, in a sentence for whoever tried."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.msgid.format(**said.params))
        self.said = said


class Studio:
    """A stage that people watch and act on. Everything that changes it goes through `hands`."""

    def __init__(
        self,
        locale: str = "zh_Hans",
        pace: timedelta = PACE,
        clock: Clock | None = None,
        stories: Sequence[Story] = PLAYED,
    ) -> None:
        self.locale = locale
        self.pace = pace
        self.machine = clock or MachineClock()
        self.stories: Mapping[str, Story] = {story.name: story for story in stories}
        self.first = FIRST
        self.story: Story | None = None
        self.stage: Stage | None = None
        self.wire: Wire | None = None
        self.speed = 0
        self.outcome = ""
        """How the story ended: "" while it plays, `well`, or what went wrong."""
        self.trouble: Text | None = None
        """Why there is no stage, or why something on it broke off."""
        self.is_paused = False
        self.opened: set[str] = set()
        """Windows that somebody opened by hand."""
        self.looked: Any = None
        """The list that a visitor brought along, once it was looked at."""
        self.version = 0
        """Rises with everything that can be seen."""
        self._hands = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._goes_on = asyncio.Event()
        self._watchers: set[asyncio.Event] = set()
        self._playing: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._beginning: asyncio.Task[None] | None = None
        self.captions: deque[Line] = deque(maxlen=CAPTIONS_KEPT)
        """What was said and done, each time with what it meant after it."""
        self._lines_seen = 0
        self._telling = Telling()
        self._may_step = False
        self._is_held = False
        """Whether the stage is set, and the story waits for somebody who looks."""

    # -- what there is -------------------------------------------------------------------------------------

    @property
    def set_stage(self) -> Stage:
        """The stage; raises Mistaken when nothing was opened yet."""
        if self.stage is None:
            raise Mistaken(ct("sandbox", "Nothing is open yet: choose a scenario."))
        return self.stage

    @property
    def is_playing(self) -> bool:
        return self._playing is not None and not self._playing.done()

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

    def choose(self, name: str) -> None:
        """Have a story play first; raises Mistaken for one that there is not."""
        self.first = self._story(name).name if name else FIRST

    def _story(self, name: str) -> Story:
        if name not in self.stories:
            raise Mistaken(ct("sandbox", "There is no scenario {name}.", name=name[:60]))
        return self.stories[name]

    async def prepare(self) -> None:
        """Set the stage for what comes first, unless it is set or could not be; it plays when somebody looks."""
        async with self._opening:
            if self.stage is None and self.trouble is None:
                await self._open(self._story(self.first), plays=False)
                self._is_held = True

    def begin(self) -> None:
        """Have somebody look: what was prepared plays as soon as it can. Whoever looks need not wait for that."""
        if self._beginning is None:
            self._beginning = asyncio.create_task(self._begin())

    async def _begin(self) -> None:
        await self.prepare()
        if self._is_held and self.story is not None and self.stage is not None:
            self._is_held = False
            self._playing = asyncio.create_task(self._play(self.story, self.stage))
            self.touch()

    async def open(self, name: str, locale: str = "", *, plays: bool = True) -> None:
        """Clear everything away and set the stage for a story; raises Mistaken for one that there is not."""
        story = self._story(name)
        if locale and locale not in LOCALES:
            raise Mistaken(ct("sandbox", "There is no language {name}.", name=locale[:20]))
        async with self._opening:
            self.locale = locale or self.locale
            await self._open(story, plays=plays)

    async def _open(self, story: Story, *, plays: bool) -> None:
        await self.close()
        self._is_held = False
        self.story, self.outcome, self.is_paused, self._lines_seen = story, "", False, 0
        self.captions.clear()
        self._telling = Telling()
        self.touch()
        try:
            # What speaks with Telegram takes seconds to load, in which nobody is to wait for the page.
            await asyncio.to_thread(_load, story.on)
            stage = await story.open(self.locale, self._record, patience=PATIENCE)
        except Exception as error:  # whatever it is, whoever watches has to hear of it
            self._broke(error, ct("sandbox", "The stage cannot be set: {why}", why=_why(error)))
            return
        stage.beat = self._beat
        about = ct("caption", "What this shows: {about}", about=story.about)
        self.captions.append(Line(stage.clock.now(), "", stage.words(about)))
        self.stage, self._ticking = stage, asyncio.create_task(self._tick())
        if plays:
            self._playing = asyncio.create_task(self._play(story, stage))
        self.touch()

    def _record(self, clock: Clock) -> Wire:
        self.wire = Wire(clock, self.touch)
        return self.wire

    async def _play(self, story: Story, stage: Stage) -> None:
        async with self._hands:
            try:
                await story.play(stage)
                self.outcome = "well"
            except (WentWrong, LookupError, StopIteration, RuntimeError) as wrong:
                self.outcome = str(wrong) or "it did not go as it must"
            except Exception as error:
                self.outcome = _why(error)
                self._broke(error, ct("sandbox", "The scenario broke off: {why}", why=_why(error)))
        self.touch()

    def _broke(self, error: Exception, said: Text) -> None:
        log.warning("sandbox.broke", error=type(error).__name__)
        self.trouble = said
        self.touch()

    async def _beat(self) -> None:
        """Rest where something new can be read, with the hands off the stage, so that a visitor can act."""
        stage = self.stage
        has_news = stage is not None and await self._tell(stage)
        self.touch()
        if stage is None or asyncio.current_task() is not self._playing:
            return
        if not has_news and not self.is_paused:
            return
        self._hands.release()
        try:
            await self.machine.wait(self._goes_on, self.pace)
            while self.is_paused and not self._may_step:
                await self.machine.wait(self._goes_on, timedelta(hours=1))
        finally:
            self._may_step = False
            await self._hands.acquire()
            self._lines_seen -= trim(stage)

    async def _tell(self, stage: Stage) -> bool:
        """Take over what was said and done since, with what it meant; return whether there was anything."""
        fresh, self._lines_seen = stage.lines[self._lines_seen :], len(stage.lines)
        try:
            meant = await self._telling.fresh(stage)
        except Exception as error:  # a story goes on where a caption cannot be made
            log.warning("sandbox.caption_broke", error=type(error).__name__)
            meant = []
        self.captions.extend(line for line in fresh if line.who not in UNTOLD)
        self.captions.extend(Line(stage.clock.now(), "", stage.words(text)) for text in meant)
        return bool(fresh or meant)

    def pause(self) -> None:
        self.is_paused, self.speed = True, 0
        self.touch()

    def resume(self) -> None:
        self.is_paused = False
        self._goes_on.set()
        self.touch()

    def step(self) -> None:
        """Go on to the next thing that can be read, paused or not."""
        self._may_step = True
        self._goes_on.set()

    # -- acting --------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def hands(self) -> AsyncIterator[Stage]:
        """Act on the stage while nobody else does; whatever follows has happened when this ends.

        What cannot be done as things are, and whatever goes wrong, is raised as Mistaken.
        """
        async with self._hands:
            stage = self.set_stage
            try:
                yield stage
                await stage.settle()
                self._lines_seen -= trim(stage)
            except Mistaken:
                raise
            except LookupError as error:
                raise Mistaken(
                    ct("sandbox", "That cannot be done now: {why}", why=str(error)[:300])
                ) from error
            except Exception as error:
                log.warning("sandbox.broke", error=type(error).__name__)
                raise Mistaken(ct("sandbox", "That did not work: {why}", why=_why(error))) from error
            finally:
                self.touch()

    async def act(self, doing: Callable[[Stage], Awaitable[object]]) -> None:
        async with self.hands() as stage:
            await doing(stage)

    def exchange(self, number: int) -> Exchange:
        """Return a request that was recorded; raises Mistaken for one that is forgotten."""
        found = self.wire.get(number) if self.wire is not None else None
        if found is None:
            raise Mistaken(ct("sandbox", "That request is forgotten already."))
        return found

    async def replay(
        self, found: Exchange, changes: Mapping[str, str] | None = None, query: str | None = None
    ) -> int:
        """Send a recorded request to the product once more, byte for byte but for the headers and query given.

        Returns the status it is answered with; raises Mistaken for what the product itself sent.
        """
        if found.direction != "in":
            raise Mistaken(ct("sandbox", "Only what platforms sent can be sent again."))
        headers = {
            name: value for name, value in found.headers.items() if name not in ("host", "content-length")
        } | dict(changes or {})
        asked = found.query if query is None else query
        async with self.hands() as stage:
            answer = await stage.http.request(
                found.method,
                f"{stage.base}{found.path}{'?' if asked else ''}{asked}",
                headers=headers,
                content=found.body,
            )
        return answer.status_code

    # -- time ----------------------------------------------------------------------------------------------

    async def passes(self, span: timedelta) -> None:
        """Let time pass; everything that falls due on the way happens."""
        if span > LONGEST_JUMP:
            raise Mistaken(ct("sandbox", "Time passes by a year at most."))
        await self.act(lambda stage: stage.until(stage.clock.now() + span))

    async def to_next(self) -> None:
        """Go to the next instant at which something is due; raises Mistaken when nothing is planned."""
        async with self.hands() as stage:
            at = await stage.app.pumps.next_at()
            if at is None:
                raise Mistaken(ct("sandbox", "Nothing is planned."))
            await stage.until(max(at, stage.clock.now()))

    def run_at(self, speed: int) -> None:
        """Let the clock run so many times as fast as ours, 0 to stop it; raises Mistaken for another speed."""
        if speed not in SPEEDS:
            raise Mistaken(ct("sandbox", "The clock runs at 0, 1, 60 or 600."))
        self.speed = speed
        self.touch()

    async def _tick(self) -> None:
        while True:
            await self.machine.wait(asyncio.Event(), TICK)
            if self.speed and not self.is_playing:
                try:
                    await self.passes(TICK * self.speed)
                except Mistaken as mistaken:
                    self.speed, self.trouble = 0, mistaken.said
                    self.touch()

    # -- the end -------------------------------------------------------------------------------------------

    async def end(self) -> None:
        """Strike the stage for good, also while it is still being set."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.gather(self._beginning, return_exceptions=True)
        await self.close()

    async def _comes_to_rest(self) -> bool:
        """Take the hands off the stage as soon as whoever has them rests; return False when that takes too long."""
        try:
            await asyncio.wait_for(self._hands.acquire(), RESTS_WITHIN)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Strike the stage; what was going on is broken off."""
        tasks = [task for task in (self._playing, self._ticking) if task is not None]
        # Where a story rests, nothing is broken off that the database has begun.
        rests = await self._comes_to_rest()
        for task in tasks:
            task.cancel()
        if rests:
            self._hands.release()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._playing = self._ticking = None
        async with self._hands:
            stage, self.stage, self.wire, self.speed = self.stage, None, None, 0
            self.trouble = None
            self.opened.clear()
            self.looked = None
        if stage is not None:
            await stage.close()


def _load(platforms: Sequence[str]) -> None:
    """Load what speaks with platforms, which otherwise loads when it is first used."""
    for name in platforms:
        with suppress(ModuleNotFoundError):
            import_module(f"channels.{name}.wire")


def _why(error: Exception) -> str:
    """Return what went wrong in one line, with nothing of where."""
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}".rstrip(": ")
