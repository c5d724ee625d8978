"""Callbacks as others make them: sealed by nothing of ours, and written in all the ways XML can be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.base import Forged, Forgetful, Inbound, Malformed
from channels.wechat import WeChat
from channels.wecom import WeCom
from channels.wecom_contact import Contacts
from channels.wecom_kf import Kf
from conversations.events import Event, Pressed, Said
from tests.support.accounts import ACCOUNTS
from tests.support.tencent import CALLBACKS
from tests.support.tencent.literal import ENVELOPE, sealed

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
CHANNELS = {"wecom": WeCom, "wecom_kf": Kf, "wecom_contact": Contacts, "wechat": WeChat}
TEXTS = {"wecom": CALLBACKS["wecom/text"], "wechat": CALLBACKS["mp/text"]}


def made(platform: str, **config: Any) -> Any:
    return CHANNELS[platform](f"{platform}.main", {**ACCOUNTS[platform], **config}, lambda: NOW, Forgetful())


def request(platform: str, xml: bytes, at: datetime = NOW, envelope: str = ENVELOPE) -> Inbound:
    known = ACCOUNTS[platform]
    return sealed(xml, known["token"], known["aes_key"], known.get("corpid") or known["appid"], at, envelope)


async def read(platform: str, xml: bytes, envelope: str = ENVELOPE) -> tuple[Event, ...]:
    events: tuple[Event, ...] = (await made(platform).parse(request(platform, xml, envelope=envelope))).events
    return events


def without_marks(xml: bytes) -> bytes:
    return re.sub(rb"<!\[CDATA\[(.*?)\]\]>", rb"\1", xml, flags=re.DOTALL)


def backwards(xml: bytes) -> bytes:
    fields = re.findall(rb"<(\w+)>(.*?)</\1>", xml.partition(b"<xml>")[2].rpartition(b"</xml>")[0], re.DOTALL)
    return (
        b"<xml>" + b"".join(b"<%s>%s</%s>" % (name, value, name) for name, value in fields[::-1]) + b"</xml>"
    )


WAYS: Mapping[str, Callable[[bytes], bytes]] = {
    "without marks": without_marks,
    "backwards": backwards,
    "spread out": lambda xml: xml.replace(b"<![CDATA[", b"\n  <![CDATA[").replace(b"]]>", b"]]>\n  "),
    "declared": lambda xml: b'<?xml version="1.0" encoding="UTF-8"?>' + xml,
    "declared below": lambda xml: b'\n\n<?xml version="1.0"?>\n' + xml,
    "marked": lambda xml: b"\xef\xbb\xbf" + xml,
    "ended": lambda xml: xml + b"\n\0\0",
    "with more": lambda xml: xml.replace(b"</xml>", b'<New a="1"><Inner><X>1</X></Inner></New><None/></xml>'),
    "in capitals": lambda xml: xml.replace(b"[text]", b"[TEXT]"),
    "remarked": lambda xml: xml.replace(b"</xml>", b"<!-- MsgType --></xml>"),
}


@pytest.mark.parametrize("platform", TEXTS)
@pytest.mark.parametrize("way", WAYS)
async def test_however_a_message_is_written_it_is_the_same(platform: str, way: str) -> None:
    (event,) = await read(platform, WAYS[way](TEXTS[platform]))
    assert (event.body, event.user) == (Said("this is a test"), "fromUser")


@pytest.mark.parametrize("platform", CHANNELS)
@pytest.mark.parametrize("way", ["without marks", "backwards", "spread out", "declared below", "with more"])
async def test_however_the_samples_are_written_they_are_the_same(platform: str, way: str) -> None:
    config = {"agentid": 1} if platform == "wecom" else {}
    channel, folder = made(platform, **config), "mp" if platform == "wechat" else "wecom"
    for name, xml in CALLBACKS.items():
        if not name.startswith(f"{folder}/") or "suite" in name:
            continue
        one = await channel.parse(request(platform, xml))
        other = await channel.parse(request(platform, WAYS[way](xml)))
        assert [(event.body, event.user, event.about) for event in one.events] == [
            (event.body, event.user, event.about) for event in other.events
        ]


@pytest.mark.parametrize("platform", TEXTS)
async def test_what_people_type_with_control_characters_is_not_lost(platform: str) -> None:
    (event,) = await read(platform, TEXTS[platform].replace(b"a test", b"a\x0btest\x1f"))
    assert event.body == Said("this is a test")


@pytest.mark.parametrize("platform", TEXTS)
@pytest.mark.parametrize("content", [b"<Content></Content>", b"<Content/>", b"<Content> \n </Content>", b""])
async def test_a_message_of_no_words_is_nothing(platform: str, content: bytes) -> None:
    assert await read(platform, re.sub(rb"<Content>.*</Content>", content, TEXTS[platform])) == ()


@pytest.mark.parametrize(
    "envelope",
    [
        "\ufeff<xml><Encrypt>{}</Encrypt></xml>",
        '<?xml version="1.0" encoding="utf-8"?>\n<xml>\n<Encrypt>\n<![CDATA[{}]]>\n</Encrypt>\n</xml>\n',
        "<xml><Encrypt>{}</Encrypt><AgentID><![CDATA[7]]></AgentID><ToUserName/><Else><A/></Else></xml>",
        # 兼容模式: what is not sealed stands beside it, and is not believed.
        "<xml><FromUserName>boss</FromUserName><Content>forged</Content><Encrypt>{}</Encrypt></xml>",
    ],
)
@pytest.mark.parametrize("platform", TEXTS)
async def test_however_an_envelope_is_written_it_is_opened(platform: str, envelope: str) -> None:
    (event,) = await read(platform, TEXTS[platform], envelope=envelope)
    assert (event.body, event.user) == (Said("this is a test"), "fromUser")


@pytest.mark.parametrize("agent", ["1000002", " 1000002 ", "<![CDATA[1000002]]>", ""])
async def test_our_own_app_is_known_and_none_is_no_other(agent: str) -> None:
    xml = TEXTS["wecom"].replace(b"</xml>", f"<AgentID>{agent}</AgentID></xml>".encode())
    assert len(await read("wecom", xml)) == 1


async def test_another_apps_are_another_apps() -> None:
    assert await read("wecom", TEXTS["wecom"].replace(b"</xml>", b"<AgentID>7</AgentID></xml>")) == ()


@pytest.mark.parametrize("platform", CHANNELS)
@pytest.mark.parametrize(
    "event", ["a_new_event", "LOCATION_SELECT", "batch_job_result", "sys_approval_change", "<x/>"]
)
async def test_events_that_nobody_knows_are_received_or_refused(platform: str, event: str) -> None:
    xml = "<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
    try:
        assert await read(platform, f"{xml}<Event>{event}</Event><A><B><C/></B></A></xml>".encode()) == ()
    except Malformed:
        assert event == "<x/>"


@pytest.mark.parametrize("platform", CHANNELS)
async def test_what_is_for_somebody_else_is_not_opened(platform: str) -> None:
    known = ACCOUNTS[platform]
    for receiver in ("", "wx5823bf96d3bd56c7", "tj7ef8c2a9a0"):
        forged = sealed(b"<xml/>", known["token"], known["aes_key"], receiver, NOW)
        with pytest.raises(Forged):
            await made(platform).parse(forged)
    with pytest.raises(Forged):
        await made(platform).parse(
            replace(request(platform, b"<xml/>"), received_at=NOW + timedelta(hours=1))
        )


@pytest.mark.parametrize("platform", ["wecom", "wecom_kf", "wecom_contact"])
@pytest.mark.parametrize("plus", ["+", " "])
async def test_the_check_of_an_address_is_answered_with_what_was_sealed(platform: str, plus: str) -> None:
    seen = set()
    for number in range(40):
        posted = request(platform, f"1616140317555161061{number}".encode())
        echo = re.findall(r"CDATA\[(.*?)\]\]", posted.body.decode())[0]
        seen.add("+" in echo)
        query = {**posted.query, "echostr": echo.replace("+", plus)}
        answer = await made(platform).parse(Inbound("GET", "/hooks", query, {}, b"", NOW))
        assert answer.reply == f"1616140317555161061{number}".encode()
    assert True in seen


async def test_an_item_that_comes_without_its_number_is_known_by_its_words() -> None:
    wechat = made("wechat")
    listed = [{"id": "10000001", "content": "1. 我会参加"}, {"id": "20000001", "content": "2"}]
    await wechat._menus.remember("fromUser", listed, ["yes", "no"], "row1")

    async def typed(words: str) -> Event:
        xml = TEXTS["wechat"].replace(b"this is a test", words.encode())
        (event,) = (await wechat.parse(request("wechat", xml))).events
        return event  # type: ignore[no-any-return]

    event = await typed("1. 我会参加")
    assert (event.body, event.about, event.opens) == (Pressed("yes"), "row1", "message")
    # A number alone is of what was asked last, whatever an older menu has.
    assert (await typed("2")).body == Said("2")
    assert (await typed("1. 不知道")).body == Said("1. 不知道")
