"""The stand-in judges as Tencent documents: it is the oracle of the contract, so it is tried by itself."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from bot.clock import VirtualClock
from bot.sandbox.listening import Server, listen
from bot.sandbox.people import Seen, Someone, StandIn
from bot.sandbox.wechat import DETAILS, NoPage, Shown, WeChatPerson, WeChatStandIn
from bot.sandbox.wechat.fields import TAKES
from bot.sandbox.wechat.rules import Refusal, check_menu
from bot.sandbox.wecom.crypto import signature
from tests.support.samples import NOW

LINES = "岗位：{{thing2.DATA}}\n面试时间：{{time3.DATA}}\n备注：{{thing5.DATA}}"
DATA = {
    "thing2": {"value": "前端工程师"},
    "time3": {"value": "2026年11月24日 14:00"},
    "thing5": {"value": "还有1小时"},
}
PAGE = "https://turnout.example.com/my/1"
MENU = {
    "head_content": "您好",
    "list": [{"id": "v1.1", "content": "准时参加"}, {"id": "v1.2", "content": "改约"}],
}


class Bench:
    """The stand-in with one person, and an account's server that is only a place to send callbacks to."""

    def __init__(self, patience: float = 5) -> None:
        self.clock = VirtualClock(NOW)
        self.platform = WeChatStandIn(self.clock, patience=patience)
        self.person: WeChatPerson = self.platform.person("李雷")
        self.template = self.platform.template("面试提醒", LINES)
        self.told: list[Mapping[str, Any]] = []
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, b"")
        self.token = ""
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def start(self) -> None:
        await self.platform.start()
        self.http = httpx.AsyncClient(base_url=self.platform.api_base, trust_env=False, timeout=5)

        async def app(scope: Any, receive: Any, send: Any) -> None:  # uvicorn takes no method
            await self.hook(scope, receive, send)

        listener = listen()
        self.server = Server(app)
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        await self.server.is_up.wait()
        self.platform.listens(f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/wechat/main")
        self.token = (await self.stable())["access_token"]

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(self.http.aclose(), self.platform.stop(), self.serving)

    async def hook(self, scope: Any, receive: Any, send: Any) -> None:
        query = {key: each[0] for key, each in parse_qs(scope["query_string"].decode()).items()}
        body = (await receive())["body"]
        await self.hangs.wait()
        assert query["signature"] == signature(
            self.platform.callback_token, query["timestamp"], query["nonce"]
        )
        status, reply = (200, query.get("echostr", "").encode())
        if "echostr" not in query:
            sealed = fromstring(body).findtext("Encrypt") or ""
            assert query["encrypt_type"] == "aes"
            assert query["msg_signature"] == self.platform.seal.sign(
                query["timestamp"], query["nonce"], sealed
            )
            opened = fromstring(self.platform.seal.decrypt(sealed))
            self.told.append({each.tag: each.text for each in opened})
            assert query["openid"] == self.told[-1]["FromUserName"]
            status, reply = self.answer()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": reply})

    async def stable(self, **changes: Any) -> Any:
        given = {
            "grant_type": "client_credential",
            "appid": self.platform.appid,
            "secret": self.platform.secret,
        }
        return (await self.http.post("cgi-bin/stable_token", json={**given, **changes})).json()

    async def post(self, method: str, given: Any) -> Any:
        body = given if isinstance(given, bytes) else json.dumps(given, ensure_ascii=False).encode()
        query = {"access_token": self.token}
        return (await self.http.post(f"cgi-bin/{method}", params=query, content=body)).json()

    async def get(self, method: str, **params: str) -> Any:
        return (
            await self.http.get(f"cgi-bin/{method}", params={"access_token": self.token, **params})
        ).json()

    async def send(self, kind: str = "text", content: Any = None, **more: Any) -> Any:
        given = {"touser": self.person.openid, "msgtype": kind, kind: content or {"content": "您好"}, **more}
        return await self.post("message/custom/send", given)

    async def notify(self, **changes: Any) -> Any:
        given = {"touser": self.person.openid, "template_id": self.template, "url": PAGE, "data": DATA}
        return await self.post("message/template/send", {**given, **changes})

    async def filled(self, **values: str) -> Any:
        return await self.notify(data={**DATA, **{name: {"value": value} for name, value in values.items()}})

    async def code(self, scene: str = "token-1", **changes: Any) -> Any:
        given = {
            "expire_seconds": 604800,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        return await self.post("qrcode/create", {**given, **changes})

    async def follows(self) -> None:
        await self.person.follows()
        await self.platform.settle()

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    async def renewed(self, **span: float) -> None:
        """Let time pass, and fetch the token of then."""
        self.later(**span)
        self.token = (await self.stable())["access_token"]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    await made.start()
    yield made
    await made.stop()


def is_seen(shown: Shown) -> Seen:
    return shown


def test_people_and_platform_are_what_stories_need() -> None:
    platform = WeChatStandIn(VirtualClock(NOW))
    someone: Someone = platform.person("李雷")
    stands_in: StandIn = platform
    assert (someone.name, someone.chat, stands_in.pending) == ("李雷", [], False)


# -- tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"appid": "wx0"}, 40013),
        ({"appid": ""}, 41002),
        ({"secret": "x"}, 40125),
        ({"secret": ""}, 41004),
        ({"grant_type": "authorization_code"}, 40002),
        ({"force_refresh": "true"}, 47001),
    ],
)
async def test_a_token_needs_the_right_secret(bench: Bench, changes: Any, code: int) -> None:
    assert (await bench.stable(**changes))["errcode"] == code


