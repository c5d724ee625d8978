"""An account's access token: in the vault, one fetch at a time, renewed once when it is not taken.

Over several processes a compare-and-set keeps them from undoing each other's: at worst each fetches one, and both
WeCom's gettoken and WeChat's stable_token then give all of them the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.base import NotDelivered, Vault

EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""
MOST_TRIES = 3
REST = timedelta(minutes=15)
"""How long nobody asks again after the secret was refused so often."""

Fetch = Callable[[], Awaitable[tuple[str, timedelta]]]
"""Ask the platform for a token and how long it lives; raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: datetime

    def text(self) -> str:
        return json.dumps({"token": self.token, "until": self.until.isoformat()})


class Tokens:
    """One app's token."""

    def __init__(self, vault: Vault, name: str, fetch: Fetch, now: Callable[[], datetime]) -> None:
        self._vault = vault
        self._name = name
        self._fetch = fetch
        self._now = now
        self._lock = asyncio.Lock()
        self._known: _Kept | None = None
        self._refusals = 0
        self._refused: tuple[NotDelivered, datetime] | None = None

    async def get(self) -> str:
        """Return a token that should be good; raises NotDelivered."""
        if self._known is not None and self._is_good(self._known):
            return self._known.token
        return await self._renewed(None)

    async def after(self, rejected: str) -> str:
        """Return another token than one that was not taken: somebody else's if there is one, or a fresh one."""
        return await self._renewed(rejected)

    async def _renewed(self, rejected: str | None) -> str:
        async with self._lock:
            stored = await self._vault.get(self._name)
            kept = _read(stored)
            if kept is None or kept.token == rejected or not self._is_good(kept):
                kept = await self._swapped(stored)
            self._known = kept
            return kept.token

    async def _swapped(self, stored: str | None) -> _Kept:
        token, lives = await self._asked()
        fresh = _Kept(token, self._now() + lives)
        if not await self._vault.swap(self._name, stored, fresh.text()):
            theirs = _read(await self._vault.get(self._name))
            if theirs is not None and self._is_good(theirs):
                return theirs
        return fresh

    async def _asked(self) -> tuple[str, timedelta]:
        """Ask for a token; a secret that is refused again and again is asked with no more for a while."""
        if self._refused is not None and self._refusals >= MOST_TRIES and self._now() < self._refused[1]:
            known = self._refused[0]
            raise NotDelivered(known.why, known.detail, known.retry_after, known.scope)
        try:
            found = await self._fetch()
        except NotDelivered as failure:
            if failure.why == "stopped":
                self._refusals += 1
                self._refused = failure, self._now() + REST
            raise
        self._refusals, self._refused = 0, None
        return found

    def _is_good(self, kept: _Kept) -> bool:
        return self._now() < kept.until - EARLY


def _read(text: str | None) -> _Kept | None:
    try:
        known = json.loads(text or "null")
        return _Kept(str(known["token"]), datetime.fromisoformat(known["until"]))
    except (ValueError, TypeError, KeyError):
        return None
