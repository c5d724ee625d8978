"""One request, once, within a deadline: no retries, no redirects, no proxy that the machine may have set.

Nothing of an exception goes out of here: the number and the words stand in addresses and bodies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from channels.base import NotDelivered
from locales.text import t
from locales.told import Told

PAUSE = timedelta(seconds=5)
"""How long an account rests while nothing gets through: this is no message's fault."""
LONGEST_WAIT = timedelta(days=1)
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    retry_after: timedelta | None = None


class Wire:
    """The connection of one account."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, request: Request, seconds: float, now: datetime) -> Answer:
        """Return the answer to a request; raises NotDelivered when there is none within `seconds`."""
        limits = httpx.Timeout(seconds, connect=min(seconds * 0.6, 10), pool=min(seconds * 0.6, 10))
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(
                    request.method,
                    request.url,
                    headers=dict(request.headers),
                    content=request.body,
                    timeout=limits,
                ) as response,
            ):
                body = await _read(response)
                return Answer(response.status_code, body, _wait(response.headers.get("retry-after", ""), now))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise NotDelivered("busy", f"not connected: {type(failure).__name__}", PAUSE, "account") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as failure:
            remedy = t("Check url and headers.")
            told = Told(t("{code}. {remedy}", code=type(failure).__name__, remedy=remedy))
            raise NotDelivered("stopped", told, scope="account") from None
        except (httpx.HTTPError, TimeoutError, OSError) as failure:
            raise NotDelivered("in_doubt", f"no answer: {type(failure).__name__}") from None


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body[:LARGEST])


def _wait(text: str, now: datetime) -> timedelta | None:
    """Return how long Retry-After asks to wait: seconds, or a date."""
    if text.isdecimal() and text.isascii():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta()), LONGEST_WAIT)
