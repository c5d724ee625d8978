"""`stats last7d`: the no-show rate with its range, the reasons and the handling time, each with its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from conversations.commands.lines import days_of, zone_of
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import (
    FIGURES,
    REASONS,
    AttemptFacts,
    contacted_in_time,
    handling_time,
    no_show_rate,
    reason_shares,
)
from conversations.identity import Role
from conversations.messages import Block, Fact, Message, Note
from conversations.understanding.when import when_of
from locales.text import Listing, Percent, Span, Text, t

USAGE = "stats last7d"
DEFAULT = "last30d"
REASONS_SHOWN = 4


def _window(rest: str) -> str | None:
    typed = rest.strip() or DEFAULT
    return typed if when_of(typed, datetime(2026, 1, 1, tzinfo=UTC), "UTC") else None


def needs(rest: str) -> tuple[Need, ...]:
    window = _window(rest)
    return (Need("facts", {"when": window}),) if window else ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    zone = zone_of(scene)
    window = when_of(_window(rest) or "", scene.now, zone)
    if window is None:
        lead = t("I cannot read “{typed}” as days.", typed=rest.strip())
        note = t("Try: stats last7d · stats 2026-11 · stats 2026-11-01..2026-11-30")
        return Turn(say=Message("command.stats", lead, (Note(note),)))
    facts: Sequence[AttemptFacts] = scene.found["facts"]
    return Turn(say=_answer(facts, days_of(window, zone), scene.now))


def _answer(facts: Sequence[AttemptFacts], period: Text, now: datetime) -> Message:
    found = no_show_rate(facts)
    if found.ratio is None:
        lead = t("No interview was due, {period}.", period=period)
        note = t("Try a longer time: stats last30d · stats 2026-11")
        return Message("command.stats", lead, (Note(note),))
    lead = t(
        "No-show rate, {period}: {rate} ({k} of {n}).",
        period=period,
        rate=Percent(found.ratio),
        k=found.k,
        n=found.n,
    )
    span = t("between {low} and {high}", low=Percent(found.low), high=Percent(found.high))
    blocks = (
        Fact("range", t("95% range"), span),
        Note(FIGURES["no_show_rate"].definition),
        *_reasons(facts),
        *_handling(facts),
        *_asked(facts, now),
        Note(t("Who they were: list no_show")),
    )
    return Message("command.stats", lead, blocks)


def _reasons(facts: Sequence[AttemptFacts]) -> Iterator[Block]:
    shares = reason_shares(facts)
    if not shares:
        return
    shown = tuple(
        t("{reason} {share} ({k})", reason=REASONS[share.reason], share=Percent(share.ratio), k=share.k)
        for share in shares[:REASONS_SHOWN]
    )
    yield Fact("reasons", t("Reasons"), t("{reasons}", reasons=Listing(shown)))
    yield Note(FIGURES["reasons"].definition)


def _handling(facts: Sequence[AttemptFacts]) -> Iterator[Block]:
    found = handling_time(facts)
    if found.median is not None:
        yield Fact("handling", t("No-show handling time, median"), t("{span}", span=Span(found.median)))
        yield Note(FIGURES["handling_time"].definition)


def _asked(facts: Sequence[AttemptFacts], now: datetime) -> Iterator[Block]:
    found = contacted_in_time(facts, now)
    if found.ratio is not None:
        value = t("{rate} ({k} of {n})", rate=Percent(found.ratio), k=found.k, n=found.n)
        yield Fact("asked", t("Asked within the hour"), value)


STATS = Command(
    "stats",
    ("统计", "未参加率"),
    frozenset({Role.HR, Role.RECRUITER, Role.VIEWER}),
    USAGE,
    t("No-show rate, reasons and handling time."),
    run,
    needs,
)
