"""`preview I-1024 1h --lang en`: a reminder as its candidate will read it; `test-send` sends it to oneself."""

from __future__ import annotations

import re

from conversations.commands.one import needs_targets, with_target
from conversations.commands.people import answer
from conversations.dialog import Command, Scene, Turn
from conversations.effects import Then
from conversations.events import Event, Ordered
from conversations.findings import Target
from conversations.grammar import BadLine, read_line
from conversations.identity import STAFF, Role
from locales.text import Text, ct, t

USAGE = ct("typed", "preview I-1024 1h")
TEST_USAGE = ct("typed", "test-send I-1024 1h")
_RUNG = re.compile(r"(?i)(?:\d{1,3}[dhm]){1,3}")
_LANGUAGE = re.compile(r"--lang[=\s]+([A-Za-z_-]{2,12})")


def split(rest: str) -> tuple[str, str]:
    """Part what names the interview from the rung's name, which is one word behind it."""
    words = rest.split()
    if (
        len(words) > 1
        and (_RUNG.fullmatch(words[-1]) or not words[-1][:1].isdigit())
        and _names_one(words[0])
    ):
        return " ".join(words[:-1]), words[-1]
    return " ".join(words), ""


def _names_one(word: str) -> bool:
    return bool(re.fullmatch(r"(?i)i-?\d+|\d{3,6}|this|这个|这场", word)) or not word.isascii()


def _run(verb: str, act: str, usage: Text, scene: Scene, event: Event, rest: str) -> Turn:
    try:
        read_line(rest)
    except BadLine as bad:
        return answer(f"command.{verb}", bad.why)

    def then(target: Target, rung: str) -> Turn:
        by = scene.person.id if scene.person else None
        return Turn(
            effects=(Then(Ordered(act, target.interview.id, by, {"rung": rung, "lang": _language(event)})),)
        )

    return with_target(scene, event, rest, verb, usage, then, split)


def _language(event: Event) -> str:
    """Return the language that was asked for, which the engine takes out of a line for the answer's sake."""
    found = _LANGUAGE.search(str(getattr(event.body, "text", "")) or str(getattr(event.body, "rest", "")))
    return found[1].replace("-", "_") if found else ""


def preview(scene: Scene, event: Event, rest: str) -> Turn:
    return _run("preview", "preview", USAGE, scene, event, rest)


def test_send(scene: Scene, event: Event, rest: str) -> Turn:
    return _run("test-send", "test_send", TEST_USAGE, scene, event, rest)


PREVIEW = Command(
    "preview",
    ("预览",),
    STAFF,
    USAGE,
    t("A reminder as its candidate will read it."),
    preview,
    needs_targets(split),
    may_follow=True,
    is_personal=True,
)
TEST_SEND = Command(
    "test-send",
    ("试发", "测试发送"),
    frozenset({Role.HR, Role.RECRUITER}),
    TEST_USAGE,
    t("Have a reminder really sent to yourself, here."),
    test_send,
    needs_targets(split),
    may_follow=True,
    is_personal=True,
)
