"""What an SMS account's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from channels.base import BadSetting
from channels.sms.checked import Checked
from channels.sms.gateway_settings import GATEWAY, Gateway, read_gateway
from channels.sms.template_settings import ALIYUN, Aliyun, read_aliyun
from locales.text import t

COMMON = (
    "provider",
    "public_url",
    "hook_secret",
    "sign_name",
    "segments",
    "deadline_seconds",
    "per_second",
)
SHORTEST_HOOK_SECRET = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """One account's configuration, checked."""

    provider: Aliyun | Gateway
    hook_secret: str
    """What comes in has to carry it; without one nothing comes in."""
    sign_name: str
    segments: int
    """The longest text."""
    deadline: float
    """Seconds after which a send is given up."""
    per_second: int

    @property
    def hears(self) -> bool:
        """Whether somebody's answer reaches us."""
        return bool(self.hook_secret) and (
            isinstance(self.provider, Aliyun) or self.provider.inbound is not None
        )


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    settings, wrong = read_all(config)
    if settings is None:
        raise wrong[0]
    return settings


def read_all(config: Mapping[str, Any]) -> tuple[Settings | None, tuple[BadSetting, ...]]:
    """Return a configuration, or everything that is wrong with it."""
    checked = Checked(config)
    name: Literal["aliyun", "http"] | None = checked.choice("provider", ("aliyun", "http"))
    provider: Aliyun | Gateway | None = None
    if name is not None:
        checked.refuse_strange((*COMMON, *(ALIYUN if name == "aliyun" else GATEWAY)), name)
        provider = read_aliyun(checked) if name == "aliyun" else read_gateway(checked)
    hook_secret = checked.text("hook_secret")
    if hook_secret and not re.fullmatch(rf"[\w.~-]{{{SHORTEST_HOOK_SECRET},256}}", hook_secret, re.ASCII):
        remedy = t("Use 16 to 256 of A-Z a-z 0-9 _ - . ~, for it is part of an address.")
        checked.wrong("hook_secret", t("it is too short, or has signs that addresses do not hold"), remedy)
    sign_name = checked.text("sign_name")
    if re.search(r"[【】\n]", sign_name) or len(sign_name) > 30:
        checked.wrong("sign_name", t("it is no signature"), t("Write the name alone, without 【】."))
    segments = int(checked.number("segments", 4, 1, 10))
    deadline = checked.number("deadline_seconds", 10, 0.05, 60)
    per_second = int(checked.number("per_second", 10, 1, 1000))
    if provider is None or checked.problems:
        return None, tuple(checked.problems)
    return Settings(provider, hook_secret, sign_name, segments, deadline, per_second), ()
