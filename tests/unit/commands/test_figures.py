"""What figures answer: the finding first, its definition beside it, days with their zone, small groups hidden."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.figures.overview import Filter, Unmatched
from conversations.interview import Reason
from tests.support import figured
from tests.support.figured import DAY, LIVE_ON, MISSION, NOW, WEEK, reasons, some
from tests.support.staff_scenes import HAN, POLICY, Stage, text_of

SCREEN = 20
HERE = replace(POLICY, go_live=LIVE_ON)
FIVE = (Reason.FORGOT,) * 4 + (None,)


def shown(line: str, by: Any = HAN, *, private: bool = True, policy: Any = POLICY, **found: Any) -> list[str]:
    played = Stage(found=found, policy=policy)
    lines = text_of(played.types(line, by, private=private)).splitlines()
    assert len(lines) <= SCREEN, lines
    assert text_of(played.types(line, by, private=private), "zh_Hans")
    return lines


def whole() -> tuple[Any, ...]:
    """Return 40 interviews of yesterday, 5 of them missed, and 40 of a month before, 15 of them missed."""
    return (
        *some(35, 0),
        *reasons(*FIVE),
        *some(40, 15, NOW - 30 * DAY, 3000),
    )


# -- stats -----------------------------------------------------------------------------------------------


def test_stats_begin_with_the_rate_and_end_with_what_to_do():
    lines = shown("stats last30d", stats=lambda args: figured.stats(whole(), args, POLICY))
    assert lines[0] == "No-show rate, Mon 26 Oct to Tue 24 Nov (Asia/Shanghai): 12.5% (5 of 40)."
    assert lines[1] == "95% range: between 5.5% and 26.1%"
    assert lines[2] == "Against the same time before: -25 percentage points, from 37.5%: significant"
    assert lines[3].startswith("Of the interviews that were due")
    assert "Reasons: forgot the time 80% (4) and reason unknown 20% (1)" in lines
    handling = "median 1 hour 20 minutes, nine in ten within 1 hour 20 minutes, 0% over 2 hours (n = 5)"
    assert f"No-show handling time: {handling}" in lines
    assert "asked within the hour: 100% (5 of 5)" in lines
    assert "recovered after a no-show: 0% (0 of 5)" in lines
    assert lines[-2].startswith("Who they were: list no_show.")
    assert lines[-1] == "[Open the figures → hr]"


def test_a_change_that_chance_explains_says_so():
    facts = (*some(40, 5), *some(40, 7, NOW - 10 * DAY, 3000))
    lines = shown("stats last7d", stats=lambda args: figured.stats(facts, args, POLICY))
    assert lines[2].endswith(", from 17.5%: within chance")


def test_satisfaction_stands_beside_its_share_of_answers():
    facts = (
        *some(4, 0, rating=5, surveyed=True),
        *some(2, 0, first=2000, rating=2, surveyed=True),
        *some(4, 0, first=3000, surveyed=True),
    )
    lines = shown("stats", stats=lambda args: figured.stats(facts, args, POLICY))
    said = "satisfied candidates: 66.7%, 4.0 of 5 on average (n = 6; 60% of those asked answered)"
    assert said in lines


def test_stats_ask_for_days_groups_and_filters_in_any_order_and_width():
    played = Stage()
    played.types("统计 按：岗位 last7d 来源：校招")
    assert played.asked == [("stats", {"when": "last7d", "by": "岗位", "source": "校招"})]


def test_groups_stand_beside_the_average_and_small_ones_are_hidden():
    facts = (
        *some(30, 15, role="Sales"),
        *some(100, 10, first=2000, role="Java"),
        *some(3, 3, first=4000, role="Cook"),
        *some(4, 1, first=5000, role="Chef"),
    )
    lines = shown("stats by:role", stats=lambda args: figured.stats(facts, args, POLICY))
    assert lines[0].endswith("21.2% (29 of 137).")
    assert lines[1] == "By role, the highest first:"
    assert lines[2] == "Sales: 50% (15 of 30), between 33.2% and 66.8%, above"
    assert lines[3] == "Java: 10% (10 of 100), between 5.5% and 17.4%, below"
    hidden = "2 groups are hidden: fewer than 5 interviews each. Together: 57.1% (4 of 7)"
    assert lines[4] == hidden
    assert not any("Cook" in line or "Chef" in line for line in lines)


def test_what_is_narrowed_down_to_a_few_is_not_shown():
    few = figured.stats(some(4, 1), {}, POLICY, Filter("role", ("Java",)))
    lines = shown("stats job:Java", stats=few)
    assert lines[0].startswith("Only 4 interviews were due, ")
    assert "role Java" in lines[0]
    assert "25%" not in "\n".join(lines)


@pytest.mark.parametrize(
    "line", ["stats gibberish", "stats shoe:42x last7d", "stats state:no_show", "stats --csvv"]
)
def test_what_cannot_be_read_gets_one_clear_line_and_is_not_looked_up(line):
    played = Stage()
    lines = text_of(played.types(line)).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Try: stats last7d")
    assert played.asked == []


def test_a_filter_that_nothing_has_names_what_there_is():
    lines = shown("stats source:校找", stats=Unmatched("source", "校找", ("校招", "内推")))
    assert lines[0] == "Nothing has “source:校找”."
    assert lines[1] == "There are: 校招 and 内推"
    lines = shown("stats by:shoes", stats=Unmatched("by", "shoes"))
    assert lines[0] == "Figures cannot be split by “shoes”: there is no such column."
    assert "tag:校区=北京" in shown("stats tag:北京", stats=Unmatched("tag", "北京"))[0]


def test_what_the_figures_mean_can_be_read():
    for line in ("stats definitions", "统计 口径"):
        played = Stage()
        lines = text_of(played.types(line)).splitlines()
        assert len(lines) <= SCREEN
        assert any(line.startswith("recovered after a no-show: Of all no-shows,") for line in lines)
        assert played.asked == []


def test_of_nothing_nothing_is_said():
    lines = shown("stats today", stats=lambda args: figured.stats((), args, POLICY))
    assert lines[0] == "No interview was due, Tue 24 Nov (Asia/Shanghai)."


def test_the_rate_has_a_chinese_word():
    assert "12.5%" in text_of(Stage().says("未参加率"))


# -- reasons ---------------------------------------------------------------------------------------------


def test_reasons_tell_the_unknown_and_what_lay_behind_technical_problems():
    facts = (
        *reasons(*(Reason.TECHNICAL,) * 4, check_codes=("CAM-BUSY",), device="wechat android"),
        *reasons(Reason.TECHNICAL, Reason.FORGOT, None, None),
    )
    lines = shown("reasons", reasons=lambda args: figured.why(facts, args, POLICY))
    assert lines[0].startswith("Most often: technical problem, 62.5% of 8 no-shows, ")
    assert lines[1:4] == [
        "technical problem 62.5% (5)",
        "forgot the time 12.5% (1)",
        "reason unknown 25% (2)",
    ]
    found = "Technical: the device check had found: "
    assert (
        f"{found}Another program is using the camera (CAM-BUSY) 80% (4) and no device check 20% (1)" in lines
    )
    assert "Technical: browser and system: wechat android 80% (4) and no device check 20% (1)" in lines
    assert "Technical problems are 83.3% of the known reasons (5 of 6)." in "\n".join(lines)
    assert "Preview: config set rungs 24h,2h,1h --dry-run" in "\n".join(lines)


def test_when_nobody_missed_anything_there_is_no_reason():
    lines = shown("原因", reasons=lambda args: figured.why(some(9, 0), args, POLICY))
    assert lines[0].startswith("Nobody missed an interview, ")
    told = shown("reasons", reasons=lambda args: figured.why(reasons(None, None), args, POLICY))
    assert told[0].startswith("Nobody said why: 2 no-shows, ")


# -- trend -----------------------------------------------------------------------------------------------


def test_a_trend_says_for_how_long_it_falls():
    facts = [one for n in range(1, 10) for one in some(20, n, NOW - n * WEEK, 100 * n)]
    lines = shown("趋势", trend=figured.weeks(facts))
    assert lines[0] == "No-show rate 5%, falling for 8 weeks: Mon 7 Sep to Tue 24 Nov (Asia/Shanghai)."
    assert lines[1].startswith("Last 4 whole weeks against the 4 before: -20 percentage points")
    assert lines[1].endswith("significant")
    assert "Mon 16 Nov: 5% (1 of 20)" in lines
    assert "Mon 23 Nov: nobody was due" in lines
    assert lines[2] == "Mon 21 Sep: 45% (9 of 20)", "weeks before the first interview say nothing"


def test_a_trend_of_nothing():
    assert shown("trend", trend=figured.weeks(()))[0].startswith("No interview was due, ")


# -- report ----------------------------------------------------------------------------------------------


def test_the_proof_is_before_and_after_the_day():
    lines = shown("report 2026-09-01")
    assert lines[0] == "No-show rate 18% → 6% since Tue 1 Sep (-12 percentage points)."
    assert "no-show rate: 18% → 6%, -12 percentage points: significant (n = 100 and 100)" in lines
    assert any(line.startswith("no-show handling time: median 2 hours") for line in lines)
    assert "forgot the time: 18% → 0% (-18 percentage points)" in lines
    assert "something came up: 0% → 6% (+6 percentage points)" in lines


def test_the_day_may_stand_in_the_configuration():
    played = Stage(policy=HERE)
    played.types("report")
    assert played.asked == [("report", {"live_on": "2026-09-01"})]
    assert "Since when" in shown("report")[0]
    assert shown("report nonsense")[0] == "I cannot read “nonsense” as a day."


def test_without_a_before_it_says_what_to_import():
    late = [one for one in MISSION if one.starts_at > datetime(2026, 9, 1, tzinfo=UTC)]
    lines = shown("report", policy=HERE, report=figured.compared(late, LIVE_ON))
    assert lines[0].startswith("There is nothing from before Tue 1 Sep")
    assert "处理时长" in lines[1]
    early = [one for one in MISSION if one.starts_at < datetime(2026, 9, 1, tzinfo=UTC)]
    assert shown("report", policy=HERE, report=figured.compared(early, LIVE_ON))[0].startswith(
        "No interview was due"
    )


# -- standard --------------------------------------------------------------------------------------------


def test_the_standard_is_judged_rule_by_rule():
    facts = (*some(10, 1), *some(10, 0, first=2000, channels=("sms",)), *some(4, 0, NOW - 30 * DAY, 3000))
    lines = shown("standard", standard=figured.judged(facts, {"two_channels": (2001, 2000)}))
    assert lines[0] == "50% of interviews since Sun 1 Nov meet the whole standard (10 of 20; Asia/Shanghai)."
    assert "reminded on two channels: 50% (10 of 20), the month before 100%" in lines
    assert "asked within the hour: 100% (1 of 1)" in lines
    assert "Missed “reminded on two channels”, the latest: I-2001 and I-2000" in lines
    assert lines[-1] == "What happened there: why I-2001"
    assert shown("standard nonsense")[0] == "“standard” takes nothing behind it."
    assert shown("标准", standard=figured.judged((), {}))[0].startswith(
        "No interview was due since Sun 1 Nov"
    )


# -- risk ------------------------------------------------------------------------------------------------


def test_risks_are_listed_the_most_first_with_their_rules():
    risks = figured.ahead(("unconfirmed",), (), ("unbound", "no_show_before", "unconfirmed"))
    lines = shown("risk", risk=risks)
    assert lines[0] == "2 interviews are worth a look, of 3: Tue 24 Nov to Tue 1 Dec (Asia/Shanghai)."
    assert lines[1] == "In all: cannot be reached yet (1), no-show before (1), and not confirmed (2)"
    assert lines[2].startswith("I-1002 李雷, Java: ")
    assert lines[2].endswith("cannot be reached yet, no-show before, not confirmed")
    assert lines[-2].startswith("Rules: ")
    assert lines[-1] == "Nudge one: remind I-1002. Their own link: link I-1002"
    assert "李雷" not in "\n".join(shown("risk", private=False, risk=risks))


def test_many_risks_are_one_screen_and_more():
    risks = figured.ahead(*(("unconfirmed",),) * 20)
    assert "12 more: risk tomorrow +2" in shown("risk tomorrow", risk=risks)
    assert shown("risk +3", risk=risks)[2].startswith("I-1016")


def test_when_nothing_is_at_risk():
    lines = shown("风险 明天", risk=figured.ahead((), ()))
    assert lines[0].startswith("Nothing to worry about in 2 interviews: ")
    assert shown("risk gibberish")[0] == "I cannot read “gibberish” as days."


def test_what_is_asked_of_risks():
    played = Stage()
    played.types("risk tomorrow +2")
    assert played.asked == [("risk", {"when": "tomorrow"})]
