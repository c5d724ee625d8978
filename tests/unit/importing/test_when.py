"""Start times as recruiters write them: read right, or refused with what to write instead."""

import re
from datetime import UTC, datetime

import pytest

from bot.importing.problems import Unclear, in_english
from bot.importing.when import When, join_day_and_time, read_when
from tests.unit.importing.lists import NOW


def when(
    text: str, zone: str = "Asia/Shanghai", *, is_zone_given: bool = False, is_past: bool = False
) -> When:
    return read_when(text, zone, NOW, is_zone_given=is_zone_given, is_past=is_past)


def refusal(text: str, zone: str = "Asia/Shanghai") -> str:
    with pytest.raises(Unclear) as caught:
        when(text, zone)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    """2026-11-24 14:00
2026-11-24 14:00:00
2026-11-24T14:00
2026-11-24T14:00:00+08:00
2026-11-24T14:00:00.000+0800
2026-11-24T06:00:00Z
2026-11-24 06:00Z
20261124T060000Z
20261124 14:00
2026/11/24 14:00
2026.11.24 14:00
2026-11-24 2:00 PM
2026/11/24 下午 02:00:00
2026/11/24 PM 02:00
2026年11月24日 14:00
2026年11月24日14:00
2026年11月24号下午两点
2026 年 11 月 24 日 14 点
2026年11月24日（周二）14:00
2026-11-24 星期二 14：00
２０２６－１１－２４　１４：００
26年11月24日 14:00
11月24日 14:00
11月24日下午2点
11月24日 下午2:00
11月24日十四点整
2026-11-24 14時00分
2026-11-24(火) 14:00
11/24 14:00
11-24 14:00
11.24 14:00
24.11.2026 14:00
24.11.2026, 14 Uhr
24.11. 14.00 Uhr
Di., 24. November 2026, 14:00 Uhr
Dienstag, 24.11.2026 um 14h
24/11/2026 14:00
11/24/2026 2:00 PM
Nov 24, 2026 2:00 PM
November 24 2026 2pm
Tuesday, November 24th, 2026 at 2:00 p.m.
24 Nov 2026 14:00
24-Nov-2026 14:00
Tue, 24 Nov 2026 14:00:00 +0800
Nov 24 2:00 PM
2026-11-24 14:00 北京时间
北京时间 2026-11-24 14:00
2026-11-24 14:00 (UTC+8)
2026-11-24 14:00 GMT+08:00
2026-11-24 14:00 开始""".splitlines(),
)
def test_the_same_afternoon(text: str) -> None:
    found = when(text)
    assert (found.wall, found.zone) == (datetime(2026, 11, 24, 14), "Asia/Shanghai")
    assert (found.at, found.note) == (datetime(2026, 11, 24, 6, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("上午9点", 9, 0), ("早上8点半", 8, 30), ("中午12点", 12, 0), ("中午1点", 13, 0), ("下午2点半", 14, 30),
        ("下午两点一刻", 14, 15), ("下午三点三刻", 15, 45),
        ("下午5点05分", 17, 5), ("傍晚6点", 18, 0), ("晚上7点半", 19, 30),
        ("晚7点", 19, 0), ("9点", 9, 0), ("十点二十", 10, 20),
        ("14点05", 14, 5), ("二十点", 20, 0), ("下午14:30", 14, 30),
        ("12:30 pm", 12, 30), ("9 a.m.", 9, 0), ("14h30", 14, 30), ("8:05", 8, 5),
    ],
)  # fmt: skip
def test_times_of_day(text: str, hour: int, minute: int) -> None:
    assert when(f"2026-11-24 {text}").wall == datetime(2026, 11, 24, hour, minute)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-11-24 14:00-15:30", (15, 30)),
        ("11月24日 14:00~15:00", (15, 0)), ("11月24日下午2点至3点半", (15, 30)),
        ("Nov 24, 2026 2:00-3:00 PM", (15, 0)),
        ("2026-11-24 14:00 to 15:00", (15, 0)), ("24.11.2026 14:00 – 15:00", (15, 0)),
    ],
)  # fmt: skip
def test_spans(text: str, end: tuple[int, int]) -> None:
    found = when(text)
    assert (found.wall, found.ends) == (datetime(2026, 11, 24, 14), datetime(2026, 11, 24, *end))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03/04/2026 14:00", "can mean two days"),
        ("3/4 14:00", "can mean two days"),
        ("11.12 14:00", "can mean two days"),
        ("26/11/24 14:00", "does not tell the year"),
        ("24.11.26 14:00", "does not tell the year"),
        ("2026-02-30 10:00", "there is no such day"),
        ("2月29日 10:00", "there is no such day"),
        ("13月1日 10:00", "there is no such day"),
        ("2026-11-31 10:00", "there is no such day"),
        ("9999-11-24 14:00", "the year cannot be right"),
        ("0001-01-01 00:00", "the year cannot be right"),
        ("2026-11-24", "no time of day"),
        ("11月24日", "no time of day"),
        ("Nov 24, 2026", "no time of day"),
        ("14:00", "a time but no date"),
        ("明天下午2点", "a time but no date"),
        ("2026-11-24 24:00", "no such time of day"),
        ("2026-11-24 14:60", "no such time of day"),
        ("2026-11-24 上午14:00", "no such time of day"),
        ("2026-11-24 晚上3点", "no such time of day"),
        ("2026-11-24 2点", "morning or in the afternoon"),
        ("11月24日两点半", "morning or in the afternoon"),
        ("2026-11-24 周三 14:00", "not that day of the week"),
        ("Mon 24 Nov 2026 14:00", "not that day of the week"),
        ("2026-11-24 14:00-13:00", "the end is not after the start"),
        ("2026-11-24 14:00 CST", "cst is neither part of a time nor a zone"),
        ("2026-11-24 14:00（线上）", "(线上) is neither"),
        ("2026-11-24 14:00 10:00", "10:00 is neither"),
        ("11月24日-25日 14:00", "-25日 is neither"),
        ("2026-11-24 14:00:00+20:00", "no place is that far"),
        ("46350.5833333333", "Excel's inner number"),
        ("46350", "Excel's inner number"),
        ("待定", "cannot be read"),
        ("next week", "cannot be read"),
        ("2026-11-24 1400", "cannot be read"),
        ("14", "cannot be read"),
    ],
)
def test_what_is_missing_impossible_or_ambiguous_is_refused(text: str, said: str) -> None:
    sentence = refusal(text)
    assert said in sentence
    assert text in sentence
    assert re.search(r"[.?] [A-Z]", sentence), "what is wrong, then what to do"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11月24日 10:00", "2026-11-24"), ("1月5日 10:00", "2027-01-05"), ("11月20日 10:00", "2026-11-20"),
        ("8月20日 10:00", "2027-08-20"), ("31 Dec 10:00", "2026-12-31"),
    ],
)  # fmt: skip
def test_without_a_year_it_is_the_next_such_day_or_one_just_past(text: str, day: str) -> None:
    """A list read again after its interviews must not move them by a year."""
    assert when(text).wall.date().isoformat() == day


