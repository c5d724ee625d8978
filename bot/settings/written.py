"""What a company decided, as it was written: plain data that is kept, compared and changed key by key."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, time
from typing import Any

from bot.settings.keys import POLICY, PRECHECK, SUPPORT, Key
from bot.settings.kinds import BLOCK, TEXT
from bot.settings.policies import plain
from bot.settings.problems import EnvText, in_words, joined, nearest
from bot.settings.toml import literal
from bot.settings.words import LANGUAGES, WORDS
from locales.text import Text, t

Written = Mapping[str, Any]
"""The tables `policy` and `companies`, of what JSON has; without secrets."""
DECIDED = ("policy", "companies")
_KEYS: Mapping[str, Key] = {
    prefix + key.name: key
    for prefix, keys in (("", POLICY), ("support.", SUPPORT), ("precheck.", PRECHECK))
    for key in keys
}
_SECRET = frozenset(name for name, key in _KEYS.items() if key.secret)
_NEVER = _SECRET | {f"{name}_file" for name in _SECRET}
_PART = re.compile(r"\s*(?:[\"“”]([^\"“”]*)[\"“”]|([^.\"“”]+))\s*(?:\.|$)")


class BadKey(ValueError):
    """A key that nothing can be set under; `reason` and `remedy` as a problem of the configuration has them."""

    def __init__(self, key: str, reason: Text, remedy: Text) -> None:
        super().__init__(f"{key}: {in_words(reason)}; {in_words(remedy)}")
        self.key = key
        self.reason = reason
        self.remedy = remedy


def written_in(tree: Written) -> dict[str, Any]:
    """Return what a file decides about policies, secrets left out."""
    found = {name: _plain(tree[name]) for name in DECIDED if isinstance(tree.get(name), dict)}
    return _without_secrets(found)


def secrets_in(tree: Written) -> dict[str, Any]:
    """Return the secrets among these tables, and the names of files that hold one, in their places."""
    found: dict[str, Any] = {}
    for path, value in leaves({name: tree[name] for name in DECIDED if isinstance(tree.get(name), dict)}):
        if _inner(path) in _NEVER:
            put(found, path, value)
    return found


def put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value, making the tables it stands in."""
    for part in path[:-1]:
        below = tree.get(part)
        if not isinstance(below, dict):
            below = tree[part] = {}
        tree = below
    tree[path[-1]] = value


