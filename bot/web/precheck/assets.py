"""What the page is made of besides HTML: modules and a style sheet, kept for ever under the name of their content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from bot.web import page
from bot.web.door import Refused

KINDS = {"js": "text/javascript", "css": "text/css"}
FOR_EVER = "public, max-age=31536000, immutable"


_IMPORT = re.compile(r"^import \{.*\} from '\./(\w+)\.js';\n", re.M)
_EXPORT = re.compile(r"^export (?=async |class |const |function )", re.M)
_COMMENT = re.compile(r"^\s*(?://.*|/\*.*\*/)\n", re.M)
_INDENT = re.compile(r"^[ ]+|\n(?=\n)", re.M)


@cache
def written() -> dict[str, str]:
    """Return every module and style sheet as it is written, by name."""
    folder = files("bot.web.precheck") / "static"
    return {
        each.name: each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith((".js", ".css"))
    }


@cache
def sources() -> dict[str, bytes]:
    """Return every asset as it is served.

    The modules are one file, in the order in which they need each other: on a slow phone each further request costs
    a round trip, and together they are much smaller. No two of them may have a name in common.
    """
    own = written()
    bundle = "".join(_EXPORT.sub("", _IMPORT.sub("", own[name])) for name in _in_order("main.js", own))
    # One style sheet: all pages' own, and what this one adds.
    look = page.style()[1] + own["check.css"]
    served = {"main.js": bundle, "guard.js": own["guard.js"], "check.css": look}
    return {name: _INDENT.sub("", _COMMENT.sub("", text)).encode() for name, text in served.items()}


def _in_order(name: str, own: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for needed in _IMPORT.findall(own[name]):
        found += [each for each in _in_order(f"{needed}.js", own) if each not in found]
    return [*found, name]


@cache
def version() -> str:
    """Return the name of this version of all assets together."""
    return digest(b"".join(name.encode() + b"\0" + data for name, data in sorted(sources().items())))


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:12]


def answer(wanted: str, name: str, request: Request) -> Response:
    """Return an asset; raises Refused for one that is not of this version."""
    if wanted != version() or name not in sources():
        raise Refused(404, "no_such_asset", "Load the page again.")
    return kept(sources()[name], KINDS[name.rpartition(".")[2]], request)


def kept(data: bytes, media_type: str, request: Request) -> Response:
    """Return what never changes under its address."""
    return page.small(data, media_type, FOR_EVER, request)
