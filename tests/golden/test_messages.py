"""Everything the product says, on every route in both languages, as some story says it, word for word.

After a change that is meant: `GOLDEN=write python -m pytest tests/golden`, and read the difference.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import conversations
from bot.sandbox.examples import Example, examples
from channels.routes import ROUTES
from conversations.commands import ORDERS
from tests.golden.pages import page

MESSAGES = Path(__file__).parent / "messages"
LOCALES = ("zh_Hans", "en")
HAVE_CODES = frozenset({"role.code"})
CODE = "one-time-code-22-signs"
SHOWN_NOWHERE = frozenset({"elsewhere.talk"})
"""What only cards tell, as one of their lines."""


@pytest.mark.timeout(900)
async def test_what_is_said_is_what_was_read_and_approved() -> None:
    said = {f"{example.kind}.txt": sheet(example) for example in await examples()}
    if os.environ.get("GOLDEN") == "write":
        write(said)
    known = {file.name: file.read_text("utf-8") for file in MESSAGES.glob("*.txt")}
    changed = sorted(name for name in said.keys() | known.keys() if said.get(name) != known.get(name))
    assert changed == [], "see the first lines of this test's module"


def test_everything_sayable_is_said_in_some_story() -> None:
    said = {file.stem for file in MESSAGES.glob("*.txt")}
    assert sorted(sayable() - said - SHOWN_NOWHERE) == [], "let a story in bot/sandbox/stories say these"


def write(said: Mapping[str, str]) -> None:
    MESSAGES.mkdir(exist_ok=True)
    for file in MESSAGES.glob("*.txt"):
        file.unlink()
    for name, text in said.items():
        (MESSAGES / name).write_text(text, "utf-8", newline="\n")


def sheet(example: Example) -> str:
    """Return one kind of message on paper; routes that say the same share a section."""
    return "\n".join(line for locale in LOCALES for line in _in_language(example, locale)) + "\n"


def _without_chance(value: Any) -> Any:
    """Put one code for the one-time codes, which are others each time and whose signs platforms treat differently."""
    codes = set(re.findall(r"\?start=([\w-]{22})", repr(value)))
    return _replaced(value, codes)


def _replaced(value: Any, codes: Collection[str]) -> Any:
    match value:
        case str():
            for code in codes:
                value = value.replace(code, CODE)
            return value
        case tuple() | list():
            return type(value)(_replaced(each, codes) for each in value)
        case Mapping():
            return {key: _replaced(each, codes) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _replaced(getattr(value, f.name), codes) for f in fields(value) if f.init}
        return replace(value, **changed)
    return value


def _in_language(example: Example, locale: str) -> Iterator[str]:
    message = example.told_in(locale)
    if example.kind in HAVE_CODES:
        message = _without_chance(message)
    sections: dict[str, list[str]] = {}
    for route, caps in ROUTES.items():
        lines = page(route, message, example.envelope(locale, caps), example.said_at)
        sections.setdefault("\n".join(lines), []).append(route)
    for told, routes in sections.items():
        yield f"=== {locale} · {', '.join(routes)}"
        yield told
        yield ""


def sayable() -> set[str]:
    """Return the kinds of all messages in `conversations`, as the code names them."""
    folder = Path(conversations.__file__).parent
    return {kind for file in folder.rglob("*.py") for kind in _kinds(ast.parse(file.read_text("utf-8")))}


def _kinds(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
            kind = next((word.value for word in node.keywords if word.arg == "kind"), None)
            yield from _expanded(kind or node.args[0])
        elif isinstance(node, ast.Assign | ast.NamedExpr):
            yield from _named(node)


def _named(node: ast.Assign | ast.NamedExpr) -> Iterator[str]:
    """Yield what is called `kind` before a message is made of it: `kind = …`, `kind, key = …, …`."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        for name, value in pairs:
            if isinstance(name, ast.Name) and name.id == "kind":
                yield from _expanded(value)


def _expanded(kind: ast.expr) -> Iterator[str]:
    match kind:
        case ast.Constant(value=str(value)):
            yield value
        case ast.JoinedStr(values=[ast.Constant(value="command."), _]):
            yield from (f"command.{order.verb}" for order in ORDERS)
