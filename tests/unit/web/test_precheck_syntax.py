"""Old browsers read every line of the device check: its modules are ES2018, and what guards them is ES5."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.web.precheck import assets

ACORN = "/usr/bin/acorn"


def parses(source: bytes, *options: str) -> bool:
    """Tell whether a script is of a level of ECMAScript, as acorn reads it (Debian's node-acorn: make system)."""
    assert Path(ACORN).exists(), f"{ACORN} is missing: make system"
    command = [ACORN, "--silent", *options]
    return subprocess.run(command, input=source, capture_output=True, check=False).returncode == 0


def test_what_is_served_is_one_es2018_module() -> None:
    assert parses(assets.sources()["main.js"], "--ecma2018", "--module")


@pytest.mark.parametrize("name", sorted(name for name in assets.written() if name != "check.css"))
def test_each_module_is_es2018(name: str) -> None:
    assert parses(assets.written()[name].encode(), "--ecma2018", "--module")


def test_the_guard_is_es5() -> None:
    assert parses(assets.sources()["guard.js"], "--ecma5")


@pytest.mark.parametrize(
    "newer", ["a?.b", "a ?? b", "try {} catch {}", "import('x')", "class A { x = 1 }", "1_000"]
)
def test_what_is_newer_is_found(newer: str) -> None:
    assert not parses(newer.encode(), "--ecma2018", "--module")


def test_nothing_is_loaded_from_elsewhere() -> None:
    for name, text in assets.written().items():
        assert "http:" not in text, name
        assert "https:" not in text, name
        assert "eval(" not in text, name
        assert "innerHTML" not in text, name


def test_every_module_is_served() -> None:
    served = assets.sources()["main.js"].decode()
    for name, text in assets.written().items():
        if name.endswith(".js") and name != "guard.js":
            last = [line.strip() for line in text.splitlines() if line.strip(" })];")][-1]
            assert last.removeprefix("export ") in served, name
