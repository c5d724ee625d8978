"""An export as CSV: UTF-8 with a byte order mark, which Excel wants, every cell quoted, no cell a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from bot.export.about import label_of, plain
from bot.export.columns import Cell, Column
from bot.export.harmless import harmless
from locales.text import Reader


def separated(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], reader: Reader) -> bytes:
    """Return the file, with one line of headings."""
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(label_of(column, reader)) for column in columns])
    writer.writerows([_told(plain(cell, reader)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _told(cell: str | int | datetime | None) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case int():
            return str(cell)
    return harmless(cell)
