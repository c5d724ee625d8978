"""The transport: once, within a deadline, a token renewed once, and nothing secret in what goes wrong."""

import asyncio
import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from channels.base import Forgetful, NotDelivered
from channels.tencent.transport import canonical
from channels.wecom.settings import read_settings
from channels.wecom.wire import Wire
from tests.support.accounts import ACCOUNTS

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SECRETS = [ACCOUNTS["wecom"]["secret"], ACCOUNTS["wecom"]["aes_key"], "TOKEN-1", "TOKEN-2", "TOKEN-3"]
OK = {"errcode": 0, "errmsg": "ok"}
Say = Callable[[httpx.Request], httpx.Response]


class Tencent:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.asked: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path.endswith("/gettoken"):
            token = f"TOKEN-{self.paths.count('gettoken')}"
            return httpx.Response(200, json={**OK, "access_token": token, "expires_in": 7200})
        return self.say(request)

    @property
    def paths(self) -> list[str]:
        return [request.url.path.removeprefix("/cgi-bin/") for request in self.asked]


async def connected(say: Say) -> tuple[Wire, Tencent]:
    tencent = Tencent(say)
    wire = Wire(
        read_settings("wecom.main", {**ACCOUNTS["wecom"], "deadline_seconds": 0.2}), Forgetful(), lambda: NOW
    )
    await wire.aclose()
    wire._wire = httpx.AsyncClient(transport=httpx.MockTransport(tencent))
    return wire, tencent


def always(answer: object, status: int = 200) -> Say:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return lambda request: httpx.Response(status, content=body)


async def failure_of(say: Say, endpoint: str = "message/send") -> NotDelivered:
    wire, _ = await connected(say)
    with pytest.raises(NotDelivered) as raised:
        await wire.ask("POST", endpoint, data={"text": "李雷"})
    await wire.aclose()
    told = "".join(traceback.format_exception(raised.value))
    assert not [secret for secret in SECRETS if secret in told]
    return raised.value


async def test_wechatpys_methods_answer_by_our_transport() -> None:
    wire, tencent = await connected(always({**OK, "name": "面试助手"}))
    assert (await wire.agent.get(7))["name"] == "面试助手"
    await wire.menu.create(7, {"button": [{"name": "今日面试"}]})
    got, posted = tencent.asked[1:]
    assert dict(got.url.params) == {"agentid": "7", "access_token": "TOKEN-1"}
    assert posted.content == '{"button":[{"name":"今日面试"}]}'.encode()
    assert tencent.paths == ["gettoken", "agent/get", "menu/create"]
    await wire.aclose()


async def test_the_same_message_is_the_same_bytes() -> None:
    one, other = {"b": {"y": 1, "x": "李"}, "a": [1]}, {"a": [1], "b": {"x": "李", "y": 1}}
    assert canonical(one) == canonical(other) == '{"a":[1],"b":{"x":"李","y":1}}'.encode()


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_exactly_once(code: int) -> None:
    def say(request: httpx.Request) -> httpx.Response:
        return always(OK if request.url.params["access_token"] == "TOKEN-2" else {"errcode": code})(request)

    wire, tencent = await connected(say)
    assert await wire.ask("POST", "message/send", data={}) == OK
    assert tencent.paths == ["gettoken", "message/send"] * 2
    assert await wire.ask("POST", "message/send", data={}) == OK
    assert len(tencent.asked) == 5
    await wire.aclose()


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_token_that_is_always_refused_is_no_loop(code: int) -> None:
    wire, tencent = await connected(always({"errcode": code, "errmsg": "access_token=TOKEN-2 is bad"}))
    for _ in range(2):
        with pytest.raises(NotDelivered) as raised:
            await wire.ask("POST", "message/send", data={})
        assert (raised.value.why, raised.value.scope) == ("stopped", "account")
    assert len(tencent.asked) <= 7
    await wire.aclose()


async def test_twenty_calls_at_once_fetch_one_token() -> None:
    wire, tencent = await connected(always(OK))
    await asyncio.gather(*(wire.ask("POST", "message/send", data={}) for _ in range(20)))
    assert tencent.paths.count("gettoken") == 1
    await wire.aclose()


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (b"<html>OK</html>", 200, "in_doubt"),
        (b'{"errcode": 0, "errm', 200, "in_doubt"),
        (b"", 200, "in_doubt"),
        ({}, 200, "in_doubt"),
        ([], 200, "in_doubt"),
        ({"errcode": "0.0"}, 200, "in_doubt"),
        ({"errcode": "-1"}, 200, "busy"),
        ({"errcode": None}, 200, "in_doubt"),
        ({"errcode": False}, 200, "in_doubt"),
        ({"errcode": -1, "errmsg": "system busy"}, 200, "busy"),
        (b"", 302, "busy"),
        (OK, 500, "busy"),
        (b"bad gateway", 502, "busy"),
        (b"", 413, "refused"),
        ({"errcode": 60020, "errmsg": "not allow, from ip: 1.2.3.4, x"}, 200, "stopped"),
        ({"errcode": 123456, "errmsg": "corpsecret=TOKEN-1 TOKEN-1"}, 200, "refused"),
    ],
)
async def test_success_is_only_what_says_so(answer: object, status: int, why: str) -> None:
    assert (await failure_of(always(answer, status))).why == why


@pytest.mark.parametrize(
    ("error", "why", "of_a_question"),
    [
        (httpx.ConnectError, "busy", "busy"),
        (httpx.ConnectTimeout, "busy", "busy"),
        (httpx.ReadTimeout, "in_doubt", "busy"),
        (httpx.ReadError, "in_doubt", "busy"),
        (httpx.RemoteProtocolError, "in_doubt", "busy"),
        (httpx.UnsupportedProtocol, "stopped", "stopped"),
    ],
)
async def test_what_breaks_on_the_way_is_sorted(error: type, why: str, of_a_question: str) -> None:
    def say(request: httpx.Request) -> httpx.Response:
        raise error(f"at {request.url}")

    assert (await failure_of(say)).why == why
    assert (await failure_of(say, "user/getuserid")).why == of_a_question


async def test_the_deadline_is_for_everything() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    wire, _ = await connected(always(OK))
    for first in (True, False):
        if not first:
            await wire._tokens._vault.put(
                "access_token.1000002", '{"token": "x", "until": "2030-01-01T00:00:00+00:00"}'
            )
        await wire.aclose()
        wire._wire = httpx.AsyncClient(transport=httpx.MockTransport(never))
        begun = asyncio.get_running_loop().time()
        with pytest.raises(NotDelivered) as raised:
            await wire.ask("POST", "message/send", data={})
        assert asyncio.get_running_loop().time() - begun < 1
        # Without a token nothing was sent.
        assert raised.value.why == ("busy" if first else "in_doubt")
    await wire.aclose()


@pytest.mark.parametrize(
    "answer", [{"errcode": 0}, {"errcode": 0, "access_token": ""}, {"access_token": 7}, {"errcode": -1}, {}]
)
async def test_no_token_means_later(answer: object) -> None:
    wire, _ = await connected(always(OK))
    await wire.aclose()
    wire._wire = httpx.AsyncClient(transport=httpx.MockTransport(always(answer)))
    with pytest.raises(NotDelivered) as raised:
        await wire.ask("POST", "message/send", data={})
    assert raised.value.why == "busy"
    await wire.aclose()
