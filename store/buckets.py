"""How fast we may send: one bucket for each account and chat, filled and emptied in the transaction that claims.

No span of a rate's length ever holds more than its count, at the price of a little of its throughput: a burst of at
most five, the rest evenly spread. Platforms count in their own windows, which we cannot see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, Protocol

from sqlalchemy import Executable, delete, select

from store.db import Tx, insert_into
from store.tables import buckets

LARGEST_BURST = 5
SKEW = timedelta(minutes=1)
"""How far two clocks, or a `now` that waited for its transaction, may differ; beyond that a clock was set back."""


class RateLike(Protocol):
    """At most `count` per `per` for each `scope`, as a channel's capabilities state it."""

    @property
    def scope(self) -> Literal["account", "chat", "group", "member"]: ...
    @property
    def count(self) -> int: ...
    @property
    def per(self) -> timedelta: ...
    @property
    def only(self) -> Literal["", "edits"]: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """One bucket: what it limits, and how fast. Without a count it only knows pauses."""

    key: str
    count: int = 0
    per: timedelta = timedelta()
    account: str | None = None
    """The account, where a whole one is limited."""
    is_shared: bool = False
    """Whether messages to other chats wait for the same places, each for its turn."""

    @property
    def burst(self) -> int:
        return max(1, min(LARGEST_BURST, self.count // 4))

    @property
    def step(self) -> timedelta:
        """How long one place takes to come back: a burst at once and one a step do not exceed the count."""
        if not self.count:
            return timedelta()
        return self.per / (self.count + 1 - self.burst) + timedelta(microseconds=1)


@dataclass(slots=True)
class _Bucket:
    full_at: datetime
    free_at: datetime
    touched_at: datetime


def account_key(account: str) -> str:
    """Return the name under which a whole account is limited or paused."""
    return f"account:{account}"


def chat_key(account: str, chat: str) -> str:
    """Return the name under which one chat is limited or paused."""
    return f"chat:{account}:{chat}"


def limits_of(
    account: str, chat: str, is_private: bool, rates: Iterable[RateLike], *, is_edit: bool = False
) -> list[Limit]:
    """Return everything that limits a send to this chat. What limits edits alone lets other messages pass."""
    whole, one = Limit(account_key(account), account=account), Limit(chat_key(account, chat))
    found = [whole, one]
    for rate in rates:
        base = whole if rate.scope == "account" else one
        if rate.only == "edits":
            if is_edit:
                name = f"{base.key}:edits:{rate.count}/{rate.per.total_seconds():g}"
                found.append(Limit(name, rate.count, rate.per, is_shared=True))
            continue
        if rate.scope in ("account", "chat") or (rate.scope == "member") == is_private:
            name = f"{base.key}:{rate.count}/{rate.per.total_seconds():g}"
            found.append(Limit(name, rate.count, rate.per, base.account))
    return found


class Levels:
    """Buckets in memory between `load` and `store`, inside one transaction."""

    def __init__(self, now: datetime, known: dict[bytes, _Bucket], tx: Tx) -> None:
        self._now = now
        self._known = known
        self._tx = tx
        self._changed: dict[bytes, tuple[Limit, _Bucket]] = {}

    def wait(self, limits: Iterable[Limit]) -> datetime | None:
        """Return the earliest instant at which all of them have a place, None for now."""
        ends = [bucket.free_at for limit in limits if (bucket := self._bucket(limit)) is not None]
        latest = max(ends, default=self._now)
        return latest if latest > self._now else None

    def take(self, limits: Iterable[Limit]) -> None:
        """Take a place in each."""
        for limit in limits:
            if limit.count:
                self._take(limit)

    async def store(self) -> None:
        """Write what was taken."""
        rows = [
            {
                "scope": scope,
                "account": limit.account,
                "full_at": bucket.full_at,
                "free_at": bucket.free_at,
                "touched_at": bucket.touched_at,
            }
            for scope, (limit, bucket) in self._changed.items()
        ]
        self._changed.clear()
        if rows:
            await self._tx.conn.execute(_storing(self._tx.is_sqlite), rows)

    def _take(self, limit: Limit) -> None:
        bucket = self._bucket(limit)
        full_at = max(bucket.full_at, self._now) if bucket else self._now
        full_at += limit.step
        # Free again while fewer than a burst are still to come back.
        taken = _Bucket(full_at, full_at - limit.step * (limit.burst - 1), self._now)
        scope = _scope(self._tx, limit.key)
        self._known[scope] = taken
        self._changed[scope] = (limit, taken)

    def _bucket(self, limit: Limit) -> _Bucket | None:
        """Return a bucket as it stands; one from before a clock was set back is forgotten."""
        bucket = self._known.get(_scope(self._tx, limit.key))
        return bucket if bucket is not None and bucket.touched_at <= self._now + SKEW else None


async def load(tx: Tx, limits: Iterable[Limit], now: datetime) -> Levels:
    """Return how these buckets stand; who takes from them must keep others from doing so meanwhile."""
    scopes = list({_scope(tx, limit.key) for limit in limits})
    rows = (await tx.conn.execute(select(buckets).where(buckets.c.scope.in_(scopes)))).all() if scopes else []
    return Levels(now, {row.scope: _Bucket(row.full_at, row.free_at, row.touched_at) for row in rows}, tx)


async def take(tx: Tx, scope_key: str, rate_count: int, per_seconds: float, now: datetime) -> datetime | None:
    """Take one of so many places in so many seconds; None when it was taken, else when one will be free."""
    await tx.lock(f"bucket:{scope_key}")
    limits = [Limit(scope_key, rate_count, timedelta(seconds=per_seconds))]
    levels = await load(tx, limits, now)
    if (wait := levels.wait(limits)) is None:
        levels.take(limits)
        await levels.store()
    return wait


async def take_more(tx: Tx, limits: Iterable[Limit], count: int, now: datetime) -> None:
    """Take so many more places than a claim did, whether they are free or not: what comes next waits longer.

    A message of several parts counts as several on its platform, and that it is one is known only when it is written.
    """
    await tx.lock("outbox.claim")
    several = [limit for limit in limits if limit.count]
    levels = await load(tx, several, now)
    for _ in range(count):
        levels.take(several)
    await levels.store()


async def pause(tx: Tx, account: str, chat: str | None, until: datetime, now: datetime) -> None:
    """Send nothing to a chat, or by a whole account, until an instant: its platform asked for that."""
    key = account_key(account) if chat is None else chat_key(account, chat)
    bucket = {"full_at": until, "free_at": until, "touched_at": now}
    named = {"scope": _scope(tx, key), "account": account if chat is None else None}
    await tx.conn.execute(_storing(tx.is_sqlite), {**named, **bucket})


@cache
def _storing(is_sqlite: bool) -> Executable:
    added = insert_into(buckets, is_sqlite)
    changed = {name: added.excluded[name] for name in ("full_at", "free_at", "touched_at")}
    return added.on_conflict_do_update(index_elements=["scope"], set_=changed)


async def forget(tx: Tx, before: datetime) -> None:
    """Delete buckets that have been full since before an instant."""
    await tx.conn.execute(delete(buckets).where(buckets.c.full_at < before, buckets.c.free_at < before))


def _scope(tx: Tx, key: str) -> bytes:
    return tx.keys.blind("bucket", key)
