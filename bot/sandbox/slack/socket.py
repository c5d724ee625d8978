"""Socket Mode: websockets over which the bot is told things, and says that it has taken them.

By docs.slack.dev/apis/events-api/using-socket-mode: a ticket opens one socket, `hello` begins it, each envelope
goes to one of up to ten sockets and has to be acknowledged there, `disconnect` says that it will be closed.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.slack.delivery import Answer, Delivery

MOST = 10
TICKET_LIVES = timedelta(seconds=30)


class Socket:
    """One open websocket."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive = receive
        self._send = send
        self.waiting: dict[str, asyncio.Future[object]] = {}
        """Envelopes that were not acknowledged yet."""
        self.count = 0
        """How many envelopes it has carried."""
        self.is_going = False

    async def tell(self, message: object) -> None:
        await self._send({"type": "websocket.send", "text": json.dumps(message)})

    async def close(self) -> None:
        await self._send({"type": "websocket.close", "code": 1000})


class Sockets:
    """The bot's open websockets."""

    def __init__(self, clock: Clock, app_id: str) -> None:
        self._clock = clock
        self._app_id = app_id
        self._tickets: dict[str, datetime] = {}
        self._changed = asyncio.Condition()
        self.open: list[Socket] = []
        self.acknowledged: list[dict[str, Any]] = []
        """What the bot said back, word for word."""

    def ticket(self) -> str:
        """Return what opens one websocket, once."""
        ticket = uuid4().hex
        self._tickets[ticket] = self._clock.now()
        return ticket

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one websocket from its handshake to its end."""
        await receive()
        given = parse_qs(scope["query_string"].decode()).get("ticket", [""])[0]
        made_at = self._tickets.pop(given, None)
        if made_at is None or self._clock.now() - made_at > TICKET_LIVES:
            return await send({"type": "websocket.close", "code": 1008})
        await send({"type": "websocket.accept"})
        socket = Socket(receive, send)
        await socket.tell(self._hello(len(self.open) + 1))
        if len(self.open) >= MOST:
            await socket.tell({"type": "disconnect", "reason": "too_many_websockets"})
            return await socket.close()
        await self._add(socket)
        try:
            await self._listen(socket)
        finally:
            await self._remove(socket)
        return None

    def _hello(self, count: int) -> dict[str, Any]:
        debug = {"host": "applink-sandbox", "approximate_connection_time": 18060}
        info = {"app_id": self._app_id}
        return {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": info}

    async def _listen(self, socket: Socket) -> None:
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            told: object = None
            with suppress(ValueError):
                told = json.loads(message.get("text") or "")
            if not isinstance(told, dict):
                continue
            self.acknowledged.append(told)
            taken = socket.waiting.pop(str(told.get("envelope_id")), None)
            if taken is not None and not taken.done():
                taken.set_result(told.get("payload"))

    async def _add(self, socket: Socket) -> None:
        async with self._changed:
            self.open.append(socket)
            self._changed.notify_all()

    async def _remove(self, socket: Socket) -> None:
        async with self._changed:
            if socket in self.open:
                self.open.remove(socket)
        for taken in socket.waiting.values():
            taken.cancel()

    async def connected(self, seconds: float) -> bool:
        """Return whether a socket is open, or opens within so many real seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: any(not each.is_going for each in self.open))
                return True
        return False

    # -- envelopes ----------------------------------------------------------------------------------------

    async def bring(self, delivery: Delivery, patience: float) -> Answer:
        """Put something into an envelope, and return what came back for it."""
        if not await self.connected(patience):
            return Answer("connection_failed")
        envelope = self._envelope(delivery)
        taken: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        socket = self._next()
        socket.waiting[envelope["envelope_id"]] = taken
        try:
            await socket.tell(envelope)
            async with asyncio.timeout(patience):
                payload = await taken
        except TimeoutError:
            return Answer("http_timeout")
        except OSError:  # uvicorn's, for a socket that is closed
            return Answer("connection_failed")
        except asyncio.CancelledError:
            if not taken.cancelled():
                raise
            return Answer("connection_failed")
        finally:
            socket.waiting.pop(envelope["envelope_id"], None)
        return Answer("", 200, b"" if payload is None else json.dumps(payload).encode(), is_json=True)

    def _envelope(self, delivery: Delivery) -> dict[str, Any]:
        is_event = delivery.kind == "events_api"
        envelope = {
            "envelope_id": str(uuid4()),
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": not is_event,
        }
        if is_event:
            reason = delivery.attempts[-1].why if delivery.attempts else ""
            envelope |= {"retry_attempt": len(delivery.attempts), "retry_reason": reason}
        return envelope

    def _next(self) -> Socket:
        """Return the socket whose turn it is."""
        socket = min((each for each in self.open if not each.is_going), key=lambda each: each.count)
        socket.count += 1
        return socket

    # -- ends ---------------------------------------------------------------------------------------------

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Say to all sockets that they end, and end them, as Slack does every few hours; `warning` only says so."""
        for socket in [*self.open]:
            await socket.tell({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            if reason != "warning":
                socket.is_going = True
                await socket.close()

    def cut(self) -> None:
        """Drop all sockets without a word."""
        for socket in self.open:
            socket.is_going = True
            protocol: Any = getattr(socket.receive, "__self__", None)  # uvicorn's, and no part of ASGI
            protocol.transport.abort()
