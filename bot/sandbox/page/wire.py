"""What goes over the wire: every request between the product and the stand-ins, with its answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from time import perf_counter
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock

KEPT = 400
"""Requests; older ones are forgotten."""
LONGEST_BODY = 65_536
"""Bytes of a body that are kept to be looked at."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer."""

    id: int
    at: datetime
    direction: Literal["out", "in"]
    """`out` from the product to a platform, `in` from a platform to the product."""
    platform: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 0
    """0 until it is answered, and for good when the connection was cut."""
    answer: bytes = b""
    took_ms: float = 0.0
    is_replayed: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the receiver did not believe or take it."""
        return self.status == 0 or self.status >= 400

    @property
    def is_believed(self) -> bool | None:
        """Whether what vouches for a platform's callback was accepted; None where nothing is to vouch for it."""
        if self.direction != "in" or not self.path.startswith("/hooks/") or self.status == 0:
            return None
        return self.status not in (401, 403)


class Wire:
    """Records what passes; the newest first when iterated."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Exchange]:
        return reversed(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, id: int) -> Exchange | None:
        return next((each for each in self._kept if each.id == id), None)

    def begin(
        self, direction: Literal["out", "in"], platform: str, method: str, path: str, query: str = ""
    ) -> Exchange:
        exchange = Exchange(next(self._numbers), self._clock.now(), direction, platform, method, path, query)
        self._kept.append(exchange)
        return exchange

    def recorded(self, app: ASGIApp, direction: Literal["out", "in"], platform: str) -> ASGIApp:
        """Return an application that answers as this one does, and has everything recorded."""

        async def record(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            query = scope.get("query_string", b"").decode("latin-1")
            exchange = self.begin(
                direction, platform or _platform_of(scope["path"]), scope["method"], scope["path"], query
            )
            exchange.headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            began = perf_counter()

            async def heard() -> Message:
                message = await receive()
                if message["type"] == "http.request":
                    exchange.body = (exchange.body + message.get("body", b""))[:LONGEST_BODY]
                return message

            # Stand-ins that cut a connection off ask for it by this.
            heard.__self__ = getattr(receive, "__self__", None)  # type: ignore[attr-defined]

            async def said(message: Message) -> None:
                if message["type"] == "http.response.start":
                    exchange.status = message["status"]
                elif message["type"] == "http.response.body":
                    exchange.answer = (exchange.answer + message.get("body", b""))[:LONGEST_BODY]
                await send(message)

            try:
                await app(scope, heard, said)
            finally:
                exchange.took_ms = (perf_counter() - began) * 1000
                self._changed()

        return record


def _platform_of(path: str) -> str:
    """Return which platform a request to the product comes from: `/hooks/slack/main` from Slack, else a browser."""
    parts = path.split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "hooks" else "page"
