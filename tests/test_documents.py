"""What the documents name is there: files, commands, make's targets, stories."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.sandbox.stories import STORIES
from conversations.book import fold
from conversations.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
_CODE = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"```.*?```", re.DOTALL)
_FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|html|cjs)|(?:[\w-]+/)+")
_WORDS = {fold(word) for command in COMMANDS for word in (command.name, *command.aliases)}
_OURS = ("turnout.toml", "keyring.json")
"""What is written where Turnout runs."""


def _documents() -> tuple[Path, ...]:
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "*.md"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return tuple(ROOT / name for name in listed)


DOCUMENTS = _documents()
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]


def _said(path: Path) -> str:
    return path.read_text("utf-8")


def _quoted(path: Path) -> Iterator[str]:
    yield from _CODE.findall(_FENCED.sub("", _said(path)))


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", _said(path))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_file_that_is_named_exists(path: Path) -> None:
    roots = (ROOT, path.parent, ROOT / "bot")
    named = [
        words
        for words in _quoted(path)
        if _FILE.fullmatch(words) and words not in _OURS and "NNNN" not in words
    ]
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_target_of_make_exists(path: Path) -> None:
    targets = {*re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)}
    named = re.findall(r"(?:`|^    )make ([a-z-]+)", _said(path), re.MULTILINE)
    assert [name for name in named if name not in targets] == []


def _verbs(group: object) -> Iterator[str]:
    for name, command in getattr(group, "commands", {}).items():
        yield name
        yield from (f"{name} {below}" for below in _verbs(command))


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_command_of_the_shell_exists(path: Path) -> None:
    verbs = {*_verbs(get_command(app))}
    groups = {verb.split()[0] for verb in verbs if " " in verb}
    for typed in re.findall(r"(?:`|^    |&& )turnout ([a-z-]+(?: [a-z-]+)*)", _said(path), re.MULTILINE):
        first, *rest = typed.split()
        assert first in verbs, typed
        if first in groups and rest:
            assert f"{first} {rest[0]}" in verbs, typed


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_every_story_exists(path: Path) -> None:
    named = re.findall(r"--(?:scenario|story) ([a-z-]+)", _said(path))
    assert {*named} <= {story.name for story in STORIES}


def test_what_hr_types_is_understood() -> None:
    section = _said(ROOT / "README.md").partition("## What HR types")[2].partition("\n## ")[0]
    rows = [line.split("|", 2)[2] for line in section.splitlines() if line.startswith("| ")][1:]
    typed = [words for row in rows for words in _CODE.findall(row)]
    assert len(typed) > 30
    assert [words for words in typed if not {fold(word) for word in words.split()} & _WORDS] == []


def test_readme_names_every_command_that_help_lists() -> None:
    said = {word for words in _quoted(ROOT / "README.md") for word in words.split()}
    known_otherwise = {"help", "list", "slots", "weekly", "monthly", "quarterly", "whoami", "handback"}
    missing = {c.name for c in COMMANDS if not {c.name, *c.aliases} & said}
    assert missing - known_otherwise == set()


def test_decisions_are_numbered_and_short() -> None:
    found = sorted((ROOT / "bot" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    assert [path.name for path in found if len(_said(path).splitlines()) > 25] == []


def test_a_channel_that_can_be_configured_has_a_page() -> None:
    readme = _said(ROOT / "README.md")
    pages = [path for path in DOCUMENTS if path.parent.parent == ROOT / "channels"]
    assert len(pages) > 5
    assert [
        path.parent.name for path in pages if f"channels/{path.parent.name}/README.md" not in readme
    ] == []
