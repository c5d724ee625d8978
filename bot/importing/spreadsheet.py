"""XLSX: the first sheet that holds a list, its cells as a person would type them."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

from bot.importing.columns import Vocabulary
from bot.importing.problems import Unreadable
from bot.importing.table import (
    HEADER_WITHIN,
    MOST_ROWS,
    Row,
    Table,
    clean,
    find_header,
    no_header,
    too_many_rows,
)
from locales.text import t

_LARGEST_UNPACKED = 200_000_000
_MOST_PARTS = 2_000
_LAST_ROW = 1_048_576
_CHUNK = 1 << 20


def read_spreadsheet(data: bytes, file: str, vocabulary: Vocabulary) -> Table:
    """Return the table in an XLSX file; raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, file)
            with warnings.catch_warnings():
                # openpyxl warns of styles and validations it drops; only values matter here.
                warnings.simplefilter("ignore")
                return _read(data, archive, file, vocabulary)
    except Unreadable:
        raise
    except Exception as error:
        # openpyxl and zipfile raise anything at all for a damaged file.
        raise Unreadable(
            t(
                "{file} is damaged and cannot be opened. Open it in Excel or WPS, save it anew as .xlsx.",
                file=file,
            )
        ) from error


def _check(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > _LARGEST_UNPACKED or len(parts) > _MOST_PARTS:
        raise Unreadable(
            t(
                "{file} unpacks to more than {mb} MB. Copy the list alone into a new workbook and import that.",
                file=file,
                mb=_LARGEST_UNPACKED // 1_000_000,
            )
        )
    if "xl/workbook.xml" not in archive.namelist():
        raise Unreadable(
            t(
                "{file} is no .xlsx workbook. Open it in Excel or WPS, save it as .xlsx and import that.",
                file=file,
            )
        )


def _read(data: bytes, archive: zipfile.ZipFile, file: str, vocabulary: Vocabulary) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found: Table | None = None
    unread: list[str] = []
    empty_handed: Sequence[Sequence[str]] = ()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        rows = _rows(sheet, _merged(archive, sheet), file)
        first = list(islice(rows, HEADER_WITHIN))
        at = find_header([row.cells for row in first], vocabulary)
        if at is None:
            empty_handed = empty_handed or [row.cells for row in first if any(row.cells)]
        elif found:
            unread.append(sheet.title)
        else:
            headings = first[at].cells
            kept = _filled(chain(first[at + 1 :], rows), len(headings), file)
            found = Table(file, headings, tuple(kept), sheet.title)
    if found is None:
        raise no_header(file, empty_handed)
    return Table(file, found.headings, found.rows, found.sheet, tuple(unread))


def _filled(rows: Iterator[Row], width: int, file: str) -> Iterator[Row]:
    for count, row in enumerate((row for row in rows if any(row.cells[:width])), 1):
        if count > MOST_ROWS:
            raise too_many_rows(file)
        yield Row(row.number, row.cells[:width])


def _rows(sheet: Any, merged: list[_Merged], file: str) -> Iterator[Row]:
    """Yield every row as text; cells merged downwards hold their value in each of their rows."""
    carried: dict[int, tuple[int, str]] = {}
    by_top: dict[int, list[_Merged]] = {}
    for one in merged:
        by_top.setdefault(one.top, []).append(one)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > _LAST_ROW:  # openpyxl counts up to any number that a damaged file gives a row
            raise too_many_rows(file)
        texts = [_as_text(cell) for cell in cells]
        for column, (bottom, text) in list(carried.items()):
            if number > bottom:
                del carried[column]
            else:
                texts.extend([""] * (column + 1 - len(texts)))
                texts[column] = texts[column] or text
        for one in by_top.get(number, ()):
            if one.left < len(texts):
                carried[one.left] = (one.bottom, texts[one.left])
        yield Row(number, tuple(texts))


@dataclass(frozen=True, slots=True)
class _Merged:
    top: int
    bottom: int
    left: int
    """Counted from 0."""


def _merged(archive: zipfile.ZipFile, sheet: Any) -> list[_Merged]:
    """Return a sheet's merged ranges of several rows, which openpyxl's reading mode leaves out."""
    found: list[_Merged] = []
    rest = b""
    with archive.open(sheet._worksheet_path.lstrip("/")) as part:
        while chunk := part.read(_CHUNK):
            rest += chunk
            for match in re.finditer(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"', rest):
                left, top, _, bottom = range_boundaries(match[1].decode())
                if left and top and bottom and bottom > top:
                    found.append(_Merged(top, bottom, left - 1))
            rest = rest[rest.rfind(b"<") :]
    return found


def _as_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, datetime):
        return _moment_as_text(value, str(cell.number_format))
    if isinstance(value, time):
        return f"{value:%H:%M}" if not value.second else f"{value:%H:%M:%S}"
    if isinstance(value, timedelta):
        minutes = round(value / timedelta(minutes=1))
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value))


def _moment_as_text(value: datetime, number_format: str) -> str:
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    # Excel keeps a day as its midnight: only the format tells whether a time of day was meant.
    if value.time() == time() and "h" not in re.sub(r'"[^"]*"|\[[^\]hms]*\]', "", number_format.lower()):
        return value.date().isoformat()
    return value.isoformat(" ", "seconds" if value.second else "minutes")
