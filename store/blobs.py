"""Files that messages carry, found by their content."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select

from store.db import Tx
from store.tables import blobs

_WHERE = "blobs.data"


async def put(tx: Tx, data: bytes) -> str:
    """Store a file and return its name, `sha256:` and 64 digits; the same content has the same name."""
    digest = sha256(data).hexdigest()
    row = _row(digest)
    added = tx.insert(blobs).values(id=row, data=tx.keys.seal_bytes(_WHERE, row, data))
    await tx.conn.execute(added.on_conflict_do_nothing(index_elements=["id"]))
    return f"sha256:{digest}"


async def read(tx: Tx, name: str) -> bytes:
    """Return the content of `sha256:…`, also as `blob:sha256:…` or `blob:…`; raises LookupError."""
    row = _row(name.rpartition(":")[2])
    sealed = (await tx.conn.execute(select(blobs.c.data).where(blobs.c.id == row))).scalar()
    if sealed is None:
        raise LookupError(f"there is no file {name}")
    return tx.keys.open_bytes(_WHERE, row, sealed)


def _row(digest: str) -> UUID:
    return UUID(digest[:32]) if len(digest) == 64 else UUID(int=0)
