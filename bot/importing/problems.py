"""What can be wrong with a list: with the whole file, or with one cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from locales.catalogue import SOURCE
from locales.text import Reader, Text
from locales.translate import render


def in_english(text: Text) -> str:
    """Return a sentence in English, for logs and JSON; its values are strings and counts, never moments."""
    return render(text, Reader(SOURCE, "UTC", datetime.min.replace(tzinfo=UTC)))


class Unreadable(Exception):
    """A file is no list we can read; the reason names the file, what is wrong and what to do."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return in_english(self.reason)


class Unclear(ValueError):
    """A cell cannot be taken for what its column should hold; the reason says what to write instead."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return in_english(self.reason)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row."""

    column: str
    """The heading as the list writes it; where the column is missing, the one to add."""
    reason: Text
