"""Requests to WeCom's API as the self-built app. Imported only when something is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels.base import NotDelivered, Vault
from channels.tencent.company_wire import TOKEN_NAME, CompanyWire
from channels.tencent.errors import code_of, refusal
from channels.wecom.settings import Settings


class Wire(CompanyWire):
    """One app's connection."""

    posts = ("message/send", "message/update_template_card", "webhook/send")

    def __init__(self, settings: Settings, vault: Vault, now: Callable[[], datetime]) -> None:
        super().__init__(settings, vault, now, f"{TOKEN_NAME}.{settings.agentid}")

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
