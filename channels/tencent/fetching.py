"""Files that people send: asked for by the id that came with their message, which is good for three days.

developer.work.weixin.qq.com/document/path/90254; developers.weixin.qq.com/doc/service, Get_temporary_materials. A file
comes as its bytes under a Content-disposition; all else is JSON: what is wrong, or where a video is.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from urllib.parse import unquote_to_bytes, urlsplit

import httpx

from channels.base import Fetched, Malformed, NotDelivered, read_json, storable
from channels.tencent.errors import code_of
from channels.tencent.media import seconds_left
from channels.tencent.transport import PAUSE, Answer, Transport, read_at_most

FETCHED_WITHIN = 60.0
TOO_LARGE = "830002:"
"""How a refusal begins of a file above 20 MB, which WeCom hands out in parts alone."""
HOSTS = (".qpic.cn", ".qq.com", ".weixin.com")
"""Where Tencent keeps pictures and videos: nothing is fetched from anywhere else, whatever an answer says."""
LONGEST_JSON = 16 * 1024
LONGEST_NAME = 200

_EXTENDED = re.compile(r"filename\*\s*=\s*utf-8'[\w-]*'([^;\s]+)", re.IGNORECASE)
_QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*+)"', re.IGNORECASE)
_BARE = re.compile(r'filename\s*=\s*([^";\s]+)', re.IGNORECASE)


async def fetch(wire: Transport, reference: str, most: int, api_base: str) -> Fetched:
    """Return a file that somebody sent, of at most `most` bytes; raises NotDelivered as `Fetching.fetch` says."""
    ends = asyncio.get_running_loop().time() + FETCHED_WITHIN
    read = partial(_read, most=most)
    try:
        found = await wire.download("media/get", {"media_id": reference}, read, FETCHED_WITHIN)
    except NotDelivered as failure:
        if failure.detail.startswith(TOO_LARGE):
            raise NotDelivered("refused", "too_large") from None
        raise
    if isinstance(found, Fetched):
        # Of pictures and voices the name is the id once more, which tells nobody anything.
        return Fetched(found.data, "" if found.name.rpartition(".")[0] == reference else found.name)
    address = found.get("video_url")
    if not isinstance(address, str) or not is_of_tencent(address, api_base):
        raise NotDelivered("refused", "the file is not where Tencent keeps files")
    return Fetched(await wire.fetch(address, most, seconds_left(ends)))


def is_of_tencent(address: str, api_base: str) -> bool:
    """Tell whether an address is one of Tencent's, or of whatever stands in for it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_there = host.endswith(HOSTS) or parts.netloc == urlsplit(api_base).netloc
    return parts.scheme in ("http", "https") and is_there


async def _read(response: httpx.Response, most: int) -> Fetched | Answer:
    """Return a file, or the JSON that came instead; raises NotDelivered.

    What has a Content-disposition is a file whatever it holds: somebody may send one that reads like an error.
    """
    status = response.status_code
    if status >= 300:
        # A proxy or a firewall spoke, and may yet let it through.
        raise NotDelivered("busy", f"answered {status} without a file", PAUSE, "account")
    if disposition := response.headers.get("content-disposition"):
        return Fetched(await read_at_most(response, most), name_in(disposition))
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_at_most(response, max(most, LONGEST_JSON))
    if (answer := _json(body)) is not None:
        return answer
    if len(body) > most:
        raise NotDelivered("refused", "too_large")
    if not media_type or media_type.startswith("text/") or media_type == "application/json":
        raise NotDelivered("busy", f"answered {status} without a file")
    return Fetched(body)


def _json(body: bytes) -> Answer | None:
    """Return what Tencent says, where it is that: an error's number, or a video's address."""
    if len(body) > LONGEST_JSON:
        return None
    try:
        answer = read_json(body.removeprefix(b"\xef\xbb\xbf"))
    except Malformed:
        return None
    is_answer = isinstance(answer, dict) and (code_of(answer) is not None or "video_url" in answer)
    return answer if isinstance(answer, dict) and is_answer else None


def name_in(disposition: str) -> str:
    """Return a file's name out of a Content-disposition, without path and signs that nobody sees; "" for none."""
    if found := _EXTENDED.search(disposition):
        name = unquote_to_bytes(found[1]).decode("utf-8", "replace")
    elif found := _QUOTED.search(disposition):
        name = _as_utf8(re.sub(r"\\(.)", r"\1", found[1]) if '\\"' in found[1] else found[1])
    elif found := _BARE.search(disposition):
        name = _as_utf8(found[1])
    else:
        return ""
    name = re.split(r"[/\\]", storable(name))[-1]
    name = "".join(each for each in name if each.isprintable()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending)]}{dot}{ending}" if len(ending) <= 8 else name[:LONGEST_NAME]


def _as_utf8(text: str) -> str:
    """Return text as it was meant that was read as Latin-1, since headers are that by the book."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
