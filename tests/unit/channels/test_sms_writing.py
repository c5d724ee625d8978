"""A message as one short text: the lead, what fits, and a link; never longer than the account pays for."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.sms.rules import counted
from channels.base import Caps, Unrenderable
from channels.routes import ROUTES
from channels.sms.writing import segments, write
from conversations.messages import Fact, File, Link, Message, Note, Para, Press
from tests.support.samples import BLOB, HOSTILE, MESSAGES, URLS, choices, data, envelope, words

CAPS = ROUTES["sms"]
PAGE = "https://turnout.example.com/my/" + "3f9d" * 16
WITH_PAGE = {**URLS, "my": PAGE, "stop": "https://turnout.example.com/stop/3f9d"}
PRESS = Press("ok", words("好的", "OK"))


def told(message: Message, locale: str = "zh_Hans", urls: dict[str, str] = WITH_PAGE, **more: object) -> str:
    made = replace(envelope(message, "+8613800138000", locale), urls=urls)
    settings: dict[str, object] = {"caps": CAPS, "sign_name": "", "hears": True, **more}
    return write(message, made, **settings)  # type: ignore[arg-type]


def limited(to: int) -> Caps:
    return replace(CAPS, text_limit=to)


def test_a_message_to_a_candidate() -> None:
    assert told(MESSAGES["reminder"], sign_name="星云科技").splitlines() == [
        "【星云科技】面试提醒：还有1小时5分钟",
        "岗位：Java 开发工程师",
        "时间：今天 11月24日（周二）14:05",
        "设备：电脑、摄像头、耳机",
        "请提前10分钟进入。",
        "遇到问题请联系技术支持。",
        f"请在这里选择：{PAGE}",
        "回复TD退订",
    ]
    assert told(MESSAGES["reminder"], "en").splitlines()[-2:] == [
        f"Answer here: {PAGE}",
        "Reply STOP for no more messages.",
    ]


def test_an_answer_that_says_all_needs_no_page() -> None:
    assert told(MESSAGES["bare"]) == "好的，到时候见！"


def test_what_only_links_leads_to_the_page() -> None:
    message = Message("m", data("Booked"), actions=(Link("go", words("进入", "Enter")),))
    assert told(message, "en", hears=False) == f"Booked\nDetails: {PAGE}"


def test_files_are_on_the_page() -> None:
    message = Message("m", data("Booked"), (File(BLOB, "a.ics", "text/calendar", data("Calendar file")),))
    assert told(message, "en", hears=False) == f"Booked\nDetails: {PAGE}"


def test_opting_out_is_promised_only_where_answers_reach_us() -> None:
    message = Message("m", data("See you?"), actions=(PRESS,))
    assert told(message, "en").endswith("\nReply STOP for no more messages.")
    assert "STOP" not in told(message, "en", hears=False)
    assert "STOP" not in told(message, "en", {"my": PAGE})


@pytest.mark.parametrize("lead", ["Shall I stop?", "需要退订吗"])
def test_opting_out_is_told_once(lead: str) -> None:
    assert "Reply STOP" not in told(Message("m", data(lead), actions=(PRESS,)), "en")
    note = Message("m", data("Hello"), (Note(data("Write “stop” for no more messages.")),), (PRESS,))
    assert told(note, "en").splitlines()[1:] == ['Write "stop" for no more messages.', f"Answer here: {PAGE}"]


def test_what_the_lead_says_is_not_said_again() -> None:
    fact = Fact("time", data("Time"), data("Tue 14:05"))
    said = told(
        Message("m", data("It begins Tue 14:05."), (fact, Para(data("Bring a pen."))), (PRESS,)), "en"
    )
    assert said.splitlines()[:2] == ["It begins Tue 14:05.", "Bring a pen."]


def test_what_does_not_fit_is_left_to_the_page_small_print_first() -> None:
    blocks = (
        Note(data("n" * 150)),
        Fact("f", data("F"), data("f" * 100)),
        Para(data("p" * 300)),
        Para(data("q" * 50)),
    )
    message = Message("m", data("Lead"), blocks, (PRESS,))
    kinds = [line[0] for line in told(message, "en").splitlines()[1:-2]]
    assert kinds == ["F", "p", "q"]
    assert [line[0] for line in told(message, "en", caps=limited(3)).splitlines()[1:-2]] == ["n", "F", "q"]
    assert [line[0] for line in told(message, "en", caps=limited(2)).splitlines()[1:-2]] == ["F", "q"]


def test_a_long_lead_is_cut_and_the_link_is_not() -> None:
    said = told(Message("m", data("字" * 900), actions=(PRESS,)))
    assert segments(said) == 4
    assert re.fullmatch(r"字{100,}…\n请在这里选择：" + re.escape(PAGE), said)


def test_plain_signs_save_segments_only_where_they_do() -> None:
    curly = "He said “yes” – 09:00–18:00… " * 5
    assert segments(curly) == 3
    message = Message("m", data(curly))
    assert (
        told(message, "en") == 'He said "yes" - 09:00-18:00... ' * 4 + 'He said "yes" - 09:00-18:00...' + " "
    )
    assert segments(told(message, "en")) == 1
    assert "“yes”" in told(Message("m", data("他说“yes”")))


# -- without a page: staff, or nobody outside reaches us ------------------------------------------------------


def test_choices_are_numbered_where_there_is_no_page() -> None:
    said = told(MESSAGES["reminder"], urls={"go": URLS["go"]}).splitlines()
    assert said[-6:] == ["进入面试：https://turnout.example.com/go/3f9d", "1. 准时参加", "2. 改约", "3. 来不了",
                         "4. 求助", "请回复数字。"]  # fmt: skip


def test_what_nothing_else_holds_ends_with_a_sign_of_it() -> None:
    message = Message("m", data("Today"), tuple(Para(data(f"{n} " + "字" * 60)) for n in range(9)))
    lines = told(message, urls={}).splitlines()
    assert [line[0] for line in lines] == ["T", "0", "1", "2", "3", "…"]


@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize("limit", [2, 4])
def test_no_choice_is_lost(count: int, limit: int) -> None:
    message = replace(choices(count), lead=data("请选择时间" * 40))
    presses = tuple(replace(press, label=data("很长的标签" * 12)) for press in message.presses)
    said = told(replace(message, actions=presses), urls={}, caps=limited(limit))
    assert [line.partition(".")[0] for line in said.splitlines()[1:-1]] == [
        str(n) for n in range(1, count + 1)
    ]
    assert segments(said) <= limit


def test_what_leaves_no_room_for_words_is_refused_with_the_remedy() -> None:
    message = Message("m", data("字" * 30), actions=(Link("go", words("进入", "Enter")),))
    with pytest.raises(
        Unrenderable, match=r"m: its links and choices leave no room for words\. Allow more segments"
    ):
        told(message, urls={"go": "https://example.com/" + "x" * 250})


# -- always -----------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400).filter(str.strip)


@given(TEXT, st.lists(TEXT, max_size=4), st.integers(2, 4), st.booleans(), st.booleans())
def test_no_text_is_longer_than_allowed_and_no_link_is_cut(
    lead: str, more: list[str], limit: int, asks: bool, has_page: bool
) -> None:
    message = Message(
        "m", data("x" + lead), tuple(Para(data(each)) for each in more), (PRESS,) if asks else ()
    )
    said = told(message, "en", WITH_PAGE if has_page else {}, caps=limited(limit))
    assert counted(said) == segments(said) <= limit
    if has_page and asks:
        assert said.splitlines().count(f"Answer here: {PAGE}") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_data_is_text(text: str) -> None:
    said = told(Message("m", data(text), (Para(data(text)),), (PRESS,)), "en")
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f]", said)
    assert f"Answer here: {PAGE}" in said
