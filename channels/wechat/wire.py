"""Requests to WeChat's API, by wechatpy's client on our own transport.

Only this module of the channel imports wechatpy, and only when something is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from wechatpy.client import WeChatClient

from channels.base import NotDelivered, Vault
from channels.tencent.errors import OF_WECHAT, bad_secret, code_of
from channels.tencent.numbers import number
from channels.tencent.tokens import Tokens
from channels.tencent.transport import Answer, Transport
from channels.wechat.settings import Settings

TOKEN_NAME = "access_token"  # noqa: S105 - what it is called in the vault
SHORTEST_LIFE = timedelta(minutes=6)
LONGEST_LIFE = timedelta(hours=2)


class Wire(Transport, WeChatClient):  # type: ignore[misc]
    """One service account's connection."""

    posts = ("message/custom/send", "message/template/send")
    silent = ("qrcode/create", "template/get_all_private_template")
    meanings = OF_WECHAT

    def __init__(self, settings: Settings, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(settings.appid, settings.secret, auto_retry=False)
        self._settings = settings
        tokens = Tokens(vault, f"{TOKEN_NAME}.{settings.appid}", self._fetch, now)
        self.connect(settings.api_base, settings.deadline, tokens, settings.secrets)

    async def _fetch(self) -> tuple[str, timedelta]:
        """Ask for the stable access token; raises NotDelivered, `stopped` for a secret that is wrong.

        Asking again changes nothing while it lives, so several processes never take each other's away.
        """
        who = {"grant_type": "client_credential", **self._who(), "force_refresh": False}
        answer = await self.ask_plainly("POST", "stable_token", data=who)
        code, token = code_of(answer), answer.get("access_token")
        if code:
            raise bad_secret(code, str(answer.get("errmsg", "")), OF_WECHAT)
        if not isinstance(token, str) or not token:
            raise NotDelivered("busy", "stable_token gave no token", scope="account")
        seconds = number(answer.get("expires_in")) or 0
        lives = timedelta(seconds=seconds) if 0 < seconds < 10**6 else LONGEST_LIFE
        return token, min(max(lives, SHORTEST_LIFE), LONGEST_LIFE)

    async def exchange(self, code: str) -> Answer:
        """Return what WeChat says of the code with which somebody came to a page, an error too."""
        query = {**self._who(), "code": code, "grant_type": "authorization_code"}
        return await self.ask_plainly("GET", "/sns/oauth2/access_token", query)

    def _who(self) -> dict[str, str]:
        return {"appid": self._settings.appid, "secret": self._settings.secret}
