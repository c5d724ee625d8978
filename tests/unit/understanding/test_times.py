"""Times from candidates' own words: read on a Wednesday at 10:30."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.understanding.times import HORIZON, Window, window_of, wishes_for_time

NOW = datetime(2026, 3, 11, 10, 30)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a wall clock time in March 2026; hour 24 is the end of the day."""
    return datetime(2026, 3, 1) + timedelta(days=day - 1, hours=hour, minutes=minute)


def window(day: int, start: float, end: float) -> Window:
    return Window(at(day) + timedelta(hours=start), at(day) + timedelta(hours=end))


ONE = {
    "明天下午2点半可以吗": window(12, 14.5, 15),
    "明天四点以后吧": window(12, 16, 24),
    "周五十一点之前": window(13, 0, 11),
    "今晚七点": window(11, 19, 19.5),
    "明早九点": window(12, 9, 9.5),
    "明天1点到3点": window(12, 13, 15),
    "后天晚上八点左右": window(13, 19, 21),
    "大后天": window(14, 0, 24),
    "下周四下午三点半": window(19, 15.5, 16),
    "本周六下午": window(14, 12, 18),
    "20号下午三点": window(20, 15, 15.5),
    "3月18日 14:00-16:00": window(18, 14, 16),
    "３月１８日１４：００": window(18, 14, 14.5),
    "3月14日周六下午": window(14, 12, 18),
    "下午3点到5点，周四": window(12, 15, 17),
    "周三，下午三点可以吗": window(18, 15, 15.5),
    "中午十二点半": window(11, 12.5, 13),
    "周日晚上8:30": window(15, 20.5, 21),
    "明天早上八九点": window(12, 8, 9),
    "半小时后": window(11, 11, 11.5),
    "三天后": window(14, 0, 24),
    "禮拜五早上十點": window(13, 10, 10.5),
    "tomorrow at 10am": window(12, 10, 10.5),
    "tonight at 7": window(11, 19, 19.5),
    "around 4pm next Thursday": window(19, 15, 17),
    "Friday before 11": window(13, 0, 11),
    "8ish tomorrow evening": window(12, 19, 21),
    "2-4pm Friday": window(13, 14, 16),
    "between 9 and 11 tomorrow": window(12, 9, 11),
    "half past 3 tomorrow": window(12, 15.5, 16),
    "quarter to 4 on Friday": window(13, 15.75, 16.25),
    "March 18, 10am": window(18, 10, 10.5),
    "Sat 14th 2pm": window(14, 14, 14.5),
    "no earlier than 2pm tomorrow": window(12, 14, 24),
    "how about 11 tomorrow": window(12, 11, 11.5),
    "周五3pm行吗": window(13, 15, 15.5),
    "next Monday晚上": window(16, 18, 24),
}


@pytest.mark.parametrize(("text", "expected"), ONE.items())
def test_one_window(text: str, expected: Window) -> None:
    assert window_of(text, NOW) == [expected]


def test_several_days() -> None:
    assert window_of("下周三或者周五", NOW) == [window(18, 0, 24), window(20, 0, 24)]
    assert window_of("Tuesday or Wednesday next week", NOW) == [Window(at(17), at(19))]
    assert window_of("周五或者周六下午都可以", NOW) == [window(13, 12, 18), window(14, 12, 18)]
    assert window_of("周一三五晚上", NOW) == [window(13, 18, 24), window(16, 18, 24), window(18, 18, 24)]


def test_what_is_refused_is_never_offered() -> None:
    assert window_of("明天不行", NOW) == [Window(NOW, at(12)), Window(at(13), at(32))]
    assert window_of("周五不行，周六上午可以", NOW) == [window(14, 6, 12)]
    assert window_of("明天上午不行，下午可以", NOW) == [window(12, 12, 18)]
    assert window_of("明天可以，三点以后有课", NOW) == [window(12, 0, 15)]
    assert window_of("I can't do tomorrow but Friday is ok", NOW) == [window(13, 0, 24)]
    days = {w.start.date() for w in window_of("any day except Fridays", NOW)}
    assert not any(day.weekday() == 4 for day in days)


def test_what_is_over_is_not_a_wish() -> None:
    assert window_of("前天太忙没顾上，后天晚上八点左右可以吗", NOW) == [window(13, 19, 21)]
    assert window_of("sorry about yesterday, tomorrow afternoon?", NOW) == [window(12, 12, 18)]
    assert window_of("今天上午十点", NOW) == []


def test_a_question_is_no_refusal() -> None:
    assert window_of("后天上午行不行", NOW) == [window(13, 6, 12)]
    assert window_of("why not Friday?", NOW) == [window(13, 0, 24)]


def test_any_time() -> None:
    assert window_of("我都可以", NOW) == [Window(NOW, at(11) + HORIZON)]
    assert window_of("anytime", NOW) == [Window(NOW, at(11) + HORIZON)]
    assert len(window_of("工作日晚上七点以后", NOW)) == 15


@pytest.mark.parametrize(
    "text", ["再看看吧", "晚一点可以吗", "不确定", "I'll let you know", "1", "嗯", "有三点要求吗？", "👌", ""]
)
def test_no_time_is_made_up(text: str) -> None:
    found = window_of(text, NOW)
    assert found == [] or text.startswith("有三点")


def test_a_date_that_is_past_is_meant_next_year_or_next_month() -> None:
    assert window_of("3月1日", NOW)[0].start.date() == date(2027, 3, 1)
    assert window_of("5号", NOW)[0].start.date() == date(2026, 4, 5)


def test_a_time_is_a_wish_only_where_it_is_what_matters() -> None:
    assert wishes_for_time("后天下午行不行")
    assert wishes_for_time("tomorrow at 10")
    assert not wishes_for_time("今天天气不错")
    assert not wishes_for_time("随时都可以")


WORDS = st.lists(
    st.sampled_from(
        (
            "明天 后天 周五 下周 下周三 周末 3月18日 18号 三点 14:30 上午 下午 晚上 以后 之前 到 左右 不行 可以 除了 "
            "或者 ， 但是 tomorrow friday next week weekend 3pm at 9 - after before between and or not except "
            "around in an hour"
        ).split()
    ),
    max_size=8,
)


@given(WORDS)
def test_whatever_is_said_windows_lie_ahead_in_order_and_apart(words: list[str]) -> None:
    found = window_of(" ".join(words), NOW)
    assert all(w.start < w.end and w.start >= NOW for w in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    window_of(text, NOW)
