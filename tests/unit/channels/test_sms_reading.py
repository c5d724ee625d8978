"""What providers push: reports and answers become events once, and nothing else gets in."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.accounts import ACCOUNTS
from channels import load
from channels.base import Forged, Inbound, Malformed
from channels.sms import RECEIVED
from channels.sms.reading import body_of
from conversations.events import Body, Commanded, Event, Followed, Said, Unreachable, Wanted
from tests.support.samples import NOW
from tests.unit.channels.test_sms_templates import CONFIG

SECRET = "sample-hook-secret"
ALIYUN = {**CONFIG, "hook_secret": SECRET}
GATEWAY = {
    **ACCOUNTS["sms"],
    "reports": {"list": "/results", "number": "/to", "status": "/state", "id": "/id", "gone": ["unknown", 5]},
    "inbound": {"number": "/From", "text": "/Body", "id": "/Sid", "about": "/Re"},
}
REPORT = {
    "phone_number": "13800138000",
    "send_time": "2026-11-24 13:00:00",
    "report_time": "2026-11-24 13:00:05",
    "success": False,
    "err_code": "MOBILE_IN_BLACK",
    "err_msg": "黑名单",
    "sms_size": "1",
    "biz_id": "9006^0",
    "out_id": "0a1b",
}
TEXT = {
    "phone_number": "13800138000",
    "content": "收到",
    "send_time": "2026-11-24 13:00:00",
    "dest_code": "1234",
    "sequence_id": "1234567890",
}


def inbound(what: str, body: object, config: Any = ALIYUN, **more: Any) -> Inbound:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    made: dict[str, Any] = {"query": {"key": SECRET}, "headers": {"content-type": "application/json"}, **more}
    return Inbound(
        more.get("method", "POST"), f"/hooks/sms/main/{what}", made["query"], made["headers"], raw, NOW
    )


async def parsed(what: str, body: object, config: Any = ALIYUN, **more: Any) -> tuple[Event, ...]:
    return (await load("sms")("sms.main", config, lambda: NOW).parse(inbound(what, body, **more))).events


async def test_answers_are_what_somebody_said() -> None:
    events = await parsed("inbound", [TEXT, {**TEXT, "content": "退订", "sequence_id": 5}])
    assert events == tuple(
        Event(id_, "sms.main", NOW, body, "sms.main", "+8613800138000", "+8613800138000")
        for id_, body in (
            ("in:1234567890:+8613800138000", Said("收到")),
            ("in:5:+8613800138000", Wanted("unsubscribe")),
        )
    )


async def test_alibaba_cloud_is_told_that_it_was_received() -> None:
    channel = load("sms")("sms.main", ALIYUN, lambda: NOW)
    done = await channel.parse(inbound("inbound", [TEXT]))
    assert (done.status, done.media_type, done.reply) == (200, "application/json", RECEIVED)
    assert isinstance(json.loads(done.reply)["code"], int)


@pytest.mark.parametrize(
    "code", ["MOBILE_IN_BLACK", "USER_REJECT", "SP_NOT_BY_INTER_SMS", "isv.CUSTOMER_REFUSED"]
)
async def test_who_will_never_be_reached_is_unreachable(code: str) -> None:
    (event,) = await parsed("reports", [{**REPORT, "err_code": code}])
    assert (event.id, event.body) == ("report:9006^0:+8613800138000", Unreachable(code))
    assert (event.user, event.chat, event.about) == ("+8613800138000", "+8613800138000", None)


@pytest.mark.parametrize(
    "code", ["DELIVERED", "MOBILE_NOT_ON_SERVICE", "CONTENT_KEYWORD", "SP_UNKNOWN_ERROR", ""]
)
async def test_a_phone_that_was_off_may_be_on_tomorrow(code: str) -> None:
    assert await parsed("reports", [{**REPORT, "err_code": code, "success": code == "DELIVERED"}]) == ()


async def test_a_gateway_reports_as_it_is_configured() -> None:
    items = [
        {"to": "8613800138000", "state": state, "id": n} for n, state in enumerate(("sent", "unknown", 5))
    ]
    events = await parsed("reports", {"results": items}, GATEWAY)
    assert [(event.id, event.body) for event in events] == [
        ("report:1:+8613800138000", Unreachable("unknown")),
        ("report:2:+8613800138000", Unreachable("5")),
    ]


@pytest.mark.parametrize("way", ["json", "form", "query"])
async def test_a_gateway_brings_answers_in_its_own_form(way: str) -> None:
    item = {"From": "+8613800138000", "Body": "好的 & 谢谢", "Sid": "SM1", "Re": "9006"}
    match way:
        case "json":
            events = await parsed("inbound", item, GATEWAY)
        case "form":
            headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
            events = await parsed("inbound", urlencode(item).encode(), GATEWAY, headers=headers)
        case _:
            events = await parsed("inbound", b"", GATEWAY, query={**item, "key": SECRET}, method="GET")
    (event,) = events
    assert (event.id, event.body, event.about) == ("in:SM1:+8613800138000", Said("好的 & 谢谢"), "9006")


async def test_what_has_no_id_is_known_by_all_it_says() -> None:
    nameless = {name: value for name, value in TEXT.items() if name != "sequence_id"}
    later = {**nameless, "send_time": "2026-11-24 13:00:01"}
    first, again, other = await parsed("inbound", [nameless, dict(reversed(nameless.items())), later])
    assert first.id == again.id != other.id


async def test_what_is_unclear_is_left_out() -> None:
    strange = [{**TEXT, "phone_number": "unknown"}, {**TEXT, "content": ""}, {}, {**TEXT, "content": ["x"]}]
    assert len(await parsed("inbound", [*strange, TEXT])) == 1


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("TD", Wanted("unsubscribe")),
        ("td。", Wanted("unsubscribe")),
        ("ＴＤ", Wanted("unsubscribe")),
        ("T", Wanted("unsubscribe")),
        ("R", Wanted("unsubscribe")),
        (" “退订” ", Wanted("unsubscribe")),
        ("STOP", Wanted("unsubscribe")),
        ("Unsubscribe.", Wanted("unsubscribe")),
        ("恢复", Wanted("start")),
        ("START", Wanted("start")),
        ("/start", Followed()),
        ("/stop", Commanded("stop")),
        ("stop it, I will be there", Said("stop it, I will be there")),
        ("1", Said("1")),
        ("不退订", Said("不退订")),
    ],
)
def test_the_words_of_the_trade(text: str, body: Body) -> None:
    assert body_of(text) == body


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        ("/hooks/sms/main/inbound", {}, "secret"),
        ("/hooks/sms/main/inbound", {"key": SECRET[:-1]}, "secret"),
        (f"/hooks/sms/main/{SECRET}x/inbound", {}, "secret"),
        (f"/hooks/sms/main/inbound/{SECRET}", {}, "secret"),
        ("/hooks/sms/main", {}, "secret"),
    ],
)
async def test_without_the_secret_nothing_gets_in(path: str, query: dict[str, str], reason: str) -> None:
    channel = load("sms")("sms.main", ALIYUN, lambda: NOW)
    with pytest.raises(Forged, match=reason):
        await channel.parse(Inbound("POST", path, query, {}, b"[]", NOW))


async def test_the_secret_may_stand_in_the_path() -> None:
    channel = load("sms")("sms.main", ALIYUN, lambda: NOW)
    path = f"/hooks/sms/main/{SECRET}/inbound"
    assert (
        len((await channel.parse(Inbound("POST", path, {}, {}, json.dumps([TEXT]).encode(), NOW))).events)
        == 1
    )


async def test_an_account_without_a_secret_hears_nothing() -> None:
    config = {key: value for key, value in ALIYUN.items() if key != "hook_secret"}
    with pytest.raises(Forged, match="no_hook_secret"):
        await parsed("inbound", [TEXT], config)


@pytest.mark.parametrize(
    ("what", "body", "config", "reason"),
    [
        ("elsewhere", [TEXT], ALIYUN, "path"),
        ("reports", {}, ACCOUNTS["sms"], "path"),
        ("inbound", b"{", ALIYUN, "not_json"),
        ("inbound", ["x"], ALIYUN, "items"),
        ("inbound", "x", ALIYUN, "items"),
        ("inbound", [TEXT] * 1001, ALIYUN, "too_many"),
        ("reports", {"results": "x"}, GATEWAY, "items"),
    ],
)
async def test_what_makes_no_sense_is_refused(what: str, body: object, config: Any, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        await parsed(what, body, config)
    assert raised.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TEXT, *REPORT, "x"]), inner)
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(["reports", "inbound"]), JSON | st.lists(st.fixed_dictionaries(dict.fromkeys(TEXT, JSON)))
)
async def test_no_body_breaks_it(what: str, body: object) -> None:
    try:
        events = await parsed(what, json.dumps(body).encode())
    except Malformed:
        return
    assert all(event.user and event.user.startswith("+") and event.at == NOW for event in events)
