"""What every test has: a clean environment, no network but loopback, and a database of its own."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from tests.support.postgres import Cluster, PostgresMissing, running_cluster

# Nobody's zone: what reads the machine's local time instead of the reader's fails here.
os.environ["TZ"] = "Asia/Kathmandu"
time.tzset()

# A shared machine pauses when it likes, so slowness is measured by `make bench`, not here.
hypothesis.settings.register_profile("turnout", deadline=None, print_blob=True)
hypothesis.settings.load_profile("turnout")

LONG = 120
"""Seconds that a test may take without being one of the few on whose end everybody might wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest begin first, whatever the order of all others: begun last they would be waited for."""
    items.sort(key=_longest, reverse=True)


def _longest(item: pytest.Item) -> int:
    marker = item.get_closest_marker("timeout")
    seconds = int(marker.args[0]) if marker is not None and marker.args else 0
    return seconds if seconds > LONG else 0


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own settings and proxies from the code under test."""
    for name in os.environ:
        if name.startswith("TURNOUT_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of this test process; started by the first test that asks."""
    try:
        with running_cluster() as cluster:
            yield cluster
    except PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def postgres_url(postgres: Cluster) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.discard(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of this test, on either engine: the test runs twice."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'turnout.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Take back what a test sets up for logs: it holds for the whole process, and tests come in any order."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
