"""The form that carries a file, read from a body that was read whole and is no larger than it may be."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from bot.web.door import Refused
from channels.base import Inbound


@dataclass(frozen=True, slots=True)
class Given:
    """What the form brought."""

    nonce: str = ""
    name: str = ""
    data: bytes = b""


async def read_form(inbound: Inbound) -> Given:
    """Return the fields of the form; raises Refused for a body that no form of ours sends."""
    kind = inbound.headers.get("content-type", "").encode("latin-1", "replace")
    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(b"content-type", kind)],
        "query_string": b"",
        "path": "/",
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": inbound.body, "more_body": False}

    try:
        async with Request(scope, receive).form(max_files=1, max_fields=4) as given:
            nonce, file = given.get("nonce"), given.get("file")
            if not isinstance(file, UploadFile):
                return Given(nonce if isinstance(nonce, str) else "")
            data = await file.read()
            return Given(nonce if isinstance(nonce, str) else "", file.filename or "", data)
    except (MultiPartException, ValueError, KeyError):
        raise Refused(400, "form", "Send the form as the page has it.") from None