async def test_a_stable_token_is_the_same_until_its_last_five_minutes(bench: Bench) -> None:
    assert (await bench.stable())["access_token"] == bench.token
    bench.later(minutes=114)
    assert (await bench.stable()) == {"access_token": bench.token, "expires_in": 360}
    bench.later(minutes=2)
    fresh = (await bench.stable())["access_token"]
    assert fresh != bench.token
    await bench.follows()
    assert (await bench.send())["errcode"] == 0  # both are good for a while
    bench.later(minutes=4)
    assert (await bench.send())["errcode"] == 40001
    bench.token = fresh
    assert (await bench.get("menu/get"))["errcode"] == 46003
    bench.later(hours=2)
    assert (await bench.get("menu/get"))["errcode"] == 42001


async def test_forcing_a_token_kills_the_one_before(bench: Bench) -> None:
    fresh = (await bench.stable(force_refresh=True))["access_token"]
    assert (await bench.get("menu/get"))["errcode"] == 40001
    assert (await bench.stable(force_refresh=True))["access_token"] == fresh  # not twice in 30 s
    for _ in range(19):
        bench.later(seconds=31)
        assert "access_token" in await bench.stable(force_refresh=True)
    bench.later(seconds=31)
    assert (await bench.stable(force_refresh=True))["errcode"] == 45009


async def test_plain_tokens_are_another_kind(bench: Bench) -> None:
    query = {
        "grant_type": "client_credential",
        "appid": bench.platform.appid,
        "secret": bench.platform.secret,
    }
    first = (await bench.http.get("cgi-bin/token", params=query)).json()["access_token"]
    second = (await bench.http.get("cgi-bin/token", params=query)).json()["access_token"]
    assert len({first, second, bench.token}) == 3
    assert (await bench.stable())["access_token"] == bench.token


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("x", 40014)])
async def test_a_wrong_token_is_refused(bench: Bench, token: str, code: int) -> None:
    bench.token = token
    assert (await bench.get("menu/get"))["errcode"] == code


async def test_who_is_not_listed_may_not_call(bench: Bench) -> None:
    bench.platform.is_listed = False
    for answer in (await bench.stable(), await bench.get("menu/get")):
        assert answer["errcode"] == 40164
        assert "203.0.113.7" in answer["errmsg"]


async def test_another_secret_kills_tokens(bench: Bench) -> None:
    old = bench.platform.secret
    bench.platform.reset_secret()
    assert (await bench.stable(secret=old))["errcode"] == 40125
    assert (await bench.get("menu/get"))["errcode"] == 40001


# -- windows ----------------------------------------------------------------------------------------------


async def test_nobody_is_written_to_who_did_nothing(bench: Bench) -> None:
    assert (await bench.send())["errcode"] == 45015
    assert (await bench.send(touser="o" * 28))["errcode"] == 40003


