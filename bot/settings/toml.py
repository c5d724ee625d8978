"""Values and tables as TOML writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any


def literal(value: object) -> str:
    """Return a value as TOML writes it, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(literal(each) for each in value)}]"
        case dict():
            pairs = ", ".join(f"{bare(name)} = {literal(each)}" for name, each in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


def bare(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else literal(name)


def to_toml(tree: Mapping[str, Any]) -> str:
    """Return a tree of tables as a file has it."""
    return "\n".join(tables(tree)).strip() + "\n"


def tables(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the lines of a tree of tables: its own keys first, then each table below it."""
    for name, value in tree.items():
        if not isinstance(value, dict):
            yield f"{bare(name)} = {literal(value)}"
    for name, value in tree.items():
        if isinstance(value, dict):
            below = f"{path}.{bare(name)}" if path else bare(name)
            yield f"\n[{below}]"
            yield from tables(value, below)
