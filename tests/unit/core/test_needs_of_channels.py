"""Whether a list reaches us as a file where somebody asks for the import."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.needs.channels import NEEDS
from channels.routes import ROUTES


@pytest.mark.parametrize(
    ("route", "takes"),
    [
        ("telegram", True),
        ("slack", True),
        ("wecom.kf", True),
        ("wecom.app", False),  # it is told of pictures, and of no documents
        ("wechat.template", False),
        ("sms", False),
    ],
)
async def test_a_list_is_asked_for_as_a_file_only_where_one_comes_in(route: str, takes: bool) -> None:
    event = SimpleNamespace(account="it.main")
    asked: Any = SimpleNamespace(caps={"it.main": ROUTES[route]}, event=event)
    assert await NEEDS["takes_files"](asked) is takes


async def test_what_comes_from_no_account_brings_no_file() -> None:
    asked: Any = SimpleNamespace(caps={}, event=SimpleNamespace(account=None))
    assert await NEEDS["takes_files"](asked) is False
