"""Whether candidates can add the employees: the app's secret, its address, and who may have contacts at all."""

from __future__ import annotations

from channels.base import NotDelivered
from channels.tencent.company import unanswered, without_address
from channels.wecom_contact.settings import Settings
from channels.wecom_contact.wire import Wire
from locales.text import t
from locales.told import Told

FOLLOWERS = "externalcontact/get_follow_user_list"


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, each with its remedy; empty when nothing is."""
    try:
        answer = await wire.ask("GET", FOLLOWERS)
    except NotDelivered as failure:
        return (unanswered("WeCom", failure),)
    listed = answer.get("follow_user")
    known = {str(user).lower() for user in listed} if isinstance(listed, list) else set()
    wrong: list[str] = []
    if missing := [user for user in settings.users if user.lower() not in known]:
        where = t("admin console, 客户联系, 权限配置, 使用范围; and the app's own 可见范围")
        told = t(
            "{users} may have no contacts outside the company. Add them: {where}.",
            users=", ".join(missing),
            where=where,
        )
        wrong.append(Told(told))
    if not settings.public_url:
        wrong.append(Told(without_address(t("WeCom has no address to tell who was added."), account)))
    return tuple(wrong)
