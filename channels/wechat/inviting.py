"""Codes that bind: a temporary QR code for each invitation, which follows the account and brings the token.

developers.weixin.qq.com/doc/service, api_createqrcode: scene_str of 1 to 64 characters, 30 days at most.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from channels.base import NotDelivered
from channels.wechat.wire import Wire

LONGEST = timedelta(seconds=2_592_000)
SHORTEST = timedelta(minutes=1)
MOST_KEPT = 2000
_TOKEN = re.compile(r"[\w-]{1,64}", re.ASCII)


class Codes:
    """The codes of one account; a page that is looked at twice asks once."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    async def code(self, token: str, until: datetime, now: datetime) -> str:
        """Return what a code holds, which is a link as well; raises NotDelivered."""
        known = self._known.get(token)
        if known is not None and now < known[1]:
            return known[0]
        if not _TOKEN.fullmatch(token):
            raise NotDelivered("refused", "this is no token that a code can carry")
        lasts = min(max(until - now, SHORTEST), LONGEST)
        answer = await self._wire.qrcode.create(
            {
                "action_name": "QR_STR_SCENE",
                "expire_seconds": int(lasts.total_seconds()),
                "action_info": {"scene": {"scene_str": token}},
            }
        )
        url = answer.get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > 512:
            raise NotDelivered("busy", "qrcode/create gave no address")
        # Half its life: who opens the page later gets a fresh one, which is good for as long as the invitation.
        self._known[token] = url, now + lasts / 2
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return url
