"""Every page of `--help` says all of what it was given to say: nothing in brackets is taken for markup."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli import app


def pages(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from pages(below, (*path, name))


PAGES = dict(pages(get_command(app)))


@pytest.mark.parametrize("path", PAGES, ids=" ".join)
def test_a_help_page_holds_every_word(path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    command = PAGES[path]
    printed = CliRunner().invoke(app, [*path, "--help"], terminal_width=200)
    assert printed.exit_code == 0
    shown = _plain(printed.output)
    below = getattr(command, "commands", {}).values()
    for text in (
        command.help,
        *(getattr(each, "help", "") for each in command.params),
        *(c.help for c in below),
    ):
        assert _plain((text or "").replace("\\[", "[")) in shown


def _plain(text: str) -> str:
    return re.sub(r"[\s│]+", "", text)
