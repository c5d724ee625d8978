"""What every application of a company has: tokens, methods, sealed callbacks, and faults on demand.

The self-built app, 微信客服 and 客户联系 are such applications, each with a secret and an address of its own.
"""

from __future__ import annotations

import json
import secrets
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Literal, cast

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.clock import Clock
from bot.sandbox.listening import Listening
from bot.sandbox.slack import wire
from bot.sandbox.wecom.callbacks import Callback, Callbacks
from bot.sandbox.wecom.crypto import Seal, new_key
from bot.sandbox.wecom.media import Media
from bot.sandbox.wecom.rules import ESCAPED, Refusal
from bot.sandbox.wecom.tokens import Tokens, new_secret

CORP_ID = "ww5a9d0c1b2e3f4a5b"
AGENT_ID = 1000002

FaultKind = Literal[
    "busy", "45009", "45033", "60020", "40014", "42001", "41096", "93008",
    "500", "503", "html", "empty", "truncated", "cut", "reset", "reset_after", "hang", "drip",
]  # fmt: skip
_CODES: Mapping[str, int] = {"busy": -1} | {
    each: int(each) for each in ("45009", "45033", "60020", "40014", "42001", "41096", "93008")
}


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next calls of a method."""

    kind: FaultKind
    times: int
    accepts: bool
    """Whether the call is carried out all the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its query, and its JSON or file."""

    query: Mapping[str, str]
    given: Mapping[str, Any]
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the app's, and what came of it."""

    method: str
    params: Mapping[str, Any]
    """Its query, without the token, and its JSON."""
    at: datetime
    status: int
    errcode: int = 0
    answer: Mapping[str, Any] | None = None


Method = Callable[[Asked], dict[str, Any]]
"""Returns what a request is answered with, beside errcode and errmsg; raises Refusal."""


