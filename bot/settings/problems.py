"""What is wrong with a configuration, one line each. A secret's value is never part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key as written in TOML, why, and what to do."""

    key: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}; {self.remedy}"


class BadConfig(Exception):
    """The configuration cannot be used; `problems` are all there are, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Wrong(ValueError):
    """A value that cannot be read. The keys of its problems are relative to the value: `""`, `[0].before`."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.problems: tuple[Problem, ...] = (Problem("", reason, remedy),)

    @classmethod
    def at(cls, problems: Iterable[Problem]) -> Wrong:
        wrong = cls("", "")
        wrong.problems = tuple(problems)
        return wrong


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


def shown(value: object, longest: int = 40) -> str:
    """Return a value as one short line for a message; what tables and lists hold is not told."""
    match value:
        case str():
            text = value if len(value) <= longest else value[: longest - 1] + "…"
            quoted = json.dumps(text, ensure_ascii=False)
            return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in quoted)
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 128:
            return "a number with too many digits"
        case int() | float():
            return str(value)
        case date() | time():
            return value.isoformat()
        case dict():
            return "a table"
        case list():
            return "a list"
    return type(value).__name__


def joined(path: str, name: str) -> str:
    """Return the key `name` under `path`, quoted where TOML would quote it."""
    part = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else shown(name)
    return f"{path}.{part}" if path else part


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name somebody probably meant, if one is near."""
    by_form = {each.casefold().replace("-", "_"): each for each in known}
    found = get_close_matches(name.casefold().replace("-", "_"), by_form, n=1, cutoff=0.6)
    return by_form[found[0]] if found else None


def listed(names: Iterable[str]) -> str:
    """Return names for a remedy, or "none"."""
    return ", ".join(sorted(names)) or "none"


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

    return replace(
        problem, key=clean(problem.key), reason=clean(problem.reason), remedy=clean(problem.remedy)
    )
