"""The account's menu: one's interview, the device check, another time, help. Its keys ask for things by name.

developers.weixin.qq.com/doc/service, Custom_Menus: three entries, five below each, names of 16 and 60 bytes.
"""

from __future__ import annotations

from typing import Any

from channels.shape import cut
from channels.wechat.sentences import HAN
from locales.text import Text, ct
from locales.translate import render

LONGEST_NAME = 16
LONGEST_INNER_NAME = 60

MINE = (ct("account menu", "My interview"), "want.status")
CHECK = (ct("account menu", "Device check"), "want.check")
MORE = ct("account menu", "More")
OTHERS = (
    (ct("account menu", "Another time"), "want.move"),
    (ct("account menu", "Something does not work"), "want.technical"),
    (ct("account menu", "Help"), "want.help"),
    (ct("account menu", "Privacy"), "want.privacy"),
)


def account_menu() -> dict[str, Any]:
    """Return the menu as menu/create takes it: all of it clicks, which open a window; pages would not."""
    more = {
        "name": _name(MORE, LONGEST_NAME),
        "sub_button": [_entry(*each, LONGEST_INNER_NAME) for each in OTHERS],
    }
    return {"button": [_entry(*MINE, LONGEST_NAME), _entry(*CHECK, LONGEST_NAME), more]}


def _entry(name: Text, key: str, longest: int) -> dict[str, str]:
    return {"type": "click", "name": _name(name, longest), "key": key}


def _name(name: Text, longest: int) -> str:
    return cut(render(name, HAN), longest, "bytes")
