"""QR codes as pictures that a phone can save."""

from __future__ import annotations

from io import BytesIO

import segno
from starlette.responses import Response

from bot.web.page import HEADERS


def qr(address: str) -> Response:
    """Return an address as a PNG: black on white with its quiet zone, whatever colours the page has."""
    picture = BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=8, border=4, light="#fff")
    return Response(picture.getvalue(), media_type="image/png", headers=HEADERS)
