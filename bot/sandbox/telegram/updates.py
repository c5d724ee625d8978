"""How updates reach the bot: held for polling, or sent to its webhook again and again until it takes them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from bot.clock import Clock
from bot.sandbox.listening import web_client
from bot.sandbox.telegram.rules import ANSWER_WITHIN, Refusal

# All but these come when nothing was asked for (core.telegram.org/bots/api#getupdates).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LIVES = timedelta(hours=24)
PRESS_LIVES = timedelta(seconds=ANSWER_WITHIN)
LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened, as it goes to the bot."""

    number: int
    kind: str
    body: Mapping[str, Any]
    queue: int
    at: datetime


@dataclass(slots=True)
class Webhook:
    """Where the bot wants its updates sent."""

    url: str
    secret: str | None
    error: str = ""
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)


class Updates:
    """The bot's updates that it has not taken yet."""

    def __init__(self, clock: Clock, pace: float) -> None:
        self._clock = clock
        self._pace = pace
        self._next = 700_000_001
        self._changed = asyncio.Condition()
        self._poll: asyncio.Event | None = None
        self._http: httpx.AsyncClient | None = None
        self.allowed: frozenset[str] | None = None
        self.webhook: Webhook | None = None
        self.pending: list[Update] = []
        self.all: list[Update] = []
        self.sent: list[tuple[int, int]] = []
        """What went to the webhook: the number of the update, and the status that came back (0 for none)."""

    def add(self, kind: str, content: Mapping[str, Any], queue: int) -> int:
        """Hold an update for the bot, unless it did not ask for such; return its number, 0 for none."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return 0
        number, self._next = self._next, self._next + 1
        update = Update(number, kind, {"update_id": number, kind: content}, queue, self._clock.now())
        self.all.append(update)
        self._queue(update)
        return number

    def again(self, number: int) -> None:
        """Bring an update a second time, as happens when an answer was lost on the way."""
        self._queue(next(update for update in self.all if update.number == number))

    def _queue(self, update: Update) -> None:
        self.pending.append(update)
        if self._poll is not None:
            self._poll.set()
        if self.webhook is not None:
            self._start(self.webhook, update.queue)

    # -- polling ------------------------------------------------------------------------------------------

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Mapping[str, Any]]:
        """Do one getUpdates: `offset` confirms all before it; waits for something to come."""
        if self.webhook is not None:
            remedy = "use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: can't use getUpdates method while webhook is active; {remedy}")
        if self._poll is not None:
            self._poll.set()
        mine = self._poll = asyncio.Event()
        if offset > 0:
            await self._drop([update for update in self.pending if update.number < offset])
        elif offset < 0:
            await self._drop(self.pending[:offset])
        self._expire()
        if not self.pending and seconds:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await mine.wait()
        if self._poll is not mine:
            why = "make sure that only one bot instance is running"
            raise Refusal(409, f"Conflict: terminated by other getUpdates request; {why}")
        self._poll = None
        return [update.body for update in self.pending[:limit]]

    # -- webhook ------------------------------------------------------------------------------------------

    async def set_webhook(self, url: str, secret: str | None) -> None:
        """Send to an address from now on, what waits first; an empty one ends it."""
        old, self.webhook = self.webhook, None
        if old is not None:
            for task in old.tasks.values():
                task.cancel()
            await asyncio.gather(*old.tasks.values(), return_exceptions=True)
        if url:
            self.webhook = Webhook(url, secret)
            for queue in {update.queue for update in self.pending}:
                self._start(self.webhook, queue)

    def _start(self, webhook: Webhook, queue: int) -> None:
        task = webhook.tasks.get(queue)
        if task is None or task.done():
            webhook.tasks[queue] = asyncio.create_task(self._send_all(webhook, queue))

    async def _send_all(self, webhook: Webhook, queue: int) -> None:
        """Send what waits in a queue: each only after the one before it was taken."""
        tries = 0
        while update := next((update for update in self.pending if update.queue == queue), None):
            age = self._clock.now() - update.at
            if age > (PRESS_LIVES if update.kind == "callback_query" else LIVES):
                await self._drop([update])
                continue
            status, asked = await self._post(webhook, update)
            self.sent.append((update.number, status))
            if 200 <= status < 300:
                tries = 0
                await self._drop([update])
                continue
            # The first try after a failure comes at once, then after 2, 4, 8 … seconds.
            pause = asked or (min(2.0**tries, LONGEST_PAUSE) if tries else 0)
            tries += 1
            await asyncio.sleep(pause * self._pace)

    async def _post(self, webhook: Webhook, update: Update) -> tuple[int, float]:
        """Return the status of one delivery, 0 for no answer, and the seconds that were asked for."""
        if self._http is None:
            self._http = web_client(timeout=60)
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            answer = await self._http.post(webhook.url, json=update.body, headers=headers)
        except httpx.HTTPError as error:
            webhook.error = f"Connection failed: {type(error).__name__}"
            return 0, 0
        if answer.is_success:
            webhook.error = ""
        else:
            webhook.error = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        asked = answer.headers.get("retry-after", "")
        return answer.status_code, min(float(asked), 3600.0) if asked.isdecimal() else 0.0

    # -- both ---------------------------------------------------------------------------------------------

    async def settle(self, seconds: float) -> None:
        """Return when the bot has taken everything; raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: not self.pending)

    def _expire(self) -> None:
        now = self._clock.now()
        self.pending = [
            update
            for update in self.pending
            if now - update.at <= (PRESS_LIVES if update.kind == "callback_query" else LIVES)
        ]

    async def _drop(self, updates: list[Update]) -> None:
        for update in updates:
            if update in self.pending:
                self.pending.remove(update)
        async with self._changed:
            self._changed.notify_all()

    async def close(self) -> None:
        await self.set_webhook("", None)
        if self._poll is not None:
            self._poll.set()
        if self._http is not None:
            await self._http.aclose()
