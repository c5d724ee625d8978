"""What is wrong with a configuration, one sentence each. A secret's value is never part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from difflib import get_close_matches

from locales.catalogue import SOURCE
from locales.text import Listing, Reader, Text, Value, t
from locales.told import text_of
from locales.translate import show


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key as written in TOML, why, and what to do."""

    key: str
    reason: Text
    remedy: Text

    def told(self, locale: str) -> str:
        """Return it on one line in one language."""
        return f"{self.key}: {in_words(self.reason, locale)}; {in_words(self.remedy, locale)}"

    def __str__(self) -> str:
        return self.told(SOURCE)


class BadConfig(Exception):
    """The configuration cannot be used; `problems` are all there are, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Wrong(ValueError):
    """A value that cannot be read. The keys of its problems are relative to the value: `""`, `[0].before`."""

    def __init__(self, reason: Text, remedy: Text) -> None:
        super().__init__(in_words(reason))
        self.problems: tuple[Problem, ...] = (Problem("", reason, remedy),)

    @classmethod
    def at(cls, problems: Iterable[Problem]) -> Wrong:
        found = tuple(problems)
        wrong = cls(found[0].reason, found[0].remedy)
        wrong.problems = found
        return wrong


NO_SUCH_KEY = t("there is no such key")


class EnvText(str):
    """A value that came from the environment, where everything is text."""

    __slots__ = ("variable",)

    def __new__(cls, value: str, variable: str) -> EnvText:
        text = super().__new__(cls, value)
        text.variable = variable
        return text

    variable: str


class Secret(str):
    """Text that is used like any other but shows nothing of itself in a repr, a log record or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret>"


def in_words(text: Text, locale: str = SOURCE) -> str:
    """Return a sentence in one language: English for logs, what the reader speaks at the command line."""
    return show(text, Reader(locale, "UTC", datetime(2026, 1, 1, tzinfo=UTC)))


def quoted(text: str, longest: int = 40) -> str:
    """Return somebody's words as one short line in quotes."""
    line = json.dumps(text if len(text) <= longest else text[: longest - 1] + "…", ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)


def shown(value: object, longest: int = 40) -> Value:
    """Return a value as it stands in a sentence; what tables and lists hold is not told."""
    match value:
        case str():
            return quoted(value, longest)
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 128:
            return t("a number with too many digits")
        case int() | float():
            return str(value)
        case date() | time():
            return value.isoformat()
        case dict():
            return t("a table")
        case list():
            return t("a list")
    return type(value).__name__


def joined(path: str, name: str) -> str:
    """Return the key `name` under `path`, quoted where TOML would quote it."""
    part = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)
    return f"{path}.{part}" if path else part


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name somebody probably meant, if one is near."""
    by_form = {each.casefold().replace("-", "_"): each for each in known}
    found = get_close_matches(name.casefold().replace("-", "_"), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else None


def as_told(words: str) -> Text:
    """Return the words of a channel about its own settings: in the reader's language where it has them."""
    return text_of(words)


def listed(names: Iterable[str]) -> Value:
    """Return names for a remedy, or that there are none."""
    return ", ".join(sorted(names)) or t("none")


_TOKENS = re.compile(
    r"\d{5,}:[A-Za-z0-9_-]{16,}"  # Telegram
    r"|whsec_[A-Za-z0-9+/=_-]{8,}"  # Standard Webhooks
    r"|xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}"  # Slack
    r"|(?<=://)[^/\s\"@]+(?=@)"  # a URL's user and password
)


def without_secrets(problem: Problem, secrets: Iterable[str]) -> Problem:
    """Return the problem with every known secret, and whatever has a token's shape, hidden.

    No message is meant to hold one. This catches the token that stands in the wrong place.
    """

    def clean(text: str) -> str:
        for secret in secrets:
            # A short one, or one that is a word, would tear ordinary sentences apart.
            if len(secret) >= 8 and not secret.isalpha():
                text = text.replace(secret, "***")
        return _TOKENS.sub("***", text)

    def cleaned(value: Value) -> Value:
        match value:
            case str():
                return clean(value)
            case Text():
                return sentence(value)
            case Listing():
                return Listing(tuple(map(cleaned, value.items)))
        return value

    def sentence(text: Text) -> Text:
        return replace(text, params={name: cleaned(value) for name, value in text.params.items()})

    return Problem(clean(problem.key), sentence(problem.reason), sentence(problem.remedy))
