"""Lists of times that can be booked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.importing.applying import plan_slots
from bot.importing.columns import SLOTS
from bot.importing.problems import Unreadable, in_english
from bot.importing.reading import read
from bot.importing.slots import SlotVerdict, judge_slots, parse_slots
from bot.importing.verdicts import to_json
from conversations.interview import Slot
from tests.unit.importing.lists import CONTEXT, NOW, as_csv, ids

HEADINGS = ("岗位", "开始时间", "名额", "链接")


def judge(
    *rows: Sequence[str], headings: Sequence[str] = HEADINGS, known: Sequence[Slot] = ()
) -> list[SlotVerdict]:
    table = read(as_csv(headings, *rows).encode(), "slots.csv", SLOTS)
    return judge_slots(parse_slots(table, CONTEXT), known, NOW)


def outline(verdicts: Sequence[SlotVerdict]) -> list[str]:
    return [one.verdict for one in verdicts]


def why(verdict: SlotVerdict) -> str:
    assert verdict.reason
    return f"{verdict.column}: {in_english(verdict.reason)}"


SLOT = ("前端工程师", "2026-11-24 14:00", "2", "")


def test_a_slot() -> None:
    (verdict,) = judge(SLOT)
    assert verdict.draft
    assert (verdict.verdict, verdict.label) == ("new", "2026-11-24 14:00 前端工程师")
    (slot,) = plan_slots([verdict], ids())
    assert (slot.starts_at, slot.zone) == (datetime(2026, 11, 24, 6, tzinfo=UTC), "Asia/Shanghai")
    assert (slot.company, slot.role, slot.capacity, slot.taken, slot.join) == ("acme", "前端工程师", 2, 0, "")


def test_the_smallest_list() -> None:
    (verdict,) = judge(["2026-11-24 14:00"], headings=["开始时间"])
    assert verdict.draft
    assert (verdict.draft.capacity, verdict.draft.role) == (1, "")


def test_the_same_list_again_changes_nothing() -> None:
    rows = [
        SLOT,
        ("", "2026-11-24 15:00", "", ""),
        ("Sales", "2026-11-25 10:00", "1", "https://m.example.com/1"),
    ]
    known = plan_slots(judge(*rows), ids())
    assert outline(judge(*rows, known=known)) == ["unchanged"] * 3
    assert plan_slots(judge(*rows, known=known), ids()) == []


def test_capacity_and_link_change() -> None:
    known = plan_slots(judge(SLOT), ids())
    (verdict,) = judge(("前端工程师", "2026-11-24 14:00", "5", "https://m.example.com/1"), known=known)
    assert why(verdict) == "名额: Changes 名额 from 2 to 5 and 链接 to https://m.example.com/1."
    (changed,) = plan_slots([verdict], ids())
    assert (changed.id, changed.capacity, changed.join) == (known[0].id, 5, "https://m.example.com/1")


def test_a_list_without_capacities_changes_none() -> None:
    known = plan_slots(judge(SLOT), ids())
    assert outline(judge(["前端工程师", "2026-11-24 14:00"], headings=["岗位", "开始时间"], known=known)) == [
        "unchanged"
    ]


def test_fewer_places_than_are_taken() -> None:
    (slot,) = plan_slots(judge(("前端工程师", "2026-11-24 14:00", "5", "")), ids())
    (verdict,) = judge(SLOT, known=[replace(slot, taken=3)])
    assert why(verdict) == "名额: 3 places are taken already. Write at least as many."


def test_two_rooms_at_one_time() -> None:
    rooms = [("Sales", "2026-11-25 10:00", "1", f"https://m.example.com/{room}") for room in "ab"]
    known = plan_slots(judge(*rooms), ids())
    assert outline(judge(*rooms, known=known)) == ["unchanged", "unchanged"]
    assert outline(judge(rooms[1], known=known)) == ["unchanged"]


def test_the_same_slot_twice() -> None:
    verdicts = judge(SLOT, SLOT)
    assert why(verdicts[1]) == (
        "开始时间: Row 2 is the same slot. Delete one of the two; for more places, raise the capacity."
    )


def test_past_slots_are_bad_unless_known() -> None:
    past = ("前端工程师", "2026-11-20 14:00", "2", "")
    assert "already past" in why(judge(past)[0])
    known = [
        Slot(ids()(), datetime(2026, 11, 20, 6, tzinfo=UTC), "Asia/Shanghai", "acme", "前端工程师", 2, 1)
    ]
    assert outline(judge(past, known=known)) == ["unchanged"]


@pytest.mark.parametrize(
    ("headings", "cells", "end"),
    [
        (("开始时间", "结束时间"), ("2026-11-24 14:00", "15:00"), 7),
        (("开始时间", "结束时间"), ("2026-11-24 14:00", "2026-11-24 15:00"), 7),
        (("开始时间", "时长"), ("2026-11-24 14:00", "2小时"), 8),
        (("日期", "时间段"), ("2026-11-24", "14:00-15:00"), 7),
        (("开始时间",), ("2026-11-24 14:00-15:00",), 7),
    ],
)
def test_ends(headings: Sequence[str], cells: Sequence[str], end: int) -> None:
    (verdict,) = judge(cells, headings=headings)
    assert verdict.draft
    assert verdict.draft.starts_at.hour == 6
    assert verdict.draft.ends_at == datetime(2026, 11, 24, end, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("结束时间", "13:00", "the end is not after the start"),
        ("时长", "soon", "no length of time"),
        ("名额", "若干", "no number of places"),
        ("时区", "CST", "no time zone"),
        ("开始时间", "2026-02-30 10:00", "no such day"),
        ("开始时间", "", "The start is missing"),
        ("链接", "晚点发", "no link"),
    ],
)
def test_bad_cells(column: str, value: str, said: str) -> None:
    cells = {"开始时间": "2026-11-24 14:00", "岗位": "Sales"} | {column: value}
    (verdict,) = judge(list(cells.values()), headings=list(cells))
    assert (verdict.verdict, verdict.column) == ("bad", column)
    assert said in why(verdict)


def test_a_list_without_starts_is_refused() -> None:
    with pytest.raises(Unreadable, match="has no column 面试时间"):
        judge(["Sales"], headings=["岗位"])


def test_json_is_the_same_as_for_interviews() -> None:
    (found,) = to_json(judge(SLOT))["rows"]
    assert {"row": 2, "verdict": "new", "column": "", "reason": ""}.items() <= found.items()
