"""A Tencent that answers as it is told, for channels of a company: over no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from channels.base import Inbound
from channels.tencent.codec import Codec
from channels.tencent.transport import Transport

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


class Answering:
    """Answers each method by what is waiting for it, the last one again and again; otherwise with ok."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        for method, answer in answers.items():
            self.will(method.replace("__", "/"), answer)

    def will(self, method: str, *answers: Any) -> None:
        self.answers[method] = list(answers)

    def of(self, method: str) -> list[dict[str, Any]]:
        """Return the bodies that a method was asked with."""
        return [body for asked, body in self.asked if asked == method]

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.removeprefix("/cgi-bin/")
        if method == "gettoken":
            token = {"errcode": 0, "access_token": "TOKEN", "expires_in": 7200}
            return httpx.Response(200, json=token)
        is_json = request.headers.get("content-type", "").startswith("application/json")
        self.asked.append((method, json.loads(request.content) if is_json else {}))
        waiting = self.answers.get(method, [{}])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", **answer})

    async def behind(self, wire: Transport) -> None:
        """Answer what a channel's wire asks."""
        await wire.aclose()
        wire._wire = httpx.AsyncClient(transport=httpx.MockTransport(self))


def sealed(codec: Codec, xml: bytes, path: str, at: datetime = NOW) -> Inbound:
    """Return a request that carries a callback, sealed and signed."""
    envelope = codec.encrypt(xml, b"0123456789abcdef")
    stamp = str(int(at.timestamp()))
    query = {"msg_signature": codec.sign(stamp, "n", envelope), "timestamp": stamp, "nonce": "n"}
    body = f"<xml><ToUserName>x</ToUserName><Encrypt>{envelope}</Encrypt></xml>".encode()
    return Inbound("POST", path, query, {}, body, at)


def callback(**fields: object) -> bytes:
    """Return the XML of an event."""
    told: Mapping[str, object] = {"ToUserName": "ww1", "CreateTime": 1795500300, "MsgType": "event", **fields}
    return f"<xml>{''.join(f'<{name}><![CDATA[{value}]]></{name}>' for name, value in told.items())}</xml>".encode()
