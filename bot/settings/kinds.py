"""What a value may be: a kind reads what TOML or the environment says, or tells why it cannot."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.settings.problems import EnvText, Problem, Wrong, nearest, shown
from locales.text import t


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. `read` raises Wrong; `from_text` prepares what an environment variable says."""

    read: Callable[[Any], Any]
    from_text: Callable[[str], object] = str

    def __call__(self, value: object) -> Any:
        return self.read(self.from_text(value) if isinstance(value, EnvText) else value)


def read_text(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(t("{value} is not text", value=shown(value)), t("write it in quotes"))
    text = unicodedata.normalize("NFC", str(value)).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in text):
        raise Wrong(t("it holds control characters"), t("take them out"))
    if len(text) > 4000:
        raise Wrong(t("it is {n} characters long", n=len(text)), t("keep it under 4000"))
    return text


def read_line(value: object) -> str:
    text = read_text(value)
    if "\n" in text:
        raise Wrong(t("it has several lines"), t("write it on one line"))
    return text


def read_scalar(value: object) -> str | bool | int | float:
    if isinstance(value, bool | int | float):
        return value
    return read_text(value)


def choice(*options: str) -> Kind:
    def read(value: object) -> str:
        text = read_line(value)
        if text.casefold() in options:
            return text.casefold()
        meant = nearest(text, options)
        remedy = t('did you mean "{meant}"?', meant=meant) if meant else t("write one of those")
        raise Wrong(
            t("{value} is not one of {options}", value=shown(value), options=", ".join(options)), remedy
        )

    return Kind(read)


def number(low: int, high: int) -> Kind:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(
                t("{value} is not a whole number", value=shown(value)),
                t("write one from {low} to {high}", low=low, high=high),
            )
        if not low <= value <= high:
            raise Wrong(
                t("{value} is out of range", value=shown(value)),
                t("write a number from {low} to {high}", low=low, high=high),
            )
        return value

    return Kind(
        read, lambda text: int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()) else str(text)
    )


def read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong(
            t("{value} is neither true nor false", value=shown(value)),
            t("write true or false, without quotes"),
        )
    return value


def list_of(value: object, example: str) -> list[object]:
    if not isinstance(value, list):
        raise Wrong(
            t("{value} is not a list", value=shown(value)), t("write one like {example}", example=example)
        )
    if not value:
        raise Wrong(t("the list is empty"), t("write one like {example}", example=example))
    return value


def read_plain_table(value: object) -> dict[str, object]:
    """Return a table whose keys are looked at elsewhere: lines of text, numbers, truth values, lists, tables."""
    if not isinstance(value, dict):
        raise Wrong(
            t("{value} is not a table", value=shown(value)),
            t("write it in { }, or below a line of its own in [ ]"),
        )
    found: dict[str, object] = {}
    problems = []
    for name, each in value.items():
        try:
            found[name] = _plain(each)
        except Wrong as wrong:
            problems += [under(problem, f".{name}") for problem in wrong.problems]
    if problems:
        raise Wrong.at(problems)
    return found


def _plain(value: object) -> object:
    match value:
        case dict():
            return read_plain_table(value)
        case list():
            return [_plain(each) for each in value]
    return read_scalar(value)


def inline(text: str) -> object:
    """Return what TOML would read there, or the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return str(text)


def table_from_text(text: str) -> object:
    return inline(text) if text.lstrip().startswith("{") else str(text)


def list_from_text(text: str) -> object:
    if text.lstrip().startswith("["):
        return inline(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def under(problem: Problem, key: str) -> Problem:
    return Problem(key + problem.key, problem.reason, problem.remedy)


TEXT = Kind(read_line)
BLOCK = Kind(read_text)
TABLE = Kind(read_plain_table, table_from_text)
FLAG = Kind(read_flag, lambda text: {"true": True, "false": False}.get(text.strip().casefold(), text))
