"""The picture of a contact way's code, fetched from where WeCom keeps it.

developer.work.weixin.qq.com/document/path/92577 (qr_code).
"""

from __future__ import annotations

from channels.base import NotDelivered
from channels.tencent.fetching import is_of_tencent
from channels.tencent.transport import Transport

BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


async def fetched(wire: Transport, address: str, api_base: str) -> bytes:
    """Return a picture, PNG or JPEG; raises NotDelivered."""
    if not is_of_tencent(address, api_base):
        raise NotDelivered("refused", "the code's picture is not where WeCom keeps pictures")
    picture = await wire.fetch(address)
    if not picture.startswith(BEGINNINGS):
        raise NotDelivered("refused", "the code's picture is none")
    return picture
