"""What a provider brings to us by itself: delivery reports and answers, tried again as it documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx

from bot.clock import Clock
from bot.sandbox.listening import web_client

RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 10))
"""Pauses after which a push that got no 200 comes again (help.aliyun.com/zh/sms/developer-reference/smsup-http)."""

What = Literal["reports", "inbound"]


@dataclass(slots=True)
class Push:
    """Something that waits to be brought to us."""

    what: What
    item: Mapping[str, Any]
    due_at: datetime
    tries: int = 0


class Pushes:
    """The pushes of one provider: JSON arrays, several items at once where they wait for the same address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[Push] = []
        self._http: httpx.AsyncClient | None = None
        self.addresses: dict[What, str] = {}
        """Where each kind goes; what has no address is not brought."""
        self.wraps_in_list = True
        self.sent: list[tuple[What, int]] = []
        """What was brought, and the status that came back (0 for none)."""
        self.given_up: list[Push] = []

    def add(self, what: What, item: Mapping[str, Any]) -> None:
        if what in self.addresses:
            self._waiting.append(Push(what, item, self._clock.now()))

    @property
    def pending(self) -> bool:
        return bool(self._waiting)

    async def settle(self) -> None:
        """Bring everything that is due now."""
        for what in ("reports", "inbound"):
            due = [push for push in self._waiting if push.what == what and push.due_at <= self._clock.now()]
            groups = [due] if self.wraps_in_list and due else [[push] for push in due]
            for group in groups:
                await self._bring(group)

    async def again(self, what: What, item: Mapping[str, Any]) -> None:
        """Bring an item a second time, as happens when an answer was lost on the way."""
        await self._bring([Push(what, item, self._clock.now())])

    async def _bring(self, group: list[Push]) -> None:
        what = group[0].what
        status = await self._post(self.addresses[what], [push.item for push in group])
        self.sent.append((what, status))
        for push in group:
            if push in self._waiting:
                self._waiting.remove(push)
            if status != 200:
                self._retry(push)

    def _retry(self, push: Push) -> None:
        if push.tries >= len(RETRIES):
            self.given_up.append(push)
            return
        push.due_at, push.tries = self._clock.now() + RETRIES[push.tries], push.tries + 1
        self._waiting.append(push)

    async def _post(self, url: str, items: list[Mapping[str, Any]]) -> int:
        if self._http is None:
            self._http = web_client(timeout=20)
        try:
            answer = await self._http.post(url, json=items if self.wraps_in_list else items[0])
        except httpx.HTTPError:
            return 0
        return answer.status_code

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None
