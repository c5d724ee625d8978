"""What an app's configuration may say."""

import pytest

from channels.base import BadSetting
from channels.wecom.settings import read_settings
from tests.support.accounts import ACCOUNTS

GOOD = ACCOUNTS["wecom"]
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


def test_what_is_given_is_used() -> None:
    settings = read_settings("wecom.main", {**GOOD, "robots": {"hr": KEY}, "previous_aes_key": "a" * 43})
    assert (settings.corpid, settings.agentid) == ("ww0123456789abcdef", 1000002)
    assert settings.aes_keys == (GOOD["aes_key"], "a" * 43)
    assert settings.api_base == "https://qyapi.weixin.qq.com"
    assert settings.robots == {"hr": KEY}
    for secret in settings.secrets:
        assert secret not in repr(settings)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, "") for field in ("corpid", "agentid", "secret", "token", "aes_key")),
        ("corpid", "企业"),
        ("agentid", "app"),
        ("secret", "with blank"),
        ("token", "with-dash"),
        ("aes_key", "too-short-secret"),
        ("previous_aes_key", "too-short-secret"),
        ("api_base", "ftp://x"),
        ("api_base", "http://[x"),
        ("deadline_seconds", 0),
        ("deadline_seconds", "soon"),
        ("robots", "hr"),
        ("robots", {"h r": KEY}),
        ("robots", {"hr": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret"}),
        ("robots", {"hr": 7}),
        ("mode", "socket"),
    ],
)
def test_what_cannot_work_is_refused_without_its_value(field: str, value: object) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings("wecom.main", {**GOOD, field: value})
    assert raised.value.field.partition(".")[0] == field
    assert raised.value.remedy
    assert "secret" not in str(raised.value).replace("Secret", "").partition("There are")[0].replace(
        "secret:", ""
    )
