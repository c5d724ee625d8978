"""CSV in the encodings and with the separators that Excel, WPS and recruiting systems write."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

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

_SEPARATORS = (",", ";", "\t", "，", "；", "|")
_HAN = "\u3400-\u9fff"


def read_separated(data: bytes, file: str, vocabulary: Vocabulary) -> Table:
    """Return the table in a CSV file; raises Unreadable."""
    text = _decode(data, file)
    if "\0" in text:
        raise Unreadable(
            t("{file} holds zero bytes, so it is no list in CSV. Save it as CSV UTF-8 or .xlsx.", file=file)
        )
    # Excel's own first line, which says what separates the cells.
    if declared := re.match(r"sep=(.)\r?\n", text):
        separator = declared[1]
        text = text[declared.start(1) + 1 :]
    else:
        separator = max(_SEPARATORS, key=lambda one: _known_headings(text, one, vocabulary))
    return _table(_records(text, separator, file), file, vocabulary)


def _decode(data: bytes, file: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif _is_damaged_utf8(data):
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or not _looks_western(text):
            return text
    raise Unreadable(
        t(
            "{file} is written neither in UTF-8 nor in GB18030 (GBK), so its letters cannot be told for certain."
            " Save it as CSV UTF-8 or .xlsx.",
            file=file,
        )
    )


def _is_damaged_utf8(data: bytes) -> bool:
    """Tell whether UTF-8 was cut or spoilt: GB18030 would make other characters of it without complaint."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return 0 < damaged < sum(1 for letter in text if letter >= "\u0800" and letter != "\ufffd")


def _looks_western(text: str) -> bool:
    """Tell whether Müller of a Western code page was read as M黮ler: single Han within Latin words only."""
    return bool(re.search(f"[A-Za-z][{_HAN}][a-z]", text)) and not re.search(f"[{_HAN}]{{2}}", text)


def _known_headings(text: str, separator: str, vocabulary: Vocabulary) -> int:
    try:
        first = list(islice(_parse(text, separator), HEADER_WITHIN))
    except csv.Error:
        return 0
    return max((vocabulary.count(map(clean, cells)) for cells in first), default=0)


def _parse(text: str, separator: str, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _records(text: str, separator: str, file: str) -> list[list[str]]:
    """Return the records; a quotation mark that is never closed must not swallow the rows behind it."""
    records: list[list[str]] = []
    try:
        for record in _parse(text, separator, strict=True):
            _keep(records, record, file)
    except csv.Error as error:
        if "unexpected end" in str(error) or "limit" in str(error):
            raise _unclosed(file, len(records) + 1) from None
    else:
        return records
    # Quotation marks in the middle of cells: harmless unless a cell now runs over several lines.
    records = []
    for record in _parse(text, separator):
        if any("\n" in cell or "\r" in cell for cell in record):
            raise _unclosed(file, len(records) + 1)
        _keep(records, record, file)
    return records


def _keep(records: list[list[str]], record: list[str], file: str) -> None:
    records.append(record)
    # Far more than allowed, blank lines included, is refused before it fills the memory.
    if len(records) > MOST_ROWS * 2 + HEADER_WITHIN:
        raise too_many_rows(file)


def _unclosed(file: str, row: int) -> Unreadable:
    return Unreadable(
        t(
            "{file}, row {row}: a quotation mark is never closed, so what follows cannot be told apart."
            " Delete the mark or save the list as .xlsx.",
            file=file,
            row=row,
        )
    )


def _table(records: list[list[str]], file: str, vocabulary: Vocabulary) -> Table:
    first = [tuple(map(clean, cells)) for cells in records[:HEADER_WITHIN]]
    at = find_header(first, vocabulary)
    if at is None:
        raise no_header(file, first)
    headings = first[at]
    width = len(headings)
    rows = []
    for number, record in enumerate(records[at + 1 :], at + 2):
        cells = tuple(map(clean, record))
        if any(cells):
            rows.append(Row(number, cells[:width], has_overflow=any(cells[width:])))
    if len(rows) > MOST_ROWS:
        raise too_many_rows(file)
    return Table(file, headings, tuple(rows))
