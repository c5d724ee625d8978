"""What providers' answers mean: accepted, later, never here, never so, or not before somebody acts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from channels.base import NotDelivered
from channels.sms import aliyun, gateway
from channels.sms.settings import read_settings
from channels.sms.template_settings import Template
from channels.sms.wire import PAUSE, Answer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def answer(status: int, told: object, wait: timedelta | None = None) -> Answer:
    return Answer(status, told if isinstance(told, bytes) else json.dumps(told).encode(), wait)


# -- Alibaba Cloud ----------------------------------------------------------------------------------------


def test_accepted_is_what_says_ok() -> None:
    assert aliyun.judge(answer(200, {"Code": "OK", "BizId": "9006^0"}), "ours").id == "9006^0"
    assert aliyun.judge(answer(200, {"Code": "OK"}), "ours").id == "ours"


@pytest.mark.parametrize(
    ("code", "message", "why", "wait", "scope"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", "busy", MINUTE, "chat"),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", "closed", HOUR, "chat"),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:50", "closed", DAY, "chat"),
        ("isv.DAY_LIMIT_CONTROL", "", "closed", DAY, "account"),
        ("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号", "gone", None, "chat"),
        ("isv.CUSTOMER_REFUSED", "", "gone", None, "chat"),
        ("isv.AMOUNT_NOT_ENOUGH", "账户余额不足", "stopped", None, "account"),
        ("isv.OUT_OF_SERVICE", "", "stopped", None, "account"),
        ("isv.SMS_SIGNATURE_ILLEGAL", "", "stopped", None, "account"),
        ("isv.SMS_SIGN_ILLEGAL", "", "stopped", None, "account"),
        ("isp.RAM_PERMISSION_DENY", "", "stopped", None, "account"),
        ("isp.SYSTEM_ERROR", "", "busy", None, "account"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "", "refused", None, "message"),
        ("isv.TEMPLATE_MISSING_PARAMETERS", "", "refused", None, "message"),
        ("isv.PARAM_LENGTH_LIMIT", "", "refused", None, "message"),
        ("isv.PARAM_NOT_SUPPORT_URL", "", "refused", None, "message"),
        ("isv.SMS_CONTENT_ILLEGAL", "", "refused", None, "message"),
        ("isv.SOMETHING_NEW", "", "refused", None, "message"),
    ],
)
def test_refusals_of_the_service(
    code: str, message: str, why: str, wait: timedelta | None, scope: str
) -> None:
    with pytest.raises(NotDelivered) as raised:
        aliyun.judge(answer(200, {"Code": code, "Message": message}), "ours")
    assert (raised.value.why, raised.value.retry_after, raised.value.scope) == (why, wait, scope)
    assert raised.value.detail.startswith(code)
    if why == "stopped":
        assert raised.value.detail.endswith(".")


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (400, "SignatureDoesNotMatch", "stopped"),
        (404, "InvalidAccessKeyId.NotFound", "stopped"),
        (400, "InvalidAccessKeyId.Inactive", "stopped"),
        (400, "InvalidTimeStamp.Expired", "stopped"),
        (403, "Forbidden.RAM", "stopped"),
        (400, "Throttling.User", "busy"),
        (503, "ServiceUnavailable", "busy"),
        (500, "Unknown", "busy"),
        (400, "SignatureNonceUsed", "busy"),
    ],
)
def test_refusals_of_the_api(status: int, code: str, why: str) -> None:
    with pytest.raises(NotDelivered) as raised:
        # What it says of a signature holds the number and the words that were sent.
        aliyun.judge(answer(status, {"Code": code, "Message": "server string to sign is 13800138000"}), "")
    assert raised.value.why == why
    assert "13800138000" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "body", "why", "wait"),
    [
        (200, b"<html>", "in_doubt", None),
        (200, b"{}", "in_doubt", None),
        (200, b'{"Code": 5}', "in_doubt", None),
        (200, b"[]", "in_doubt", None),
        (200, b"", "in_doubt", None),
        (502, b"<html>", "busy", PAUSE),
        (404, b"not here", "busy", PAUSE),
        (302, b"", "busy", PAUSE),
    ],
)
def test_what_speaks_for_the_api_and_is_not_it(status: int, body: bytes, why: str, wait: object) -> None:
    with pytest.raises(NotDelivered) as raised:
        aliyun.judge(answer(status, body), "")
    assert (raised.value.why, raised.value.retry_after) == (why, wait)


def test_templates_are_compared_with_what_was_registered() -> None:
    template = Template("SMS_1", {"time": "time", "token": "url"})
    good = {"TemplateStatus": "1", "TemplateContent": "${time}，见 https://a.example/${token}"}
    assert list(aliyun.look_through(template, good)) == []
    found = aliyun.look_through(template, {"TemplateStatus": "0", "TemplateContent": "${time}${name}"})
    assert [problem.split(". ")[0] for problem in found] == [
        "SMS_1 is not approved",
        "SMS_1 has variables that its params leave out: name",
        "SMS_1 has no variables token",
    ]


# -- any gateway ------------------------------------------------------------------------------------------

CONFIG: dict[str, Any] = {
    "provider": "http",
    "url": "https://sms.example.com/send",
    "body": '{"to": "{to}", "text": "{text}", "key": "{secret}", "ref": "{id}", "from": "{from}"}',
    "secret": "S3cret",
    "from": "Nebula",
    "success_pointer": "/messages/0/status",
    "success_value": 0,
    "id_pointer": "/messages/0/id",
    "retry_after_pointer": "/wait",
    "error_pointer": "/messages/0/code",
    "errors": {"E1": "gone", "E2": "stopped", "E3": "busy", "E4": "closed", "E5": "refused"},
}


def made(**changes: Any) -> Any:
    config = {key: value for key, value in {**CONFIG, **changes}.items() if value is not None}
    return read_settings(config).provider


def test_a_gateway_accepts_as_it_is_configured() -> None:
    good = {"messages": [{"status": 0, "id": "m1"}]}
    assert gateway.judge(answer(200, good), made(), "ours").id == "m1"
    assert gateway.judge(answer(202, {"messages": [{"status": "0"}]}), made(), "ours").id == "ours"
    bare = made(success_pointer=None, success_value=None, id_pointer=None)
    assert gateway.judge(answer(204, b""), bare, "ours").id == "ours"


@pytest.mark.parametrize(
    ("status", "told", "why", "wait", "scope"),
    [
        (200, {"messages": [{"status": 5}]}, "refused", None, "message"),
        (200, {"messages": []}, "in_doubt", None, "message"),
        (200, b"<html>", "in_doubt", None, "message"),
        (400, {"messages": [{"code": "E1"}]}, "gone", None, "chat"),
        (200, {"messages": [{"code": "E1"}]}, "gone", None, "chat"),
        (400, {"messages": [{"code": "E2"}]}, "stopped", None, "account"),
        (400, {"messages": [{"code": "E3"}], "wait": 30}, "busy", timedelta(seconds=30), "message"),
        (400, {"messages": [{"code": "E4"}], "wait": "60"}, "closed", MINUTE, "account"),
        (400, {"messages": [{"code": "E5"}]}, "refused", None, "message"),
        (400, {"messages": [{"code": "E9"}]}, "refused", None, "message"),
        (401, b"", "stopped", None, "account"),
        (402, b"", "stopped", None, "account"),
        (403, b"", "stopped", None, "account"),
        (404, b"", "stopped", None, "account"),
        (302, b"", "stopped", None, "account"),
        (413, b"", "refused", None, "message"),
        (429, {"wait": 7}, "busy", timedelta(seconds=7), "account"),
        (429, b"", "busy", PAUSE, "account"),
        (500, b"<html>", "busy", PAUSE, "account"),
        (503, b"", "busy", PAUSE, "account"),
    ],
)
def test_what_a_gateway_refuses(status: int, told: object, why: str, wait: object, scope: str) -> None:
    with pytest.raises(NotDelivered) as raised:
        gateway.judge(answer(status, told), made(), "ours")
    assert (raised.value.why, raised.value.retry_after, raised.value.scope) == (why, wait, scope)


def test_what_a_gateway_says_in_its_headers_counts_too() -> None:
    with pytest.raises(NotDelivered) as raised:
        gateway.judge(answer(429, b"", timedelta(seconds=9)), made(), "ours")
    assert raised.value.retry_after == timedelta(seconds=9)


TRICKY = 'He said "hi" \\ {to} {secret} %s\n李雷 & ? # <b>'


def test_what_is_asked_of_a_gateway() -> None:
    params = {"to": "+8613800138000", "text": TRICKY, "id": "0a1b", "segments": 1}
    asked = gateway.request(params, made())
    assert (asked.method, asked.url) == ("POST", "https://sms.example.com/send")
    assert asked.headers == {"Content-Type": "application/json"}
    told = json.loads(asked.body)
    assert told == {"to": "+8613800138000", "text": TRICKY, "key": "S3cret", "ref": "0a1b", "from": "Nebula"}


def test_forms_and_addresses_are_escaped() -> None:
    from urllib.parse import parse_qsl, urlsplit

    form = made(content="form", body="to={to}&text={text}", plus_sign=False)
    asked = gateway.request({"to": "+8613800138000", "text": TRICKY, "id": ""}, form)
    assert dict(parse_qsl(asked.body.decode())) == {"to": "8613800138000", "text": TRICKY}
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    got = made(method="get", url="https://sms.example.com/{from}?to={to}&text={text}", body=None)
    asked = gateway.request({"to": "+8613800138000", "text": TRICKY, "id": ""}, got)
    parts = urlsplit(asked.url)
    assert (asked.method, asked.body, parts.path) == ("GET", b"", "/Nebula")
    assert dict(parse_qsl(parts.query)) == {"to": "+8613800138000", "text": TRICKY}


def test_secrets_stand_in_headers() -> None:
    asked = gateway.request(
        {"to": "+1", "text": "x", "id": ""},
        made(headers={"Authorization": "Bearer {secret}", "content-type": "application/vnd.x+json"}),
    )
    assert asked.headers == {"Authorization": "Bearer S3cret", "content-type": "application/vnd.x+json"}
