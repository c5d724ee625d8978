"""The platforms a stage can be set with: how each is started, what its account needs, and who lives on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.clock import Clock
from bot.sandbox.people import Someone, StandIn
from bot.sandbox.telegram import TelegramStandIn

WEBHOOK_SECRET = "sandbox-webhook-secret-0001"  # noqa: S105 - the sandbox's own

Setting: TypeAlias = "str | int | float | bool | Sequence[str] | Mapping[str, Setting]"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is about to be on a platform."""

    name: str
    locale: str
    email: str = ""
    phone: str = ""


class Platform(Protocol):
    """A platform on a stage. Its account is always called `main`."""

    name: str
    has_buttons: bool
    """Whether one answers there; otherwise on our page."""
    is_invited: bool
    """Whether people have to come to the bot first, by a personal link."""

    @property
    def stand_in(self) -> StandIn: ...

    def account(self) -> Mapping[str, Setting]:
        """Return what stands in `[channels.<name>.main]`, once the stand-in is started."""

    def person(self, who: Newcomer) -> Someone: ...


class OnTelegram:
    """Telegram, with its updates sent to the webhook."""

    name = "telegram"
    has_buttons = True
    is_invited = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = TelegramStandIn(clock)

    def account(self) -> Mapping[str, Setting]:
        return {
            "mode": "webhook",
            "username": self.stand_in.username,
            "token": self.stand_in.token,
            "api_base": self.stand_in.api_base,
            "webhook_secret": WEBHOOK_SECRET,
        }

    def person(self, who: Newcomer) -> Someone:
        code = "zh-hans" if who.locale == "zh_Hans" else who.locale
        return self.stand_in.person(who.name, language_code=code)


PLATFORMS: Mapping[str, Callable[[Clock], Platform]] = {
    "telegram": OnTelegram,
}
"""By the name that stories and configuration use."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {"telegram": "Telegram", "slack": "Slack", "email": "e-mail", "sms": "SMS", "page": "page"},
    "zh_Hans": {"telegram": "Telegram", "slack": "Slack", "email": "邮件", "sms": "短信", "page": "网页"},
}
"""How a transcript calls them."""


def written(platform: Platform) -> str:
    """Return an account as it stands in a configuration file."""
    keys = (f"{key} = {_written(value)}" for key, value in platform.account().items())
    return "\n".join(("", f"[channels.{platform.name}.main]", *keys, ""))


def _written(value: Setting) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_written(key)} = {_written(each)}" for key, each in value.items()) + " }"
    # Of texts, numbers, booleans and lists of them, JSON is TOML.
    return json.dumps(value, ensure_ascii=False)
