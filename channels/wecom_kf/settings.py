"""What a customer service account's configuration may say. Every refusal names the setting and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.tencent import company
from channels.tencent.company import CompanySettings, read_company, read_seconds, read_text
from locales.text import t

KNOWN = (*company.KNOWN, "open_kfid", "poll_seconds")
_WHERE = t("admin console, 微信客服, the account; `turnout check --live` lists those that the app may use")


@dataclass(frozen=True, slots=True)
class Settings(CompanySettings):
    """One customer service account, and the app by which it is reached, checked."""

    open_kfid: str
    poll_seconds: float
    """How often messages are asked for without a callback."""


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    return Settings(
        **read_company(config, KNOWN),
        open_kfid=read_text(
            config, "open_kfid", r"[\w-]{1,64}", t("Copy the id that begins with wk: {where}.", where=_WHERE)
        ),
        poll_seconds=read_seconds(config, "poll_seconds", 60, 0, 3600),
    )
