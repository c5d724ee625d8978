"""What a service account's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from channels.tencent.codec import read_key
from channels.tencent.company import bad
from channels.wechat.template_settings import Template, choose, read_templates
from locales.text import Text, t

OFFICIAL = "https://api.weixin.qq.com"
AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
KNOWN = (
    "appid",
    "secret",
    "token",
    "aes_key",
    "previous_aes_key",
    "templates",
    "menu",
    "public_url",
    "api_base",
    "authorize_url",
    "deadline_seconds",
)
_BASICS = t("mp.weixin.qq.com, 设置与开发, 基本配置")
_SERVER = t("mp.weixin.qq.com, 设置与开发, 基本配置, 服务器配置")


@dataclass(frozen=True, slots=True)
class Settings:
    """One service account's configuration, checked."""

    appid: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)
    """The present EncodingAESKey, and the one before while it is changed."""
    templates: tuple[Template, ...]
    has_menu: bool
    """Whether the account's menu is ours."""
    public_url: str
    api_base: str
    authorize_url: str
    """Where WeChat is asked who opens a page."""
    deadline: float
    """Seconds after which a send is given up."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret, self.token, *self.aes_keys)

    def template(self, kind: str) -> Template | None:
        return choose(self.templates, kind)


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            raise bad(key, t("there is no such key"), t("There are {known}.", known=", ".join(KNOWN)))
    return Settings(
        appid=_text(
            config, "appid", r"wx[0-9A-Za-z]{4,62}", t("Copy 开发者ID(AppID): {where}.", where=_BASICS)
        ),
        secret=_text(
            config, "secret", r"[\w-]{1,128}", t("Copy 开发者密码(AppSecret): {where}.", where=_BASICS)
        ),
        token=_text(config, "token", r"[A-Za-z0-9]{3,32}", t("Copy 令牌(Token): {where}.", where=_SERVER)),
        aes_keys=_keys(config),
        templates=read_templates(config.get("templates")),
        has_menu=config.get("menu", True) is not False,
        public_url=str(config.get("public_url") or "").rstrip("/"),
        api_base=_address(config, "api_base", OFFICIAL),
        authorize_url=_address(config, "authorize_url", AUTHORIZE),
        deadline=_seconds(config),
    )


def _text(config: Mapping[str, Any], key: str, form: str, remedy: Text) -> str:
    value = str(config.get(key) or "")
    if not re.fullmatch(form, value, re.ASCII):
        raise bad(key, t("this has not the right form") if value else t("it is missing"), remedy)
    return value


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
            raise bad(key, why, t("Copy 消息加解密密钥(EncodingAESKey): {where}.", where=_SERVER)) from None
        found.append(value)
    return tuple(found)


def _address(config: Mapping[str, Any], key: str, usual: str) -> str:
    given = str(config.get(key) or usual)
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise bad(key, t("this is no http address"), t("Leave it out to use {usual}.", usual=usual))
    return given


def _seconds(config: Mapping[str, Any]) -> float:
    try:
        number = float(config.get("deadline_seconds", 15))
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.05 <= number <= 60:
        limits = t("Give seconds between {least} and {most}.", least="0.05", most="60")
        raise bad("deadline_seconds", t("this is out of range"), limits)
    return number
