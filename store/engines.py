"""How each database is connected to: addresses, drivers, pragmas, the check of a file, and which errors pass."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from store.errors import Corrupt, NoDatabase, StoreError, Unavailable
from store.filelock import FileLock
from store.sqlite import connecting

BUSY_TIMEOUT = 5.0
QUEUE_TIMEOUT = 15.0
"""How long a transaction waits for its turn before the database counts as unavailable."""
ALWAYS_CHECKED = 256 * 1024 * 1024
"""Files up to this size are checked at every start: it takes less than a second."""
SOUND_SQLITE = (3, 51, 3)
"""Older versions may corrupt a WAL that several connections reset, see sqlite.org/wal.html, "The WAL-reset bug"."""

_WRITER = (
    "PRAGMA journal_mode=WAL",
    # Safe against power cuts; NORMAL loses acknowledged rows (F10).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    "PRAGMA journal_size_limit=67108864",
)
_READER = (
    "PRAGMA query_only=ON",
    # All checkpoints go through the writer (F12).
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA trusted_schema=OFF",
)


def parse(url: str) -> URL:
    """Return the address with the driver we use; raises StoreError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            "database.url is no address. Use sqlite:///path or postgresql://user@host/name"
        ) from None
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
            raise StoreError("SQLite needs a file. Use sqlite:///relative/path or sqlite:////absolute/path")
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg")
    raise StoreError(f"{backend} is not supported. Use sqlite:///path or postgresql://user@host/name")


def postgres_engine(url: URL) -> AsyncEngine:
    """Return a pool that keeps nothing in its sessions, so that a pooler may stand between, and finds lost ones."""
    settings = {"command_timeout": 30, "timeout": 10, "server_settings": {"application_name": "turnout"}}
    return create_async_engine(
        url,
        connect_args=settings,
        pool_size=10,
        max_overflow=20,
        pool_timeout=QUEUE_TIMEOUT,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def sqlite_engine(url: URL, *, readers: int = 0) -> AsyncEngine:
    """Return an engine with so many readers, or with the one writer."""
    engine = create_async_engine(
        url,
        async_creator=connecting(str(path_of(url)), BUSY_TIMEOUT),
        pool_size=readers or 1,
        max_overflow=0,
        pool_timeout=QUEUE_TIMEOUT,
        hide_parameters=True,
    )

    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for pragma in _READER if readers else _WRITER:
            cursor.execute(pragma)
        cursor.close()

    def begin(connection: Any) -> None:
        # The driver begins nothing by itself: a write that began as a read would fail at once when busy (F7).
        connection.exec_driver_sql("BEGIN" if readers else "BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", begin)
    return engine


def path_of(url: URL) -> Path:
    return Path(url.database or "").absolute()


def must_exist(path: Path) -> None:
    if not path.exists():
        raise NoDatabase(f"there is no database at {path}. Start Turnout once, or correct database.url")


def own(path: Path) -> FileLock:
    """Take the file for this process, make it if need be, and check it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(path.name + "-lock"))
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
            size = path.stat().st_size
            if size and (not lock.was_clean or size <= ALWAYS_CHECKED):
                _check(path)
        except BaseException:
            lock.release(is_clean=lock.was_clean)
            raise
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened: {error.strerror}. Correct database.url or the rights"
        ) from error
    return lock


def _check(path: Path) -> None:
    """Raise Corrupt for a damaged file. Nothing is mended or deleted."""
    remedy = f"Restore {path} from a backup, or keep it and save what can be read: sqlite3 {path} .recover"
    try:
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT)
        try:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        raise Unavailable(f"{path} cannot be read ({error})") from error
    except sqlite3.DatabaseError as error:
        raise Corrupt(f"{path} is damaged ({error}). {remedy}") from error
    if verdict != "ok":
        raise Corrupt(f"{path} is damaged ({str(verdict).splitlines()[-1]}). {remedy}")


_PASSING_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}
# Connection lost, no resources, deadlock or serialization, shut down: classes of SQLSTATE, PostgreSQL appendix A.
_PASSING_SQLSTATE = ("08", "53", "40", "57P", "55P03", "58")


def may_pass(error: Exception) -> bool:
    """Tell whether the same transaction may succeed later."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _PASSING_SQLITE
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_PASSING_SQLSTATE)


def plainly(error: Exception) -> str:
    """Name an error without statements, parameters or passwords."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    named = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return f"{type(cause).__name__} {named}" if named else type(cause).__name__
