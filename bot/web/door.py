"""The front door: what is too large, too slow or too strange never reaches a library, and never becomes a 5xx."""

from __future__ import annotations

import asyncio
import json
import re

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import observe
from bot.clock import Clock
from bot.web.sorry import is_for_people, sorry
from channels.base import Forged, Inbound, Malformed

LARGEST = 256 * 1024
BODY_WITHIN = 15.0
"""Seconds in which a whole body has to come."""
_PLAIN_NAME = re.compile(r"[a-z0-9_.-]{1,32}")
METHODS = {"GET", "HEAD", "POST"}

log = observe.logger("door")


class Refused(Exception):
    """A request that is answered with a 4xx: `reason` for the log, `remedy` for whoever sent it."""

    def __init__(self, status: int, reason: str, remedy: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.remedy = remedy
        self.headers = headers or {}


def refusal(error: Refused, scope: Scope, root: str = "") -> Response:
    """Log one line without any of the request's content, and return the answer: a page where people read it."""
    observe.REFUSED.labels(error.reason).inc()
    log.info("request.refused", reason=error.reason, status=error.status, path=_plain(scope["path"]))
    if is_for_people(scope["path"]):
        return sorry(scope, error.status, error.headers, root)
    body = {"error": error.reason, "remedy": error.remedy}
    return JSONResponse(body, error.status, {**error.headers, "Cache-Control": "no-store"})


def of_channel(error: Forged | Malformed) -> Refused:
    """Return the refusal for what a channel would not accept; forgeries all look alike from outside."""
    if isinstance(error, Forged):
        return Refused(401, f"forged:{error.reason}", "Sign the request with the secret of this account.")
    return Refused(400, f"malformed:{error.reason}", "Send the body as the platform documents it.")


async def read(
    request: Request, clock: Clock, largest: int = LARGEST, within: float | None = None
) -> Inbound:
    """Return the request as it came in; raises Refused when it is too large or stops half-way."""
    within = BODY_WITHIN if within is None else within
    length = request.headers.get("content-length", "0")
    if not re.fullmatch("[0-9]+", length):
        raise Refused(400, "content_length", "Send the length of the body in digits.")
    if len(length) > len(str(largest)) or int(length) > largest:
        raise Refused(413, "too_large", f"Send at most {largest} bytes.")
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    raise Refused(413, "too_large", f"Send at most {largest} bytes.")
    except ClientDisconnect:
        raise Refused(400, "cut_off", "Send the whole body.") from None
    except TimeoutError:
        raise Refused(408, "too_slow", f"Send the body within {within:g} seconds.") from None
    return Inbound(
        method=request.method,
        # Not request.url: that reads the Host header, and fails on strange ones.
        path=request.scope["path"],
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=bytes(body),
        received_at=clock.now(),
    )


class FrontDoor:
    """ASGI middleware round everything: an error of ours is logged and answered with 503, so that it comes again."""

    def __init__(self, app: ASGIApp, root: str = "") -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] not in METHODS:
            other = Refused(405, "method", "Use GET or POST.", {"Allow": "GET, POST"})
            await refusal(other, scope, self.root)(scope, receive, send)
            return
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Refused as refused:
            await refusal(refused, scope, self.root)(scope, receive, send)
        except Exception as error:
            log.error("request.failed", path=_plain(scope["path"]), error=error)
            if not has_started:
                await _busy(scope, self.root)(scope, receive, send)


def _busy(scope: Scope, root: str) -> Response:
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    if is_for_people(scope["path"]):
        return sorry(scope, 503, headers, root)
    body = json.dumps({"error": "busy", "remedy": "Try again in a few seconds."}).encode()
    return Response(body, 503, headers, "application/json")


def of_router(error: HTTPException) -> Refused:
    """Return the refusal for a path that is not there, or not for this method."""
    if error.status_code == 405:
        return Refused(405, "method", "Use another method here.", dict(error.headers or {}))
    return Refused(404, "unknown_path", "Look at the address: there is nothing here.")


def _plain(path: str) -> str:
    """Return a path for the log: which door was tried, never the token behind it nor anything made up."""
    door, _, rest = path.removeprefix("/").partition("/")
    if door != "hooks":
        return f"/{door}" + ("/…" if rest else "") if _PLAIN_NAME.fullmatch(door) else "/…"
    names = rest.split("/")
    return "/hooks/" + "/".join(name if _PLAIN_NAME.fullmatch(name) else "…" for name in names[:2])
