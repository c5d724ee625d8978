"""Rows read cell by cell, collecting what is wrong with them; and what a list of them is understood by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from bot.importing import cells
from bot.importing.columns import Columns, Field, suggested
from bot.importing.problems import Fault, Unclear, Unreadable
from bot.importing.table import Row, Table
from bot.importing.when import When, join_day_and_time, read_when
from bot.importing.words import fold
from locales.text import Text, t

D = TypeVar("D")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[D]):
    """One row as understood: a draft, or what is wrong."""

    row: int
    label: str
    """Whom or what it is about, as written, to recognise the row by."""
    draft: D | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedList(Generic[D]):
    """A list as understood, ready to be judged."""

    file: str
    columns: Columns
    rows: tuple[Parsed[D], ...]
    unread_sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a list does not say: a company by its key, and the zone its times are written in."""

    company: str
    zone: str


@dataclass(frozen=True, slots=True)
class Context:
    """What rows are understood by: the moment, the defaults, the companies by every name they go by.

    With no companies given, any name of a company is taken as written.
    """

    now: datetime
    defaults: Defaults
    companies: Mapping[str, Defaults] = field(default_factory=dict)

    def company(self, text: str) -> Defaults:
        """Return the company a cell names; raises Unclear for one that is not configured."""
        if not text:
            return self.defaults
        by_name = {fold(name): company for name, company in self.companies.items()}
        by_name |= {fold(company.company): company for company in self.companies.values()}
        by_name.setdefault(fold(self.defaults.company), self.defaults)
        if found := by_name.get(fold(text)):
            return found
        if not self.companies:
            return Defaults(text, self.defaults.zone)
        known = ", ".join(sorted({company.company for company in by_name.values()}))
        raise Unclear(
            t(
                "{value} is no company of this installation. Write one of: {known}; or configure it first.",
                value=text,
                known=known,
            )
        )


class Cells:
    """The cells of one row, read one by one; collects what is wrong with them."""

    def __init__(self, row: Row, columns: Columns) -> None:
        self.row = row
        self.columns = columns
        self.faults: list[Fault] = []
        self.notes: list[Text] = []
        self._spoilt: set[int] = set()
        for place, cell in enumerate(row.cells):
            try:
                cells.check_size(cell)
                if place in columns.places.values():
                    cells.check_error(cell)
            except Unclear as unclear:
                self._spoilt.add(place)
                self.faults.append(Fault(self._heading_at(place), unclear.reason))
        if row.has_overflow:
            self.faults.append(
                Fault(
                    "",
                    t(
                        "The row has more cells than the list has headings."
                        " Put a cell that holds a comma in quotation marks, or import the list as .xlsx."
                    ),
                )
            )

    def _heading_at(self, place: int) -> str:
        known = next((one for one, at in self.columns.places.items() if at == place), None)
        return self.columns.headings[known] if known else self.columns.tags.get(place, "")

    def is_spoilt(self, *fields: Field) -> bool:
        return any(self.columns.places.get(one) in self._spoilt for one in fields)

    def text(self, one: Field) -> str:
        """Return a cell as written; nothing where it is missing or was refused already."""
        return "" if self.is_spoilt(one) else self.columns.cell(self.row.cells, one)

    def optional(self, one: Field) -> str:
        return cells.optional(self.text(one))

    def read(self, one: Field, reader: Callable[[str], V]) -> V | None:
        """Return what a filled cell means; None when it is empty or wrong, which is noted."""
        text = self.optional(one)
        if not text:
            return None
        try:
            return reader(text)
        except Unclear as unclear:
            self.blame(one, unclear.reason)
            return None

    def blame(self, one: Field, reason: Text) -> None:
        self.faults.append(Fault(self.columns.heading(one), reason))

    def tags(self) -> dict[str, str]:
        places = self.columns.tags.items()
        row = self.row.cells
        return {
            name: row[place]
            for place, name in places
            if place < len(row) and row[place] and place not in self._spoilt
        }

    def start(self, company: Defaults, zone: str | None, now: datetime, *, is_past: bool) -> When | None:
        """Return when a row starts; None when that is missing or wrong, which is noted."""
        start = self.columns.start
        day, clock = self.text(start), cells.optional(self.text(Field.TIME))
        written = join_day_and_time(cells.optional(day), clock)
        if self.is_spoilt(start, Field.TIME):
            return None
        if not written:
            self.blame(
                start, t("The start is missing. Write it like 2026-11-24 14:00; merged cells must be split.")
            )
            return None
        hint = self.columns.zone_hints.get(start) or self.columns.zone_hints.get(Field.TIME)
        try:
            when = read_when(
                written, zone or hint or company.zone, now, is_zone_given=bool(zone or hint), is_past=is_past
            )
        except Unclear as unclear:
            self.blame(start if day or not clock else Field.TIME, unclear.reason)
            return None
        if when.note:
            self.notes.append(when.note)
        return when

    def zone(self) -> str | None:
        return self.read(Field.ZONE, cells.read_zone)

    def link(self, *, is_required: bool) -> str:
        """Return where it takes place: the link, else the meeting number of the column beside it."""
        one = Field.LINK if self.optional(Field.LINK) else Field.MEETING
        if found := self.read(one, cells.read_link if one is Field.LINK else self._meeting):
            return found
        if is_required and not self.optional(one) and not self.is_spoilt(Field.LINK, Field.MEETING):
            self.blame(Field.LINK, t("The link is missing. Write where the interview takes place."))
        return ""

    def _meeting(self, number: str) -> str:
        has_words = any(letter.isalpha() for letter in number)
        return cells.read_link(number if has_words else f"{self.columns.heading(Field.MEETING)} {number}")


def missing_column(table: Table, one: Field) -> Unreadable:
    return Unreadable(
        t(
            "{file} has no column {missing}. Add it, or rename the column that holds it; the list has: {seen}.",
            file=table.file,
            missing=suggested(one),
            seen=", ".join(cell for cell in table.headings if cell)[:300],
        )
    )
