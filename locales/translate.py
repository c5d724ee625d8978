"""Sentences in a reader's language: the last step before a channel, and the only one that makes words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from locales import dates
from locales.catalogue import LOCALES, SOURCE, BadSentence, best_locale, catalogue
from locales.text import (
    Countdown,
    Day,
    Listing,
    Moment,
    Percent,
    Points,
    Quoted,
    Reader,
    Span,
    Text,
    TimeOfDay,
    Value,
    Words,
)

__all__ = [
    "LOCALES",
    "BadSentence",
    "Live",
    "Untranslated",
    "best_locale",
    "render",
    "require_translated",
    "show",
    "spans",
]

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_INFORMAL = {"zh": ("您", "你")}


class Untranslated(LookupError):
    """A sentence has no finished translation."""


@dataclass(frozen=True, slots=True)
class Live:
    """A countdown in words, and the instant it runs to: a channel that can, keeps it counting."""

    text: str
    at: datetime


def render(text: Text, reader: Reader) -> str:
    """Return a sentence in the reader's words; English where it has no translation.

    Raises BadSentence when the words ask for a value that was not given.
    """
    return show(text, reader)


def spans(text: Text, reader: Reader) -> tuple[str | Live, ...]:
    """Return what `render` returns, cut where countdowns stand."""
    merged: list[str | Live] = []
    for piece in _pieces(text, reader):
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        elif piece:
            merged.append(piece)
    return tuple(merged)


def show(value: Value, reader: Reader) -> str:
    """Return any value as the reader reads it; a string is somebody's data and stays as it is."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in _pieces(value, reader))


def require_translated(text: Text, locale: str) -> None:
    """Raise Untranslated unless a sentence, with the sentences among its values, is translated."""
    if catalogue(locale).find(text) is None:
        raise Untranslated(
            f"{locale}.po: no finished translation of {text.msgid!r}: run python -m locales.messages, then translate it"
        )
    for value in text.params.values():
        for inner in value.items if isinstance(value, Listing) else (value,):
            if isinstance(inner, Text):
                require_translated(inner, locale)
            elif isinstance(inner, Quoted):
                require_translated(inner.text, inner.locale)


def _pieces(value: Value, reader: Reader) -> Iterator[str | Live]:
    match value:
        case str() | int():
            yield str(value)
        case Text():
            yield from _sentence(value, reader)
        case Countdown():
            yield Live(show(dates.countdown(value, reader), reader), value.to)
        case Moment():
            yield from _pieces(dates.moment(value, reader), reader)
        case TimeOfDay():
            yield dates.time_of_day(value, reader)
        case Day():
            yield dates.day(value, reader)
        case Span():
            yield from _pieces(dates.span(value, reader), reader)
        case Percent():
            yield dates.percent(value, reader)
        case Points():
            yield from _pieces(dates.points(value, reader), reader)
        case Words():
            yield _nearest_words(value, reader)
        case Listing():
            yield from _fill(*dates.listing(value, reader), reader)
        case Quoted():
            # As it is copied it stands still: a countdown in it is of this moment.
            yield show(value.text, replace(reader, locale=value.locale, zone=value.zone))


def _sentence(text: Text, reader: Reader) -> Iterator[str | Live]:
    language = catalogue(reader.locale)
    words = language.find(text)
    if words is None:  # then wholly in English, its dates too
        reader = replace(reader, locale=SOURCE)
        language = catalogue(SOURCE)
        words = language.words(text)
    if not reader.formal:
        words = words.replace(*_INFORMAL.get(language.formats.language, ("", "")))
    yield from _fill(words, text.params, reader)


def _fill(words: str, params: Mapping[str, Value], reader: Reader) -> Iterator[str | Live]:
    for number, part in enumerate(PLACEHOLDER.split(words)):
        if number % 2 == 0:
            yield part
        elif part in params:
            yield from _pieces(params[part], reader)
        else:
            raise BadSentence(f"{words!r} needs a value {{{part}}}; given: {', '.join(params) or 'none'}")


def _nearest_words(words: Words, reader: Reader) -> str:
    said = {locale: text for locale, text in words.by_locale.items() if text.strip()}
    default = best_locale(SOURCE, said, default=next(iter(said), ""))
    return said.get(best_locale(reader.locale, said, default), "")
