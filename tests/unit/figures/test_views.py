"""Figures by group, week and hour: small groups hidden, chance told from change, days those of the reader's zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from conversations.figures import (
    CUT,
    FIGURES,
    AttemptFacts,
    Change,
    Question,
    by_group,
    change,
    cuts_at,
    heat_of,
    parts_of,
    periods_until,
    points_of,
    rate,
    tally,
    trend_of,
)
from conversations.figures.dimensions import dimension, value_of
from conversations.interview import Outcome, Reason
from tests.unit.figures.test_reference import LATER, START, fact, missed

RATE = FIGURES["no_show_rate"].how.counts
DAY = timedelta(days=1)
SHANGHAI = "Asia/Shanghai"


def grouped(facts: list[AttemptFacts], by: str):
    return by_group(tally(facts, Question(RATE, (by,)), LATER))


def some(k: int, n: int, **known) -> list[AttemptFacts]:
    """Return n attempts of whom k did not come."""
    return [missed(**known)] * k + [fact(Outcome.JOINED, **known)] * (n - k)


def differ(now: tuple[int, int], before: tuple[int, int], comparisons: int = 1) -> Change:
    found = change(rate(*now), rate(*before), comparisons)
    assert found is not None
    return found


# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10: (a) 56/70 - 48/80, (b) 9/10 - 3/10,
# (e) 5/56 - 0/29, (h) 10/10 - 0/10.
@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombes_interval_of_a_difference(now, before, low, high):
    found = differ(now, before)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    assert found.is_significant == (low > 0)


def test_a_change_needs_both_sides():
    assert change(rate(1, 2), rate(0, 0)) is None


def test_many_comparisons_at_once_need_more_evidence():
    one, many = differ((12, 40), (20, 140)), differ((12, 40), (20, 140), 10)
    assert one.is_significant
    assert not many.is_significant


def test_small_groups_are_hidden_among_the_others():
    facts = some(2, 6, role="sales") + some(4, 4, role="tech") + [fact(None, role="tech")] * 9
    facts += some(5, 5, role="design") + some(1, 3, role="law")
    found = grouped(facts, "role")
    assert [(group.value, group.rate.k, group.rate.n) for group in found.groups] == [
        ("design", 5, 5),
        ("sales", 2, 6),
    ]
    assert (found.others.groups, found.others.attempts, found.others.rate.k) == (2, 7, 5)
    assert (found.average.k, found.average.n) == (12, 18)


def test_others_that_are_few_even_together_have_no_rate():
    assert grouped(some(1, 9, role="sales") + some(1, 4, role="law"), "role").others.rate is None
    assert grouped(some(1, 9, role="sales"), "role").others is None


def test_a_group_stands_out_when_it_is_above_the_rest_for_more_than_chance():
    facts = some(15, 30, source="fair") + some(10, 100, source="web") + some(3, 10, source="friend")
    found = {group.value: group for group in grouped(facts, "source").groups}
    assert [value for value, group in found.items() if group.stands_out] == ["fair"]
    assert not found["web"].stands_out, "it differs, but downwards"
    assert found["web"].against.is_significant


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("role", "role"), ("岗位", "role"), ("Job", "role"), ("来源", "source"), ("lead time", "lead"),
        ("年龄段", "age"), ("tag:City", "tag:City"), ("标签:校区", "tag:校区"), ("shoe size", None),
    ],
)  # fmt: skip
def test_dimensions_are_asked_for_in_both_languages(typed, name):
    assert dimension(typed) == name


def test_any_tag_is_a_dimension_and_the_age_band_one_of_its_own():
    one = fact(tags={"city": "Wuhan", "年龄段": "25-29"})
    assert (value_of(one, "tag:city"), value_of(one, "age"), value_of(fact(), "age")) == (
        "Wuhan",
        "25-29",
        "",
    )
    facts = some(5, 5, tags={"city": "Wuhan"}) + some(1, 6)
    assert [group.value for group in grouped(facts, "tag:city").groups] == ["Wuhan", ""]


@pytest.mark.parametrize(
    ("lead", "value"),
    [
        (timedelta(0), ""), (-DAY, ""), (timedelta(seconds=1), "under 1 day"), (DAY, "1-3 days"),
        (3 * DAY, "3-7 days"), (7 * DAY, "over 7 days"), (90 * DAY, "over 7 days"),
    ],
)  # fmt: skip
def test_lead_times(lead, value):
    assert value_of(fact(booked_at=START - lead), "lead") == value


def test_hours_are_those_of_the_place():
    one = fact(zone=SHANGHAI)  # 06:00 UTC on a Tuesday
    assert (value_of(one, "hour"), value_of(one, "weekday")) == ("14", "2")
    facts = some(2, 6, zone=SHANGHAI) + some(1, 4, zone="UTC")
    found = heat_of(tally(facts, Question(RATE, ("weekday", "hour")), LATER))
    assert {cell: (each.k, each.n) for cell, each in found.cells.items()} == {(2, 14): (2, 6)}
    assert found.hidden == 4


def test_of_several_findings_the_worst_counts():
    assert value_of(fact(check_codes=("NET-SLOW", "WEB-OK", "CAM-BUSY")), "check") == "CAM-BUSY"
    assert value_of(fact(check_codes=("WEB-OK",)), "check") == "fine"
    assert value_of(fact(), "check") == ""


def test_technical_no_shows_are_split_by_what_their_check_found():
    how = FIGURES["technical_checks"].how
    facts = [missed(Reason.TECHNICAL, check_codes=("CAM-BUSY",))] * 3 + [missed(Reason.TECHNICAL)] * 2
    facts += [missed(Reason.FORGOT, check_codes=("CAM-BUSY",))]
    found = parts_of(tally(facts, Question(how.counts, ("check",)), LATER), "technical_checks")
    assert [(part.value, part.k, part.ratio) for part in found] == [("CAM-BUSY", 3, 0.6), ("", 2, 0.4)]
    few = tally(facts[1:], Question(how.counts, ("check",)), LATER)
    assert parts_of(few, "technical_checks") == ()


# -- along time ------------------------------------------------------------------------------------------


def test_periods_are_the_readers_and_weeks_begin_on_monday():
    night = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)  # Monday, 01:00 in Shanghai
    assert periods_until(night, SHANGHAI, "week", 2) == (date(2026, 11, 23), date(2026, 11, 30))
    assert periods_until(night, "UTC", "week", 2) == (date(2026, 11, 16), date(2026, 11, 23))
    assert periods_until(night, SHANGHAI, "day", 2) == (date(2026, 11, 29), date(2026, 11, 30))
    assert periods_until(night, "UTC", "month", 12)[0] == date(2025, 12, 1)
    facts = [missed(starts_at=night - DAY), missed(starts_at=night), fact(Outcome.JOINED, starts_at=night)]
    weeks = periods_until(night, SHANGHAI, "week", 2)
    found = points_of(tally(facts, Question(RATE, (CUT,), cuts=cuts_at(weeks, SHANGHAI)), LATER), weeks)
    assert [(point.first, point.rate.k, point.rate.n) for point in found] == [
        (date(2026, 11, 23), 1, 1),
        (date(2026, 11, 30), 1, 2),
    ]


def weekly(*ks: int, n: int = 20):
    """Return a trend whose weeks have these no-shows, the last week the running one."""
    weeks = periods_until(START, SHANGHAI, "week", len(ks))
    facts = []
    for first, k in zip(weeks, ks, strict=True):
        at = datetime(first.year, first.month, first.day, 6, tzinfo=UTC)
        facts += some(k, n, starts_at=at)
    return trend_of(tally(facts, Question(RATE, (CUT,), cuts=cuts_at(weeks, SHANGHAI)), LATER), weeks)


@pytest.mark.parametrize(
    ("weeks", "streak"),
    [((5, 4, 3, 2, 9), -3), ((1, 2, 1, 2, 0), 1), ((2, 2, 2), 0), ((3,), 0), ((5, 6, 7, 0), 2)],
)
def test_a_streak_is_of_whole_weeks(weeks, streak):
    assert weekly(*weeks).streak == streak


def test_a_trend_is_significant_or_within_chance():
    falling = weekly(6, 6, 6, 6, 1, 1, 1, 1, 0)
    assert (falling.change.before.n, falling.change.now.n) == (80, 80)
    assert falling.change.is_significant
    assert not weekly(3, 3, 3, 3, 2, 3, 2, 3, 9).change.is_significant
    assert weekly(1, 2, 1).change is None
    assert [point.rate.n for point in weekly(1, 2, 1).points] == [20, 20, 20]
