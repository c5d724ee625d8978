"""Language packs: what people write, as patterns in one TOML file a language; all are read together.

People mix languages in one sentence ("link打不开"), so no pack is chosen: every one is tried.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

LONGEST = 500
"""Nobody explains a reason in more characters than this; what follows is not read."""


@dataclass(frozen=True, slots=True)
class Packs:
    """The patterns of all languages, compiled."""

    spelling: Mapping[int, str]
    """Characters that are written in several ways, by the one that the patterns use."""
    typos: tuple[tuple[re.Pattern[str], str], ...]
    reasons: Mapping[str, re.Pattern[str]]
    weak_reasons: Mapping[str, re.Pattern[str]]
    """Cues that count only when no other reason is given."""
    flags: Mapping[str, re.Pattern[str]]
    denials: re.Pattern[str]
    """What stands right before a cue and turns it round: 不是, "wasn't a"."""
    clause_ends: re.Pattern[str]
    conditions: re.Pattern[str]
    """How a clause begins that tells what might be, not what was."""
    words: Mapping[str, frozenset[str]]
    """Intents by the whole of what is typed."""
    cues: Mapping[str, re.Pattern[str]]
    times: tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]


@lru_cache(maxsize=1)
def packs() -> Packs:
    """Return all packs; read once."""
    loaded = list(_load())
    return Packs(
        spelling={ord(a): b for pack in loaded for a, b in _pairs(pack.get("spelling", {}))},
        typos=tuple(
            (re.compile(typo["like"], re.ASCII), typo["means"])
            for pack in loaded
            for typo in pack.get("typos", ())
        ),
        reasons=_joined(loaded, "reasons", "cues"),
        weak_reasons=_joined(loaded, "reasons", "weak"),
        flags=_joined(loaded, "flags", "cues"),
        denials=_any(pattern for pack in loaded for pattern in pack["clauses"]["denials"]),
        clause_ends=_any(pattern for pack in loaded for pattern in pack["clauses"]["ends"]),
        conditions=_any(pattern for pack in loaded for pattern in pack["clauses"]["conditions"]),
        words={
            name: frozenset(
                squeezed(word) for pack in loaded for word in _section(pack, name).get("words", ())
            )
            for name in _names(loaded, "intents")
        },
        cues=_joined(loaded, "intents", "cues"),
        times=tuple(_tokens(loaded)),
        weekdays={
            word: int(day) for pack in loaded for word, day in pack.get("times", {})["weekdays"].items()
        },
        months={
            word: int(month) for pack in loaded for word, month in pack.get("times", {})["months"].items()
        },
    )


def plain(text: str) -> str:
    """Return words as the patterns expect them: half-width, lower case, simplified, typos mended."""
    half = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(packs().spelling)
    for typo, means in packs().typos:
        half = typo.sub(means, half)
    return " ".join(half.split())


def squeezed(text: str) -> str:
    """Return words without punctuation and smileys, to compare them whole: "Got it, thanks!" → "got it thanks".

    A text of nothing but symbols keeps them, each once: 👍👍 says as much as 👍.
    """
    half = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    letters = " ".join(re.sub(r"[^\w\s']", "", half).split()).strip("' ")
    symbols = (c for c in half if unicodedata.category(c) not in {"Cf", "Mn", "Sk", "Zs"})
    return letters or "".join(dict.fromkeys(symbols))


def _load() -> Iterator[Mapping[str, Any]]:
    folder = files("conversations.understanding")
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield tomllib.loads(entry.read_text(encoding="utf-8"))


def _tokens(loaded: list[Mapping[str, Any]]) -> Iterator[tuple[re.Pattern[str], Mapping[str, Any]]]:
    """Yield every pattern of a time, a bare number last: in another language it may be more than that."""
    entries = [entry for pack in loaded for entry in pack["times"]["tokens"]]
    for entry in sorted(entries, key=lambda entry: entry["is"] == "number"):
        yield re.compile(entry["like"], re.ASCII), entry


def _section(pack: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section: Mapping[str, Any] = pack.get("intents", {}).get(name, {})
    return section


def _names(loaded: list[Mapping[str, Any]], table: str) -> list[str]:
    return list(dict.fromkeys(name for pack in loaded for name in pack.get(table, {})))


def _joined(loaded: list[Mapping[str, Any]], table: str, key: str) -> dict[str, re.Pattern[str]]:
    found = {
        name: [p for pack in loaded for p in pack.get(table, {}).get(name, {}).get(key, ())]
        for name in _names(loaded, table)
    }
    return {name: _any(patterns) for name, patterns in found.items() if patterns}


def _any(patterns: Any) -> re.Pattern[str]:
    # ASCII: a word also ends where Chinese begins, "wifi断了".
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII)


def _pairs(spelling: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return zip(spelling.get("written", ""), spelling.get("means", ""), strict=True)
