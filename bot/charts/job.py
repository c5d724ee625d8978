"""The slow work of a picture: have it drawn, keep it as a file; what comes back names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.charts.drawing import STUDIO
from bot.charts.spec import spec_of
from conversations.pictures import picture_from
from locales.text import Reader
from store import blobs

if TYPE_CHECKING:
    from bot.jobs import Desk


async def chart(desk: Desk, args: Mapping[str, Any]) -> dict[str, Any]:
    """Draw `args["picture"]` for a reader of `locale`, `zone` and `is_formal`: {"blob": "sha256:…", "name": …}.

    Raises NotDrawn or NoFont; the figures were told in words before, so nobody waits for it.
    """
    picture = picture_from(args["picture"])
    reader = Reader(args["locale"], args["zone"], desk.clock.now(), bool(args.get("is_formal", True)))
    (png,) = await STUDIO.draw([spec_of(picture, reader)])
    async with desk.db.write() as tx:
        return {"blob": await blobs.put(tx, png), "name": f"{picture.tag}.png"}
