"""Channels and messages are called as people call them, in both languages; what is unknown keeps its name."""

from pathlib import Path

import pytest

import tests.golden
from channels import CHANNELS
from conversations.names import _MESSAGES, channel_name, channel_names, channel_of, message_name
from locales.text import Listing, Reader
from locales.translate import render
from tests.support.staff_scenes import NOW, ZONE

KINDS = sorted(file.stem for file in (Path(tests.golden.__file__).parent / "messages").glob("*.txt"))


def said(text: object, locale: str = "en") -> str:
    value = text if not isinstance(text, Listing) else Listing(text.items)
    return render(value, Reader(locale, ZONE, NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_a_name(kind: str) -> None:
    assert said(message_name(kind)) != kind or kind in (
        "reminder",
        "menu",
        "status",
        "privacy",
        "home",
        "digest",
    )
    assert "." not in said(message_name(kind))


def test_no_name_is_for_nothing() -> None:
    # Toasts are said by bot.toasts, in stories of which no sheet is kept.
    families = {kind.partition(".")[0] for kind in KINDS} | {"toast"}
    assert sorted(name for name in _MESSAGES if name not in KINDS and name not in families) == []


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_every_channel_has_a_name(channel: str) -> None:
    assert said(channel_name(channel)) != channel or channel in ("console",)


def test_channels_are_listed_once_each() -> None:
    assert [said(item) for item in channel_names(["telegram", "email", "telegram"]).items] == [
        "e-mail",
        "Telegram",
    ]
    assert channel_of("telegram.main") == "telegram"
    assert said(channel_name("email"), "zh_Hans") == "电子邮件"


def test_what_nobody_knows_keeps_its_name() -> None:
    assert said(channel_name("pigeon")) == "pigeon"
    assert said(message_name("new.thing")) == "new.thing"
