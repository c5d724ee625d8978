"""Whoever says that files can be fetched can fetch them, and whoever shows menus for one person says so."""

from __future__ import annotations

from typing import Any

import pytest

from channels import CHANNELS, load
from channels.routes import ROUTES

OWN = {"wecom.kf": "wecom_kf", "wecom.contact": "wecom_contact"}
"""The channels that carry a route of another's name."""


def channel_of(route: str) -> str:
    return OWN.get(route, route.partition(".")[0])


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_a_channel_that_takes_files_fetches_them(name: str) -> None:
    takes = any(caps.takes_files for route, caps in ROUTES.items() if channel_of(route) == name)
    assert hasattr(load(name), "fetch") == takes


@pytest.mark.parametrize("name", ["telegram", "slack", "wecom", "wecom_kf", "wechat"])
def test_fetching_is_what_the_list_asks_for(name: str) -> None:
    channel: Any = load(name)
    assert hasattr(channel, "fetch")
    assert any(caps.takes_files for route, caps in ROUTES.items() if channel_of(route) == name)


@pytest.mark.parametrize("name", ["wecom", "wecom_kf", "wechat"])
def test_what_an_account_says_of_itself_holds_that_too(name: str) -> None:
    channel: Any = load(name)
    assert channel.caps.takes_files


def test_apps_and_accounts_of_tencent_are_told_of_no_documents() -> None:
    deaf = {route for route, caps in ROUTES.items() if caps.takes_files and not caps.hears_documents}
    assert deaf == {"wecom.app", "wechat.template", "wechat.custom"}
