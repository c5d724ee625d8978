"""`slots`: times that can be booked, and how many places are left."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.book import fold
from conversations.commands.lines import SCREEN, days_of, line_typed, more, page_in, zone_of
from conversations.commands.slots_changed import ADD_USAGE, VERBS, add, close
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.identity import Role
from conversations.interview import Slot
from conversations.messages import Message, Note, item
from conversations.understanding.when import when_of
from locales.text import Moment, Text, ct, nt, t

USAGE = ct("typed", "slots friday")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    first, _, left = rest.strip().partition(" ")
    verb = VERBS.get(first.casefold())
    if verb == "add":
        return add(scene, event, left)
    if verb == "close":
        return close(scene, event, left)
    typed, page = page_in(left if verb == "list" else rest)
    slots: Sequence[Slot] = scene.found["slots_all"]
    window = when_of(typed, scene.now, zone_of(scene)) if typed else None
    coming = sorted((slot for slot in slots if slot.starts_at > scene.now), key=lambda slot: slot.starts_at)
    if window is not None:
        coming = [slot for slot in coming if window[0] <= slot.starts_at < window[1]]
    elif typed:
        coming = [
            slot for slot in coming if fold(typed) in fold(f"{slot.role} {slot.company}") or not slot.role
        ]
    zone = zone_of(scene)
    meant = days_of(window, zone) if window else t("“{text}”", text=typed) if typed else t("all")
    what = t("{days} ({zone})", days=meant, zone=zone)
    return Turn(say=_answer(coming, what, page, page_in(line_typed(event))[0]))


def _answer(slots: Sequence[Slot], what: Text, page: int, typed: str) -> Message:
    if not slots:
        lead = t("No times to come: {what}.", what=what)
        hint = t("To add times: {usage}", usage=ADD_USAGE)
        return Message("command.slots", lead, (Note(hint), Note(t("A list of times: import slots"))))
    free = sum(slot.capacity - slot.taken for slot in slots if slot.is_free)
    shown = slots[(page - 1) * SCREEN : page * SCREEN] or slots[:SCREEN]
    lead = nt("{n} place is free: {what}.", "{n} places are free: {what}.", free, what=what)
    lines = tuple(item(_line(slot)) for slot in shown)
    note = Note(t("Give one to somebody: move I-1024 2026-11-25T14:00 · No longer offer one: slots close {label}",
                  label=shown[0].label))  # fmt: skip
    return Message("command.slots", lead, (*lines, *more(len(slots), page, typed), note))


def _line(slot: Slot) -> Text:
    left = max(0, slot.capacity - slot.taken)
    return t(
        "{label} {when}, {role}: {left} of {capacity} free",
        label=slot.label,
        when=Moment(slot.starts_at, slot.zone),
        role=slot.role or t("every role"),
        left=left,
        capacity=slot.capacity,
    )


SLOTS = Command(
    "slots",
    ("时段", "可约时间"),
    frozenset({Role.HR, Role.RECRUITER, Role.SUPPORT}),
    USAGE,
    t("Times that can be booked, and places left; add or close some."),
    run,
    lambda rest: (Need("slots_all"),),
    flags=("dry-run",),
)
