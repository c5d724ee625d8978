"""Where accounts keep small secrets: access tokens, installations. Encrypted, one value for each name."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import delete, select

from store.db import Database, Tx
from store.tables import vault


async def get(tx: Tx, account: str, name: str) -> str | None:
    query = select(vault.c.id, vault.c.value).where(vault.c.account == account, vault.c.name == name)
    row = (await tx.conn.execute(query)).first()
    return tx.open(vault.c.value, row.id, row.value) if row is not None else None


async def put(tx: Tx, account: str, name: str, value: str) -> None:
    """Keep a value under a name, in place of what was there."""
    row = uuid4()
    sealed = tx.seal(vault.c.value, row, value)
    added = tx.insert(vault).values(id=row, account=account, name=name, value=sealed)
    # The id goes with the value: what is sealed opens only in its own row.
    replaced = {"id": row, "value": sealed}
    await tx.conn.execute(added.on_conflict_do_update(index_elements=["account", "name"], set_=replaced))


async def take(tx: Tx, account: str, name: str) -> str | None:
    """Return a value and forget it: of several who take it, one gets it."""
    gone = delete(vault).where(vault.c.account == account, vault.c.name == name)
    row = (await tx.conn.execute(gone.returning(vault.c.id, vault.c.value))).first()
    return tx.open(vault.c.value, row.id, row.value) if row is not None else None


async def swap(tx: Tx, account: str, name: str, old: str | None, new: str) -> bool:
    """Keep a value if the one there is still `old`, None for none; tell whether it was.

    The lock, because what is sealed cannot be compared in the statement that replaces it.
    """
    await tx.lock(f"vault:{account}:{name}")
    if await get(tx, account, name) != old:
        return False
    await put(tx, account, name, new)
    return True


async def names(tx: Tx, account: str, prefix: str = "") -> tuple[str, ...]:
    query = select(vault.c.name).where(vault.c.account == account).order_by(vault.c.name)
    found = (await tx.conn.execute(query.where(vault.c.name.startswith(prefix, autoescape=True)))).scalars()
    return tuple(found)


class AccountVault:
    """One account's own part, as a channel is given it."""

    def __init__(self, db: Database, account: str) -> None:
        self._db = db
        self._account = account

    async def get(self, name: str) -> str | None:
        async with self._db.read() as tx:
            return await get(tx, self._account, name)

    async def put(self, name: str, value: str) -> None:
        async with self._db.write() as tx:
            await put(tx, self._account, name, value)

    async def take(self, name: str) -> str | None:
        async with self._db.write() as tx:
            return await take(tx, self._account, name)

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        async with self._db.write() as tx:
            return await swap(tx, self._account, name, old, new)

    async def names(self, prefix: str = "") -> tuple[str, ...]:
        async with self._db.read() as tx:
            return await names(tx, self._account, prefix)