@pytest.mark.parametrize(("does", "count", "lasts"), [("says", 5, 48 * 3600), ("follows", 3, 60)])
async def test_what_people_do_opens_a_window(bench: Bench, does: str, count: int, lasts: int) -> None:
    await bench.person.follows()
    bench.later(minutes=2)
    if does == "says":
        await bench.person.says("你好")
    else:
        await bench.person.follows()
    await bench.renewed(seconds=lasts - 1)
    assert [(await bench.send())["errcode"] for _ in range(count + 1)] == [0] * count + [45047]
    bench.later(seconds=1)
    assert (await bench.send())["errcode"] == 45015


async def test_a_click_opens_a_minute_and_a_link_does_not(bench: Bench) -> None:
    entries = [
        {"type": "click", "name": "我的面试", "key": "my"},
        {"type": "view", "name": "网页", "url": PAGE},
    ]
    assert (await bench.post("menu/create", {"button": entries}))["errcode"] == 0
    await bench.person.follows()
    bench.later(minutes=2)
    assert await bench.person.clicks_menu("网页") == PAGE
    assert bench.person.messages_left == 0
    await bench.person.clicks_menu("我的面试")
    assert bench.person.messages_left == 3
    await bench.platform.settle()
    told = [(each["Event"], each["EventKey"]) for each in bench.told]
    assert told == [("subscribe", None), ("VIEW", PAGE), ("CLICK", "my")]


async def test_an_item_of_a_message_counts_as_a_click(bench: Bench) -> None:
    await bench.person.follows()
    assert (await bench.send("msgmenu", MENU))["errcode"] == 0
    bench.later(minutes=2)
    assert bench.person.last.buttons == ["准时参加", "改约"]
    await bench.person.presses("改约")
    await bench.platform.settle()
    assert (bench.told[-1]["Content"], bench.told[-1]["bizmsgmenuid"]) == ("改约", "v1.2")
    assert bench.person.messages_left == 3
    bench.later(minutes=1)
    assert (await bench.send())["errcode"] == 45015
    bench.platform.account.numbers_items = False
    await bench.person.presses("改约")
    await bench.platform.settle()
    assert bench.told[-1]["bizmsgmenuid"] == "0"


async def test_who_leaves_is_written_to_no_more(bench: Bench) -> None:
    await bench.person.follows()
    await bench.person.says("你好")
    await bench.person.unfollows()
    assert (await bench.send())["errcode"] == 45015
    assert (await bench.notify())["errcode"] == 43004
    with pytest.raises(LookupError, match="does not follow"):
        await bench.person.says("在吗")
    assert (await bench.get("user/info", openid=bench.person.openid))["subscribe"] == 0


async def test_a_window_may_shut_early(bench: Bench) -> None:
    await bench.person.follows()
    bench.platform.shuts(bench.person)
    assert (await bench.send())["errcode"] == 45015


async def test_a_reply_at_once_needs_no_window(bench: Bench) -> None:
    def reply() -> tuple[int, bytes]:
        text = (
            f"<xml><ToUserName>{bench.person.openid}</ToUserName><FromUserName>gh_0a1b2c3d4e5f</FromUserName>"
            "<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>收到</Content></xml>"
        )
        sealed = bench.platform.seal.encrypt(text)
        signed = bench.platform.seal.sign("1", "n", sealed)
        body = (
            f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{signed}</MsgSignature>"
            "<TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>"
        )
        return 200, body.encode()

    bench.answer = reply
    await bench.person.follows()
    await bench.platform.settle()
    assert (bench.person.last.text, bench.person.messages_left) == ("收到", 3)


# -- messages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("text", {"content": ""}, 44004),
        ("text", {"content": "您" * 683}, 45002),
        ("text", {"content": "您" * 682}, 0),
        ("msgmenu", {"head_content": "x", "list": []}, 47001),
        ("msgmenu", {"list": [{"id": 1, "content": "x"}]}, 47001),
        ("msgmenu", {"list": [{"id": "1", "content": "您" * 683}]}, 45002),
        ("news", {"articles": [{"title": "x", "url": PAGE}] * 2}, 45008),
        ("news", {"articles": [{"title": "x", "url": PAGE}]}, 0),
        ("template_card", {"x": 1}, 40008),
    ],
)
async def test_messages_are_judged(bench: Bench, kind: str, content: Any, code: int) -> None:
    await bench.person.follows()
    assert (await bench.send(kind, content)).get("errcode") == code


