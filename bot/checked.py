"""What `turnout check` tells whoever sits at the terminal, in their language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.settings.problems import in_words
from locales.text import Listing, Text, nt, t


def report(found: Mapping[str, Any], locale: str) -> Iterator[str]:
    """Yield the lines about what `Operations.check` found: what to mend first, what to do next last."""
    return (in_words(text, locale) for text in _told(found))


def refusal(count: int, locale: str) -> str:
    """Return the last line below the problems of a configuration."""
    return in_words(
        nt("{n} to mend; nothing was changed.", "{n} to mend; nothing was changed.", count), locale
    )


def _told(found: Mapping[str, Any]) -> Iterator[Text]:
    settings = found["settings"]
    for warning in settings.get("warnings", ()):
        yield t("warning: {key}: {reason} → {remedy}", **{name: str(warning[name]) for name in _SAID})
    for problem in found["problems"]:
        yield t("problem: {problem}", problem=str(problem))
    yield from _database(found["database"])
    channels = Listing(tuple(settings["channels"])) if settings["channels"] else t("none")
    yield t("Channels: {channels}", channels=channels)
    for account, urls in settings.get("hooks", {}).items():
        yield t("Give the provider of {account}: {urls}", account=account, urls=Listing(tuple(urls)))
    if found["ok"]:
        yield t("All good. Next: turnout run")
    else:
        yield t("Mend what is listed, then check again.")


_SAID = ("key", "reason", "remedy")


def _database(vitals: Mapping[str, Any]) -> Iterator[Text]:
    took = t("{ms} ms", ms=round(vitals["write_seconds"] * 1000))
    known = {"name": vitals["database"], "schema": vitals["schema"], "took": took}
    yield t("Database: {name}, tables of {schema}, a row written in {took}", **known)
    if not vitals["is_sound"]:
        yield t(
            "Several programs writing at once can damage a file of this SQLite (mended in 3.51.3): "
            "let nothing but Turnout open it."
        )
