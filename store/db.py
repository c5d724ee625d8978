"""The database: opened, brought up to date, written to in one transaction at a time where it is SQLite.

SQLite has one writer connection, whose transactions begin IMMEDIATE and are flushed to disk before they count
(F6 to F12 in the measurements), and readers that cannot write. PostgreSQL has a pool.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, overload
from uuid import UUID

from sqlalchemy import Column, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store import engines, schema
from store.errors import Corrupt, InUse, ReadOnly, StoreError, Unavailable
from store.filelock import FileLock
from store.secrets import Keyring
from store.tables import counters

__all__ = ["Corrupt", "Database", "InUse", "Keyring", "StoreError", "Tx", "Unavailable"]

VITAL_WITHIN = 1.0


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction. The functions of this package take it first, and what they did stands when it commits."""

    conn: AsyncConnection
    keys: Keyring

    @property
    def is_sqlite(self) -> bool:
        return self.conn.dialect.name == "sqlite"

    async def lock(self, name: str) -> None:
        """Wait until nobody else holds this name, and hold it to the end; SQLite has only one writer anyway."""
        if not self.is_sqlite:
            number = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
            await self.conn.execute(select(func.pg_advisory_xact_lock(literal(number))))

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT that knows ON CONFLICT."""
        return insert_into(table, self.is_sqlite)

    async def next_number(self, name: str, first: int = 1) -> int:
        """Count one further, without gaps, and return the number."""
        return (await self.next_numbers(name, 1, first))[0]

    async def next_numbers(self, name: str, count: int, first: int = 1) -> range:
        """Count so many further, without gaps, and return the numbers."""
        added = self.insert(counters).values(name=name, value=first + count - 1)
        query = added.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + count}
        ).returning(counters.c.value)
        last = int((await self.conn.execute(query)).scalar_one())
        return range(last - count + 1, last + 1)

    @overload
    def seal(self, column: Column[Any], row: UUID, text: str) -> bytes: ...
    @overload
    def seal(self, column: Column[Any], row: UUID, text: str | None) -> bytes | None: ...
    def seal(self, column: Column[Any], row: UUID, text: str | None) -> bytes | None:
        """Return a text as it may be stored in this column of this row."""
        return None if text is None else self.keys.seal(f"{column.table.name}.{column.name}", row, text)

    @overload
    def open(self, column: Column[Any], row: UUID, sealed: bytes) -> str: ...
    @overload
    def open(self, column: Column[Any], row: UUID, sealed: bytes | None) -> str | None: ...
    def open(self, column: Column[Any], row: UUID, sealed: bytes | None) -> str | None:
        """Return the text that was sealed for this column of this row; raises Unreadable."""
        return None if sealed is None else self.keys.open(f"{column.table.name}.{column.name}", row, sealed)


def insert_into(table: Table, is_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, for statements that are built once: building costs half the time."""
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


# Alembic keeps the migration that runs in globals: two that take turns in one loop write into each other's tables.
_MIGRATING = threading.Lock()


@asynccontextmanager
async def _one_at_a_time() -> AsyncIterator[None]:
    """Wait until no other database of this process is being migrated, whichever loop it belongs to."""
    while not _MIGRATING.acquire(blocking=False):  # noqa: ASYNC110 - an asyncio lock belongs to one loop
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        _MIGRATING.release()


