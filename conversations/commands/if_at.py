"""`plan I-1024 --at 2026-11-25T14:00`: what would be sent if that were its time; nothing is changed by asking."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.lines import name_of
from conversations.commands.why import VERDICTS, in_words
from conversations.dialog import Scene
from conversations.events import Event
from conversations.findings import LedgerEntry
from conversations.interview import Attempt, RungRow
from conversations.messages import Message, Note, item
from conversations.plan import ladder
from conversations.understanding.when import moment_of
from locales.text import Moment, Text, Value, ct, nt, t
from locales.zones import local

KIND = "command.plan"
AT_HOW = t("It is typed like this: {usage}", usage=ct("typed", "plan I-1024 --at 2026-11-25T14:00"))


def if_it_were_at(scene: Scene, event: Event, entry: LedgerEntry, typed: str) -> Message:
    """Return the plan of one interview as if it were booked now for another time, on the clocks of its own zone."""
    interview = entry.target.interview
    zone = interview.attempt.zone
    at = moment_of(typed, scene.now, zone, local(interview.attempt.starts_at, zone).date())
    if at is None:
        return Message(KIND, t("I cannot read “{typed}” as a time.", typed=typed[:40]), (Note(AT_HOW),))
    if at <= scene.now:
        lead = t("{when} has already passed ({zone}).", when=Moment(at, zone), zone=zone)
        return Message(KIND, lead, (Note(AT_HOW),))
    rows = _rows(scene, entry, at)
    lead = nt(
        "Moved to {when}, {label} {name} would get {n} reminder:",
        "Moved to {when}, {label} {name} would get {n} reminders:",
        sum(row.verdict is None for row in rows),
        label=interview.label,
        name=name_of(entry.target.candidate, event),
        when=Moment(at, zone),
    )
    wall = f"{local(at, zone):%Y-%m-%d %H:%M}"
    note = t("Nothing has changed. To move it there: move {label} {wall}", label=interview.label, wall=wall)
    return Message(KIND, lead, (*(item(_line(row)) for row in rows), Note(note)))


def _rows(scene: Scene, entry: LedgerEntry, at: datetime) -> tuple[RungRow, ...]:
    attempt, policy = entry.target.interview.attempt, entry.policy or scene.policy
    fresh = Attempt(attempt.id, attempt.n + 1, at, attempt.zone, attempt.join, attempt.local_start, scene.now)
    return ladder(fresh, policy, entry.target.candidate.zone or policy.zone, scene.now, {})


def _line(row: RungRow) -> Text:
    said: dict[str, Value] = {"rung": row.name, "when": Moment(row.due_at), "verdict": VERDICTS[row.verdict]}
    if row.why:
        return Text("{rung}, {when}: {verdict}, {why}", {**said, "why": in_words(row.why)})
    return Text("{rung}, {when}: {verdict}", said)
