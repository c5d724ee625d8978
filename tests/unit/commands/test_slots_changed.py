"""`slots add` and `slots close`: read, refused with the reason, done for those whose jobs they are."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import CloseSlot, OpenSlots, Record
from conversations.identity import Person
from conversations.interview import Slot
from locales.zones import local
from tests.support.staff_scenes import HAN, NOW, RUI, SAM, ZONE, Stage, id_of, text_of

HOUR = timedelta(hours=1)
FRIDAY = NOW.replace(hour=6, minute=0) + timedelta(days=3)
"""14:00 in Shanghai."""


def slot(at: Any = FRIDAY, role: str = "", taken: int = 0) -> Slot:
    return Slot(id_of(f"slot {at} {role}"), at, ZONE, "example", role, 2, taken)


def typed(line: str, *slots: Slot, by: Person = HAN) -> tuple[Stage, str]:
    played = Stage(found={"slots_all": slots})
    message = played.types(f"slots {line}", by)
    return played, text_of(message)


def opened(played: Stage) -> list[Slot]:
    return [slot for effect in played.effects if isinstance(effect, OpenSlots) for slot in effect.slots]


@pytest.mark.parametrize(
    "line",
    [
        "add friday 14:00-17:00 every:1h places:2 job:Java",
        "添加 周五 14:00-17:00 每:1小时 名额:2 岗位:Java",
        "add 周五 14:00～17:00 every:60m places:2 job:Java",
    ],
)
def test_a_span_is_several_times(line):
    played, text = typed(line)
    starts = [local(slot.starts_at, ZONE).strftime("%a %H:%M") for slot in opened(played)]
    assert starts == ["Fri 14:00", "Fri 15:00", "Fri 16:00"]
    assert {(slot.capacity, slot.role, slot.zone) for slot in opened(played)} == {(2, "Java", ZONE)}
    assert len({slot.id for slot in opened(played)}) == 3
    assert ZONE in text
    assert any(isinstance(effect, Record) and effect.action == "slots.added" for effect in played.effects)


def test_one_time_alone():
    played, _ = typed("add friday 14:00")
    assert [slot.starts_at for slot in opened(played)] == [FRIDAY]


def test_a_preview_adds_nothing():
    played, text = typed("add friday 14:00 --dry-run")
    assert opened(played) == []
    assert "Only a preview" in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("add", "When?"),
        ("add friday", "At what time?"),
        ("add soon", "cannot read"),
        ("add friday 14:00-17:00 every:1m", "5m to 8h"),
        ("add friday 14:00-17:00 every:x", "5m to 8h"),
        ("add friday 14:00-14:20", "no room"),
        ("add friday 14:00 every:30m", "From when to when"),
        ("add friday 14:00 places:0", "1 to 500"),
        ("add friday 14:00 places:many", "1 to 500"),
        ("add friday 00:00-23:00 every:5m", "more than 100"),
        ("add friday 14:00 --burn", "--burn"),
        ("add friday 14:00 tag:x", "tag:"),
        ("add today 9:00-10:00 every:30m", "already past"),
        ("close", "Which time?"),
        ("close soon", "cannot read"),
        ("close saturday 14:00", "No time of yours"),
    ],
)
def test_what_cannot_be_is_one_clear_line(line, words):
    played, text = typed(line)
    assert words in text
    assert [each for each in played.effects if isinstance(each, OpenSlots | CloseSlot)] == []


def test_duplicates_and_overlaps_are_refused_with_the_one_that_is_there():
    played, text = typed("add friday 14:00-15:00 every:30m", slot())
    assert opened(played) == []
    assert f"is there already: {slot().label}" in text
    played, text = typed("add friday 13:45-14:15 every:30m", slot())
    assert opened(played) == []
    assert f"overlaps {slot().label}" in text
    played, _ = typed("add friday 14:00 job:Java", slot())
    assert len(opened(played)) == 1, "another role's time is another time"


def test_closing_keeps_what_is_booked_and_says_so():
    booked = slot(taken=1)
    for line in ("close friday 14:00", f"close {booked.label}", f"关闭 {booked.label.lower()}"):
        played, text = typed(line, booked, slot(FRIDAY + HOUR))
        assert [each.slot for each in played.effects if isinstance(each, CloseSlot)] == [booked.id]
        assert "1 booking in them stays" in text
    played, text = typed("close friday", booked, slot(FRIDAY + HOUR))
    assert len([each for each in played.effects if isinstance(each, CloseSlot)]) == 2
    played, text = typed("close friday --dry-run", booked)
    assert "would be closed" in text
    assert [each for each in played.effects if isinstance(each, CloseSlot)] == []


def test_recruiters_change_their_own_jobs_only():
    rui = replace(RUI, jobs=frozenset({"Java"}))
    played, text = typed("add friday 14:00", by=rui)
    assert opened(played) == []
    assert "job:Java" in text
    played, _ = typed("add friday 14:00 job:java", by=rui)
    assert [one.role for one in opened(played)] == ["Java"]
    played, text = typed("add friday 14:00 job:Java", by=RUI)
    assert "no jobs here yet" in text
    played, _ = typed("close friday", slot(), slot(role="Java"), by=rui)
    closed = [each.slot for each in played.effects if isinstance(each, CloseSlot)]
    assert closed == [slot(role="Java").id]


def test_support_only_looks():
    played, text = typed("add friday 14:00", by=SAM)
    assert "HR and recruiters" in text
    played, text = typed("close friday", slot(), by=SAM)
    assert played.effects == [each for each in played.effects if not isinstance(each, CloseSlot)]
    _, text = typed("friday", slot(), by=SAM)
    assert slot().label in text
