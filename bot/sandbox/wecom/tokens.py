"""Access tokens of one application (developer.work.weixin.qq.com 91039): one at a time, for two hours or less."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.sandbox.wecom.rules import TOKEN_LIVES, Refusal


def new_secret() -> str:
    return "SandboxSandbox" + secrets.token_hex(14)


class Tokens:
    """Who may ask for a token, and which tokens are good."""

    def __init__(self, clock: Clock, corp_id: str) -> None:
        self._clock = clock
        self._corp_id = corp_id
        self.secret = new_secret()
        self._token = ""
        self._good_until: dict[str, datetime] = {}

    def get(self, params: MutableMapping[str, Any]) -> dict[str, Any]:
        """Return the token there is, or a new one, and take the secret out of the request; raises Refusal."""
        corp, secret = params.get("corpid"), params.pop("corpsecret", None)
        if not corp:
            raise Refusal(41002)
        if not secret:
            raise Refusal(41004)
        if corp != self._corp_id:
            raise Refusal(40013)
        if secret != self.secret:
            raise Refusal(40001)
        now = self._clock.now()
        left = self._good_until.get(self._token, now) - now
        if left <= timedelta():
            self._token = "SandboxSandbox" + secrets.token_hex(40)
            self._good_until[self._token] = now + TOKEN_LIVES
            left = TOKEN_LIVES
        return {"access_token": self._token, "expires_in": int(left.total_seconds())}

    def check(self, token: str) -> None:
        """Raise Refusal unless a token is good."""
        if not token:
            raise Refusal(41001)
        if token not in self._good_until:
            raise Refusal(40014)
        if self._good_until[token] <= self._clock.now():
            raise Refusal(42001)

    def forget(self) -> None:
        """Have all tokens die early, as they may."""
        self._token = ""
        self._good_until.clear()
