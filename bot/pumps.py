"""The loops: timers become events, events are handled, and what is due in the outbox is sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot import jobs, observe
from bot.booking import Booking
from bot.clock import Clock
from bot.configuring import Configuring
from bot.delivery import Delivery
from bot.runtime import Handled, Runtime
from channels.base import Channel, NotDelivered
from conversations.effects import Answer
from conversations.events import Done, Due, Event
from locales.text import Reader
from store import inbox, outbox, timers
from store import jobs as job_rows
from store.db import Tx
from store.inbox import InboxRow
from store.jobs import Job

IN_FLIGHT = 8
"""Messages an account may have sent and not yet committed: the most that a kill can double."""
TRIES = 5
BATCH = 50
TOGETHER = 20
"""Events that share a transaction where there is one writer anyway: so long may an arriving one have to wait."""
IDLE = timedelta(seconds=5)
"""How long a loop sleeps at most: whatever was missed is found then."""
DRAIN = timedelta(seconds=25)

log = observe.logger("pumps")


class Pumps:
    """The embedded engine: one process does what is due. Each `…_once` does what there is and says how much."""

    def __init__(self, runtime: Runtime, delivery: Delivery, clock: Clock) -> None:
        self.runtime = runtime
        self.delivery = delivery
        self.clock = clock
        self.owner = uuid4().hex
        self.wake = {name: asyncio.Event() for name in ("timers", "inbox", "outbox", "jobs")}
        self._tasks: list[asyncio.Task[None]] = []
        self._answers: set[asyncio.Task[None]] = set()
        self._sends: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self._cursors: dict[str, str | None] = {}
        """How far each account that is pulled was read."""
        self._one_hand = asyncio.Lock()
        self._is_stopping = False
        self.ticked_at: datetime | None = None
        self.configuring: Configuring | None = None
        """Changes the configuration, where there is one to change."""
        self.booking: Booking | None = None
        """Takes lists in."""

    # -- one round of each -------------------------------------------------------------------------------

    async def decide(self, event: Event) -> tuple[Answer, Reader]:
        """Store an event and handle it at once, for whoever waits for what it leads to; seen before, it does nothing.

        When it cannot be handled now it waits in the inbox like any other, and the error is raised.
        """
        now = self.clock.now()
        try:
            async with self._one_hand, self.runtime.db.write() as tx:
                is_new = await inbox.put_done(tx, event, now)
                handled = await self.runtime.handle(tx, event) if is_new else Handled(event, None, None)
        except Exception:
            await self.runtime.receive([event])
            self.wake["inbox"].set()
            raise
        observe.EVENTS.labels(event.source, "handled").inc()
        for name in ("timers", "inbox", "outbox", "jobs"):
            self.wake[name].set()
        return handled.answer or Answer(), self._reader(handled)

    async def timers_once(self) -> int:
        """Turn timers that are due into events; return how many."""
        now = self.clock.now()
        self.ticked_at = now
        async with self.runtime.db.write() as tx:
            due = await timers.due(tx, now, BATCH)
            await inbox.put_all(tx, [_due(timer, now) for timer in due], now)
        if due:
            self.wake["inbox"].set()
        return len(due)

    async def inbox_once(self) -> int:
        """Handle the events that wait, oldest first, one after another; return how many."""
        async with self._one_hand:
            async with self.runtime.db.write() as tx:
                rows = await inbox.claim(tx, self.clock.now(), BATCH)
            for several in self._shared(rows):
                await self._handle(several)
        if rows:
            for name in ("timers", "inbox", "outbox", "jobs"):
                self.wake[name].set()
        return len(rows)

    async def outbox_once(self) -> int:
        """Send what is due, at most eight at a time for each account; return how many were tried."""
        count = await self._begin_sends()
        while self._sends:
            await asyncio.wait(self._sends)
        return count

    async def _begin_sends(self) -> int:
        """Begin to send what is due and has room, and return how much. A slow platform holds up no other.

        Within one chat what was said first is sent first: of each only one is claimed at a time.
        """
        rows = await self.delivery.claim(self.owner, IN_FLIGHT, self._in_flight)
        for row in rows:
            self._in_flight[row.account] += 1
            task = asyncio.create_task(self._send(row))
            self._sends.add(task)
            task.add_done_callback(self._sends.discard)
        return len(rows)

    async def _send(self, row: outbox.OutboxRow) -> None:
        try:
            await self.delivery.send(row)
        finally:
            self._in_flight[row.account] -= 1
            self.wake["outbox"].set()
            self.wake["inbox"].set()

    async def jobs_once(self) -> int:
        """Do slow work that waits, one piece at a time; its result comes back as an event."""
        async with self.runtime.db.write() as tx:
            rows = await job_rows.claim(tx, self.clock.now(), 1)
        for row in rows:
            try:
                result = await jobs.run(self._desk, row.kind, row.args)
            except NotDelivered as error:
                await self._work_again(row, error)
                continue
            event = replace(
                row.event, id=f"job:{row.id}", source="core", body=Done(row.kind, result), answer_token=None
            )
            async with self.runtime.db.write() as tx:
                await inbox.put(tx, event, self.clock.now())
                await job_rows.done(tx, row.id, self.clock.now())
            self.wake["inbox"].set()
        return len(rows)

    @property
    def _desk(self) -> jobs.Desk:
        runtime = self.runtime
        return jobs.Desk(
            runtime.db, self.clock, runtime.house, runtime.channels, self.configuring, self.booking
        )

    async def _work_again(self, job: Job, error: NotDelivered) -> None:
        """The platform cannot be asked now: the work waits, and after some tries its failure is the result."""
        now = self.clock.now()
        async with self.runtime.db.write() as tx:
            if job.tries < TRIES:
                at = now + (error.retry_after or timedelta(seconds=10 * 2**job.tries))
                await job_rows.failed(tx, job.id, now, f"{error.why}: {error.detail}", at)
                return
            result = {**job.args, "error": f"{error.why}: {error.detail}"}
            event = replace(
                job.event, id=f"job:{job.id}", source="core", body=Done(job.kind, result), answer_token=None
            )
            await inbox.put(tx, event, now)
            await job_rows.done(tx, job.id, now)

    async def until_idle(self) -> int:
        """Do everything that is due at this instant, and what follows from it; return how much was done."""
        total = 0
        while True:
            done = await self.timers_once() + await self.inbox_once()
            done += await self.jobs_once() + await self.outbox_once()
            if self._answers:
                await asyncio.gather(*self._answers)
            if not done:
                return total
            total += done

    async def handle_waiting(self) -> None:
        """Handle everything that has come in before returning; sending is left to the loops."""
        while await self.inbox_once():
            pass

    async def next_at(self) -> datetime | None:
        """Return the next instant at which something is due, or None when nothing is planned."""
        async with self.runtime.db.read() as tx:
            instants = (
                await timers.next_at(tx),
                await outbox.next_at(tx),
                await inbox.next_at(tx),
                await job_rows.next_at(tx),
            )
        return min((at for at in instants if at is not None), default=None)

    # -- loops -------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take back what a predecessor left claimed, and start the loops."""
        await self.recover()
        rounds = {
            "timers": self.timers_once,
            "inbox": self.inbox_once,
            "outbox": self._begin_sends,
            "jobs": self.jobs_once,
        }
        self._tasks = [
            asyncio.create_task(self._loop(name, once), name=name) for name, once in rounds.items()
        ]
        for account, channel in self.runtime.channels.items():
            if channel.pulls:
                self._tasks.append(asyncio.create_task(self._pull(account, channel), name=f"pull {account}"))

    async def recover(self) -> int:
        """Put the claims of processes that are gone back into the queue; return how many."""
        async with self.runtime.db.write() as tx:
            await inbox.recover(tx)
            await job_rows.recover(tx)
        count = await self.delivery.take_over(self.owner)
        if count:
            log.warning("outbox.recovered", count=count)
        return count

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight within 25 s, and return."""
        self._is_stopping = True
        pulls = [task for task in self._tasks if task.get_name().startswith("pull ")]
        for task in pulls:
            task.cancel()
        for event in self.wake.values():
            event.set()
        late = await self._drained(DRAIN.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._sends, *self._answers, return_exceptions=True)
        log.info("pumps.stopped", cut=len(late))

    async def _drained(self, seconds: float) -> set[asyncio.Task[None]]:
        """Wait for the loops, and then for the sends that they have begun; return what took too long."""
        ends = asyncio.get_running_loop().time() + seconds
        late = (await asyncio.wait(self._tasks, timeout=seconds))[1] if self._tasks else set()
        if begun := {*self._sends, *self._answers}:
            left = max(0.0, ends - asyncio.get_running_loop().time())
            late |= (await asyncio.wait(begun, timeout=left))[1]
        return late

    async def _loop(self, name: str, once: Callable[[], Awaitable[int]]) -> None:
        while not self._is_stopping:
            try:
                if await once():
                    continue
                pause = await self._pause(name)
            except Exception as error:  # a loop outlives whatever one round runs into
                log.error("loop.failed", loop=name, error=error)
                pause = IDLE
            if not self._is_stopping:
                await self.clock.wait(self.wake[name], pause)

    async def _pause(self, name: str) -> timedelta:
        now = self.clock.now()
        async with self.runtime.db.read() as tx:
            if name == "outbox":
                # An account with all hands full has room again when one of its sends ends, which wakes us.
                room = [account for account in self.runtime.channels if self._in_flight[account] < IN_FLIGHT]
                due = await outbox.next_at(tx, room)
            else:
                at = {"timers": timers.next_at, "inbox": inbox.next_at, "jobs": job_rows.next_at}[name]
                due = await at(tx)
        if due is None:
            return IDLE
        return min(IDLE, max(timedelta(milliseconds=20), due - now))

    async def _pull(self, account: str, channel: Channel) -> None:
        """Long-poll one account for ever."""
        while not self._is_stopping:
            try:
                await self.pull_once(account, channel)
            except NotDelivered as error:
                log.warning("pull.failed", account=account, why=error.why, detail=error.detail)
                await self.clock.wait(asyncio.Event(), error.retry_after or IDLE)
            except Exception as error:
                log.error("pull.failed", account=account, error=error)
                await self.clock.wait(asyncio.Event(), IDLE)

    async def pull_once(self, account: str, channel: Channel) -> None:
        """Poll one account; the cursor is stored with the events it stands for. Raises NotDelivered."""
        if account not in self._cursors:
            async with self.runtime.db.read() as tx:
                self._cursors[account] = await inbox.cursor(tx, account)

        async def receive(events: Sequence[Event], reached: str | None) -> None:
            await self.runtime.receive(events, account, reached)
            self.wake["inbox"].set()

        self._cursors[account] = await channel.pull(self._cursors[account], receive, self.decide)

    # -- one event, one message --------------------------------------------------------------------------

    def _shared(self, rows: Sequence[InboxRow]) -> list[Sequence[InboxRow]]:
        """Return which events share a transaction: on PostgreSQL none, because each holds its locks to the end."""
        size = TOGETHER if self.runtime.db.is_sqlite else 1
        return [rows[n : n + size] for n in range(0, len(rows), size)]

    async def _handle(self, rows: Sequence[InboxRow]) -> None:
        """Handle events in one transaction. When one fails, all are undone and each has its own: it fails alone."""
        now = self.clock.now()
        try:
            async with self.runtime.db.write() as tx:
                handled = [await self.runtime.handle(tx, row.event) for row in rows]
                await inbox.done_all(tx, [row.id for row in rows], now)
        except Exception as error:
            if len(rows) == 1:
                await self._failed(rows[0], error, now)
            else:
                for row in rows:
                    await self._handle([row])
            return
        for one in handled:
            observe.EVENTS.labels(one.event.source, "handled").inc()
            self._answer(one)

    async def _failed(self, row: InboxRow, error: Exception, now: datetime) -> None:
        observe.EVENTS.labels(row.event.source, "failed").inc()
        log.error("event.failed", source=row.event.source, id=row.event.id, tries=row.tries, error=error)
        async with self.runtime.db.write() as tx:
            await self._retry_or_put_aside(tx, row, error, now)

    async def _retry_or_put_aside(self, tx: Tx, row: InboxRow, error: Exception, now: datetime) -> None:
        why = observe.redact(f"{type(error).__name__}: {error}")
        if row.tries < TRIES:
            await inbox.failed(tx, row.id, now, why, now + timedelta(seconds=2**row.tries))
            return
        await inbox.failed(tx, row.id, now, why, None)
        observe.ASIDE.inc()
        if row.event.body.tag != "done":
            result = {"kind": row.event.body.tag, "interview": "", "why": why, "outbox": str(row.id)}
            await inbox.put(tx, Event(f"aside:{row.id}", "core", now, Done("put_aside", result)), now)

    def _answer(self, handled: Handled) -> None:
        """Give the platform what it waits for after a press, beside everything else."""
        event = handled.event
        channel = self.runtime.channels.get(event.account or "")
        if event.answer_token is None or channel is None:
            return
        task = asyncio.create_task(channel.answer(event, handled.answer or Answer(), self._reader(handled)))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    def _reader(self, handled: Handled) -> Reader:
        scene = handled.scene
        policy = scene.policy if scene else self.runtime.policies.default
        return self.delivery.reader(scene.person if scene else None, policy, handled.event.language)


def _due(timer: timers.Timer, now: datetime) -> Event:
    id = f"{timer.subject}/{timer.name}/{timer.at.isoformat()}/{timer.id}"
    return Event(id, "time", now, Due(timer.name, timer.subject, timer.at, timer.data))
