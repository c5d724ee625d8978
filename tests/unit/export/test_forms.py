"""Exports in every form: what Excel and programs read back, in both languages, masked or whole."""

import csv
import json
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from bot.export.columns import COLUMNS, TAGS_SHOWN
from bot.export.making import FORMS, make
from tests.support.exported import START, about, exported, reader

DAYS = (date(2026, 11, 17), date(2026, 11, 23))
BARE: dict[str, Any] = {
    "outcome": None, "reason": None, "confirmed_at": None, "flagged_at": None, "contacted_at": None, "closed_at": None,
    "channels": (), "check_codes": None, "rating": None, "reminders_said": None, "support_said": None, "tags": {},
    "source": "", "candidate_type": "", "phone": "",
}  # fmt: skip
ROWS = [exported(), exported(1025, name="欧阳娜娜", **BARE)]


def made(form: Any, locale: str = "en", *, is_whole: bool = False, rows: Any = ROWS) -> bytes:
    return make(rows, form, about(len(rows), is_whole=is_whole), reader(locale), DAYS).data


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def sheets(data: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(data))


def test_csv_opens_in_excel_with_its_bom_and_every_cell_quoted():
    data = made("csv")
    assert data.startswith(b'\xef\xbb\xbf"Interview","Appointment","Candidate"')
    assert data.count(b"\r\n") == 3
    headings, first, second = table(data)
    row = dict(zip(headings, first, strict=True))
    assert row == {
        "Interview": "I-1024",
        "Appointment": "1",
        "Candidate": "李*",
        "Phone": "138****1234",
        "Job": "前端工程师",
        "Source": "校招",
        "Type": "campus",
        "Recruiter": "Rui",
        "Start": "2026-11-20 14:00",
        "Time zone": "Asia/Shanghai",
        "State": "over",
        "Outcome": "no-show",
        "Reason": "technical problem",
        "Confirmed at": "2026-11-19 14:00",
        "Flagged at": "2026-11-20 14:10",
        "Asked at": "2026-11-20 14:11",
        "Closed at": "2026-11-20 14:25",
        "Handling, minutes": "15",
        "Reminded on": "SMS and Telegram",
        "Device check": "with a remark",
        "Rating": "4",
        "Reminders were": "Just right",
        "Help in time": "Yes, in time",
        "届别": "2027",
        "邮箱": "l***@example.com",
    }
    bare = dict(zip(headings, second, strict=True))
    assert (bare["Candidate"], bare["State"], bare["Outcome"], bare["届别"]) == (
        "欧阳**",
        "undecided",
        "",
        "",
    )


def test_a_chinese_reader_has_chinese_headings_and_words():
    headings, first, _ = table(made("csv", "zh_Hans"))
    row = dict(zip(headings, first, strict=True))
    assert (row["候选人"], row["结果"], row["原因"], row["设备检测"]) == (
        "李*",
        "未参加",
        "技术问题",
        "有提示",
    )
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("form", FORMS)
def test_whole_names_only_where_they_were_asked_for(form):
    told = {whole: _text(form, made(form, is_whole=whole)) for whole in (False, True)}
    for personal in ("李雷", "13812341234", "lilei@example.com", "欧阳娜娜"):
        assert personal not in told[False]
        assert personal in told[True]


def _text(form: str, data: bytes) -> str:
    if form != "xlsx":
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(BytesIO(data)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


@pytest.mark.parametrize(
    ("locale", "names"), [("en", ["Interviews", "About this list"]), ("zh_Hans", ["面试", "说明"])]
)
def test_a_spreadsheet_holds_dates_numbers_a_filter_and_its_definitions(locale, names):
    book = sheets(made("xlsx", locale))
    assert book.sheetnames == names
    listed, told = book.worksheets
    at = {column.name: number for number, column in enumerate(COLUMNS)}
    first = [cell.value for cell in listed[2]]
    assert first[at["start"]] == datetime(2026, 11, 20, 14, 0)
    assert listed[2][at["start"]].is_date
    assert (first[at["handling_minutes"]], first[at["rating"]], first[at["attempt"]]) == (15, 4, 1)
    assert listed.freeze_panes == "D2"
    assert listed.auto_filter.ref == f"A1:{listed.cell(3, len(COLUMNS) + 2).coordinate}"
    said = {row[0].value: row[1].value for row in told.iter_rows() if row[0].value}
    assert said["行数" if locale == "zh_Hans" else "Rows"] == "2"
    assert "source:校招" in said.values()
    assert "韩梅梅" in said.values()
    assert {cell.value for cell in listed[1]} <= {*said}
    assert book.properties.created == datetime(2026, 11, 23, 2)


def test_json_is_for_programs_exact_and_the_same_in_every_language():
    told = json.loads(made("json"))
    assert json.loads(made("json", "zh_Hans"))["attempts"] == told["attempts"]
    assert told["about"]["masked"] is True
    assert told["about"]["rows"] == 2
    first, second = told["attempts"]
    assert first == {
        "interview": 1024,
        "attempt": 1,
        "role": "前端工程师",
        "source": "校招",
        "candidate_type": "campus",
        "recruiter": "Rui",
        "name": "李*",
        "phone": "138****1234",
        "starts_at": "2026-11-20T06:00:30Z",
        "confirmed_at": "2026-11-19T06:00:30Z",
        "flagged_at": "2026-11-20T06:10:30Z",
        "contacted_at": "2026-11-20T06:11:30Z",
        "closed_at": "2026-11-20T06:25:30Z",
        "local_start": "2026-11-20T14:00",
        "zone": "Asia/Shanghai",
        "outcome": "no_show",
        "reason": "technical",
        "handling_minutes": 15,
        "channels": ["sms", "telegram"],
        "precheck": "warn",
        "rating": 4,
        "reminders_said": 0,
        "support_said": 1,
        "tags": {"届别": "2027", "邮箱": "l***@example.com"},
    }
    assert first.keys() == second.keys()
    assert [name for name, value in second.items() if value is None] == [
        "source", "candidate_type", "phone", "confirmed_at", "flagged_at", "contacted_at", "closed_at", "outcome",
        "reason", "handling_minutes", "precheck", "rating", "reminders_said", "support_said",
    ]  # fmt: skip


def test_what_is_ahead_is_told_as_such():
    ahead = exported(starts_at=datetime(2026, 12, 1, tzinfo=UTC), outcome=None)
    headings, row = table(made("csv", rows=[ahead]))
    assert dict(zip(headings, row, strict=True))["State"] == "ahead"


def test_a_file_is_named_by_its_days_and_is_the_same_each_time():
    both = [make(ROWS, "xlsx", about(2), reader(), DAYS) for _ in range(2)]
    assert both[0].name == "interviews-2026-11-17-to-2026-11-23.xlsx"
    assert "李" not in both[0].name
    assert both[0].data == both[1].data


def test_a_hundred_tags_do_not_make_a_hundred_columns():
    tagged = exported(tags={f"tag {n}": "x" for n in range(100)})
    assert len(table(made("csv", rows=[tagged]))[0]) == len(COLUMNS) + TAGS_SHOWN


def test_times_of_another_zone_are_told_on_its_clocks():
    away = exported(zone="America/New_York")
    headings, row = table(made("csv", rows=[away]))
    told = dict(zip(headings, row, strict=True))
    assert (told["Start"], told["Flagged at"], told["Time zone"]) == (
        "2026-11-20 01:00", "2026-11-20 01:10", "America/New_York",
    )  # fmt: skip
    assert START.hour == 6
