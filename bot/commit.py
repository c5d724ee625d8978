"""Group commit: small writes that arrive together share one transaction and its one flush to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from store.db import Database, Tx

T = TypeVar("T")


class GroupCommit:
    """Runs writes one after another in shared transactions; each caller returns once its own is on disk."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = asyncio.Lock()
        self._waiting: list[tuple[Callable[[Tx], Awaitable[Any]], asyncio.Future[Any]]] = []

    async def run(self, write: Callable[[Tx], Awaitable[T]]) -> T:
        """Return what `write` returns, after the commit.

        A write that fails fails alone: the others are done again without it.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        async with self._lock:
            if not future.done():
                group, self._waiting = self._waiting, []
                await self._commit(group)
        return await future

    async def _commit(self, group: list[tuple[Callable[[Tx], Awaitable[Any]], asyncio.Future[Any]]]) -> None:
        try:
            async with self._db.write() as tx:
                results = [await write(tx) for write, _ in group]
        except BaseException as error:
            if len(group) == 1 or not isinstance(error, Exception):
                for _, future in group:
                    if not future.done():
                        future.set_exception(error)
                        future.exception()
                if not isinstance(error, Exception):
                    raise
                return
            for single in group:
                await self._commit([single])
            return
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)
