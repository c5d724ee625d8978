"""Whatever is in a list: a verdict for each row, or one refusal; never anything else."""

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing import cells
from bot.importing.columns import INTERVIEWS, SLOTS, Field
from bot.importing.drafts import parse_interviews
from bot.importing.problems import Unclear, Unreadable, in_english
from bot.importing.reading import read
from bot.importing.slots import judge_slots, parse_slots
from bot.importing.verdicts import judge, to_json
from bot.importing.when import read_when
from bot.importing.words import words
from tests.unit.importing.lists import CONTEXT, NOW, World, as_csv, outline, row

HEADINGS = st.sampled_from(
    [word for known in words("headings").values() for word in known] + ["门店", "", "#"]
)
PIECES = st.sampled_from(
    "2026 11 24 14 00 30 3 年 月 日 号 点 半 分 : : - - / . ( ) （ ） 下午 上午 晚上 两 十 一 am PM T Z + 08"
    " Nov Tue 周二 星期 到 ~ 至 北京时间 CST UTC GMT+8 Europe/Berlin Uhr , @ https:// weixin:// example.com"
    " 138 0000 E+10 =1+1 #REF! 是 未参加 东 区 九".split()
)
GLUED = st.builds(
    lambda parts, glue: glue.join(parts), st.lists(PIECES, max_size=9), st.sampled_from(["", " "])
)
# A zero byte makes the whole file no list, which is another test's matter.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
CELLS = st.one_of(GLUED, TEXTS, st.sampled_from(["", "李雷", "2026-11-24 14:00", "https://a.example.com"]))


@given(GLUED, st.booleans())
@settings(max_examples=700)
def test_any_start_is_a_time_or_unclear(text: str, is_past: bool) -> None:
    try:
        when = read_when(text, "Europe/Berlin", NOW, is_past=is_past)
    except Unclear as unclear:
        said = str(unclear)
        assert said
    else:
        assert when.at.tzinfo
        assert when.wall.tzinfo is None


READERS = (
    cells.read_phone, cells.read_email, cells.read_link, cells.read_zone, cells.read_language,
    cells.read_candidate_type, cells.read_outcome, cells.read_reason, cells.read_capacity, cells.read_duration,
    cells.read_external_id, lambda text: cells.read_address("telegram", text),
)  # fmt: skip


@given(st.sampled_from(READERS), CELLS)
@settings(max_examples=700)
def test_any_cell_is_read_or_unclear(reader: object, text: str) -> None:
    assert callable(reader)
    try:
        reader(text)
    except Unclear as unclear:
        said = str(unclear)
        assert said


@given(st.lists(HEADINGS, max_size=8, unique=True), st.lists(st.lists(CELLS, max_size=9), max_size=6))
@settings(max_examples=300)
def test_any_list_has_a_verdict_for_each_row(headings: list[str], rows: list[list[str]]) -> None:
    data = as_csv(["姓名", "面试时间", *headings], *rows).encode()
    try:
        table = read(data, "list.csv", INTERVIEWS)
        verdicts = judge(parse_interviews(table, CONTEXT), World().found, NOW)
    except Unreadable as unreadable:
        said = str(unreadable)
        assert "list.csv" in said
        return
    assert [one.row for one in verdicts] == [line.number for line in table.rows]
    to_json(verdicts)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=6))
@settings(max_examples=200)
def test_good_rows_again_are_unchanged(rows: list[tuple[str, ...]]) -> None:
    headings = ("姓名", "手机", "备注", "telegram", "面试时间", "链接")
    good = [(*cells_, "2026-11-24 14:00", "https://a.example.com") for cells_ in rows]
    world = World()
    first = world.judge(*good, headings=headings)
    world.apply(*good, headings=headings)
    again = world.judge(*good, headings=headings)
    assert [one.verdict for one in again] == ["unchanged" if one.verdict == "new" else "bad" for one in first]


FEW = st.builds(
    row,
    st.sampled_from(["李雷", "韩梅梅", "Li Lei"]),
    st.sampled_from(["", "13800000001", "13800000002", "13800000003"]),
    st.sampled_from(["2026-11-24 14:00", "2026-11-25 10:00", "2026-11-26 9:00"]),
    st.sampled_from(["", "前端工程师", "Sales"]),
    st.sampled_from(["", "a@example.com", "b@example.com"]),
    st.sampled_from(["https://a.example.com", "https://b.example.com"]),
    st.sampled_from(["", "", "A-1", "A-2"]),
)


@given(st.lists(st.lists(FEW, max_size=6), min_size=1, max_size=3))
@settings(max_examples=400)
def test_any_lists_applied_again_change_nothing(lists: list[list[tuple[str, ...]]]) -> None:
    """A list that contradicts itself may say more once its good rows have been applied; any other is done."""
    world = World()
    for rows in lists:
        first = outline(world.judge(*rows))
        world.apply(*rows)
        again = outline(world.judge(*rows))
        if "bad" not in first:
            assert set(again) <= {"unchanged"}


@given(st.lists(st.lists(CELLS, max_size=6), max_size=5))
@settings(max_examples=200)
def test_any_slot_list(rows: list[list[str]]) -> None:
    data = as_csv(["开始时间", "结束时间", "时长", "名额", "时区"], *rows).encode()
    try:
        table = read(data, "slots.csv", SLOTS)
    except Unreadable:
        return
    verdicts = judge_slots(parse_slots(table, CONTEXT), [], NOW)
    assert len(verdicts) == len(table.rows)


@given(st.binary(max_size=300))
@settings(max_examples=500)
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    for start in (b"", b"name,starts_at\n", b"PK\x03\x04", b"\xff\xfe", "姓名,时间\n".encode("gbk")):
        try:
            read(start + data, "list.csv", INTERVIEWS)
        except Unreadable as unreadable:
            said = str(unreadable)
            assert "list.csv" in said


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for cells_ in (["姓名", "面试时间"], ["李雷", "2026-11-24 14:00"]):
        book.worksheets[0].append(cells_)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORKBOOK = _workbook()


@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=4))
@settings(max_examples=200)
def test_any_damage_to_a_workbook_is_refused_or_does_no_harm(at: int, damage: bytes) -> None:
    try:
        read(WORKBOOK[:at] + damage + WORKBOOK[at + len(damage) :], "list.xlsx", INTERVIEWS)
    except Unreadable as unreadable:
        said = in_english(unreadable.reason)
        assert said


def test_every_field_is_known_to_some_list() -> None:
    assert set(INTERVIEWS.by_key.values()) | set(SLOTS.by_key.values()) == set(Field)


def test_rows_of_one_person_that_mean_two_known_ones_are_refused() -> None:
    """One phone in both rows, one row found by its address, the other by its name and start alone."""
    link = "https://a.example.com"
    world = World()
    known = [row("李雷", "", "2026-11-24 14:00", "", address, link, "") for address in ("", "a@example.com")]
    world.apply(*known)
    rows = (
        row("李雷", "13800000001", "2026-11-24 14:00", "", "", link, ""),
        row("李雷", "13800000001", "2026-11-25 10:00", "", "a@example.com", link, ""),
    )
    assert outline(world.judge(*rows)) == ["bad", "bad"]
