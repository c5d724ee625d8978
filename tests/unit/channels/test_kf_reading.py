"""Messages and events of customer service: every sample of Tencent's page, and what no platform should send."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.base import Malformed
from channels.tencent.xml import read_xml
from channels.wecom_kf.errors import FAILURES
from channels.wecom_kf.reading import mark, read_callback, read_message
from conversations.events import Commanded, Event, Followed, Held, Pressed, Said, Sent, Unreachable
from tests.support.tencent import CALLBACKS, SYNC_MSG

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
KF = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"
USER = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"


def item(msgtype: str = "text", **more: Any) -> dict[str, Any]:
    known = {"msgid": "m1", "open_kfid": KF, "external_userid": USER, "send_time": 1795500000, "origin": 3}
    return {**known, "msgtype": msgtype, **more}


def happened(kind: str, **more: Any) -> dict[str, Any]:
    told = {"event_type": kind, "open_kfid": KF, "external_userid": USER, **more}
    return {"msgid": "e1", "send_time": 1795500000, "origin": 4, "msgtype": "event", "event": told}


def read(said: object) -> Event | None:
    return read_message(said, "wecom_kf.main", KF, NOW).event


def test_each_sample_is_read() -> None:
    found = [read_message(each, "wecom_kf.main", KF, NOW) for each in SYNC_MSG["msg_list"]]
    bodies = [each.event.body if each.event else None for each in found]
    picture = "2iSLeVyqzk4eX0IB5kTi9Ljfa2rt9dwfq5WKRQ4Nvvgw"
    assert bodies == [
        Said("hello world"),  # its menu is the operator's
        Followed("abc"),
        Unreachable("window_closed"),
        Held("NEW_SERVICER_USERID"),
        Sent("picture", picture),
    ]
    assert [each.event.opens for each in found if each.event] == ["message", "enter", "", "", "message"]
    assert [each.welcome for each in found] == ["", "aaaaaa", "", "", ""]
    for each in found:
        if each.event:
            assert (each.event.user, each.event.chat, each.event.source) == (USER, USER, "wecom_kf.main")
            assert each.event.at == datetime.fromtimestamp(1615478585, UTC)
            assert each.event.id.startswith("from_msgid_")
    assert found[2].event
    assert found[2].event.about == "FAIL_MSGID"


SAMPLES = {
    "event_kf_msg_or_event": "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR",
    "event_kf_account_auth_change": None,
    "event_add_external_contact_with_state": None,
    "event_del_external_contact": None,
    "event_customer_acquisition_balance_low": None,
    "event_enter_agent": None,
    "text": None,
}


@pytest.mark.parametrize(("name", "token"), SAMPLES.items(), ids=SAMPLES)
def test_a_callback_brings_a_token_and_nothing_else(name: str, token: str | None) -> None:
    assert read_callback(read_xml(CALLBACKS[f"wecom/{name}"]), "wkxxxxxxx") == token


def test_a_callback_of_another_account_is_nothing_to_us() -> None:
    assert read_callback(read_xml(CALLBACKS["wecom/event_kf_msg_or_event"]), "wkother") is None


def test_a_callback_of_somebody_elses_app_is_refused() -> None:
    with pytest.raises(Malformed, match="msgtype"):
        read_callback(read_xml(CALLBACKS["wecom/suite_add_external_contact_with_state"]), "wkxxxxxxx")


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (item(text={"content": "收到"}), Said("收到")),
        (item(text={"content": "/Status 1"}), Commanded("status", "1")),
        (item(text={"content": "/start abc"}), Followed("abc")),
        (item(text={"content": "  "}), None),
        (item(text={"content": "改约", "menu_id": mark("v1.2.x", "abcdefghijkl")}), Pressed("v1.2.x")),
        (item(text={"content": "改约", "menu_id": "0"}), Said("改约")),
        (item("voice", voice={"media_id": "M"}), Sent("voice", "M")),
        (item("file", file={"media_id": "M"}), Sent("document", "M")),
        (item("location", location={"latitude": 23.1, "longitude": 113.3, "name": "家"}),
         Sent("location", "23.1,113.3", "家")),
        (item("link", link={"title": "t", "url": "https://x"}), Sent("other", "https://x", "t")),
        (item("business_card", business_card={"userid": "x"}), Sent("other")),
        (item(origin=5, text={"content": "我来处理"}), None),
        (item(open_kfid="wkother", text={"content": "x"}), None),
        (happened("enter_session"), None),
        (happened("enter_session", welcome_code="W"), Followed()),
        (happened("enter_session", scene_param="tok-_en"), Followed("tok-_en")),
        (happened("enter_session", scene_param="a b", welcome_code="W"), Followed()),
        (happened("session_status_change", change_type=3), Held()),
        (happened("session_status_change", change_type=1, new_servicer_userid="LiSi"), Held("LiSi")),
        (happened("session_status_change", change_type=9), None),
        (happened("user_recall_msg", recall_msgid="m1"), None),
    ],
)  # fmt: skip
def test_what_is_said_and_done(said: object, body: object) -> None:
    found = read(said)
    assert (found.body if found else None) == body


@pytest.mark.parametrize(
    ("kind", "why"), [(kind, why) for kind, (why, _) in FAILURES.items()] + [(99, "unknown")]
)
def test_every_failure_has_its_word(kind: int, why: str) -> None:
    found = read(happened("msg_send_fail", fail_msgid="ours", fail_type=kind))
    assert found
    assert (found.body, found.about, found.opens) == (Unreachable(why), "ours", "")


def test_a_press_tells_whose_menu_it_was_of() -> None:
    found = read(item(text={"content": "x", "menu_id": mark("v1.1." + "x" * 59, "abcdefghijkl")}))
    assert found
    assert (found.body, found.about) == (Pressed("v1.1." + "x" * 59), "abcdefghijkl")


def test_nothing_comes_from_the_future() -> None:
    found = read(item(send_time=int((NOW + timedelta(hours=1)).timestamp()), text={"content": "x"}))
    assert found
    assert found.at == NOW
    for strange in (0, -1, True, "x", None, 10**12):
        assert (found := read(item(send_time=strange, text={"content": "x"})))
        assert found.at == NOW


def test_a_thousand_strange_messages_are_read_or_refused() -> None:
    dice = random.Random(4)
    strange: tuple[object, ...] = (
        None,
        [],
        {},
        "",
        "x" * 5000,
        3,
        4,
        -1,
        True,
        {"content": []},
        [1],
        1.5,
        "\udcff",
    )
    known = [*SYNC_MSG["msg_list"], item(text={"content": "x", "menu_id": "y"}), happened("enter_session")]
    refused = 0
    for _ in range(2000):
        made = {**dice.choice(known)}
        made[dice.choice([*made])] = dice.choice(strange)
        if isinstance(made.get("event"), dict) and made["event"]:
            made["event"] = {**made["event"], dice.choice([*made["event"]]): dice.choice(strange)}
        try:
            read(made)
        except Malformed:
            refused += 1
    assert 100 < refused < 2000
    others: tuple[object, ...] = (None, [], "x", 1)
    for nonsense in others:
        with pytest.raises(Malformed):
            read(nonsense)
