"""`plan tomorrow`: every reminder that is still to be sent, as it will happen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from conversations.commands.if_at import AT_HOW, if_it_were_at
from conversations.commands.lines import (
    SCREEN,
    days_of,
    held_back,
    line_typed,
    more,
    name_of,
    page_in,
    zone_of,
)
from conversations.commands.one import needs_ledger, with_entry
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.findings import LedgerEntry, Target
from conversations.grammar import BadLine, Line, read_line
from conversations.identity import STAFF
from conversations.interview import RungRow
from conversations.messages import Message, Note, item
from conversations.rights import sees
from conversations.understanding.when import when_of
from locales.text import Moment, Text, ct, nt, t

USAGE = ct("typed", "plan tomorrow")
DEFAULT = "next24h"
_LABEL = re.compile(r"(?i)i-?\d+|\d{3,6}")


def _window(line: Line) -> str | None:
    """Return the days that are asked for, or None if a name stands there."""
    typed = line.text
    if not typed:
        return None if line.has("at") else DEFAULT
    if _LABEL.fullmatch(typed):
        return None
    return typed if when_of(typed, datetime(2026, 1, 1, tzinfo=UTC), "UTC") else None


def needs(rest: str) -> tuple[Need, ...]:
    try:
        line = read_line(rest, ("at",))
    except BadLine:
        return ()
    window = _window(line)
    return (Need("plan", {"when": window}),) if window else needs_ledger(line.text)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    try:
        line = read_line(rest, ("at",))
    except BadLine as bad:
        return Turn(say=Message("command.plan", bad.why, (Note(AT_HOW),)))
    window, page = _window(line), line.page
    if window is None:

        def then(entry: LedgerEntry) -> Turn:
            at = line.flags.get("at")
            return Turn(say=if_it_were_at(scene, event, entry, at) if at else _of_one(scene, event, entry))

        return with_entry(scene, event, line.text, "plan", USAGE, then)
    if line.has("at"):
        lead = t("--at is for the plan of one interview: what it would be if that were its time.")
        return Turn(say=Message("command.plan", lead, (Note(AT_HOW),)))
    found: Sequence[tuple[RungRow, Target]] = scene.found["plan"]
    rows = [
        (row, target) for row, target in found if row.verdict is None and sees(scene.person, target.interview)
    ]
    return Turn(say=_of_all(scene, event, rows, window, page))


def _of_all(
    scene: Scene, event: Event, rows: Sequence[tuple[RungRow, Target]], window: str, page: int
) -> Message:
    zone = zone_of(scene)
    window_meant = when_of(window, scene.now, zone) or (scene.now, scene.now)
    days = t("{days} ({zone})", days=days_of(window_meant, zone), zone=zone)
    if not rows:
        lead = t("No reminder is planned, {days}.", days=days)
        return Message("command.plan", lead, (Note(t("Try: plan tomorrow · plan next7d")),))
    ordered = sorted(rows, key=lambda pair: (pair[0].due_at, pair[1].interview.number))
    shown = ordered[(page - 1) * SCREEN : page * SCREEN] or ordered[:SCREEN]
    lines = (item(_line(row, target, event)) for row, target in shown)
    lead = nt("{n} reminder is planned, {days}.", "{n} reminders are planned, {days}.", len(rows), days=days)
    note = Note(t("Why one is planned or not: why {label}", label=shown[0][1].interview.label))
    next_page = more(len(rows), page, page_in(line_typed(event))[0])
    return Message("command.plan", lead, (*lines, *next_page, note))


def _line(row: RungRow, target: Target, event: Event) -> Text:
    line = t(
        "{when}: {rung} to {label} {name}, {role}",
        when=Moment(row.due_at),
        rung=row.name,
        label=target.interview.label,
        name=name_of(target.candidate, event),
        role=target.interview.role,
    )
    is_held = target.interview.attempt.paused_at is not None
    return t("{line} (held back)", line=line) if is_held else line


def _of_one(scene: Scene, event: Event, entry: LedgerEntry) -> Message:
    interview, name = entry.target.interview, name_of(entry.target.candidate, event)
    waiting = sorted((row for row in entry.rungs if row.verdict is None), key=lambda row: row.due_at)
    why = Note(t("What was sent and what was not: why {label}", label=interview.label))
    if not waiting:
        lead = t("No reminder is planned for {label} {name} any more.", label=interview.label, name=name)
        return Message("command.plan", lead, (*held_back(interview), why))
    lead = nt(
        "{n} reminder is planned for {label} {name}:",
        "{n} reminders are planned for {label} {name}:",
        len(waiting),
        label=interview.label,
        name=name,
    )
    lines = (item(t("{rung}, {when}", rung=row.name, when=Moment(row.due_at))) for row in waiting[:SCREEN])
    return Message("command.plan", lead, (*lines, *held_back(interview), why))


PLAN = Command(
    "plan",
    ("计划", "发送计划"),
    STAFF,
    USAGE,
    t("Every reminder still to be sent, by day or interview; with --at what it would be at another time."),
    run,
    needs,
    may_follow=True,
    flags=("at",),
)
