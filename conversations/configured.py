"""The company's configuration as staff read it: keys and values in the file's own words, and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from conversations.plan import Replanned
from locales.text import Text


@dataclass(frozen=True, slots=True)
class Setting:
    """One key and its value in force."""

    key: str
    value: str
    origin: Literal["set", "default", "environment"] = "set"
    comes_from: str = ""
    """The key it is set under, or the environment's variable; empty where nothing sets it."""


@dataclass(frozen=True, slots=True)
class Configured:
    """What is in force of what was asked for."""

    settings: tuple[Setting, ...]
    version: int
    near: str = ""
    """The key that was probably meant, where nothing was found."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One key that two versions differ in; None where it is not set."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the configuration."""

    number: int
    at: datetime
    by: str
    """A name; `file` and `cli` for what came from there; empty where it is not known."""
    keys: tuple[str, ...] = ()
    """What it changed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions beside each other; `old` is 0 where there is no such version."""

    old: int
    new: int
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something cannot be so: the key as written, what is wrong with it, and what to do."""

    key: str
    reason: Text
    remedy: Text


_REFUSED: TypeAdapter[tuple[Refused, ...]] = TypeAdapter(tuple[Refused, ...])


def refused_plain(refused: Iterable[Refused]) -> list[dict[str, Any]]:
    """Return refusals as plain JSON, in no language yet."""
    plain: list[dict[str, Any]] = _REFUSED.dump_python(tuple(refused), mode="json")
    return plain


def refused_from(told: Sequence[Any]) -> tuple[Refused, ...]:
    """Return what `refused_plain` was given; raises ValueError."""
    return _REFUSED.validate_python(tuple(told))


def changes_from(told: Sequence[Sequence[str | None]]) -> tuple[Changed, ...]:
    """Return changes as slow work tells them."""
    return tuple(Changed(str(key), old, new) for key, old, new in told)


def plan_from(told: Sequence[int]) -> Replanned:
    return Replanned(*told)
