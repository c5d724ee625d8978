"""What the company decided: every version there was, the newest one in force. Without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select

from store.db import Tx
from store.errors import StoreError
from store.tables import policies


class NotNewest(StoreError):
    """A version was made from one that is no longer the newest."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of what was decided."""

    number: int
    digest: str
    content: str
    loaded_at: datetime
    actor: str | None = None
    """Who made it: `person:<uuid>`, `cli`, `file`; None for those of before this was kept."""
    planned_at: datetime | None = None
    """When everything that was planned already followed it; None while that is still to be done."""


async def add(tx: Tx, content: str, actor: str, now: datetime, base: int | None = None) -> Version:
    """Put a version in force and return it; the newest one, where it says the same.

    `base` is the version that it was made from, 0 for none: raises NotNewest when there is another since.
    """
    await tx.lock("policies")
    newest = await current(tx)
    if base is not None and base != (newest.number if newest else 0):
        raise NotNewest("the policy was changed by somebody else meanwhile; look at it again")
    digest = sha256(content.encode()).hexdigest()
    if newest is not None and newest.digest == digest:
        return newest
    row = policies.insert().values(digest=digest, content=content, loaded_at=now, actor=actor)
    await tx.conn.execute(row)
    made = await current(tx)
    if made is None:
        raise LookupError("the version that was just made is gone")
    return made


async def planned(tx: Tx, number: int, now: datetime) -> None:
    """Record that everything planned follows a version."""
    await tx.conn.execute(policies.update().where(policies.c.n == number).values(planned_at=now))


async def current(tx: Tx) -> Version | None:
    return next(iter(await versions(tx, 1)), None)


async def get(tx: Tx, number: int) -> Version | None:
    row = (await tx.conn.execute(select(policies).where(policies.c.n == number))).first()
    return _read(row) if row is not None else None


async def versions(tx: Tx, limit: int = 20) -> list[Version]:
    """Return the versions, the newest first."""
    query = select(policies).order_by(policies.c.n.desc()).limit(limit)
    return [_read(row) for row in await tx.conn.execute(query)]


def _read(row: Row[Any]) -> Version:
    return Version(row.n, row.digest, row.content, row.loaded_at, row.actor, row.planned_at)