class Database:
    """One installation's database and the keys to it."""

    def __init__(
        self,
        keyring: Keyring,
        reader: AsyncEngine,
        writer: AsyncEngine | None,
        lock: FileLock | None = None,
    ) -> None:
        self.keys = keyring
        self.is_sqlite = reader.dialect.name == "sqlite"
        self._reader = reader
        self._writer = writer
        self._lock = lock
        self._writing: set[asyncio.Task[Any] | None] = set()

    @classmethod
    async def open(cls, url: str, keyring: Keyring, *, exclusive: bool = True) -> Database:
        """Open `sqlite:///path` or `postgresql://…`; the file is made if need be, the tables by `migrate`.

        A SQLite file belongs to one process: another is refused with InUse. With `exclusive=False` it may look in
        beside the owner, and cannot write. Raises Corrupt for a damaged file, and NoDatabase.
        """
        parsed = engines.parse(url)
        if parsed.get_backend_name() != "sqlite":
            engine = engines.postgres_engine(parsed)
            return cls(keyring, engine, engine)
        path = engines.path_of(parsed)
        # By its full path: a process may change its folder.
        parsed = parsed.set(database=str(path))
        if not exclusive:
            engines.must_exist(path)
            return cls(keyring, engines.sqlite_engine(parsed, readers=2), None)
        lock = await asyncio.to_thread(engines.own, path)
        writer = engines.sqlite_engine(parsed)
        return cls(keyring, engines.sqlite_engine(parsed, readers=4), writer, lock)

    async def migrate(self) -> None:
        """Bring the tables up to date; raises SchemaTooNew when a newer version was here.

        Opened beside the process that owns it, it is only checked, and SchemaTooOld is raised.
        """
        if self._writer is None:
            async with self.read() as tx:
                await tx.conn.run_sync(schema.check)
            return
        async with _one_at_a_time(), self.write() as tx:
            await tx.lock("migrate")
            await tx.conn.run_sync(schema.upgrade)

    def write(self) -> AbstractAsyncContextManager[Tx]:
        """One transaction that may write, committed when the block ends well; raises Unavailable."""
        return self._write()

    def read(self) -> AbstractAsyncContextManager[Tx]:
        """One transaction that sees the database as it stands now, and cannot write; raises Unavailable."""
        options = (
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        return self._transaction(self._reader, options)

    async def close(self) -> None:
        """Give everything back; the file needs no check at the next start."""
        await self._reader.dispose()
        if self._writer is not None and self._writer is not self._reader:
            await self._writer.dispose()
        if self._lock is not None:
            self._lock.release(is_clean=True)

    async def vitals(self) -> dict[str, Any]:
        """Write something, and return how long that took and what database this is.

        Raises Unavailable when it does not succeed within a second.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(VITAL_WITHIN), self.write() as tx:
                await tx.next_number("vitals")
                found = await self._version(tx)
        except TimeoutError as error:
            raise Unavailable(f"the database took longer than {VITAL_WITHIN:g} s for one row") from error
        return {**found, "write_seconds": round(time.monotonic() - started, 4)}

    async def _version(self, tx: Tx) -> dict[str, Any]:
        revision = await tx.conn.run_sync(schema.revision)
        if self.is_sqlite:
            sound = sqlite3.sqlite_version_info >= engines.SOUND_SQLITE
            return {"database": f"sqlite {sqlite3.sqlite_version}", "is_sound": sound, "schema": revision}
        version = (await tx.conn.exec_driver_sql("SHOW server_version")).scalar_one()
        return {"database": f"postgresql {version}", "is_sound": True, "schema": revision}

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Tx]:
        if self._writer is None:
            raise ReadOnly(
                "this process only looks in beside the one that owns the database. Stop that one first"
            )
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("a transaction within a transaction would wait for itself; hand the Tx on")
        self._writing.add(task)
        try:
            async with self._transaction(self._writer, {}) as tx:
                yield tx
        finally:
            self._writing.discard(task)

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, options: dict[str, Any]) -> AsyncIterator[Tx]:
        try:
            conn = await engine.connect()
        except Exception as error:
            # Whatever keeps us from connecting may pass: a restart, a failover, a queue that is too long.
            raise Unavailable(f"the database does not answer ({engines.plainly(error)})") from error
        try:
            if options:
                await conn.execution_options(**options)
            async with conn.begin():
                yield Tx(conn, self.keys)
        except (DBAPIError, PoolTimeout) as error:
            if engines.may_pass(error):
                raise Unavailable(f"the database did not take it ({engines.plainly(error)})") from error
            raise
        finally:
            await asyncio.shield(conn.close())
