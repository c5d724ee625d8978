"""Requests to Tencent under wechatpy's endpoint methods: asynchronous, once, within a deadline of ours.

wechatpy's own transport blocks, retries a refused token until it dies of recursion, takes a page of HTML for success,
and leaves tokens and secrets in the texts of its exceptions. Nothing of an exception goes out of here: they stand in
addresses.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from channels.base import Malformed, NotDelivered, read_json
from channels.tencent.errors import MEANINGS, TOKEN, Meaning, code_of, refusal
from channels.tencent.numbers import number
from channels.tencent.tokens import Tokens

PAUSE = timedelta(seconds=5)
"""How long an account rests while nothing gets through: this is no message's fault."""
LARGEST = 8 * 1024 * 1024
_MARK = b"\xef\xbb\xbf"
_UNPACKED = {"Accept-Encoding": "identity"}
"""Files are asked for as they are: unpacked, a small answer may be a large one."""
_NO_CONTROLS = bytes([0x20] * 0x20 + [*range(0x20, 0x100)])

Answer = dict[str, Any]
_Found = TypeVar("_Found")


class Transport:
    """Put before one of wechatpy's clients: their endpoint methods then return awaitables.

    Those that make something else of the answer (12 of WeCom's 182) cannot be used: `post` reaches what they do.
    """

    API_BASE_URL: str
    posts: tuple[str, ...] = ()
    """The methods after which an unknown outcome may have arrived; all others can simply be asked again."""
    silent: tuple[str, ...] = ()
    """The methods whose answers say nothing of an error when there is none."""
    meanings: Mapping[int, Meaning] = MEANINGS

    def connect(self, base: str, deadline: float, tokens: Tokens, secrets: tuple[str, ...]) -> None:
        """Say where the API is, how many seconds a call may take, and what must not be told."""
        self._base = base.rstrip("/")
        self.API_BASE_URL = f"{self._base}/cgi-bin/"
        self._deadline = deadline
        self.auto_retry = False
        self._tokens = tokens
        self._secrets = secrets
        self._wire = httpx.AsyncClient(trust_env=False, follow_redirects=False, verify=_trust())

    async def aclose(self) -> None:
        await self._wire.aclose()

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Awaitable[Answer]:
        return self.ask(
            method, url_or_endpoint, kwargs.get("params"), kwargs.get("data"), kwargs.get("files")
        )

    async def ask(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        seconds: float | None = None,
    ) -> Answer:
        """Return what a call answers, within `seconds`; raises NotDelivered.

        A token that is not taken is renewed once, within the same time.
        """
        ends = self._ends(seconds)

        async def send(token: str) -> Answer:
            sent = {**(params or {}), "access_token": token}
            return await self._exchange(method, endpoint, sent, data, files, ends)

        answer = await self._with_token(send, ends)
        if code_of(answer) is None and endpoint not in self.silent:
            raise NotDelivered(self._unknown(endpoint), "an answer without errcode")
        return answer

    async def download(
        self,
        endpoint: str,
        params: Mapping[str, Any],
        read: Callable[[httpx.Response], Awaitable[_Found | Answer]],
        seconds: float,
    ) -> _Found | Answer:
        """Return what `read` makes of a call's answer, a file or JSON without an error; raises NotDelivered.

        A token that is not taken is renewed once, within the same time.
        """
        ends = self._ends(seconds)

        async def send(token: str) -> _Found | Answer:
            sent = {**params, "access_token": token}
            return await self._streamed("GET", endpoint, sent, read, ends, headers=_UNPACKED)

        return await self._with_token(send, ends)

    async def ask_plainly(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Return what a call answers that carries no access token, an error too; raises NotDelivered."""
        return await self._exchange(method, endpoint, params or {}, data, None, self._ends(seconds))

    async def fetch(self, address: str, most: int = LARGEST, seconds: float | None = None) -> bytes:
        """Return what stands at an address outside the API, asked for without a token.

        Raises NotDelivered: `busy`, and "too_large" beyond `most`.
        """
        within = self._deadline if seconds is None else seconds
        try:
            async with (
                asyncio.timeout(within),
                self._wire.stream("GET", address, headers=_UNPACKED, timeout=within) as response,
            ):
                if response.status_code != HTTPStatus.OK:
                    raise NotDelivered("busy", f"the file's address answered {response.status_code}")
                return await read_at_most(response, most)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as failure:
            raise NotDelivered("busy", f"no file: {type(failure).__name__}") from None

    def _ends(self, seconds: float | None) -> float:
        return asyncio.get_running_loop().time() + (self._deadline if seconds is None else seconds)

    async def _with_token(
        self, send: Callable[[str], Awaitable[_Found | Answer]], ends: float
    ) -> _Found | Answer:
        """Send with a token, once more with another when it is not taken; raises NotDelivered for a refusal."""
        token = await self._within(self._tokens.get(), ends)
        found = await send(token)
        if isinstance(found, dict) and code_of(found) in TOKEN:
            token = await self._within(self._tokens.after(token), ends)
            found = await send(token)
        if isinstance(found, dict) and (code := code_of(found)):
            raise refusal(code, str(found.get("errmsg", "")), (token, *self._secrets), self.meanings)
        return found

    async def _within(self, work: Awaitable[str], ends: float) -> str:
        """Wait for a token; that it does not come in time is no unknown outcome: nothing was sent."""
        try:
            async with asyncio.timeout_at(ends):
                return await work
        except TimeoutError:
            raise NotDelivered("busy", "no access token in time", PAUSE, "account") from None

    async def _exchange(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any],
        data: Mapping[str, Any] | None,
        files: Any,
        ends: float,
    ) -> Answer:
        body = canonical(data) if data is not None else None
        headers = {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}

        async def read(response: httpx.Response) -> Answer:
            return self._judge(endpoint, response.status_code, await _read(response))

        return await self._streamed(
            method, endpoint, params, read, ends, content=body, files=files, headers=headers
        )

    async def _streamed(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any],
        read: Callable[[httpx.Response], Awaitable[_Found]],
        ends: float,
        **more: Any,
    ) -> _Found:
        """Return what `read` makes of an answer while it comes in; raises NotDelivered."""
        seconds = max(ends - asyncio.get_running_loop().time(), 0.001)
        limits = httpx.Timeout(seconds, connect=min(seconds * 0.6, 10), pool=min(seconds * 0.6, 10))
        try:
            async with (
                asyncio.timeout(seconds),
                self._wire.stream(
                    method,
                    self._address(endpoint),
                    params=dict(params),
                    timeout=limits,
                    **more,
                ) as response,
            ):
                return await read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise NotDelivered("busy", f"not connected: {type(failure).__name__}", PAUSE, "account") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as failure:
            detail = f"{type(failure).__name__}. Check api_base."
            raise NotDelivered("stopped", detail, scope="account") from None
        except (httpx.HTTPError, TimeoutError, OSError) as failure:
            raise NotDelivered(self._unknown(endpoint), f"no answer: {type(failure).__name__}") from None

    def _address(self, endpoint: str) -> str:
        """Return where a method is: below /cgi-bin, unless it begins with a slash."""
        return f"{self._base}{endpoint}" if endpoint.startswith("/") else f"{self.API_BASE_URL}{endpoint}"

    def _judge(self, endpoint: str, status: int, body: bytes) -> Answer:
        """Return the JSON of an answer. Accepted is only what says so itself: proxies answer 200 too."""
        try:
            # What people wrote comes with raw control characters in it at times; no JSON may have them.
            answer = read_json(body.removeprefix(_MARK).translate(_NO_CONTROLS))
        except Malformed:
            answer = None
        if isinstance(answer, dict) and status < 300:
            return answer
        if status < 300:
            raise NotDelivered(self._unknown(endpoint), f"answered {status} without Tencent's JSON")
        if status == 413:
            raise NotDelivered("refused", "too large")
        if status == 500:
            raise NotDelivered("busy", "answered 500")
        # A proxy or a firewall spoke: nothing was accepted, and it may yet be.
        raise NotDelivered("busy", f"answered {status} without Tencent's JSON", PAUSE, "account")

    def _unknown(self, endpoint: str) -> Any:
        return "in_doubt" if endpoint in self.posts else "busy"


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return JSON that is the same bytes whenever it is sent again: Tencent's duplicate check compares them.

    Not in ASCII: WeChat answers 40033 to escaped characters.
    """
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@cache
def _trust() -> ssl.SSLContext:
    # Reading the authorities takes 15 ms, and an account has several clients.
    return httpx.create_ssl_context(trust_env=False)


async def read_at_most(response: httpx.Response, most: int) -> bytes:
    """Return a body; raises NotDelivered "too_large" beyond `most` bytes, of which no more are read."""
    if (number(response.headers.get("content-length")) or 0) > most:
        raise NotDelivered("refused", "too_large")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise NotDelivered("refused", "too_large")
    return bytes(body)


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body[:LARGEST])
