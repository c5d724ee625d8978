"""What an app's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from channels.base import BadSetting
from channels.tencent.codec import read_key

OFFICIAL = "https://qyapi.weixin.qq.com"
KNOWN = (
    "corpid",
    "agentid",
    "secret",
    "token",
    "aes_key",
    "previous_aes_key",
    "robots",
    "menu",
    "public_url",
    "api_base",
    "deadline_seconds",
)
_APP = "admin console, 应用管理, the app"
_RECEIVE = f"{_APP}, 接收消息, 设置API接收"


@dataclass(frozen=True, slots=True)
class Settings:
    """One self-built app's configuration, checked."""

    corpid: str
    agentid: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_keys: tuple[str, ...] = field(repr=False)
    """The present EncodingAESKey, and the one before while it is changed."""
    robots: Mapping[str, str] = field(repr=False)
    """The keys of group robots by the names we call them."""
    has_menu: bool
    """Whether the app's menu is ours."""
    public_url: str
    api_base: str
    deadline: float
    """Seconds after which a send is given up."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret, self.token, *self.aes_keys, *self.robots.values())


def read_settings(account: str, config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    for key in config:
        if key not in KNOWN:
            raise BadSetting(key, "WeCom has no such setting", f"There are {', '.join(KNOWN)}.")
    return Settings(
        corpid=_text(config, "corpid", r"[\w-]{1,64}", "Copy 企业ID: admin console, 我的企业, 企业信息."),
        agentid=int(_text(config, "agentid", r"[0-9]{1,10}", f"Copy AgentId: {_APP}.")),
        secret=_text(config, "secret", r"[\w-]{1,128}", f"Copy Secret: {_APP}."),
        token=_text(config, "token", r"[A-Za-z0-9]{1,32}", f"Copy Token: {_RECEIVE}."),
        aes_keys=_keys(config),
        robots=_robots(config.get("robots")),
        has_menu=config.get("menu", True) is not False,
        public_url=str(config.get("public_url") or "").rstrip("/"),
        api_base=_address(config),
        deadline=_seconds(config),
    )


def _text(config: Mapping[str, Any], key: str, form: str, remedy: str) -> str:
    value = str(config.get(key) or "")
    if not re.fullmatch(form, value, re.ASCII):
        raise BadSetting(key, "this has not the right form" if value else "it is missing", remedy)
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
            why = "this is no EncodingAESKey of 43 characters" if value else "it is missing"
            raise BadSetting(key, why, f"Copy EncodingAESKey: {_RECEIVE}.") from None
        found.append(value)
    return tuple(found)


def _robots(table: object) -> Mapping[str, str]:
    if table in (None, ""):
        return {}
    if not isinstance(table, Mapping):
        raise BadSetting("robots", "it is no table", 'Write it like { hr = "the robot\'s key" }.')
    for name, key in table.items():
        if not re.fullmatch(r"[\w-]{1,32}", str(name)):
            raise BadSetting("robots", "a name has other signs than letters, digits, - and _", "Rename it.")
        if not isinstance(key, str) or not re.fullmatch(r"[0-9A-Za-z-]{8,64}", key):
            remedy = (
                "Copy what stands after key= in the address that the group shows for its robot (消息推送)."
            )
            raise BadSetting(f"robots.{name}", "this is no robot's key", remedy)
    return dict(table)


def _address(config: Mapping[str, Any]) -> str:
    base = str(config.get("api_base") or OFFICIAL)
    try:
        parts = urlsplit(base)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        raise BadSetting("api_base", "this is no http address", f"Leave it out to use {OFFICIAL}.")
    return base


def _seconds(config: Mapping[str, Any]) -> float:
    try:
        number = float(config.get("deadline_seconds", 15))
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.05 <= number <= 60:
        remedy = "Give seconds between 0.05 and 60."
        raise BadSetting("deadline_seconds", "this is out of range", remedy)
    return number
