"""The one grammar of commands: words, pairs and flags, as fingers and Chinese keyboards type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.grammar import SELECTING, BadLine, Line, read_line, wish_in

FLAGS = ("dry-run", "yes", "csv", "at")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("", Line()),
        ("I-1024", Line(("I-1024",))),
        ("I-1024 明天 14:00 --yes", Line(("I-1024", "明天", "14:00"), {}, {"yes": ""})),
        ("source:校招 today ——dry-run", Line(("today",), {"source": "校招"}, {"dry-run": ""})),
        ("来源：校招 岗位：“前端 工程师”", Line((), {"source": "校招", "job": "前端 工程师"})),
        ('"李 雷" --at=2026-11-25T14:00 +2', Line(("李 雷",), {}, {"at": "2026-11-25T14:00"}, 2)),
        ("I-1 --at 14:00", Line(("I-1",), {}, {"at": "14:00"})),
        ("I-1 https://meet.example.com/a:b", Line(("I-1", "https://meet.example.com/a:b"))),
        ("owner:@me tag:campus=yes", Line((), {"owner": "@me", "tag": "campus=yes"})),
    ],
)
def test_a_line_is_taken_apart(typed: str, line: Line) -> None:
    assert read_line(typed, FLAGS, SELECTING) == line


@pytest.mark.parametrize("typed", ["--force", "I-1 --at", "by:role", "team:hr today"])
def test_what_a_command_does_not_have_is_refused(typed: str) -> None:
    with pytest.raises(BadLine) as refused:
        read_line(typed, FLAGS, SELECTING)
    assert refused.value.why.msgid


@pytest.mark.parametrize(
    ("typed", "days", "others"),
    [
        ("I-1 next week 14", "next week", "I-1 14"),
        ("last7d", "last7d", ""),
        ("校招 2026-11-01..2026-11-30", "2026-11-01..2026-11-30", "校招"),
        ("李雷", "", "李雷"),
    ],
)
def test_days_stand_anywhere(typed: str, days: str, others: str) -> None:
    assert read_line(typed).days() == (days, others)


@pytest.mark.parametrize(
    ("typed", "left", "is_here", "language"),
    [
        ("today --here", "today", True, ""),
        ("--lang zh-Hans today", "today", False, "zh_Hans"),
        ("show I-1 —here --lang=en", "show I-1", True, "en"),
        ("somewhere--here", "somewhere--here", False, ""),
    ],
)
def test_what_every_command_understands(typed: str, left: str, is_here: bool, language: str) -> None:
    rest, wish = wish_in(typed)
    assert (rest, wish.is_here, wish.language) == (left, is_here, language)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused_in_words(typed: str) -> None:
    try:
        line = read_line(wish_in(typed)[0], FLAGS, SELECTING)
    except BadLine as refused:
        said = refused.why.msgid
    else:
        said = f"{line.page} {line.days()}"
    assert said
