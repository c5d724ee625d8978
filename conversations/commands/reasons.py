"""`reasons last30d`: why candidates did not come, how many did not say, and what lay behind technical problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conversations.commands.figured import (
    READERS,
    definition,
    hinted,
    period_of,
    too_few,
    unmatched,
    unread,
    wanted,
)
from conversations.commands.pictured import pictured
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.figures import REASONS, SMALLEST_GROUP, Part
from conversations.figures.overview import Asked, Reasons, Unmatched
from conversations.grammar import BadLine
from conversations.messages import Block, Fact, Message, Note, item
from conversations.pictures import reasons_picture
from locales.text import Listing, Percent, Text, ct, nt, t

KIND = "command.reasons"
USAGE = ct("typed", "reasons last30d")
DEFAULT = "last30d"
PARTS_SHOWN = 4


def needs(rest: str) -> tuple[Need, ...]:
    try:
        return (wanted(rest, DEFAULT).need("reasons"),)
    except BadLine:
        return ()


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        wanted(rest, DEFAULT)
    except BadLine as bad:
        return Turn(say=unread(KIND, bad.why, ct("typed", "reasons last30d · reasons 2026-11 job:前端")))
    found: Reasons | Unmatched = scene.found["reasons"]
    if isinstance(found, Unmatched):
        return Turn(say=unmatched(KIND, found, USAGE))
    picture = reasons_picture(found.shares, period_of(found.asked))
    return Turn(pictured(scene, picture), say=_answer(found))


def _answer(found: Reasons) -> Message:
    if not found.n:
        lead = t("Nobody missed an interview, {period}.", period=period_of(found.asked))
        return Message(KIND, lead, (Note(t("Try a longer time: reasons last90d")),))
    if found.asked.filters and found.n < SMALLEST_GROUP:
        return too_few(KIND, found.asked, found.n)
    top = next((share for share in found.shares if share.reason is not None), None)
    if top is None:
        lead = nt(
            "Nobody said why: {n} no-show, {period}.", "Nobody said why: {n} no-shows, {period}.",
            found.n, period=period_of(found.asked),
        )  # fmt: skip
    else:
        lead = t(
            "Most often: {reason}, {share} of {n} no-shows, {period}.",
            reason=REASONS[top.reason],
            share=Percent(top.ratio),
            n=found.n,
            period=period_of(found.asked),
        )
    return Message(KIND, lead, tuple(_blocks(found)))


def _blocks(found: Reasons) -> Iterator[Block]:
    for share in found.shares:
        said = t(
            "{reason} {share} ({k})", reason=REASONS[share.reason], share=Percent(share.ratio), k=share.k
        )
        yield item(said)
    yield from definition("reasons")
    if found.checks:
        yield Fact(
            "checks", t("Technical: the device check had found"), _parts(found.asked, "check", found.checks)
        )
    if found.devices:
        yield Fact(
            "devices", t("Technical: browser and system"), _parts(found.asked, "device", found.devices)
        )
    yield from hinted(found.hints)
    yield Note(t("Who they were: list no_show. How it was before: reasons 2026-10"))


def _parts(asked: Asked, dimension: str, parts: Sequence[Part]) -> Text:
    shown = tuple(_part(asked, dimension, part) for part in parts[:PARTS_SHOWN])
    return t("{parts}", parts=Listing(shown))


def _part(asked: Asked, dimension: str, part: Part) -> Text:
    value, share = asked.named(dimension, part.value), Percent(part.ratio)
    return ct("figures", "{value} {share} ({k})", value=value, share=share, k=part.k)


REASONS_COMMAND = Command(
    "reasons",
    ("原因", "未参加原因"),
    READERS,
    USAGE,
    t("Why candidates did not come, and what helps."),
    run,
    needs,
)
