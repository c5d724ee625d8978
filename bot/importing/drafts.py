"""Rows of an interview list, each understood as a draft, or what is wrong with its cells, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from bot.importing import cells
from bot.importing.columns import CHANNELS, INTERVIEWS, Columns, Field
from bot.importing.rows import Cells, Context, Parsed, ParsedList, missing_column
from bot.importing.table import Table
from conversations.interview import Outcome, Reason
from locales.text import t


@dataclass(frozen=True, slots=True)
class InterviewDraft:
    """One row of an interview list; what the list leaves out is empty and changes nothing that is known."""

    name: str
    company: str
    starts_at: datetime
    local_start: datetime
    zone: str
    join: str = ""
    """Empty only for past interviews."""
    role: str = ""
    phone: str | None = None
    email: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    """Accounts by channel, as in `Person.hints`."""
    locale: str | None = None
    person_zone: str | None = None
    """The candidate's own zone: that of the interview, where the list gives one."""
    source: str = ""
    candidate_type: str = ""
    external_id: str | None = None
    recruiter: str = ""
    """As written: a name, an e-mail address or a phone number."""
    recruiter_id: UUID | None = None
    """Found among the staff when the row is judged."""
    tags: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None
    """How it ended; given only for past interviews, which remind nobody."""
    reason: Reason | None = None
    reason_said: str | None = None
    handled: timedelta | None = None
    """How long a past no-show took to settle."""
    satisfaction: int | None = None
    """How a past candidate found it, 1 to 5."""

    @property
    def has_contact(self) -> bool:
        return bool(self.phone or self.email or self.hints)


def parse_interviews(table: Table, context: Context) -> ParsedList[InterviewDraft]:
    """Return the rows of an interview list as drafts; raises Unreadable when a column is missing for all."""
    columns = Columns.of(table.headings, INTERVIEWS, table.file)
    if not any(one in columns.places for one in (Field.NAME, Field.FAMILY_NAME, Field.GIVEN_NAME)):
        raise missing_column(table, Field.NAME)
    if not any(one in columns.places for one in (Field.STARTS_AT, Field.DAY)):
        raise missing_column(table, Field.STARTS_AT)
    rows = tuple(_parse(Cells(row, columns), context) for row in table.rows)
    return ParsedList(table.file, columns, rows, table.unread)


def _parse(row: Cells, context: Context) -> Parsed[InterviewDraft]:
    name = _name(row)
    company = row.read(Field.COMPANY, context.company) or context.defaults
    outcome = _outcome(row)
    zone = row.zone()
    when = row.start(company, zone, context.now, is_past=outcome is not None)
    if when and outcome and when.at > context.now:
        row.blame(
            _outcome_field(row.columns), t("It has a result although it is still to come. Empty this cell.")
        )
    link = row.link(is_required=outcome is None)
    reason = row.optional(Field.REASON)
    if reason and outcome is None and not row.is_spoilt(Field.OUTCOME, Field.ATTENDED):
        row.blame(Field.REASON, t("There is a reason but no result. Fill in the result, or empty this cell."))
    for one in (Field.HANDLED, Field.SATISFACTION):
        if row.optional(one) and outcome is None and not row.is_spoilt(Field.OUTCOME, Field.ATTENDED):
            row.blame(one, t("Only a past interview has this. Fill in its result, or empty this cell."))
    explains = outcome in (Outcome.NO_SHOW, Outcome.CANCELLED)
    draft = InterviewDraft(
        name=name,
        company=company.company,
        starts_at=when.at if when else context.now,
        local_start=when.wall if when else context.now.replace(tzinfo=None),
        zone=when.zone if when else company.zone,
        join=link,
        role=row.optional(Field.ROLE),
        phone=row.read(Field.PHONE, cells.read_phone),
        email=row.read(Field.EMAIL, cells.read_email),
        hints=_hints(row),
        locale=_locale(row),
        person_zone=zone,
        source=row.optional(Field.SOURCE),
        candidate_type=row.read(Field.CANDIDATE_TYPE, cells.read_candidate_type) or "",
        external_id=row.read(Field.EXTERNAL_ID, cells.read_external_id),
        recruiter=row.optional(Field.RECRUITER),
        tags=row.tags(),
        outcome=outcome,
        reason=cells.read_reason(reason) if reason and explains else None,
        reason_said=reason if reason and explains else None,
        handled=row.read(Field.HANDLED, cells.read_handled) if outcome is Outcome.NO_SHOW else None,
        satisfaction=row.read(Field.SATISFACTION, cells.read_satisfaction) if outcome else None,
    )
    if not draft.has_contact and not outcome:
        row.notes.append(
            t("There is no phone, e-mail or account: hand over the personal invite link yourself.")
        )
    faults = tuple(row.faults)
    return Parsed(row.row.number, name, None if faults else draft, faults, tuple(row.notes))


def _name(row: Cells) -> str:
    columns = row.columns.places
    family, given = row.text(Field.FAMILY_NAME), row.text(Field.GIVEN_NAME)
    parts = f"{given} {family}" if (family + given).isascii() else f"{family}{given}"
    name = row.text(Field.NAME) or parts.strip()
    blamed = (
        Field.NAME
        if Field.NAME in columns
        else Field.FAMILY_NAME
        if Field.FAMILY_NAME in columns
        else Field.GIVEN_NAME
    )
    if row.is_spoilt(Field.NAME, Field.FAMILY_NAME, Field.GIVEN_NAME):
        return name
    if not name:
        row.blame(blamed, t("The name is missing. Write whom to invite; merged cells must be split."))
    elif not any(letter.isalpha() for letter in name):
        row.blame(blamed, t("{value} is no name. Write whom to invite.", value=name))
    return name


def _outcome_field(columns: Columns) -> Field:
    return Field.ATTENDED if Field.ATTENDED in columns.places else Field.OUTCOME


def _outcome(row: Cells) -> Outcome | None:
    one = _outcome_field(row.columns)
    return row.read(one, lambda text: cells.read_outcome(text, is_yes_or_no=one is Field.ATTENDED))


def _hints(row: Cells) -> dict[str, str]:
    found = {one.value: row.read(one, partial(cells.read_address, one.value)) for one in CHANNELS}
    return {channel: user for channel, user in found.items() if user}


def _locale(row: Cells) -> str | None:
    faults = len(row.faults)
    locale = row.read(Field.LANGUAGE, cells.read_language)
    if locale is None and (language := row.optional(Field.LANGUAGE)) and len(row.faults) == faults:
        row.notes.append(
            t("{value} is not offered yet: the company's first language is used.", value=language)
        )
    return locale
