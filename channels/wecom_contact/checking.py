"""Whether candidates can add the employees: the app's secret, its address, and who may have contacts at all."""

from __future__ import annotations

from channels.base import NotDelivered
from channels.wecom_contact.settings import Settings
from channels.wecom_contact.wire import Wire

FOLLOWERS = "externalcontact/get_follow_user_list"


async def check(account: str, settings: Settings, wire: Wire) -> tuple[str, ...]:
    """Return what is wrong, each with its remedy; empty when nothing is."""
    try:
        answer = await wire.ask("GET", FOLLOWERS)
    except NotDelivered as failure:
        if failure.why == "stopped":
            return (failure.detail,)
        return (f"WeCom cannot be reached ({failure.detail}). Check the network, and api_base.",)
    listed = answer.get("follow_user")
    known = {str(user).lower() for user in listed} if isinstance(listed, list) else set()
    wrong = []
    if missing := [user for user in settings.users if user.lower() not in known]:
        where = "admin console, 客户联系, 权限配置, 使用范围; and the app's own 可见范围"
        wrong.append(f"{', '.join(missing)} may have no contacts outside the company. Add them: {where}.")
    if not settings.public_url:
        name = account.partition(".")[2]
        remedy = f"Set server.public_url, and enter its /hooks/wecom_contact/{name} in the app, 接收消息, 设置API接收."
        wrong.append(f"WeCom has no address to tell who was added. {remedy}")
    return tuple(wrong)
