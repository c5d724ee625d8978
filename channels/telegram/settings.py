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
            raise BadSetting(key, "Telegram has no such setting", f"There are {', '.join(KNOWN)}.")
    mode = config.get("mode", "polling")
    if mode not in ("polling", "webhook"):
        raise BadSetting("mode", "there is no such mode", 'Choose "polling" or "webhook".')
    api_base = str(config.get("api_base") or OFFICIAL)
    if urlsplit(api_base).scheme not in ("http", "https") or not urlsplit(api_base).hostname:
        raise BadSetting("api_base", "this is no http address", f"Leave it out to use {OFFICIAL}.")
    token = str(config.get("token") or "")
    if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        why = "this has not the form of a bot's token" if token else "it is missing"
        raise BadSetting("token", why, "Take the one that @BotFather shows for this bot.")
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
        remedy = 'Give the https address by which the internet reaches us, or use mode = "polling".'
        raise BadSetting("public_url", 'it is missing, and mode = "webhook" needs it', remedy)
    url = base if field == "webhook_url" else f"{base.rstrip('/')}/hooks/telegram/{account.partition('.')[2]}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSetting(field, "this is no address", "Write https://name.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting(field, "this is no address", "Write https://name.")
    if is_official and (parts.scheme != "https" or (port or 443) not in WEBHOOK_PORTS):
        remedy = f"Telegram sends only to https on the ports {', '.join(map(str, WEBHOOK_PORTS))}."
        raise BadSetting(field, "Telegram cannot send there", remedy)
    return url


def _secret(config: Mapping[str, Any], token: str) -> str:
    """Return the secret of the webhook's header, made from the token when none is given."""
    given = str(config.get("webhook_secret") or "")
    if not given:
        return hmac.new(token.encode(), b"turnout webhook", hashlib.sha256).hexdigest()
    if not re.fullmatch(r"[\w-]{1,256}", given, re.ASCII):
        raise BadSetting(
            "webhook_secret", "it is too long, or has other signs than A-Z a-z 0-9 _ -", "Leave it out."
        )
    return given


def _number(config: Mapping[str, Any], key: str, default: float, low: float, high: float) -> float:
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        raise BadSetting(key, "this is out of range", f"Give seconds between {low:g} and {high:g}.")
    return number
