"""The stand-in judges as Alibaba Cloud documents: it is the oracle of the contract, so it is tried by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.clock import VirtualClock
from bot.sandbox.people import Seen, Someone, StandIn
from bot.sandbox.sms import SIGN_NAME, SmsPerson, SmsStandIn, Template
from bot.sandbox.sms.rules import Limits, Refusal, check_time, counted, mobile
from channels import load
from channels.base import NotDelivered
from tests.support.samples import MESSAGES, NOW, envelope

TEMPLATE = Template("SMS_1", "您的面试时间是${time}，请见 https://a.example/${token} 。")


@pytest.mark.parametrize(
    "content",
    ["", "x" * 501, "【星云】您好", "${a}${b}", "${a}和${a}", "${1a}", "${姓名}", "${}"],
)
def test_templates_that_no_review_passes(content: str) -> None:
    with pytest.raises(ValueError, match="SMS_1: "):
        Template("SMS_1", content).check()


@pytest.mark.parametrize(
    ("param", "refused"),
    [
        ('{"time": "明天", "token": 5}', "isv.INVALID_JSON_PARAM"),
        ("[1]", "isv.INVALID_JSON_PARAM"),
        ("{", "isv.INVALID_JSON_PARAM"),
        ('{"time": "明天"}', "isv.TEMPLATE_MISSING_PARAMETERS"),
        ('{"time": "", "token": "x"}', "isv.TEMPLATE_MISSING_PARAMETERS"),
        ("", "isv.TEMPLATE_MISSING_PARAMETERS"),
        (f'{{"time": "{"字" * 36}", "token": "x"}}', "isv.PARAM_LENGTH_LIMIT"),
        ('{"time": "明天", "token": "http://x"}', "isv.PARAM_NOT_SUPPORT_URL"),
        ('{"time": "www.x.cn", "token": "x"}', "isv.PARAM_NOT_SUPPORT_URL"),
    ],
)
def test_variables_that_are_refused(param: str, refused: str) -> None:
    with pytest.raises(Refusal) as raised:
        TEMPLATE.filled(param)
    assert (raised.value.status, raised.value.code) == (200, refused)


def test_a_template_filled() -> None:
    assert (
        TEMPLATE.filled('{"time": "明天", "token": "x", "more": "y"}')
        == "您的面试时间是明天，请见 https://a.example/x 。"
    )
    longer = Template("SMS_1", "${token}", longest={"token": 80})
    assert longer.filled(f'{{"token": "{"x" * 80}"}}') == "x" * 80


@pytest.mark.parametrize(
    "written", ["13800138000", "+13800138000", "+8613800138000", "008613800138000", "8613800138000"]
)
def test_numbers_of_the_mainland(written: str) -> None:
    assert mobile(written) == "13800138000"


@pytest.mark.parametrize("written", ["", "0", "12800138000", "85261234567", "+4930901820", "138001380000"])
def test_numbers_elsewhere_are_refused(written: str) -> None:
    with pytest.raises(Refusal, match="MOBILE_NUMBER_ILLEGAL"):
        mobile(written)


def test_codes_are_limited_by_the_minute_the_hour_and_the_day() -> None:
    limits, code = Limits(), Template("SMS_9", "验证码${code}", "code")

    def take(at: timedelta) -> str:
        try:
            limits.take(SIGN_NAME, code, "13800138000", NOW + at)
        except Refusal as refusal:
            return refusal.message
        return "ok"

    assert take(timedelta()) == "ok"
    assert take(timedelta(seconds=59)) == "触发分钟级流控Permits:1"
    assert [take(timedelta(minutes=n)) for n in range(1, 6)] == ["ok"] * 4 + ["触发小时级流控Permits:5"]
    assert [take(timedelta(hours=2, minutes=n)) for n in range(5)] == ["ok"] * 5
    assert take(timedelta(hours=5)) == "触发天级流控Permits:10"
    assert take(timedelta(days=1)) == "ok"


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_a_signature_holds_for_a_quarter_of_an_hour(minutes: int) -> None:
    check_time("2026-11-24T05:00:00Z", NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("written", "refused"),
    [
        ("2026-11-24T04:44:59Z", "InvalidTimeStamp.Expired"),
        ("2026-11-24T05:15:01Z", "InvalidTimeStamp.Expired"),
        ("2026-11-24T13:00:00+08:00", "InvalidTimeStamp.Format"),
    ],
)
def test_other_times_are_refused(written: str, refused: str) -> None:
    with pytest.raises(Refusal, match=refused):
        check_time(written, NOW)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("👍" * 36, 2),
        ("", 1),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert counted(text) == count


# -- on the wire ------------------------------------------------------------------------------------------


@pytest.fixture
async def aliyun() -> AsyncIterator[SmsStandIn]:
    async with SmsStandIn(VirtualClock(NOW), "aliyun") as platform:
        platform.register("SMS_100000000", "${what}。详情：https://turnout.example.com/my/${token}")
        yield platform


@pytest.fixture
async def gateway() -> AsyncIterator[SmsStandIn]:
    async with SmsStandIn(VirtualClock(NOW), "http") as platform:
        yield platform


async def send(platform: SmsStandIn, number: str, **changes: Any) -> str:
    """Return what became of a text: its id, or why not."""
    channel = load("sms")("sms.main", {**platform.account(), **changes}, platform.clock.now)
    try:
        payload = channel.render(MESSAGES["bare"], envelope(MESSAGES["bare"], number))
        return (await channel.deliver(payload, lambda _: None)).id  # type: ignore[arg-type, return-value]
    except NotDelivered as failure:
        return failure.why
    finally:
        await channel.close()


async def test_people_read_what_arrives(aliyun: SmsStandIn) -> None:
    person = aliyun.person("李雷")
    id_ = await send(aliyun, person.number)
    assert person.last.text == "【星云科技】好的，到时候见！。详情：https://turnout.example.com/my/3f9d"
    assert (person.last.id, person.last.segments, person.last.is_of_bot) == (id_, 1, True)
    assert person.last.opens == {"https://turnout.example.com/my/3f9d": "https://turnout.example.com/my/3f9d"}
    assert (person.last.presses, person.last.buttons) == ({}, ["https://turnout.example.com/my/3f9d"])
    with pytest.raises(LookupError, match="follow its link"):
        await person.presses("改约")


def test_it_is_what_stories_need() -> None:
    platform = SmsStandIn(VirtualClock(NOW))
    stand_in: StandIn = platform
    person = platform.person("李雷", "+8613800138000")
    someone: Someone = person
    person.gets("1", "hi", 1)
    seen: Seen = person.last
    assert (stand_in.pending, someone.name, seen.text, seen.document, seen.data) == (
        False,
        "李雷",
        "hi",
        None,
        b"",
    )


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"sign_name": "别的"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": {"*": {"code": "SMS_5", "params": {}}}}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"access_key_id": "LTAI5tOther"}, "InvalidAccessKeyId.NotFound"),
        ({"access_key_secret": "another"}, "SignatureDoesNotMatch"),
    ],
)
async def test_accounts_that_are_set_up_wrong(
    aliyun: SmsStandIn, changes: dict[str, Any], refused: str
) -> None:
    person = aliyun.person("李雷")
    assert await send(aliyun, person.number, **changes) in ("stopped", "refused")
    assert [each.code for each in aliyun.refused] == [refused]
    assert (person.chat, aliyun.accepted) == ([], [])


async def test_requests_that_are_not_the_api_are_refused(aliyun: SmsStandIn) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(aliyun.api_base, params={"PhoneNumbers": "13800138000"})
    assert (answer.status_code, answer.json()["Code"]) == (400, "IncompleteSignature")


async def test_a_gateway_knows_its_secret_and_its_numbers(gateway: SmsStandIn) -> None:
    person = gateway.person("Lukas", "+4915112345678")
    assert (await send(gateway, person.number)).endswith("^0")
    assert await send(gateway, person.number, secret="another") == "stopped"
    assert await send(gateway, "+4915100000000") == "gone"
    assert [refused.code for refused in gateway.refused] == ["unauthorized", "invalid_number"]


# -- pushes -----------------------------------------------------------------------------------------------


async def hook(platform: SmsStandIn, statuses: list[int]) -> list[Any]:
    """Have pushes go to a hook that answers so; returns what it is brought."""
    brought: list[Any] = []
    left = iter(statuses)

    def take(request: httpx.Request) -> httpx.Response:
        import json

        brought.append((request.url.path, request.url.params.get("key"), json.loads(request.content)))
        return httpx.Response(next(left, 200))

    platform.pushes._http = httpx.AsyncClient(transport=httpx.MockTransport(take))
    platform.pushes_to("http://turnout.example/hooks/sms/main", "k" * 16)
    return brought


async def test_reports_and_answers_come_in_arrays(aliyun: SmsStandIn) -> None:
    brought = await hook(aliyun, [])
    on, off, blocked = (aliyun.person(name) for name in ("甲", "乙", "丙"))
    off.switches_off()
    blocked.is_blacklisted()
    for person in (on, off, blocked):
        await send(aliyun, person.number)
    await on.says("收到")
    await aliyun.settle()
    (path, key, reports), (inbound, _, texts) = brought
    assert (path, key, inbound) == ("/hooks/sms/main/reports", "k" * 16, "/hooks/sms/main/inbound")
    assert [(each["success"], each["err_code"]) for each in reports] == [
        (True, "DELIVERED"),
        (False, "MOBILE_NOT_ON_SERVICE"),
        (False, "MOBILE_IN_BLACK"),
    ]
    assert [(each["phone_number"], each["content"]) for each in texts] == [("13800138000", "收到")]
    assert not off.chat
    off.switches_on()
    await send(aliyun, off.number)
    assert len(off.chat) == 1


async def test_what_is_not_taken_comes_again_three_times(aliyun: SmsStandIn) -> None:
    brought = await hook(aliyun, [500] * 9)
    person: SmsPerson = aliyun.person("李雷")
    await person.says("收到")
    assert isinstance(aliyun.clock, VirtualClock)
    for minutes in (0, 1, 5, 10, 60):
        aliyun.clock.advance(timedelta(minutes=minutes))
        await aliyun.settle()
        await aliyun.settle()
    assert (len(brought), aliyun.pending, len(aliyun.pushes.given_up)) == (4, False, 1)


async def test_a_gateway_brings_one_at_a_time(gateway: SmsStandIn) -> None:
    brought = await hook(gateway, [500])
    person = gateway.person("Lukas", "+4915112345678")
    id_ = await send(gateway, person.number)
    await person.says("ok")
    await gateway.settle()
    assert gateway.pending
    assert [item for _, _, item in brought] == [
        {"id": id_, "reference": "", "to": person.number, "status": "delivered"},
        {"id": "70000002", "from": person.number, "text": "ok", "in_reply_to": id_},
    ]
