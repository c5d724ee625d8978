"""`move I-1024 2026-11-25T14:00`: another time, read back with its zone before anybody is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from conversations.commands.orders import DECIDERS, Order, command, is_done
from conversations.dialog import Scene
from conversations.findings import Target
from conversations.identity import Role
from conversations.understanding.when import later_by, moment_of, split_moment, when_of
from locales.text import Day, Moment, Text, ct, t
from locales.zones import local

USAGE = ct("typed", "move I-1024 2026-11-25T14:00")
_URL = re.compile(r"\s+(https?://\S+)$")
_NUMBERED = re.compile(r"(?i)(i-?\d+)\s+(.+)")


def _refuse(target: Target, now: datetime) -> Text | None:
    return is_done(target)


def split(rest: str) -> tuple[str, str]:
    """Part what names the interview from its new time and link."""
    url = _URL.search(rest)
    text, when = split_moment(rest[: url.start()] if url else rest)
    if not when and (numbered := _NUMBERED.fullmatch(text)):
        # Whatever stands behind a number is meant as a time, even where it cannot be read as one.
        text, when = numbered[1], numbered[2]
    return text, f"{when} {url[1]}".strip() if url else when


def arguments(scene: Scene, target: Target, tail: str) -> Mapping[str, str] | Text:
    """Read the time on the clocks of the interview's own zone; a bare time is one of its present day."""
    attempt, label = target.interview.attempt, target.interview.label
    url = _URL.search(f" {tail}")
    typed = f" {tail}"[: url.start()].strip() if url else tail
    if not typed:
        return t("When should {label} be? Type for example: move {label} 2026-11-25T14:00", label=label)
    starts_at = moment_of(typed, scene.now, attempt.zone, local(attempt.starts_at, attempt.zone).date())
    if span := later_by(typed):
        starts_at = attempt.starts_at + span
    if starts_at is None and (day := when_of(typed, scene.now, attempt.zone)):
        on = local(day[0], attempt.zone).date()
        return t("At what time on {day}? Type for example: move {label} {date} 14:00", day=Day(on), label=label,
                 date=on.isoformat())  # fmt: skip
    if starts_at is None:
        return t(
            "I cannot read “{typed}” as a time. Type for example: move {label} 2026-11-25T14:00",
            typed=typed,
            label=label,
        )
    if starts_at <= scene.now:
        return t(
            "{when} has already passed ({zone}). Type for example: move {label} 2026-11-25T14:00",
            label=label,
            when=Moment(starts_at, attempt.zone),
            zone=attempt.zone,
        )
    join = url[1] if url else attempt.join
    if starts_at == attempt.starts_at and join == attempt.join:
        return t(
            "{label} is at that time already: {when}. See: show {label}",
            label=label,
            when=Moment(starts_at, attempt.zone),
        )
    return {"starts_at": starts_at.isoformat(), "zone": attempt.zone, "join": join}


def _new(args: Mapping[str, str]) -> Moment:
    return Moment(datetime.fromisoformat(args["starts_at"]), args["zone"])


ORDER = Order(
    act="move",
    verb="move",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name} is moved to {new} ({zone}). The candidate is told now.",
        label=m.label,
        name=m.name,
        new=_new(m.args),
        zone=m.args["zone"],
    ),
    next=lambda m: t("The reminders that are planned now: plan {label}", label=m.label),
    ask=lambda m: t(
        "Move {label} {name}, {role}, from {when} to {new} ({zone})? The candidate is told, and reminders follow.",
        label=m.label,
        name=m.name,
        role=m.role,
        when=m.when,
        new=_new(m.args),
        zone=m.args["zone"],
    ),
    yes=ct("button", "Move it"),
    arguments=arguments,
    left_out="moving.when",
    split=split,
    roles=DECIDERS | {Role.SUPPORT},
)
MOVE = command(
    ORDER,
    ("改约", "改期", "reschedule"),
    USAGE,
    t("Move an interview to another time. You are asked before it happens."),
)
