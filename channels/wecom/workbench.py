"""The app's tile on a member's workbench: a few figures, seen without opening anything.

developer.work.weixin.qq.com/document/path/92535: `keydata` holds one to four figures, each with a word for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.base import NotDelivered
from channels.wecom.settings import Settings
from channels.wecom.wire import Wire
from locales.text import t
from locales.told import Told, text_of

MOST = 4
REMEDY = t("WeCom keeps its plain tile; workbench = false stops asking.")


async def show_figures(wire: Wire, settings: Settings, user: str, figures: Sequence[tuple[str, str]]) -> None:
    """Show a member these figures, each with its label; raises NotDelivered."""
    content = {"type": "keydata", "keydata": _items(figures)}
    await wire.ask(
        "POST", "agent/set_workbench_data", data={"agentid": settings.agentid, "userid": user, **content}
    )


async def make_tile(wire: Wire, settings: Settings, labels: Sequence[str]) -> None:
    """Have the tile hold figures from now on, for members without their own empty ones; raises NotDelivered."""
    content = {"type": "keydata", "keydata": _items([(label, "–") for label in labels])}
    await wire.ask(
        "POST",
        "agent/set_workbench_template",
        data={"agentid": settings.agentid, **content, "replace_user_data": False},
    )


async def check_tile(wire: Wire, settings: Settings) -> tuple[str, ...]:
    """Return what keeps the app from having a tile of its own, with the remedy."""
    try:
        await wire.ask("POST", "agent/get_workbench_template", data={"agentid": settings.agentid})
    except NotDelivered as failure:
        if failure.why == "busy":
            return ()
        why = text_of(failure.detail)
        told = t("The app's tile on the workbench cannot be set ({why}). {remedy}", why=why, remedy=REMEDY)
        return (Told(told),)
    return ()


def _items(figures: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"items": [{"key": label, "data": value} for label, value in figures[:MOST]]}
