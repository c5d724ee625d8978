"""Messages as WeCom calls: cards with their limits, texts in pieces, edits, files, robots."""

import ast
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from channels.base import Payload
from channels.wecom import WeCom
from channels.wecom.selecting import fits
from channels.wecom.tokens import brought_by, make_task, make_token, read_token
from channels.wecom.writing import CHECKED_FOR, write
from conversations.messages import File, Link, Message, Note, Para, Press
from locales.text import ct
from locales.translate import render
from tests.support.samples import (
    BLOB,
    HOSTILE,
    MESSAGES,
    URLS,
    asked_at_once,
    choices,
    data,
    envelope,
    fact,
    hostile,
    reader,
    words,
)

ROOT = Path(__file__).resolve().parents[3]

EDIT = make_token("task@5e5e5e5e", "code")


def written(message: Message, chat: str = "lilei", **more: Any) -> Payload:
    caps = WeCom.caps.to(chat)
    return write(message, envelope(message, chat, **{"request_id": "row1", **more}), caps, 7)


def card_of(payload: Payload) -> dict[str, Any]:
    card = payload.calls[0].params["template_card"]
    assert isinstance(card, dict)
    return card


def test_a_reminder_is_one_card() -> None:
    (call,) = written(MESSAGES["reminder"]).calls
    assert call.method == "message/send"
    card = call.params["template_card"]
    assert {**call.params, "template_card": None} == {
        "touser": "lilei",
        "agentid": 7,
        "msgtype": "template_card",
        "template_card": None,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }
    assert (card["card_type"], card["task_id"]) == ("button_interaction", "row1")
    assert card["main_title"] == {"title": "面试提醒：还有1小时5分钟"}
    assert card["sub_title_text"].splitlines()[-1] == "技术支持电话：+862155550000"
    assert [row["keyname"] for row in card["horizontal_content_list"]] == ["岗位", "时间", "设备"]
    assert [(button["text"], button["style"]) for button in card["button_list"]] == [
        ("准时参加", 1),
        ("改约", 2),
        ("来不了", 3),
        ("求助", 2),
        ("进入面试", 2),
    ]
    assert card["button_list"][0]["key"] == "v1.1.".ljust(64, "x")
    assert card["button_list"][4] == {"text": "进入面试", "style": 2, "type": 1, "url": URLS["go"]}


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
@pytest.mark.parametrize("edits", [None, EDIT])
def test_cards_keep_their_limits(locale: str, edits: str | None) -> None:
    for message in (*MESSAGES.values(), *map(hostile, HOSTILE)):
        for call in written(message, locale=locale, edits=edits).calls:
            if "text" in call.params:
                assert len(call.params["text"]["content"].encode()) <= 2048
            if "template_card" in call.params:
                check_limits(call.params["template_card"])


def check_limits(card: dict[str, Any]) -> None:
    assert fits(card["main_title"]["title"], 36)
    assert card["main_title"]["title"].strip()
    assert fits(card["main_title"].get("desc", ""), 44)
    assert fits(card.get("sub_title_text", ""), 160)
    rows = card.get("horizontal_content_list", [])
    assert len(rows) <= 6
    assert all(fits(row["keyname"], 5) and fits(row["value"], 30) for row in rows)
    buttons = card.get("button_list", [])
    assert len(buttons) <= 6
    assert all(fits(button["text"], 10) and len(button.get("key", "").encode()) <= 1024 for button in buttons)
    assert len(card.get("jump_list", [])) <= 3
    assert all(len(jump["title"]) <= 18 for jump in card.get("jump_list", []))


@pytest.mark.parametrize("count", range(1, 10))
@pytest.mark.parametrize("edits", [None, EDIT])
def test_every_choice_is_there(count: int, edits: str | None) -> None:
    payload = written(choices(count), edits=edits)
    said = "\n".join(str(call.params) for call in payload.calls)
    for number in range(1, count + 1):
        assert f"{number}. " in said
    if count <= 6:
        assert [button["text"] for button in card_of(payload)["button_list"]] == [
            *map(str, range(1, count + 1))
        ]
    else:
        assert "请回复数字" in said


