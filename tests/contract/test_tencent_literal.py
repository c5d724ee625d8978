"""Our channels against Tencent's pages word for word: answers as they show them, and put on the wire in every way."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import VirtualClock
from channels.base import Forgetful, NotDelivered, Receipt
from channels.wechat import WeChat
from channels.wecom import WeCom
from channels.wecom_contact import Contacts
from channels.wecom_kf import Kf
from conversations.events import Event, Followed, Held, Said, Sent, Unreachable
from conversations.messages import Message
from tests.contract.rigs.base import read_blob
from tests.support.accounts import ACCOUNTS
from tests.support.samples import MESSAGES, NOW, choices, envelope
from tests.support.tencent import literal
from tests.support.tencent.literal import Literal, documented

CHANNELS = {"wecom": WeCom, "wecom_kf": Kf, "wecom_contact": Contacts, "wechat": WeChat}
TOKEN = {"errcode": 0, "errmsg": "ok", "access_token": "accesstoken000001", "expires_in": 7200}
STABLE = {"access_token": "ACCESS_TOKEN", "expires_in": 7200}
OK = {"errcode": 0, "errmsg": "ok"}
ACCEPTED: Mapping[str, Mapping[str, Any]] = {
    "message/send": documented("wecom_message_send.response"),
    "message/update_template_card": documented("wecom_message_update_template_card.response"),
    "kf/send_msg": documented("wecom_kf_send_msg.response"),
    "kf/send_msg_on_event": documented("wecom_kf_send_msg_on_event.response"),
    "externalcontact/send_welcome_msg": documented("wecom_externalcontact_send_welcome_msg.response"),
    "externalcontact/add_contact_way": documented("wecom_externalcontact_add_contact_way.response"),
    "webhook/send": documented("wecom_webhook_send.response"),
    "menu/create": documented("wecom_menu_create.response"),
    "message/template/send": {"errcode": 0, "errmsg": "ok", "msgid": 200228332},
    "message/custom/send": OK,
    "media/upload": {
        **OK,
        "type": "file",
        "media_id": "1G6nrLmr5EC3MMb_-zK1dDdzmd0p7cNliYu9V5w7o8K0",
        "created_at": "1380000000",
    },
}
"""What Tencent's pages show as the answer to a call that went well."""


class Bench:
    """One account of a platform that answers word for word."""

    def __init__(self, tencent: Literal, platform: str, **config: Any) -> None:
        self.tencent = tencent
        self.clock = VirtualClock(NOW)
        given = {"api_base": tencent.address, "deadline_seconds": 0.5, **config}
        made = CHANNELS[platform](
            f"{platform}.main", {**ACCOUNTS[platform], **given}, self.clock.now, Forgetful()
        )
        self.channel: Any = made

    async def sends(self, message: Message, chat: str = "zhangsan", **more: Any) -> Receipt:
        route = more.pop("route", "")
        made = envelope(message, chat, account=self.channel.account, **{"request_id": "row1", **more})
        made = replace(made, route=route)
        receipt: Receipt = await self.channel.deliver(self.channel.render(message, made), read_blob)
        return receipt

    async def fails(self, message: Message, chat: str = "zhangsan", **more: Any) -> NotDelivered:
        with pytest.raises(NotDelivered) as raised:
            await self.sends(message, chat, **more)
        return raised.value


@pytest.fixture
async def tencent() -> AsyncIterator[Literal]:
    async with Literal() as made:
        made.will("gettoken", TOKEN)
        made.will("stable_token", STABLE)
        for path, answer in ACCEPTED.items():
            made.will(path, answer)
        yield made


BARE = MESSAGES["bare"]
SENDS = {
    "wecom": ("message/send", BARE, {}),
    "wecom_kf": ("kf/send_msg", BARE, {}),
    "template": ("message/template/send", MESSAGES["reminder"], {}),
    "custom": ("message/custom/send", choices(3), {"route": "wechat.custom"}),
}


def bench_of(tencent: Literal, route: str, **config: Any) -> Bench:
    return Bench(tencent, "wechat" if route in ("template", "custom") else route, **config)


# -- what goes out, and what comes back ----------------------------------------------------------------------


