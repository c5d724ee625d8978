"""The registry: names to classes, imported only when asked for."""

import subprocess
import sys

import pytest

import channels
from channels import CHANNELS, UnknownChannel, load
from channels.base import BadSetting
from channels.routes import ROUTES
from tests.support.accounts import ACCOUNTS
from tests.support.samples import NOW


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_can_be_loaded_and_has_its_row(name: str) -> None:
    made = load(name)(f"{name}.main", ACCOUNTS[name], lambda: NOW)
    assert made.account == f"{name}.main"
    assert name in (made.caps.route.partition(".")[0], made.caps.route.replace(".", "_"))
    assert made.caps.source == ROUTES[made.caps.route].source


def test_an_unknown_channel_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownChannel, match=r"no channel 'telegramm'; there are console, .*telegram"):
        load("telegramm")


def test_loading_imports_nothing_before_it_is_asked_for() -> None:
    program = (
        "import channels, sys; channels.load('console'); "
        "print(sorted(n for n in sys.modules if n.startswith(('aiogram', 'aiohttp', 'channels.telegram'))))"
    )
    root = channels.__path__[0].rpartition("/")[0]
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_rendering_and_reading_for_telegram_load_no_sdk() -> None:
    program = (
        "import channels.telegram, channels.telegram.writing, channels.telegram.reading, sys; "
        "print('aiogram' in sys.modules)"
    )
    root = channels.__path__[0].rpartition("/")[0]
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


TOKEN = "700000001:" + "S3cret-value" * 3


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "token"),
        ({"token": ""}, "token"),
        ({"token": "S3cret-value"}, "token"),
        ({"token": TOKEN + "é"}, "token"),
        ({"token": TOKEN, "mode": "push"}, "mode"),
        ({"token": TOKEN, "mode": "webhook"}, "public_url"),
        ({"token": TOKEN, "mode": "webhook", "public_url": "http://example.com"}, "public_url"),
        ({"token": TOKEN, "mode": "webhook", "public_url": "https://example.com:8080"}, "public_url"),
        ({"token": TOKEN, "mode": "webhook", "public_url": "https://example.com:x"}, "public_url"),
        ({"token": TOKEN, "mode": "webhook", "webhook_url": "ftp://S3cret-value"}, "webhook_url"),
        ({"token": TOKEN, "webhook_secret": "S3cret-valueS3cret-valué"}, "webhook_secret"),
        ({"token": TOKEN, "api_base": "api.telegram.org"}, "api_base"),
        ({"token": TOKEN, "poll_seconds": "soon"}, "poll_seconds"),
        ({"token": TOKEN, "poll_seconds": 51}, "poll_seconds"),
        ({"token": TOKEN, "deadline_seconds": float("nan")}, "deadline_seconds"),
        ({"token": TOKEN, "tokn": "S3cret-value"}, "tokn"),
    ],
)
def test_bad_settings_name_the_remedy_and_no_value(config: dict[str, object], field: str) -> None:
    with pytest.raises(BadSetting) as raised:
        load("telegram")("telegram.main", config, lambda: NOW)
    assert raised.value.field == field
    assert raised.value.why
    assert raised.value.remedy.endswith(".")
    assert "S3cret" not in str(raised.value)


def test_the_console_knows_its_settings() -> None:
    with pytest.raises(BadSetting, match="secret and stream"):
        load("console")("console.main", {"colour": True}, lambda: NOW)