async def test_links_and_items_within_a_text(bench: Bench) -> None:
    await bench.person.follows()
    text = f'看<a href="{PAGE}">这里</a> <a href="weixin://bizmsgmenu?msgmenucontent=好&msgmenuid=7">好</a>'
    await bench.send(content={"content": text})
    assert (bench.person.last.text, bench.person.last.opens) == ("看这里 好", {"这里": PAGE})
    assert bench.person.last.presses == {"好": "7"}


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b'{"touser":"\\u60a8"}', 40033)],
)
async def test_bodies_are_judged(bench: Bench, body: bytes, code: int) -> None:
    assert (await bench.post("message/custom/send", body))["errcode"] == code


# -- templates --------------------------------------------------------------------------------------------


async def test_a_template_message_reaches_a_follower(bench: Bench) -> None:
    assert (await bench.notify())["errcode"] == 43004
    await bench.follows()
    await bench.renewed(days=30)
    answer = await bench.notify()
    assert answer["errcode"] == 0
    shown = bench.person.last
    assert shown.text == "面试提醒\n岗位：前端工程师\n面试时间：2026年11月24日 14:00\n备注：还有1小时"
    assert (shown.opens, bench.person.opens()) == ({DETAILS: PAGE}, PAGE)
    await bench.platform.settle()
    assert (bench.told[-1]["Event"], bench.told[-1]["Status"]) == ("TEMPLATESENDJOBFINISH", "success")
    assert bench.told[-1]["MsgID"] == str(answer["msgid"])


async def test_what_became_of_it_is_told_later(bench: Bench) -> None:
    await bench.follows()
    bench.person.refuses_notices = True
    assert (await bench.notify())["errcode"] == 0
    bench.platform.account.fails_jobs = True
    bench.platform.account.numbers_jobs = False
    assert (await bench.notify(client_msg_id="row-1"))["errcode"] == 0
    await bench.platform.settle()
    told = [(each["Status"], each["MsgID"] == "0") for each in bench.told[1:]]
    assert told == [("failed:user block", False), ("failed: system failed", True)]
    assert bench.person.chat == []


async def test_the_same_id_is_shown_once_in_ten_minutes(bench: Bench) -> None:
    await bench.follows()
    first = await bench.notify(client_msg_id="row-1")
    assert await bench.notify(client_msg_id="row-1") == first
    await bench.notify(client_msg_id="row-2")
    other = bench.platform.person("韩梅梅")
    await other.follows()
    await bench.notify(client_msg_id="row-1", touser=other.openid)
    assert (len(bench.person.chat), len(other.chat), len(bench.platform.held_back)) == (2, 1, 1)
    bench.later(minutes=10)
    await bench.notify(client_msg_id="row-1")
    assert len(bench.person.chat) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"template_id": "x"}, 40037),
        ({"touser": "x"}, 40003),
        ({"url": "javascript:1"}, 40066),
        ({"data": {}}, 47003),
        ({"data": None}, 47001),
        ({"data": {**DATA, "more": {"value": "x"}}}, 0),
    ],
)
async def test_template_messages_are_judged(bench: Bench, changes: Any, code: int) -> None:
    await bench.follows()
    assert (await bench.notify(**changes))["errcode"] == code


async def test_fields_that_do_not_fit_are_named(bench: Bench) -> None:
    await bench.follows()
    assert "data.thing2.value invalid" in (await bench.filled(thing2="您" * 21))["errmsg"]
    assert "data.time3.value is empty" in (await bench.filled(time3=""))["errmsg"]
    assert "data.time3.value invalid" in (await bench.filled(time3="明天下午两点"))["errmsg"]


async def test_what_stands_behind_the_end_of_a_line_is_cut(bench: Bench) -> None:
    await bench.follows()
    assert (await bench.filled(thing5="还有1小时\n请准备"))["errcode"] == 0
    assert "请准备" not in bench.person.last.text
    assert len(bench.platform.cut) == 1


