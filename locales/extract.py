"""Finds the sentences in the code.

In the syntax tree, because Babel's own extractor reads tokens and misses a sentence that stands
two calls deep in another's values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("bot", "channels", "conversations", "locales", "store")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence found in the code."""

    file: str
    line: int
    msgid: str
    """Empty where code puts the words together, so that no translator would ever see them."""
    plural: str | None
    context: str | None
    values: frozenset[str] | None
    """Names of the values given, None where they are not written out."""

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells sentences of one catalogue apart."""
        return self.context, self.msgid


def extract(root: Path, folders: Iterable[str] = FOLDERS) -> list[Sentence]:
    """Return every sentence in the Python files of some folders, in the order of files and lines."""
    paths = (path for folder in folders for path in sorted((root / folder).rglob("*.py")))
    return [
        found
        for path in paths
        for found in sentences_in(path.read_text("utf-8"), str(path.relative_to(root)))
    ]


def sentences_in(source: str, file: str) -> list[Sentence]:
    """Return the sentences of one module: calls of what it imports from locales.text."""
    tree = ast.parse(source, file)
    makers = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "locales.text"
        for alias in node.names
        if alias.name in ("t", "nt", "ct", "Text")
    }
    found = [
        sentence
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers
        for sentence in _sentences_of(node, makers[node.func.id], file)
    ]
    return sorted(found, key=lambda sentence: sentence.line)


def _sentences_of(call: ast.Call, maker: str, file: str) -> Iterator[Sentence]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    names = None if None in given else frozenset(name for name in given if name)
    if maker == "Text":
        named = dict(zip(("msgid", "params", "plural", "context"), call.args, strict=False)) | given
        values = named.get("params", ast.Dict(keys=[], values=[]))
        names = _keys(values) if isinstance(values, ast.Dict) else None
        if _texts(named.get("msgid")) is None:
            return  # a copy of a sentence that is written elsewhere
    else:
        order = {"t": ("msgid",), "nt": ("msgid", "plural", "n"), "ct": ("context", "msgid")}[maker]
        named = dict(zip(order, call.args, strict=False))
        names = names | {"n"} if names is not None and maker == "nt" else names
    parts = {part: _texts(named[part]) for part in ("msgid", "plural", "context") if part in named}
    msgids, plurals, contexts = (parts.get(part, [None]) for part in ("msgid", "plural", "context"))
    if not msgids or not plurals or not contexts:
        yield Sentence(file, call.lineno, "", None, None, None)
        return
    for msgid in msgids:
        yield Sentence(file, call.lineno, msgid or "", plurals[0], contexts[0], names)


def _texts(node: ast.expr | None) -> list[str | None] | None:
    """Return the text a literal stands for, both of `a if x else b`, None for what is no literal."""
    match node:
        case ast.Constant(value=str() | None as text):
            return [text]
        case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
            return [one, other]
    return None


def _keys(values: ast.Dict) -> frozenset[str] | None:
    keys = [key.value for key in values.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return frozenset(keys) if len(keys) == len(values.keys) else None
