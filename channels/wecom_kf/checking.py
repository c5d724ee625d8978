"""Whether a customer service account works: the app's secret, its address, its right to the account."""

from __future__ import annotations

from typing import Any

from channels.base import NotDelivered
from channels.wecom_kf.settings import Settings
from channels.wecom_kf.wire import Wire

MOST = 100
_GRANT = "admin console, 微信客服, API, 可调用接口的应用"


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, each with its remedy; empty when nothing is."""
    try:
        answer = await wire.ask("POST", "kf/account/list", data={"offset": 0, "limit": MOST})
    except NotDelivered as failure:
        if failure.why == "stopped":
            return (failure.detail,)
        return (f"WeCom cannot be reached ({failure.detail}). Check the network, and api_base.",)
    listed = answer.get("account_list")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    wrong = _of_account(settings.open_kfid, found)
    if not settings.public_url:
        name = account.partition(".")[2]
        remedy = (
            f"Set server.public_url, and enter its /hooks/wecom_kf/{name} in the app, 接收消息, 设置API接收."
        )
        slow = (
            f"What people write is only seen every {settings.poll_seconds:g} seconds, and nobody is welcomed"
        )
        wrong.append(f"WeCom has no address to call. {slow}. {remedy}")
    return tuple(wrong)


def _of_account(open_kfid: str, found: list[dict[str, Any]]) -> list[str]:
    own = next((each for each in found if each.get("open_kfid") == open_kfid), None)
    if own is None:
        known = ", ".join(f"{each.get('open_kfid')} ({each.get('name')})" for each in found[:10])
        remedy = (
            f"It sees: {known}. Write one of these as open_kfid" if known else f"Add the account: {_GRANT}"
        )
        return [f"The app does not see this customer service account. {remedy}."]
    if own.get("manage_privilege") is False:
        return [f"The app may not speak for this account. Let it manage the account: {_GRANT}."]
    return []