@pytest.mark.parametrize(
    ("kind", "takes", "refuses"),
    [
        ("thing", ["您" * 20, "Interview at 2 p.m."], ["您" * 21]),
        ("number", ["1", "-2.5"], ["一", "1" * 33]),
        ("letter", ["abc"], ["a1", "a" * 33]),
        ("symbol", ["¥", "--"], ["a", "您", "-" * 6]),
        ("character_string", ["I-1001", "A" * 32], ["编号1", "A" * 33, "１"]),
        ("time", ["14:00", "2026年11月24日 14:00", "2026-11-24 14:00:00", "14:00~15:00"], ["25:00", "两点"]),
        ("date", ["2026年11月24日", "11月24日", "2026-11-24", "2026年11月24日 14:00"], ["明天", "14:00"]),
        ("amount", ["¥100", "12.5元"], ["一百"]),
        ("phone_number", ["+86-400-820-8820"], ["4" * 18, "电话"]),
        ("car_number", ["粤A8Z888挂"], ["粤A8Z888888"]),
        ("name", ["李雷", "Li Lei", "A" * 20], ["您" * 11, "A" * 21]),
        ("phrase", ["待确认"], ["未确认状态中", "OK"]),
    ],
)
def test_what_fields_take(kind: str, takes: list[str], refuses: list[str]) -> None:
    assert [each for each in takes if not TAKES[kind](each)] == []
    assert [each for each in refuses if TAKES[kind](each)] == []


async def test_constants_are_registered(bench: Bench) -> None:
    bench.template = bench.platform.template("结果", "状态：{{const1.DATA}}", const1=("未参加", "已取消"))
    await bench.follows()
    assert (await bench.filled(const1="未参加"))["errcode"] == 0
    assert (await bench.filled(const1="缺席"))["errcode"] == 47003
    listed = (await bench.get("template/get_all_private_template"))["template_list"]
    assert [each["title"] for each in listed] == ["面试提醒", "结果"]


# -- codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["ticket", "content", "picture"])
async def test_a_code_brings_its_scene(bench: Bench, way: str) -> None:
    made = await bench.code()
    assert made["expire_seconds"] == 604800
    picture = f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(made['ticket'])}"
    code = {"ticket": made["ticket"], "content": made["url"], "picture": picture}[way]
    await bench.person.scans(code)
    assert bench.person.messages_left == 3
    await bench.person.scans(code)
    await bench.platform.settle()
    told = [(each["Event"], each["EventKey"], each["Ticket"]) for each in bench.told]
    assert told == [("subscribe", "qrscene_token-1", made["ticket"]), ("SCAN", "token-1", made["ticket"])]
    known = await bench.get("user/info", openid=bench.person.openid)
    assert (known["subscribe"], known["qr_scene_str"]) == (1, "token-1")


async def test_a_code_that_is_over_says_so_to_who_scans(bench: Bench) -> None:
    made = await bench.code(expire_seconds=60)
    bench.later(seconds=60)
    assert await bench.person.scans(made["url"]) == ""
    assert bench.person.toasts
    with pytest.raises(LookupError):
        await bench.person.scans("https://example.com")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expire_seconds": 2_592_001}, 40053),
        ({"expire_seconds": 2_592_000}, None),
        ({"action_name": "QR"}, 40052),
        ({"action_info": {"scene": {"scene_str": "x" * 65}}}, 40053),
        ({"action_info": {"scene": {"scene_str": "x" * 64}}}, None),
        ({"action_info": {}}, 40053),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 1}}}, None),
        ({"action_name": "QR_LIMIT_STR_SCENE"}, None),
    ],
)
async def test_codes_are_judged(bench: Bench, changes: Any, code: int | None) -> None:
    assert (await bench.code(**changes)).get("errcode") == code


async def test_the_picture_of_a_code(bench: Bench) -> None:
    ticket = (await bench.code())["ticket"]
    shown = await bench.http.get("cgi-bin/showqrcode", params={"ticket": ticket})
    assert (shown.status_code, shown.content[1:4]) == (200, b"PNG")
    assert (await bench.http.get("cgi-bin/showqrcode", params={"ticket": "x"})).status_code == 404


# -- pages ------------------------------------------------------------------------------------------------


