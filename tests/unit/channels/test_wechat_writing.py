"""Messages as templates and as text with a menu: what stands where, and what cannot be said."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.base import NotDelivered, Payload
from channels.wechat import WeChat, sentences
from channels.wechat.fields import KINDS, fits
from channels.wechat.filling import clock
from conversations.messages import Fact, Message
from locales.text import Countdown, Moment, Text, t
from locales.translate import LOCALES, render
from tests.support.accounts import ACCOUNTS
from tests.support.samples import MESSAGES, NOW, START, choices, data, envelope, reader
from tests.support.scenes import examples

CONFIG = ACCOUNTS["wechat"]
CUSTOM, TEMPLATE = "wechat.custom", "wechat.template"


def rendered(message: Message, route: str, config: Any = CONFIG, **more: Any) -> Payload:
    given = {"request_id": "row-1", "account": "wechat.main", "chat": "oLiLei", **more}
    channel = WeChat("wechat.main", config, lambda: NOW)
    return channel.render(message, replace(envelope(message, **given), route=route))


def filled(message: Message, fields: dict[str, str], **more: Any) -> dict[str, str]:
    template = {"id": "template-under-test", "kinds": ["*"], "fields": fields}
    call = rendered(message, TEMPLATE, {**CONFIG, "templates": {"one": template}}, **more).calls[0]
    return {name: given["value"] for name, given in call.params["data"].items()}


# -- templates ----------------------------------------------------------------------------------------------


def test_a_template_says_what_it_is_about_when_and_how_long_until_then() -> None:
    call = rendered(MESSAGES["reminder"], TEMPLATE).calls[0]
    assert call.method == "message/template/send"
    assert (call.params["touser"], call.params["template_id"]) == ("oLiLei", "sample-template-of-reminders")
    assert call.params["data"] == {
        "thing1": {"value": "面试提醒，请查看"},
        "time2": {"value": "2026年11月24日 14:05"},
        "thing3": {"value": "还有1小时5分钟"},
        "thing4": {"value": "Java 开发工程师"},
    }
    assert call.params["client_msg_id"] == "row-1"


def test_it_leads_to_the_page_by_way_of_wechat() -> None:
    parts = urlsplit(rendered(MESSAGES["reminder"], TEMPLATE).calls[0].params["url"])
    query = parse_qs(parts.query)
    state = query.pop("state")[0]
    assert query == {
        "appid": [CONFIG["appid"]],
        "redirect_uri": ["http://localhost:8080/my/3f9d"],
        "response_type": ["code"],
        "scope": ["snsapi_base"],
    }
    assert (parts.netloc, parts.path, parts.fragment) == (
        "open.weixin.qq.com",
        "/connect/oauth2/authorize",
        "wechat_redirect",
    )
    assert re.fullmatch("[0-9a-zA-Z]{1,128}", state)
    assert CONFIG["secret"] not in parts.query


def test_a_kind_without_a_template_waits_for_a_window_or_takes_another_way() -> None:
    only = {"one": {"id": "template-under-test", "kinds": ["reminder"], "fields": {"thing1": "what"}}}
    with pytest.raises(NotDelivered) as raised:
        rendered(MESSAGES["greeting"], TEMPLATE, {**CONFIG, "templates": only})
    assert (raised.value.why, "greeting" in raised.value.detail) == ("closed", True)
    assert rendered(MESSAGES["greeting"], CUSTOM, {**CONFIG, "templates": only}).calls


def test_what_has_no_time_has_none_made_up() -> None:
    with pytest.raises(NotDelivered, match="needs a time, and bare has none"):
        filled(MESSAGES["bare"], {"time1": "time"})


def said(lead: Text, *facts: Fact) -> Message:
    return Message("reminder", lead, facts)


LEAD = t(
    "{company}: {interview} is {when}, {countdown}.",
    company="星云科技",
    interview=t("your {role} interview", role="前端工程师"),
    when=Moment(START, "Asia/Shanghai"),
    countdown=Countdown(START),
)


def test_values_come_from_facts_and_from_what_the_lead_names() -> None:
    fields = {
        "thing1": "role",
        "thing2": "company",
        "time3": "time",
        "thing4": "countdown",
        "phrase5": "state",
    }
    found = filled(said(LEAD), fields)
    assert found == {
        "thing1": "前端工程师",
        "thing2": "星云科技",
        "time3": "2026年11月24日 14:05",
        "thing4": "还有1小时5分钟",
        "phrase5": "待确认",
    }
    moved = Fact("time", t("Time"), t("{value}", value=Moment(START + timedelta(days=1), "Asia/Shanghai")))
    assert filled(said(LEAD, moved), {"time1": "time"}) == {"time1": "2026年11月25日 14:05"}


@pytest.mark.parametrize(
    ("locale", "role", "name"), [("zh_Hans", "面试", "候选人"), ("en", "Interview", "候选人")]
)
def test_what_is_too_long_has_other_words_and_is_never_cut(locale: str, role: str, name: str) -> None:
    long = t("{company} {name} {role}", company="星" * 21, name="Wolfeschlegelsteinhausen", role="高级" * 11)
    fields = {"thing1": "role", "thing2": "company", "name3": "name"}
    found = filled(said(long), fields, locale=locale)
    assert found["thing1"] == role
    assert (found["thing2"], found["name3"]) == (
        ("招聘公司", name) if locale == "zh_Hans" else ("The company", "Candidate")
    )


def test_no_value_has_a_line_break() -> None:
    assert filled(said(t("{role}", role="前端\n工程师\t二")), {"thing1": "role"}) == {
        "thing1": "前端 工程师 二"
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_fits_in_every_language(locale: str) -> None:
    for text in (*sentences.WHAT.values(), sentences.ROLE, sentences.COMPANY):
        assert fits("thing1", render(text, reader(locale))), render(text, reader(locale))
    assert fits("name1", render(sentences.NAME, reader(locale)))
    for kind in sentences.STATE:
        assert fits("phrase1", sentences.state(kind))
    for minutes in (0, 1, 59, 60, 61, 1439, 1440, 1500, 2879, 99 * 1440 + 1439):
        said = render(sentences.left(minutes * 60), reader(locale))
        assert fits("thing1", said)
        assert minutes < 1 or any(sign.isdigit() for sign in said)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (86_400 + 7_200 + 59, "in 1 d 2 h"),
        (86_400, "in 1 d"),
        (7_260, "in 2 h 1 min"),
        (3_600, "in 1 h"),
        (1_800, "in 30 min"),
        (59, "It begins now"),
        (-59, "It begins now"),
        (-60, "It has begun"),
    ],
)
def test_a_countdown_in_two_units(seconds: int, text: str) -> None:
    assert render(sentences.left(seconds), reader("en")) == text


def test_times_are_on_the_readers_clock() -> None:
    assert clock(START, replace(reader("en"), zone="Europe/London")) == "2026年11月24日 06:05"


FIT = {
    "thing": ("面试", "x" * 20, "a b"),
    "time": ("15:01", "2019年10月1日 15:01", "2019年10月1日 15:01~2019年10月1日 16:01"),
    "date": ("2019年10月1日", "2019年10月1日 15:01"),
    "phrase": ("待确认", "面试待确认"),
    "name": ("李雷", "Li Lei", "欧阳·娜娜"),
    "character_string": ("I-1001", "a b"),
    "phone_number": ("+86-400-820-8820",),
    "car_number": ("粤A8Z888", "粤A8Z888挂"),
    "number": ("12", "1.5"),
    "letter": ("AB",),
    "symbol": ("!",),
    "amount": ("100元", "¥100.00"),
    "const": ("已预约",),
    "enum": ("已预约",),
}
UNFIT = {
    "thing": ("", "x" * 21, "a\nb", " a"),
    "time": ("25:00", "tomorrow", "2019-10-01 15:01", "3 p.m."),
    "date": ("15:01", "10月1日"),
    "phrase": ("待面试官确认", "OK", "待 认"),
    "name": ("李" * 11, "x" * 21, "R2D2"),
    "character_string": ("中文", "x" * 33, ""),
    "phone_number": ("1" * 18, "x"),
    "car_number": ("x" * 9, "挂粤A8Z88", "粤A8Z88888"),
    "number": ("x", "1" * 33),
    "letter": ("A1", "x" * 33),
    "symbol": ("abc", "!" * 6),
    "amount": ("abc",),
    "const": ("x" * 21,),
    "enum": ("x\ny",),
}


def test_fields_take_what_tencent_takes() -> None:
    assert {*FIT} == {*UNFIT} == {*KINDS}
    for kind in KINDS:
        for value in FIT[kind]:
            assert fits(f"{kind}3", value), (kind, value)
        for value in UNFIT[kind]:
            assert not fits(f"{kind}3", value), (kind, value)
    assert not fits("first", "x")


# -- while a window is open ---------------------------------------------------------------------------------


def test_a_choice_is_an_item_with_a_number_of_its_own() -> None:
    call = rendered(MESSAGES["no_show"], CUSTOM, locale="en").calls[0]
    menu = call.params["msgmenu"]
    assert [item["content"] for item in menu["list"]][:2] == ["1. Move it", "2. I forgot the time"]
    ids = [item["id"] for item in menu["list"]]
    assert all(re.fullmatch("[1-9][0-9]{7}", id) for id in ids)  # whatever counts by them: below 2**31
    assert len({*ids}) == len(ids) == len(call.params["values"])
    other = rendered(MESSAGES["no_show"], CUSTOM, request_id="row-2").calls[0].params["msgmenu"]["list"]
    assert not {*ids} & {item["id"] for item in other}


def test_labels_too_long_for_an_item_stand_above_it() -> None:
    menu = rendered(MESSAGES["long_labels"], CUSTOM).calls[0].params["msgmenu"]
    assert [item["content"] for item in menu["list"]] == ["1", "2"]
    assert "\n1. 我会参加" in menu["head_content"]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_part_is_longer_than_wechat_takes(locale: str) -> None:
    for message in MESSAGES.values():
        for call in rendered(message, CUSTOM, locale=locale).calls:
            shown = call.params.get("text") or {**call.params["msgmenu"], "list": ""}
            items = call.params.get("msgmenu", {}).get("list", [])
            texts = [*shown.values(), *(item["content"] for item in items)]
            assert sum(len(text.encode()) for text in texts) <= 2048
            assert all(texts[:1])
    digest = rendered(MESSAGES["digest"], CUSTOM, locale=locale).calls
    assert [call.params["msgtype"] for call in digest] == ["text"] * (len(digest) - 1) + ["msgmenu"]


@pytest.mark.parametrize("locale", LOCALES)
def test_whatever_candidates_are_told_takes_one_place_in_a_window_and_fits_a_template(locale: str) -> None:
    for example in examples():
        message = example.message()
        assert len(rendered(message, CUSTOM, locale=locale).calls) == 1, example.name
        assert rendered(message, TEMPLATE, locale=locale).calls


def test_nobodys_words_are_a_link() -> None:
    message = Message("hostile", data("<a href='https://evil.example'>win</a>"), actions=choices(1).actions)
    menu = rendered(message, CUSTOM).calls[0].params["msgmenu"]
    assert "<a href" not in menu["head_content"]
    assert "evil.example" in menu["head_content"]


def test_a_file_is_a_link_to_where_it_is() -> None:
    text = rendered(MESSAGES["rebooked"], CUSTOM).calls[0].params["text"]["content"]
    assert "日历文件：http://localhost:8080/my/3f9d" in text


def test_the_same_is_the_same_again() -> None:
    for route in (CUSTOM, TEMPLATE):
        one, other = (rendered(MESSAGES["reminder"], route) for _ in range(2))
        assert one == other
        assert json.loads(json.dumps(one.calls[0].params)) == one.calls[0].params


def test_without_a_name_a_route_is_the_template() -> None:
    assert rendered(MESSAGES["reminder"], "").calls[0].method == "message/template/send"
