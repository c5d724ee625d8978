"""When an interview platform, or we ourselves, were last heard; and what may happen only once for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from store.db import Tx
from store.tables import once as once_rows
from store.tables import signals


async def heard(tx: Tx, account: str, at: datetime) -> None:
    """Record a sign of life; an older one than is known changes nothing."""
    added = tx.insert(signals).values(account=account, heard_at=at)
    newer = added.on_conflict_do_update(
        index_elements=["account"], set_={"heard_at": at}, where=signals.c.heard_at < at
    )
    await tx.conn.execute(newer)


async def last_heard(tx: Tx, account: str) -> datetime | None:
    return (await tx.conn.execute(_LAST, {"account": account})).scalar()


_LAST = select(signals.c.heard_at).where(signals.c.account == bindparam("account"))


async def once(tx: Tx, name: str, now: datetime) -> bool:
    """Return True the first time this name is given, for ever, if the transaction commits."""
    added = tx.insert(once_rows).values(name=name, at=now).on_conflict_do_nothing(index_elements=["name"])
    return (await tx.conn.execute(added.returning(once_rows.c.name))).first() is not None
