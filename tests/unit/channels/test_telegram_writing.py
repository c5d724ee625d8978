"""Messages as Telegram calls: text with entities, buttons in rows, edits, files."""

from dataclasses import replace
from typing import Any

import pytest

from channels.base import Call, Payload
from channels.routes import ROUTES
from channels.telegram.writing import can_open, make_token, read_token, write
from conversations.messages import File, Link, Message, Note, Para, Press
from locales.text import Text
from tests.support.samples import MESSAGES, START, choices, data, envelope, words


def written(message: Message, **more: Any) -> Payload:
    return write(message, envelope(message, **more), ROUTES["telegram"])


def covered(call: Call) -> list[tuple[str, str]]:
    text = str(call.params["text"]).encode("utf-16-le")
    return [
        (
            entity["type"],
            text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le"),
        )
        for entity in call.params.get("entities", [])
    ]


def test_a_reminder_is_one_card() -> None:
    (call,) = written(MESSAGES["reminder"]).calls
    assert call.method == "sendMessage"
    assert call.params["chat_id"] == 10001
    assert call.params["link_preview_options"] == {"is_disabled": True}
    assert covered(call) == [
        ("bold", "面试提醒：还有1小时5分钟"),
        ("date_time", "还有1小时5分钟"),
        ("blockquote", "请提前10分钟进入。\n遇到问题请联系技术支持。"),
    ]
    assert call.params["entities"][1] | {"offset": 0, "length": 0} == {
        "type": "date_time",
        "offset": 0,
        "length": 0,
        "unix_time": int(START.timestamp()),
        "date_time_format": "r",
    }
    assert [[button["text"] for button in row] for row in call.params["reply_markup"]["inline_keyboard"]] == [
        ["准时参加", "改约"],
        ["来不了", "求助", "进入面试"],
    ]
    styles = [button.get("style") for row in call.params["reply_markup"]["inline_keyboard"] for button in row]
    assert styles == ["primary", None, "danger", None, None]


def test_offsets_count_emoji_twice() -> None:
    message = Message("m", Text("{time}", {"time": "👍👍"}), (Note(data("n")),))
    assert covered(written(message).calls[0]) == [("bold", "👍👍"), ("blockquote", "n")]


def test_words_alone_are_not_shouted() -> None:
    assert "entities" not in written(MESSAGES["bare"]).calls[0].params
    long = Message("m", data("字" * 200), (Para(data("x")),))
    assert "entities" not in written(long).calls[0].params


