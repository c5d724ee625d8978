"""The migrations make exactly the tables that the code knows, on both databases, and can be taken back."""

import asyncio
import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select, text

from store import journal, schema
from store.db import Database
from store.errors import SchemaTooNew, SchemaTooOld
from store.secrets import Keyring
from store.tables import metadata
from tests.unit.store.samples import NOW, booked


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


def definitions(connection: Connection) -> dict[str, list[str]]:
    """Return every index and table as the database itself describes it: also what Alembic does not compare."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    rows = connection.execute(text(query)).all()
    # In which order a table's constraints are named says nothing.
    return {name: sorted(re.split(r"[\s\",]+", sql)) for name, sql in rows if not name.startswith("alembic")}


async def test_migrated_tables_are_those_of_the_code(db: Database) -> None:
    async with db.read() as tx:
        assert await tx.conn.run_sync(differences) == []


async def test_migrated_indexes_are_those_of_the_code(db: Database) -> None:
    async with db.write() as tx:
        migrated = await tx.conn.run_sync(definitions)
        await tx.conn.run_sync(schema.downgrade)
        await tx.conn.run_sync(metadata.create_all)
        assert migrated == await tx.conn.run_sync(definitions)


async def test_up_down_up(empty_url: str, keyring: Keyring) -> None:
    db = await Database.open(empty_url, keyring)
    await db.migrate()
    async with db.write() as tx:
        await booked(tx)
        await journal.append(tx, "interview.booked", "interview:1", "cli", {}, NOW)
    async with db.write() as tx:
        await tx.conn.run_sync(schema.downgrade)
    async with db.read() as tx:
        assert await tx.conn.run_sync(lambda conn: inspect(conn).get_table_names()) == ["alembic_version"]
    await db.migrate()
    await db.migrate()
    async with db.read() as tx:
        assert await tx.conn.run_sync(differences) == []
        assert (
            await tx.conn.execute(select(func.count()).select_from(metadata.tables["journal"]))
        ).scalar() == 0
    await db.close()


async def test_processes_that_start_together_migrate_once(postgres_url: str, keyring: Keyring) -> None:
    several = [await Database.open(postgres_url, keyring) for _ in range(4)]
    await asyncio.gather(*(db.migrate() for db in several))
    async with several[0].read() as tx:
        assert await tx.conn.run_sync(differences) == []
    for db in several:
        await db.close()


async def test_newer_tables_are_refused(db: Database) -> None:
    async with db.write() as tx:
        await tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="newer version"):
        await db.migrate()


async def test_one_who_looks_in_needs_tables_up_to_date(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('old')}/old.db"
    owner = await Database.open(url, keyring)
    async with owner.write() as tx:
        await tx.conn.execute(text("CREATE TABLE something (id INTEGER)"))
    guest = await Database.open(url, keyring, exclusive=False)
    with pytest.raises(SchemaTooOld):
        await guest.migrate()
    await owner.migrate()
    await guest.migrate()
    await guest.close()
    await owner.close()


async def test_migrations_need_no_config_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, keyring: Keyring
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "100% of it"
    folder.mkdir()
    db = await Database.open(f"sqlite:///{folder}/t.db", keyring)
    await db.migrate()
    await db.close()
