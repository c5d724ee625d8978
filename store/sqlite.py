"""SQLite's driver, with one trip to its thread for each statement; aiosqlite makes five, most of what a write costs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite


def connecting(path: str, timeout: float) -> Callable[[], Connection]:
    """Return what opens a connection, as SQLAlchemy's `async_creator` wants it. It begins no transactions itself."""
    # Each connection has a thread that alone runs its statements; cursors may be made and dropped anywhere.
    options: dict[str, Any] = {"timeout": timeout, "isolation_level": None, "check_same_thread": False}

    def connect() -> Connection:
        connection = Connection(partial(sqlite3.connect, path, **options), iter_chunk_size=64)
        # As SQLAlchemy does it: a connection that was left open must not keep the process.
        connection._thread.daemon = True
        return connection

    return connect


class Connection(aiosqlite.Connection):
    """A connection whose cursors bring all rows of a statement along when they run it."""

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)


class Cursor:
    """What SQLAlchemy asks of a driver's cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()

    async def __aenter__(self) -> Cursor:
        self._cursor = self._connection._conn.cursor()
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        await self._connection._execute(self._run, sql, parameters)  # type: ignore[no-untyped-call]
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Cursor:
        await self._connection._execute(self._cursor.executemany, sql, parameters)  # type: ignore[no-untyped-call]
        return self

    def _run(self, sql: str, parameters: Sequence[Any]) -> None:
        """Run in the connection's thread. A statement whose rows were all fetched holds nothing any more."""
        self._rows = self._cursor.execute(sql, parameters).fetchall()

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = ()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid
