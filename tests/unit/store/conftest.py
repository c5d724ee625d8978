"""A migrated, empty database for each test, once on SQLite and once on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store.db import Database
from store.secrets import Keyring
from tests.support.postgres import Cluster

KEYRING = Keyring.fresh()


@pytest.fixture
def keyring() -> Keyring:
    return KEYRING


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "turnout.db")
        yield f"sqlite:///{tmp_path}/turnout.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create(cluster.template("store", _migrate))
    yield cluster.url(name)
    cluster.discard(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def db(database_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    database = await Database.open(database_url, keyring)
    yield database
    await database.close()


def _migrate(url: str) -> None:
    async def run() -> None:
        database = await Database.open(url, KEYRING)
        await database.migrate()
        await database.close()

    # In a thread, because this one may have a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