async def test_a_card_is_sent_and_changed_as_the_pages_show_it(tencent: Literal) -> None:
    bench = Bench(tencent, "wecom")
    receipt = await bench.sends(choices(3))
    assert receipt.edit_token == "row1:xyzxyz"
    (sent,) = [each.json for each in tencent.of("message/send")]
    shown = documented("wecom_message_send.request")
    assert {name: type(value) for name, value in sent.items() if name in shown} == {
        name: type(shown[name]) for name in sent if name in shown
    }
    assert sent.keys() - shown.keys() == {"template_card"}
    await bench.sends(choices(2), edits=receipt.edit_token)
    (changed,) = [each.json for each in tencent.of("message/update_template_card")]
    shown = documented("wecom_message_update_template_card.request")
    assert changed.keys() - shown.keys() == {"template_card"}
    assert (changed["userids"], changed["response_code"]) == (["zhangsan"], "xyzxyz")
    await bench.channel.close()


@pytest.mark.parametrize("user", ["userid1", "UserID2", "USERID3", "userid4"])
async def test_who_is_named_in_an_answer_that_says_ok_was_not_reached(tencent: Literal, user: str) -> None:
    bench = Bench(tencent, "wecom")
    assert (await bench.fails(BARE, user)).why == "gone"
    assert (await bench.sends(BARE, "userid")).id == "xxxx"
    await bench.channel.close()


async def test_a_service_account_is_asked_as_the_pages_show_it(tencent: Literal) -> None:
    bench = Bench(tencent, "wechat")
    assert (await bench.sends(MESSAGES["reminder"], "oOPENID")).id == "200228332"
    (token,) = [each.json for each in tencent.of("stable_token")]
    assert token["grant_type"] == "client_credential"
    assert token["force_refresh"] is False
    (sent,) = tencent.of("message/template/send")
    assert sent.json.keys() <= {"touser", "template_id", "url", "client_msg_id", "data", "miniprogram"}
    assert sent.query == {"access_token": "ACCESS_TOKEN"}
    assert "还有" in sent.body.decode("utf-8")  # not as \\u8fd8: that is refused with 40033
    await bench.sends(choices(3), "oOPENID", route="wechat.custom")
    (said,) = [each.json for each in tencent.of("message/custom/send")]
    assert said.keys() == {"touser", "msgtype", "msgmenu"}
    assert said["msgmenu"].keys() == {"head_content", "list", "tail_content"}
    await bench.channel.close()


async def test_a_customer_is_written_to_and_welcomed_as_the_pages_show_it(tencent: Literal) -> None:
    bench = Bench(tencent, "wecom_kf")
    receipt = await bench.sends(BARE, "wm1")
    (sent,) = [each.json for each in tencent.of("kf/send_msg")]
    assert sent.keys() == documented("wecom_kf_send_msg.request").keys()
    assert receipt.id == sent["msgid"]
    await bench.channel._welcomes.keep("wm2", "CODE", NOW + timedelta(seconds=20))
    await bench.sends(BARE, "wm2")
    (sent,) = [each.json for each in tencent.of("kf/send_msg_on_event")]
    assert sent.keys() == documented("wecom_kf_send_msg_on_event.request").keys()
    await bench.channel.close()


async def test_a_contact_is_welcomed_by_a_way_as_the_pages_show_it(tencent: Literal) -> None:
    bench = Bench(tencent, "wecom_contact")
    assert (await bench.channel.invite("t0ken", NOW + timedelta(days=1))).startswith("http://p.qpic.cn/")
    (made,) = [each.json for each in tencent.of("externalcontact/add_contact_way")]
    assert made.keys() <= documented("wecom_externalcontact_add_contact_way.request").keys()
    assert len(made["state"]) <= 30
    await bench.channel._welcomes.keep("wo1", "CALLBACK_CODE", NOW + timedelta(seconds=20))
    await bench.sends(BARE, "wo1")
    (sent,) = [each.json for each in tencent.of("externalcontact/send_welcome_msg")]
    assert sent.keys() <= documented("wecom_externalcontact_send_welcome_msg.request").keys()
    await bench.channel.close()


