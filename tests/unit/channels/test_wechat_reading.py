"""Callbacks of WeChat: every sample of Tencent's pages, and a thousand that no platform should send."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from channels.base import Forged, Inbound, Malformed
from channels.tencent.codec import Codec
from channels.wechat import WeChat
from conversations.events import Commanded, Event, Followed, Lost, Pressed, Said, Sent, Unreachable, Wanted
from tests.support.accounts import ACCOUNTS
from tests.support.samples import choices
from tests.support.tencent import CALLBACKS
from tests.unit.channels.test_wechat_writing import rendered

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
CONFIG = ACCOUNTS["wechat"]
PATH = "/hooks/wechat/main"


def account(**changes) -> WeChat:
    return WeChat("wechat.main", {**CONFIG, **changes}, lambda: NOW)


def codec(key: str = CONFIG["aes_key"], receive_id: str = CONFIG["appid"]) -> Codec:
    return Codec(CONFIG["token"], (key,), receive_id)


def inbound(xml: bytes, at: datetime = NOW, by: Codec | None = None) -> Inbound:
    """Return a request that carries an XML, sealed and signed."""
    by = by or codec()
    sealed = by.encrypt(xml, random.randbytes(16))
    timestamp = str(int(at.timestamp()))
    query = {
        "signature": by.sign(timestamp, "n"),
        "msg_signature": by.sign(timestamp, "n", sealed),
        "timestamp": timestamp,
        "nonce": "n",
        "encrypt_type": "aes",
    }
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    return Inbound("POST", PATH, query, {}, body, NOW)


async def read(xml: bytes, by: WeChat | None = None) -> Event | None:
    parsed = await (by or account()).parse(inbound(xml))
    assert (parsed.status, parsed.reply, parsed.wants_answer) == (200, b"", False)
    return next(iter(parsed.events), None)


def xml(**fields: object) -> bytes:
    told = {"ToUserName": "gh_1", "FromUserName": "oLiLei", "CreateTime": 1795500300, **fields}
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
    return f"<xml>{inside}</xml>".encode()


def event(name: str, **fields: object) -> bytes:
    return xml(MsgType="event", Event=name, **fields)


SAMPLES = {
    "text": (Said("this is a test"), "message"),
    "text_msgmenu_click": (Said("满意"), "menu"),
    "text_msgmenu_click_live_2026": (Said("取消支付"), "menu"),
    "image": (Sent("picture", "media_id"), "message"),
    "voice": (Sent("voice", "media_id"), "message"),
    "location_message": (Sent("location", "23.134521,113.358803", "位置信息"), "message"),
    "link": (Sent("other", "url", "公众平台官网链接"), "message"),
    "event_CLICK": (Commanded("eventkey"), "menu"),
    "event_SCAN": (Followed("SCENE_VALUE"), "scan"),
    "event_subscribe": (Followed(), "follow"),
    "event_subscribe_qrscene": (Followed("123123"), "follow"),
    "event_unsubscribe": (Unreachable("unsubscribed"), ""),
    "event_TEMPLATESENDJOBFINISH_user_block": (Unreachable("blocks templates"), ""),
    "event_TEMPLATESENDJOBFINISH_system_failed": (Lost("failed: system failed"), ""),
}
NOT_OURS = {
    "event_TEMPLATESENDJOBFINISH_success": "what arrives was expected to",
    "event_LOCATION": "we keep no places",
    "event_VIEW": "a page that was opened opens no window",
    "event_subscribe_msg_change": "consents to single messages are not used",
    "event_subscribe_msg_popup": "consents to single messages are not used",
    "event_subscribe_msg_sent": "consents to single messages are not used",
}


@pytest.mark.parametrize(("name", "read_as"), SAMPLES.items(), ids=SAMPLES)
async def test_each_sample_is_read(name: str, read_as: tuple[object, str]) -> None:
    found = await read(CALLBACKS[f"mp/{name}"])
    assert found
    assert (found.body, found.opens) == read_as
    assert found.user == found.chat != ""
    assert (found.source, found.account, found.is_private) == ("wechat.main", "wechat.main", True)


@pytest.mark.parametrize("name", NOT_OURS)
async def test_what_does_not_concern_us_is_taken_and_left(name: str) -> None:
    assert await read(CALLBACKS[f"mp/{name}"]) is None


async def test_no_sample_is_left_out() -> None:
    told = {name.partition("/")[2] for name in CALLBACKS if name.startswith("mp/")}
    assert told == {*SAMPLES, *NOT_OURS}


@pytest.mark.parametrize("name", [name for name in CALLBACKS if name.startswith("wecom/")])
async def test_wecoms_samples_break_nothing(name: str) -> None:
    try:
        found = await read(CALLBACKS[name])
    except Malformed:
        found = None
    assert found is None or found.user


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (" 收到 ", Said("收到")),
        ("/Move 明天 下午", Commanded("move", "明天 下午")),
        ("/start abc-_1", Followed("abc-_1")),
        ("2. 改约", Said("2. 改约")),
        ("1 < 2 & *x* &lt;", Said("1 < 2 & *x* &lt;")),
    ],
)
async def test_words_and_commands(said: str, body: object) -> None:
    found = await read(xml(MsgType="text", Content=said, MsgId=7))
    assert found
    assert (found.body, found.id, found.opens) == (body, "7", "message")


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("want.status", Wanted("status")),
        ("want.check", Wanted("check")),
        ("/help", Commanded("help")),
        ("#sendmsg#_0_0#7599", None),
    ],
)
async def test_menu_keys(key: str, body: object) -> None:
    found = await read(event("CLICK", EventKey=key))
    assert (found.body if found else None) == body


async def test_a_payment_that_led_to_following_is_no_token() -> None:
    found = await read(event("subscribe", EventKey="last_trade_no_4200001"))
    assert found
    assert found.body == Followed("")


# -- items of a menu in the chat ---------------------------------------------------------------------------


def tapped(id: object, content: str, at: int = 1) -> bytes:
    return xml(MsgType="text", Content=content, MsgId=at, bizmsgmenuid=id)


async def shown(by: WeChat, count: int, request: str) -> Any:
    """Have a menu remembered as it is before it is sent; return what is sent."""
    call = rendered(choices(count), "wechat.custom", chat="oLiLei", request_id=request).calls[-1]
    menu, values = call.params["msgmenu"], call.params["values"]
    await by._menus.remember("oLiLei", menu["list"], values, request)
    return menu


async def test_a_tap_is_the_press_of_what_was_shown_however_old() -> None:
    by = account()
    old, new = await shown(by, 3, "row-1"), await shown(by, 2, "row-2")
    for menu, about in ((old, "row-1"), (new, "row-2")):
        item = menu["list"][1]
        found = await read(tapped(item["id"], item["content"]), by)
        assert found
        assert (found.body, found.about, found.opens) == (Pressed("v1.2.".ljust(64, "x")), about, "menu")


async def test_a_tap_that_comes_back_as_0_is_known_by_its_words() -> None:
    by = account()
    item = (await shown(by, 3, "row-1"))["list"][2]
    found = await read(tapped(0, item["content"]), by)
    assert found
    assert found.body == Pressed("v1.3.".ljust(64, "x"))


async def test_of_a_menu_nobody_knows_the_number_counts_and_words_are_words() -> None:
    by = account()
    for count in range(6):  # only the newest few are kept
        await shown(by, 1, f"row-{count}")
    gone = rendered(choices(3), "wechat.custom", request_id="row-x").calls[-1].params["msgmenu"]["list"][1]
    for said, body in ((gone["content"], Said("2")), ("改约", Said("改约")), ("3", Said("3"))):
        found = await read(tapped(gone["id"], said), by)
        assert found
        assert (found.body, found.opens) == (body, "menu")


async def test_somebody_elses_menu_is_not_theirs() -> None:
    by = account()
    item = (await shown(by, 2, "row-1"))["list"][0]
    found = await read(tapped(item["id"], item["content"]).replace(b"oLiLei", b"oOther"), by)
    assert found
    assert found.body == Said("1")


# -- once ---------------------------------------------------------------------------------------------------


async def test_the_same_callback_has_the_same_id_and_others_have_others() -> None:
    kinds = [
        event("CLICK", EventKey="want.status"),
        event("CLICK", EventKey="want.move"),
        event("SCAN", EventKey="want.move"),
        event("SCAN", EventKey="abc", Ticket="t"),
        event("subscribe"),
        event("subscribe", CreateTime=1795500301),
        event("TEMPLATESENDJOBFINISH", MsgID=7, Status="failed:user block"),
        event("TEMPLATESENDJOBFINISH", MsgID=8, Status="failed:user block"),
        xml(MsgType="text", Content="收到", MsgId=7),
    ]
    first = [(await read(each)).id for each in kinds]  # type: ignore[union-attr]
    assert first == [(await read(each)).id for each in kinds]  # type: ignore[union-attr]
    assert len({*first}) == len(kinds)


# -- what is authentic ---------------------------------------------------------------------------------------


async def test_the_check_of_our_address_is_answered_as_it_was_sent() -> None:
    query = inbound(b"").query
    parsed = await account().parse(
        Inbound("GET", PATH, {**query, "echostr": "5927782489442352469"}, {}, b"", NOW)
    )
    assert (parsed.reply, parsed.media_type, parsed.events) == (b"5927782489442352469", "text/plain", ())
    for wrong in ({}, {**query, "signature": "x"}, {**query, "nonce": "m"}):
        with pytest.raises(Forged, match=r"^callback$"):
            await account().parse(Inbound("GET", PATH, {**wrong, "echostr": "1"}, {}, b"", NOW))


async def test_plain_mode_is_not_taken() -> None:
    plain = Inbound("POST", PATH, inbound(b"").query, {}, xml(MsgType="text", Content="x"), NOW)
    with pytest.raises(Forged):
        await account().parse(plain)


async def test_what_is_for_another_account_is_refused() -> None:
    with pytest.raises(Forged):
        await account().parse(
            inbound(xml(MsgType="text", Content="x"), by=codec(receive_id="wx0000000000000000"))
        )


async def test_the_key_before_is_taken_while_it_is_changed() -> None:
    new = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
    request = inbound(xml(MsgType="text", Content="收到"))
    assert (await account(aes_key=new, previous_aes_key=CONFIG["aes_key"]).parse(request)).events
    with pytest.raises(Forged):
        await account(aes_key=new).parse(request)


async def test_what_is_brought_late_is_refused() -> None:
    with pytest.raises(Forged):
        await account().parse(inbound(xml(MsgType="text", Content="收到"), NOW - timedelta(minutes=11)))


def spoilt(count: int):
    """Yield callbacks that are spoilt: cut, doubled, with other bytes, other values, elements in elements."""
    by_chance = random.Random(20261124)
    good = [CALLBACKS[name] for name in CALLBACKS if name.startswith("mp/")]
    odd = ("", " ", "x" * 5000, "\u202e", "&#0;", "&x;", "<a><b/></a>", "]]>", "9" * 400)
    for _ in range(count):
        body = bytearray(by_chance.choice(good))
        place = by_chance.randrange(len(body))
        match by_chance.randrange(5):
            case 0:
                del body[place:]
            case 1:
                body[place] = by_chance.randrange(256)
            case 2:
                body[place:place] = by_chance.randbytes(by_chance.randrange(1, 30))
            case 3:
                body[place:place] = body[by_chance.randrange(len(body)) :]
            case _:
                end = body.find(b"]]>")
                body[body.rfind(b"<![CDATA[", 0, end) : end + 3] = by_chance.choice(odd).encode()
        yield bytes(body)


TWICE = b"<xml><FromUserName>x</FromUserName><MsgType>text</MsgType><MsgType>event</MsgType></xml>"


async def test_a_thousand_spoilt_callbacks_are_read_or_refused() -> None:
    by = account()
    outcomes = set()
    strange = [b"", b"{}", b"<xml/>", b"<xml>" * 1000, b"\xff\xfe", b"<!DOCTYPE xml><xml/>", TWICE]
    for body in [*spoilt(1200), *strange]:
        try:
            await by.parse(inbound(body))
        except Malformed as refused:
            outcomes.add(refused.reason)
        else:
            outcomes.add("ok")
    assert outcomes >= {"ok", "not_xml", "document_type", "msgtype", "msgtype_twice"}
    for body in spoilt(300):
        with pytest.raises(Forged, match=r"^callback$"):
            await by.parse(Inbound("POST", PATH, {}, {}, body, NOW))
