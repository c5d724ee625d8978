"""Lists of times that can be booked, with their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.importing.cells import read_capacity, read_duration
from bot.importing.columns import SLOTS, Columns, Field
from bot.importing.differences import Change
from bot.importing.problems import Fault, Unclear
from bot.importing.rows import Cells, Context, Parsed, ParsedList, missing_column
from bot.importing.table import Table
from bot.importing.verdicts import RowVerdict, bad_row, describe
from bot.importing.when import When, join_day_and_time, read_when
from bot.importing.words import fold
from conversations.interview import Slot
from locales.text import nt, t


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """One row of a slot list."""

    starts_at: datetime
    local_start: datetime
    zone: str
    company: str
    role: str = ""
    capacity: int = 1
    join: str = ""
    """Empty keeps each interview's own link."""
    ends_at: datetime | None = None
    """Checked to be later than the start; a slot itself has no end."""


SlotVerdict = RowVerdict[SlotDraft, Slot]


def parse_slots(table: Table, context: Context) -> ParsedList[SlotDraft]:
    """Return the rows of a slot list as drafts; raises Unreadable when there is no column for the start."""
    columns = Columns.of(table.headings, SLOTS, table.file)
    if not any(one in columns.places for one in (Field.STARTS_AT, Field.DAY)):
        raise missing_column(table, Field.STARTS_AT)
    rows = tuple(_parse(Cells(row, columns), context) for row in table.rows)
    return ParsedList(table.file, columns, rows, table.unread)


def _parse(row: Cells, context: Context) -> Parsed[SlotDraft]:
    company = row.read(Field.COMPANY, context.company) or context.defaults
    when = row.start(company, row.zone(), context.now, is_past=False)
    capacity = row.read(Field.CAPACITY, read_capacity)
    join = row.link(is_required=False)
    role = row.optional(Field.ROLE)
    label = " ".join(part for part in (f"{when.wall:%Y-%m-%d %H:%M}" if when else "", role) if part)
    ends_at = _end(row, when, context.now) if when else None
    faults = tuple(row.faults)
    if when is None or faults:
        return Parsed(row.row.number, label, None, faults, tuple(row.notes))
    draft = SlotDraft(when.at, when.wall, when.zone, company.company, role, capacity or 1, join, ends_at)
    return Parsed(row.row.number, label, draft, (), tuple(row.notes))


def _end(row: Cells, when: When, now: datetime) -> datetime | None:
    """Return when a slot ends: its end column, its duration, or the span in its start."""
    if length := row.read(Field.DURATION, read_duration):
        return when.at + length
    written = row.optional(Field.ENDS_AT)
    if not written:
        return when.at + (when.ends - when.wall) if when.ends else None
    day = f"{when.wall:%Y-%m-%d}"
    try:
        end = read_when(join_day_and_time(day, written), when.zone, now)
        if end.at <= when.at:
            raise Unclear(t("{value}: the end is not after the start. Correct one of them.", value=written))
    except Unclear as unclear:
        row.blame(Field.ENDS_AT, unclear.reason)
        return None
    return end.at


def judge_slots(parsed: ParsedList[SlotDraft], known: Sequence[Slot], now: datetime) -> list[SlotVerdict]:
    """Return a verdict for each row. A slot is the same by start, company, role and link.

    One row and one known slot that differ in nothing but the link are the same slot with a new link.
    """
    verdicts: dict[int, SlotVerdict] = {}
    matched = _match(parsed, known, verdicts)
    for row in parsed.rows:
        if row.row in verdicts:
            continue
        if row.draft is None:
            verdicts[row.row] = bad_row(row, row.faults)
        else:
            verdicts[row.row] = _judge(row, row.draft, matched.get(row.row), parsed.columns, now)
    return [verdicts[row.row] for row in parsed.rows]


_Key = tuple[datetime, str, str]


def _match(
    parsed: ParsedList[SlotDraft], known: Sequence[Slot], verdicts: dict[int, SlotVerdict]
) -> dict[int, Slot]:
    """Return the known slot of each row; rows that are in the list twice get their verdict here."""
    rows: defaultdict[_Key, dict[str, Parsed[SlotDraft]]] = defaultdict(dict)
    for row in parsed.rows:
        if draft := row.draft:
            same = rows[_key(draft)]
            if first := same.get(draft.join):
                reason = t(
                    "Row {row} is the same slot. Delete one of the two; for more places, raise the capacity.",
                    row=first.row,
                )
                verdicts[row.row] = bad_row(
                    row, [Fault(parsed.columns.heading(parsed.columns.start), reason)]
                )
            else:
                same[draft.join] = row
    slots: defaultdict[_Key, list[Slot]] = defaultdict(list)
    for slot in known:
        slots[_key(slot)].append(slot)
    matched: dict[int, Slot] = {}
    for key, by_link in rows.items():
        left = slots[key]
        for join, row in by_link.items():
            if exact := next((slot for slot in left if slot.join == join), None):
                matched[row.row] = exact
                left = [slot for slot in left if slot.id != exact.id]
        waiting = [row for row in by_link.values() if row.row not in matched]
        if len(waiting) == len(left) == 1:
            matched[waiting[0].row] = left[0]
    return matched


def _key(slot: SlotDraft | Slot) -> _Key:
    return slot.starts_at, slot.company, fold(slot.role)


def _judge(
    row: Parsed[SlotDraft], draft: SlotDraft, slot: Slot | None, columns: Columns, now: datetime
) -> SlotVerdict:
    if slot is None and draft.starts_at <= now:
        reason = t("{time} is already past. Correct the date.", time=f"{draft.local_start:%Y-%m-%d %H:%M}")
        return bad_row(row, [Fault(columns.heading(columns.start), reason)], draft)
    verdict: SlotVerdict = RowVerdict(row.row, "new", row.label, notes=row.notes, draft=draft, existing=slot)
    if slot is None:
        return verdict
    if Field.CAPACITY in columns.places and draft.capacity < slot.taken:
        reason = nt(
            "{n} place is taken already. Write at least as many.",
            "{n} places are taken already. Write at least as many.",
            slot.taken,
        )
        return bad_row(row, [Fault(columns.heading(Field.CAPACITY), reason)], draft)
    changes: dict[str, Change] = {}
    if Field.CAPACITY in columns.places and draft.capacity != slot.capacity:
        changes["capacity"] = (str(slot.capacity), str(draft.capacity))
    if draft.join and draft.join != slot.join:
        changes["join"] = (slot.join, draft.join)
    if not changes:
        return replace(verdict, verdict="unchanged")
    reason = describe(changes, columns)
    column = columns.heading(Field.CAPACITY if "capacity" in changes else Field.LINK)
    return replace(verdict, verdict="changed", column=column, reason=reason, changes=changes)
