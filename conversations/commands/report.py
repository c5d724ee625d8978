"""`report 2026-09-01`: before and after Turnout went live, in the figures that the white paper promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from conversations.commands.figured import READERS, definition, ratio, spans_of, unread
from conversations.commands.lines import days_of, zone_of
from conversations.commands.pictured import pictured
from conversations.dialog import Command, Need, Scene, Turn
from conversations.engine import NeedMore
from conversations.events import Event
from conversations.figures import FIGURES, REASONS, Change
from conversations.figures.proof import Proof, Side
from conversations.messages import Block, Fact, Message, Note, item
from conversations.pictures import change_picture
from conversations.understanding.when import when_of
from locales.text import Day, Points, Text, ct, t
from locales.zones import local

KIND = "command.report"
USAGE = ct("typed", "report 2026-09-01")
YEARS_SHOWN = 2
FEWEST_OPINIONS = 3


def run(scene: Scene, event: Event, rest: str) -> Turn:
    live_on = _live_on(scene, rest)
    if live_on is None and rest.strip():
        return Turn(say=unread(KIND, t("I cannot read “{typed}” as a day.", typed=rest.strip()), USAGE))
    if live_on is None:
        lead = t("Since when have you worked with Turnout?")
        note = t("Type the day, like report 2026-09-01, or set it once: config set go_live 2026-09-01")
        return Turn(say=Message(KIND, lead, (Note(note),)))
    if "report" not in scene.found:
        raise NeedMore((Need("report", {"live_on": live_on.isoformat()}),))
    found: Proof = scene.found["report"]
    return Turn(pictured(scene, change_picture(found)), say=_answer(found))


def _live_on(scene: Scene, rest: str) -> date | None:
    """Return the day that was typed, or else that the configuration names."""
    if not rest.strip():
        return scene.policy.go_live
    zone = zone_of(scene)
    window = when_of(rest, scene.now, zone)
    return local(window[0], zone).date() if window else None


def _answer(found: Proof) -> Message:
    before, after = found.before.no_shows, found.after.no_shows
    if not after.n or not before.n:
        return _one_sided(found)
    lead = t(
        "No-show rate {before} → {after} since {day} ({points}).",
        before=ratio(before),
        after=ratio(after),
        day=Day(found.live_on),
        points=Points((after.ratio or 0.0) - (before.ratio or 0.0)),
    )
    return Message(KIND, lead, tuple(_blocks(found)))


def _one_sided(found: Proof) -> Message:
    if not found.before.no_shows.n:
        lead = t("There is nothing from before {day} to compare with.", day=Day(found.live_on))
        note = t(
            "Import past interviews with their results: columns 面试结果, 未参加原因, 处理时长, 满意度 "
            "(outcome, reason, handled_minutes, satisfaction)."
        )
        return Message(KIND, lead, (Note(note),))
    lead = t("No interview was due since {day} yet.", day=Day(found.live_on))
    return Message(KIND, lead, (Note(t("Ask again after the first interviews.")),))


def _blocks(found: Proof) -> Iterator[Block]:
    yield Fact("n", t("Interviews"), _days(found))
    if found.no_shows is not None:
        yield Fact("no_shows", FIGURES["no_show_rate"].label, _change(found.no_shows))
    yield from _handling(found)
    satisfaction = found.satisfaction
    if satisfaction is not None:
        yield Fact("satisfaction", FIGURES["satisfaction"].label, _change(satisfaction))
    yield from _opinions(found)
    for reason, words in REASONS.items():
        one = found.reason(reason)
        if one is not None and (one.now.k or one.before.k):
            yield item(ct("report", "{reason}: {change}", reason=words, change=_points(one)))
    yield Note(
        t(
            "Reasons are shares of all interviews that were due, so they add up to the rate. It may have other causes."
        )
    )
    yield from definition("no_show_rate", "satisfaction")
    yield Note(t("The months one by one: standard. The last weeks: trend"))


def _opinions(found: Proof) -> Iterator[Block]:
    """Yield how content HR is, with how many of those asked said so."""
    for each in found.opinions[:YEARS_SHOWN]:
        if each.asked:
            answers = {"n": each.found.n, "asked": each.asked}
            said = ct("report", "too few answers to show without telling whose ({n} of {asked})", **answers)
            if each.found.mean is not None and each.found.n >= FEWEST_OPINIONS:
                mean = f"{each.found.mean:.1f}"
                said = ct("report", "{mean} of 5 ({n} of {asked} answered)", mean=mean, **answers)
            label = ct("report", "HR's own satisfaction in {year}", year=str(each.year))
            yield Fact(f"opinion_{each.year}", label, said)


def _days(found: Proof) -> Text:
    return ct(
        "report",
        "before {n_before} ({days_before}), since {n_after} ({days_after}); {zone}",
        n_before=found.before.no_shows.n,
        n_after=found.after.no_shows.n,
        days_before=_period(found.before),
        days_after=_period(found.after),
        zone=found.after.period.zone,
    )


def _period(side: Side) -> Text:
    return days_of((side.period.start, side.period.until), side.period.zone)


def _change(found: Change) -> Text:
    verdict = ct("change", "significant") if found.is_significant else ct("change", "within chance")
    return ct(
        "report",
        "{before} → {after}, {points}: {verdict} (n = {n_before} and {n_after})",
        before=ratio(found.before),
        after=ratio(found.now),
        points=Points(found.difference),
        verdict=verdict,
        n_before=found.before.n,
        n_after=found.now.n,
    )


def _points(found: Change) -> Text:
    return ct(
        "report", "{before} → {after} ({points})",
        before=ratio(found.before), after=ratio(found.now), points=Points(found.difference),
    )  # fmt: skip


def _handling(found: Proof) -> Iterator[Block]:
    before, after = spans_of(found.before.handling), spans_of(found.after.handling)
    label = FIGURES["handling_time"].label
    if before is not None and after is not None:
        yield Fact("handling", label, ct("report", "{before} → {after}", before=before, after=after))
    elif after is not None:
        yield Fact("handling", label, ct("report", "unknown → {after}", after=after))


REPORT = Command(
    "report",
    ("报告", "效果", "对比"),
    READERS,
    USAGE,
    t("Before and after going live: no-show rate, handling time, satisfaction, reasons."),
    run,
    flags=(),
)