def test_what_is_too_long_goes_on_in_further_messages() -> None:
    payload = written(MESSAGES["digest"])
    assert [call.method for call in payload.calls] == ["sendMessage"] * len(payload.calls)
    assert len(payload.calls) > 1
    assert all(len(call.params["text"].encode("utf-16-le")) // 2 <= 4096 for call in payload.calls)
    assert ["reply_markup" in call.params for call in payload.calls] == [True] + [False] * (
        len(payload.calls) - 1
    )
    edited = written(MESSAGES["digest"], edits="10001:55")
    assert [call.method for call in edited.calls] == ["editMessageText"] + ["sendMessage"] * (
        len(payload.calls) - 1
    )


def test_entities_are_cut_with_their_text() -> None:
    notes = tuple(Note(data(f"第{n}条，" + "字" * 500)) for n in range(20))
    for call in written(Message("m", data("lead"), notes)).calls:
        for kind, text in covered(call):
            assert text.strip()
            assert kind in ("bold", "blockquote")


def test_edits_always_say_what_the_buttons_are() -> None:
    (call,) = written(choices(2), edits="-1001:55").calls
    assert (call.method, call.params["chat_id"], call.params["message_id"]) == ("editMessageText", -1001, 55)
    assert len(call.params["reply_markup"]["inline_keyboard"]) == 2
    (call,) = written(replace(choices(2), actions=()), edits="-1001:55").calls
    assert call.params["reply_markup"] == {"inline_keyboard": []}


def test_a_token_that_is_not_ours_posts_anew() -> None:
    for token in ("", "x", "10001:", "10001:x", ":5"):
        assert written(choices(1), edits=token).calls[0].method == "sendMessage"


@pytest.mark.parametrize("brought", [(), ("5e5e5e5e",), ("5e5e5e5e", "12345678")])
def test_tokens_round_trip(brought: tuple[str, ...]) -> None:
    assert read_token(make_token("-1002", 7, brought)) == ("-1002", 7, brought)


def test_a_picture_is_sent_to_be_seen_at_once_with_its_facts_below() -> None:
    shown = File("sha256:" + "5e" * 32, "trend.png", "image/png", data("From week to week."))
    _, second = written(Message("picture", data("No-show rate 9.8%"), (shown,))).calls
    assert (second.method, second.params) == (
        "sendPhoto",
        {
            "chat_id": 10001,
            "photo": "blob:sha256:" + "5e" * 32 + "/trend.png",
            "caption": "From week to week.",
        },
    )


def test_files_follow_and_come_once() -> None:
    message = MESSAGES["rebooked"]
    first, second = written(message).calls
    assert (first.method, second.method) == ("sendMessage", "sendDocument")
    assert second.params == {
        "chat_id": 10001, "document": "blob:sha256:" + "5e" * 32 + "/面试.ics", "caption": "日历文件",
    }  # fmt: skip
    assert [call.method for call in written(message, edits="10001:5").calls] == [
        "editMessageText",
        "sendDocument",
    ]
    again = written(message, edits="10001:5:5e5e5e5e")
    assert ([call.method for call in again.calls], again.carried) == (["editMessageText"], ("5e5e5e5e",))


def test_groups_have_threads_and_nobody_is_called() -> None:
    message = Message("m", data("@durov, a@b.com @ @x"), actions=(Press("a", data("@durov")),))
    (call,) = written(message, chat="-1001", is_private=False, thread="5").calls
    assert (call.params["chat_id"], call.params["message_thread_id"]) == (-1001, 5)
    assert call.params["text"] == "@\u2060durov, a@b.com @ @\u2060x"
    (call,) = written(message).calls
    assert call.params["text"] == "@durov, a@b.com @ @x"
    assert "message_thread_id" not in call.params
    (call,) = written(message, thread="41").calls
    assert call.params["reply_parameters"] == {"message_id": 41, "allow_sending_without_reply": True}
    assert "message_thread_id" not in call.params
    (call,) = written(message, chat="@hr_channel").calls
    assert call.params["chat_id"] == "@hr_channel"


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://example.com", True),
        ("http://example.com:8080/a?b=c#d", True),
        ("http://127.0.0.1:8080/my/x", True),
        ("http://[::1]:8080/", True),
        ("tg://resolve?domain=x", True),
        ("https://t.me/x?start=y", True),
        ("http://localhost:8080/my/x", False),
        ("http://turnout/my/x", False),
        ("http://./x", False),
        ("tel:+8621", False),
        ("mailto:hr@example.com", False),
        ("ftp://example.com", False),
        ("wemeet://page/inmeeting?code=1", False),
        ("javascript:alert(1)", False),
        ("https://例子.测试/", False),
        ("https://exam ple.com", False),
        ("https://example.com:99999", False),
        ("https://[x", False),
        ("", False),
    ],
)
def test_addresses_that_telegram_takes(url: str, opens: bool) -> None:
    assert can_open(url) is opens
    message = Message("m", data("hi"), actions=(Link("go", words("进入", "Enter")),))
    call = write(message, replace(envelope(message), urls={"go": url}), ROUTES["telegram"]).calls[0]
    assert ("reply_markup" in call.params) is opens
    assert (f"进入：{url.removeprefix('tel:')}" in call.params["text"]) is (not opens and bool(url))


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["改约"], [1]),
        (["是", "否"], [2]),
        (["准时参加", "改约", "来不了", "求助"], [2, 2]),
        (["一", "二", "三", "四", "五"], [2, 3]),
        (["11月25日（周三）14:00"] * 3, [1, 1, 1]),
        (["I'll be there", "Move it", "I can't come", "Help"], [2, 2]),
        (["11月25日（周三）14:00", "都不行", "更多"], [1, 2]),
        ([str(n) for n in range(9)], [3, 3, 3]),
        ([], []),
    ],
)
def test_rows_are_even_and_readable(labels: list[str], rows: list[int]) -> None:
    message = Message(
        "m", data("?"), actions=tuple(Press(f"a{n}", data(label)) for n, label in enumerate(labels))
    )
    markup = written(message).calls[0].params.get("reply_markup", {"inline_keyboard": []})
    assert [len(row) for row in markup["inline_keyboard"]] == rows
