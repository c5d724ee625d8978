"""The ladder as it is written: `["24h", "1h", "30m"]`, or tables with a name, channels and a delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from bot.settings.kinds import FLAG, Kind, choice, list_from_text, list_of, read_line, under
from bot.settings.problems import NO_SUCH_KEY, EnvText, Problem, Wrong, listed, nearest, shown
from bot.settings.times import span, span_text
from conversations.policy import Rung
from locales.text import t

Delivery = Literal["all", "fallback"]

BEFORE = span("1s", "90d")
DELIVERY = choice("all", "fallback")


@dataclass(frozen=True, slots=True)
class WrittenRung:
    """One rung as written; None where the ladder's own rules decide."""

    name: str
    before: timedelta
    channels: tuple[str, ...] = ()
    delivery: Delivery | None = None
    when_confirmed: bool | None = None


def ladder(written: Iterable[WrittenRung], delivery: Delivery | None) -> tuple[Rung, ...]:
    """Return the rungs from the earliest to the latest, with what was left open decided.

    The first goes to every channel there is and the others to the first that takes it. Somebody who
    confirmed gets the first and the last, not those between: that is their shorter ladder.
    """
    earliest_first = sorted(written, key=lambda rung: rung.before, reverse=True)
    last = len(earliest_first) - 1
    return tuple(
        Rung(
            rung.name,
            rung.before,
            rung.channels,
            rung.delivery or delivery or ("all" if n == 0 else "fallback"),
            rung.when_confirmed if rung.when_confirmed is not None else n in {0, last},
        )
        for n, rung in enumerate(earliest_first)
    )


def read_channels(value: object) -> tuple[str, ...]:
    """Return platforms in order of preference; whether there are accounts on them is checked elsewhere."""
    channels = [read_line(each) for each in list_of(value, '["telegram", "email"]')]
    if len(set(channels)) < len(channels):
        raise Wrong(t("a channel is named twice"), t("name each channel once"))
    if account := next((channel for channel in channels if "." in channel), None):
        raise Wrong(
            t("{value} names an account", value=shown(account)),
            t('write the channel alone: "{channel}"', channel=account.split(".")[0]),
        )
    return tuple(channels)


def read_name(value: object) -> str:
    name = read_line(value)
    if not re.fullmatch(r"\w[\w .-]{0,39}", name):
        remedy = t("use letters, digits, dots, dashes or blanks, at most 40")
        raise Wrong(t("{value} cannot be the name of a rung", value=shown(name)), remedy)
    return name


_KINDS = {
    "name": Kind(read_name),
    "before": BEFORE,
    "channels": Kind(read_channels, list_from_text),
    "delivery": DELIVERY,
    "when_confirmed": FLAG,
}


def read_rungs(value: object) -> tuple[WrittenRung, ...]:
    rungs: list[tuple[int, WrittenRung]] = []
    problems: list[Problem] = []
    for n, each in enumerate(list_of(value, '["24h", "1h", "30m"]')):
        try:
            rungs.append((n, _read_rung(each)))
        except Wrong as wrong:
            problems += [under(problem, f"[{n}]") for problem in wrong.problems]
    problems += _doubles(rungs)
    if problems:
        raise Wrong.at(problems)
    return tuple(rung for _, rung in rungs)


def written_channels(value: object) -> Iterator[tuple[int, str]]:
    """Yield every channel that some rung of a ladder names, with the rung's number; what is no name is left out."""
    rungs = list_from_text(value) if isinstance(value, EnvText) else value
    for n, rung in enumerate(rungs if isinstance(rungs, list) else ()):
        channels = rung.get("channels") if isinstance(rung, dict) else None
        for channel in channels if isinstance(channels, list) else ():
            if isinstance(channel, str) and "." not in channel:
                yield n, channel


def _read_rung(value: object) -> WrittenRung:
    if not isinstance(value, dict):
        before = BEFORE(value)
        return WrittenRung(span_text(before), before)
    fields: dict[str, Any] = {}
    problems = []
    for name, each in value.items():
        if name not in _KINDS:
            meant = nearest(name, _KINDS)
            remedy = (
                t('did you mean "{meant}"?', meant=meant)
                if meant
                else t("a rung has {known}", known=listed(_KINDS))
            )
            problems.append(Problem(f".{name}", NO_SUCH_KEY, remedy))
            continue
        try:
            fields[name] = _KINDS[name](each)
        except Wrong as wrong:
            problems += [under(problem, f".{name}") for problem in wrong.problems]
    if "before" not in value:
        problems.append(
            Problem(".before", t("is missing"), t('say how long before the start, like before = "24h"'))
        )
    if problems:
        raise Wrong.at(problems)
    return WrittenRung(**{"name": span_text(fields["before"]), **fields})


def _doubles(rungs: Iterable[tuple[int, WrittenRung]]) -> Iterable[Problem]:
    names: dict[str, int] = {}
    times: dict[timedelta, int] = {}
    for n, rung in rungs:
        if (first := names.setdefault(rung.name.casefold(), n)) != n and rung.before not in times:
            reason = t("{value} is also the name of rung [{first}]", value=shown(rung.name), first=first)
            yield Problem(f"[{n}].name", reason, t("give each rung its own name: it is sent once per name"))
        if (first := times.setdefault(rung.before, n)) != n:
            reason = t(
                "{length} is also the time of rung [{first}]", length=span_text(rung.before), first=first
            )
            yield Problem(f"[{n}].before", reason, t("leave one of the two out"))


RUNGS = Kind(read_rungs, list_from_text)