def test_what_is_too_long_for_a_card_goes_on_in_texts() -> None:
    first, *others = written(MESSAGES["digest"]).calls
    assert first.params["template_card"]["button_list"][0]["text"] == "刷新"
    said = "".join(call.params["text"]["content"] for call in others)
    assert all(f"第{n}位" in said for n in range(3, 81))
    spans = [call.params["duplicate_check_interval"] for call in others]
    assert all(later != earlier for earlier, later in pairwise(spans))


def test_long_leads_are_parted_and_not_cut() -> None:
    lead = "您好，这次面试的时间有变化，" * 6
    card = card_of(written(Message("m", data(lead), (), (Press("ok", data("知道了")),))))
    assert card["main_title"]["title"] + card.get("sub_title_text", "") == lead


def test_links_alone_are_a_notice() -> None:
    message = replace(MESSAGES["local"], actions=MESSAGES["local"].actions[:1])
    card = card_of(written(message))
    assert card["card_type"] == "text_notice"
    assert card["card_action"] == {"type": 1, "url": URLS["my"]}
    assert card["jump_list"] == [{"type": 1, "title": "我的面试", "url": URLS["my"]}]


def test_links_with_long_names_have_a_row() -> None:
    message = replace(
        MESSAGES["local"],
        actions=(*MESSAGES["local"].actions[1:], Link("my", data("查看这次面试的全部安排"))),
    )
    card = card_of(written(message))
    row = {"type": 1, "keyname": "→", "value": "查看这次面试的全部安排", "url": URLS["my"]}
    assert card["horizontal_content_list"] == [row]
    assert [button["text"] for button in card["button_list"]] == ["知道了"]


def test_addresses_that_cannot_be_opened_are_written_out() -> None:
    message = Message("m", data("x"), (), (Link("tel:+862155550000", words("电话", "Phone")),))
    (call,) = written(message).calls
    assert call.params["text"]["content"] == "x\n\n电话：+862155550000"


def test_facts_that_are_too_long_are_lines() -> None:
    long = fact("what", "一二三四五六", "x", "y")
    wide = fact("what", "内容", "x", "宽" * 31)
    message = Message("m", data("x"), (long, wide), (Press("ok", data("好")),))
    card = card_of(written(message))
    assert card["sub_title_text"] == f"一二三四五六：y\n内容：{'宽' * 31}"
    assert "horizontal_content_list" not in card


def test_an_edit_takes_the_cards_place() -> None:
    payload = written(choices(2), edits=EDIT)
    (call,) = payload.calls
    assert call.method == "message/update_template_card"
    assert {**call.params, "template_card": None} == {
        "userids": ["lilei"],
        "agentid": 7,
        "response_code": "code",
        "task": "task@5e5e5e5e",
        "template_card": None,
    }
    assert "task_id" not in call.params["template_card"]


def test_an_edit_without_choices_says_that_it_is_done() -> None:
    closed = card_of(written(replace(choices(2), actions=()), edits=EDIT))
    assert (closed["button_list"], closed["replace_text"]) == ([], "已处理")
    # Where there are too many for buttons, they follow by number.
    many = written(choices(7), edits=EDIT)
    assert card_of(many)["button_list"] == []
    assert "7. " in many.calls[1].params["text"]["content"]


def test_an_edit_brings_no_file_twice() -> None:
    first = written(MESSAGES["rebooked"])
    assert [call.method for call in first.calls] == ["message/send", "file"]
    assert first.calls[1].params["file"] == f"blob:{BLOB}/面试.ics"
    again = written(MESSAGES["rebooked"], edits=EDIT)
    assert [call.method for call in again.calls] == ["message/update_template_card"]
    both = replace(MESSAGES["rebooked"], actions=(Press("ok", data("好")),))
    assert card_of(written(both))["task_id"] == "row1@5e5e5e5e"


