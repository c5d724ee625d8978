"""Bytes of every origin: what is a list is read, what is none is refused in one sentence."""

import io
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

import openpyxl
import pytest

from bot.importing.columns import INTERVIEWS
from bot.importing.problems import Unreadable
from bot.importing.reading import read
from bot.importing.table import MOST_ROWS, Table, clean

CHINESE = "姓名,手机,岗位,面试时间,面试链接\r\n李雷,13800000001,前端工程师,2026/11/24 14:00,https://m.example.com/1\r\n"
ENGLISH = (
    "Name,Phone,Role,Starts at,Link\nMüller,+4930231250,Sales,2026-11-24 14:00,https://m.example.com/1\n"
)


def table(data: bytes | str, file: str = "list.csv") -> Table:
    return read(data.encode() if isinstance(data, str) else data, file, INTERVIEWS)


def refusal(data: bytes | str, file: str = "list.csv") -> str:
    with pytest.raises(Unreadable) as caught:
        table(data, file)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_lists_are_read_in_every_encoding_that_excel_writes(encoding: str) -> None:
    read_table = table(CHINESE.encode(encoding))
    assert read_table.headings == ("姓名", "手机", "岗位", "面试时间", "面试链接")
    assert read_table.rows[0].cells[:3] == ("李雷", "13800000001", "前端工程师")
    assert read_table.rows[0].number == 2


@pytest.mark.parametrize("bom", [b"\xff\xfe", b"\xfe\xff"])
def test_unicode_text_of_excel(bom: bytes) -> None:
    encoding = "utf-16-le" if bom == b"\xff\xfe" else "utf-16-be"
    assert len(table(bom + CHINESE.replace(",", "\t").encode(encoding)).rows) == 1


def test_gb18030_beyond_gbk() -> None:
    assert table("姓名,面试时间\n𠮷野,2026-11-24 14:00\n".encode("gb18030")).rows[0].cells[0] == "𠮷野"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "；", "|"])
def test_separators(delimiter: str) -> None:
    assert len(table(CHINESE.replace(",", delimiter)).headings) == 5


def test_a_declared_separator() -> None:
    assert table("sep=;\r\n" + CHINESE.replace(",", ";")).rows[0].cells[0] == "李雷"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert len(table(CHINESE.replace("\r\n", end)).rows) == 1


def test_quoted_line_breaks_and_commas_stay_in_their_cell() -> None:
    rows = table('name,link,starts_at\n"Li\nLei","a, ""b""",x\n\nHan,c,y\n').rows
    assert [row.cells for row in rows] == [("Li Lei", 'a, "b"', "x"), ("Han", "c", "y")]
    assert [row.number for row in rows] == [2, 4], "as a spreadsheet counts, blank rows included"


def test_quotation_marks_within_a_cell_do_no_harm() -> None:
    assert table('name,link\n李雷"小李",x\n"韩"梅梅,y\n').rows[1].cells[1] == "y"


@pytest.mark.parametrize("text", ['name,link\n"李雷,x\n韩梅梅,y\n', 'name,link\n"李雷,x\n"韩梅梅",y\n'])
def test_an_open_quotation_mark_swallows_no_rows(text: str) -> None:
    assert "row 2: a quotation mark is never closed" in refusal(text)


def test_short_rows_and_empty_rows() -> None:
    rows = table("name,phone,starts_at\nLi\n,,\n  , \t,\nHan,1,x,,\n").rows
    assert [(row.number, row.cells, row.has_overflow) for row in rows] == [
        (2, ("Li",), False),
        (5, ("Han", "1", "x"), False),
    ]


def test_a_comma_too_many_is_noticed() -> None:
    assert table("name,starts_at\nSmith, John,2026-11-24 14:00\n").rows[0].has_overflow


def test_a_title_above_the_header() -> None:
    read_table = table("11月面试安排,,\n制表人：王敏,,\n\n姓名,手机,面试时间\n李雷,1,2\n")
    assert (read_table.headings[0], read_table.rows[0].number) == ("姓名", 5)


