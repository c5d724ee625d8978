"""Callbacks of WeCom: every sample of Tencent's pages, and a thousand that no platform should send."""

import random
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest

from channels.base import Forged, Inbound, Malformed
from channels.wecom import WeCom
from conversations.events import Commanded, Event, Followed, Pressed, Said, Sent, Unreachable, Wanted
from tests.support.accounts import ACCOUNTS
from tests.support.tencent import CALLBACKS

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def app(agentid: int = 1, **changes) -> WeCom:
    return WeCom("wecom.main", {**ACCOUNTS["wecom"], "agentid": agentid, **changes}, lambda: NOW)


def inbound(channel: WeCom, xml: bytes, at: datetime = NOW) -> Inbound:
    """Return a request that carries an XML, sealed and signed."""
    sealed = channel._codec.encrypt(xml, random.randbytes(16))
    timestamp = str(int(at.timestamp()))
    signature = channel._codec.sign(timestamp, "n", sealed)
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": "n"}
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    return Inbound("POST", "/hooks/wecom/main", query, {}, body, NOW)


async def read(xml: bytes, agentid: int = 1) -> Event | None:
    channel = app(agentid)
    parsed = await channel.parse(inbound(channel, xml))
    assert (parsed.status, parsed.reply, parsed.wants_answer) == (200, b"", False)
    return next(iter(parsed.events), None)


def xml(**fields: object) -> bytes:
    told = {"ToUserName": "ww1", "FromUserName": "lilei", "CreateTime": 1795500300, **fields}
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in told.items())
    return f"<xml>{inside}</xml>".encode()


def event(name: str, **fields: object) -> bytes:
    return xml(MsgType="event", Event=name, AgentID=1, **fields)


SAMPLES = {
    "text": Said("this is a test"),
    "image": Sent("picture", "media_id"),
    "voice": Sent("voice", "media_id"),
    "location_message": Sent("location", "23.134,113.358", "位置信息"),
    "link": Sent("other", "URL", "this is a title！"),
    "event_click": Commanded("eventkey"),
    "event_enter_agent": Followed(),
    "event_subscribe": Followed(),
    "event_unsubscribe": Unreachable("unsubscribed"),
    "event_template_card_event": Pressed(
        "key111", {"QuestionKey1": "OptionId1", "QuestionKey2": "OptionId3"}
    ),
    "event_template_card_menu_event": Pressed("VIEW_CHANNEL_policy_ethics"),
    "event_taskcard_click": Pressed("key111"),
    # What we keep nothing of.
    "event_location": None,
    "event_kf_msg_or_event": None,
    "event_kf_account_auth_change": None,
    "event_add_external_contact_with_state": None,
    "event_del_external_contact": None,
    "event_customer_acquisition_balance_low": None,
}


@pytest.mark.parametrize(("name", "body"), SAMPLES.items(), ids=SAMPLES)
async def test_each_sample_is_read(name: str, body: object) -> None:
    found = await read(CALLBACKS[f"wecom/{name}"], 1000001 if "menu_event" in name else 1)
    assert (found.body if found else None) == body
    if found:
        assert found.user == found.chat
        assert found.user in ("fromUser", "FromUser", "UserID", "zhangsan")
        assert (found.source, found.account, found.is_private) == ("wecom.main", "wecom.main", True)


async def test_no_sample_is_left_out() -> None:
    told = {name.partition("/")[2] for name in CALLBACKS if name.startswith("wecom/")}
    assert told == {*SAMPLES, "suite_add_external_contact_with_state"}
    with pytest.raises(Malformed, match=r"^msgtype$"):
        await read(CALLBACKS["wecom/suite_add_external_contact_with_state"])


@pytest.mark.parametrize("name", [name for name in CALLBACKS if name.startswith("mp/")])
async def test_wechats_samples_break_nothing(name: str) -> None:
    found = await read(CALLBACKS[name])
    assert found is None or found.user


async def test_what_another_app_is_told_is_not_ours() -> None:
    assert await read(CALLBACKS["wecom/event_click"], 2) is None


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (" 收到 ", Said("收到")),
        ("今天", Said("今天")),
        ("/今天", Commanded("今天")),
        ("/Move 明天 下午", Commanded("move", "明天 下午")),
        ("/start abc-_1", Followed("abc-_1")),
        ("/ x", Said("/ x")),
        ("1 < 2 & *x* &lt;", Said("1 < 2 & *x* &lt;")),
    ],
)
async def test_words_and_commands(said: str, body: object) -> None:
    found = await read(xml(MsgType="text", Content=said, MsgId=7, AgentID=1))
    assert found
    assert (found.body, found.id) == (body, "7")


async def test_nothing_said_is_nothing() -> None:
    assert await read(xml(MsgType="text", Content="  ")) is None


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("list today", Commanded("list", "today")),
        ("/stats", Commanded("stats")),
        ("want.status", Wanted("status")),
        ("#sendmsg#_0_0#7599", None),
    ],
)
async def test_menu_keys(key: str, body: object) -> None:
    found = await read(event("click", EventKey=key))
    assert (found.body if found else None) == body


async def test_a_press_brings_what_its_card_can_be_changed_with() -> None:
    found = await read(
        event("template_card_event", EventKey="v1.1.x", TaskId="t@5e5e5e5e", ResponseCode="c:1")
    )
    assert found
    assert (found.about, found.edit_token) == ("t@5e5e5e5e", "t@5e5e5e5e:c:1")
    without = await read(event("taskcard_click", EventKey="v1.1.x", TaskId="t"))
    assert without
    assert without.edit_token is None


