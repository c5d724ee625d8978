"""The stand-in's HTTP: parameters in the forms the Web API takes, and answers that go wrong on demand."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Receive, Send

from bot.sandbox.slack.rules import Refusal

FaultKind = Literal[
    "429", "500", "503", "html", "empty", "truncated", "cut", "reset", "reset_after", "hang", "drip",
    "fatal_error", "internal_error", "service_unavailable",
]  # fmt: skip
ACCEPTING = frozenset({"empty", "truncated", "cut", "reset_after", "hang", "drip", "fatal_error"})
"""Faults after which Slack has done what it was asked, and only fails to say so."""

# Methods that read take no JSON: what stands in such a body is not seen ("Methods supporting JSON POSTs" of
# docs.slack.dev/apis/web-api).
FORM_ONLY = frozenset(
    "users.info users.lookupByEmail conversations.info conversations.history conversations.members "
    "files.getUploadURLExternal oauth.v2.access".split()
)
_STRUCTURED = frozenset("blocks metadata view files attachments".split())


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next calls of a method."""

    kind: FaultKind
    times: int
    retry_after: int
    accepts: bool
    """Whether the call is carried out all the same."""
    interval: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its parameters and the token it came with."""

    params: Mapping[str, Any]
    token: str = ""
    basic: tuple[str, str] = ("", "")
    """Client id and secret, for oauth.v2.access."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back."""

    body: bytes
    status: int = 200
    media_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answered:
    return Answered(json.dumps(value, ensure_ascii=False).encode(), status, headers=headers or {})


async def read_request(request: Request, method: str) -> Asked:
    """Return what a request asks, whether it is JSON, a form or a query; raises Refusal."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    found: dict[str, Any] = dict(request.query_params)
    if media == "application/json":
        found |= await _read_json(request, method)
    elif request.method == "POST" and media:
        if media not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise Refusal("invalid_post_type")
        async with request.form() as form:
            for key, value in form.multi_items():
                found[key] = (value.filename, await value.read()) if isinstance(value, UploadFile) else value
    elif await request.body():
        raise Refusal("missing_post_type")
    token = given if scheme.lower() == "bearer" else str(found.pop("token", "") or "")
    basic = _basic(given) if scheme.lower() == "basic" else ("", "")
    return Asked({key: _typed(key, value) for key, value in found.items()}, token, basic)


async def read_upload(request: Request) -> Asked:
    """Return the bytes of a file, sent as they are or in a form."""
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    if media != "multipart/form-data":
        return Asked({"data": await request.body()})
    async with request.form() as form:
        for value in form.values():
            if isinstance(value, UploadFile):
                return Asked({"data": await value.read()})
    raise Refusal("no_file_data", status=400)


async def _read_json(request: Request, method: str) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return {} if method in FORM_ONLY else body


def _basic(given: str) -> tuple[str, str]:
    with contextlib.suppress(ValueError):
        name, _, secret = base64.b64decode(given).decode().partition(":")
        return name, secret
    return "", ""


def _typed(key: str, value: Any) -> Any:
    if key in _STRUCTURED and isinstance(value, str):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


async def respond(
    fault: Fault | None, answered: Answered, receive: Receive, send: Send, closing: asyncio.Event
) -> None:
    """Send an answer, or what a fault makes of it."""
    match fault.kind if fault else "":
        case "":
            await _send(answered, send)
        case "reset" | "reset_after":
            await cut_off(receive)
        case "hang":
            await closing.wait()
            await cut_off(receive)
        case "cut":
            await _begin(answered, send)
            half = answered.body[: len(answered.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await asyncio.sleep(0.01)
            await cut_off(receive)
        case "drip" if fault:
            await _drip(fault, answered, receive, send, closing)
        case _ if fault:
            await _send(_spoilt(fault, answered), send)


def _spoilt(fault: Fault, answered: Answered) -> Answered:
    match fault.kind:
        case "429":
            headers = {"Retry-After": str(fault.retry_after)}
            return as_json({"ok": False, "error": "ratelimited"}, 429, headers)
        case "500" | "503":
            page = f"<html><h1>{fault.kind} Server Error</h1></html>".encode()
            return Answered(page, int(fault.kind), "text/html")
        case "html":
            return Answered(b"<html><h1>Welcome</h1></html>", 200, "text/html")
        case "empty":
            return Answered(b"{}")
        case "truncated":
            return Answered(answered.body[: len(answered.body) // 2])
        case error:
            return as_json({"ok": False, "error": error})


async def _drip(
    fault: Fault, answered: Answered, receive: Receive, send: Send, closing: asyncio.Event
) -> None:
    await _begin(answered, send)
    for place in range(len(answered.body)):
        part = answered.body[place : place + 1]
        await send({"type": "http.response.body", "body": part, "more_body": True})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), fault.interval)
            return await cut_off(receive)
    return await send({"type": "http.response.body", "body": b""})


async def _begin(answered: Answered, send: Send) -> None:
    headers = {
        "content-type": answered.media_type,
        "content-length": str(len(answered.body)),
        **answered.headers,
    }
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answered.status, "headers": listed})


async def _send(answered: Answered, send: Send) -> None:
    await _begin(answered, send)
    await send({"type": "http.response.body", "body": answered.body})


async def cut_off(receive: Receive) -> None:
    """Drop the connection as a crashed server would."""
    cycle: Any = getattr(receive, "__self__", None)  # uvicorn's, and no part of ASGI
    cycle.transport.abort()
    while not (await receive())["type"].endswith(".disconnect"):
        pass