class Application(Listening):
    """One application of one company. `calls` is everything it asked for.

    `patience` is how long it may take over a callback, in real seconds.
    """

    by_get: ClassVar[frozenset[str]] = frozenset({"gettoken", "media/get", "getcallbackip"})
    """Methods that are asked without a body."""
    open_methods: ClassVar[frozenset[str]] = frozenset()
    """Methods that need no access token."""

    def __init__(self, clock: Clock, patience: float, agent_id: int = AGENT_ID) -> None:
        super().__init__()
        self.clock = clock
        self.corp_id = CORP_ID
        self.agent_id = agent_id
        self.callback_token = "Sandbox" + secrets.token_hex(8)
        self.aes_key = new_key()
        self.is_trusted = True
        """Whether the app's server stands in the list of trusted addresses (企业可信IP)."""
        self.calls: list[Call] = []
        self._callbacks = Callbacks(
            clock, Seal(self.callback_token, self.aes_key, CORP_ID), agent_id, patience
        )
        self._media = Media(clock)
        self._tokens = Tokens(clock, CORP_ID)
        self._faults: dict[str, deque[Fault]] = {}

    @property
    @abstractmethod
    def methods(self) -> Mapping[str, Method]:
        """What it may ask, by name: `message/send`."""

    @property
    def secret(self) -> str:
        """By which the app gets its tokens."""
        return self._tokens.secret

    @property
    def callbacks(self) -> list[Callback]:
        """Everything that the app was told."""
        return self._callbacks.all

    @property
    def unreadable(self) -> list[str]:
        """What the app replied to callbacks and WeCom could not use, with the reason."""
        return self._callbacks.unreadable

    @property
    def refused(self) -> list[Call]:
        """What was not carried out."""
        return [call for call in self.calls if call.errcode]

    # -- control ------------------------------------------------------------------------------------------

    def fail(self, method: str, kind: FaultKind, times: int = 1, *, accepts: bool | None = None) -> None:
        """Have the next calls of a method fail; `accepts` tells whether they are carried out all the same."""
        does = kind in wire.ACCEPTING if accepts is None else accepts
        self._faults.setdefault(method, deque()).append(Fault(kind, times, does))

    def recover(self) -> None:
        """Forget all faults that have not happened yet."""
        self._faults.clear()

    def listens(self, url: str) -> None:
        """Bring callbacks to an address."""
        self._callbacks.url = url

    async def verify(self) -> None:
        """Check the address as the console does before it saves it; raises ValueError."""
        await self._callbacks.verify()

    def rotate_key(self) -> str:
        """Have callbacks sealed with a new key from now on; return it."""
        self.aes_key = new_key()
        self._callbacks.seal = replace(self._callbacks.seal, aes_key=self.aes_key)
        return self.aes_key

    def reset_secret(self) -> str:
        """Give the app another secret: the old one, and the tokens that came by it, are dead."""
        self._tokens.secret = new_secret()
        self.forget_tokens()
        return self.secret

    def forget_tokens(self) -> None:
        """Have all tokens die early, as they may."""
        self._tokens.forget()

    def sealed(self, xml: str | bytes, *, at: datetime | None = None) -> Any:
        """Return query and body of a callback with this XML in it."""
        return self._callbacks.sealed(xml, at=at)

    @property
    def seal(self) -> Seal:
        return self._callbacks.seal

    def again(self, id: str) -> None:
        """Bring a callback a second time."""
        self._callbacks.again(next(each for each in self._callbacks.all if each.id == id))

    async def settle(self) -> None:
        """Bring everything that waits."""
        await self._callbacks.settle()

    @property
    def pending(self) -> bool:
        return self._callbacks.pending

    async def _close(self) -> None:
        await self._callbacks.close()

    # -- wire ---------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = request.url.path.removeprefix("/cgi-bin/")
        fault = self._fault(method)
        if fault is not None and not fault.accepts:
            await request.body()
            answered = self._spoilt(fault, method, request)
        else:
            answered = await self._carry_out(method, request)
        broken = None
        if fault is not None and fault.kind not in _CODES:
            broken = wire.Fault(cast("wire.FaultKind", fault.kind), 1, 0, fault.accepts, 0.02)
        await wire.respond(broken, answered, receive, send, self._closing)

    def _fault(self, method: str) -> Fault | None:
        faults = self._faults.get(method)
        if not faults:
            return None
        faults[0].times -= 1
        return faults[0] if faults[0].times else faults.popleft()

    def _spoilt(self, fault: Fault, method: str, request: Request) -> wire.Answered:
        if fault.kind not in _CODES:
            return wire.as_json({"errcode": 0, "errmsg": "ok"})
        if fault.kind in ("40014", "42001"):
            self.forget_tokens()
        body = Refusal(_CODES[fault.kind]).body()
        self._note(method, dict(request.query_params), body)
        return wire.as_json(body)

    async def _carry_out(self, method: str, request: Request) -> wire.Answered:
        params: dict[str, Any] = {
            key: value for key, value in request.query_params.items() if key != "access_token"
        }
        try:
            told = await self._answer(method, request, params)
        except Refusal as refusal:
            told = refusal.body()
        self._note(method, params, told)
        if method == "media/get" and not told["errcode"]:
            name, data = self._media[told["file"]]
            # Bytes of UTF-8, as Tencent writes them there.
            called = f'attachment; filename="{name}"'.encode().decode("latin-1")
            disposition = {"Content-disposition": called}
            return wire.Answered(data, media_type="application/octet-stream", headers=disposition)
        return wire.as_json(told)

    def _note(self, method: str, params: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        self.calls.append(Call(method, params, self.clock.now(), 200, int(told["errcode"]), told))

    async def _answer(self, method: str, request: Request, params: dict[str, Any]) -> dict[str, Any]:
        """Return what a request is answered with; raises Refusal."""
        good = {"errcode": 0, "errmsg": "ok"}
        if method == "gettoken":
            return {**good, **self._tokens.get(params)}
        known = self.methods.get(method)
        if known is None:
            raise Refusal(40058, f"no such method {method[:60]}")
        if method not in self.open_methods:
            self._tokens.check(request.query_params.get("access_token", ""))
            if not self.is_trusted:
                raise Refusal(60020)
        return {**good, **known(await self._read(method, request, params))}

    async def _read(self, method: str, request: Request, params: dict[str, Any]) -> Asked:
        query = dict(request.query_params)
        if method == "media/upload":
            async with request.form() as form:
                file = form.get("media")
                found = (file.filename or "", await file.read()) if isinstance(file, UploadFile) else None
            return Asked(query, {}, found)
        if method in self.by_get:
            return Asked(query, {})
        if request.method != "POST":
            raise Refusal(40058, "POST")
        body = await request.body()
        if ESCAPED.search(body):
            raise Refusal(40033)
        try:
            given = json.loads(body)
        except ValueError:
            raise Refusal(40058, "Warning: wrong json format.") from None
        if not isinstance(given, dict):
            raise Refusal(40058, "Warning: wrong json format.")
        params |= given
        return Asked(query, given)
