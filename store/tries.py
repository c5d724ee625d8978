"""How often a question of ours may be answered wrongly: some tries, then a wait that doubles each time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from store.db import Tx
from store.tables import tries

ALLOWED = 5
"""Tries at a time."""
PAUSE = timedelta(hours=1)
"""Within which those are counted, and how long the first wait is."""
LONGEST = timedelta(days=30)


async def take(tx: Tx, name: str, now: datetime) -> bool:
    """Count one try at a question, and tell whether it may be made; a right answer is followed by `forgive`."""
    await tx.lock(f"tries:{name}")
    scope = tx.keys.blind("tries", name)
    # A row has a method called count.
    query = select(tries.c.count.label("made"), tries.c.since, tries.c.closed_until)
    row = (await tx.conn.execute(query.where(tries.c.scope == scope))).first()
    if row is None:
        await tx.conn.execute(tries.insert().values(scope=scope, count=1, since=now, closed_until=now))
        return True
    if now < row.closed_until:
        return False
    is_anew = row.made % ALLOWED == 0 or now - row.since > PAUSE
    count = row.made - row.made % ALLOWED + 1 if is_anew else row.made + 1
    closed_until = row.closed_until
    if count % ALLOWED == 0:
        closed_until = now + min(LONGEST, PAUSE * 2 ** (count // ALLOWED - 1))
    known = tries.update().where(tries.c.scope == scope)
    since = now if is_anew else row.since
    await tx.conn.execute(known.values(count=count, since=since, closed_until=closed_until))
    return True


async def forgive(tx: Tx, name: str) -> None:
    """Forget the tries at a question: it was answered."""
    await tx.conn.execute(delete(tries).where(tries.c.scope == tx.keys.blind("tries", name)))


async def forget(tx: Tx, before: datetime) -> None:
    """Delete what was last tried before an instant."""
    await tx.conn.execute(delete(tries).where(tries.c.since < before, tries.c.closed_until < before))
