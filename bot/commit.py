"""Group commit: small writes that arrive together share one transaction and its one flush to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from store.db import Database, Tx
from store.errors import Unavailable

T = TypeVar("T")
_Waiting = tuple[Callable[[Tx], Awaitable[Any]], "asyncio.Future[Any]"]


class GroupCommit:
    """Runs writes one after another in shared transactions; each caller returns once its own is on disk."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self, write: Callable[[Tx], Awaitable[T]]) -> T:
        """Return what `write` returns, after the commit.

        A write that fails fails alone: the others are done again without it. A caller who gives up takes nobody
        with it either, which is why the transaction is not run by any of them.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_all(), name="group commit")
        return await future

    async def _commit_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await self._commit([item for item in group if not item[1].done()])
            finally:
                # Only when this task itself is cancelled: nobody may wait for ever.
                for _, future in group:
                    future.cancel()

    async def _commit(self, group: list[_Waiting]) -> None:
        if not group:
            return
        try:
            async with self._db.write() as tx:
                results = [await write(tx) for write, _ in group]
        except Exception as error:
            # Without a database there is no use in trying one after another.
            if len(group) == 1 or isinstance(error, Unavailable):
                for _, future in group:
                    if not future.done():
                        future.set_exception(error)
                return
            for single in group:
                await self._commit([single])
            return
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)