def test_a_past_interview_without_a_year_is_the_last_such_day() -> None:
    assert when("3月5日 10:00", is_past=True).wall == datetime(2026, 3, 5, 10)
    assert when("12月5日 10:00", is_past=True).wall == datetime(2025, 12, 5, 10)


def test_a_time_that_the_clocks_skip_does_not_exist() -> None:
    assert "does not exist in Europe/Berlin" in refusal("2027-03-28 02:30", "Europe/Berlin")
    assert "does not exist in America/New_York" in refusal("2027-03-14 02:30", "America/New_York")


def test_of_a_time_shown_twice_the_first_is_meant() -> None:
    found = when("2027-10-31 02:30", "Europe/Berlin")
    assert found.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert found.note
    assert "twice" in in_english(found.note)


@pytest.mark.parametrize("text", ["2026-11-24 00:00", "2026-11-24 2:00", "2026-11-24 23:30"])
def test_a_start_at_night_is_questioned(text: str) -> None:
    note = when(text).note
    assert note
    assert "at night" in in_english(note)


def test_zones() -> None:
    berlin = when("2026-11-24 14:00", "Europe/Berlin")
    assert berlin.at == datetime(2026, 11, 24, 13, tzinfo=UTC)
    named = when("2026-11-24 14:00 CET")
    assert (named.wall, named.zone, named.at) == (berlin.wall, "Europe/Berlin", berlin.at)
    given = when("2026-11-24 21:00 北京时间", "Europe/Berlin", is_zone_given=True)
    assert (given.wall, given.zone, given.at) == (berlin.wall, "Europe/Berlin", berlin.at)
    offset = when("2026-11-24T14:00:00+01:00")
    assert (offset.wall, offset.zone, offset.at) == (datetime(2026, 11, 24, 21), "Asia/Shanghai", berlin.at)


def test_an_offset_is_no_span() -> None:
    assert when("2026-11-24 04:00:00-05").at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert when("2026-11-24T04:00-05:00").at == datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "joined"),
    [
        ("2026-11-24", "14:00", "2026-11-24 14:00"),
        ("2026-11-24 00:00:00", "14:00", "2026-11-24 14:00"),
        ("2026/11/24 0:00", "下午2点", "2026/11/24 下午2点"),
        ("11月24日", "", "11月24日"),
        ("", "14:00", "14:00"),
        ("2026-11-24", "2026-11-25 14:00", "2026-11-25 14:00"),
    ],
)
def test_day_and_time_of_two_columns(day: str, clock: str, joined: str) -> None:
    assert join_day_and_time(day, clock) == joined