def test_invisible_characters_are_dropped() -> None:
    assert clean("\u202d138\u200b0000\x000001\u202c ") == "13800000001"
    assert clean(" 李\u3000雷\r\n ") == "李 雷"
    assert clean("👩\u200d💻") == "👩\u200d💻", "joiners are part of what they join"


REFUSED = {
    "empty": (b"", "is empty"),
    "only marks": (b"\xef\xbb\xbf\r\n \n", "is empty"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a picture"),
    "bmp": (b"BM\x36\0\0\0\0\0\0\0", "is a picture"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "is a picture"),
    "heic": (b"\0\0\0\x18ftypheic\0\0", "is a picture"),
    "old xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls format"),
    "encrypted": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "protected with a password",
    ),
    "html": (b"\xef\xbb\xbf<html><table><tr><td>\xe5\xa7\x93", "is a web page"),
    "xml": (b'<?xml version="1.0"?><Workbook>', "is a web page"),
    "gzip": (b"\x1f\x8b\x08\0", "packed archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "packed archive"),
    "zero bytes": (b"name,starts_at\nLi\0,2026\n", "holds zero bytes"),
    "utf-16 without mark": ("name,starts_at\nLi,2026\n".encode("utf-16-le"), "holds zero bytes"),
    "western": ("Name,Starts at\nMüller,1\n".encode("cp1252"), "neither in UTF-8 nor in GB18030"),
    "damaged utf-8": (CHINESE.encode().replace("前".encode(), "前".encode()[:2]), "neither in UTF-8"),
    "damaged utf-16": (b"\xff\xfen\0a\0\0\xd8", "neither in UTF-8"),
    "no header": ("李雷,13800000001,HR,2026-11-24\n".encode(), "has no row of headings"),
    "words": (b"Dear all,\nplease find attached\n", "has no row of headings"),
    "too large": (b"name,phone\n" + b"x" * 20_000_001, "larger than 20 MB"),
    "broken zip": (b"PK\x03\x04" + b"\xff" * 100, "is damaged"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_list_is_refused_by_name_and_with_a_remedy(data: bytes, said: str) -> None:
    sentence = refusal(data, "名单.csv")
    assert said in sentence
    assert "名单.csv" in sentence
    assert any(
        word in sentence
        for word in ("xport", "ave it", "plit", "mport", "npack", "Give the columns", "Open it")
    )


def test_too_many_rows() -> None:
    assert f"more than {MOST_ROWS} rows" in refusal("name,starts_at\n" + "a,b\n" * (MOST_ROWS + 1))
    assert f"more than {MOST_ROWS} rows" in refusal("name,starts_at\n" + "\n" * (MOST_ROWS * 3))


def test_german_lists_in_utf8() -> None:
    assert table(ENGLISH.replace(",", ";")).rows[0].cells[0] == "Müller"


# Spreadsheets.


def workbook(
    *rows: list[Any], formats: dict[str, str] | None = None, book: openpyxl.Workbook | None = None
) -> bytes:
    book = book or openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in rows:
        sheet.append(cells)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ["姓名", "手机", "面试时间"]


def test_a_spreadsheet_is_known_by_its_content() -> None:
    for file in ("名单.xlsx", "名单.csv", "名单"):
        assert table(workbook(HEADER, ["李雷", "1", "x"]), file).rows[0].cells == ("李雷", "1", "x")


def test_a_csv_called_xlsx_is_read() -> None:
    assert len(table(CHINESE, "名单.xlsx").rows) == 1


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (13812341234, "General", "13812341234"),
        (13812341234.0, "0.00E+00", "13812341234"),
        (1.5, "General", "1.5"),
        (True, "General", "TRUE"),
        (datetime(2026, 11, 24, 14, 0), "yyyy-mm-dd hh:mm", "2026-11-24 14:00"),
        (datetime(2026, 11, 24, 13, 59, 59, 999_600), "yyyy-mm-dd hh:mm", "2026-11-24 14:00"),
        (datetime(2026, 11, 24), "yyyy-mm-dd", "2026-11-24"),
        (datetime(2026, 11, 24), 'yyyy"年"m"月"d"日"', "2026-11-24"),
        (datetime(2026, 11, 24), "[$-804]yyyy/m/d h:mm", "2026-11-24 00:00"),
        (datetime(2026, 11, 24, 9, 30), "yyyy-mm-dd", "2026-11-24 09:30"),
        (time(14, 0), "h:mm", "14:00"),
        (timedelta(hours=14), "[h]:mm", "14:00"),
        ("=1+1", "General", ""),
        ("  李\n雷 ", "@", "李 雷"),
    ],
)
def test_cells_read_as_a_person_would_type_them(value: Any, number_format: str, text: str) -> None:
    data = workbook(HEADER, ["李雷", "1", value], formats={"C2": number_format})
    cells = table(data).rows[0].cells
    assert (cells[2] if len(cells) > 2 else "") == text