def test_a_picture_is_sent_to_be_seen_at_once() -> None:
    shown = File(BLOB, "trend.png", "image/png", data("From week to week."))
    second = written(Message("picture", data("No-show rate 9.8%"), (shown,))).calls[-1]
    assert (second.method, second.params["image"]) == ("image", f"blob:{BLOB}/trend.png")


def test_tokens_are_read_back() -> None:
    assert read_token(EDIT) == ("task@5e5e5e5e", "code")
    assert brought_by("task@5e5e5e5e@aaaaaaaa") == ("5e5e5e5e", "aaaaaaaa")
    for none in ("", "task", ":code", "ta sk:code", f"{'x' * 200}:code"):
        assert read_token(none) is None
    task = make_task("row 1/é:" * 40, [f"sha256:{n:064x}" for n in range(20)])
    assert len(task) <= 128
    assert set(task) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-@")


def test_the_same_words_again_are_another_request() -> None:
    spans = {
        written(MESSAGES["bare"], request_id=f"row{n}").calls[0].params["duplicate_check_interval"]
        for n in range(40)
    }
    assert len(spans) > 30
    assert all(CHECKED_FOR - 3600 < span <= CHECKED_FOR for span in spans)
    assert written(MESSAGES["bare"]) == written(MESSAGES["bare"])


@pytest.mark.parametrize(
    "said", ["<a href='https://evil.example'>x</a>", "< A\nHREF=x>", "<a\t>", "<a/href=x>"]
)
def test_nobodys_words_are_a_link(said: str) -> None:
    (call,) = written(Message("m", data(said))).calls
    assert "\u2060" in call.params["text"]["content"]
    assert "\u2060" not in written(Message("m", data("a < b <abc>"))).calls[0].params["text"]["content"]


def test_a_robot_is_told_without_questions() -> None:
    message = replace(
        MESSAGES["digest"], blocks=(*MESSAGES["digest"].blocks, Note(data("<@all> [x](https://e) `y` **z**")))
    )
    payload = written(message, "webhook:hr", is_private=False)
    assert {call.method for call in payload.calls} == {"webhook/send"}
    assert {call.params["robot"] for call in payload.calls} == {"hr"}
    said = "".join(call.params["content"] for call in payload.calls)
    assert said.startswith("**今日面试情况**")
    assert all(len(call.params["content"].encode()) <= 4096 for call in payload.calls)
    for mark in ("<@", "](", "`y", "刷新", "请回复"):
        assert mark not in said
    assert said.count("**") == 2


def test_headings_and_quotes_are_none() -> None:
    (call,) = written(Message("m", data("x"), (Para(data("# a\n> b")),)), "webhook:hr").calls
    assert call.params["content"] == "**x**\n\n\u2060# a\n\u2060> b"


STAFF = (
    "alert", "support", "checklist", "by_hand", "together", "batch", "moving", "confirm", "relay", "handing", "choose",
    "whom",
)  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
@pytest.mark.parametrize("dialog", STAFF)
def test_what_staff_tap_has_a_name_that_fits_a_button(dialog: str, locale: str) -> None:
    """Where one label is too long, all of a card's buttons are numbers."""
    source = (ROOT / "conversations" / "dialogs" / f"{dialog}.py").read_text()
    calls = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and len(node.args) == 2
    ]
    names = [node.args for node in calls if isinstance(node.func, ast.Name) and node.func.id == "ct"]
    labels = [
        str(name.value)
        for context, name in names
        if isinstance(context, ast.Constant) and context.value == "button" and isinstance(name, ast.Constant)
    ]
    reads = reader(locale)
    fixed = [label for label in labels if "{" not in label]
    long = [label for label in fixed if not fits(render(ct("button", label), reads), 10)]
    assert long == []


