"""What the page is made of besides HTML: modules and a style sheet, kept for ever under the name of their content."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from bot.web.door import Refused

KINDS = {"js": "text/javascript", "css": "text/css"}
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def sources() -> dict[str, bytes]:
    """Return every asset by its name."""
    folder = files("bot.web.precheck") / "static"
    return {
        each.name: each.read_bytes() for each in folder.iterdir() if each.name.rpartition(".")[2] in KINDS
    }


@cache
def version() -> str:
    """Return the name of this version of all assets together, as the modules import each other."""
    return digest(b"".join(name.encode() + b"\0" + data for name, data in sorted(sources().items())))


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:12]


def answer(wanted: str, name: str, request: Request) -> Response:
    """Return an asset; raises Refused for one that is not of this version."""
    if wanted != version() or name not in sources():
        raise Refused(404, "no_such_asset", "Load the page again.")
    return kept(sources()[name], KINDS[name.rpartition(".")[2]], request)


def kept(data: bytes, media_type: str, request: Request) -> Response:
    """Return what never changes under its address, small for whoever takes it so."""
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        data, headers["Content-Encoding"] = _small(data), "gzip"
    return Response(data, media_type=media_type, headers=headers)


@cache
def _small(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)
