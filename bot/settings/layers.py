"""What one table of a policy says, and where each value was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.settings.tables import BAD
from conversations.identity import Place


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and the key it was written under."""

    value: Any
    key: str


Layer = dict[str, Setting]
"""What one table says, its nested tables flat: `grace`, `support.phone`, `blocks.coding`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a policy refers to outside itself."""

    channels: Collection[str]
    """Platforms with an account."""
    accounts: Collection[str]
    """Accounts, like `telegram.main`."""
    signals: Collection[str]
    """Accounts under [interviews]."""
    teams: Mapping[str, Place]
    has_page: bool


def is_good(merged: Layer, *keys: str) -> bool:
    """Tell whether none of these values was unreadable."""
    return not any(key in merged and merged[key].value is BAD for key in keys)


def origin(merged: Layer, key: str) -> str:
    """Return the key a value was written under, or would be."""
    return merged[key].key if key in merged else f"policy.{key}"
