"""Requests on a real socket: one deadline, no redirects, waits that are asked for, and an account asked how it is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import VirtualClock
from bot.sandbox.accounts import ACCOUNTS
from bot.sandbox.sms import ACCESS_KEY_ID, SmsPerson, SmsStandIn
from channels import load
from channels.base import Channel, Contact, NotDelivered
from channels.sms.wire import LARGEST, Request, Wire
from tests.support.samples import MESSAGES, NOW, envelope
from tests.unit.channels.test_sms_templates import CONFIG as ALIYUN

ROOM = "https://turnout.example.com/my/${token}"


@pytest.fixture
async def aliyun() -> AsyncIterator[SmsStandIn]:
    async with SmsStandIn(VirtualClock(NOW), "aliyun") as platform:
        platform.register("SMS_100000000", f"${{what}}。详情：{ROOM}")
        yield platform


async def asked(answer: Any, **headers: str) -> Any:
    """Return what the wire makes of an answer."""
    wire = Wire()
    transport = httpx.MockTransport(answer if callable(answer) else lambda _: answer)
    wire._client = httpx.AsyncClient(transport=transport)
    try:
        return await wire.ask(Request("POST", "https://gw.example.com/", headers, b"x"), 1, NOW)
    finally:
        await wire.close()


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("999999999999", timedelta(days=1)),
        ("Tue, 24 Nov 2026 05:00:30 GMT", timedelta(seconds=30)),
        ("Tue, 24 Nov 2026 04:00:30 GMT", timedelta()),
        ("Tue, 24 Nov 2026 05:00:30 -0000", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("²", None),
    ],
)
async def test_waits_are_seconds_or_dates(written: str, wait: timedelta | None) -> None:
    answer = await asked(httpx.Response(429, headers=[(b"retry-after", written.encode())], content=b"no"))
    assert (answer.status, answer.body, answer.retry_after) == (429, b"no", wait)


async def test_no_redirect_is_followed() -> None:
    answer = await asked(httpx.Response(302, headers={"location": "https://evil.example"}))
    assert answer.status == 302


async def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    assert len((await asked(httpx.Response(200, content=b"x" * (LARGEST * 3)))).body) == LARGEST


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ConnectError("13800138000"), "busy"),
        (httpx.ConnectTimeout("13800138000"), "busy"),
        (httpx.ReadTimeout("13800138000"), "in_doubt"),
        (httpx.WriteError("13800138000"), "in_doubt"),
        (httpx.RemoteProtocolError("13800138000"), "in_doubt"),
        (httpx.LocalProtocolError("13800138000"), "stopped"),
        (TimeoutError("13800138000"), "in_doubt"),
    ],
)
async def test_failures_of_the_connection(error: Exception, why: str) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(NotDelivered) as raised:
        await asked(fail)
    assert raised.value.why == why
    assert raised.value.__cause__ is None
    assert "13800138000" not in str(raised.value)


# -- asking Alibaba Cloud how an account is -------------------------------------------------------------------


def connected(platform: SmsStandIn, **changes: Any) -> Channel:
    return load("sms")("sms.main", {**platform.account(), **changes}, platform.clock.now)


async def check(platform: SmsStandIn, **changes: Any) -> tuple[str, ...]:
    channel = connected(platform, **changes)
    try:
        return await channel.check()
    finally:
        await channel.close()


async def test_a_good_account_has_nothing_wrong(aliyun: SmsStandIn) -> None:
    assert await check(aliyun) == ()
    assert aliyun.accepted == []


async def test_templates_are_asked_for(aliyun: SmsStandIn) -> None:
    aliyun.templates["SMS_100000000"] = replace(aliyun.templates["SMS_100000000"], is_approved=False)
    aliyun.register("SMS_2", "您的面试时间是${time}。")
    templates = {
        "*": {"code": "SMS_100000000", "params": {"what": "lead", "token": "url"}},
        "a": {"code": "SMS_2", "params": {"when": "time"}},
        "b": {"code": "SMS_3", "params": {}},
    }
    found = await check(aliyun, templates=templates)
    assert [problem.split(".")[0] for problem in found] == [
        "SMS_100000000 is not approved",
        "SMS_2 has variables that its params leave out: time",
        "SMS_2 has no variables when",
        "SMS_3: isv",
    ]


async def test_a_wrong_key_is_told_once(aliyun: SmsStandIn) -> None:
    aliyun.secrets = {ACCESS_KEY_ID: "another"}
    (found,) = await check(aliyun)
    assert "SignatureDoesNotMatch. Write the AccessKey anew" in found


async def test_what_cannot_be_reached_says_what_to_check(aliyun: SmsStandIn) -> None:
    (found,) = await check(aliyun, endpoint="http://127.0.0.1:1")
    assert found.startswith("Alibaba Cloud cannot be reached (not connected: ConnectError).")


async def test_a_gateway_is_not_asked() -> None:
    async with SmsStandIn(VirtualClock(NOW), "http") as platform:
        assert await check(platform, url="http://127.0.0.1:1/") == ()
        assert (platform.accepted, platform.refused) == ([], [])


# -- who is found -----------------------------------------------------------------------------------------


async def test_a_number_is_its_own_address() -> None:
    gateway = load("sms")("sms.main", ACCOUNTS["sms"], lambda: NOW)
    mainland = load("sms")("sms.other", ALIYUN, lambda: NOW)
    mobile = Contact("+8613800138000", "+8613800138000")
    assert (
        await gateway.find(None, "138 0013 8000", None)
        == await mainland.find(None, "138 0013 8000", None)
        == mobile
    )
    assert await gateway.find(None, "+49 30 901820", None) == Contact("+4930901820", "+4930901820")
    assert await mainland.find(None, "+49 30 901820", None) is None
    assert await gateway.find("lilei@example.com", "021-55550000", None) is None
    assert await gateway.find("lilei@example.com", None, "13800138000") is None


# -- limits, as they are documented --------------------------------------------------------------------------


async def test_a_number_takes_fifty_of_a_template_in_a_day(aliyun: SmsStandIn) -> None:
    person: SmsPerson = aliyun.person("李雷")
    channel = connected(aliyun)
    payload = channel.render(MESSAGES["bare"], replace(envelope(MESSAGES["bare"], person.number)))

    async def send() -> str:
        try:
            await channel.deliver(payload, lambda _: None)  # type: ignore[arg-type, return-value]
        except NotDelivered as failure:
            return f"{failure.why} {failure.retry_after}"
        return "sent"

    assert [await send() for _ in range(51)] == ["sent"] * 50 + ["closed 1 day, 0:00:00"]
    assert isinstance(aliyun.clock, VirtualClock)
    aliyun.clock.advance(timedelta(days=1))
    assert await send() == "sent"
    await channel.close()
