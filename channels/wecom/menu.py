"""The app's menu: what is asked for every day, one tap away. Its keys are commands, in Chinese as its people are.

developer.work.weixin.qq.com/document/path/90231: three entries, five below each, names of 16 bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from channels.shape import cut
from locales.text import Reader, Text, ct
from locales.translate import render

LONGEST_NAME = 16
_READER = Reader("zh_Hans", "Asia/Shanghai", datetime(1970, 1, 1, tzinfo=UTC))

TODAY = (ct("app menu", "Today"), "list today")
NO_SHOWS = (ct("app menu", "No-shows"), "list no_show")
MORE = ct("app menu", "More")
OTHERS = (
    (ct("app menu", "Tomorrow"), "list tomorrow"),
    (ct("app menu", "Unreached"), "list unbound"),
    (ct("app menu", "Figures"), "stats"),
    (ct("app menu", "Status"), "want.status"),
    (ct("app menu", "Help"), "help"),
)


def app_menu() -> dict[str, Any]:
    """Return the menu as menu/create takes it."""
    more = {"name": _name(MORE), "sub_button": [_entry(*entry) for entry in OTHERS]}
    return {"button": [_entry(*TODAY), _entry(*NO_SHOWS), more]}


def _entry(name: Text, key: str) -> dict[str, Any]:
    return {"type": "click", "name": _name(name), "key": key}


def _name(name: Text) -> str:
    return cut(render(name, _READER), LONGEST_NAME, "bytes")
