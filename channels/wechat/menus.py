"""What the items of the menus in a chat stand for: a click brings a number and the words, and no more.

Kept in the account's vault, encrypted, the newest few of each chat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.base import Vault
from channels.tencent.words import short
from channels.wechat.writing import SERIALS

MOST = 4
TRIES = 5
_ID = re.compile(r"[1-9]\d{0,9}")
_NUMBER = re.compile(r"([1-9])(?:\. .*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: the value of its button, and the message that offered it."""

    value: str
    about: str


class Menus:
    """The menus that one account's chats show."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def remember(
        self, chat: str, listed: Sequence[dict[str, str]], values: Sequence[str], about: str
    ) -> None:
        """Note a menu before it is sent; the oldest of the chat is forgotten."""
        serial = int(listed[0]["id"]) % SERIALS
        menu = [serial, about, [[item["content"], value] for item, value in zip(listed, values, strict=True)]]
        for _ in range(TRIES):
            stored = await self._vault.get(_name(chat))
            others = [each for each in _read(stored) if each[0] != serial]
            text = json.dumps([menu, *others][:MOST], ensure_ascii=False, separators=(",", ":"))
            if await self._vault.swap(_name(chat), stored, text):
                return

    async def find(self, chat: str, id: str, content: str) -> Choice | None:
        """Return what a click stands for: by its number, or by its words, as the number has come as 0."""
        menus = _read(await self._vault.get(_name(chat)))
        if _ID.fullmatch(id):
            number, serial = divmod(int(id), SERIALS)
            for known, about, items in menus:
                if known == serial and 0 < number <= len(items):
                    return Choice(items[number - 1][1], about)
        for _, about, items in menus:
            for said, value in items:
                if said == content:
                    return Choice(value, about)
        return None


def is_item(content: str) -> bool:
    """Tell whether words look like an item of a menu: a number alone is what anybody may type."""
    return len(content) > 1 and number_of(content) is not None


def number_of(content: str) -> str | None:
    """Return the number with which the words of an item begin."""
    found = _NUMBER.fullmatch(content)
    return found[1] if found else None


def _name(chat: str) -> str:
    return f"menus.{short(chat)}"


def _read(text: str | None) -> list[tuple[int, str, list[tuple[str, str]]]]:
    try:
        listed = json.loads(text or "[]")
        return [(int(s), str(about), [(str(a), str(b)) for a, b in items]) for s, about, items in listed]
    except (ValueError, TypeError):
        return []
