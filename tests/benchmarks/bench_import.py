"""How long a list of 1,000 interviews takes to be read, understood and judged; prints figures."""

import io
import sys
import time
import zipfile
from collections.abc import Callable

import openpyxl

from bot.importing.columns import INTERVIEWS
from bot.importing.drafts import parse_interviews
from bot.importing.matching import Found
from bot.importing.reading import read
from bot.importing.verdicts import judge, to_json
from tests.unit.importing.lists import CONTEXT, NOW, World, as_csv

ROWS = 1_000
HEADINGS = (
    "编号",
    "姓名",
    "手机",
    "邮箱",
    "岗位",
    "渠道",
    "类型",
    "面试时间",
    "时区",
    "面试链接",
    "语言",
    "Telegram",
    "门店",
)


def cells(number: int, *, moved: bool = False) -> tuple[str, ...]:
    start = f"2026-11-{24 + number % 5 + moved} {9 + number % 9:02}:{number % 2 * 30:02}"
    return (
        f"A-{number}", f"候选人{chr(0x4E00 + number)}", f"138{number:08}", f"candidate{number}@example.com",
        "前端工程师", "内推", "社招", start, "Asia/Shanghai", f"https://meeting.example.com/{number}", "中文",
        f"@candidate{number}", "南京东路店",
    )  # fmt: skip


def as_xlsx(rows: list[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def timed(what: str, run: Callable[[], object]) -> None:
    run()
    spans = []
    for _ in range(5):
        begun = time.perf_counter()
        run()
        spans.append(time.perf_counter() - begun)
    print(f"{what:<56} {min(spans):6.3f} s best, {max(spans):6.3f} s worst of 5")


def test_import() -> None:
    rows = [cells(number) for number in range(ROWS)]
    moved = [cells(number, moved=number % 3 == 0) for number in range(ROWS)]
    world = World()
    print(f"\n{ROWS} rows, Python {sys.version.split()[0]}")

    def whole(data: bytes, file: str, found: Found) -> None:
        to_json(judge(parse_interviews(read(data, file, INTERVIEWS), CONTEXT), found, NOW))

    gbk, xlsx = as_csv(HEADINGS, *rows).encode("gbk"), as_xlsx([HEADINGS, *rows])
    timed("CSV in GBK, all new", lambda: whole(gbk, "a.csv", Found()))
    timed(
        f"XLSX ({len(zipfile.ZipFile(io.BytesIO(xlsx)).namelist())} parts), all new",
        lambda: whole(xlsx, "a.xlsx", Found()),
    )
    world.apply(*rows, headings=HEADINGS)
    known = world.found
    timed("CSV in GBK, all known and unchanged", lambda: whole(gbk, "a.csv", known))
    again = as_csv(HEADINGS, *moved).encode()
    timed("CSV in UTF-8, all known, a third moved", lambda: whole(again, "a.csv", known))


if __name__ == "__main__":
    test_import()
