"""Who opens a page of ours: WeChat tells it by snsapi_base, without asking them anything.

developers.weixin.qq.com/doc/service, Wechat_webpage_authorization and api_snsaccesstoken.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from channels.base import NotDelivered
from channels.tencent.errors import code_of
from channels.tencent.numbers import number
from channels.wechat.settings import Settings

if TYPE_CHECKING:
    from channels.wechat.wire import Wire

LONGEST_CODE = 512
NOT_THEIRS = (40029, 40163, 41008, 42003)
"""A code that is wrong, was used, is missing, or is too old: five minutes."""


def address_of(urls: Mapping[str, str], settings: Settings) -> str:
    """Return where a template leads: to the page of one's interview, which learns who opens it."""
    if page := urls.get("my"):
        return recognising(page, settings)
    return urls.get("go", "")


def recognising(address: str, settings: Settings) -> str:
    """Return the address that leads to a page by way of WeChat."""
    query = (
        f"appid={settings.appid}&redirect_uri={quote(address, safe='')}&response_type=code"
        f"&scope=snsapi_base&state={_state(address, settings)}"
    )
    # In this order: WeChat refuses others.
    return f"{settings.authorize_url}?{query}#wechat_redirect"


async def visitor(address: str, query: Mapping[str, str], settings: Settings, wire: Wire) -> str | None:
    """Return the openid of whoever came back to a page; raises NotDelivered when WeChat cannot be asked."""
    code, state = query.get("code", ""), query.get("state", "")
    is_ours = hmac.compare_digest(state.encode("utf-8", "surrogatepass"), _state(address, settings).encode())
    if not is_ours or not 0 < len(code) <= LONGEST_CODE or not code.isascii():
        return None
    answer = await wire.exchange(code)
    if (error := code_of(answer)) and error not in NOT_THEIRS:
        raise NotDelivered("busy", f"{error}: WeChat does not say who opened the page.", scope="account")
    openid, snapshot = answer.get("openid"), answer.get("is_snapshotuser")
    # In a snapshot (快照页) it is nobody's.
    if error or (snapshot and number(snapshot) != 0) or not isinstance(openid, str):
        return None
    return openid or None


def _state(address: str, settings: Settings) -> str:
    """Return what ties WeChat's answer to one page: letters and digits, as it takes no others."""
    path = urlsplit(address).path
    return hmac.digest(settings.secret.encode(), f"turnout/state/{path}".encode(), "sha256").hex()[:32]
