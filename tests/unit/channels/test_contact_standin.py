"""The stand-in of 客户联系 judges as Tencent documents: it is the oracle of the contract, so it is tried by itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from bot.clock import VirtualClock
from bot.sandbox.contact import ContactPerson, ContactStandIn
from bot.sandbox.people import Seen, Someone, StandIn
from tests.support.samples import NOW

EMPLOYEE = "WangFang"
LINK = {"title": "我的面试", "desc": "确认或改约", "url": "https://turnout.example.com/my"}


class Bench:
    """The stand-in with one employee and somebody who may add them."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOW)
        self.platform = ContactStandIn(self.clock)
        self.platform.employee(EMPLOYEE)
        self.person: ContactPerson = self.platform.person("李雷")

    async def start(self) -> None:
        await self.platform.start()
        base = f"{self.platform.api_base}/cgi-bin/externalcontact/"
        self.http = httpx.AsyncClient(base_url=base, trust_env=False, timeout=5)
        given = {"corpid": self.platform.corp_id, "corpsecret": self.platform.secret}
        self.token = (await self.http.get("../gettoken", params=given)).json()["access_token"]

    async def stop(self) -> None:
        await self.http.aclose()
        await self.platform.stop()

    async def post(self, method: str, **given: Any) -> Any:
        body = json.dumps(given, ensure_ascii=False).encode()
        return (await self.http.post(method, params={"access_token": self.token}, content=body)).json()

    async def get(self, method: str, **params: str) -> Any:
        return (await self.http.get(method, params={"access_token": self.token, **params})).json()

    async def way(self, **changes: Any) -> Any:
        given = {"type": 1, "scene": 2, "user": [EMPLOYEE], "state": "turnout-x", "skip_verify": True}
        return await self.post("add_contact_way", **{**given, **changes})

    async def come(self, **changes: Any) -> str:
        """Let the person scan a new way's code; returns the code of the welcome."""
        await self.person.scans((await self.way(**changes))["qr_code"])
        return self.told().get("WelcomeCode", "")

    def told(self) -> dict[str, str]:
        """Return the newest callback."""
        return {each.tag: each.text or "" for each in fromstring(self.platform.callbacks[-1].xml)}

    async def welcome(self, code: str, **given: Any) -> int:
        said = given or {"text": {"content": "欢迎"}}
        return code_of(await self.post("send_welcome_msg", welcome_code=code, **said))


def code_of(answer: Mapping[str, Any]) -> int:
    return int(answer["errcode"])


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    await made.start()
    yield made
    await made.stop()


def test_it_is_what_stories_need(bench: Bench) -> None:
    stand_in: StandIn = bench.platform
    person: Someone = bench.person
    assert (stand_in.pending, person.chat, person.toasts) == (False, [], [])


async def test_a_way_brings_its_state(bench: Bench) -> None:
    assert await bench.come(state="turnout-1")
    told = bench.told()
    assert {name: told[name] for name in ("FromUserName", "Event", "ChangeType", "UserID", "State")} == {
        "FromUserName": "sys",
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "UserID": EMPLOYEE,
        "State": "turnout-1",
    }
    assert told["ExternalUserID"] == bench.person.external_userid
    await bench.come(state="", skip_verify=False)
    assert ("State" in bench.told(), bench.told()["ChangeType"]) == (False, "add_half_external_contact")


WRONG: tuple[tuple[Mapping[str, Any], int], ...] = (
    ({"type": 3}, 40058),
    ({"scene": 0}, 40058),
    ({"user": []}, 40058),
    ({"user": [EMPLOYEE, EMPLOYEE]}, 40058),
    ({"type": 2, "user": [EMPLOYEE] * 100}, 0),
    ({"type": 2, "user": [EMPLOYEE] * 101}, 40058),
    ({"user": ["LiNa"]}, 84074),
    ({"state": "渠" * 30}, 0),
    ({"state": "渠" * 31}, 40058),
    ({"remark": "x" * 31}, 40058),
)


@pytest.mark.parametrize(("changes", "expected"), WRONG)
async def test_ways_have_limits(bench: Bench, changes: Mapping[str, Any], expected: int) -> None:
    assert code_of(await bench.way(**changes)) == expected


async def test_ways_are_kept_until_they_are_deleted(bench: Bench) -> None:
    made = await bench.way()
    assert "qr_code" not in await bench.way(scene=1)
    shown = await bench.post("get_contact_way", config_id=made["config_id"])
    assert shown["contact_way"]["state"] == "turnout-x"
    assert code_of(await bench.post("del_contact_way", config_id=made["config_id"])) == 0
    assert code_of(await bench.post("del_contact_way", config_id=made["config_id"])) == 40058
    with pytest.raises(LookupError):
        await bench.person.scans(made["qr_code"])


