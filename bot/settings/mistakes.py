"""All that is wrong with an account, where its channel tells one thing at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.accounts import ACCOUNTS
from bot.settings.problems import as_told
from channels.base import BadSetting

if TYPE_CHECKING:
    from bot.settings.tables import Reading

MOST = 30
_Settings = TypeVar("_Settings")


def settings_of(
    reading: Reading,
    path: str,
    config: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], _Settings],
    required: Collection[str],
) -> _Settings | None:
    """Return an account's settings, or tell everything that is wrong with them and return None.

    What is wrong, or is missing and told already, is taken for right then, so that the next mistake is seen too.
    """
    right = ACCOUNTS[path.split(".")[1]]
    missing = {key: right[key] for key in required if key not in config}
    tried, mistakes = {**missing, **config}, 0
    while mistakes < MOST:
        try:
            settings = read(tried)
        except BadSetting as bad:
            mistakes += 1
            reading.wrong(f"{path}.{bad.field}", as_told(bad.why), as_told(bad.remedy))
            tried = _without(tried, bad.field, right)
        else:
            return None if mistakes or missing else settings
    return None


def _without(config: dict[str, Any], field: str, right: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with something right, or nothing, in the place of a field; of a table only one entry."""
    key, _, inner = field.partition(".")
    table, name = config.get(key), inner.partition(".")[0]
    if isinstance(table, Mapping) and name in table:
        return {**config, key: {each: value for each, value in table.items() if each != name}}
    others = {each: value for each, value in config.items() if each != key}
    return {**others, key: right[key]} if key in right and key != "templates" else others
