"""Messages as customer service sends them: menus and texts within their limits, in as few calls as can be."""

from dataclasses import replace
from typing import Any

import pytest

from channels.base import Payload
from channels.routes import ROUTES
from channels.wecom_kf.reading import read_message
from channels.wecom_kf.writing import make_id, write
from conversations.events import Pressed
from conversations.messages import File, Message
from tests.support.samples import BLOB, HOSTILE, MESSAGES, NOW, URLS, choices, data, envelope, hostile, words


def written(message: Message, **more: Any) -> Payload:
    return write(
        message, envelope(message, "wm1", **{"request_id": "row1", **more}), ROUTES["wecom.kf"], "wk1"
    )


def menu_of(payload: Payload) -> dict[str, Any]:
    (call,) = payload.calls
    assert call.params["msgtype"] == "msgmenu"
    menu = call.params["msgmenu"]
    assert isinstance(menu, dict)
    return menu


def test_a_reminder_is_one_menu() -> None:
    payload = written(MESSAGES["reminder"])
    menu = menu_of(payload)
    assert {**payload.calls[0].params, "msgmenu": None} == {
        "touser": "wm1",
        "open_kfid": "wk1",
        "msgid": make_id("row1"),
        "msgtype": "msgmenu",
        "msgmenu": None,
    }
    assert menu["head_content"].splitlines()[0] == "面试提醒：还有1小时5分钟"
    assert "技术支持电话：+862155550000" in menu["head_content"]
    shown = [(each["type"], each[each["type"]]["content"]) for each in menu["list"]]
    assert shown == [
        ("click", "准时参加"),
        ("click", "改约"),
        ("click", "来不了"),
        ("click", "求助"),
        ("view", "进入面试"),
    ]
    assert menu["list"][0]["click"]["id"] == "v1.1.".ljust(64, "x") + "~" + make_id("row1")
    assert menu["list"][4]["view"]["url"] == URLS["go"]


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_limits_are_kept(locale: str) -> None:
    for message in (*MESSAGES.values(), *map(hostile, HOSTILE)):
        payload = written(message, locale=locale)
        ids = [call.params["msgid"] for call in payload.calls]
        assert len(set(ids)) == len(ids) <= 5
        for call in payload.calls:
            check_limits(call.params)


def check_limits(params: Any) -> None:
    assert 1 <= len(params["msgid"]) <= 32
    if params["msgtype"] == "text":
        assert 0 < len(params["text"]["content"].encode()) <= 2048
    if params["msgtype"] == "msgmenu":
        menu = params["msgmenu"]
        assert len(menu["head_content"].encode()) <= 1024
        assert len(menu.get("tail_content", "").encode()) <= 1024
        assert 1 <= len(menu["list"]) <= 10
        for each in menu["list"]:
            assert 0 < len(each[each["type"]]["content"].encode()) <= 128
            assert len(each.get("click", {"id": ""})["id"].encode()) <= 128


@pytest.mark.parametrize("count", range(1, 10))
def test_what_is_pressed_comes_back(count: int) -> None:
    payload = written(choices(count))
    for number, each in enumerate(menu_of(payload)["list"], start=1):
        text = {"content": each["click"]["content"], "menu_id": each["click"]["id"]}
        tapped = {"msgid": "m", "external_userid": "wm1", "origin": 3, "msgtype": "text", "text": text}
        event = read_message(tapped, "wecom_kf.main", "wk1", NOW).event
        assert event
        assert (event.body, event.about) == (Pressed(f"v1.{number}.".ljust(64, "x")), make_id("row1"))


def test_what_does_not_fit_above_a_menu_stands_below_it() -> None:
    long = replace(MESSAGES["reminder"], lead=data("面试安排有变化。" * 38))
    menu = menu_of(written(long))
    assert menu["tail_content"].startswith("请提前10分钟进入。")
    assert menu["tail_content"] not in menu["head_content"]
    said = menu["head_content"] + menu["tail_content"]
    for part in ("面试安排有变化。" * 38, "Java 开发工程师", "技术支持电话"):
        assert part in said


def test_numbers_stay_above_their_menu() -> None:
    lead = data("请看一下，然后选一个。" * 40)
    payload = written(replace(MESSAGES["long_labels"], lead=lead))
    *before, last = payload.calls
    menu = last.params["msgmenu"]
    assert "2. 不参加" in menu["head_content"]
    assert "tail_content" not in menu
    said = "".join(call.params["text"]["content"] for call in before) + menu["head_content"]
    assert said.replace("\n", "").startswith("请看一下，然后选一个。" * 40 + "1. ")
    assert menu["list"][0]["click"]["id"].endswith(f"~{payload.calls[0].params['msgid']}")


def test_long_texts_go_on_and_end_in_time() -> None:
    digest = replace(MESSAGES["digest"], actions=())
    payload = written(digest)
    ids = [call.params["msgid"] for call in payload.calls]
    assert ids == [make_id("row1"), *(f"{make_id('row1')}-{n}" for n in range(1, 5))]
    said = [call.params["text"]["content"] for call in payload.calls]
    assert all(f"第{n}位" in "".join(said) for n in range(1, 40))
    assert [text[-1] == "…" for text in said] == [False] * 4 + [True]
    *before, menu = written(MESSAGES["digest"]).calls
    assert (len(before), before[-1].params["text"]["content"][-1]) == (4, "…")
    assert "第80位" in menu.params["msgmenu"]["head_content"]


def test_files_are_calls_of_their_own() -> None:
    text, file = written(MESSAGES["rebooked"]).calls
    assert (text.params["msgtype"], file.params["msgtype"]) == ("text", "file")
    assert file.params["blob"] == f"blob:{BLOB}/面试.ics"
    picture = Message(
        "m", words("看图", "Look"), (File(BLOB, "a.PNG", "image/png", words("图", "A picture")),)
    )
    assert written(picture).calls[1].params["msgtype"] == "image"


def test_a_text_without_an_id_has_one_made_of_it() -> None:
    one, other = (written(MESSAGES[name], request_id="") for name in ("bare", "greeting"))
    assert one == written(MESSAGES["bare"], request_id="")
    assert one.calls[0].params["msgid"] != other.calls[0].params["msgid"]


def test_nobodys_words_are_a_link() -> None:
    payload = written(hostile(HOSTILE[0]))
    assert "<a href" not in str(payload)
