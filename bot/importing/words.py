"""The words of lists, from words.toml, and how words are compared."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from importlib.resources import files

_TABLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files("bot.importing").joinpath("words.toml").read_text("utf-8")
)


def fold(text: str) -> str:
    """Return words as they are compared: no case, width or repeated space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def word_key(text: str) -> str:
    """Return a heading or fixed word as it is compared: letters and digits only."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def words(table: str) -> dict[str, list[str]]:
    """Return a table's words by what they mean."""
    return {meaning: text.split() for meaning, text in _TABLES[table].items()}


def meanings(table: str) -> dict[str, str]:
    """Return what each word of a table means, by `word_key`."""
    return {word_key(word): meaning for meaning, known in words(table).items() for word in known}