def as_text(written: Written) -> str:
    """Return the one text of it, by which two are compared."""
    return json.dumps(written, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> dict[str, Any] | None:
    """Return what a kept text says; None for what an earlier Turnout kept, which cannot be read back."""
    found = json.loads(text)
    return found if isinstance(found, dict) else None


def flat(written: Written) -> dict[str, str]:
    """Return every key that is set, as one writes it, and its value in TOML's words."""
    return {
        key_of(path): shown(value)
        for path, value in leaves({name: written[name] for name in DECIDED if name in written})
    }


def shown(value: Any) -> str:
    """Return a value on one line, as it can be typed again."""
    match value:
        case bool():
            return str(value).lower()
        case list() if all(isinstance(each, str) for each in value):
            return ",".join(value)
        case list() | dict():
            return literal(value)
    return str(value)


def key_of(path: tuple[str, ...]) -> str:
    """Return a path as TOML writes a key."""
    key = ""
    for part in path:
        key = joined(key, part)
    return key


def path_of(key: str, written: Written, company: str = "", role: str = "") -> tuple[str, ...]:
    """Return where a typed key stands: `grace`, `support.phone`, `companies."Acme".roles."前端".rungs`.

    Without `policy` or `companies` before it, it belongs to `company` and `role`, where they are named. Raises
    BadKey for what cannot be set from chat.
    """
    parts = _parts(key)
    if not parts or not all(parts):
        raise BadKey(key, t("is not a key"), t("type one like grace, or support.phone"))
    if parts[0] not in DECIDED:
        scope = ("companies", company) if company else ("policy",)
        parts = (*scope, *(("roles", role) if role else ()), *parts)
    path = _as_called(parts, written)
    inner = _inner(path)
    if inner.split(".")[0] in ("server", "database", "secrets", "channels", "interviews", "teams", "log"):
        raise BadKey(
            key, t("is set where Turnout runs, not from chat"), t("change it in turnout.toml and restart")
        )
    if inner in _NEVER:
        raise BadKey(
            key, t("is a secret, and chats keep what is typed"), t("set it in turnout.toml or a file")
        )
    if not inner:
        raise BadKey(key, t("is a table"), t("name one key in it"))
    return path


def declared(path: tuple[str, ...]) -> Key | None:
    """Return what is known of the key at a path, also of a role's own content and of one language's words."""
    inner = _inner(path)
    if inner.startswith("blocks."):
        return Key("block", WORDS, None, "") if inner.count(".") == 1 else Key("words", TEXT, None, "")
    if inner in _KEYS:
        return _KEYS[inner]
    above = _KEYS.get(inner.rpartition(".")[0])
    return Key(path[-1], TEXT, None, above.about) if above is not None and above.kind is WORDS else None


def default_of(path: tuple[str, ...]) -> str:
    """Return what holds where nothing is set; empty where there is no default."""
    key = declared(path)
    return shown(key.default) if key is not None and key.default is not None else ""


def nearest_key(key: str) -> str | None:
    """Return the key somebody probably meant."""
    return nearest(key.removeprefix("policy."), _KEYS)


def changed(written: Written, path: tuple[str, ...], typed: str | None) -> dict[str, Any]:
    """Return it with one key set to what was typed, or, for None, no longer set."""
    tree: dict[str, Any] = deepcopy(dict(written))
    if typed is None:
        _drop(tree, path)
        return tree
    _spread_words(tree, path)
    put(tree, path, _value(path, typed))
    return tree


def _parts(key: str) -> tuple[str, ...]:
    parts, at = [], 0
    while at < len(key):
        match = _PART.match(key, at)
        if match is None:
            return ()
        parts.append((match[1] if match[1] is not None else match[2]).strip())
        at = match.end()
    return tuple(parts)


def _inner(path: tuple[str, ...]) -> str:
    """Return a key without the company and role it belongs to."""
    rest = path[2:] if path[0] == "companies" else path[1:]
    return ".".join(rest[2:] if rest[:1] == ("roles",) else rest)


def _as_called(parts: tuple[str, ...], written: Written) -> tuple[str, ...]:
    """Spell names of companies and roles as they are written already."""
    found: list[str] = []
    table: Any = written
    for part in parts:
        names = table if isinstance(table, dict) else {}
        same = next((name for name in names if plain(name) == plain(part)), None)
        is_name = bool(found) and found[-1] in ("companies", "roles")
        part = same or part if is_name else part
        found.append(part)
        table = names.get(part)
    return tuple(found)


def _value(path: tuple[str, ...], typed: str) -> Any:
    key = declared(path)
    text = typed.strip()
    if len(text) >= 2 and text[0] in "\"“'" and text[-1] in "\"”'":
        text = text[1:-1]
    if key is None or key.kind in (TEXT, BLOCK, WORDS):
        return _plain(key.kind.from_text(text)) if key is not None else text
    # What Chinese keyboards make of digits, colons and commas.
    return _plain(key.kind.from_text(unicodedata.normalize("NFKC", text).replace("、", ",")))


def _spread_words(tree: dict[str, Any], path: tuple[str, ...]) -> None:
    """Make words that stand for every language a table, when one language gets its own."""
    above = declared(path[:-1]) if len(path) > 2 else None
    if above is None or above.kind is not WORDS:
        return
    table: Any = tree
    for part in path[:-2]:
        table = table.get(part) if isinstance(table, dict) else None
    if isinstance(table, dict) and isinstance(table.get(path[-2]), str):
        languages = LANGUAGES(tree.get("policy", {}).get("languages") or _KEYS["languages"].default)
        table[path[-2]] = dict.fromkeys(languages, table[path[-2]])


def _drop(tree: dict[str, Any], path: tuple[str, ...], above: str = "") -> None:
    """Take a value out; companies and roles stay, though nothing differs for them any more."""
    below = tree.get(path[0])
    if len(path) == 1:
        tree.pop(path[0], None)
    elif isinstance(below, dict):
        _drop(below, path[1:], path[0])
        if not below and above not in ("", "companies", "roles"):
            tree.pop(path[0])


def leaves(tree: Written, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value with the path it stands at."""
    for name, value in tree.items():
        here = (*path, name)
        if isinstance(value, dict) and value:
            yield from leaves(value, here)
        elif not isinstance(value, dict):
            yield here, value


def _without_secrets(tree: dict[str, Any]) -> dict[str, Any]:
    for path in [path for path, _ in leaves(tree) if _inner(path) in _NEVER]:
        _drop(tree, path)
    return tree


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case date() | time():
            return value.isoformat()
        case EnvText():
            return str(value)
    return value
