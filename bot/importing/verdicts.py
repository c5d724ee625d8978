"""A list compared with what is known: for each row new, changed, unchanged or bad, and why. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from bot.importing.columns import Columns, Field
from bot.importing.differences import Change, differences
from bot.importing.drafts import InterviewDraft
from bot.importing.infile import Repeats
from bot.importing.matching import (
    OPEN,
    Doubt,
    Existing,
    Found,
    Match,
    match,
    normal_phone,
)
from bot.importing.problems import Fault, in_english
from bot.importing.rows import Parsed, ParsedList
from bot.importing.words import fold
from conversations.identity import Person
from locales.text import Listing, Text, t

D = TypeVar("D")
E = TypeVar("E")
Kind = Literal["new", "changed", "unchanged", "bad"]


@dataclass(frozen=True, slots=True)
class RowVerdict(Generic[D, E]):
    """What one row would do."""

    row: int
    verdict: Kind
    label: str = ""
    column: str = ""
    """The heading, as written, of what is wrong or of the first thing that changes."""
    reason: Text | None = None
    faults: tuple[Fault, ...] = ()
    """Everything that is wrong with the row; `column` and `reason` tell the first."""
    notes: tuple[Text, ...] = ()
    """What HR should know of a row that is otherwise good."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    draft: D | None = None
    existing: E | None = None
    person: Person | None = None
    """The known person whom it is about; `changes` then hold what the list corrects of them."""
    person_row: int = 0
    """The first row of this list about the same person: rows that share it share the person."""


InterviewVerdict = RowVerdict[InterviewDraft, Existing]


def judge(parsed: ParsedList[InterviewDraft], found: Found, now: datetime) -> list[InterviewVerdict]:
    """Return a verdict for each row, in their order. Rows that are missing from the list cancel nothing.

    An empty cell changes nothing that is known; what a candidate told us (language, reason) or moved
    themselves stays as it is, so the same list again changes nothing.
    """
    repeats = Repeats(parsed.columns)
    drafts: dict[int, InterviewDraft] = {}
    doubts: dict[int, Fault] = {}
    strangers: set[str] = set()  # told of once, not in every row
    notes: dict[int, list[Text]] = {row.row: list(row.notes) for row in parsed.rows}
    for row in parsed.rows:
        if row.draft is None:
            continue
        draft, doubt = _with_recruiter(row.draft, found.staff, parsed.columns)
        if draft.recruiter and not (draft.recruiter_id or doubt) and draft.recruiter not in strangers:
            strangers.add(draft.recruiter)
            notes[row.row].append(
                t("Nobody on the staff is called {value}: it is kept as a tag.", value=draft.recruiter)
            )
        if doubt := doubt or repeats.check(row.row, draft):
            doubts[row.row] = doubt
        else:
            drafts[row.row] = draft
    matches = match(drafts, found, {row: repeats.first_row_of(row) for row in drafts})
    verdicts = []
    for row in parsed.rows:
        if row.draft is None or row.row in doubts:
            faults = row.faults or (doubts[row.row],)
            verdicts.append(bad_row(row, faults, row.draft))
        else:
            draft = drafts[row.row]
            verdict = _judge(row, draft, matches[row.row], parsed.columns, now, notes[row.row])
            verdicts.append(replace(verdict, person_row=repeats.first_row_of(row.row)))
    return verdicts


def bad_row(row: Parsed[Any], faults: Sequence[Fault], draft: Any = None) -> RowVerdict[Any, Any]:
    """Return the verdict on a row that cannot be taken."""
    first = faults[0]
    return RowVerdict(row.row, "bad", row.label, first.column, first.reason, tuple(faults), draft=draft)


def _judge(
    row: Parsed[InterviewDraft],
    draft: InterviewDraft,
    found: Match | Doubt,
    columns: Columns,
    now: datetime,
    notes: list[Text],
) -> InterviewVerdict:
    if isinstance(found, Doubt):
        column = columns.heading(columns.start if found.field is Field.STARTS_AT else found.field)
        return bad_row(row, [Fault(column, found.reason)], draft)
    existing = found.existing
    changes = (
        {} if found.is_idle else differences(draft, existing, found.person, is_superseded=found.is_superseded)
    )
    if (not existing or "starts_at" in changes) and draft.starts_at <= now and not draft.outcome:
        return bad_row(row, [Fault(columns.heading(columns.start), _already_past(draft))], draft)
    notes += [*found.notes, *_notes(draft, existing, is_superseded=found.is_superseded)]
    verdict: InterviewVerdict = RowVerdict(
        row.row, "new", row.label, notes=tuple(notes), draft=draft, existing=existing, person=found.person
    )
    if not changes:
        return replace(verdict, verdict="unchanged") if existing else verdict
    first = next(iter(changes))
    return replace(
        verdict,
        verdict="changed" if existing else "new",
        column=_heading(first, columns),
        reason=describe(changes, columns),
        changes=changes,
    )