def authorize(bench: Bench, **changes: str) -> str:
    given = {
        "appid": bench.platform.appid,
        "redirect_uri": PAGE,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in {**given, **changes}.items())
    return f"https://open.weixin.qq.com/connect/oauth2/authorize?{query}#wechat_redirect"


async def exchange(bench: Bench, code: str, **changes: str) -> Any:
    given = {"appid": bench.platform.appid, "secret": bench.platform.secret, "code": code}
    query = {**given, "grant_type": "authorization_code", **changes}
    return (await bench.http.get("sns/oauth2/access_token", params=query)).json()


async def test_a_page_learns_once_who_opened_it(bench: Bench) -> None:
    assert bench.person.passes(PAGE) == PAGE
    sent_on = urlsplit(bench.person.passes(authorize(bench)))
    query = parse_qs(sent_on.query)
    assert (f"{sent_on.scheme}://{sent_on.netloc}{sent_on.path}", query["state"]) == (PAGE, ["abc"])
    (code,) = query["code"]
    assert (await exchange(bench, code, secret="x"))["errcode"] == 40125
    assert (await exchange(bench, code))["openid"] == bench.person.openid
    assert (await exchange(bench, code))["errcode"] == 40163
    assert (await exchange(bench, "x"))["errcode"] == 40029
    assert (await exchange(bench, ""))["errcode"] == 41008


async def test_a_code_for_a_page_lasts_five_minutes(bench: Bench) -> None:
    (code,) = parse_qs(urlsplit(bench.person.passes(authorize(bench))).query)["code"]
    bench.later(minutes=5, seconds=1)
    assert (await exchange(bench, code))["errcode"] == 42003


@pytest.mark.parametrize(
    "changes",
    [
        {"appid": "wx0"},
        {"scope": "snsapi_login"},
        {"state": "a" * 129},
        {"state": "a-b"},
        {"redirect_uri": "https://elsewhere.example.com/"},
        {"response_type": "token"},
    ],
)
async def test_pages_that_cannot_be_opened(bench: Bench, changes: Any) -> None:
    bench.platform.account.oauth.domain = "turnout.example.com"
    assert bench.person.passes(authorize(bench))
    with pytest.raises(NoPage):
        bench.person.passes(authorize(bench, **changes))


async def test_the_order_of_parameters_counts(bench: Bench) -> None:
    right = authorize(bench)
    for wrong in (right.removesuffix("#wechat_redirect"), re.sub(r"(appid=[^&]+)&(.*)#", r"\2&\1#", right)):
        with pytest.raises(NoPage):
            bench.person.passes(wrong)


# -- the menu ---------------------------------------------------------------------------------------------

CLICK = {"type": "click", "name": "改约", "key": "move"}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([CLICK] * 4, 40016),
        ([], 40016),
        ([{**CLICK, "name": "您" * 6}], 40018),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{**CLICK, "type": "press"}], 40017),
        ([{"type": "view", "name": "x", "url": "https://x/" + "x" * 1024}], 40020),
        ([{"type": "view", "name": "x", "url": "x"}], 40055),
        ([{"name": "更多", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "更多", "sub_button": [{**CLICK, "name": "您" * 21}]}], 40025),
        ([{"name": "更多", "sub_button": [{**CLICK, "key": ""}]}], 40026),
        ([{"name": "更多", "sub_button": [{**CLICK, "type": ""}]}], 40024),
    ],
)
def test_menus_are_judged(buttons: Any, code: int) -> None:
    with pytest.raises(Refusal) as raised:
        check_menu(buttons)
    assert raised.value.code == code


async def test_a_menu_is_set_read_and_deleted(bench: Bench) -> None:
    menu = {"button": [CLICK, {"name": "更多", "sub_button": [{**CLICK, "name": "您" * 20}]}]}
    assert (await bench.post("menu/create", menu))["errcode"] == 0
    assert (await bench.get("menu/get"))["menu"] == menu
    await bench.get("menu/delete")
    assert (await bench.get("menu/get"))["errcode"] == 46003


