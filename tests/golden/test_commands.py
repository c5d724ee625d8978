"""What every command answers, in both languages, word for word, with lines that are typed wrongly.

After a change that is meant: `GOLDEN=write python -m pytest tests/golden/test_commands.py`, and read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import own
from conversations.commands import COMMANDS
from tests.golden import typed
from tests.golden.typed import NAMES, NOTHING_NEXT, Typed

HERE = Path(__file__).parent / "commands"
LOCALES = ("zh_Hans", "en")
SCREEN = 20
"""Lines that fit one screen; empty ones and buttons do not count."""
NEXT_MESSAGE = "--"
_RANDOM = (
    (re.compile(r"\?start=[\w-]+"), "?start=…"),
    (re.compile(r"https?://127\.0\.0\.1:\d+/(\w+)/[\w.-]+"), r"https://turnout.example.com/\1/…"),
    # One of 64 begins with a dash, where no word begins.
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{22}(?=$|\n)"), "one-time-code"),
    (re.compile(r"\b[0-9a-f]{8,64}\b"), "…"),
    (re.compile(r"\bS-[0-9A-F]{5}\b"), "S-0000A"),
    # Two messages that are due at once reach the platform in either order.
    (re.compile(r"\[Telegram \d+\]"), "[Telegram …]"),
)
_WORDS = sorted(
    {word for command in COMMANDS for word in (command.name, *command.aliases)}, key=len, reverse=True
)
_COMMAND = re.compile(
    "|".join(
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in _WORDS if word != "?"
    )
)


def files(told: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the sheets of paper by name: both languages of one command on each."""
    return {
        f"{name}.txt": "".join(f"=== {locale}\n{told[locale][name]}\n\n" for locale in LOCALES)
        for name in typed.COMMANDS
    }


@pytest.mark.timeout(300)
async def test_commands_answer_what_was_read_and_approved() -> None:
    answered = files({locale: await transcripts(locale) for locale in LOCALES})
    if os.environ.get("GOLDEN") == "write":
        HERE.mkdir(exist_ok=True)
        for file in HERE.glob("*.txt"):
            file.unlink()
        for name, text in answered.items():
            (HERE / name).write_text(text, "utf-8", newline="\n")
    known = {file.name: file.read_text("utf-8") for file in HERE.glob("*.txt")}
    changed = sorted(name for name in answered.keys() | known.keys() if answered.get(name) != known.get(name))
    assert changed == [], "see the first lines of this test's module"


async def transcripts(locale: str) -> dict[str, str]:
    """Type everything in one language and return what stands on paper, by command."""
    found: dict[str, str] = {}
    async with await Stage.open(locale) as stage:
        people = await typed.company(stage)
        for name, lines in typed.COMMANDS.items():
            told = [await _exchange(stage, people[each.by], each) for each in lines]
            found[name] = "\n\n".join(told)
    return found


async def _exchange(stage: Stage, who: Someone, line: Typed) -> str:
    """Type a line and press what it wants pressed; return it with everything that was answered."""
    names = {key: own(stage, name) for key, name in NAMES.items()}
    before = len(stage.lines)
    await stage.says(who, (line.chinese if stage.locale == "zh_Hans" else line.english).format(**names))
    for action in line.picks:
        await stage.picks(who, action)
    return "\n".join(_told(stage, before, who))


def _told(stage: Stage, before: int, who: Someone) -> Iterator[str]:
    is_first = True
    for noted in stage.lines[before:]:
        if noted.who == who.name:
            yield f"> {noted.text}"
            is_first = True
        elif noted.who.startswith(f"Turnout → {who.name}"):
            if not is_first:
                yield NEXT_MESSAGE
            is_first = False
            yield _without_chance(noted.text)


def _without_chance(text: str) -> str:
    for pattern, instead in _RANDOM:
        text = pattern.sub(instead, text)
    return text


# -- what holds for every answer -------------------------------------------------------------------------


def exchanges() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each line that was typed, with its language and the messages that answered it."""
    for file in sorted(HERE.glob("*.txt")):
        for part in re.split(r"(?m)^=== ", file.read_text("utf-8"))[1:]:
            locale, _, text = part.partition("\n")
            for one in re.split(r"(?m)^> ", text)[1:]:
                line, _, answer = one.partition("\n")
                yield locale, f"{file.stem}: {line}", answer.strip().split(f"\n{NEXT_MESSAGE}\n")


def test_every_command_is_typed() -> None:
    assert {command.name for command in COMMANDS} - set(typed.COMMANDS) == set(), "add it to typed.py"


def test_every_line_is_answered() -> None:
    unanswered = [line for _, line, messages in exchanges() if not "".join(messages) and "[" not in line]
    assert unanswered == []


def test_every_answer_is_one_screen() -> None:
    lengths = {
        line: max(sum(bool(row) and row[0] != "[" for row in message.splitlines()) for message in messages)
        for _, line, messages in exchanges()
    }
    assert {line: n for line, n in lengths.items() if n > SCREEN} == {}


def test_every_answer_ends_with_what_to_do_next() -> None:
    at_a_loss = [
        f"{locale}: {line}: {messages[-1]}"
        for locale, line, messages in exchanges()
        if not any(map(_says_what_next, messages))
        and not any(words in messages[-1] for words in NOTHING_NEXT)
    ]
    assert at_a_loss == [], (
        "say what can be typed or pressed now, or that nothing is to be done, in NOTHING_NEXT"
    )


def _says_what_next(message: str) -> bool:
    """Tell whether a message has buttons or a file, or names at its end what can be typed."""
    rows = [row for row in message.splitlines() if row]
    if any(row.startswith(("[", "📎")) for row in rows):
        return True
    return any(_COMMAND.search(row) for row in rows[-2:])


def test_numbers_and_mailboxes_are_masked_until_somebody_asks() -> None:
    told = [
        (line, row)
        for _, line, messages in exchanges()
        for row in "\n".join(messages).splitlines()
        if not line.startswith(("reveal", "add")) and not row.startswith(("Call: ", "打电话："))
    ]
    assert [(line, row) for line, row in told if re.search(r"138\d{8}|candidate\d+@", row)] == []


def test_chinese_answers_hold_no_english_sentence() -> None:
    english = re.compile(r"(?:\b[A-Za-z’']{2,}\b[ ,.]+){4,}")
    found = [
        f"{line}: {row}"
        for locale, line, messages in exchanges()
        if locale == "zh_Hans" and "--lang" not in line
        for row in "\n".join(messages).splitlines()
        if english.search(row) and not row.startswith("✓")
    ]
    assert found == []


@pytest.mark.parametrize("locale", LOCALES)
def test_full_width_and_no_prefix_are_the_same_command(locale: str) -> None:
    answers = {line.partition(": ")[2]: messages for there, line, messages in exchanges() if there == locale}
    plain, wide = (
        ("查看 I-1001", "查看　Ｉ－１００１")
        if locale == "zh_Hans"
        else ("show I-1001", "ｓｈｏｗ　Ｉ－１００１")
    )
    assert answers[wide][0].splitlines()[0].startswith("I-1001")
    assert plain in answers
