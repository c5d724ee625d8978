"""What is wrong with an account of Tencent's is told all at once, and in the reader's language."""

from typing import Any

import pytest

from bot.settings.problems import in_words
from channels.tencent.errors import OF_WECHAT, OF_WECOM, refusal
from channels.wecom_kf.errors import OF_KF
from locales.told import Told
from locales.told import in_words as told_in
from tests.support.accounts import ACCOUNTS
from tests.unit.test_config_bad import GONE, changed, refused

PUBLIC = {"server/public_url": "https://turnout.example.com"}
TEMPLATES = {
    "a": {"id": "template-of-reminders", "kinds": ["reminder"], "fields": {"thing1": "time"}},
    "b": {"id": "x", "kinds": ["*"], "fields": {"thing1": "=好"}},
    "c": {"id": "template-of-the-rest", "kinds": ["greeting"], "fields": {"phrase2": "=六个字太长了"}},
}
MANY: dict[str, tuple[dict[str, Any], set[str]]] = {
    "wecom": (
        {"corpid": "企业", "aes_key": "short", "token": GONE, "robots": {"hr": "x", "it": "1234-5678-9"}},
        {"corpid", "aes_key", "token", "robots.hr"},
    ),
    "wecom_kf": (
        {"corpid": "企业", "previous_aes_key": "short", "open_kfid": "客服"},
        {"corpid", "previous_aes_key", "open_kfid"},
    ),
    "wecom_contact": ({"token": "a-b", "users": "王芳", "secret": GONE}, {"token", "users", "secret"}),
    "wechat": (
        {"appid": "gh_1", "aes_key": "short", "templates": TEMPLATES},
        {"appid", "aes_key", "templates.a.fields.thing1", "templates.b.id", "templates.c.fields.phrase2"},
    ),
}


@pytest.mark.parametrize("platform", MANY)
def test_all_mistakes_are_told_at_once(platform: str) -> None:
    changes, keys = MANY[platform]
    table = {name: value for name, value in {**ACCOUNTS[platform], **changes}.items() if value is not GONE}
    found = refused(changed({**PUBLIC, f"channels/{platform}/main": table})).problems
    assert {each.key.removeprefix(f"channels.{platform}.main.") for each in found} == keys


@pytest.mark.parametrize("platform", MANY)
def test_they_are_told_in_chinese_too(platform: str) -> None:
    changes, _ = MANY[platform]
    table = {name: value for name, value in {**ACCOUNTS[platform], **changes}.items() if value is not GONE}
    for each in refused(changed({**PUBLIC, f"channels/{platform}/main": table})).problems:
        for said in (each.reason, each.remedy):
            assert in_words(said, "zh_Hans") != in_words(said, "en")


@pytest.mark.parametrize("meanings", [OF_WECHAT, OF_WECOM, OF_KF])
def test_what_stops_an_account_is_told_in_chinese_too(meanings: Any) -> None:
    stops = [code for code, meaning in meanings.items() if meaning.why == "stopped"]
    assert len(stops) > 15
    for code in stops:
        detail = refusal(code, "from ip: 203.0.113.7", meanings=meanings).detail
        assert isinstance(detail, Told)
        assert detail.startswith(f"{code}: ")
        chinese = told_in(detail, "zh_Hans")
        assert chinese.startswith(f"{code}：")
        assert "。" in chinese
        assert "the app" not in chinese
