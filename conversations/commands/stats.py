"""`stats last7d by:role source:校招`: the no-show rate and what belongs to it, or the rate of each group."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.commands.figured import (
    NARROWING,
    READERS,
    definition,
    fact,
    hinted,
    nothing,
    of,
    period_of,
    range_of,
    ratio,
    satisfaction,
    shares,
    spans_of,
    too_few,
    unmatched,
    unread,
    versus,
    wanted,
)
from conversations.commands.pictured import pictured
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import FIGURES, SMALLEST_GROUP, ByGroup, Group
from conversations.figures.overview import Asked, Overview, Unmatched
from conversations.grammar import BadLine
from conversations.messages import Block, Fact, Message, Note, item
from conversations.pages import MY_PAGE
from conversations.pictures import GroupsPicture, groups_picture
from locales.text import Text, ct, nt, t

KIND = "command.stats"
USAGE = ct("typed", "stats last7d")
DEFAULT = "last30d"
GROUPS_SHOWN = 8
KEYS = NARROWING | {"by"}
MEANINGS = frozenset({"definitions", "口径", "定义"})
"""What is typed to read what every figure means."""
DEFINED = (
    "no_show_rate",
    "reasons",
    "handling_time",
    "contacted_in_time",
    "recovered",
    "satisfaction",
    "response",
)


def needs(rest: str) -> tuple[Need, ...]:
    try:
        asked = wanted(rest, DEFAULT, KEYS, MEANINGS)
    except BadLine:
        return ()
    return () if asked.words in MEANINGS else (asked.need("stats"),)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        asked = wanted(rest, DEFAULT, KEYS, MEANINGS)
    except BadLine as bad:
        return Turn(
            say=unread(KIND, bad.why, ct("typed", "stats last7d · stats 2026-11 · stats last30d by:role"))
        )
    if asked.words in MEANINGS:
        return Turn(say=_definitions())
    found: Overview | Unmatched = scene.found["stats"]
    if isinstance(found, Unmatched):
        return Turn(say=unmatched(KIND, found, ct("typed", "stats last30d by:source")))
    return Turn(pictured(scene, _picture(found)), say=_answer(found))


def _answer(found: Overview) -> Message:
    due = found.rates["no_show_rate"]
    if not due.n:
        return nothing(KIND, found.asked)
    if found.asked.filters and due.n < SMALLEST_GROUP:
        return too_few(KIND, found.asked, due.n)
    lead = t(
        "No-show rate, {period}: {rate} ({k} of {n}).",
        period=period_of(found.asked),
        rate=ratio(due),
        k=due.k,
        n=due.n,
    )
    blocks = _by_group(found.groups, found.asked) if found.groups else _whole(found)
    return Message(KIND, lead, tuple(blocks), (MY_PAGE,))


def _picture(found: Overview) -> GroupsPicture | None:
    """Return the picture of the groups, where there are several."""
    if found.groups is None or len(found.groups.groups) < 2:
        return None
    return groups_picture(found.groups, period_of(found.asked), found.asked.named)


# -- of everybody ----------------------------------------------------------------------------------------


def _whole(found: Overview) -> Iterator[Block]:
    yield Fact("range", t("95% range"), range_of(found.rates["no_show_rate"]))
    if found.change is not None:
        yield Fact("change", t("Against the same time before"), versus(found.change))
    yield from definition("no_show_rate")
    if found.shares:
        yield Fact("reasons", t("Reasons"), shares(found.shares))
    if (handling := spans_of(found.handling, found.rates["handled_late"])) is not None:
        yield Fact("handling", t("No-show handling time"), handling)
    for name in ("contacted_in_time", "recovered"):
        if found.rates[name].n:
            yield fact(name, found.rates[name])
    yield from satisfaction(found)
    yield from hinted(found.hints)
    yield Note(
        t("Who they were: list no_show. By group: stats by:role. What the figures mean: stats definitions")
    )


# -- by group --------------------------------------------------------------------------------------------


def _by_group(found: ByGroup, asked: Asked) -> Iterator[Block]:
    yield item(ct("figures", "By {dimension}, the highest first:", dimension=found.label))
    for group in found.groups[:GROUPS_SHOWN]:
        yield item(_group(found, group, asked))
    if len(found.groups) > GROUPS_SHOWN:
        rest = len(found.groups) - GROUPS_SHOWN
        yield item(nt("{n} more group", "{n} more groups", rest))
    if found.others is not None:
        others = nt(
            "{n} group is hidden: fewer than 5 interviews.",
            "{n} groups are hidden: fewer than 5 interviews each.",
            found.others.groups,
        )
        if found.others.rate is not None:
            others = ct("figures", "{hidden} Together: {rate}", hidden=others, rate=of(found.others.rate))
        yield item(others)
    yield from definition("no_show_rate")
    yield Note(
        t("“Above” and “below”: than all others together, for more than chance. Who they were: list no_show")
    )


def _group(found: ByGroup, group: Group, asked: Asked) -> Text:
    values = {
        "group": asked.named(found.dimension, group.value),
        "rate": of(group.rate),
        "range": range_of(group.rate),
    }
    if group.against is None or not group.against.is_significant:
        return ct("figures", "{group}: {rate}, {range}", **values)
    if group.stands_out:
        return ct("figures", "{group}: {rate}, {range}, above", **values)
    return ct("figures", "{group}: {rate}, {range}, below", **values)


def _definitions() -> Message:
    lead = t("What the figures mean:")
    lines = tuple(
        item(
            ct(
                "figures",
                "{figure}: {definition}",
                figure=FIGURES[name].label,
                definition=FIGURES[name].definition,
            )
        )
        for name in DEFINED
    )
    return Message(KIND, lead, (*lines, Note(t("The figures: stats last30d"))))


STATS = Command(
    "stats",
    ("统计", "未参加率"),
    READERS,
    USAGE,
    t("No-show rate, reasons, handling time, satisfaction: stats last7d by:role source:校招"),
    run,
    needs,
)
