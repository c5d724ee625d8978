"""Phones, addresses, links and fixed words: normalised, or refused with a remedy."""

from datetime import timedelta

import pytest

from bot.importing import cells
from bot.importing.problems import Unclear
from conversations.interview import Outcome, Reason


@pytest.mark.parametrize(
    "text",
    [
        "13800000001", "138 0000 0001", "138-0000-0001", "+8613800000001", "+86 138 0000 0001", "86-13800000001",
        "008613800000001", "(86) 138 0000 0001", "１３８０００００００１", "'13800000001", '="13800000001"',
        "13800000001.0", "手机：13800000001", "+86 (0)138 0000 0001",
    ],
)  # fmt: skip
def test_chinese_mobile_numbers(text: str) -> None:
    assert cells.read_phone(text) == "+8613800000001"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+49 30 901820", "+4930901820"),
        ("0049 (0)30 901820", "+4930901820"), ("+1 (212) 555-0143", "+12125550143"),
        ("+81 90-1234-5678", "+819012345678"), ("+852 9123 4567", "+85291234567"),
    ],
)  # fmt: skip
def test_other_countries(text: str, phone: str) -> None:
    assert cells.read_phone(text) == phone


@pytest.mark.parametrize(
    "text",
    [
        "1380000000", "138000000011", "12800000001", "0171 1234567",
        "010-12345678", "1-415-555-0100", "abc", "+86 12345678901",
        "13800000001/13800000002", "13800000001 转 12", "+0 123456789", "+4912", "+1234567890123456",
    ],
)  # fmt: skip
def test_a_number_that_nobody_can_call_for_certain_is_refused(text: str) -> None:
    with pytest.raises(Unclear, match="with its country code"):
        cells.read_phone(text)


@pytest.mark.parametrize("text", ["1.38E+10", "1.38001E+10", "1,38E+10", "1.38e10"])
def test_digits_lost_to_excel(text: str) -> None:
    with pytest.raises(Unclear, match="Format the column as text"):
        cells.read_phone(text)
    with pytest.raises(Unclear, match="Format the column as text"):
        cells.read_external_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "lilei@example.com",
        "LiLei@Example.com",
        "mailto:lilei@example.com",
        "Li Lei <lilei@example.com>",
        "lilei＠example.com",
    ],
)
def test_mail_addresses(text: str) -> None:
    assert cells.read_email(text) == "lilei@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "lilei", "lilei@", "@example.com", "lilei@example", "a@b@example.com", "a b@example.com",
        "a@example.com;b@example.com", "a@exam..ple.com", "a@-example.com", "a@example.c0m",
    ],
)  # fmt: skip
def test_bad_mail_addresses(text: str) -> None:
    with pytest.raises(Unclear):
        cells.read_email(text)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://meeting.example.com/a?b=c#d", "https://meeting.example.com/a?b=c#d"),
        ("http://10.0.0.1:8080/x", "http://10.0.0.1:8080/x"),
        ("weixin://dl/business/?t=abc", "weixin://dl/business/?t=abc"),
        ("pages/interview/index?id=3", "pages/interview/index?id=3"),
        ("#小程序://面试助手/abc", "#小程序://面试助手/abc"),
        ("腾讯会议 123-456-789", "腾讯会议 123-456-789"),
        ("Zoom 123 4567 8901 密码 1234", "Zoom 123 4567 8901 密码 1234"),
        (
            "点击链接入会：https://meeting.example.com/dm/abc 会议号：123-456-789",
            "https://meeting.example.com/dm/abc",
        ),
        ("链接（https://meeting.example.com/x）。", "https://meeting.example.com/x"),
    ],
)
def test_links(text: str, link: str) -> None:
    assert cells.read_link(text) == link


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("待会发", "is no link"), ("点击入会", "is no link"),
        ("123456", "is no link"), ("meeting.example.com/a", "is no link"),
        ("javascript:alert(1)", "is no link"),
        ("ftp://example.com/a", "is no web address"), ("https://", "is no link"),
        ("https:///path", "is no web address"),
        ("https://[::1/x", "is no web address"), ("http://example.com:x/", "is no web address"),
        ("file:///etc/passwd", "is no web address"), ("https://user:secret@example.com/", "user name or password"),
        ("https://a.example.com https://b.example.com", "holds 2 links"),
        ("https://a.example.com 密码 1234", "passcode, which would be lost"), ("上海市南京东路1号", "is no link"),
    ],
)  # fmt: skip
def test_bad_links(text: str, said: str) -> None:
    with pytest.raises(Unclear, match=said.replace("(", r"\(")):
        cells.read_link(text)


@pytest.mark.parametrize(
    ("channel", "text", "user"),
    [
        ("telegram", "@lilei", "@lilei"),
        ("telegram", "lilei_1", "@lilei_1"), ("telegram", "https://t.me/lilei", "@lilei"),
        ("telegram", "123456789", "123456789"),
        ("slack", "U012AB3CD", "U012AB3CD"), ("slack", "@li.lei", "li.lei"),
        ("wecom", "LiLei", "LiLei"), ("wechat", "wxid_abc", "wxid_abc"),
    ],
)  # fmt: skip
def test_accounts(channel: str, text: str, user: str) -> None:
    assert cells.read_address(channel, text) == user


