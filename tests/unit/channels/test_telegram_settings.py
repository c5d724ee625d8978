"""What a bot may be told: each refusal with a remedy, without the value, and in the reader's language."""

from typing import Any

import pytest

from channels.base import BadSetting, NotDelivered
from channels.telegram.checking import look_through, unanswered
from channels.telegram.settings import read_settings
from locales.told import Told, in_words
from tests.support.told import require_told

TOKEN = {"token": "1234567890:S3cret-AAEhBOweik6ad9r"}
HOOK = {**TOKEN, "mode": "webhook", "public_url": "https://turnout.example.com"}


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "token"),
        ({"token": "S3cret"}, "token"),
        ({**TOKEN, "tokn": "S3cret"}, "tokn"),
        ({**TOKEN, "mode": "S3cret"}, "mode"),
        ({**TOKEN, "api_base": "S3cret"}, "api_base"),
        ({**TOKEN, "mode": "webhook"}, "public_url"),
        ({**HOOK, "public_url": "S3cret"}, "public_url"),
        ({**HOOK, "public_url": "https://S3cret.example:port"}, "public_url"),
        ({**HOOK, "public_url": "https://S3cret.example:8080"}, "public_url"),
        ({**HOOK, "webhook_secret": "S3cret!"}, "webhook_secret"),
        ({**TOKEN, "poll_seconds": 51}, "poll_seconds"),
        ({**TOKEN, "deadline_seconds": "S3cret"}, "deadline_seconds"),
    ],
)
def test_bad_settings_name_the_remedy_and_no_value(config: dict[str, Any], field: str) -> None:
    with pytest.raises(BadSetting) as raised:
        read_settings("telegram.main", config)
    assert raised.value.field == field
    assert raised.value.remedy.endswith(".")
    assert "S3cret" not in str(raised.value)
    require_told(raised.value)


@pytest.mark.parametrize(
    ("config", "hook", "english", "chinese"),
    [
        (
            TOKEN,
            {"url": "https://old.example/hook"},
            "Telegram sends updates to a webhook. Starting with mode = polling removes it.",
            "Telegram 正把更新发往 webhook。以 mode = polling 启动即可移除。",
        ),
        (
            HOOK,
            {},
            "Telegram sends updates nowhere. Start once with this configuration.",
            "Telegram 的更新没有发到这里：还没有设置地址。请用这份配置启动一次。",
        ),
        (
            HOOK,
            {"url": "https://old.example/hook"},
            "Telegram sends updates elsewhere, to old.example. Start once with this configuration.",
            "Telegram 的更新没有发到这里：发往了 old.example。请用这份配置启动一次。",
        ),
        (
            HOOK,
            {"url": "https://turnout.example.com/hooks/telegram/main", "last_error_message": "timed out"},
            "Telegram could not deliver: timed out (0 waiting). "
            "Check that public_url leads here with a valid certificate.",
            "Telegram 投递失败：timed out（0 条等待中）。请检查 public_url 是否通向本服务，证书是否有效。",
        ),
    ],
)
def test_what_the_check_finds_is_told_in_both_languages(
    config: dict[str, Any], hook: dict[str, Any], english: str, chinese: str
) -> None:
    (found,) = look_through(read_settings("telegram.main", config), hook, ("message",))
    assert (found, in_words(found, "zh_Hans")) == (english, chinese)


def test_why_a_bot_cannot_be_asked_is_told() -> None:
    busy = unanswered(NotDelivered("busy", "not connected: ClientConnectorError"))
    assert isinstance(busy, Told)
    assert busy.startswith("Telegram cannot be reached (not connected: ClientConnectorError). Check")
    assert unanswered(NotDelivered("stopped", "Telegram does not know this token.")).endswith("token.")
