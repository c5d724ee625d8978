"""The slow work of bringing a file from one person's app to another's: fetched, recognised by its bytes, kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.ladder import routes
from channels.base import Caps, Fetching, NotDelivered
from conversations.effects import Manner
from conversations.events import Event, Sent
from store import blobs, people

if TYPE_CHECKING:
    from bot.jobs import Desk

Args = Mapping[str, Any]
MOST = 20_000_000
"""Bytes that are fetched at most, whatever platforms carry: they are held in memory and kept sealed."""
LONGEST_NAME = 80

_SIGNS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (0, b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (0, b"GIF8", "image/gif", ".gif"),
    (8, b"WEBP", "image/webp", ".webp"),
    (4, b"ftypheic", "image/heic", ".heic"),
    (4, b"ftypM4A", "audio/mp4", ".m4a"),
    (4, b"ftyp", "video/mp4", ".mp4"),
    (0, b"OggS", "audio/ogg", ".ogg"),
    (0, b"#!AMR", "audio/amr", ".amr"),
    (0, b"\x02#!SILK", "audio/silk", ".silk"),
    (0, b"ID3", "audio/mpeg", ".mp3"),
    (0, b"%PDF-", "application/pdf", ".pdf"),
)
"""Where a kind of file has which bytes, its media type and what its name ends in."""
_SHOWN = ("image/png", "image/jpeg")
_ANY = "application/octet-stream"


async def carry(desk: Desk, args: Args) -> dict[str, Any]:
    """Fetch a file of an `account` by its `reference` for the person `to`: `blob`, `name`, `media_type`, `channel`.

    Or `why` it is not brought: `not_fetched`, `not_carried` (`there`: where), `too_large` (`mb`), `nowhere`, `gone`.
    Raises NotDelivered `busy`.
    """
    channel: object = desk.channels.get(str(args["account"]))
    taken = desk.house.caps.get(str(args["account"]))
    if not isinstance(channel, Fetching) or taken is None or not taken.takes_files or not args["reference"]:
        return {"why": "not_fetched"}
    ways = await _ways(desk, args)
    if not ways:
        return {"why": "nowhere"}
    account = next((account for account in ways if desk.house.caps[account].files), None)
    if account is None:
        return {"why": "not_carried", "there": ways[0]}
    caps = desk.house.caps[account]
    most = min(MOST, caps.largest_file)
    try:
        fetched = await channel.fetch(_event(desk, args), str(args["reference"]), most)
    except NotDelivered as failure:
        if failure.detail == "too_large":
            return {"why": "too_large", "mb": most // 1_000_000}
        if failure.why == "busy":
            raise
        return {"why": "gone"}
    data, called = fetched.data, str(args["name"]) or fetched.name
    if not data:
        return {"why": "gone"}
    async with desk.db.write() as tx:
        blob = await blobs.put(tx, data)
    name, media_type = await asyncio.to_thread(recognised, data, called, str(args["kind"]), caps)
    return {"blob": blob, "name": name, "media_type": media_type, "channel": account.partition(".")[0]}


async def _ways(desk: Desk, args: Args) -> list[str]:
    """Return the accounts by which somebody is reached, the one they wrote from last first."""
    async with desk.db.read() as tx:
        person = await people.get(tx, UUID(str(args["to"])))
        if person is None or person.opted_out_at is not None:
            return []
        chats = {b.id: await people.chat_of(tx, b.id) for b in person.bindings}
    wanted = str(args.get("prefer") or "")
    manner = Manner(where="ladder", channels=(wanted,) if wanted else ())
    found = routes(person, chats, manner, desk.house.caps)
    by_id = {b.id: b.address.account for b in person.bindings}
    return [found[0].account, *(by_id[id] for id in found[0].fallbacks)] if found else []


def _event(desk: Desk, args: Args) -> Event:
    account = str(args["account"])
    sent = Sent("document", str(args["reference"]), name=str(args["name"]))
    return Event("fetch", account, desk.clock.now(), sent, account, str(args.get("user") or ""))


def recognised(data: bytes, name: str, kind: str, caps: Caps) -> tuple[str, str]:
    """Return what a file is called and what it is: by its first bytes, since names and senders may err."""
    found = next(
        ((media_type, ending) for at, sign, media_type, ending in _SIGNS if data[at:].startswith(sign)),
        (_ANY, ""),
    )
    media_type, ending = found
    stem, dot, known = " ".join(re.sub(r"[\x00-\x1f/\\]", " ", name).split()).rpartition(".")
    named = f"{stem[: LONGEST_NAME - len(known)]}{dot}{known}" if dot and len(known) <= 8 else ""
    if media_type in _SHOWN and (len(data) > caps.largest_picture or kind == "document"):
        media_type = _ANY  # sent as a file it is meant to arrive as one, unchanged
    return named or f"{kind}{ending}", media_type
