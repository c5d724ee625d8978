"""What an app's configuration may say. Every refusal names the setting and the remedy, never the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.tencent import company
from channels.tencent.company import APP, CompanySettings, bad, read_company, read_text
from locales.text import t

OFFICIAL = company.OFFICIAL
KNOWN = (*company.KNOWN, "agentid", "robots", "menu", "workbench")


@dataclass(frozen=True, slots=True)
class Settings(CompanySettings):
    """One self-built app's configuration, checked."""

    agentid: int
    robots: Mapping[str, str] = field(repr=False)
    """The keys of group robots by the names we call them."""
    has_menu: bool
    """Whether the app's menu is ours."""
    has_tile: bool
    """Whether its tile on the workbench holds today's figures."""

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret, self.token, *self.aes_keys, *self.robots.values())


def read_settings(account: str, config: Mapping[str, Any]) -> Settings:
    """Return a configuration, checked; raises BadSetting."""
    return Settings(
        **read_company(config, KNOWN),
        agentid=int(read_text(config, "agentid", r"[0-9]{1,10}", t("Copy AgentId: {where}.", where=APP))),
        robots=_robots(config.get("robots")),
        has_menu=config.get("menu", True) is not False,
        has_tile=config.get("workbench", True) is not False,
    )


def _robots(table: object) -> Mapping[str, str]:
    if table in (None, ""):
        return {}
    if not isinstance(table, Mapping):
        example = '{ hr = "…" }'
        raise bad("robots", t("it is no table"), t("Write it like {example}.", example=example))
    for name, key in table.items():
        if not re.fullmatch(r"[\w-]{1,32}", str(name)):
            why = t("a name has other signs than letters, digits, - and _")
            raise bad("robots", why, t("Rename it."))
        if not isinstance(key, str) or not re.fullmatch(r"[0-9A-Za-z-]{8,64}", key):
            remedy = t(
                "Copy what stands after key= in the address that the group shows for its robot (消息推送)."
            )
            raise bad(f"robots.{name}", t("this is no robot's key"), remedy)
    return dict(table)
