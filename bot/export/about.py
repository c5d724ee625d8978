"""What stands beside an exported list: what it holds, when and by whom it was made, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.export.columns import Cell, Column
from bot.export.harmless import clean
from locales.text import Moment, Reader, Text, ct, t
from locales.translate import render


@dataclass(frozen=True, slots=True)
class About:
    """The scope of one export."""

    days: Text
    made_at: datetime
    made_by: str
    rows: int
    filters: tuple[Text, ...] = ()
    is_whole: bool = False
    """Whether names and phone numbers are told whole."""

    def lines(self, reader: Reader) -> Iterator[tuple[str, str]]:
        """Yield what there is to say, each with its label."""
        names = (
            t("Whole names and phone numbers: keep this file to those who need it.")
            if self.is_whole
            else t("Given names and the middle of phone numbers are hidden.")
        )
        zone = t("{zone}, unless a column says otherwise", zone=reader.zone)
        said: tuple[tuple[Text, Text], ...] = (
            (ct("export", "Appointments that began"), self.days),
            *((ct("export", "Only"), filter_) for filter_ in self.filters),
            (ct("export", "Rows"), t("{n}", n=self.rows)),
            (ct("export", "Made at"), t("{when}", when=Moment(self.made_at))),
            (ct("export", "Made by"), t("{name}", name=self.made_by)),
            (ct("export", "Days and times of this sheet"), zone),
            (ct("export", "Personal details"), names),
        )
        return ((render(label, reader), clean(render(value, reader))) for label, value in said)


def label_of(column: Column, reader: Reader) -> str:
    """Return what a column is called; a tag is called what the company calls it."""
    return clean(column.label if isinstance(column.label, str) else render(column.label, reader))


def definitions(columns: Sequence[Column], reader: Reader) -> Iterator[tuple[str, str]]:
    return ((label_of(column, reader), render(column.definition, reader)) for column in columns)


def plain(cell: Cell, reader: Reader) -> str | int | datetime | None:
    """Return a cell in the reader's words."""
    if isinstance(cell, Text):
        return clean(render(cell, reader))
    return clean(cell) if isinstance(cell, str) else cell
