"""Requests to WeCom's API as one app of a company, by wechatpy's client on our own transport.

Imported only when something is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from wechatpy.work.client import WeChatClient

from channels.base import NotDelivered, Vault
from channels.tencent.company import CompanySettings
from channels.tencent.errors import OF_WECOM, bad_secret, code_of
from channels.tencent.numbers import number
from channels.tencent.tokens import Tokens
from channels.tencent.transport import Transport

TOKEN_NAME = "access_token"  # noqa: S105 - what it is called in the vault
SHORTEST_LIFE = timedelta(minutes=6)
LONGEST_LIFE = timedelta(hours=2)


class CompanyWire(Transport, WeChatClient):  # type: ignore[misc]
    """One app's connection. Each app of a company has access tokens of its own."""

    meanings = OF_WECOM

    def __init__(
        self,
        settings: CompanySettings,
        vault: Vault,
        now: Callable[[], datetime],
        token_name: str = TOKEN_NAME,
    ) -> None:
        super().__init__(settings.corpid, settings.secret, auto_retry=False)
        self._who = {"corpid": settings.corpid, "corpsecret": settings.secret}
        tokens = Tokens(vault, token_name, self._fetch, now)
        self.connect(settings.api_base, settings.deadline, tokens, settings.secrets)

    async def _fetch(self) -> tuple[str, timedelta]:
        """Ask for an access token; raises NotDelivered, `stopped` for a secret that is wrong."""
        answer = await self.ask_plainly("GET", "gettoken", self._who)
        code, token = code_of(answer), answer.get("access_token")
        if code:
            raise bad_secret(code, str(answer.get("errmsg", "")))
        if not isinstance(token, str) or not token:
            raise NotDelivered("busy", "gettoken gave no token", scope="account")
        seconds = number(answer.get("expires_in")) or 0
        lives = timedelta(seconds=seconds) if 0 < seconds < 10**6 else LONGEST_LIFE
        return token, min(max(lives, SHORTEST_LIFE), LONGEST_LIFE)
