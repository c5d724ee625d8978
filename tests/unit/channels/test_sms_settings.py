"""An account's settings: each refusal names the setting and the remedy, never the value."""

from pathlib import Path
from typing import Any

import pytest

from bot.settings import BadConfig, read
from bot.settings.describe import describe
from channels import load
from channels.base import BadSetting
from channels.routes import ROUTES
from channels.sms.settings import read_all
from tests.support.samples import NOW
from tests.support.told import require_told
from tests.unit.channels.test_sms_answers import CONFIG as GATEWAY
from tests.unit.channels.test_sms_templates import CONFIG as ALIYUN
from tests.unit.test_config_bad import changed

HOOK = {"hook_secret": "sample-hook-secret"}
ONE = {"code": "SMS_1", "params": {"token": "url"}}


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "provider"),
        ({"provider": "twilio"}, "provider"),
        ({**ALIYUN, "url": "https://x.example"}, "url"),
        ({**ALIYUN, "access_key_id": ""}, "access_key_id"),
        ({**ALIYUN, "access_key_id": "S3cret key"}, "access_key_id"),
        ({**ALIYUN, "access_key_secret": ""}, "access_key_secret"),
        ({**ALIYUN, "sign_name": ""}, "sign_name"),
        ({**ALIYUN, "sign_name": "【星云】"}, "sign_name"),
        ({**ALIYUN, "endpoint": "http://S3cret.example"}, "endpoint"),
        ({**ALIYUN, "templates": {}}, "templates"),
        ({**ALIYUN, "templates": "SMS_1"}, "templates"),
        ({**ALIYUN, "templates": {"*": "SMS_1"}}, "templates.*"),
        ({**ALIYUN, "templates": {"*": {"code": "", "params": {}}}}, "templates.*.code"),
        ({**ALIYUN, "templates": {"*": {"code": "S3cret"}}}, "templates.*.code"),
        ({**ALIYUN, "templates": {"*": {**ONE, "sign": "x"}}}, "templates.*.sign"),
        ({**ALIYUN, "templates": {"*": {**ONE, "params": {"姓名": "name"}}}}, "templates.*.params.姓名"),
        ({**ALIYUN, "templates": {"*": {**ONE, "params": {"a": "S3cret!"}}}}, "templates.*.params.a"),
        ({**ALIYUN, "templates": {"*": {**ONE, "params": {"a": 5}}}}, "templates.*.params.a"),
        ({**ALIYUN, "templates": {"*": {"klingon": ONE}}}, "templates.*.klingon"),
        ({**ALIYUN, "templates": {"*": {"en": {"params": {}}}}}, "templates.*.en.code"),
        ({**ALIYUN, "url_suffix": "yes"}, "url_suffix"),
        ({**ALIYUN, "longest_value": 0}, "longest_value"),
        ({**ALIYUN, "longest_url": "65"}, "longest_url"),
        ({**ALIYUN, "hook_secret": "S3cret"}, "hook_secret"),
        ({**ALIYUN, "hook_secret": "S3cret with blanks in it"}, "hook_secret"),
        ({**ALIYUN, "segments": 11}, "segments"),
        ({**ALIYUN, "deadline_seconds": float("nan")}, "deadline_seconds"),
        ({**ALIYUN, "per_second": True}, "per_second"),
        ({**GATEWAY, "templates": {"*": ONE}}, "templates"),
        ({**GATEWAY, "url": ""}, "url"),
        ({**GATEWAY, "url": "http://S3cret.example"}, "url"),
        ({**GATEWAY, "url": "https://{to}.example"}, "url"),
        ({**GATEWAY, "url": "https://me:S3cret@x.example"}, "url"),
        ({**GATEWAY, "url": "https://x.example:S3cret/"}, "url"),
        ({**GATEWAY, "url": "https://x.example/{password}"}, "url"),
        ({**GATEWAY, "method": "delete"}, "method"),
        ({**GATEWAY, "method": "get"}, "body"),
        ({**GATEWAY, "content": "xml"}, "content"),
        ({**GATEWAY, "body": '{"to": "{to}", "text": {text}}'}, "body"),
        ({**GATEWAY, "body": '{"to": "{to}", "text": "{words}"}'}, "body"),
        ({**GATEWAY, "body": '{"text": "{text}"}'}, "body"),
        ({**GATEWAY, "headers": "Authorization: S3cret"}, "headers"),
        ({**GATEWAY, "headers": {"X Y": "S3cret"}}, "headers.X Y"),
        ({**GATEWAY, "headers": {"X": "S3crét"}}, "headers.X"),
        ({**GATEWAY, "headers": {"X": "{to}"}}, "headers.X"),
        ({**GATEWAY, "success_status": "2xx"}, "success_status"),
        ({**GATEWAY, "success_status": "299-200"}, "success_status"),
        ({**GATEWAY, "success_pointer": "status"}, "success_pointer"),
        ({**GATEWAY, "success_value": ""}, "success_value"),
        ({**GATEWAY, "success_value": ["ok"]}, "success_value"),
        ({**GATEWAY, "id_pointer": "/a~2"}, "id_pointer"),
        ({**GATEWAY, "errors": {"E1": "never"}}, "errors.E1"),
        ({**GATEWAY, "error_pointer": ""}, "error_pointer"),
        ({**GATEWAY, "reports": {"number": "/to", "status": "/state"}}, "hook_secret"),
        ({**GATEWAY, **HOOK, "reports": {"number": "/to"}}, "reports.status"),
        ({**GATEWAY, **HOOK, "reports": {"number": "/to", "status": "state"}}, "reports.status"),
        ({**GATEWAY, **HOOK, "reports": {"number": "/to", "status": "/s", "gone": "x"}}, "reports.gone"),
        ({**GATEWAY, **HOOK, "reports": {"number": "/to", "status": "/s", "text": "/t"}}, "reports.text"),
        ({**GATEWAY, **HOOK, "inbound": {"number": "/from"}}, "inbound.text"),
        ({**GATEWAY, **HOOK, "inbound": "/from"}, "inbound"),
    ],
)
def test_bad_settings_name_the_remedy_and_no_value(config: dict[str, Any], field: str) -> None:
    _, wrong = read_all(config)
    assert field in [problem.field for problem in wrong]
    for problem in wrong:
        assert problem.why
        assert problem.remedy.endswith((".", "…"))
        assert "S3cret" not in str(problem)
    require_told(*wrong)
    with pytest.raises(BadSetting):
        load("sms")("sms.main", config, lambda: NOW)