def test_title_lines_and_gaps_keep_the_numbers_of_the_spreadsheet() -> None:
    data = workbook(["十一月面试名单"], [], HEADER, ["李雷", "1", "x"], [], ["韩梅梅", "2", "y"])
    assert [row.number for row in table(data).rows] == [4, 6]


def test_the_first_sheet_with_a_list_is_read_and_others_are_named() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["填写说明"])
    hidden = book.create_sheet("备选")
    hidden.append(HEADER)
    hidden.sheet_state = "hidden"
    for title in ("一面", "二面"):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        sheet.append([title, "1", "x"])
    read_table = table(workbook(book=book))
    assert (read_table.sheet, read_table.rows[0].cells[0], read_table.unread) == ("一面", "一面", ("二面",))


def test_cells_merged_downwards_hold_their_value_in_each_row() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in (
        ["名单", None, None],
        HEADER,
        ["李雷", "1", "x"],
        ["韩梅梅", "2"],
        ["王芳", "3"],
        ["张伟", "4", "y"],
    ):
        sheet.append(cells)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("C3:C5")
    assert [row.cells[2] for row in table(workbook(book=book)).rows] == ["x", "x", "x", "y"]


def test_cells_beyond_the_headings_of_a_spreadsheet_are_remarks() -> None:
    (row,) = table(workbook(HEADER, ["李雷", "1", "x", "已电话确认"])).rows
    assert (row.cells, row.has_overflow) == (("李雷", "1", "x"), False)


def test_a_spreadsheet_without_headings_is_refused() -> None:
    assert "has no row of headings" in refusal(workbook(["李雷", 13800000001]), "a.xlsx")
    assert "has no row of headings" in refusal(workbook(), "a.xlsx")


def test_too_many_rows_in_a_spreadsheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.importing.spreadsheet.MOST_ROWS", 50)
    assert len(table(workbook(HEADER, *[["a", "b", "c"]] * 50)).rows) == 50
    assert "Split the list" in refusal(workbook(HEADER, *[["a", "b", "c"]] * 51))


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def test_archives_that_are_no_workbook() -> None:
    assert "is no .xlsx workbook" in refusal(archive(word__document_xml=b"<w/>"), "cv.docx")
    assert "is damaged" in refusal(archive(xl__workbook_xml=b"<nonsense"), "a.xlsx")


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert "unpacks to more than 200 MB" in refusal(archive(xl__workbook_xml=b"0" * 200_000_001), "a.xlsx")


def test_a_row_number_out_of_this_world_is_not_counted_up_to() -> None:
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEADER, ["李雷", "1", "x"]))) as old,
        zipfile.ZipFile(data, "w") as new,
    ):
        for part in old.namelist():
            content = (
                old.read(part)
                .replace(b'<row r="2"', b'<row r="99999999999"')
                .replace(b'r="C2"', b'r="C99999999999"')
            )
            new.writestr(part, content)
    assert "a.xlsx" in refusal(data.getvalue(), "a.xlsx")


def test_entities_are_not_expanded() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER))) as old, zipfile.ZipFile(data, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            new.writestr(part, content)
    assert "is damaged" in refusal(data.getvalue(), "a.xlsx")
