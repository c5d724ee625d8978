"""Rows understood: every cell in its field, everything that is wrong told at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.importing.columns import INTERVIEWS
from bot.importing.drafts import InterviewDraft, parse_interviews
from bot.importing.problems import Unreadable, in_english
from bot.importing.reading import read
from bot.importing.rows import Context, Defaults, Parsed
from conversations.interview import Outcome, Reason
from locales.text import Reader
from locales.translate import render
from tests.unit.importing.lists import CONTEXT, HEADINGS, LINK, NOW, as_csv, parse, row

FULL = {
    "申请编号": "FE-2601", "姓名": "李雷", "手机号": "138 0000 0101", "电子邮件": "LiLei@example.com",
    "应聘岗位": "前端工程师", "候选人类型": "应届", "招聘渠道": "内推", "面试时间": "2026年11月24日 下午2点半",
    "时区": "东京", "面试链接": LINK, "语言": "中文", "Telegram ID": "lilei_demo", "企业微信": "LiLei",
    "微信": "wx_lilei", "slack": "U012AB", "招聘负责人": "王敏", "门店": "南京东路店", "备注": "=1+1", "空列": "",
}  # fmt: skip


def one(cells: dict[str, str], context: Context = CONTEXT) -> Parsed[InterviewDraft]:
    table = read(as_csv(list(cells), list(cells.values())).encode(), "list.csv", INTERVIEWS)
    (parsed,) = parse_interviews(table, context).rows
    return parsed


def draft(**changes: str) -> InterviewDraft:
    parsed = one(FULL | changes)
    assert parsed.draft, told(parsed)
    return parsed.draft


def told(parsed: Parsed[InterviewDraft]) -> list[tuple[str, str]]:
    return [(fault.column, in_english(fault.reason)) for fault in parsed.faults]


def test_a_full_row() -> None:
    assert draft() == InterviewDraft(
        name="李雷",
        company="acme",
        starts_at=datetime(2026, 11, 24, 5, 30, tzinfo=UTC),
        local_start=datetime(2026, 11, 24, 14, 30),
        zone="Asia/Tokyo",
        join=LINK,
        role="前端工程师",
        phone="+8613800000101",
        email="lilei@example.com",
        hints={"telegram": "@lilei_demo", "slack": "U012AB", "wecom": "LiLei", "wechat": "wx_lilei"},
        locale="zh_Hans",
        person_zone="Asia/Tokyo",
        source="内推",
        candidate_type="campus",
        external_id="FE-2601",
        recruiter="王敏",
        tags={"门店": "南京东路店", "备注": "=1+1"},
    )


def test_the_smallest_row() -> None:
    parsed = one({"name": "Anna", "starts_at": "2026-11-24 14:00", "link": LINK})
    assert parsed.draft
    assert (parsed.draft.zone, parsed.draft.locale, parsed.draft.person_zone) == ("Asia/Shanghai", None, None)
    (note,) = parsed.notes
    assert "hand over the personal invite link" in in_english(note)


def test_day_and_time_in_two_columns() -> None:
    cells = {"姓名": "李雷", "面试日期": "2026/11/24 0:00", "面试时间": "下午2点-3点", "链接": LINK}
    parsed = one(cells)
    assert parsed.draft
    assert parsed.draft.local_start == datetime(2026, 11, 24, 14)
    assert told(one(cells | {"面试时间": ""}))[0][0] == "面试日期"
    assert told(one(cells | {"面试日期": ""})) == [
        ("面试时间", "下午2点-3点 has a time but no date. Write it like 2026-11-24 14:00.")
    ]


def test_a_zone_in_the_heading() -> None:
    parsed = one({"姓名": "李雷", "面试时间（东京时间）": "2026-11-24 14:00", "链接": LINK})
    assert parsed.draft
    assert (parsed.draft.zone, parsed.draft.starts_at.hour) == ("Asia/Tokyo", 5)


@pytest.mark.parametrize(
    ("first", "last", "name"), [("Li", "Lei", "Li Lei"), ("Anna", "", "Anna"), ("雷", "李", "李雷")]
)
def test_names_in_two_columns(first: str, last: str, name: str) -> None:
    parsed = one({"First name": first, "Last name": last, "starts_at": "2026-11-24 14:00", "link": LINK})
    assert parsed.draft
    assert parsed.draft.name == name


def test_a_meeting_number_serves_where_the_link_is_empty() -> None:
    cells = {"姓名": "李雷", "面试时间": "2026-11-24 14:00", "面试链接": "", "会议号": "123-456-789"}
    parsed = one(cells)
    assert parsed.draft
    assert parsed.draft.join == "会议号 123-456-789"
    assert told(one(cells | {"会议号": "12"}))[0][0] == "会议号"
    both = one(cells | {"面试链接": LINK})
    assert both.draft
    assert both.draft.join == LINK


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("姓名", "", "The name is missing"),
        ("姓名", "123", "123 is no name"),
        ("手机号", "1.38E+10", "lost its digits to Excel"),
        ("电子邮件", "lilei", "no e-mail address"),
        ("面试时间", "", "The start is missing"),
        ("面试时间", "待定", "The start is missing"),
        ("面试时间", "2026-11-24", "no time of day"),
        ("时区", "Mars", "Mars is no time zone"),
        ("面试链接", "", "The link is missing"),
        ("面试链接", "晚点发", "晚点发 is no link"),
        ("语言", "Klingonisch", "no language"),
        ("Telegram ID", "李雷", "no Telegram name"),
        ("门店", "x" * 501, "holds 501 characters"),
        ("手机号", "x" * 501, "holds 501 characters"),
        ("应聘岗位", "#REF!", "shows the error #REF!"),
        ("面试时间", "#VALUE!", "shows the error #VALUE!"),
    ],
)
def test_a_bad_cell_is_named_by_its_heading_as_written(column: str, value: str, said: str) -> None:
    parsed = one(FULL | {column: value})
    assert parsed.draft is None
    ((where, why),) = told(parsed)
    assert where == column
    assert said in why


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    parsed = one(FULL | {"手机号": "123", "面试时间": "2026-02-30 10:00", "面试链接": "x"})
    assert sorted(column for column, _ in told(parsed)) == sorted(["手机号", "面试时间", "面试链接"])


def test_a_tag_may_look_like_a_formula_or_an_error() -> None:
    assert draft(备注="#N/A").tags["备注"] == "#N/A"
    assert draft(备注='=HYPERLINK("https://evil.example.com")').tags["备注"].startswith("=HYPERLINK")


def test_placeholders_are_no_values() -> None:
    found = draft(手机号="无", 电子邮件="-", 语言="N/A", 招聘负责人="待定", 时区="—")
    assert (found.phone, found.email, found.locale, found.recruiter, found.zone) == (
        None,
        None,
        None,
        "",
        "Asia/Shanghai",
    )


def test_a_language_that_is_not_offered_is_told() -> None:
    parsed = one(FULL | {"语言": "日语"})
    assert parsed.draft
    assert parsed.draft.locale is None
    assert "日语 is not offered yet" in in_english(parsed.notes[0])


def test_a_comma_too_many_makes_the_row_bad() -> None:
    (parsed,) = parse((*row(), "too", "many")).rows
    assert "more cells than the list has headings" in told(parsed)[0][1]


# Past interviews.

PAST = {
    "姓名": "李雷",
    "岗位": "前端工程师",
    "面试时间": "10月12日 14:00",
    "面试结果": "未参加",
    "未参加原因": "忘记时间",
}


def test_a_past_interview_needs_no_link() -> None:
    parsed = one(PAST)
    assert parsed.draft
    assert (parsed.draft.outcome, parsed.draft.reason, parsed.draft.reason_said) == (
        Outcome.NO_SHOW, Reason.FORGOT, "忘记时间",
    )  # fmt: skip
    assert parsed.draft.local_start == datetime(2026, 10, 12, 14)
    assert parsed.notes == ()


def test_a_reason_in_other_words_is_kept() -> None:
    parsed = one(PAST | {"未参加原因": "地铁停运"})
    assert parsed.draft
    assert (parsed.draft.reason, parsed.draft.reason_said) == (Reason.OTHER, "地铁停运")


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"面试结果": "不详"}, "面试结果", "不详 is no result"),
        ({"面试结果": "", "链接": LINK}, "未参加原因", "a reason but no result"),
        ({"面试时间": "2026-12-24 14:00"}, "面试结果", "still to come"),
    ],
)
def test_results_that_cannot_be(changes: dict[str, str], column: str, said: str) -> None:
    faults = told(one(PAST | changes))
    assert any(where == column and said in why for where, why in faults), faults


def test_what_a_past_list_says_of_handling_and_satisfaction() -> None:
    parsed = one(PAST | {"处理时长（分钟）": "120", "满意度": "满意"})
    assert parsed.draft
    assert (parsed.draft.handled, parsed.draft.satisfaction) == (timedelta(hours=2), 4)
    joined = one(PAST | {"面试结果": "参加", "未参加原因": "", "处理时长": "120", "满意度": "2"})
    assert joined.draft
    assert (joined.draft.handled, joined.draft.satisfaction) == (None, 2), "there was nothing to settle"


def test_what_is_still_to_come_has_no_satisfaction() -> None:
    faults = told(one(PAST | {"面试结果": "", "未参加原因": "", "链接": LINK, "满意度": "5"}))
    assert ("满意度", "Only a past interview has this. Fill in its result, or empty this cell.") in faults


def test_attendance_as_yes_or_no() -> None:
    cells = {"姓名": "李雷", "面试时间": "2026-10-12 14:00", "是否参加": "否"}
    parsed = one(cells)
    assert parsed.draft
    assert parsed.draft.outcome is Outcome.NO_SHOW


# Companies.

ACME, BETA = Defaults("acme", "Asia/Shanghai"), Defaults("beta", "Europe/Berlin")
TWO = Context(NOW, ACME, {"北达科技": BETA, "Acme 有限公司": ACME})


@pytest.mark.parametrize(
    ("text", "company"), [("beta", BETA), ("北达科技", BETA), ("BETA", BETA), ("", ACME), ("acme", ACME)]
)
def test_companies_by_key_and_name(text: str, company: Defaults) -> None:
    parsed = one(FULL | {"公司": text, "时区": ""}, TWO)
    assert parsed.draft
    assert (parsed.draft.company, parsed.draft.zone) == (company.company, company.zone)


def test_an_unknown_company_is_refused_with_those_there_are() -> None:
    ((column, why),) = told(one(FULL | {"公司": "Gamma"}, TWO))
    assert (column, why) == (
        "公司",
        "Gamma is no company of this installation. Write one of: acme, beta; or configure it first.",
    )


# Whole lists.


@pytest.mark.parametrize(
    ("headings", "missing"),
    [(("手机", "面试时间", "链接"), "姓名 / name"), (("姓名", "手机", "链接"), "面试时间 / starts_at")],
)
def test_a_column_that_every_row_needs(headings: Sequence[str], missing: str) -> None:
    with pytest.raises(Unreadable, match=f"list.csv has no column {missing}"):
        parse(["x"] * len(headings), headings=headings)


def test_a_gbk_list_as_chinese_excel_saves_it() -> None:
    text = as_csv(
        HEADINGS, row(), row("韩梅梅", "138-0000-0002", "2026/11/24 9:30", email="hanmeimei@example.com")
    )
    table = read(text.encode("gbk"), "面试名单.csv", INTERVIEWS)
    drafts = [parsed.draft for parsed in parse_interviews(table, CONTEXT).rows]
    assert [found.name for found in drafts if found] == ["李雷", "韩梅梅"]


def test_every_reason_can_be_said_in_chinese_too() -> None:
    """Untranslated sentences would come out in English; here it matters that none fails."""
    reader = Reader("zh_Hans", "Asia/Shanghai", NOW)
    parsed = one(FULL | {"手机号": "1", "面试时间": "x", "面试链接": "x", "时区": "x", "语言": "??"})
    assert all(render(fault.reason, reader) for fault in parsed.faults)


def test_the_moment_is_given() -> None:
    later = replace(CONTEXT, now=datetime(2027, 6, 1, tzinfo=UTC))
    parsed = one(FULL | {"面试时间": "11月24日 14:00"}, later)
    assert parsed.draft
    assert parsed.draft.local_start.year == 2027