async def test_a_robot_and_a_menu_are_asked_as_the_pages_show_it(tencent: Literal) -> None:
    bench = Bench(tencent, "wecom", robots={"hr": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"})
    await bench.sends(BARE, "webhook:hr")
    (said,) = tencent.of("webhook/send")
    assert said.query == {"key": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}
    assert said.json.keys() == {"msgtype", "markdown"}
    await bench.channel.register({})
    (menu,) = tencent.of("menu/create")
    assert menu.json.keys() == documented("wecom_menu_create.request").keys()
    assert menu.query["agentid"] == "1000002"
    await bench.channel.close()


# -- how an answer is put -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", SENDS)
@pytest.mark.parametrize(
    "say",
    [
        literal.plainly,
        literal.as_text,
        literal.with_a_mark,
        literal.packed,
        literal.in_chunks,
        literal.until_the_end,
    ],
)
async def test_however_an_answer_is_put_it_counts(tencent: Literal, route: str, say: literal.Say) -> None:
    path, message, more = SENDS[route]
    bench = bench_of(tencent, route)
    tencent.say = say
    await bench.sends(message, **more)
    assert len(tencent.of(path)) == 1
    await bench.channel.close()


@pytest.mark.parametrize("route", SENDS)
@pytest.mark.parametrize("change", [{"errcode": "0"}, {"errcode": 0.0}, {"errmsg": ""}, {"new": {"x": [1]}}])
async def test_more_than_the_pages_show_and_digits_in_quotes_count(
    tencent: Literal, route: str, change: dict[str, Any]
) -> None:
    path, message, more = SENDS[route]
    tencent.will(path, {**ACCEPTED[path], **change})
    bench = bench_of(tencent, route)
    await bench.sends(message, **more)
    await bench.channel.close()


@pytest.mark.parametrize("route", SENDS)
async def test_words_that_say_nothing_are_not_needed(tencent: Literal, route: str) -> None:
    path, message, more = SENDS[route]
    tencent.will(
        path, {name: value for name, value in ACCEPTED[path].items() if name in ("errcode", "msgid")}
    )
    bench = bench_of(tencent, route)
    await bench.sends(message, **more)
    await bench.channel.close()


@pytest.mark.parametrize("route", SENDS)
@pytest.mark.parametrize("say", [literal.as_a_page, literal.cut_off, literal.never])
async def test_what_is_no_answer_may_have_arrived(tencent: Literal, route: str, say: literal.Say) -> None:
    path, message, more = SENDS[route]
    bench = bench_of(tencent, route)
    tencent.say = say
    begun = asyncio.get_running_loop().time()
    failure = await bench.fails(message, **more)
    assert failure.why == "in_doubt"
    assert asyncio.get_running_loop().time() - begun < 2
    assert len(tencent.of(path)) == 1
    await bench.channel.close()


@pytest.mark.parametrize("msgid", [200228332, "200228332", 2400228332000000001])
async def test_the_number_of_a_message_may_be_in_quotes(tencent: Literal, msgid: object) -> None:
    for route in ("wecom", "wecom_kf", "template"):
        path, message, more = SENDS[route]
        tencent.will(path, {**OK, "msgid": msgid})
        bench = bench_of(tencent, route)
        receipt = await bench.sends(message, **more)
        assert route == "wecom_kf" or receipt.id == str(msgid)
        await bench.channel.close()


# -- tokens --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", SENDS)
@pytest.mark.parametrize(
    "refusal",
    [
        {"errcode": 40014, "errmsg": "invalid access_token"},
        {"errcode": "42001", "errmsg": "access_token expired rid: 6-7-8"},
        {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"},
    ],
)
async def test_a_token_that_another_process_changed_is_fetched_once(
    tencent: Literal, route: str, refusal: dict[str, Any]
) -> None:
    path, message, more = SENDS[route]
    fetch = "stable_token" if route in ("template", "custom") else "gettoken"
    first = STABLE if fetch == "stable_token" else TOKEN
    tencent.will(fetch, first, {**first, "access_token": "ANOTHER"})
    tencent.will(path, refusal, ACCEPTED[path])
    bench = bench_of(tencent, route)
    await bench.sends(message, **more)
    assert [each.query["access_token"] for each in tencent.of(path)] == [first["access_token"], "ANOTHER"]
    assert len(tencent.of(fetch)) == 2
    await bench.channel.close()


@pytest.mark.parametrize("life", [7200, "7200", 7200.0, 1, 0, -5, None, "soon", 10**12, True])
async def test_however_long_a_token_lives_it_is_used(tencent: Literal, life: object) -> None:
    for route, fetch, first in (("wecom", "gettoken", TOKEN), ("template", "stable_token", STABLE)):
        told = {**first, "expires_in": life}
        tencent.will(
            fetch, {name: value for name, value in told.items() if value is not None and name != "errcode"}
        )
        bench = bench_of(tencent, route)
        for _ in range(2):
            await bench.sends(SENDS[route][1])
        assert len(tencent.of(fetch)) == 1
        await bench.channel.close()


# -- refusals ------------------------------------------------------------------------------------------------

CLASSES: Mapping[str, Mapping[str, str]] = {
    "wecom": {
        "busy": "-1 6000 45009 45011 45033",
        "stopped": "40013 40056 40091 48002 48004 60020 301002 60011",
        "gone": "60111 81013 82001 301021 50002",
        "refused": "40008 40035 44004 45002 47001",
    },
    "wecom_kf": {
        "busy": "-1 45009 45033",
        "closed": "95001 95002 95013 95016 95018",
        "stopped": "95017 95004 48002",
        "gone": "84061 40096",
        "refused": "40058 95008 95009",
    },
    "template": {
        "busy": "-1 45009 45011",
        "stopped": "40013 40164 48001 48004 48008",
        "gone": "43004 40003 43019 48002",
        "refused": "40037 47003 45002 40033",
    },
    "custom": {
        "busy": "-1 45009",
        "closed": "45015 45047",
        "gone": "48002 40003 43004",
        "refused": "45008 44004",
    },
}
CASES = [
    (route, int(code), why)
    for route, classes in CLASSES.items()
    for why, codes in classes.items()
    for code in codes.split()
]


@pytest.mark.parametrize(("route", "code", "why"), CASES)
async def test_what_is_refused_is_told_by_its_code_alone(
    tencent: Literal, route: str, code: int, why: str
) -> None:
    path, message, more = SENDS[route]
    bench = bench_of(tencent, route)
    tencent.will("kf/service_state/get", {**OK, "service_state": 0})
    for said in ({"errmsg": "wörter aus Fremde, hint: [1]"}, {}):
        tencent.will(path, {"errcode": code, **said})
        failure = await bench.fails(message, **more)
        assert failure.why == why
    assert len(tencent.of(path)) == 2
    await bench.channel.close()


@pytest.mark.parametrize("code", [94945, 94888, 42003, 42022, 40058, 72058])
async def test_a_card_that_is_not_changed_wants_a_new_one(tencent: Literal, code: int) -> None:
    bench = Bench(tencent, "wecom")
    receipt = await bench.sends(choices(3))
    tencent.will("message/update_template_card", {"errcode": code, "errmsg": "response_code"})
    failure = await bench.fails(choices(2), edits=receipt.edit_token)
    assert (failure.why, failure.detail.partition(":")[0]) == ("refused", "edit_gone")
    await bench.channel.close()


# -- customer service: what is fetched -----------------------------------------------------------------------


class Reading:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.cursors: list[str | None] = []

    async def __call__(self, events: Any, cursor: str | None) -> None:
        self.events += events
        self.cursors.append(cursor)


async def test_the_pages_own_messages_are_read(tencent: Literal) -> None:
    known = documented("wecom_kf_sync_msg.full.response")
    kfid = known["msg_list"][0]["open_kfid"]
    tencent.will("kf/sync_msg", known, {**known, "msg_list": [], "has_more": 0})
    bench = Bench(tencent, "wecom_kf", open_kfid=kfid)
    await bench.channel._vault.put("since", "2020-01-01T00:00:00+00:00")
    reading = Reading()
    cursor = await bench.channel.pull(None, reading)
    assert cursor == known["next_cursor"]
    assert [type(event.body) for event in reading.events] == [Said, Followed, Unreachable, Held, Sent]
    assert {event.user for event in reading.events} == {"wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"}
    assert await bench.channel.pull(cursor, reading) == cursor
    assert [each.json.get("cursor") for each in tencent.of("kf/sync_msg")] == [None, cursor]
    await bench.channel.close()


def _quoted(value: Any) -> Any:
    """Return what a page holds with all numbers in quotes."""
    match value:
        case dict():
            return {name: _quoted(each) for name, each in value.items()}
        case list():
            return [_quoted(each) for each in value]
    return str(value) if isinstance(value, int) else value


async def test_numbers_in_quotes_are_numbers(tencent: Literal) -> None:
    known = documented("wecom_kf_sync_msg.full.response")
    tencent.will("kf/sync_msg", _quoted(known))
    bench = Bench(tencent, "wecom_kf", open_kfid=known["msg_list"][0]["open_kfid"])
    await bench.channel._vault.put("since", "2020-01-01T00:00:00+00:00")
    reading = Reading()
    await bench.channel.pull(None, reading)
    assert len(reading.events) == 5
    assert {int(event.at.timestamp()) for event in reading.events} == {1615478585}
    await bench.channel.close()


@pytest.mark.parametrize(
    "page",
    [
        {"next_cursor": "c1", "has_more": 1, "msg_list": []},
        {"has_more": 1, "msg_list": None},
        {"has_more": 1},
        {"has_more": "1", "next_cursor": ""},
    ],
)
async def test_a_page_that_leads_nowhere_is_not_asked_for_again_and_again(
    tencent: Literal, page: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.wecom_kf.fetching.LOOK", 0.01)
    tencent.will("kf/sync_msg", {**OK, **page})
    bench = Bench(tencent, "wecom_kf")
    cursor = "c1"
    for _ in range(5):
        cursor = await bench.channel.pull(cursor, Reading())
    assert cursor == "c1"
    assert len(tencent.of("kf/sync_msg")) == 1
    await bench.channel.close()


async def test_what_people_write_with_control_characters_is_read(tencent: Literal) -> None:
    item = documented("wecom_kf_sync_msg.full.response")["msg_list"][0]
    told = '{"errcode":0,"next_cursor":"c","msg_list":[{"msgid":"m","external_userid":"wm1","origin":3,'
    told += '"msgtype":"text","text":{"content":"a\x0bb\nc"}}]}'
    tencent.will("kf/sync_msg", told.encode())
    bench = Bench(tencent, "wecom_kf", open_kfid=item["open_kfid"])
    reading = Reading()
    await bench.channel.pull(None, reading)
    assert [event.body for event in reading.events] == [Said("a b c")]
    await bench.channel.close()


async def test_a_cursor_that_is_not_taken_any_more_is_left_out(tencent: Literal) -> None:
    refused = {"errcode": 40058, "errmsg": "invalid cursor"}
    tencent.will("kf/sync_msg", refused, {**OK, "next_cursor": "c9", "msg_list": []})
    bench = Bench(tencent, "wecom_kf")
    assert await bench.channel.pull("of-four-days-ago", Reading()) == "c9"
    assert "cursor" not in tencent.of("kf/sync_msg")[1].json
    await bench.channel.close()


# -- files ---------------------------------------------------------------------------------------------------


async def test_a_file_that_was_thrown_away_is_uploaded_anew(tencent: Literal) -> None:
    bench = Bench(tencent, "wecom")
    sends = ACCEPTED["message/send"]
    await bench.sends(MESSAGES["rebooked"])
    before = len(tencent.of("message/send"))
    tencent.will(
        "message/send", *[sends] * (before - 1), {"errcode": 40007, "errmsg": "invalid media_id"}, sends
    )
    await bench.sends(MESSAGES["rebooked"], request_id="row2")
    assert len(tencent.of("media/upload")) == 2
    assert len(tencent.of("message/send")) == 2 * before + 1
    tencent.will("message/send", *[sends] * (before - 1), {"errcode": 40007, "errmsg": "invalid media_id"})
    assert (await bench.fails(MESSAGES["rebooked"], request_id="row3")).why == "refused"
    await bench.channel.close()
