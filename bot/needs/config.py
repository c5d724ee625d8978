"""What is configured: the keys in force, the versions there were, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from bot.configuration import Configuration, differences
from bot.needs.asking import Answering, Asked
from bot.settings.written import BadKey, default_of, flat, from_text, key_of, nearest_key, path_of
from conversations.configured import Changed, Compared, Configured, Setting, Version
from store import people, policies

MOST = 60
"""Versions that are listed."""


async def _config(asked: Asked) -> Configured:
    """Return everything that is set, or the one key or table that is named with what holds for it."""
    configuration = _configuration(asked)
    typed = asked.args.get("key", "")
    known = {**flat(configuration.written)}
    outside = configuration.settings.overlaid
    if not typed:
        return Configured(
            tuple(_setting(key, value, outside) for key, value in known.items()), configuration.number
        )
    try:
        path = path_of(
            typed, configuration.written, asked.args.get("company", ""), asked.args.get("role", "")
        )
    except BadKey:
        return Configured((), configuration.number, nearest_key(typed) or "")
    key = key_of(path)
    below = [_setting(each, known[each], outside) for each in known if each.startswith(f"{key}.")]
    found = below or [*_in_force(path, known, outside)]
    near = "" if found else nearest_key(key_of(path[1:])) or ""
    return Configured(tuple(found), configuration.number, near)


def _in_force(
    path: tuple[str, ...], known: Mapping[str, str], outside: Mapping[str, str]
) -> Iterator[Setting]:
    """Yield what holds for one key: where it is set nearest, or else its default."""
    key = key_of(path)
    for layer in _layers(path):
        name = key_of(layer)
        if name in outside:
            yield Setting(key, known.get(name, "…"), "environment", outside[name])
            return
        if name in known:
            yield Setting(key, known[name], "set", name)
            return
    if default := default_of(path):
        yield Setting(key, default, "default")


def _layers(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield where a key may be set, the nearest first."""
    head = 2 if path[0] == "companies" else 1
    role = path[head : head + 2] if path[head : head + 1] == ("roles",) else ()
    inner = path[head + len(role) :]
    for scope in dict.fromkeys(((*path[:head], *role), path[:head], ("policy", *role), ("policy",))):
        yield (*scope, *inner)


def _setting(key: str, value: str, outside: Mapping[str, str]) -> Setting:
    if key in outside:
        return Setting(key, value, "environment", outside[key])
    return Setting(key, value, "set", key)


async def _versions(asked: Asked) -> tuple[Version, ...]:
    rows = await policies.versions(asked.tx, MOST)
    found = []
    for n, row in enumerate(rows):
        before = from_text(rows[n + 1].content) if n + 1 < len(rows) else None
        now = from_text(row.content)
        keys = tuple(change.key for change in differences(before, now)) if before and now else ()
        found.append(Version(row.number, row.loaded_at, await _name(asked, row.actor or ""), keys))
    return tuple(found)


async def _diff(asked: Asked) -> Compared:
    """Return how a version differs from the newest one; without a number the one before it."""
    newest = await policies.current(asked.tx)
    if newest is None:
        return Compared(0, 0)
    typed = asked.args.get("version", "")
    rows = await policies.versions(asked.tx, 2)
    old = await policies.get(asked.tx, int(typed)) if typed else (rows[1] if len(rows) > 1 else None)
    before, now = from_text(old.content) if old else None, from_text(newest.content)
    if old is None or before is None or now is None:
        return Compared(0, newest.number)
    told = tuple(Changed(each.key, each.old, each.new) for each in differences(before, now))
    return Compared(old.number, newest.number, told)


async def _name(asked: Asked, actor: str) -> str:
    kind, _, id = actor.partition(":")
    person = await people.get(asked.tx, UUID(id)) if kind == "person" else None
    return person.name if person is not None else actor


def _configuration(asked: Asked) -> Configuration:
    if asked.house.configuration is None:
        raise LookupError("nothing is configured here")
    return asked.house.configuration


NEEDS: Mapping[str, Answering] = {"config": _config, "config_versions": _versions, "config_diff": _diff}