def test_bad_accounts() -> None:
    for text in ("李雷", "a b", "@x", "https://example.com/lilei"):
        with pytest.raises(Unclear, match="no Telegram name"):
            cells.read_address("telegram", text)
    with pytest.raises(Unclear, match="Format the column as text"):
        cells.read_address("wechat", "1.2E+15")


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("zh", "zh_Hans"), ("zh-CN", "zh_Hans"),
        ("zh_Hans", "zh_Hans"), ("中文", "zh_Hans"), ("简体中文", "zh_Hans"),
        ("普通话", "zh_Hans"), ("Chinese", "zh_Hans"), ("en", "en"),
        ("en-US", "en"), ("English", "en"), ("英语", "en"),
        ("英文", "en"), ("日语", None), ("Deutsch", None), ("fr", None),
    ],
)  # fmt: skip
def test_languages(text: str, locale: str | None) -> None:
    assert cells.read_language(text) == locale


@pytest.mark.parametrize("text", ["xx-nonsense", "Klingonisch", "中文/英文", "zh;en", "?"])
def test_bad_languages(text: str) -> None:
    with pytest.raises(Unclear, match="no language"):
        cells.read_language(text)


def test_zones() -> None:
    assert cells.read_zone("北京时间") == "Asia/Shanghai"
    assert cells.read_zone("America/New_York") == "America/New_York"
    with pytest.raises(Unclear, match="CST is no time zone"):
        cells.read_zone("CST")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("应届", "campus"), ("校招", "campus"), ("社招", "experienced"),
        ("兼职", "part_time"), ("Part-time", "part_time"),
        ("part_time", "part_time"), ("实习生", "intern"), ("Campus", "campus"), ("外包", "外包"),
    ],
)  # fmt: skip
def test_candidate_types(text: str, kind: str) -> None:
    assert cells.read_candidate_type(text) == kind


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("参加", Outcome.JOINED), ("joined", Outcome.JOINED),
        ("未参加", Outcome.NO_SHOW), ("no_show", Outcome.NO_SHOW),
        ("No-show", Outcome.NO_SHOW), ("no show", Outcome.NO_SHOW),
        ("缺席", Outcome.NO_SHOW), ("取消", Outcome.CANCELLED),
        ("Canceled", Outcome.CANCELLED), ("通过", Outcome.COMPLETED),
        ("completed", Outcome.COMPLETED), ("待面试", None),
        ("Scheduled", None),
    ],
)  # fmt: skip
def test_outcomes(text: str, outcome: Outcome | None) -> None:
    assert cells.read_outcome(text) == outcome


def test_yes_and_no_are_outcomes_only_where_attendance_was_asked() -> None:
    assert cells.read_outcome("是", is_yes_or_no=True) is Outcome.JOINED
    assert cells.read_outcome("N", is_yes_or_no=True) is Outcome.NO_SHOW
    with pytest.raises(Unclear, match="no result"):
        cells.read_outcome("是")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("忘记", Reason.FORGOT), ("技术", Reason.TECHNICAL),
        ("技术问题", Reason.TECHNICAL), ("临时有事", Reason.CAME_UP),
        ("通知不清", Reason.UNCLEAR), ("forgot", Reason.FORGOT),
        ("came up", Reason.CAME_UP), ("other offer", Reason.OTHER_OFFER),
        ("地铁停运", Reason.OTHER),
    ],
)  # fmt: skip
def test_reasons(text: str, reason: Reason) -> None:
    assert cells.read_reason(text) == reason


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("120", 120), ("15 min", 15), ("2小时", 120), ("1:30", 90), ("4320", 4320), ("0", 0)],
)
def test_how_long_a_no_show_took(text: str, minutes: int) -> None:
    assert cells.read_handled(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5", 5), ("1.0", 1), ("４分", 4), ("3/5", 3), ("2星", 2), ("★★★★", 4), ("非常满意", 5), ("满意", 4),
        ("Very dissatisfied", 1),
    ],
)  # fmt: skip
def test_satisfaction(text: str, score: int) -> None:
    assert cells.read_satisfaction(text) == score


@pytest.mark.parametrize("text", ["0", "6", "82%", "好", "★★★★★★"])
def test_what_is_no_score_is_refused(text: str) -> None:
    with pytest.raises(Unclear, match="1 to 5"):
        cells.read_satisfaction(text)


@pytest.mark.parametrize(
    ("text", "capacity"), [("1", 1), ("10人", 10), ("5 个", 5), ("3.0", 3), ("２", 2), ("8 places", 8)]
)
def test_capacities(text: str, capacity: int) -> None:
    assert cells.read_capacity(text) == capacity


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "99999", "若干"])
def test_bad_capacities(text: str) -> None:
    with pytest.raises(Unclear, match="no number of places"):
        cells.read_capacity(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45), ("30分钟", 30), ("45 min", 45), ("1小时", 60),
        ("1.5 hours", 90), ("1小时30分", 90), ("半小时", 30),
        ("1小时半", 90), ("1:30", 90), ("00:45:00", 45), ("2h", 120), ("1h 15m", 75),
    ],
)  # fmt: skip
def test_durations(text: str, minutes: int) -> None:
    assert cells.read_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["0", "soon", "-5", "25h", "1:75:00x"])
def test_bad_durations(text: str) -> None:
    with pytest.raises(Unclear, match="no length of time"):
        cells.read_duration(text)


@pytest.mark.parametrize("text", ["无", "-", "—", "N/A", "n/a", "/", "None", "待定", "NULL"])
def test_cells_that_say_nothing(text: str) -> None:
    assert cells.optional(text) == ""
