"""A list as rows of text cells, with row numbers as the spreadsheet shows them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.importing.columns import Vocabulary
from bot.importing.problems import Unreadable
from locales.text import t

LARGEST_FILE = 20_000_000
MOST_ROWS = 50_000
HEADER_WITHIN = 10
"""The header stands among the first rows; above it there may be a title."""

_JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its number is the one that a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]
    has_overflow: bool = False
    """It has filled cells beyond the last heading: a comma too many has shifted them, most likely."""


@dataclass(frozen=True, slots=True)
class Table:
    """A list: its headings as they are written and the rows that are not empty."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    sheet: str = ""
    unread: tuple[str, ...] = ()
    """Other sheets that look like lists too and were not read."""


def clean(text: str) -> str:
    """Return a cell's text on one line, without control characters and invisible marks."""
    if not text.isprintable():
        text = "".join(
            letter
            for letter in text
            if letter.isspace()
            or letter in _JOINERS
            or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
        )
    return " ".join(text.split())


def find_header(first: Sequence[Sequence[str]], vocabulary: Vocabulary) -> int | None:
    """Return which of the first rows has the most headings we know, None when no row has enough."""
    counts = [vocabulary.count(cells) for cells in first[:HEADER_WITHIN]]
    best = max(counts, default=0)
    return counts.index(best) if best >= vocabulary.fewest else None


def no_header(file: str, first: Sequence[Sequence[str]]) -> Unreadable:
    seen = next((cells for cells in first if any(cells)), ())
    return Unreadable(
        t(
            "{file} has no row of headings that we know; its first row reads: {seen}."
            " Give the columns headings such as 姓名, 手机, 岗位, 面试时间, 面试链接"
            " or name, phone, role, starts_at, link.",
            file=file,
            seen=" | ".join(cell for cell in seen if cell)[:120],
        )
    )


def too_many_rows(file: str) -> Unreadable:
    return Unreadable(
        t("{file} has more than {n} rows. Split the list, then import its parts.", file=file, n=MOST_ROWS)
    )