# -- callbacks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "voice", "video", "location", "link"])
async def test_what_people_send_reaches_the_server(bench: Bench, kind: Any) -> None:
    await bench.follows()
    id = await bench.person.sends(kind)
    await bench.platform.settle()
    assert (bench.told[-1]["MsgType"], bench.told[-1]["MsgId"]) == (kind, id)
    if media := bench.told[-1].get("MediaId"):
        query = {"access_token": bench.token, "media_id": media}
        assert (await bench.http.get("cgi-bin/media/get", params=query)).content
        bench.later(days=4)
        assert (await bench.get("media/get", media_id=media))["errcode"] in (40007, 42001)


async def test_an_address_is_checked(bench: Bench) -> None:
    await bench.platform.verify()
    bench.platform.listens("http://127.0.0.1:1/")
    with pytest.raises(ValueError, match="请求URL超时"):
        await bench.platform.verify()


@pytest.mark.parametrize(("status", "body"), [(500, b""), (200, b"ok"), (200, b"<xml/>"), (200, b"{}")])
async def test_a_service_out_of_order_says_so(bench: Bench, status: int, body: bytes) -> None:
    bench.answer = lambda: (status, body)
    await bench.follows()
    (callback,) = bench.platform.callbacks
    assert callback.attempts == ([500] * 3 if status == 500 else [200])
    assert bench.person.toasts == ["该公众号提供的服务出现故障，请稍后再试"]


@pytest.mark.parametrize("body", [b"", b"success"])
async def test_success_and_nothing_say_nothing(bench: Bench, body: bytes) -> None:
    bench.answer = lambda: (200, body)
    await bench.follows()
    assert (bench.person.toasts, bench.platform.unreadable) == ([], [])


async def test_a_server_that_hangs_is_asked_three_times() -> None:
    bench = Bench(patience=0.05)
    await bench.start()
    bench.hangs.clear()
    await bench.follows()
    assert bench.platform.callbacks[0].attempts == [0, 0, 0]
    bench.hangs.set()
    bench.platform.again(bench.platform.callbacks[0].id)
    await bench.platform.settle()
    assert bench.platform.callbacks[0].attempts[-1] == 200
    await bench.stop()


async def test_callbacks_are_sealed_with_the_newest_key(bench: Bench) -> None:
    before = bench.platform.aes_key
    assert bench.platform.rotate_key() != before
    await bench.follows()
    assert bench.told[-1]["Event"] == "subscribe"


# -- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"), [("busy", -1), ("45009", 45009), ("40241", 40241), ("45015", 45015)]
)
async def test_codes_on_demand(bench: Bench, kind: Any, code: int) -> None:
    await bench.follows()
    bench.platform.fail("message/custom/send", kind)
    assert (await bench.send())["errcode"] == code
    assert (await bench.send())["errcode"] == 0


async def test_a_dead_token_on_demand_is_dead(bench: Bench) -> None:
    bench.platform.fail("menu/get", "42001")
    assert (await bench.get("menu/get"))["errcode"] == 42001
    assert (await bench.get("menu/get"))["errcode"] == 40001
    bench.token = (await bench.stable())["access_token"]
    assert (await bench.get("menu/get"))["errcode"] == 46003


@pytest.mark.parametrize(
    ("kind", "shown"), [("reset", 0), ("reset_after", 1), ("cut", 1), ("html", 0), ("503", 0), ("empty", 1)]
)
async def test_answers_break_on_demand(bench: Bench, kind: Any, shown: int) -> None:
    await bench.follows()
    bench.platform.fail("message/custom/send", kind)
    try:
        answer: Any = await bench.send()
    except (httpx.HTTPError, ValueError):
        answer = {}
    assert "errcode" not in answer
    assert len(bench.person.chat) == shown


async def test_a_day_has_a_quota(bench: Bench) -> None:
    await bench.follows()
    bench.platform.account.quotas["message/template/send"] = 2
    assert [(await bench.notify())["errcode"] for _ in range(3)] == [0, 0, 45009]
    await bench.renewed(hours=24)
    assert (await bench.notify())["errcode"] == 0


async def test_secrets_stand_in_no_record(bench: Bench) -> None:
    await bench.follows()
    await bench.send()
    kept = repr([(call.method, call.params) for call in bench.platform.calls])
    assert bench.token not in kept
    assert bench.platform.secret not in kept
