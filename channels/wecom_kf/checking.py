"""Whether a customer service account works: the app's secret, its address, its right to the account."""

from __future__ import annotations

from typing import Any

from channels.base import NotDelivered
from channels.tencent.company import unanswered, without_address
from channels.wecom_kf.settings import Settings
from channels.wecom_kf.wire import Wire
from locales.text import Text, t
from locales.told import Told

MOST = 100
_GRANT = t("admin console, 微信客服, API, 可调用接口的应用")


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, each with its remedy; empty when nothing is."""
    try:
        answer = await wire.ask("POST", "kf/account/list", data={"offset": 0, "limit": MOST})
    except NotDelivered as failure:
        return (unanswered("WeCom", failure),)
    listed = answer.get("account_list")
    found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    wrong = _of_account(settings.open_kfid, found)
    if not settings.public_url:
        why = t(
            "WeCom has no address to call. What people write is only seen every {seconds} seconds, and nobody is "
            "welcomed.",
            seconds=f"{settings.poll_seconds:g}",
        )
        wrong.append(without_address(why, account))
    return tuple(map(Told, wrong))


def _of_account(open_kfid: str, found: list[dict[str, Any]]) -> list[Text]:
    own = next((each for each in found if each.get("open_kfid") == open_kfid), None)
    if own is None:
        known = ", ".join(f"{each.get('open_kfid')} ({each.get('name')})" for each in found[:10])
        remedy = (
            t("It sees: {known}. Write one of these as open_kfid.", known=known)
            if known
            else t("Add the account: {where}.", where=_GRANT)
        )
        why = t("The app does not see this customer service account.")
        return [t("{why} {remedy}", why=why, remedy=remedy)]
    if own.get("manage_privilege") is False:
        return [
            t("The app may not speak for this account. Let it manage the account: {where}.", where=_GRANT)
        ]
    return []