def test_everything_wrong_is_told_at_once() -> None:
    _, wrong = read_all({"provider": "http", "url": "x", "headers": 5, "segments": 99})
    assert [problem.field for problem in wrong] == ["url", "headers", "body", "body", "segments"]


def test_an_account_of_each_kind() -> None:
    aliyun = load("sms")("sms.main", {**ALIYUN, "per_second": 3}, lambda: NOW).caps
    gateway = load("sms")("sms.main", {**GATEWAY, "segments": 2}, lambda: NOW).caps
    assert (aliyun.proactive, aliyun.text_limit, aliyun.rates[0].count) == ("template", 4, 3)
    assert (gateway.proactive, gateway.text_limit) == ("always", 2)
    assert (aliyun.route, gateway.finds, gateway.buttons) == ("sms", ROUTES["sms"].finds, "none")


def test_a_loopback_gateway_needs_no_https() -> None:
    for url in ("http://127.0.0.1:8080/send", "http://localhost/send", "http://[::1]/send"):
        assert read_all({**GATEWAY, "url": url})[1] == ()


# -- as a configuration -----------------------------------------------------------------------------------


def problems(account: dict[str, Any], **more: object) -> list[str]:
    with pytest.raises(BadConfig) as raised:
        read(changed({"channels/sms/main": account, **more}), {}, Path("/nowhere"))
    return [str(problem) for problem in raised.value.problems]


def test_a_configuration_tells_everything_that_is_wrong_with_an_account() -> None:
    found = problems(
        {**GATEWAY, "url": "http://gw.example", "segments": "four", "errors": {"E1": "no"}, "x": 1}
    )
    assert [line.partition(": ")[0] for line in found] == [
        "channels.sms.main.x",
        "channels.sms.main.segments",
        "channels.sms.main.url",
        "channels.sms.main.errors.E1",
    ]
    assert '"four" is not a whole number' in found[1]
    assert "it is not https" in found[2]


def test_kinds_that_every_candidate_gets_have_a_template() -> None:
    templates = {"reminder": ALIYUN["templates"]["reminder"]}
    found = problems({**ALIYUN, "longest_url": 80, "templates": templates})
    assert [line.partition(";")[0] for line in found] == [
        'channels.sms.main.templates."greeting": is missing, and every candidate gets this one',
        'channels.sms.main.templates."no_show.ask": is missing, and every candidate gets this one',
    ]


def test_links_have_to_fit_their_variable() -> None:
    assert settings(ALIYUN)  # a link of ours is as long as a variable takes
    (found,) = problems({**ALIYUN, "longest_url": 20})
    assert found.startswith(
        "channels.sms.main.longest_url: is 20, and what stands for url has 35 characters; have"
    )


def test_links_need_our_pages() -> None:
    gone = {"server": {"port": 8080}, "interviews": {}}
    found = problems({**ALIYUN, "longest_url": 80}, **gone)
    assert any(
        line.startswith("server.public_url: is missing, and channels.sms.main.templates") for line in found
    )


def settings(account: dict[str, Any]) -> Any:
    return read(changed({"channels/sms/main": account}), {}, Path("/nowhere"))


def test_a_good_account_is_described_without_its_secrets() -> None:
    told = describe(settings({**ALIYUN, **HOOK, "longest_url": 80}))
    assert (
        told["channels"]["sms.main"]["access_key_secret"]
        == told["channels"]["sms.main"]["hook_secret"]
        == "set"
    )
    assert told["hooks"] == {
        "sms.main": [
            "https://turnout.example.com/hooks/sms/main/reports?key=<hook_secret>",
            "https://turnout.example.com/hooks/sms/main/inbound?key=<hook_secret>",
        ]
    }


def test_what_may_be_missing_is_warned_of() -> None:
    few = dict.fromkeys(("greeting", "reminder", "no_show.ask"), ONE)
    warned = settings({**ALIYUN, "longest_url": 80, "templates": few}).warnings
    assert [warning.key for warning in warned] == [
        "channels.sms.main.templates",
        "channels.sms.main.hook_secret",
    ]


def test_the_environment_can_hold_all_of_it() -> None:
    head = "TURNOUT_CHANNELS__SMS__MAIN__"
    environ = {
        f"{head}PROVIDER": "http",
        f"{head}URL": "https://gw.example.com/send",
        f"{head}HEADERS": '{Authorization = "Bearer {secret}"}',
        f"{head}SECRET": "S3cret-of-the-gateway",
        f"{head}BODY": '{"to": "{to}", "text": "{text}"}',
        f"{head}PLUS_SIGN": "false",
        f"{head}SEGMENTS": "3",
        f"{head}HOOK_SECRET": HOOK["hook_secret"],
        f"{head}INBOUND": '{number = "/from", text = "/text"}',
    }
    config = read(changed({}), environ, Path("/nowhere")).channels["sms.main"]
    channel = load("sms")("sms.main", config, lambda: NOW)
    assert channel.caps.text_limit == 3
    assert "S3cret" not in repr(config)
