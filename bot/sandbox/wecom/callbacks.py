"""How things reach the app: sealed and signed XML, three tries of five seconds (developer.work.weixin.qq.com 90238)."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

import httpx
from defusedxml.ElementTree import fromstring

from bot.clock import Clock
from bot.sandbox.listening import web_client
from bot.sandbox.wecom.crypto import Seal

TRIES = 3
Passive = Callable[[Mapping[str, str]], None]
"""Takes the reply to a callback, as the texts of its elements by name."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the app's address."""

    query: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Callback:
    """Something that the app is told."""

    id: str
    """Its MsgId; of events, which have none, our own."""
    user: str
    xml: str
    at: datetime
    passive: Passive | None = None
    attempts: list[int] = field(default_factory=list)
    """What each try came to: an HTTP status, or 0 for no answer in time."""
    requests: list[Request] = field(default_factory=list)

    @property
    def is_taken(self) -> bool:
        return bool(self.attempts) and self.attempts[-1] == 200


def as_xml(fields: Mapping[str, object]) -> str:
    """Return an element `xml` with these children; a mapping is a child with children, a list several of one name."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Mapping[str, object]) -> str:
    return "".join(_child(name, value) for name, value in fields.items())


def _child(name: str, value: object) -> str:
    match value:
        case list():
            return "".join(_child(name, each) for each in value)
        case dict():
            return f"<{name}>{_children(value)}</{name}>"
        case int():
            return f"<{name}>{value}</{name}>"
        case _:
            inside = str(value).replace("]]>", "]]]]><![CDATA[>")
            return f"<{name}><![CDATA[{inside}]]></{name}>"


class Callbacks:
    """What the app is told: what one member does in order, what several do side by side.

    `patience` is how long the app may take over each try, in real seconds.
    """

    def __init__(self, clock: Clock, seal: Seal, agent: int, patience: float) -> None:
        self._clock = clock
        self.seal = seal
        self._agent = agent
        self._patience = patience
        self.url = ""
        self.all: list[Callback] = []
        self.unreadable: list[str] = []
        """Replies to callbacks that WeCom could not use, with the reason."""
        self._waiting: dict[str, deque[Callback]] = {}
        self._http: httpx.AsyncClient | None = None

    def add(self, callback: Callback) -> None:
        self.all.append(callback)
        self.again(callback)

    def again(self, callback: Callback) -> None:
        """Bring something once more, as happens when an answer was lost on the way."""
        self._waiting.setdefault(callback.user, deque()).append(callback)

    async def settle(self) -> None:
        """Bring everything that waits; WeCom tries again at once, and never later."""
        queues, self._waiting = self._waiting, {}
        if self.url:
            await asyncio.gather(*(self._bring_all(queue) for queue in queues.values()))

    @property
    def pending(self) -> bool:
        """Nothing is ever left for a later instant."""
        return False

    async def _bring_all(self, queue: deque[Callback]) -> None:
        for callback in queue:
            await self._bring(callback)

    async def _bring(self, callback: Callback) -> None:
        request = self.sealed(callback.xml)
        for number in range(TRIES):
            # Whether a retry repeats timestamp and nonce is not documented: the second does, the third does not.
            if number == TRIES - 1:
                request = self.sealed(callback.xml)
            callback.requests.append(request)
            status, body = await self._post(request)
            callback.attempts.append(status)
            if status == 200:
                return self._read(callback, body)
        return None

    def sealed(self, xml: str | bytes, *, at: datetime | None = None) -> Request:
        """Return a request that holds XML as WeCom sends it."""
        timestamp, nonce = str(int((at or self._clock.now()).timestamp())), secrets.token_hex(5)
        inside = self.seal.encrypt(xml)
        query = {
            "msg_signature": self.seal.sign(timestamp, nonce, inside),
            "timestamp": timestamp,
            "nonce": nonce,
        }
        corp = self.seal.receive_id
        outside = as_xml({"ToUserName": corp, "AgentID": str(self._agent), "Encrypt": inside})
        return Request(query, outside.encode())

    async def verify(self) -> None:
        """Ask the address for the echo, as the console does before it saves it; raises ValueError."""
        timestamp, nonce, echo = (
            str(int(self._clock.now().timestamp())),
            secrets.token_hex(5),
            secrets.token_hex(8),
        )
        sealed = self.seal.encrypt(echo)
        query = {
            "msg_signature": self.seal.sign(timestamp, nonce, sealed),
            "timestamp": timestamp,
            "nonce": nonce,
            "echostr": sealed,
        }
        try:
            answer = await self._client().get(f"{self.url}?{urlencode(query)}", timeout=1)
        except httpx.HTTPError as error:
            raise ValueError(f"openapi回调地址请求不通过: {type(error).__name__}") from None
        if answer.status_code != 200 or answer.content != echo.encode():
            raise ValueError("openapi回调地址请求不通过: the echo did not come back as it was")

    async def _post(self, request: Request) -> tuple[int, bytes]:
        headers = {"content-type": "text/xml"}
        try:
            async with asyncio.timeout(self._patience):
                url = f"{self.url}?{urlencode(request.query)}"
                answer = await self._client().post(url, content=request.body, headers=headers)
        except (httpx.HTTPError, TimeoutError):
            return 0, b""
        return answer.status_code, answer.content

    def _read(self, callback: Callback, body: bytes) -> None:
        """Take the passive reply; an empty one, or `success`, says nothing."""
        if body in (b"", b"success"):
            return
        try:
            outer = fromstring(body)
            found = {
                name: outer.findtext(name) or "" for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
            }
            signed = self.seal.sign(found["TimeStamp"], found["Nonce"], found["Encrypt"])
            if signed != found["MsgSignature"]:
                raise ValueError("its signature is wrong")
            inner = fromstring(self.seal.decrypt(found["Encrypt"]))
            said = {each.tag: (each.text or "").strip() for each in inner.iter()}
            if callback.passive is None:
                raise ValueError(f"{said.get('MsgType')} is no reply to this")
            callback.passive(said)
        except Exception as error:  # whatever the app answered, WeCom goes on
            self.unreadable.append(f"{type(error).__name__}: {error}")

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = web_client(timeout=30)
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None
