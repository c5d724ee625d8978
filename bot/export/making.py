"""Makes the file of an export in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
