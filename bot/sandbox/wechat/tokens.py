"""Access tokens of the account: two kinds that know nothing of each other (getStableAccessToken, getAccessToken)."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.sandbox.wechat.rules import FORCED_A_DAY, FORCED_APART, OVERLAP, TOKEN_LIVES, Refusal, day


class Tokens:
    """Gives tokens to who knows the secret, and knows which are good."""

    def __init__(self, clock: Clock, appid: str) -> None:
        self._clock = clock
        self._appid = appid
        self.secret = "SandboxSandbox" + secrets.token_hex(9)
        self._newest = {"stable": "", "plain": ""}
        self._ends: dict[str, datetime] = {}
        self._replaced: set[str] = set()
        """Tokens that end early as there is a newer one."""
        self._forced_at: datetime | None = None
        self._forced: Counter[str] = Counter()
        """How often a new one was forced on each day."""

    def stable(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the token there is, or a new one in the last five minutes, or as one is forced; raises Refusal."""
        self.check_secret(given, "client_credential")
        force = given.get("force_refresh", False)
        if not isinstance(force, bool):
            raise Refusal(47001)
        if force and self._may_force():
            return self._issue("stable", timedelta())
        if self._left(self._newest["stable"]) <= OVERLAP:
            return self._issue("stable", OVERLAP)
        return self._told("stable")

    def plain(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Return a new token; the one before is good for five minutes more; raises Refusal."""
        self.check_secret(query, "client_credential")
        return self._issue("plain", OVERLAP)

    def check_secret(self, given: Mapping[str, Any], grant: str) -> None:
        """Raise Refusal unless appid, secret and kind of grant are right."""
        if given.get("grant_type") != grant:
            raise Refusal(40002)
        for key, missing in (("appid", 41002), ("secret", 41004)):
            if not given.get(key):
                raise Refusal(missing)
        if given["appid"] != self._appid:
            raise Refusal(40013)
        if given["secret"] != self.secret:
            raise Refusal(40125)

    def check(self, token: str) -> None:
        """Raise Refusal unless a token is good."""
        if not token:
            raise Refusal(41001)
        if token not in self._ends:
            raise Refusal(40014)
        if self._left(token) <= timedelta():
            raise Refusal(40001 if token in self._replaced else 42001)

    def forget(self) -> None:
        """Have all tokens die early, as they may."""
        self._replaced |= self._ends.keys()
        self._ends = dict.fromkeys(self._ends, self._clock.now())
        self._newest = dict.fromkeys(self._newest, "")

    def reset_secret(self) -> str:
        """Change the secret: the old one, and the tokens that came by it, are dead."""
        self.secret = "SandboxSandbox" + secrets.token_hex(9)
        self.forget()
        return self.secret

    def _may_force(self) -> bool:
        """Whether one is forced now: not twice within 30 seconds; raises Refusal above 20 a day."""
        now = self._clock.now()
        if self._forced_at is not None and now - self._forced_at < FORCED_APART:
            return False
        if self._forced[day(now)] >= FORCED_A_DAY:
            raise Refusal(45009)
        self._forced_at = now
        self._forced[day(now)] += 1
        return True

    def _issue(self, kind: str, overlap: timedelta) -> dict[str, Any]:
        now, old = self._clock.now(), self._newest[kind]
        if old:
            self._ends[old] = min(self._ends[old], now + overlap)
            self._replaced.add(old)
        self._newest[kind] = new = "SandboxSandbox" + secrets.token_urlsafe(100)
        self._ends[new] = now + TOKEN_LIVES
        return self._told(kind)

    def _told(self, kind: str) -> dict[str, Any]:
        token = self._newest[kind]
        return {"access_token": token, "expires_in": int(self._left(token).total_seconds())}

    def _left(self, token: str) -> timedelta:
        now = self._clock.now()
        return self._ends.get(token, now) - now
