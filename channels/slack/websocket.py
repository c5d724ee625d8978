"""Socket Mode: a websocket of our own to Slack, by which everything comes that else is posted to us.

docs.slack.dev/apis/events-api/using-socket-mode. Not slack_sdk's own client: it acknowledges nothing by itself but
retries for ever on a session that is closed (python-slack-sdk issue 1922), falls silent after weeks (bolt-python
issue 417), and reads in tasks of its own, beside whoever waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog

from channels.base import Malformed, NotDelivered, read_json
from channels.slack.wire import PAUSE, Wire

HEARTBEAT = 10.0
"""Seconds between our pings: a connection that does not answer them is given up."""
STALE = 1800.0
"""Seconds without any envelope after which the connection is replaced, alive or not."""

log = structlog.get_logger()

Answer = Callable[[Mapping[str, Any]], Awaitable[bytes]]
"""Take a payload in, and return what its acknowledgement says."""


class Socket:
    """One connection, kept between pulls and replaced when Slack says so, when it breaks, or when it is too quiet."""

    def __init__(self, account: str, wire: Wire, app_token: str, deadline: float) -> None:
        self._account = account
        self._wire = wire
        self._app_token = app_token
        self._deadline = deadline
        self._current: aiohttp.ClientWebSocketResponse | None = None
        self._heard_at = 0.0
        """When an envelope came last, on the loop's clock."""
        self._is_stale = False

    async def close(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            await current.close()

    async def pull(self, seconds: float, answer: Answer) -> bool:
        """Take what comes within `seconds`, and return after the first of it whether anything came.

        Raises NotDelivered when there is no connection to be had. An envelope is acknowledged after `answer` has
        returned: what is not acknowledged, Slack brings again.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while (left := ends - loop.time()) > 0:
            current = await self._connected()
            try:
                message = await current.receive(timeout=left)
            except TimeoutError:
                return False
            if message.type is not aiohttp.WSMsgType.TEXT:
                await self._lost(f"the connection ended ({message.type.name})")
                continue
            if await self._take(current, message.data, answer):
                return True
        return False

    async def _take(self, current: aiohttp.ClientWebSocketResponse, data: str, answer: Answer) -> bool:
        """Return whether a frame was an envelope, which is acknowledged now."""
        try:
            said = read_json(data.encode("utf-8", "replace"))
        except Malformed:
            said = None
        if not isinstance(said, dict):
            return False
        if said.get("type") == "disconnect":
            log.info("socket.refresh", account=self._account, reason=str(said.get("reason"))[:40])
            self._is_stale = True
            return False
        envelope, payload = said.get("envelope_id"), said.get("payload")
        if not isinstance(envelope, str) or not isinstance(payload, dict):
            return False
        self._heard_at = asyncio.get_running_loop().time()
        reply = await answer(payload)
        acknowledged: dict[str, Any] = {"envelope_id": envelope}
        if reply and said.get("accepts_response_payload") is True:
            acknowledged["payload"] = json.loads(reply)
        try:
            await current.send_str(json.dumps(acknowledged, ensure_ascii=False))
        except (aiohttp.ClientError, OSError) as failure:
            await self._lost(f"not acknowledged: {type(failure).__name__}")
        return True

    async def _connected(self) -> aiohttp.ClientWebSocketResponse:
        """Return the connection; the next one is opened before an old one is let go."""
        now = asyncio.get_running_loop().time()
        current = self._current
        is_quiet = now - self._heard_at > STALE
        if current is not None and not current.closed and not self._is_stale and not is_quiet:
            return current
        fresh = await self._open()
        self._current, self._heard_at, self._is_stale = fresh, now, False
        if current is not None:
            await current.close()
        return fresh

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        answer = await self._wire.ask(
            "apps.connections.open", {"app_token": self._app_token}, self._deadline, ""
        )
        try:
            async with asyncio.timeout(self._deadline):
                return await self._wire.session.ws_connect(str(answer.get("url")), heartbeat=HEARTBEAT)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            # The address holds a ticket, so nothing of the failure's own text goes out.
            detail = f"no websocket: {type(failure).__name__}"
            raise NotDelivered("busy", detail, PAUSE, "account") from None

    async def _lost(self, why: str) -> None:
        log.info("socket.lost", account=self._account, why=why)
        await self.close()
