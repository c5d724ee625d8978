"""What a bot's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting
from locales.text import Text, t
from locales.told import Told

OFFICIAL = "https://api.telegram.org"
WEBHOOK_PORTS = (443, 80, 88, 8443)  # core.telegram.org/bots/api#setwebhook
KNOWN = (
    "token",
    "mode",
    "public_url",
    "webhook_url",
    "webhook_secret",
    "username",
    "api_base",
    "poll_seconds",
    "deadline_seconds",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One bot's configuration, checked."""

    token: str
    pulls: bool
    webhook_url: str
    secret: str
    username: str | None
    api_base: str
    poll_seconds: int
    """How long one poll waits for something to come."""
    deadline: float
    """Seconds after which a send is given up."""


def read_settings(account: str, config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            strange = t("{what} has no such setting", what="Telegram")
            raise _bad(key, strange, t("There are {known}.", known=", ".join(KNOWN)))
    mode = config.get("mode", "polling")
    if mode not in ("polling", "webhook"):
        options = t("Choose {one} or {other}.", one='"polling"', other='"webhook"')
        raise _bad("mode", t("there is no such mode"), options)
    api_base = str(config.get("api_base") or OFFICIAL)
    if urlsplit(api_base).scheme not in ("http", "https") or not urlsplit(api_base).hostname:
        remedy = t("Leave it out to use {usual}.", usual=OFFICIAL)
        raise _bad("api_base", t("this is no http address"), remedy)
    token = str(config.get("token") or "")
    if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        why = t("this has not the form of a bot's token") if token else t("it is missing")
        raise _bad("token", why, t("Take the one that @BotFather shows for this bot."))
    username = str(config.get("username") or "").removeprefix("@")
    return Settings(
        token=token,
        pulls=mode == "polling",
        webhook_url="" if mode == "polling" else _webhook_url(account, config, api_base == OFFICIAL),
        secret=_secret(config, token),
        username=username or None,
        api_base=api_base,
        poll_seconds=int(_number(config, "poll_seconds", 25, 0, 50)),
        deadline=_number(config, "deadline_seconds", 15, 0.05, 60),
    )


def _webhook_url(account: str, config: Mapping[str, Any], is_official: bool) -> str:
    field = "webhook_url" if config.get("webhook_url") else "public_url"
    base = str(config.get(field) or "")
    if not base:
        remedy = t('Give the https address by which the internet reaches us, or use mode = "polling".')
        raise _bad("public_url", t("it is missing, and {what} needs it", what='mode = "webhook"'), remedy)
    url = base if field == "webhook_url" else f"{base.rstrip('/')}/hooks/telegram/{account.partition('.')[2]}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad(field, t("this is no address"), t("Write https://name.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _bad(field, t("this is no address"), t("Write https://name."))
    if is_official and (parts.scheme != "https" or (port or 443) not in WEBHOOK_PORTS):
        remedy = t(
            "Telegram sends only to https on the ports {ports}.", ports=", ".join(map(str, WEBHOOK_PORTS))
        )
        raise _bad(field, t("Telegram cannot send there"), remedy)
    return url


def _secret(config: Mapping[str, Any], token: str) -> str:
    """Return the secret of the webhook's header, made from the token when none is given."""
    given = str(config.get("webhook_secret") or "")
    if not given:
        return hmac.new(token.encode(), b"turnout webhook", hashlib.sha256).hexdigest()
    if not re.fullmatch(r"[\w-]{1,256}", given, re.ASCII):
        why = t("it is too long, or has other signs than A-Z a-z 0-9 _ -")
        raise _bad("webhook_secret", why, t("Leave it out."))
    return given


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        limits = t("Give seconds between {least} and {most}.", least=f"{low:g}", most=f"{high:g}")
        raise _bad(key, t("this is out of range"), limits)
    return number


def _bad(key: str, why: Text, remedy: Text) -> BadSetting:
    """Return what is wrong with a setting, in words that are told in the reader's language."""
    return BadSetting(key, Told(why), Told(remedy))
