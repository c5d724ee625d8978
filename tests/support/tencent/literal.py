"""A Tencent that knows nothing but its own pages: answers them word for word, over a real socket.

It shares no code with the stand-ins of the sandbox, which judge what is asked; this one says what Tencent's pages show
as answers, and can say it in all the ways in which servers say things.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from channels.base import Inbound

API = Path(__file__).parent / "api"
Body = bytes | Mapping[str, Any]
Say = Callable[[bytes], bytes]
"""How an answer is put on the wire: from its body to the whole response."""


def documented(name: str) -> dict[str, Any]:
    """Return a request or answer as Tencent's page shows it: `wecom_message_send.response`."""
    read: dict[str, Any] = json.loads((API / f"{name}.json").read_text("utf-8"))
    return read


def _response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def plainly(body: bytes) -> bytes:
    return _response(body, "Content-Type: application/json; charset=UTF-8", f"Content-Length: {len(body)}")


def as_text(body: bytes) -> bytes:
    """WeChat's own: JSON that is called text."""
    return _response(body, "Content-Type: text/plain", f"Content-Length: {len(body)}")


def with_a_mark(body: bytes) -> bytes:
    return plainly(b"\xef\xbb\xbf" + body)


def packed(body: bytes) -> bytes:
    small = gzip.compress(body)
    return _response(small, "Content-Encoding: gzip", f"Content-Length: {len(small)}")


def in_chunks(body: bytes) -> bytes:
    cut = [body[at : at + 7] for at in range(0, len(body), 7)]
    said = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in cut)
    return _response(said + b"0\r\n\r\n", "Transfer-Encoding: chunked")


def until_the_end(body: bytes) -> bytes:
    """Without a length: it is over when the connection is."""
    return _response(body)


def as_a_page(body: bytes) -> bytes:
    page = b"<html><body>200 OK</body></html>"
    return _response(page, "Content-Type: text/html", f"Content-Length: {len(page)}")


def as_a_file(name: str = "", media_type: str = "image/jpeg") -> Say:
    """As the pages on media/get show it: bytes, and what they are called, in UTF-8."""

    def say(body: bytes) -> bytes:
        called = [f'Content-disposition: attachment; filename="{name}"'] if name else []
        return _response(body, f"Content-Type: {media_type}", *called, f"Content-Length: {len(body)}")

    return say


def refused(body: bytes) -> bytes:
    """What something between us and Tencent says."""
    return _response(b"Forbidden", "Content-Length: 9", status="403 Forbidden")


def cut_off(body: bytes) -> bytes:
    return plainly(body)[:-9]


def never(body: bytes) -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body.decode("utf-8"))
        return read


class Literal:
    """Answers each path with what it was given, in turn, the last again and again; with 404 what it does not know."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.say: Say = plainly
        self._answers: dict[str, list[Body]] = {}

    def will(self, path: str, *answers: Body) -> None:
        self._answers[path] = list(answers)

    def of(self, path: str) -> list[Asked]:
        return [each for each in self.asked if each.path == path]

    async def __aenter__(self) -> Literal:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        path = parts.path.removeprefix("/cgi-bin/")
        self.asked.append(Asked(method, path, dict(parse_qsl(parts.query)), headers, body))
        said = self._said(path)
        if said:
            writer.write(said)
            await writer.drain()
        else:
            await reader.read()  # until whoever asked has lost patience
        writer.close()

    def _said(self, path: str) -> bytes:
        waiting = self._answers.get(path)
        if not waiting:
            return _response(b"Not Found", "Content-Length: 9", status="404 Not Found")
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        return plainly(body) if path in ("gettoken", "stable_token") else self.say(body)


ENVELOPE = "<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{}]]></Encrypt></xml>"


def sealed(
    xml: bytes, token: str, aes_key: str, receive_id: str, at: datetime, envelope: str = ENVELOPE
) -> Inbound:
    """Return a callback as Tencent's pages tell how to make one, by nothing of ours."""
    key = base64.b64decode(aes_key + "=")
    plain = b"sixteen of chance"[:16] + len(xml).to_bytes(4, "big") + xml + receive_id.encode()
    pad = 32 - len(plain) % 32
    cipher = Cipher(AES(key), CBC(key[:16])).encryptor()
    encrypt = base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()
    stamp, nonce = str(int(at.timestamp())), "1320562132"
    signature = hashlib.sha1("".join(sorted([token, stamp, nonce, encrypt])).encode()).hexdigest()
    query = {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}
    return Inbound("POST", "/hooks", query, {}, envelope.replace("{}", encrypt).encode(), at)
