"""What every app of a company on WeCom is set up with: its keys, and where the API is. Read the same for all.

Every refusal names the setting and the remedy, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting, NotDelivered
from channels.tencent.codec import read_key
from locales.text import Text, t
from locales.told import Told, text_of

OFFICIAL = "https://qyapi.weixin.qq.com"
KNOWN = (
    "corpid",
    "secret",
    "token",
    "aes_key",
    "previous_aes_key",
    "public_url",
    "api_base",
    "deadline_seconds",
)
APP = t("admin console, 应用管理, the app")
RECEIVE = t("admin console, 应用管理, the app, 接收消息, 设置API接收")


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """One app's keys, checked."""

    corpid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)
    """The present EncodingAESKey, and the one before while it is changed."""
    public_url: str
    api_base: str
    deadline: float
    """Seconds after which a send is given up."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret, self.token, *self.aes_keys)


def read_company(config: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """Return the fields of CompanySettings; raises BadSetting, for settings that are not `known` too."""
    for key in config:
        if key not in known:
            raise bad(key, t("there is no such key"), t("There are {known}.", known=", ".join(known)))
    return {
        "corpid": read_text(
            config, "corpid", r"[\w-]{1,64}", t("Copy 企业ID: admin console, 我的企业, 企业信息.")
        ),
        "secret": read_text(config, "secret", r"[\w-]{1,128}", t("Copy Secret: {where}.", where=APP)),
        "token": read_text(config, "token", r"[A-Za-z0-9]{1,32}", t("Copy Token: {where}.", where=RECEIVE)),
        "aes_keys": _keys(config),
        "public_url": str(config.get("public_url") or "").rstrip("/"),
        "api_base": _address(config),
        "deadline": read_seconds(config, "deadline_seconds", 15, 0.05, 60),
    }


def bad(key: str, why: Text, remedy: Text) -> BadSetting:
    """Return what is wrong with a setting, in words that are told in the reader's language."""
    return BadSetting(key, Told(why), Told(remedy))


def unanswered(platform: str, failure: NotDelivered) -> str:
    """Return why an account could not be asked, and what to do."""
    if failure.why == "stopped":
        return failure.detail
    why = text_of(failure.detail)
    return Told(
        t(
            "{platform} cannot be reached ({why}). Check the network, and api_base.",
            platform=platform,
            why=why,
        )
    )


def without_address(what: Text, account: str) -> Text:
    """Return that the platform has no address of ours, with the remedy."""
    address = "/hooks/" + account.replace(".", "/", 1)
    return t(
        "{what} Set server.public_url, and enter its {address} in the app, 接收消息, 设置API接收.",
        what=what,
        address=address,
    )


def read_text(config: Mapping[str, Any], key: str, form: str, remedy: Text) -> str:
    """Return a text of the right form; raises BadSetting."""
    value = str(config.get(key) or "")
    if not re.fullmatch(form, value, re.ASCII):
        raise bad(key, t("this has not the right form") if value else t("it is missing"), remedy)
    return value


def read_seconds(config: Mapping[str, Any], key: str, default: float, least: float, most: float) -> float:
    """Return a number of seconds within limits; raises BadSetting."""
    try:
        number = float(config.get(key, default))
    except (TypeError, ValueError):
        number = float("nan")
    if not least <= number <= most:
        limits = t("Give seconds between {least} and {most}.", least=f"{least:g}", most=f"{most:g}")
        raise bad(key, t("this is out of range"), limits)
    return number


def _keys(config: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for key in ("aes_key", "previous_aes_key"):
        value = str(config.get(key) or "")
        if not value and key == "previous_aes_key":
            continue
        try:
            read_key(value)
        except ValueError:
            why = t("this is no EncodingAESKey of 43 characters") if value else t("it is missing")
            raise bad(key, why, t("Copy EncodingAESKey: {where}.", where=RECEIVE)) from None
        found.append(value)
    return tuple(found)


def _address(config: Mapping[str, Any]) -> str:
    base = str(config.get("api_base") or OFFICIAL)
    try:
        parts = urlsplit(base)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise bad("api_base", t("this is no http address"), t("Leave it out to use {usual}.", usual=OFFICIAL))
    return base
