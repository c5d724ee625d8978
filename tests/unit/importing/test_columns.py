"""Headings in two languages and every spelling; two columns of one thing are refused with both names."""

import pytest

from bot.importing.columns import INTERVIEWS, SLOTS, Columns, Field, suggested
from bot.importing.problems import Unreadable
from bot.importing.words import words

HEADINGS = {
    Field.NAME: "姓名 候选人 候选人姓名 Name NAME Full_Name 姓　名 *姓名 姓名（必填） 姓名* ｎａｍｅ Candidate-Name",
    Field.PHONE: "手机 手机号 电话 联系电话 Phone Mobile 手机号码（11位） Phone. Tel",
    Field.EMAIL: "邮箱 电子邮件 E-mail Email e-Mail-Address EMAIL 电子邮箱",
    Field.ROLE: "岗位 职位 应聘岗位 面试岗位 Role Position Job-Title",
    Field.SOURCE: "来源 渠道 招聘渠道 Source",
    Field.CANDIDATE_TYPE: "候选人类型 类型 Candidate_Type",
    Field.STARTS_AT: "面试时间 开始时间 starts_at Starts-At StartTime 面试时间（北京时间） Interview_Time 时间",
    Field.ZONE: "时区 zone TimeZone time_zone",
    Field.LINK: "面试链接 会议链接 链接 link URL Meeting_Link",
    Field.LANGUAGE: "语言 Language",
    Field.TELEGRAM: "telegram Telegram_ID TELEGRAM",
    Field.SLACK: "slack Slack-ID",
    Field.WECOM: "wecom 企业微信 WeCom",
    Field.WECHAT: "wechat 微信 微信号 WeChat_ID",
    Field.EXTERNAL_ID: "编号 外部编号 申请编号 ID external_id Application-ID",
    Field.RECRUITER: "招聘负责人 HR 招聘官 Recruiter",
    Field.COMPANY: "公司 企业 Company",
    Field.OUTCOME: "结果 面试结果 Outcome",
    Field.REASON: "原因 未参加原因 Reason",
    Field.HANDLED: "处理时长 处理时长（分钟） 处理分钟 handled_minutes Handling-Time",
    Field.SATISFACTION: "满意度 候选人满意度 Satisfaction 满意度（1-5）",
    Field.ROW_NUMBER: "序号 No.",
}


@pytest.mark.parametrize(
    ("heading", "field"),
    [(heading, field) for field, text in HEADINGS.items() for heading in text.split(" ")],
)
def test_headings(heading: str, field: Field) -> None:
    columns = Columns.of(["候选" if field is Field.NAME else "姓名", heading], INTERVIEWS, "a.csv")
    assert columns.places.get(field) == 1


@pytest.mark.parametrize(
    "heading", ["Time zone", "Starts at", "External ID", "Telegram ID", "Interview time"]
)
def test_spaces_within_headings(heading: str) -> None:
    assert INTERVIEWS.field(heading)


@pytest.mark.parametrize(
    "heading", ["面试官", "评分", "门店", "Round", "备注", "薪资", "channel", "面试类型", "创建时间"]
)
def test_any_other_column_is_a_tag(heading: str) -> None:
    assert Columns.of(["姓名", heading], INTERVIEWS, "a.csv").tags == {1: heading}


def test_no_word_means_two_things() -> None:
    seen: dict[str, str] = {}
    for table in ("headings", "outcomes", "reasons", "satisfactions", "candidate_types"):
        seen.clear()
        for meaning, known in words(table).items():
            for word in known:
                assert seen.setdefault(word, meaning) == meaning, word


def test_every_field_has_a_heading_in_both_languages_to_suggest() -> None:
    assert {one: suggested(one) for one in (Field.LINK, Field.STARTS_AT, Field.SLACK)} == {
        Field.LINK: "面试链接 / link",
        Field.STARTS_AT: "面试时间 / starts_at",
        Field.SLACK: "slack / slack",
    }
    assert set(words("headings")) == {one.value for one in Field}


def test_headings_without_letters_are_no_columns() -> None:
    columns = Columns.of(["姓名", "", "#", "——"], INTERVIEWS, "a.csv")
    assert (list(columns.places), columns.tags) == ([Field.NAME], {})


def test_two_tags_of_one_name_are_told_apart() -> None:
    assert Columns.of(["备注", "姓名", "备注"], INTERVIEWS, "a.csv").tags == {0: "备注", 2: "备注 (3)"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("手机", "联系电话"), ("Name", "候选人"), ("面试时间", "开始时间"), ("结果", "是否参加"), ("ID", "编号"),
        ("面试时间", "面试时间"),
    ],
)  # fmt: skip
def test_two_columns_of_one_thing_are_refused_with_both_names(first: str, second: str) -> None:
    with pytest.raises(Unreadable) as caught:
        Columns.of([first, second], INTERVIEWS, "a.csv")
    assert f"the columns {first} and {second} both hold the same thing" in str(caught.value)


@pytest.mark.parametrize("clock", ["时间", "面试时间", "Start time", "时间段"])
def test_day_and_time_in_two_columns(clock: str) -> None:
    columns = Columns.of(["姓名", "面试日期", clock], INTERVIEWS, "a.csv")
    assert (columns.places[Field.DAY], columns.places[Field.TIME]) == (1, 2)
    assert columns.start is Field.DAY


def test_a_day_with_two_times_is_refused() -> None:
    with pytest.raises(Unreadable):
        Columns.of(["日期", "面试时间", "时间"], INTERVIEWS, "a.csv")


def test_a_zone_in_a_heading() -> None:
    assert Columns.of(["面试时间（东京时间）"], INTERVIEWS, "a.csv").zone_hints == {
        Field.STARTS_AT: "Asia/Tokyo"
    }
    assert Columns.of(["日期", "Time (Berlin)"], INTERVIEWS, "a.csv").zone_hints == {
        Field.TIME: "Europe/Berlin"
    }
    assert Columns.of(["面试时间（24小时制）"], INTERVIEWS, "a.csv").zone_hints == {}


def test_slot_lists_know_their_own_columns() -> None:
    columns = Columns.of(["岗位", "开始时间", "结束时间", "时长", "名额", "时区", "链接"], SLOTS, "slots.csv")
    assert set(columns.places) == {
        Field.ROLE, Field.STARTS_AT, Field.ENDS_AT, Field.DURATION, Field.CAPACITY, Field.ZONE, Field.LINK,
    }  # fmt: skip
    assert INTERVIEWS.field("名额") is None