def test_an_edit_tells_only_what_is_new_of_what_has_no_room() -> None:
    told = [Note(data(f"12:0{n} " + "说了很多话。" * 15)) for n in range(5)]
    before = Message("support.card", data("请接手"), tuple(told[:4]), choices(3).actions)
    after = replace(before, blocks=tuple(told))
    whole = written(after, edits=EDIT)
    more = written(after, edits=EDIT, shown=before)
    assert len(whole.calls) == len(more.calls) == 2
    text = more.calls[1].params["text"]["content"]
    assert "12:04" in text
    assert "12:03" not in text
    assert "12:03" in whole.calls[1].params["text"]["content"]
    assert len(written(before, edits=EDIT, shown=before).calls) == 1


# -- several questions at once ----------------------------------------------------------------------------


def test_a_form_is_a_card_with_selectors() -> None:
    (call,) = written(asked_at_once(names=2)).calls
    card = call.params["template_card"]
    options = [{"id": "o0", "text": "来了"}, {"id": "o1", "text": "来了1"}, {"id": "o2", "text": "来了2"}]
    assert card == {
        "card_type": "multiple_interaction",
        "main_title": {"title": "谁来了？"},
        "select_list": [
            {"question_key": "q0", "title": "I-1001 李雷", "selected_id": "o1", "option_list": options},
            {"question_key": "q1", "title": "I-1001 李雷1", "selected_id": "o1", "option_list": options},
        ],
        "submit_button": {"text": "完成", "key": "v1.0.".ljust(64, "x")},
        "task_id": "row1",
    }


def test_nothing_is_chosen_for_anybody() -> None:
    """Without a choice of ours WeCom takes the first option for chosen."""
    message = asked_at_once(names=1, options=2)
    assert message.form
    free = replace(message.form, fields=(replace(message.form.fields[0], initial=""),))
    (asked,) = card_of(written(replace(message, form=free)))["select_list"]
    assert asked["selected_id"] == "-"
    assert [each["id"] for each in asked["option_list"]] == ["-", "o0", "o1"]


def test_what_has_no_room_on_it_follows_and_is_not_said_twice() -> None:
    message = replace(asked_at_once(), blocks=(Note(data("先看清楚。")), Para(data("说明" * 30))))
    first, second = written(message).calls
    card = first.params["template_card"]
    assert card["main_title"] == {"title": "谁来了？", "desc": "先看清楚。"}
    assert second.params["text"]["content"] == "说明" * 30
    (again,) = written(message, edits=EDIT, shown=message).calls
    assert again.method == "message/update_template_card"
    assert again.params["template_card"]["card_type"] == "multiple_interaction"


@pytest.mark.parametrize(
    "more",
    [{"names": 4}, {"options": 11}, {"option": "宽" * 11}, {"option": "x" * 21}],
    ids=["a fourth question", "an eleventh option", "a wide option", "a long option"],
)
def test_a_form_that_does_not_fit_is_buttons_or_numbers(more: dict[str, Any]) -> None:
    payload = written(asked_at_once(**more))
    assert card_of(payload)["card_type"] == "button_interaction"
    assert "v1.1." in str(payload)


@pytest.mark.parametrize("more", [{"names": 3, "options": 10}, {"option": "宽" * 9}, {"option": "x" * 19}])
def test_what_just_fits_is_a_form(more: dict[str, Any]) -> None:
    assert card_of(written(asked_at_once(**more)))["card_type"] == "multiple_interaction"


@pytest.mark.parametrize("name", ["宽" * 40, "x" * 80, "I-1001 " + "长" * 13, *HOSTILE])
def test_titles_of_selectors_keep_their_limit(name: str) -> None:
    for asked in card_of(written(asked_at_once(names=3, name=name)))["select_list"]:
        assert fits(asked["title"], 13)
        assert "\n" not in asked["title"]


def test_a_form_that_is_answered_asks_nothing_more() -> None:
    shown = asked_at_once()
    (call,) = written(shown.asks_nothing, edits=EDIT, shown=shown).calls
    card = call.params["template_card"]
    assert (card["card_type"], card["button_list"]) == ("button_interaction", [])
    assert card["replace_text"] == "已处理"