def _already_past(draft: InterviewDraft) -> Text:
    return t(
        "{time} is already past. Correct the date; for a past interview, fill in its result.",
        time=f"{draft.local_start:%Y-%m-%d %H:%M}",
    )


def _notes(draft: InterviewDraft, existing: Existing | None, *, is_superseded: bool) -> list[Text]:
    if existing is None:
        return []
    attempt, label = existing.interview.attempt, existing.interview.label
    if is_superseded:
        return [
            t(
                "{interview} was moved to {time} since and stays there; to move it back, use turnout move.",
                interview=label,
                time=f"{attempt.local_start:%Y-%m-%d %H:%M}",
            )
        ]
    if existing.interview.state not in OPEN and not draft.outcome and attempt.starts_at == draft.starts_at:
        return [t("{interview} is over or cancelled and stays so.", interview=label)]
    return []


_FIELD_OF = {"join": Field.LINK, "locale": Field.LANGUAGE, "person_zone": Field.ZONE}


def _heading(change: str, columns: Columns) -> str:
    """Return the heading of what changes, as the list writes it."""
    if change.startswith("tags."):
        return change.removeprefix("tags.")
    one = columns.start if change == "starts_at" else _FIELD_OF.get(change) or Field(change)
    if one is Field.OUTCOME and Field.ATTENDED in columns.places:
        one = Field.ATTENDED
    return columns.heading(one)


def describe(changes: Mapping[str, Change], columns: Columns) -> Text:
    """Return what changes as one sentence, under the list's own headings."""
    told = tuple(_change(_heading(name, columns), *change) for name, change in changes.items())
    return t("Changes {changes}.", changes=Listing(told))


def _change(column: str, old: str, new: str) -> Text:
    if not old:
        return t("{column} to {new}", column=column, new=new)
    return t("{column} from {old} to {new}", column=column, old=old, new=new)


def _with_recruiter(
    draft: InterviewDraft, staff: Sequence[Person], columns: Columns
) -> tuple[InterviewDraft, Fault | None]:
    """Find the recruiter among the staff; words that mean nobody there are kept as a tag."""
    if not draft.recruiter:
        return draft, None
    words = fold(draft.recruiter)
    phone = normal_phone(draft.recruiter)
    meant = {
        person.id
        for person in staff
        if words in (fold(person.name), fold(person.email or "")) or phone == normal_phone(person.phone)
    }
    heading = columns.heading(Field.RECRUITER)
    if len(meant) > 1:
        reason = t(
            "{value} is the name of several people. Write the e-mail address instead.", value=draft.recruiter
        )
        return draft, Fault(heading, reason)
    if meant:
        return replace(draft, recruiter_id=meant.pop()), None
    return replace(draft, tags={**draft.tags, heading: draft.recruiter}), None


def to_json(
    verdicts: Iterable[RowVerdict[Any, Any]], say: Callable[[Text], str] = in_english
) -> dict[str, list[dict[str, Any]]]:
    """Return the verdicts as `turnout import --json` prints them; `reason` is "" where there is nothing to say."""
    return {
        "rows": [
            {
                "row": one.row,
                "verdict": one.verdict,
                "label": one.label,
                "column": one.column,
                "reason": say(one.reason) if one.reason else "",
                "notes": [say(note) for note in one.notes],
                "also": [{"column": fault.column, "reason": say(fault.reason)} for fault in one.faults[1:]],
            }
            for one in verdicts
        ]
    }


def tally(verdicts: Iterable[RowVerdict[Any, Any]]) -> dict[Kind, int]:
    """Return how many rows there are of each verdict, none left out."""
    counts = Counter(one.verdict for one in verdicts)
    kinds: tuple[Kind, ...] = ("new", "changed", "unchanged", "bad")
    return {kind: counts[kind] for kind in kinds}
