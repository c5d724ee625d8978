"""What is shown as an example can be typed as it stands, in every language, and means the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.understanding.when import when_of
from locales.catalogue import LOCALES, SOURCE, catalogue
from locales.extract import Sentence, extract
from locales.text import Reader, Text
from locales.translate import render
from tests.support.staff_scenes import NOW, ZONE

BOOK = Book.of(DIALOGS, COMMANDS)
NAMES = "|".join(sorted((re.escape(command.name) for command in COMMANDS), key=len, reverse=True))
SAID_IN_PASSING = re.compile(rf"(?<=: |· )({NAMES})(?= |$|[.,;·])")
"""A command in a hint: `See: show I-1024 · why I-1024`."""
HERE = Path(__file__).parents[3]
SENTENCES = extract(HERE)
EXAMPLES = [
    Text(each.msgid, dict.fromkeys(each.values or (), "7"), context="typed")
    for each in SENTENCES
    if each.context == "typed"
]


def said(text: Text, locale: str) -> str:
    return render(text, Reader(locale, ZONE, NOW))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_usage_calls_its_command(command, locale):
    found = BOOK.command(said(command.usage, locale))
    assert found is not None
    assert found[0] is command


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.msgid)
def test_every_example_calls_the_same_command_in_every_language(example, locale):
    parts, meant = said(example, locale).split(" · "), said(example, SOURCE).split(" · ")
    assert len(parts) == len(meant)
    for part, other in zip(parts, meant, strict=True):
        found, same = BOOK.command(part), BOOK.command(other)
        assert found is not None, part
        assert same is not None, other
        # A digest of a week is a command of its own, too.
        assert {found[0].name, same[0].name} in ({same[0].name}, {"digest", f"{found[0].name}"})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_usage_asks_for_the_same_in_every_language(command):
    """Arguments are read, not only the verb: what is looked up is the same, and nobody is told how to type."""
    first = _asked(said(command.usage, SOURCE))
    for locale in LOCALES:
        assert _asked(said(command.usage, locale)) == first


def _asked(line: str) -> list[tuple[str, dict[str, object]]]:
    command, rest = BOOK.command(line) or (None, "")
    assert command is not None
    return [
        (need.name, {key: _meant(key, str(value)) for key, value in need.args.items()})
        for need in command.needs(rest)
    ]


def _meant(key: str, value: str) -> object:
    return (when_of(value, NOW, ZONE) or value) if key == "when" else value


def _hints() -> Iterator[Sentence]:
    for sentence in SENTENCES:
        if sentence.file.startswith("conversations/commands") and SAID_IN_PASSING.search(sentence.msgid):
            yield sentence


def test_there_are_hints_to_look_at():
    assert len(list(_hints())) > 30


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != SOURCE])
def test_hints_name_commands_in_words_of_the_reader(locale):
    by_name = {command.name: command for command in COMMANDS}
    wrong = [
        (name, sentence.msgid)
        for sentence in _hints()
        for name in SAID_IN_PASSING.findall(sentence.msgid)
        if not any(
            alias in _words(sentence, locale) for alias in by_name[name].aliases if not alias.isascii()
        )
    ]
    assert wrong == []


def _words(sentence: Sentence, locale: str) -> str:
    text = Text(sentence.msgid, {"n": 2}, plural=sentence.plural, context=sentence.context)
    return catalogue(locale).find(text) or ""
