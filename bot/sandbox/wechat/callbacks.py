"""How things reach the account's server: XML in safe mode, three tries of five seconds (dev/push, 被动回复用户消息)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import httpx
from defusedxml.ElementTree import fromstring

from bot.clock import Clock
from bot.sandbox.wecom import callbacks
from bot.sandbox.wecom.callbacks import Callback, Request, as_xml
from bot.sandbox.wecom.crypto import Seal, signature

__all__ = ["Callback", "Callbacks", "Request", "as_xml"]


class Callbacks(callbacks.Callbacks):
    """What the server is told: what one person does in order, what several do side by side.

    `receiver` is the account's own id, gh_…; `failed` is called with the openid of whoever reads that the service is
    out of order, as nothing came that could be used.
    """

    def __init__(
        self, clock: Clock, seal: Seal, receiver: str, patience: float, failed: Callable[[str], None]
    ) -> None:
        super().__init__(clock, seal, 0, patience)
        self._receiver = receiver
        self._failed = failed

    def sealed(self, xml: str | bytes, *, at: datetime | None = None) -> Request:
        """Return a request that holds XML as WeChat sends it in safe mode."""
        timestamp, nonce = str(int((at or self._clock.now()).timestamp())), secrets.token_hex(5)
        inside = self.seal.encrypt(xml)
        query = {
            "signature": signature(self.seal.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": _sender(xml),
            "encrypt_type": "aes",
            "msg_signature": self.seal.sign(timestamp, nonce, inside),
        }
        outside = as_xml({"ToUserName": self._receiver, "Encrypt": inside})
        return Request(query, outside.encode())

    async def verify(self) -> None:
        """Ask the address for the echo, as the console does before it saves it; raises ValueError."""
        stamp, nonce, echo = (
            str(int(self._clock.now().timestamp())),
            secrets.token_hex(5),
            secrets.token_hex(8),
        )
        query = {
            "signature": signature(self.seal.token, stamp, nonce),
            "echostr": echo,
            "timestamp": stamp,
            "nonce": nonce,
        }
        try:
            answer = await self._client().get(f"{self.url}?{urlencode(query)}", timeout=5)
        except httpx.HTTPError as error:
            raise ValueError(f"请求URL超时: {type(error).__name__}") from None
        if answer.status_code != 200 or answer.content != echo.encode():
            raise ValueError("Token验证失败: the echo did not come back as it was")

    async def _bring(self, callback: Callback) -> None:
        await super()._bring(callback)
        if not callback.is_taken:
            self._failed(callback.user)

    def _read(self, callback: Callback, body: bytes) -> None:
        """Take the passive reply; what is neither that nor empty nor `success` is shown as a service out of order."""
        count = len(self.unreadable)
        super()._read(callback, body)
        if len(self.unreadable) > count:
            self._failed(callback.user)


def _sender(xml: str | bytes) -> str:
    """Return who a message is from, as the address names them; nothing signs that."""
    try:
        return fromstring(xml).findtext("FromUserName") or ""
    except Exception:  # tests have nonsense sealed, too
        return ""
