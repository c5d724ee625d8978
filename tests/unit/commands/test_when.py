"""Days and times as staff type them, read on the clocks of a zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from conversations.understanding.when import (
    backwards_in,
    impossible_in,
    later_by,
    moment_of,
    split_moment,
    when_of,
)
from locales.zones import local

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("today", "2026-11-23T00:00", "2026-11-24T00:00"),
        ("今天", "2026-11-23T00:00", "2026-11-24T00:00"),
        ("明天", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("Tomorrow", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("后天", "2026-11-25T00:00", "2026-11-26T00:00"),
        ("昨天", "2026-11-22T00:00", "2026-11-23T00:00"),
        ("周五", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("星期一", "2026-11-23T00:00", "2026-11-24T00:00"),
        ("fri", "2026-11-27T00:00", "2026-11-28T00:00"),
        ("today 10:00..11:30", "2026-11-23T10:00", "2026-11-23T11:30"),
        ("今天 10点到11点", "2026-11-23T10:00", "2026-11-23T11:00"),
        ("明天10:00-11:00", "2026-11-24T10:00", "2026-11-24T11:00"),
        ("10:00..11:00", "2026-11-23T10:00", "2026-11-23T11:00"),
        ("2026-11-24 22:00..2026-11-25 02:00", "2026-11-24T22:00", "2026-11-25T02:00"),
        ("next friday", "2026-12-04T00:00", "2026-12-05T00:00"),
        ("下周五", "2026-12-04T00:00", "2026-12-05T00:00"),
        ("上周日", "2026-11-22T00:00", "2026-11-23T00:00"),
        ("本周", "2026-11-23T00:00", "2026-11-30T00:00"),
        ("上个月", "2026-10-01T00:00", "2026-11-01T00:00"),
        ("next month", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("last7d", "2026-11-17T00:00", "2026-11-23T10:00"),
        ("last 7 days", "2026-11-17T00:00", "2026-11-23T10:00"),
        ("最近7天", "2026-11-17T00:00", "2026-11-23T10:00"),
        ("last1d", "2026-11-23T00:00", "2026-11-23T10:00"),
        ("next24h", "2026-11-23T10:00", "2026-11-24T10:00"),
        ("未来3天", "2026-11-23T10:00", "2026-11-26T00:00"),
        ("2026-11-24", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("2026/11/24", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("２０２６年１１月２４日", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("11月24日", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("1-5", "2027-01-05T00:00", "2027-01-06T00:00"),
        ("24 Nov", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("Nov 24, 2025", "2025-11-24T00:00", "2025-11-25T00:00"),
        ("2026-02", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("2026-11-01..2026-11-30", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("11月1日到11月5日", "2026-11-01T00:00", "2026-11-06T00:00"),
        ("today to friday", "2026-11-23T00:00", "2026-11-28T00:00"),
    ],
)
def test_days_lie_between_two_instants(text, first, after):
    found = when_of(text, NOW, ZONE)
    assert found is not None
    assert [local(at, ZONE) for at in found] == [datetime.fromisoformat(first), datetime.fromisoformat(after)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "banana",
        "I-1024",
        "1024",
        "2026-13-01",
        "2026-02-30",
        "last0d",
        "2026-11-30..2026-11-01",
        "may",
        "11:00..10:00",
        "10..11",
        "10:00..25:00",
    ],
)
def test_what_names_no_days_is_not_guessed(text):
    assert when_of(text, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("remind 2026-02-30", "2026-02-30"),
        ("11月31日", "11月31日"),
        ("today 10:00..25:00", "25:00"),
        ("2026-11-25T24:30", "2026-11-25t24:30"),
        ("2026-11-25 14:00", ""),
        ("I-1024 李雷 2026-11", ""),
    ],
)
def test_what_is_on_no_calendar_or_clock_is_named(text, wrong):
    assert impossible_in(text) == wrong


def test_a_day_is_that_of_the_zone():
    start, _ = when_of("today", datetime(2026, 11, 23, 17, 0, tzinfo=UTC), ZONE) or (None, None)
    assert start == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_all_reaches_a_year_either_way():
    start, end = when_of("all", NOW, ZONE) or (NOW, NOW)
    assert (NOW - start).days == (end - NOW).days == 366


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2026-11-25T14:00", "2026-11-25T14:00"),
        ("2026-11-25 14:00", "2026-11-25T14:00"),
        ("11月25日14：00", "2026-11-25T14:00"),
        ("明天14:00", "2026-11-24T14:00"),
        ("明天下午3点半", "2026-11-24T15:30"),
        ("周五 9点", "2026-11-27T09:00"),
        ("tomorrow 3pm", "2026-11-24T15:00"),
        ("tomorrow 12am", "2026-11-24T00:00"),
        ("14:00", "2026-11-23T14:00"),
        ("2026-11-25T14:00+01:00", "2026-11-25T21:00"),
        ("2026-11-25T14:00Z", "2026-11-25T22:00"),
    ],
)
def test_a_moment_is_a_day_and_a_time(text, wall):
    found = moment_of(text, NOW, ZONE)
    assert found is not None
    assert local(found, ZONE) == datetime.fromisoformat(wall)


@pytest.mark.parametrize("text", ["", "明天", "5", "today 25:00", "99-99 14:00", "14:75", "soon"])
def test_half_a_moment_is_none(text):
    assert moment_of(text, NOW, ZONE) is None


def test_a_bare_time_is_one_of_the_day_given():
    found = moment_of("15:00", NOW, ZONE, date(2026, 12, 1))
    assert found == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "name", "when"),
    [
        ("I-1024 2026-11-25T14:00", "I-1024", "2026-11-25T14:00"),
        ("李雷 明天 14:00", "李雷", "明天 14:00"),
        ("Anna Smith 25 Nov 9:30", "Anna Smith", "25 Nov 9:30"),
        ("1024 14:00", "1024", "14:00"),
        ("李雷 +2h", "李雷", "+2h"),
        ("李雷 2026-11-25 14:00 @Europe/Berlin", "李雷", "2026-11-25 14:00 @Europe/Berlin"),
        ("张三 下周一上午十点", "张三", "下周一上午十点"),
        ("1024", "1024", ""),
        ("", "", ""),
    ],
)
def test_what_stands_before_a_moment_names_the_interview(typed, name, when):
    assert split_moment(typed) == (name, when)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-11-25T14:00@Europe/Berlin", datetime(2026, 11, 25, 13, tzinfo=UTC)),
        ("2026-11-25 14:00 @Tokyo", datetime(2026, 11, 25, 5, tzinfo=UTC)),
        ("2027-03-14T02:30@America/New_York", datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        ("2026-11-30 上午十点", datetime(2026, 11, 30, 2, tzinfo=UTC)),
        ("2026-11-30 下午两点半", datetime(2026, 11, 30, 6, 30, tzinfo=UTC)),
        ("2026-11-30 二十三点十五分", datetime(2026, 11, 30, 15, 15, tzinfo=UTC)),
    ],
)
def test_a_zone_or_hours_in_words_are_read(typed, utc):
    assert moment_of(typed, NOW, "Asia/Shanghai") == utc


def test_a_zone_that_is_none_is_not_guessed():
    assert moment_of("2026-11-25T14:00@Mars/Olympus", NOW, ZONE) is None
    assert moment_of("2026-11-25T14:00@CST", NOW, ZONE) is None


@pytest.mark.parametrize(
    ("typed", "span"),
    [
        ("+2h", timedelta(hours=2)),
        ("+30m", timedelta(minutes=30)),
        ("+1天", timedelta(days=1)),
        ("+0h", None),
        ("+2", None),
    ],
)
def test_so_much_later(typed, span):
    assert later_by(typed) == span
    assert when_of(typed, NOW, ZONE) == (None if span is None else (NOW, NOW + span))


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("2026-11-30..2026-11-01", True),
        ("2026-11-01..2026-11-30", False),
        ("tomorrow..today", True),
        ("a..b", False),
    ],
)
def test_a_span_that_ends_before_it_begins_is_seen(typed, wrong):
    assert bool(backwards_in(f"job {typed}")) is wrong


@pytest.mark.parametrize("typed", ["30 february", "feb 30", "2月30日", "2026-02-30"])
def test_a_day_that_its_month_does_not_have_is_seen(typed):
    assert impossible_in(f"list {typed}") == typed