async def test_one_welcome_within_twenty_seconds(bench: Bench) -> None:
    code = await bench.come()
    bench.clock.advance(timedelta(seconds=20))
    assert await bench.welcome(code, text={"content": "欢迎 https://a.example/x"}) == 0
    shown: Seen = bench.person.last
    assert (shown.text, shown.opens) == (
        "欢迎 https://a.example/x",
        {"https://a.example/x": "https://a.example/x"},
    )
    assert await bench.welcome(code) == 41051
    assert await bench.come() == ""
    await bench.person.deletes(EMPLOYEE)
    assert bench.told()["ChangeType"] == "del_follow_user"
    late = await bench.come()
    bench.clock.advance(timedelta(seconds=21))
    assert await bench.welcome(late) == 41050
    assert await bench.welcome("made up") == 41050


async def test_who_talks_already_is_not_welcomed(bench: Bench) -> None:
    code = await bench.come()
    await bench.person.says("您好")
    assert await bench.welcome(code) == 41051
    assert len(bench.platform.callbacks) == 1, "of what people write no app is told"
    bench.platform.deletes(EMPLOYEE, bench.person)
    assert bench.told()["ChangeType"] == "del_external_contact"
    code = await bench.come()
    bench.platform.writes(EMPLOYEE, bench.person, "您好，我是王芳")
    assert (bench.person.chat[-1].is_of_bot, await bench.welcome(code)) == (False, 41051)
    bench.platform.deletes(EMPLOYEE, bench.person)
    bench.platform.book.has_own_welcome = True
    assert await bench.come() == ""
    with pytest.raises(LookupError):
        bench.platform.writes("LiNa", bench.person, "您好")


WELCOMES: tuple[tuple[Mapping[str, Any], int], ...] = (
    ({"text": {"content": "中" * 1333}}, 0),
    ({"text": {"content": "中" * 1334}}, 45002),
    ({"text": {}}, 44004),
    ({"text": "x"}, 40058),
    ({"attachments": [{"msgtype": "link", "link": LINK}] * 9}, 0),
    ({"attachments": [{"msgtype": "link", "link": LINK}] * 10}, 40058),
    ({"attachments": [{"msgtype": "link", "link": {**LINK, "title": "x" * 129}}]}, 40058),
    ({"attachments": [{"msgtype": "link", "link": {**LINK, "url": "turnout.example.com"}}]}, 45034),
    ({"attachments": [{"msgtype": "link"}]}, 40058),
    ({"attachments": [{"msgtype": "file", "file": {"media_id": "made up"}}]}, 40007),
    ({"attachments": [{"msgtype": "image", "image": {"pic_url": "http://p.qpic.cn/1"}}]}, 0),
    ({"attachments": [{"msgtype": "voice", "voice": {}}]}, 40008),
)


@pytest.mark.parametrize(("given", "expected"), WELCOMES)
async def test_welcomes_have_limits(bench: Bench, given: Mapping[str, Any], expected: int) -> None:
    code = await bench.come()
    assert await bench.welcome(code, **given) == expected
    assert bool(bench.person.chat) == (expected == 0)


async def test_links_are_shown_as_cards(bench: Bench) -> None:
    await bench.welcome(await bench.come(), attachments=[{"msgtype": "link", "link": LINK}])
    assert bench.person.last.opens == {"我的面试": "https://turnout.example.com/my"}
    assert (bench.person.last.buttons, bench.person.last.presses) == (["我的面试"], {})
    with pytest.raises(LookupError):
        await bench.person.presses("我的面试")


async def test_contacts_are_told(bench: Bench) -> None:
    assert (await bench.get("get_follow_user_list"))["follow_user"] == [EMPLOYEE]
    assert code_of(await bench.get("list", userid=EMPLOYEE)) == 84061
    await bench.come()
    who = bench.person.external_userid
    assert (await bench.get("list", userid=EMPLOYEE))["external_userid"] == [who]
    assert (await bench.get("get", external_userid=who))["external_contact"]["name"] == "李雷"
    await bench.person.deletes(EMPLOYEE)
    assert code_of(await bench.get("get", external_userid=who)) == 84061
    assert code_of(await bench.get("get", external_userid="made up")) == 40096


async def test_the_app_has_to_be_listed_and_trusted(bench: Bench) -> None:
    bench.platform.is_trusted = False
    assert code_of(await bench.way()) == 60020
    bench.platform.is_trusted = True
    bench.platform.fail("externalcontact/send_welcome_msg", "41096")
    assert await bench.welcome(await bench.come()) == 41096
    bench.platform.unlist()
    assert code_of(await bench.way()) == 48002
