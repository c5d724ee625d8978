"""Opening, owning, writing and reading; what is refused, and what comes back after something went wrong."""

import asyncio
import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from store import inbox, interviews, people, schema, signals, slots, timers
from store.db import Database, Tx
from store.errors import Corrupt, InUse, NoDatabase, ReadOnly, StoreError, Unavailable
from store.secrets import Keyring
from tests.unit.store.samples import NOW, booked, event, person, slot

REFUSED = {"ftp://host/name": "not supported", "": "no address", "sqlite://": "needs a file"}


@pytest.mark.parametrize("url", [*REFUSED, "sqlite:///:memory:", "mysql://u:hunter2@h/d"])
async def test_an_address_that_cannot_work_is_refused_with_what_would(url: str, keyring: Keyring) -> None:
    with pytest.raises(StoreError, match=REFUSED.get(url, "Use sqlite:///")) as refused:
        await Database.open(url, keyring)
    assert "sqlite:///" in str(refused.value)
    assert "hunter2" not in str(refused.value)


async def test_a_transaction_counts_whole_or_not_at_all(db: Database) -> None:
    someone = person()

    async def fail() -> None:
        async with db.write() as tx:
            await people.create(tx, someone)
            assert await people.get(tx, someone.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.read() as tx:
        assert await people.get(tx, someone.id) is None


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        async with db.read() as tx:
            await people.create(tx, person())


async def test_a_reader_sees_one_moment(db: Database) -> None:
    async with db.read() as tx:
        assert await signals.last_heard(tx, "zoom") is None
        async with db.write() as other:
            await signals.heard(other, "zoom", NOW)
        assert await signals.last_heard(tx, "zoom") is None


async def test_a_transaction_inside_another_is_refused_at_once(db: Database) -> None:
    async with db.write():
        with pytest.raises(RuntimeError, match="hand the Tx on"):
            async with db.write():
                pass


async def test_two_hundred_writers_wait_their_turn(db: Database) -> None:
    async def write(n: int) -> None:
        async with db.write() as tx:
            await tx.next_number("test")

    await asyncio.gather(*map(write, range(200)))
    async with db.write() as tx:
        assert await tx.next_number("test") == 201


async def test_a_cancelled_write_leaves_nothing_and_blocks_nobody(db: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with db.write() as tx:
            await tx.next_number("test")
            written.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.write() as tx:
        assert await tx.next_number("test") == 1


@pytest.mark.parametrize("after", [0.0, 0.0005, 0.001, 0.002, 0.004])
async def test_writes_cancelled_at_any_moment_leave_a_usable_database(db: Database, after: float) -> None:
    async def write() -> None:
        async with db.write() as tx:
            await people.create(tx, person())

    # What is cut is a transaction, not the making of a connection.
    await asyncio.gather(*(write() for _ in range(10)))
    tasks = [asyncio.create_task(write()) for _ in range(10)]
    await asyncio.sleep(after)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await write()


async def test_instants_are_aware_utc_in_and_out(db: Database) -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 24, 14, 0, 0, 123456, shanghai)
    async with db.write() as tx:
        await timers.set(tx, "a", "s", at, {})
        stored = (await timers.of(tx, "s"))[0].at
    assert stored == at
    assert stored.utcoffset() == timedelta(0)


async def test_naive_instants_are_refused(db: Database) -> None:
    async with db.write() as tx:
        with pytest.raises(ValueError, match="no zone"):
            await timers.set(tx, "a", "s", datetime(2026, 11, 24, 14, 0), {})


async def test_a_wall_clock_time_has_no_zone(db: Database) -> None:
    async with db.write() as tx:
        interview = await booked(tx)
        wrong = replace(interview, attempt=replace(interview.attempt, local_start=NOW))
        with pytest.raises(ValueError, match="has a zone"):
            await interviews.save(tx, wrong)


async def test_locks_are_held_to_the_end(db: Database) -> None:
    order: list[str] = []

    async def write(name: str, pause: float) -> None:
        async with db.write() as tx:
            await tx.lock("person:1")
            order.append(f"{name} in")
            await asyncio.sleep(pause)
            order.append(f"{name} out")

    await asyncio.gather(write("first", 0.05), write("second", 0))
    assert order in (
        ["first in", "first out", "second in", "second out"],
        ["second in", "second out", "first in", "first out"],
    )


async def test_vitals_are_measured_by_writing(db: Database) -> None:
    found = await db.vitals()
    assert found["write_seconds"] < 1
    versions = Path(schema.__file__).parent / "migrations" / "versions"
    assert found["schema"] == max(file.name[1:5] for file in versions.glob("r[0-9]*.py"))
    assert found["database"].split()[0] in ("sqlite", "postgresql")
    assert found["is_sound"] in (True, False)


async def test_vitals_say_when_nobody_can_write(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.db.VITAL_WITHIN", 0.05)

    async def slowly(tx: Tx, name: str, first: int = 1) -> int:
        await asyncio.sleep(5)
        return 1

    monkeypatch.setattr(Tx, "next_number", slowly)
    with pytest.raises(Unavailable, match="longer than"):
        await db.vitals()


# --- SQLite: one file, one owner


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/turnout.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "turnout.db"


async def opened(url: str, keyring: Keyring) -> Database:
    db = await Database.open(url, keyring)
    await db.migrate()
    return db


async def test_only_the_owner_may_read_the_files(file_url: str, file: Path, keyring: Keyring) -> None:
    before = os.umask(0)
    try:
        db = await opened(file_url, keyring)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    await db.close()
    assert set(modes) == {"turnout.db", "turnout.db-wal", "turnout.db-shm", "turnout.db-lock"}
    assert set(modes.values()) == {0o600}


async def test_the_writer_is_safe_and_strict(file_url: str, keyring: Keyring) -> None:
    db = await opened(file_url, keyring)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "busy_timeout": 5000,
    }
    async with db.write() as tx:
        found = {name: (await tx.conn.execute(text(f"PRAGMA {name}"))).scalar() for name in wanted}
    await db.close()
    assert found == wanted


async def test_a_second_owner_is_refused_with_the_remedy(file_url: str, keyring: Keyring) -> None:
    db = await opened(file_url, keyring)
    with pytest.raises(
        InUse, match=f"process {os.getpid()}. Stop that one first; to run several, use PostgreSQL"
    ):
        await Database.open(file_url, keyring)
    await db.close()
    await (await Database.open(file_url, keyring)).close()


PROGRAM = """
import asyncio, sys
from store.db import Database
from store.secrets import Keyring

async def main():
    db = await Database.open(sys.argv[1], Keyring.fresh())
    await db.migrate()
    print("open", flush=True)
    async with db.write() as tx:
        await tx.next_number("test")
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
def other_process(file_url: str) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-c", PROGRAM, file_url]
    process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.communicate()


async def test_a_second_process_is_refused(
    file_url: str, keyring: Keyring, other_process: subprocess.Popen[str]
) -> None:
    with pytest.raises(InUse, match=f"in use by process {other_process.pid}"):
        await Database.open(file_url, keyring)


async def test_what_a_killed_process_had_not_committed_is_gone(
    file_url: str, keyring: Keyring, other_process: subprocess.Popen[str]
) -> None:
    other_process.kill()
    other_process.wait()
    db = await opened(file_url, keyring)
    async with db.write() as tx:
        assert await tx.next_number("test") == 1
    await db.close()


async def test_a_guest_looks_in_and_cannot_write(file_url: str, keyring: Keyring) -> None:
    with pytest.raises(NoDatabase, match="there is no database"):
        await Database.open(file_url, keyring, exclusive=False)
    owner = await opened(file_url, keyring)
    guest = await Database.open(file_url, keyring, exclusive=False)
    async with owner.write() as tx:
        await signals.heard(tx, "zoom", NOW)
    async with guest.read() as tx:
        assert await signals.last_heard(tx, "zoom") == NOW
    with pytest.raises(ReadOnly):
        async with guest.write():
            pass
    await guest.close()
    await owner.close()


async def test_a_locked_database_is_unavailable_and_comes_back(
    file_url: str, file: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.engines.BUSY_TIMEOUT", 0.1)
    db = await opened(file_url, keyring)
    intruder = sqlite3.connect(file)
    intruder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="SQLITE_BUSY"):
        async with db.write() as tx:
            await tx.next_number("test")
    intruder.rollback()
    intruder.close()
    async with db.write() as tx:
        assert await tx.next_number("test") == 1
    await db.close()


async def test_a_full_disk_is_unavailable_and_comes_back(file_url: str, keyring: Keyring) -> None:
    db = await opened(file_url, keyring)
    async with db.write() as tx:
        pages = (await tx.conn.execute(text("PRAGMA page_count"))).scalar()
        await tx.conn.execute(text(f"PRAGMA max_page_count={pages}"))
    acknowledged: list[bool] = []

    async def fill() -> None:
        while True:
            async with db.write() as tx:
                is_new = await inbox.put(tx, event("x" * 2000), NOW)
            acknowledged.append(is_new)

    with pytest.raises(Unavailable, match="SQLITE_FULL"):
        await fill()
    async with db.write() as tx:
        await tx.conn.execute(text("PRAGMA max_page_count=1000000"))
    async with db.write() as tx:
        await inbox.put(tx, event(), NOW)
        assert len(await inbox.claim(tx, NOW, 5000)) == len(acknowledged) + 1
    await db.close()


async def fill_and_close(url: str, keyring: Keyring) -> None:
    db = await opened(url, keyring)
    async with db.write() as tx:
        for _ in range(200):
            await slots.create(tx, slot(), uuid4().hex)
    await db.close()


async def open_and_close(url: str, keyring: Keyring) -> None:
    await (await Database.open(url, keyring)).close()


# The very first bytes, and the root page of a table in the middle.
@pytest.mark.parametrize("where", [0.0, 0.5])
def test_a_damaged_file_is_refused_with_path_and_remedy(
    file_url: str, file: Path, keyring: Keyring, where: float
) -> None:
    asyncio.run(fill_and_close(file_url, keyring))
    whole = file.read_bytes()
    offset = int(len(whole) * where) // 4096 * 4096
    damaged = bytearray(whole)
    damaged[offset : offset + 512] = random.Random(7).randbytes(512)
    file.write_bytes(damaged)
    with pytest.raises(Corrupt, match=r"turnout\.db is damaged .* backup"):
        asyncio.run(open_and_close(file_url, keyring))
    assert file.read_bytes() == bytes(damaged), "it is never mended or deleted"
    file.write_bytes(whole)
    asyncio.run(open_and_close(file_url, keyring))


async def test_a_folder_where_nothing_can_be_written_is_named(keyring: Keyring) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await Database.open("sqlite:////proc/turnout/turnout.db", keyring)


def test_a_bad_start_ends_soon(file_url: str, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database" * 1000)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, file_url],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == 1
    assert "Corrupt" in done.stderr


# --- PostgreSQL


async def test_a_server_that_is_not_there_is_unavailable(keyring: Keyring) -> None:
    db = await Database.open("postgresql://nobody:hunter2@127.0.0.1:9/none", keyring)
    with pytest.raises(Unavailable, match="does not answer") as refused:
        async with db.write():
            pass
    assert "hunter2" not in str(refused.value)
    await db.close()


async def test_connections_that_were_cut_are_made_anew(postgres_url: str, keyring: Keyring) -> None:
    db = await opened(postgres_url, keyring)
    cut = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    async def lose_connection() -> None:
        async with db.write() as tx:
            await tx.next_number("test")
            async with db.read() as other:
                await other.conn.execute(cut)
            await tx.next_number("test")

    with pytest.raises(Unavailable):
        await lose_connection()
    async with db.write() as tx:
        assert await tx.next_number("test") == 1
    await db.close()


async def test_the_address_may_be_plain(postgres_url: str, keyring: Keyring) -> None:
    db = await opened(postgres_url.replace("+asyncpg", ""), keyring)
    async with db.read() as tx:
        assert (await tx.conn.execute(select(text("1")))).scalar() == 1
    assert not db.is_sqlite
    await db.close()
