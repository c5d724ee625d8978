"""Group commit: writes that arrive together share a transaction, and one that fails fails alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.commit import GroupCommit
from store.db import Database, Tx
from store.errors import Unavailable


class Ledger:
    """Stands in for a database: what is written counts once its transaction has ended well."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        self.transactions = 0
        self.pending: list[str] = []
        self.hold: asyncio.Event | None = None
        self.broken = False

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        self.transactions += 1
        self.pending = []
        if self.hold is not None:
            await self.hold.wait()
        if self.broken:
            raise Unavailable("the database does not answer")
        yield self
        self.committed += self.pending


def put(name: str, error: BaseException | None = None) -> Any:
    async def write(ledger: Any) -> str:
        ledger.pending.append(name)
        await asyncio.sleep(0)
        if error is not None:
            raise error
        return name.upper()

    return write


async def grouped(ledger: Ledger, *writes: Any) -> list[Any]:
    """Have writes arrive together, and return what became of each."""
    commits = GroupCommit(ledger)  # type: ignore[arg-type]
    ledger.hold = asyncio.Event()
    tasks = [asyncio.create_task(commits.run(write)) for write in (put("first"), *writes)]
    for _ in range(5):
        await asyncio.sleep(0)
    ledger.hold.set()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_writes_that_wait_share_a_transaction() -> None:
    ledger = Ledger()
    assert await grouped(ledger, *(put(str(n)) for n in range(20))) == ["FIRST", *(str(n) for n in range(20))]
    assert ledger.transactions == 1
    assert len(ledger.committed) == 21


async def test_one_that_fails_fails_alone() -> None:
    ledger = Ledger()
    found = await grouped(
        ledger, put("a"), put("b", ValueError("bad")), put("c"), put("d", KeyError("worse"))
    )
    assert [type(each) for each in found] == [str, str, ValueError, str, KeyError]
    assert sorted(ledger.committed) == ["a", "c", "first"]


async def test_one_whose_caller_gives_up_takes_nobody_with_it() -> None:
    ledger = Ledger()
    commits = GroupCommit(ledger)  # type: ignore[arg-type]
    ledger.hold = asyncio.Event()
    tasks = [asyncio.create_task(commits.run(put(name))) for name in ("first", "second", "third")]
    for _ in range(5):
        await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[1].cancel()
    await asyncio.sleep(0)
    ledger.hold.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[2] == "THIRD"
    assert "third" in ledger.committed


async def test_when_the_loop_is_stopped_nobody_waits_for_ever() -> None:
    ledger = Ledger()
    commits = GroupCommit(ledger)  # type: ignore[arg-type]
    ledger.hold = asyncio.Event()
    task = asyncio.create_task(commits.run(put("first")))
    for _ in range(5):
        await asyncio.sleep(0)
    committing = next(task for task in asyncio.all_tasks() if task.get_name() == "group commit")
    committing.cancel()
    found = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert ledger.committed == []


async def test_without_a_database_all_are_told_at_once() -> None:
    ledger = Ledger()
    ledger.broken = True
    found = await grouped(ledger, *(put(str(n)) for n in range(50)))
    assert all(isinstance(each, Unavailable) for each in found)
    assert ledger.transactions <= 3
    ledger.broken = False
    assert await GroupCommit(ledger).run(put("later")) == "LATER"  # type: ignore[arg-type]


async def test_on_a_real_database_what_is_returned_is_on_disk_and_what_failed_is_not(db: Database) -> None:
    commits = GroupCommit(db)

    def count(name: str, error: Exception | None = None) -> Any:
        async def write(tx: Tx) -> int:
            number = await tx.next_number(name)
            if error is not None:
                raise error
            return number

        return write

    writes = [count(f"n{n}", ValueError(n) if n % 7 == 3 else None) for n in range(60)]
    found = await asyncio.gather(*(commits.run(write) for write in writes), return_exceptions=True)
    assert [n for n, each in enumerate(found) if isinstance(each, ValueError)] == list(range(3, 60, 7))
    async with db.write() as tx:
        again = [await tx.next_number(f"n{n}") for n in range(60)]
    assert again == [1 if n % 7 == 3 else 2 for n in range(60)]


async def test_a_write_that_raises_leaves_no_error_that_nobody_reads(
    recwarn: pytest.WarningsRecorder,
) -> None:
    ledger = Ledger()
    with pytest.raises(ValueError, match="bad"):
        await GroupCommit(ledger).run(put("x", ValueError("bad")))  # type: ignore[arg-type]
    assert not recwarn.list
