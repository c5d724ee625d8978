"""The stand-in of 微信客服 judges as Tencent documents: it is the oracle of the contract, so it is tried by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from bot.clock import VirtualClock
from bot.sandbox.kf import KfPerson, KfStandIn
from bot.sandbox.kf.rules import ASSISTED, ENDED, FRESH, QUEUED, SERVED
from bot.sandbox.listening import Server, listen
from bot.sandbox.people import Seen, Someone, StandIn
from tests.support.samples import NOW

MENU = {
    "head_content": "面试还有24小时：",
    "list": [
        {"type": "click", "click": {"id": "v1.1", "content": "准时参加"}},
        {"type": "click", "click": {"id": "v1.2", "content": "改约"}},
        {"type": "view", "view": {"url": "https://turnout.example.com/my", "content": "我的面试"}},
        {"type": "text", "text": {"content": "或直接回复数字"}},
    ],
    "tail_content": "如有疑问请直接回复。",
}


class Bench:
    """The stand-in with one customer, and an app that is only a place to send callbacks to."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.platform = KfStandIn(self.clock)
        self.person: KfPerson = self.platform.person("李雷")
        self.told: list[Mapping[str, Any]] = []
        self.token = ""

    async def start(self) -> None:
        await self.platform.start()
        base = f"{self.platform.api_base}/cgi-bin/"
        self.http = httpx.AsyncClient(base_url=base, trust_env=False, timeout=5)

        async def app(scope: Any, receive: Any, send: Any) -> None:  # uvicorn takes no method
            await self.hook(scope, receive, send)

        listener = listen()
        self.server = Server(app)
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))
        await self.server.is_up.wait()
        self.platform.listens(f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/wecom_kf/main")
        await self.log_in()

    async def stop(self) -> None:
        self.server.should_exit = True
        await asyncio.gather(self.http.aclose(), self.platform.stop(), self.serving)

    async def hook(self, scope: Any, receive: Any, send: Any) -> None:
        query = {key: each[0] for key, each in parse_qs(scope["query_string"].decode()).items()}
        sealed = fromstring((await receive())["body"]).findtext("Encrypt") or ""
        assert query["msg_signature"] == self.platform.seal.sign(query["timestamp"], query["nonce"], sealed)
        found = fromstring(self.platform.seal.decrypt(sealed))
        self.told.append({each.tag: each.text for each in found})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def log_in(self) -> None:
        given = {"corpid": self.platform.corp_id, "corpsecret": self.platform.secret}
        self.token = (await self.http.get("gettoken", params=given)).json()["access_token"]

    async def later(self, **span: float) -> None:
        """Let time pass; a token is good for two hours."""
        self.clock.advance(timedelta(**span))
        await self.log_in()

    async def post(self, method: str, **given: Any) -> Any:
        body = json.dumps(given, ensure_ascii=False).encode()
        return (await self.http.post(method, params={"access_token": self.token}, content=body)).json()

    async def send(self, kind: str = "text", content: Any = None, **more: Any) -> Any:
        given = {"touser": self.person.external_userid, "open_kfid": self.platform.open_kfid, **more}
        return await self.post("kf/send_msg", **given, msgtype=kind, **{kind: content or {"content": "您好"}})

    async def sync(self, **given: Any) -> Any:
        """Read with the token of the newest callback."""
        await self.platform.settle()
        return await self.post("kf/sync_msg", **{"token": self.told[-1]["Token"], **given})

    async def events(self, **given: Any) -> list[Any]:
        told = (await self.sync(**given))["msg_list"]
        return [each["event"] for each in told if each["msgtype"] == "event"]

    async def state(self, wanted: int | None = None, **more: Any) -> Any:
        given = {"open_kfid": self.platform.open_kfid, "external_userid": self.person.external_userid}
        if wanted is None:
            return (await self.post("kf/service_state/get", **given))["service_state"]
        return await self.post("kf/service_state/trans", **given, service_state=wanted, **more)

    async def link(self, scene: str = "turnout") -> str:
        way = await self.post("kf/add_contact_way", open_kfid=self.platform.open_kfid, scene=scene)
        return str(way["url"])

    async def welcome(self, code: str, kind: str = "text", content: Any = None, **more: Any) -> Any:
        said = content or {"content": "欢迎"}
        return await self.post("kf/send_msg_on_event", code=code, msgtype=kind, **{kind: said}, **more)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    await made.start()
    yield made
    await made.stop()


def code(answer: Mapping[str, Any]) -> int:
    return int(answer["errcode"])


def test_it_is_what_stories_need(bench: Bench) -> None:
    stand_in: StandIn = bench.platform
    person: Someone = bench.person
    assert (stand_in.pending, person.chat) == (False, [])


# -- reading ----------------------------------------------------------------------------------------------


async def test_a_callback_only_says_that_something_is_there(bench: Bench) -> None:
    msgid = await bench.person.says("在吗")
    found = await bench.sync()
    (told,) = bench.told
    assert set(told) == {"ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"}
    assert (told["Event"], told["OpenKfId"]) == ("kf_msg_or_event", bench.platform.open_kfid)
    (message,) = found["msg_list"]
    assert message == {
        "msgid": msgid,
        "open_kfid": bench.platform.open_kfid,
        "external_userid": bench.person.external_userid,
        "send_time": int(NOW.timestamp()),
        "origin": 3,
        "msgtype": "text",
        "text": {"content": "在吗"},
    }
    assert (found["has_more"], len(found["next_cursor"]) <= 64) == (0, True)


async def test_cursors_go_on_where_they_were(bench: Bench) -> None:
    for number in range(5):
        await bench.person.says(str(number))
    seen, cursor = [], ""
    bench.platform.reads_at_once(2)
    while True:
        found = await bench.sync(cursor=cursor, limit=1000)
        seen.append([each["text"]["content"] for each in found["msg_list"]])
        cursor = found["next_cursor"]
        if not found["has_more"]:
            break
    assert seen == [["0", "1"], ["2", "3"], ["4"]]
    assert (await bench.sync(cursor=cursor))["msg_list"] == []
    await bench.person.says("5")
    assert [each["text"]["content"] for each in (await bench.sync(cursor=cursor))["msg_list"]] == ["5"]


async def test_only_three_days_are_kept(bench: Bench) -> None:
    await bench.person.says("早")
    await bench.later(days=3, seconds=1)
    await bench.person.says("晚")
    assert [each["text"]["content"] for each in (await bench.sync())["msg_list"]] == ["晚"]


async def test_what_is_asked_wrong_is_refused(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert code(await bench.sync(limit=1001)) == 40058
    assert code(await bench.sync(cursor="x" * 65)) == 40058
    assert code(await bench.sync(cursor="made up")) == 40058
    assert code(await bench.sync(token="made up")) == 95007
    assert code(await bench.sync(open_kfid="wkOfSomebodyElse")) == 95004
    assert code(await bench.sync(open_kfid="x")) == 95000
    bench.clock.advance(timedelta(minutes=10))
    assert code(await bench.sync()) == 95007
    assert code(await bench.sync(token="")) == 0


async def test_without_a_token_it_is_asked_rarely(bench: Bench) -> None:
    await bench.person.says("在吗")
    codes = [code(await bench.sync(token="")) for _ in range(22)]
    assert codes == [0] * 20 + [45009] * 2


async def test_what_members_write_is_read_too_and_what_the_app_sends_is_not(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert code(await bench.send()) == 0
    bench.platform.takes_over(bench.person)
    bench.platform.answers(bench.person, "我是小张")
    found = (await bench.sync())["msg_list"]
    assert [(each["origin"], each["msgtype"]) for each in found] == [(3, "text"), (4, "event"), (5, "text")]
    assert "external_userid" not in found[1]
    assert found[1]["event"]["change_type"] == 1
    assert found[2]["servicer_userid"] == "Zhangsan"
    assert [shown.is_of_bot for shown in bench.person.chat] == [False, True, False]


async def test_everything_people_send_has_its_shape(bench: Bench) -> None:
    for kind in ("image", "voice", "video", "location", "link"):
        await bench.person.sends(kind)
        message = (await bench.sync())["msg_list"][-1]
        assert (message["msgtype"], bool(message[kind])) == (kind, True)


# -- entering ---------------------------------------------------------------------------------------------


async def test_a_link_brings_its_scene_and_its_parameter(bench: Bench) -> None:
    link = await bench.link()
    assert "enc_scene=" in link
    await bench.person.enters(f"{link}&scene_param=a%3D1")
    (event,) = await bench.events()
    assert (event["event_type"], event["scene"], event["scene_param"]) == ("enter_session", "turnout", "a=1")
    assert event["external_userid"] == bench.person.external_userid
    assert event["welcome_code"]


async def test_a_link_that_was_changed_brings_nothing(bench: Bench) -> None:
    link = await bench.link()
    await bench.person.enters(f"{link}x&scene_param=a")
    await bench.person.enters(f"{link}&scene_param={'a' * 129}")
    await bench.person.enters(f"{await bench.link('')}&scene_param=a")
    await bench.person.enters()
    events = await bench.events()
    assert [("scene_param" in each, each["scene"]) for each in events] == [(False, "")] * 4
    with pytest.raises(LookupError):
        await bench.person.enters("https://work.weixin.qq.com/kf/kfc0")
    assert code(await bench.post("kf/add_contact_way", open_kfid="wkx", scene="a")) == 95004
    for scene in ("a" * 33, "中", "a b"):
        given = {"open_kfid": bench.platform.open_kfid, "scene": scene}
        assert code(await bench.post("kf/add_contact_way", **given)) == 40058


async def entering(bench: Bench) -> str:
    await bench.person.enters()
    return str((await bench.events())[-1].get("welcome_code", ""))


async def test_a_welcome_is_said_once_within_twenty_seconds(bench: Bench) -> None:
    welcome = await entering(bench)
    bench.clock.advance(timedelta(seconds=20))
    assert code(await bench.welcome(welcome, "msgmenu", MENU)) == 0
    assert bench.person.last.buttons == ["准时参加", "改约", "我的面试"]
    assert code(await bench.welcome(welcome)) == 40058
    assert await entering(bench) == ""
    await bench.later(hours=48)
    late = await entering(bench)
    bench.clock.advance(timedelta(seconds=21))
    assert code(await bench.welcome(late)) == 40058
    assert code(await bench.welcome("made up")) == 40058


async def test_who_has_written_is_not_welcomed(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert await entering(bench) == ""
    await bench.later(hours=48)
    assert await entering(bench)
    bench.platform.desk.has_own_welcome = True
    assert await entering(bench) == ""


async def test_a_welcome_is_words_or_a_menu_and_opens_no_window(bench: Bench) -> None:
    welcome = await entering(bench)
    link = {"title": "t", "url": "https://turnout.example.com", "thumb_media_id": await upload(bench)}
    assert code(await bench.welcome(welcome, "link", link)) == 40008
    assert code(await bench.welcome(welcome, msgid="row-1")) == 0
    assert code(await bench.send()) == 95002


# -- sending ----------------------------------------------------------------------------------------------


async def upload(bench: Bench, kind: str = "image") -> str:
    files = {"media": ("面试.ics", b"BEGIN:VCALENDAR")}
    query = {"access_token": bench.token, "type": kind}
    answer = (await bench.http.post("media/upload", params=query, files=files)).json()
    return str(answer["media_id"])


async def test_five_messages_within_48_hours_of_theirs(bench: Bench) -> None:
    assert code(await bench.send()) == 95002
    await bench.person.says("在吗")
    assert [code(await bench.send()) for _ in range(6)] == [0] * 5 + [95001]
    await bench.person.says("好")
    await bench.later(hours=48)
    assert code(await bench.send()) == 0
    bench.clock.advance(timedelta(seconds=1))
    assert code(await bench.send()) == 95002
    assert await bench.state() == ENDED
    bench.platform.says_late_by(95018)
    assert code(await bench.send()) == 95018


async def test_an_own_msgid_is_good_for_once(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert (await bench.send(msgid="row-1"))["msgid"] == "row-1"
    assert code(await bench.send(msgid="row-1")) == 40058
    assert len(bench.person.chat) == 2
    for wrong in ("x" * 33, "a b", "中", 5):
        assert code(await bench.send(msgid=wrong)) == 40058
    assert code(await bench.send(content={"content": ""}, msgid="row-2")) == 44004
    assert code(await bench.send(msgid="row-2")) == 0


async def test_nobody_writes_into_a_talk_that_a_person_has(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert await bench.state() == FRESH
    assert code(await bench.state(ASSISTED)) == 0
    assert code(await bench.send()) == 0
    queued = await bench.state(QUEUED)
    assert code(await bench.send()) == 95018
    assert code(await bench.welcome(queued["msg_code"], "msgmenu", MENU)) == 95018
    assert code(await bench.welcome(queued["msg_code"])) == 0
    assert code(await bench.state(SERVED)) == 95014
    assert code(await bench.state(SERVED, servicer_userid="Zhangsan")) == 0
    assert code(await bench.state(ASSISTED)) == 95016
    ended = await bench.state(ENDED)
    assert code(await bench.welcome(ended["msg_code"], "msgmenu", MENU)) == 0
    assert code(await bench.state(ASSISTED)) == 95013
    assert code(await bench.send()) == 95018
    await bench.person.says("还在吗")
    assert code(await bench.send()) == 0


async def test_a_member_ends_a_talk(bench: Bench) -> None:
    await bench.person.says("在吗")
    bench.platform.takes_over(bench.person)
    assert await bench.state() == SERVED
    bench.platform.closes(bench.person)
    event = (await bench.events())[-1]
    assert (event["change_type"], event["old_servicer_userid"]) == (3, "Zhangsan")
    assert await bench.state() == ENDED


async def test_what_was_taken_may_be_lost(bench: Bench) -> None:
    await bench.person.says("在吗")
    bench.platform.loses(6)
    assert code(await bench.send(msgid="row-1")) == 0
    assert len(bench.person.chat) == 1
    event = (await bench.events())[-1]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "row-1", 6)
    await bench.person.turns_off()
    assert (await bench.events())[-1]["reject_switch"] == 1
    assert code(await bench.send(msgid="row-2")) == 0
    assert (await bench.events())[-1]["fail_type"] == 10
    await bench.person.turns_on()
    await bench.send()
    assert bench.person.last.text == "您好"
    with pytest.raises(ValueError, match="fail_type"):
        bench.platform.loses(3)


async def test_menus_are_shown_and_tapped(bench: Bench) -> None:
    await bench.person.says("在吗")
    await bench.send("msgmenu", MENU)
    shown: Seen = bench.person.last
    assert shown.text == "面试还有24小时：\n或直接回复数字\n如有疑问请直接回复。"
    assert shown.presses == {"准时参加": "v1.1", "改约": "v1.2"}
    assert shown.opens == {"我的面试": "https://turnout.example.com/my"}
    assert bench.person.opens("我的面试") == "https://turnout.example.com/my"
    await bench.person.presses("改约")
    message = (await bench.sync())["msg_list"][-1]
    assert message["text"] == {"content": "改约", "menu_id": "v1.2"}
    assert code(await bench.send()) == 0
    with pytest.raises(LookupError):
        await bench.person.presses("参加")
    with pytest.raises(LookupError):
        await bench.person.presses("我的面试", on=shown)


async def test_an_id_may_lose_what_follows_a_hash(bench: Bench) -> None:
    await bench.person.says("在吗")
    items = [{"type": "click", "click": {"id": each, "content": each}} for each in ("a#1", "#")]
    await bench.send("msgmenu", {"list": items, "head_content": "?"})
    for label in ("a#1", "#"):
        await bench.person.presses(label)
    told = [each["text"] for each in (await bench.sync())["msg_list"]]
    assert told[1:] == [{"content": "a#1", "menu_id": "a"}, {"content": "#"}]


def click(content: str = "x", id: str = "1") -> Any:
    return {"type": "click", "click": {"id": id, "content": content}}


WRONG: tuple[tuple[Any, int], ...] = (
    ({"list": [click()] * 11}, 95008),
    ({"list": [click()] * 10, "head_content": "?"}, 0),
    ({"list": [click()] * 10 + [{"type": "text", "text": {"content": "x"}}] * 40}, 0),
    ({"list": [{"type": "text", "text": {"content": "x"}}] * 51}, 95008),
    ({"list": [click("中" * 42)]}, 0),
    ({"list": [click("中" * 43)]}, 40058),
    ({"list": [click("")]}, 40058),
    ({"list": [click(id="x" * 129)]}, 40058),
    ({"list": [click()], "head_content": "中" * 342}, 45002),
    ({"list": [click()], "tail_content": "x" * 1025}, 45002),
    ({"list": [{"type": "view", "view": {"url": "example.com", "content": "x"}}]}, 45034),
    ({"list": [{"type": "view", "view": {"url": "https://x" * 400, "content": "x"}}]}, 40058),
    ({"list": [{"type": "button"}]}, 95009),
    ({"list": ["x"]}, 95009),
    ({"list": [{"type": "click"}]}, 40058),
    ({"list": [{"type": "text", "text": {"content": "x" * 257}}]}, 40058),
    ({"list": [], "tail_content": "x"}, 44004),
)


@pytest.mark.parametrize(("menu", "expected"), WRONG)
async def test_menus_have_limits(bench: Bench, menu: Any, expected: int) -> None:
    await bench.person.says("在吗")
    assert code(await bench.send("msgmenu", menu)) == expected


async def test_texts_have_limits_and_no_tags(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert code(await bench.send(content={"content": "中" * 682})) == 0
    assert code(await bench.send(content={"content": "中" * 683})) == 45002
    said = '<a href="https://a.example">看</a> https://b.example/x'
    await bench.send(content={"content": said})
    assert bench.person.last.text == said
    assert "看" not in bench.person.last.opens
    assert bench.person.last.opens["https://b.example/x"] == "https://b.example/x"
    assert code(await bench.send("markdown", {"content": "x"})) == 40008
    assert code(await bench.send("link", {"title": "t", "url": "https://x"})) == 41006


async def test_files_and_links_arrive(bench: Bench) -> None:
    await bench.person.says("在吗")
    await bench.send("file", {"media_id": await upload(bench, "file")})
    assert (bench.person.last.document, bench.person.last.data) == ("面试.ics", b"BEGIN:VCALENDAR")
    link = {
        "title": "我的面试",
        "url": "https://turnout.example.com/my",
        "thumb_media_id": await upload(bench),
    }
    await bench.send("link", link)
    assert bench.person.last.opens == {"我的面试": "https://turnout.example.com/my"}
    assert code(await bench.send("file", {"media_id": "made up"})) == 40007


async def test_nobody_is_written_to_whom_the_account_does_not_know(bench: Bench) -> None:
    await bench.person.says("在吗")
    assert code(await bench.send(touser="wmMadeUp")) == 40096
    assert code(await bench.send(open_kfid="wkMadeUp")) == 95004
    other = bench.platform.desk.account("售后").open_kfid
    assert code(await bench.send(open_kfid=other)) == 40096


# -- the app ----------------------------------------------------------------------------------------------


async def test_accounts_and_names_are_told(bench: Bench) -> None:
    (account,) = (await bench.post("kf/account/list", offset=0, limit=100))["account_list"]
    assert (account["open_kfid"], account["name"]) == (bench.platform.open_kfid, "星云科技招聘")
    given = [bench.person.external_userid, "wmMadeUp"]
    told = await bench.post("kf/customer/batchget", external_userid_list=given)
    assert [each["nickname"] for each in told["customer_list"]] == ["李雷"]
    assert told["invalid_external_userid"] == ["wmMadeUp"]


async def test_tokens_addresses_and_lists(bench: Bench) -> None:
    await bench.person.says("在吗")
    bench.clock.advance(timedelta(hours=2))
    assert code(await bench.send()) == 42001
    await bench.log_in()
    bench.platform.forget_tokens()
    assert code(await bench.send()) == 40014
    await bench.log_in()
    bench.platform.is_trusted = False
    assert code(await bench.send()) == 60020
    bench.platform.is_trusted = True
    bench.platform.unlist()
    assert code(await bench.send()) == 48002
    given = {"corpid": bench.platform.corp_id, "corpsecret": "x"}
    assert code((await bench.http.get("gettoken", params=given)).json()) == 40001


async def test_faults_happen_on_demand(bench: Bench) -> None:
    await bench.person.says("在吗")
    bench.platform.fail("kf/send_msg", "busy")
    assert code(await bench.send()) == -1
    bench.platform.fail("kf/send_msg", "reset_after")
    with pytest.raises(httpx.HTTPError):
        await bench.send(msgid="row-1")
    assert len(bench.person.chat) == 2
    assert code(await bench.send(msgid="row-1")) == 40058
