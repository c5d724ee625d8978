"""One nursery for all crash tests."""

from collections.abc import Iterator

import pytest

from tests.crash.lives import Nursery, open_nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened
