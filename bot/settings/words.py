"""Languages, and the company's own words in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.settings.kinds import Kind, list_from_text, list_of, read_line, read_text, table_from_text, under
from bot.settings.problems import Problem, Wrong, listed, shown
from locales.catalogue import LOCALES, best_locale
from locales.text import t

EVERY_LANGUAGE = ""
"""The key under which words stand that were given without a language."""


def read_language(value: object) -> str:
    text = read_line(value)
    if found := best_locale(text, default=""):
        return found
    raise Wrong(
        t("{value} is not a language Turnout speaks", value=shown(value)),
        t("choose from {known}", known=listed(LOCALES)),
    )


def read_languages(value: object) -> tuple[str, ...]:
    found: list[str] = []
    problems = []
    for n, each in enumerate(list_of(value, '["zh_Hans", "en"]')):
        try:
            language = read_language(each)
        except Wrong as wrong:
            problems += [under(problem, f"[{n}]") for problem in wrong.problems]
            continue
        if language in found:
            problems.append(
                Problem(
                    f"[{n}]", t("{language} is named twice", language=language), t("name each language once")
                )
            )
        found.append(language)
    if problems:
        raise Wrong.at(problems)
    return tuple(found)


def read_words(value: object) -> dict[str, str]:
    """Return somebody's own words by language, or under EVERY_LANGUAGE when they were given plainly."""
    if isinstance(value, str):
        return {EVERY_LANGUAGE: read_text(value)}
    if not isinstance(value, dict):
        remedy = t('write "…", or {zh_Hans = "…", en = "…"}')
        raise Wrong(t("{value} is neither text nor a table of languages", value=shown(value)), remedy)
    found: dict[str, str] = {}
    problems = []
    for tag, words in value.items():
        try:
            language, text = read_language(tag), read_text(words)
        except Wrong as wrong:
            problems += [under(problem, f".{tag}") for problem in wrong.problems]
            continue
        if language in found:
            problems.append(
                Problem(
                    f".{tag}",
                    t("{language} is there already", language=language),
                    t("write each language once"),
                )
            )
        found[language] = text
    if problems:
        raise Wrong.at(problems)
    return found


def in_languages(words: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    """Return a name by language: one given plainly is the same in each."""
    if EVERY_LANGUAGE in words:
        return {language: words[EVERY_LANGUAGE] for language in languages if words[EVERY_LANGUAGE]}
    return dict(words)


def in_first_language(words: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """Return sentences by language: those given plainly are in the first one only."""
    return in_languages(words, languages[:1])


LANGUAGES = Kind(read_languages, list_from_text)
WORDS = Kind(read_words, table_from_text)
