"""A sentence told in two ways: in English where logs and errors stand, in the reader's words where one reads it."""

from __future__ import annotations

from datetime import UTC, datetime

from locales.catalogue import SOURCE
from locales.text import Reader, Text, t
from locales.translate import render


class Told(str):
    """A sentence in English, which knows itself in all other languages."""

    text: Text

    def __new__(cls, text: Text) -> Told:
        made = super().__new__(cls, in_words(text, SOURCE))
        made.text = text
        return made


def in_words(words: Text | str, locale: str) -> str:
    """Return a sentence in one language; what was never a sentence of ours as it is."""
    if isinstance(words, Told):
        words = words.text
    if isinstance(words, str):
        return words
    return render(words, Reader(locale, "UTC", datetime(2026, 1, 1, tzinfo=UTC)))


def text_of(words: Text | str) -> Text:
    """Return words as a sentence: their own, or one that says them as they are."""
    if isinstance(words, Told):
        return words.text
    return t("{line}", line=words) if isinstance(words, str) else words