async def test_ids_are_those_of_what_happened() -> None:
    press = {"EventKey": "a", "TaskId": "t", "ResponseCode": "1"}
    first = await read(event("template_card_event", **press))
    again = await read(event("template_card_event", **press))
    other = [
        await read(event("template_card_event", **{**press, "EventKey": "b"})),
        await read(event("template_card_event", **{**press, "TaskId": "u"})),
        await read(event("template_card_event", **press, CreateTime=1795500301)),
        await read(event("template_card_event", **press, FromUserName="han")),
        await read(event("click", EventKey="a")),
    ]
    ids = [each.id for each in (first, *other) if each]
    assert first
    assert again
    assert first.id == again.id
    assert len(set(ids)) == len(ids) == 6
    # Samples without MsgId are told apart by what they say.
    said = [await read(xml(MsgType="text", Content=text)) for text in ("a", "b", "a")]
    assert said[0]
    assert said[1]
    assert said[2]
    assert said[0].id == said[2].id != said[1].id


async def test_opening_the_app_is_news_once() -> None:
    first = await read(event("enter_agent", CreateTime=1795500300))
    later = await read(event("enter_agent", CreateTime=1795600300))
    other = await read(event("enter_agent", FromUserName="han"))
    assert first
    assert later
    assert other
    assert first.id == later.id != other.id


async def test_the_check_of_our_address() -> None:
    channel = app()
    request = inbound(channel, b"1616140317555161061")
    sealed = request.body.decode().partition("<Encrypt>")[2].partition("</Encrypt>")[0]
    echo = Inbound("GET", request.path, {**request.query, "echostr": sealed}, {}, b"", NOW)
    parsed = await channel.parse(echo)
    assert (parsed.reply, parsed.media_type, parsed.events) == (b"1616140317555161061", "text/plain", ())
    for wrong in ({}, request.query, {**request.query, "echostr": "x"}):
        with pytest.raises(Forged, match=r"^callback$"):
            await channel.parse(Inbound("GET", request.path, wrong, {}, b"", NOW))


async def test_the_key_before_is_taken_while_it_is_changed() -> None:
    new = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
    old = ACCOUNTS["wecom"]["aes_key"]
    request = inbound(app(aes_key=old), xml(MsgType="text", Content="收到"))
    assert (await app(aes_key=new, previous_aes_key=old).parse(request)).events
    with pytest.raises(Forged):
        await app(aes_key=new).parse(request)


async def test_what_is_brought_late_is_refused() -> None:
    channel = app()
    request = inbound(channel, xml(MsgType="text", Content="收到"), NOW - timedelta(minutes=11))
    with pytest.raises(Forged):
        await channel.parse(request)


NESTED = b"<xml><MsgType><a>text</a></MsgType></xml>"


def spoilt(count: int):
    """Yield callbacks that are spoilt: cut, doubled, with other bytes, other values, elements in elements."""
    by_chance = random.Random(20261124)
    good = [CALLBACKS[name] for name in CALLBACKS if name.startswith("wecom/")]
    odd = (
        "",
        " ",
        "x" * 5000,
        "\u202e",
        "&#0;",
        "&x;",
        "<a><b/></a>",
        "]]>",
        "9" * 400,
        "<MsgType>x</MsgType>",
    )
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


async def test_a_thousand_spoilt_callbacks_are_read_or_refused() -> None:
    channel = app()
    outcomes = set()
    for body in [
        *spoilt(1200),
        b"",
        b"{}",
        b"<xml/>",
        b"<xml>" * 1000,
        b"\xff\xfe",
        b"<!DOCTYPE xml><xml/>",
        NESTED,
    ]:
        try:
            await channel.parse(inbound(channel, body))
        except Malformed as refused:
            outcomes.add(refused.reason)
        else:
            outcomes.add("ok")
    assert outcomes >= {"ok", "not_xml", "not_a_text", "document_type"}
    # Unsealed, all of them are forged, and nothing else.
    for body in spoilt(300):
        with pytest.raises(Forged, match=r"^callback$"):
            await channel.parse(Inbound("POST", "/hooks/wecom/main", {}, {}, body, NOW))


# -- what is chosen on a card -----------------------------------------------------------------------------

TAP = {"EventKey": "v1.0.x", "TaskId": "t", "CardType": "multiple_interaction"}


def selected(*chosen: tuple[str, str]) -> bytes:
    items = "".join(
        f"<SelectedItem><QuestionKey>{question}</QuestionKey><OptionIds>{options}</OptionIds></SelectedItem>"
        for question, options in chosen
    )
    plain = event("template_card_event", **TAP)
    return plain.replace(b"</xml>", f"<SelectedItems>{items}</SelectedItems></xml>".encode())


def option(*ids: str) -> str:
    return "".join(f"<OptionId>{each}</OptionId>" for each in ids)


async def test_what_was_chosen_comes_with_the_press() -> None:
    found = await read(selected(("q0", option("came")), ("q1", option("-")), ("q2", "")))
    assert found
    assert found.body == Pressed("v1.0.x", {"q0": "came", "q1": "", "q2": ""})


async def test_other_choices_in_the_same_second_are_another_event() -> None:
    one = await read(selected(("q0", option("came"))))
    other = await read(selected(("q0", option("missed"))))
    again = await read(selected(("q0", option("came"))))
    assert one
    assert other
    assert again
    assert one.id == again.id != other.id


@pytest.mark.parametrize(
    "chosen",
    [
        [("", option("came"))],
        [("q0", option("came")), ("q0", option("missed"))],
        [("q0", option("x" * 129))],
        [("q" * 1025, option("came"))],
        [(f"q{n}", option("came")) for n in range(21)],
    ],
    ids=["no question", "one question twice", "long option", "long question", "too many"],
)
async def test_nonsense_is_refused(chosen: list[tuple[str, str]]) -> None:
    with pytest.raises(Malformed):
        await read(selected(*chosen))
