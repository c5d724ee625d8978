"""Files as Tencent wants them: uploaded before they are sent, and named by an id that is good for three days."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from channels.base import NotDelivered, ReadBlob
from channels.shape import read_reference
from channels.tencent.numbers import name_of
from channels.tencent.transport import Transport

MEDIA_FOR = timedelta(days=2)
"""Shorter than the three days that an uploaded file stays."""
MOST_MEDIA = 512
NO_SUCH_MEDIA = "40007:"
"""How a refusal begins of an id that is good no more."""
_Sent = TypeVar("_Sent")


class Media:
    """What one account has uploaded. With the same id a file that is sent again is known for the same."""

    def __init__(self, wire: Transport, now: Callable[[], datetime]) -> None:
        self._wire = wire
        self._now = now
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    async def uploaded(
        self, reference: str, ends: float, read_blob: ReadBlob, kind: Literal["file", "image"] = "file"
    ) -> str:
        """Return the id of a file, by how it stands in a call; raises NotDelivered."""
        known = self._known.get(reference)
        if known is not None and self._now() < known[1]:
            return known[0]
        blob, name = read_reference(reference)
        files = {"media": (name, await read_blob(blob), "application/octet-stream")}
        answer = await self._wire.ask(
            "POST", "media/upload", {"type": kind}, files=files, seconds=seconds_left(ends)
        )
        media = name_of(answer.get("media_id"))
        if not media:
            raise NotDelivered("busy", "media/upload gave no id")
        self._known[reference] = media, self._now() + MEDIA_FOR
        while len(self._known) > MOST_MEDIA:
            self._known.popitem(last=False)
        return media

    async def send(
        self,
        reference: str,
        ends: float,
        read_blob: ReadBlob,
        kind: Literal["file", "image"],
        send: Callable[[str], Awaitable[_Sent]],
    ) -> _Sent:
        """Send a file by its id, and upload it anew once when WeCom has thrown it away earlier than it says."""
        was_known = reference in self._known
        try:
            return await send(await self.uploaded(reference, ends, read_blob, kind))
        except NotDelivered as failure:
            if not failure.detail.startswith(NO_SUCH_MEDIA):
                raise
            self._known.pop(reference, None)
            if not was_known:
                raise
        return await send(await self.uploaded(reference, ends, read_blob, kind))


def seconds_left(ends: float) -> float:
    """Return how long there is until an instant of the loop's own clock: always a little."""
    return max(ends - asyncio.get_running_loop().time(), 0.001)
