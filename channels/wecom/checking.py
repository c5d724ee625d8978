"""Whether an app works: its secret, its address, its range. Each problem with its remedy."""

from __future__ import annotations

from typing import Any

from channels.base import NotDelivered
from channels.tencent.company import unanswered, without_address
from channels.tencent.numbers import number
from channels.wecom.settings import Settings
from channels.wecom.wire import Wire
from channels.wecom.workbench import check_tile
from locales.text import t
from locales.told import Told


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, empty when nothing is."""
    try:
        app = await wire.agent.get(settings.agentid)
    except NotDelivered as failure:
        return (unanswered("WeCom", failure),)
    found: list[str] = []
    if number(app.get("close")) == 1:
        found.append(
            Told(t("The app is switched off. Switch it on: admin console, 应用管理, the app, 已启用."))
        )
    if not _reaches_somebody(app):
        why = t("The app is visible to nobody, so it can write to nobody.")
        remedy = t("Add HR and the recruiters: admin console, 应用管理, the app, 可见范围.")
        found.append(Told(t("{why} {remedy}", why=why, remedy=remedy)))
    if not settings.public_url:
        found.append(Told(without_address(t("WeCom has no address to bring answers to."), account)))
    if settings.has_tile:
        found += await check_tile(wire, settings)
    return tuple(found)


_RANGES = (("allow_userinfos", "user"), ("allow_partys", "partyid"), ("allow_tags", "tagid"))


def _reaches_somebody(app: dict[str, Any]) -> bool:
    """Tell whether anybody is in the app's range; where the answer does not say, they are."""
    told = [app[outer].get(inner) for outer, inner in _RANGES if isinstance(app.get(outer), dict)]
    return not told or any(told)
