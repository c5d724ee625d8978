"""Which policy was in force when: every version of the file that was loaded, without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select

from store.db import Tx
from store.tables import policies


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the policy file."""

    number: int
    digest: str
    content: str
    loaded_at: datetime


async def record(tx: Tx, content: str, now: datetime) -> bool:
    """Record what was loaded, and return whether it differs from what was in force. Take secrets out before."""
    digest = sha256(content.encode()).hexdigest()
    newest = await current(tx)
    if newest is not None and newest.digest == digest:
        return False
    await tx.conn.execute(policies.insert().values(digest=digest, content=content, loaded_at=now))
    return True


async def current(tx: Tx) -> Version | None:
    return next(iter(await versions(tx, 1)), None)


async def versions(tx: Tx, limit: int = 20) -> list[Version]:
    """Return the versions, the newest first."""
    query = select(policies).order_by(policies.c.n.desc()).limit(limit)
    return [_read(row) for row in await tx.conn.execute(query)]


def _read(row: Row[Any]) -> Version:
    return Version(row.n, row.digest, row.content, row.loaded_at)
