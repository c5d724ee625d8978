"""`trend`: the no-show rate of the last twelve weeks, and whether it really changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile

from conversations.commands.figured import (
    READERS,
    definition,
    of,
    period_of,
    ratio,
    too_few,
    unmatched,
    unread,
    versus,
    wanted,
)
from conversations.commands.pictured import pictured
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import SMALLEST_GROUP, Point
from conversations.figures.overview import Unmatched, Weeks
from conversations.grammar import BadLine
from conversations.messages import Block, Fact, Message, Note, item
from conversations.pages import MY_PAGE
from conversations.pictures import trend_picture
from locales.text import Day, Text, ct, nt, t

KIND = "command.trend"
USAGE = ct("typed", "trend")
DEFAULT = "last7d"


def needs(rest: str) -> tuple[Need, ...]:
    try:
        return (wanted(rest, DEFAULT).need("trend"),)
    except BadLine:
        return ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        wanted(rest, DEFAULT)
    except BadLine as bad:
        return Turn(say=unread(KIND, bad.why, ct("typed", "trend · trend job:前端")))
    found: Weeks | Unmatched = scene.found["trend"]
    if isinstance(found, Unmatched):
        return Turn(say=unmatched(KIND, found, ct("typed", "trend source:校招")))
    picture = trend_picture(found.trend, period_of(found.asked))
    return Turn(pictured(scene, picture), say=_answer(found))


def _answer(found: Weeks) -> Message:
    points = found.trend.points
    n = sum(point.rate.n for point in points)
    if not n:
        lead = t("No interview was due, {period}.", period=period_of(found.asked))
        return Message(KIND, lead, (Note(t("There is a trend when interviews have taken place.")),))
    if found.asked.filters and n < SMALLEST_GROUP:
        return too_few(KIND, found.asked, n)
    return Message(KIND, _lead(found), tuple(_blocks(found)), (MY_PAGE,))


def _lead(found: Weeks) -> Text:
    """Say what is to be seen: the last whole week, and for how long it has gone one way."""
    trend, period = found.trend, period_of(found.asked)
    last = next((point for point in reversed(trend.points[:-1]) if point.rate.n), trend.points[-1])
    if trend.streak < -1:
        return nt(
            "No-show rate {rate}, falling for {n} week: {period}.",
            "No-show rate {rate}, falling for {n} weeks: {period}.",
            -trend.streak, rate=ratio(last.rate), period=period,
        )  # fmt: skip
    if trend.streak > 1:
        return nt(
            "No-show rate {rate}, rising for {n} week: {period}.",
            "No-show rate {rate}, rising for {n} weeks: {period}.",
            trend.streak, rate=ratio(last.rate), period=period,
        )  # fmt: skip
    return t("No-show rate {rate} in the last whole week: {period}.", rate=ratio(last.rate), period=period)


def _blocks(found: Weeks) -> Iterator[Block]:
    if found.trend.change is not None:
        yield Fact("change", t("Last 4 whole weeks against the 4 before"), versus(found.trend.change))
    # Weeks before the first interview say nothing.
    for point in dropwhile(lambda point: not point.rate.n, found.trend.points):
        yield item(_week(point))
    yield from definition("no_show_rate")
    yield Note(
        t("Weeks begin on Monday; the last is still running. Why: reasons. By group: stats last90d by:role")
    )


def _week(point: Point) -> Text:
    if not point.rate.n:
        return ct("figures", "{day}: nobody was due", day=Day(point.first))
    return ct("figures", "{day}: {rate}", day=Day(point.first), rate=of(point.rate))


TREND = Command(
    "trend", ("趋势", "走势"), READERS, USAGE, t("The no-show rate of the last twelve weeks."), run, needs
)
