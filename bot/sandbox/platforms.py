"""The platforms a stage can be set with: how each is started, what its account needs, and who lives on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock
from bot.sandbox.people import Someone, StandIn
from bot.sandbox.telegram import TelegramStandIn

WEBHOOK_SECRET = "sandbox-webhook-secret-0001"  # noqa: S105 - the sandbox's own


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

    @property
    def stand_in(self) -> StandIn: ...

    def account(self) -> Mapping[str, str]:
        """Return what stands in `[channels.<name>.main]`, once the stand-in is started."""

    def person(self, who: Newcomer) -> Someone: ...


class OnTelegram:
    """Telegram, with its updates sent to the webhook."""

    name = "telegram"
    has_buttons = True

    def __init__(self, clock: Clock) -> None:
        self.stand_in = TelegramStandIn(clock)

    def account(self) -> Mapping[str, str]:
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


def environment(platform: Platform) -> dict[str, str]:
    """Return an account as environment variables, which configure what no file names."""
    head = f"TURNOUT_CHANNELS__{platform.name.upper()}__MAIN__"
    return {f"{head}{key.upper()}": value for key, value in platform.account().items()}
