"""A message in Block Kit: bold and live where that is safe, cut where it is long, in the right kind of call."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack.blocks import checked_blocks, checked_view
from bot.sandbox.slack.reading import read_blocks
from channels.base import Call, Payload
from channels.routes import ROUTES
from channels.slack.places import Where, named, read_chat, split_team
from channels.slack.writing import can_open, make_token, read_token, write
from conversations.messages import Fact, File, Link, Message, Note, Para, Press
from locales.text import Countdown, Text, ct
from tests.support.samples import BLOB, HOSTILE, MESSAGES, START, choices, data, envelope, hostile, words

CAPS = ROUTES["slack"]


def written(message: Message, chat: str = "D1", **more: Any) -> Payload:
    return write(message, replace(envelope(message, chat, account="slack.main"), **more), CAPS)


def blocks_of(call: Call) -> list[dict[str, Any]]:
    return list(call.params["blocks"])


def first(message: Message, **more: Any) -> list[dict[str, Any]]:
    return blocks_of(written(message, **more).calls[0])


def countdown(name: str) -> Text:
    return ct("fact", "{label}: {value}", label=name, value=Countdown(START))


def test_a_lead_with_something_below_it_is_bold() -> None:
    lead, body, *_ = first(MESSAGES["greeting"])
    assert lead["text"] == {"type": "mrkdwn", "text": "*您好，这里是示例科技的面试助手。*", "verbatim": True}
    assert body["text"]["type"] == "plain_text"
    assert first(MESSAGES["bare"])[0]["text"]["type"] == "plain_text"
    long = Message("m", words("长" * 121, "long " * 50), (Para(words("正文", "text")),))
    assert first(long)[0]["text"]["type"] == "plain_text"


def test_a_countdown_counts_and_keeps_our_words() -> None:
    lead = first(MESSAGES["reminder"])[0]
    read = read_blocks([lead], str)
    assert read.live == [("还有1小时5分钟", START)]
    assert lead["text"]["text"] == f"*面试提醒：<!date^{int(START.timestamp())}^{{ago}}|还有1小时5分钟>*"
    assert written(MESSAGES["reminder"]).calls[0].params["text"].startswith("面试提醒：还有1小时5分钟")


@pytest.mark.parametrize("name", ["*bold*", "_x_", "a`b", "~x", "> quote", "• dot"])
def test_words_with_marks_in_them_are_never_marked_up(name: str) -> None:
    message = Message("m", countdown(name), (Para(data("x")),))
    lead = first(message)[0]
    assert lead["text"]["type"] == "plain_text"
    assert name in lead["text"]["text"]
    assert "还有1小时5分钟" in lead["text"]["text"]


def test_markup_round_somebodys_words_calls_nobody_and_links_nothing() -> None:
    message = Message("m", countdown("<!channel> <@U1> <https://evil.example|x> &amp;"), (Para(data("x")),))
    lead = first(message)[0]
    assert lead["text"]["text"].startswith(
        "*&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|x&gt; &amp;amp;"
    )
    read = read_blocks([lead], lambda _: "somebody")
    assert (read.calls, read.text.partition("：")[0]) == (
        [],
        "<!channel> <@U1> <https://evil.example|x> &amp;",
    )


def test_one_live_line_does_not_mark_up_its_neighbours() -> None:
    facts = (
        Fact("name", words("姓名", "Name"), data("*李雷*")),
        Fact("in", words("倒计时", "Countdown"), Text("{time}", {"time": Countdown(START)})),
        Fact("role", words("岗位", "Role"), data("_x_")),
    )
    kinds = [
        (block["text"]["type"], block["text"]["text"])
        for block in first(Message("m", words("问", "Q"), facts))
    ]
    assert [kind for kind, _ in kinds] == ["mrkdwn", "plain_text", "mrkdwn", "plain_text"]
    assert kinds[1][1] == "姓名：*李雷*"


def test_addresses_and_numbers_that_stand_on_no_button_can_be_tapped() -> None:
    message = Message(
        "m",
        words("问", "Q"),
        actions=(
            Link("tel:+862155550000", words("电话", "Phone")),
            Link("my", words("我的面试", "Mine")),
            Link("odd", data("*x*")),
        ),
    )
    urls = {
        "tel:+862155550000": "tel:+86 21 5555-0000",
        "my": "https://例子.example/?a=1&b=<2>|",
        "odd": "https://例子.example/",
    }
    texts = [block["text"]["text"] for block in first(message, urls=urls)[1:]]
    assert texts == [
        "电话：<tel:+862155550000|+86 21 5555-0000>",
        "我的面试：<https://例子.example/?a=1&amp;b=&lt;2&gt;%7C>",
        "*x*：https://例子.example/",
    ]
    read = read_blocks(checked_blocks(first(message, urls=urls)), str)
    assert read.opens["+86 21 5555-0000"] == "tel:+862155550000"
    assert read.marked == [("bold", "问")]


def test_the_fallback_is_escaped_and_short() -> None:
    text = written(hostile("<!channel> & <@U1>")).calls[0].params["text"]
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in text
    for call in written(MESSAGES["digest"]).calls:
        assert len(call.params["text"]) <= 4000


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_taken_and_is_no_markup(text: str) -> None:
    for call in written(hostile(text)).calls:
        read = read_blocks(checked_blocks(blocks_of(call)), lambda _: "somebody")
        assert read.calls == []
        assert all(style == "bold" for style, _ in read.marked)


def test_notes_are_small_print() -> None:
    message = Message("m", words("问", "Q"), tuple(Note(data(f"note {n}")) for n in range(12)))
    contexts = [block for block in first(message) if block["type"] == "context"]
    assert [len(block["elements"]) for block in contexts] == [10, 2]


def test_buttons_stand_five_in_a_row_with_their_styles() -> None:
    blocks = first(choices(9))
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    assert [len(row) for row in rows] == [5, 4]
    assert [element["action_id"] for row in rows for element in row] == [f"press_{n}" for n in range(1, 10)]
    (row,) = [block["elements"] for block in first(MESSAGES["reminder"]) if block["type"] == "actions"]
    assert [element.get("style") for element in row] == ["primary", None, "danger", None, None]
    assert (row[-1]["url"], row[-1]["action_id"]) == ("https://turnout.example.com/go/3f9d", "open_5")
    assert "value" not in row[-1]


def test_what_is_too_long_for_one_message_goes_on_in_further_ones() -> None:
    paras = tuple(Para(data(f"{n} " + "很长的一段话。" * 400)) for n in range(12))
    message = Message("long", words("长", "Long"), paras, (Press("ok", words("好", "OK")),))
    payload = written(message, request_id="abc")
    assert len(payload.calls) > 1
    for call in payload.calls:
        checked_blocks(blocks_of(call))
        assert call.method == "chat.postMessage"
    holders = [n for n, call in enumerate(payload.calls) if "actions" in json.dumps(blocks_of(call))]
    assert holders == [0]
    ids = [call.params["metadata"]["event_payload"]["id"] for call in payload.calls]
    assert ids[:2] == ["abc", "abc.1"]
    assert len({*ids}) == len(ids)


def test_many_blocks_are_parted_too() -> None:
    blocks = tuple(each for n in range(40) for each in (Para(data(f"para {n}")), Note(data(f"note {n}"))))
    payload = written(Message("m", words("问", "Q"), blocks, (Press("ok", words("好", "OK")),)))
    assert [len(blocks_of(call)) for call in payload.calls] == [50, 32]


def test_posts_carry_our_own_id_and_preview_nothing() -> None:
    params = written(MESSAGES["bare"], request_id="abc").calls[0].params
    assert params["metadata"] == {"event_type": "turnout", "event_payload": {"id": "abc"}}
    assert (params["unfurl_links"], params["unfurl_media"]) == (False, False)
    assert (params["parse"], params["link_names"]) == ("none", False)
    assert "metadata" not in written(MESSAGES["bare"]).calls[0].params


def test_an_edit_replaces_the_message_and_brings_only_new_files() -> None:
    (edit,) = written(MESSAGES["rebooked"], edits="T9:D1:5.000100:5e5e5e5e").calls
    assert (edit.method, edit.params["ts"]) == ("chat.update", "5.000100")
    assert (edit.params["team"], edit.params["channel"]) == ("T9", "D1")
    assert "metadata" not in edit.params
    _, file = written(MESSAGES["rebooked"], edits="D1:5.000100").calls
    assert (file.method, file.params["channel"]) == ("files.upload", "D1")
    assert file.params["file"] == f"blob:{BLOB}/面试.ics"
    assert "actions" not in json.dumps(first(choices(0), edits="D1:5.000100"))


def test_tokens_are_read_as_they_were_made() -> None:
    for chat, brought in (("D1", ()), ("T9:D1", ("5e5e5e5e", "abcdef01"))):
        assert read_token(make_token(chat, "5.000100", brought)) == (chat, "5.000100", brought)
    for odd in ("", "D1", "D1:5", "5.0", "D1:5.0:", "D1:x.y"):
        assert read_token(odd) is None
    (post,) = written(MESSAGES["bare"], edits="nonsense").calls
    assert post.method == "chat.postMessage"


def test_for_one_pair_of_eyes_it_is_ephemeral_and_its_file_private() -> None:
    post, file = written(MESSAGES["rebooked"], "T9:C1!U1", edits="C1:5.0", request_id="x", thread="3.0").calls
    assert (post.method, post.params["channel"], post.params["user"]) == ("chat.postEphemeral", "C1", "U1")
    assert {"metadata", "unfurl_links"} & {*post.params} == set()
    assert post.params["thread_ts"] == "3.0"
    assert (file.params["team"], file.params["channel"]) == ("T9", "U1")
    assert "thread_ts" not in file.params


def test_a_home_is_published_whole_and_edits_nothing() -> None:
    (call,) = written(MESSAGES["greeting"], "home:T9:U1", edits="D1:5.0").calls
    assert (call.method, call.params["team"], call.params["user_id"]) == ("views.publish", "T9", "U1")
    assert checked_view(call.params["view"], ["home"])["type"] == "home"
    many = Message("m", words("问", "Q"), tuple(
        each for n in range(99) for each in (Para(data("p")), Note(data("n")))
    ), (Press("ok", words("好", "OK")),))  # fmt: skip
    (call,) = written(many, "home:U1").calls
    blocks = checked_view(call.params["view"], ["home"])["blocks"]
    assert (len(blocks), blocks[-1]["type"]) == (100, "actions")


def test_threads_are_kept_in_channels() -> None:
    message = Message("m", words("问", "Q"), (File(BLOB, "x.ics", "text/calendar", data("<file>")),))
    post, file = written(message, "C1", thread="3.0", is_private=False).calls
    assert (post.params["thread_ts"], file.params["thread_ts"]) == ("3.0", "3.0")
    assert file.params["comment"] == "&lt;file&gt;"


@pytest.mark.parametrize(
    ("url", "opens"),
    [
        ("https://turnout.example.com/go/x", True),
        ("http://localhost:8080/my/x", True),
        ("tel:+862155550000", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://x.example:port/", False),
        ("https://x.example/a b", False),
        ("https://例子.example/", False),
        ("https://x.example/" + "a" * 3000, False),
        ("https://[", False),
    ],
)
def test_only_web_addresses_stand_on_buttons(url: str, opens: bool) -> None:
    assert can_open(url) is opens


def test_chats_are_named_with_their_workspace_where_there_are_several() -> None:
    assert read_chat("D1") == Where("", "D1")
    assert read_chat("C1!U1") == Where("", "C1", "U1")
    assert read_chat("T9:C1!U1") == Where("T9", "C1", "U1")
    assert read_chat("home:U1") == Where("", user="U1", is_home=True)
    assert read_chat("home:T9:U1") == read_chat("T9:home:U1") == Where("T9", user="U1", is_home=True)
    assert split_team("T9:U1") == ("T9", "U1")
    assert split_team("U1") == ("", "U1")
    assert (named("", "U1"), named("T9", "U1")) == ("U1", "T9:U1")
