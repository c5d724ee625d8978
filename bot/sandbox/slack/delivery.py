"""How things reach the bot: signed requests or envelopes on a websocket, events again when they were not taken."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from bot.clock import Clock
from bot.sandbox.listening import web_client
from bot.sandbox.slack.app import SlackApp

Kind = Literal["events_api", "interactive", "slash_commands"]
AGAIN = (timedelta(), timedelta(minutes=1), timedelta(minutes=5))
"""When an event is brought again (docs.slack.dev apis/events-api, "Retries"): at once, then later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said to a delivery: nothing, JSON, or words."""

    why: str = ""
    """Why it was not taken: `http_error`, `http_timeout`, `connection_failed`; empty when it was."""
    status: int = 0
    body: bytes = b""
    is_json: bool = False
    is_final: bool = False
    """The bot wants no retries (X-Slack-No-Retry)."""

    def read(self) -> object:
        """Return its JSON, or its words; None for nothing."""
        if not self.body.strip():
            return None
        if not self.is_json:
            return self.body.decode(errors="replace")
        return json.loads(self.body)


@dataclass(slots=True)
class Delivery:
    """One thing on its way to the bot."""

    id: str
    """The event's, or the trigger's."""
    kind: Kind
    payload: Mapping[str, Any]
    url: str
    queue: str
    at: datetime
    then: Callable[[Answer], None] | None = None
    attempts: list[Answer] = field(default_factory=list)
    due_at: datetime | None = None
    """When it is brought again; None while it is not waiting for a later instant."""

    @property
    def is_taken(self) -> bool:
        return bool(self.attempts) and not self.attempts[-1].why


BySocket = Callable[[Delivery, float], Awaitable[Answer]]
"""Put something into an envelope, for so many seconds at most."""


class Deliveries:
    """What the bot is told: what one person does in order, what several do side by side.

    `patience` is how long the bot may take over an answer, in real seconds.
    """

    def __init__(self, clock: Clock, app: SlackApp, by_socket: BySocket, patience: float) -> None:
        self._clock = clock
        self._app = app
        self._by_socket = by_socket
        self._patience = patience
        self._queues: dict[str, deque[Delivery]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._later: list[Delivery] = []
        self._wake = asyncio.Event()
        self._ticking: asyncio.Task[None] | None = None
        self._http: httpx.AsyncClient | None = None
        self.all: list[Delivery] = []

    def add(self, delivery: Delivery) -> Delivery:
        self.all.append(delivery)
        self._queue(delivery)
        return delivery

    def again(self, delivery: Delivery) -> None:
        """Bring something a second time, as happens when an answer was lost on the way."""
        self._queue(delivery)

    @property
    def pending(self) -> bool:
        """Whether an event waits to be brought again at a later instant."""
        return bool(self._later)

    async def settle(self, seconds: float) -> None:
        """Return when everything due was brought; raises TimeoutError."""
        self._take_due()
        async with asyncio.timeout(seconds):
            while running := [task for task in self._tasks.values() if not task.done()]:
                await asyncio.wait(running)
        for task in self._tasks.values():
            task.result()

    async def close(self) -> None:
        tasks = [*self._tasks.values(), *([self._ticking] if self._ticking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    # -- when ---------------------------------------------------------------------------------------------

    def _queue(self, delivery: Delivery) -> None:
        delivery.due_at = None
        self._queues.setdefault(delivery.queue, deque()).append(delivery)
        task = self._tasks.get(delivery.queue)
        if task is None or task.done():
            self._tasks[delivery.queue] = asyncio.create_task(self._bring_all(delivery.queue))

    async def _bring_all(self, queue: str) -> None:
        while self._queues[queue]:
            delivery = self._queues[queue].popleft()
            answer = await self._bring(delivery)
            delivery.attempts.append(answer)
            if delivery.kind == "events_api" and answer.why:
                self._put_off(delivery, answer)
            elif delivery.then is not None:
                delivery.then(answer)

    def _put_off(self, delivery: Delivery, answer: Answer) -> None:
        tries = len(delivery.attempts)
        if answer.is_final or tries > len(AGAIN):
            return
        delivery.due_at = self._clock.now() + AGAIN[tries - 1]
        self._later.append(delivery)
        self._take_due()
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        self._wake.set()

    def _take_due(self) -> None:
        now = self._clock.now()
        due = [each for each in self._later if each.due_at is not None and each.due_at <= now]
        self._later = [each for each in self._later if each not in due]
        for delivery in due:
            self._queue(delivery)

    async def _tick(self) -> None:
        """Bring what waits when its time comes, where time passes by itself."""
        while True:
            at = min((each.due_at for each in self._later if each.due_at), default=None)
            now = self._clock.now()
            await self._clock.wait(self._wake, at - now if at else timedelta(days=1))
            self._take_due()

    # -- how ----------------------------------------------------------------------------------------------

    async def _bring(self, delivery: Delivery) -> Answer:
        if self._app.is_socket_mode:
            return await self._by_socket(delivery, self._patience)
        if not delivery.url:
            return Answer("connection_failed")
        headers, body = self._written(delivery)
        return await self._post(delivery.url, body, headers)

    def _written(self, delivery: Delivery) -> tuple[dict[str, str], bytes]:
        """Return the request that carries something: JSON for events, a form for the rest."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if delivery.kind == "events_api":
            headers["Content-Type"] = "application/json"
            if tries := len(delivery.attempts):
                headers["X-Slack-Retry-Num"] = str(tries)
                headers["X-Slack-Retry-Reason"] = delivery.attempts[-1].why or "http_error"
            body = json.dumps(delivery.payload).encode()
        elif delivery.kind == "slash_commands":
            body = urlencode(delivery.payload).encode()
        else:
            body = urlencode({"payload": json.dumps(delivery.payload)}).encode()
        return headers | self.signed(body), body

    def signed(self, body: bytes) -> dict[str, str]:
        """Return the headers that prove a body to be Slack's (docs.slack.dev, verifying requests)."""
        at = str(int(self._clock.now().timestamp()))
        base = b"v0:" + at.encode() + b":" + body
        digest = hmac.new(self._app.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}

    async def verify(self, url: str) -> None:
        """Ask an address whether it is the app's (url_verification); raises ValueError."""
        body = json.dumps({"type": "url_verification", "token": "sandbox", "challenge": "3eZbrw1a"}).encode()
        answer = await self._post(url, body, {"Content-Type": "application/json", **self.signed(body)})
        with contextlib.suppress(ValueError):
            told = answer.read()
            if (told.get("challenge") if isinstance(told, dict) else told) == "3eZbrw1a":
                return
        raise ValueError(
            f"your URL did not respond with the value of the challenge ({answer.why or answer.status})"
        )

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self._http is None:
            self._http = web_client()
        agent = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        try:
            told = await self._http.post(
                url, content=body, headers={**headers, **agent}, timeout=self._patience
            )
        except httpx.TimeoutException:
            return Answer("http_timeout")
        except httpx.HTTPError:
            return Answer("connection_failed")
        is_json = told.headers.get("content-type", "").startswith("application/json")
        is_final = told.headers.get("x-slack-no-retry") == "1"
        why = "" if told.status_code == 200 else "http_error"
        return Answer(why, told.status_code, told.content, is_json, is_final)
