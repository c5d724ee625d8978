"""How a page learns who opened it, within WeChat: a code for the person, and their openid for the code (网页授权)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.clock import Clock
from bot.sandbox.wechat.rules import CODE_LIVES, Refusal
from bot.sandbox.wechat.tokens import Tokens

AUTHORIZE = "/connect/oauth2/authorize"
_ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]
"""The address is matched by pattern: parameters in another order are not taken. More may follow."""
_STATE = re.compile(r"[a-zA-Z0-9]{0,128}")


class NoPage(LookupError):
    """An address that WeChat's own browser cannot open; says what it shows instead."""


@dataclass(slots=True)
class Code:
    """Somebody's leave to be known, once, for five minutes."""

    openid: str
    at: datetime
    is_used: bool = False


class OAuth:
    """Codes of the account."""

    def __init__(self, clock: Clock, appid: str, tokens: Tokens) -> None:
        self._clock = clock
        self._appid = appid
        self._tokens = tokens
        self._codes: dict[str, Code] = {}
        self.domain = ""
        """网页授权域名, as the console has it: host, and port if there is one; any when empty."""

    def redirect(self, url: str, openid: str) -> str:
        """Return where somebody's browser is sent from the authorize address; raises NoPage."""
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        asked = dict(pairs)
        if [name for name, _ in pairs][:5] != _ORDER or parts.fragment != "wechat_redirect":
            raise NoPage("该链接无法访问 (order of parameters, or no #wechat_redirect)")
        if asked["appid"] != self._appid:
            raise NoPage("10013 appid")
        if asked["response_type"] != "code" or asked["scope"] != "snsapi_base":
            raise NoPage("10005 scope")
        if not _STATE.fullmatch(asked["state"]):
            raise NoPage("10016 state: at most 128 of a-zA-Z0-9")
        return self._back(asked["redirect_uri"], asked["state"], openid)

    def _back(self, to: str, state: str, openid: str) -> str:
        parts = urlsplit(to)
        if parts.scheme not in ("http", "https") or (self.domain and parts.netloc != self.domain):
            raise NoPage("10003 redirect_uri 域名与后台配置不一致")
        code = "0" + secrets.token_hex(15)
        self._codes[code] = Code(openid, self._clock.now())
        query = [*parse_qsl(parts.query, keep_blank_values=True), ("code", code), ("state", state)]
        return urlunsplit(parts._replace(query=urlencode(query)))

    def exchange(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Return whose a code is; raises Refusal."""
        self._tokens.check_secret(query, "authorization_code")
        if not query.get("code"):
            raise Refusal(41008)
        known = self._codes.get(str(query["code"]))
        if known is None:
            raise Refusal(40029)
        if known.is_used:
            raise Refusal(40163)
        if self._clock.now() - known.at > CODE_LIVES:
            raise Refusal(42003)
        known.is_used = True
        token = {"access_token": secrets.token_urlsafe(60), "expires_in": 7200}
        return {
            **token,
            "refresh_token": secrets.token_urlsafe(60),
            "openid": known.openid,
            "scope": "snsapi_base",
        }
