"""Fetching messages: a callback says that there are some, and lends a token; they are read on from a cursor.

developer.work.weixin.qq.com/document/path/94670: 1,000 at a time, three days back, a token for ten minutes; without
one they are given too, but not often. Lost callbacks cost a minute, then, and no message.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from channels.base import Malformed, NotDelivered, Receive, Vault
from channels.tencent.numbers import name_of, number
from channels.tencent.transport import Transport
from channels.tencent.welcomes import GOOD_FOR, Welcomes
from channels.wecom_kf.errors import CALLBACK_TOKEN, FAILURES
from channels.wecom_kf.reading import Found, failure_of, read_message, sent_at
from channels.wecom_kf.settings import Settings
from conversations.events import Event, Unreachable

LOOK = 5.0
"""Seconds after which the vault is looked into for a callback that another process took."""
LENT_FOR = timedelta(minutes=9)
"""Shorter than the ten minutes that a callback's token is good for."""
MOST = 1000
CALLBACK = "callback"
SINCE = "since"
"""Names in the vault."""

log = structlog.get_logger()


class Fetching:
    """The messages of one account. What was written before it was first set up is not answered."""

    def __init__(
        self, account: str, settings: Settings, vault: Vault, welcomes: Welcomes, now: Callable[[], datetime]
    ) -> None:
        self._account = account
        self._settings = settings
        self._vault = vault
        self._welcomes = welcomes
        self._now = now
        self._called = asyncio.Event()
        self._fetched_at: float | None = None
        self._seen = ""
        """The callback as it was kept after which everything was fetched."""
        self._since: datetime | None = None

    async def called(self, token: str) -> None:
        """A callback has come: whoever waits in this process goes on at once, others find its token in the vault."""
        # Which callback it was, too: nowhere does it say that another brings another token.
        kept = json.dumps({"token": token, "at": self._now().isoformat(), "call": secrets.token_hex(8)})
        await self._vault.put(CALLBACK, kept)
        self._called.set()

    async def begin(self) -> datetime:
        """Return since when what is written to the account is ours: since it was first set up here."""
        if self._since is None:
            await self._vault.swap(SINCE, None, self._now().isoformat())
            self._since = datetime.fromisoformat(await self._vault.get(SINCE) or self._now().isoformat())
        return self._since

    async def once(self, wire: Transport, cursor: str | None, receive: Receive) -> str | None:
        """Wait for something to fetch, a few seconds at the most, and hand on one page; return the new cursor."""
        called = await self._wait()
        if called is None:
            return cursor
        self._fetched_at = None  # when this fails, the next one waits for nothing
        answer = await self._page(wire, cursor, self._lent(called))
        reached, listed = name_of(answer.get("next_cursor")) or cursor, answer.get("msg_list")
        listed = [] if listed is None else listed
        if not isinstance(listed, list):
            raise NotDelivered("busy", "sync_msg brought no list", scope="account")
        events = await self._read(listed)
        if events or reached != cursor:
            await receive(events, reached)
        # A page that leads nowhere would come again and again, whatever it says of more.
        if not _is_more(answer.get("has_more")) or reached == cursor:
            self._seen = called
            self._fetched_at = asyncio.get_running_loop().time()
        return reached

    async def _wait(self) -> str | None:
        """Return the latest callback as it is kept, "" for none; None when there is nothing to fetch yet."""
        left = self._left()
        if left > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK, left)):
                    await self._called.wait()
        self._called.clear()
        called = await self._vault.get(CALLBACK) or ""
        return called if called != self._seen or self._left() <= 0 else None

    def _left(self) -> float:
        """Return how many seconds there are until messages are asked for without a callback."""
        if self._fetched_at is None:
            return 0
        return self._fetched_at + self._settings.poll_seconds - asyncio.get_running_loop().time()

    def _lent(self, called: str) -> str:
        """Return the token that a callback lends, "" when it is over or was used."""
        try:
            kept = json.loads(called or "{}")
            is_fresh = self._now() < datetime.fromisoformat(kept["at"]) + LENT_FOR
            return str(kept["token"]) if is_fresh and called != self._seen else ""
        except (ValueError, TypeError, KeyError):
            return ""

    async def _page(self, wire: Transport, cursor: str | None, token: str) -> Mapping[str, Any]:
        """Return a page; raises NotDelivered.

        A token that is not taken is left out, and then a cursor, which is good for three days: what comes a second
        time then is known by its id.
        """
        wanted: dict[str, Any] = {"limit": MOST, "voice_format": 0, "open_kfid": self._settings.open_kfid}
        lent, from_there = ({"token": token} if token else {}), ({"cursor": cursor} if cursor else {})
        for given in _fewer(lent, from_there):
            try:
                return await wire.ask("POST", "kf/sync_msg", data={**wanted, **given})
            except NotDelivered as failure:
                is_refused = failure.why == "refused" or failure.detail.startswith(f"{CALLBACK_TOKEN}:")
                if not given or not is_refused:
                    raise
        raise NotDelivered("busy", "sync_msg took neither the token nor the cursor", scope="account")

    async def _read(self, listed: list[Any]) -> list[Event]:
        since = (await self.begin()).replace(microsecond=0)
        events = []
        for item in listed:
            found = self._found(item)
            if found.event is None or sent_at(item, self._now()) < since:
                continue
            if found.welcome:
                await self._welcomes.keep(found.event.user or "", found.welcome, found.event.at + GOOD_FOR)
            if isinstance(found.event.body, Unreachable):
                self._tell(item)
            events.append(found.event)
        return events

    def _found(self, item: object) -> Found:
        try:
            return read_message(item, self._account, self._settings.open_kfid, self._now())
        except Malformed as malformed:  # one bad message must not stop those behind it
            log.warning("message.malformed", account=self._account, reason=malformed.reason)
            return Found()

    def _tell(self, item: Mapping[str, Any]) -> None:
        """Write down what did not arrive: of some kinds the operator has to know."""
        why, is_ours = FAILURES.get(failure_of(item["event"]), FAILURES[0])
        (log.error if is_ours else log.info)("kf.not_arrived", account=self._account, why=why)


def _is_more(value: object) -> bool:
    return value is True or number(value) == 1


def _fewer(lent: Mapping[str, str], from_there: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Yield what a page is asked with: all there is, then without a token, then from the beginning."""
    yield {**from_there, **lent}
    if lent:
        yield from_there
    if from_there:
        yield {}
