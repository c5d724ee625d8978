"""Makes the file of an export in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from bot.export.about import About
from bot.export.columns import Cell, columns_for
from bot.export.exact import exact
from bot.export.masking import Mask
from bot.export.rows import Exported
from bot.export.separated import separated
from bot.export.spreadsheet import spreadsheet
from locales.text import Reader

Form = Literal["xlsx", "csv", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA_TYPES: Mapping[Form, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A file, ready to be sent."""

    data: bytes
    name: str
    media_type: str


def make_parts(
    rows: Sequence[Exported], form: Form, about: About, reader: Reader, days: tuple[date, date], largest: int
) -> list[Made]:
    """Return the rows as one file, or as few as it takes for none to have more bytes than `largest`."""
    parts = 1
    while True:
        size = -(-len(rows) // parts)
        chunks = [rows[n : n + size] for n in range(0, len(rows), size)]
        made = [make(chunk, form, replace(about, rows=len(chunk)), reader, days) for chunk in chunks]
        longest = max(len(each.data) for each in made)
        if longest <= largest or size == 1:
            return [_numbered(each, n, len(made)) for n, each in enumerate(made, start=1)]
        parts = max(parts + 1, -(-parts * longest // largest))


def _numbered(made: Made, n: int, of: int) -> Made:
    stem, _, ending = made.name.rpartition(".")
    return made if of == 1 else replace(made, name=f"{stem}-{n}-of-{of}.{ending}")


def make(rows: Sequence[Exported], form: Form, about: About, reader: Reader, days: tuple[date, date]) -> Made:
    """Return the rows as a file in the reader's language, masked unless `about` says otherwise."""
    mask = Mask(is_whole=about.is_whole)
    columns = columns_for(rows)

    def cells() -> Iterator[Sequence[Cell]]:
        return ([column.of(row, mask, about.made_at) for column in columns] for row in rows)

    if form == "xlsx":
        data = spreadsheet(columns, cells(), about, reader)
    elif form == "csv":
        data = separated(columns, cells(), reader)
    else:
        data = exact(rows, mask, about, reader)
    return Made(data, f"interviews-{days[0]}-to-{days[1]}.{form}", MEDIA_TYPES[form])
