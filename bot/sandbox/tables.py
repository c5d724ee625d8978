"""The tables of a stage's database: made once in a process by all migrations, then copied for each further stage."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from store.db import Database, Keyring

_made: bytes | None = None
"""An empty database file with all tables. It is never written to, so stages have nothing in common by it."""


async def lay(path: Path) -> None:
    """Put a database with all tables and nothing in them there, unless there is a database already."""
    global _made
    if _made is None:
        _made = await _make()
    await asyncio.to_thread(_put, path, _made)


def _put(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)


async def _make() -> bytes:
    with tempfile.TemporaryDirectory(prefix="turnout-") as folder:
        path = Path(folder) / "empty.db"
        database = await Database.open(f"sqlite:///{path}", Keyring.fresh())
        try:
            await database.migrate()
        finally:
            await database.close()
        return await asyncio.to_thread(path.read_bytes)
