"""Files that were uploaded to be sent, or that people sent (developer.work.weixin.qq.com 90253, 90254)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.clock import Clock
from bot.sandbox.wecom.rules import MEDIA_LIVES, Refusal

if TYPE_CHECKING:
    from bot.sandbox.wecom.application import Asked

LARGEST = {"file": 20 * 2**20, "image": 10 * 2**20, "voice": 2 * 2**20, "video": 10 * 2**20}
"""What may be uploaded, and how many bytes of it (90253)."""
MOST_AT_ONCE = 20 * 2**20
"""How many bytes come down without being asked for in parts (90254)."""
SENT = {
    "image": (b"\xff\xd8\xff\xe0", ".jpg"),
    "voice": (b"#!AMR\n", ".amr"),
    "video": (b"\0\0\0\x20ftypmp42", ".mp4"),
}
"""What files begin with that people send, and what their names end in."""


class Media:
    """What was uploaded or sent, for three days; by its media_id a name and bytes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[str, bytes, datetime]] = {}

    def __getitem__(self, media: str) -> tuple[str, bytes]:
        return self._kept[media][:2]

    def upload(self, asked: Asked) -> dict[str, Any]:
        """Keep a file; raises Refusal."""
        kind = asked.query.get("type", "")
        if kind not in LARGEST:
            raise Refusal(40005)
        if asked.file is None or len(asked.file[1]) <= 5:
            raise Refusal(44001)
        name, data = asked.file
        if len(data) > LARGEST[kind]:
            raise Refusal(45001)
        media = self.keep(name, data)
        return {"type": kind, "media_id": media, "created_at": str(int(self._clock.now().timestamp()))}

    def keep(self, name: str, data: bytes) -> str:
        """Keep a file, and return its media_id."""
        media = f"media{len(self._kept) + 1:08d}"
        self._kept[media] = name, data, self._clock.now()
        return media

    def sent(self, kind: str, data: bytes = b"", name: str = "") -> str:
        """Keep what somebody sends, and return its media_id: what is no file is called by that (90254)."""
        sign, ending = SENT.get(kind, (b"%PDF-1.7", ".pdf"))
        media = self.keep(name, data or sign + b" of somebody")
        _, kept, at = self._kept[media]
        self._kept[media] = name or f"{media}{ending}", kept, at
        return media

    def get(self, asked: Asked) -> dict[str, Any]:
        """Tell which file is asked for; raises Refusal."""
        self.check(asked.query.get("media_id"))
        if len(self[asked.query["media_id"]][1]) > MOST_AT_ONCE:
            raise Refusal(830002)
        return {"file": asked.query["media_id"]}

    def check(self, media: object) -> None:
        """Raise Refusal unless there is such a file."""
        if not media:
            raise Refusal(41006)
        known = self._kept.get(str(media))
        if known is None or self._clock.now() - known[2] > MEDIA_LIVES:
            raise Refusal(40007)
