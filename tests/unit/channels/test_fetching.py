"""Whoever says that files can be fetched can fetch them, and whoever shows menus for one person says so."""

from __future__ import annotations

import pytest

from channels import CHANNELS, load
from channels.routes import ROUTES


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_a_channel_that_takes_files_fetches_them(name: str) -> None:
    takes = any(caps.takes_files for route, caps in ROUTES.items() if route.partition(".")[0] == name)
    assert hasattr(load(name), "fetch") == takes


def test_fetching_is_what_the_list_asks_for() -> None:
    assert hasattr(load("telegram"), "fetch")
    assert hasattr(load("slack"), "fetch")
