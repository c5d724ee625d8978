"""The stand-in's HTTP: parameters in every form the Bot API takes, and answers that go wrong on demand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Receive, Send

FaultKind = Literal[
    "429", "500", "502", "html", "empty", "truncated", "cut", "reset", "reset_after", "hang", "drip"
]
ACCEPTING = frozenset({"empty", "truncated", "cut", "reset_after", "hang", "drip"})
"""Faults after which the platform has done what it was asked, and only fails to say so."""

_STRUCTURED = frozenset(
    (
        "entities caption_entities reply_markup reply_parameters link_preview_options allowed_updates commands "
        "scope"
    ).split()
)
_NUMBERS = frozenset("chat_id message_id message_thread_id offset limit timeout".split())


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next calls of a method."""

    kind: FaultKind
    times: int
    retry_after: int
    accepts: bool
    """Whether the call is carried out all the same."""
    interval: float


async def respond(
    fault: Fault | None, status: int, answer: bytes, receive: Receive, send: Send, closing: asyncio.Event
) -> None:
    """Send an answer, or what a fault makes of it."""
    media = "application/json"
    kind = fault.kind if fault else None
    if kind in ("reset", "reset_after", "hang"):
        if kind == "hang":
            await closing.wait()
        return await _cut_off(receive)
    if fault is not None and kind == "429":
        status, answer = (
            429,
            _failure(429, f"Too Many Requests: retry after {fault.retry_after}", fault.retry_after),
        )
    elif kind == "500":
        status, answer = 500, _failure(500, "Internal Server Error")
    elif kind == "502":
        status, media, answer = 502, "text/html", b"<html><h1>502 Bad Gateway</h1></html>"
    elif kind == "html":
        status, media, answer = 200, "text/html", b"<html><h1>Welcome</h1></html>"
    elif kind == "empty":
        answer = b"{}"
    elif kind == "truncated":
        answer = answer[: len(answer) // 2]
    headers = [(b"content-type", media.encode()), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if kind == "cut":
        await send({"type": "http.response.body", "body": answer[: len(answer) // 2], "more_body": True})
        await asyncio.sleep(0.01)
        return await _cut_off(receive)
    if fault is not None and kind == "drip":
        for place in range(len(answer)):
            await send({"type": "http.response.body", "body": answer[place : place + 1], "more_body": True})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), fault.interval)
                return await _cut_off(receive)
        answer = b""
    return await send({"type": "http.response.body", "body": answer})


async def _cut_off(receive: Receive) -> None:
    """Drop the connection as a crashed server would."""
    cycle: Any = getattr(receive, "__self__", None)  # uvicorn's, and no part of ASGI
    cycle.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _failure(code: int, description: str, retry_after: int | None = None) -> bytes:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if retry_after is not None:
        answer["parameters"] = {"retry_after": retry_after}
    return json.dumps(answer).encode()


async def read_params(request: Request) -> dict[str, Any]:
    """Return parameters from wherever they stand: query, JSON, form or multipart; files as (name, bytes)."""
    found: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await request.json()
        found |= body if isinstance(body, dict) else {}
    else:
        async with request.form() as form:
            for key, value in form.multi_items():
                found[key] = (value.filename, await value.read()) if isinstance(value, UploadFile) else value
    return {key: _typed(key, value) for key, value in found.items()}


def _typed(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if key in _STRUCTURED:
        with contextlib.suppress(ValueError):
            return json.loads(value)
    if key in _NUMBERS and value.removeprefix("-").isdecimal():
        return int(value)
    return value
