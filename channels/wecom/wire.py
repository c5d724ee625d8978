"""Requests to WeCom's API, by wechatpy's client on our own transport.

Only this module of the channel imports wechatpy, and only when something is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from wechatpy.work.client import WeChatClient

from channels.base import NotDelivered, Vault
from channels.tencent.errors import OF_WECOM, bad_secret, code_of, refusal
from channels.tencent.tokens import Tokens
from channels.tencent.transport import Transport
from channels.wecom.settings import Settings

TOKEN_NAME = "access_token"  # noqa: S105 - what it is called in the vault
SHORTEST_LIFE = timedelta(minutes=6)
LONGEST_LIFE = timedelta(hours=2)


class Wire(Transport, WeChatClient):  # type: ignore[misc]
    """One app's connection."""

    posts = ("message/send", "message/update_template_card", "webhook/send")
    meanings = OF_WECOM

    def __init__(self, settings: Settings, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(settings.corpid, settings.secret, auto_retry=False)
        self._settings = settings
        # By agent too: each app of a company has tokens of its own.
        tokens = Tokens(vault, f"{TOKEN_NAME}.{settings.agentid}", self._fetch, now)
        self.connect(settings.api_base, settings.deadline, tokens, settings.secrets)

    async def _fetch(self) -> tuple[str, timedelta]:
        """Ask for an access token; raises NotDelivered, `stopped` for a secret that is wrong."""
        who = {"corpid": self._settings.corpid, "corpsecret": self._settings.secret}
        answer = await self.ask_plainly("GET", "gettoken", who)
        code, token = code_of(answer), answer.get("access_token")
        if code:
            raise bad_secret(code, str(answer.get("errmsg", "")))
        if code is None or not isinstance(token, str) or not token:
            raise NotDelivered("busy", "gettoken gave no token", scope="account")
        seconds = answer.get("expires_in")
        lives = (
            timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 10**6 else LONGEST_LIFE
        )
        return token, min(max(lives, SHORTEST_LIFE), LONGEST_LIFE)

    async def post_to_robot(self, key: str, body: Mapping[str, Any], seconds: float) -> None:
        """Have a group's robot say something; raises NotDelivered."""
        answer = await self.ask_plainly("POST", "webhook/send", {"key": key}, body, seconds)
        code = code_of(answer)
        if code is None:
            raise NotDelivered("in_doubt", "an answer without errcode")
        if code:
            failure = refusal(code, str(answer.get("errmsg", "")), self._secrets)
            if failure.why == "busy":
                failure.scope = "chat"  # a robot's own limit, of 20 a minute
            raise failure
