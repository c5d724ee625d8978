"""QR codes as pictures that a phone can save."""

from __future__ import annotations

from starlette.responses import Response

from bot import invitations
from bot.web.page import HEADERS


def qr(address: str) -> Response:
    """Return an address as a PNG."""
    return Response(invitations.qr(address), media_type="image/png", headers=HEADERS)


def shown(picture: bytes) -> Response:
    """Return a code that is drawn already, PNG or JPEG."""
    kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    return Response(picture, media_type=kind, headers=HEADERS)
