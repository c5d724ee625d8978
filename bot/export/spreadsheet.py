"""An export as XLSX: the list with a filter, and a second sheet that says what it holds. No cell is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from bot.export.about import About, definitions, label_of, plain
from bot.export.columns import Cell, Column
from bot.export.harmless import looks_like_formula
from locales.text import Reader, ct
from locales.translate import render

DATE_FORMAT = "yyyy-mm-dd hh:mm"
_OPTIONS = {
    # Row by row on disk, in a folder of its own that is gone afterwards: 50,000 rows do not fit comfortably in memory.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def spreadsheet(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], about: About, reader: Reader
) -> bytes:
    """Return the file."""
    with TemporaryDirectory(prefix="turnout-") as folder:
        path = Path(folder) / "export.xlsx"
        with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": folder}) as workbook:
            # The file says when it was made by the clock of the product, not by the machine's.
            workbook.set_properties({"created": about.made_at.replace(tzinfo=None)})
            sheet = _Sheet(workbook, render(ct("export", "Interviews"), reader), reader)
            sheet.list(columns, rows)
            sheet = _Sheet(workbook, render(ct("export", "About this list"), reader), reader)
            sheet.tell(columns, about)
        return path.read_bytes()


class _Sheet:
    def __init__(self, workbook: Any, name: str, reader: Reader) -> None:
        self.sheet = workbook.add_worksheet(name)
        self.reader = reader
        wrapped = {"text_wrap": True, "valign": "top", "quote_prefix": True}
        self.heading = workbook.add_format({"bold": True, "bg_color": "#E4E9F0", **wrapped})
        self.text = workbook.add_format(wrapped)
        self.date = workbook.add_format({"num_format": DATE_FORMAT})
        # Stays a text when somebody edits the cell, or saves the sheet as something else.
        self.quoted = workbook.add_format({"quote_prefix": True})

    def list(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        for at, column in enumerate(columns):
            self.sheet.set_column(at, at, column.width)
        self.sheet.freeze_panes(1, 3)
        for at, column in enumerate(columns):
            self.sheet.write_string(0, at, label_of(column, self.reader), self.heading)
        last = 0
        for last, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                self._write(last, at, plain(cell, self.reader))
        self.sheet.autofilter(0, 0, last, len(columns) - 1)

    def tell(self, columns: Sequence[Column], about: About) -> None:
        self.sheet.set_column(0, 0, 28)
        self.sheet.set_column(1, 1, 90)
        told = [*about.lines(self.reader), ("", ""), *definitions(columns, self.reader)]
        for line, (label, value) in enumerate(told):
            self.sheet.write_string(line, 0, label, self.heading if label else None)
            self.sheet.write_string(line, 1, value, self.text)

    def _write(self, line: int, at: int, cell: str | int | datetime | None) -> None:
        match cell:
            case datetime():
                self.sheet.write_datetime(line, at, cell, self.date)
            case int():
                self.sheet.write_number(line, at, cell)
            case str() if cell:
                self.sheet.write_string(line, at, cell, self.quoted if looks_like_formula(cell) else None)
