"""What the page measures the connection with: the time, bytes down and up. No database is read, nothing is kept."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.links import BadToken
from bot.web import door
from bot.web.door import Refused

if TYPE_CHECKING:
    from bot.app import App

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
PURPOSE = "checking"
"""Of the cookie's token; that of the link is `check`, so that neither does for the other."""
LARGEST = 2_000_000
"""Bytes one request brings down; up it is what the front door takes of any request."""
SPAN = timedelta(minutes=10)
MOST_BYTES = 32_000_000
"""In both directions within that span, for one link: five whole checks."""
MOST_ASKED = 600
MOST_KEPT = 20_000


class Allowance:
    """Counts requests and bytes of each link in fixed spans; what is not asked for again is forgotten."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, tuple[datetime, int, int]] = OrderedDict()

    def take(self, link: str, size: int, now: datetime) -> None:
        """Count a request with so many bytes; raises Refused when there were too many."""
        since, asked, bytes_used = self._used.pop(link, (now, 0, 0))
        if not timedelta() <= now - since < SPAN:
            since, asked, bytes_used = now, 0, 0
        is_too_much = asked >= MOST_ASKED or bytes_used + size > MOST_BYTES
        # What is refused counts too, and whoever is in a loop gets nowhere.
        self._used[link] = since, asked + 1, bytes_used + (0 if is_too_much else size)
        while len(self._used) > MOST_KEPT:
            self._used.popitem(last=False)
        if is_too_much:
            wait = max(1, round((since + SPAN - now).total_seconds()))
            raise Refused(429, "too_often:probe", f"Wait {wait} seconds.", {"Retry-After": str(wait)})


class Probes:
    """Answers the page's measurements, for browsers with a link that still works."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.allowance = Allowance()
        self.cookie_name = cookie_name(app.settings.server.public_url.startswith("https://"))

    def time(self, request: Request) -> Response:
        """Return the time here in milliseconds since 1970."""
        self._take(request, 200)
        return JSONResponse({"now": round(self.app.clock.now().timestamp() * 1000)}, headers=HEADERS)

    def down(self, request: Request) -> Response:
        """Return as many bytes as are asked for, which no proxy makes smaller."""
        wanted = request.query_params.get("bytes", "")
        if not re.fullmatch("[0-9]{1,7}", wanted) or not 0 < int(wanted) <= LARGEST:
            raise Refused(400, "bytes", f"Ask for 1 to {LARGEST} bytes.")
        self._take(request, int(wanted))
        return Response(os.urandom(int(wanted)), media_type="application/octet-stream", headers=HEADERS)

    async def up(self, request: Request) -> Response:
        """Take bytes and forget them."""
        self._take(request, 0)
        inbound = await door.read(request, self.app.clock)
        self._take(request, len(inbound.body))
        return JSONResponse({"bytes": len(inbound.body)}, headers=HEADERS)

    def _take(self, request: Request, size: int) -> None:
        link, now = request.cookies.get(self.cookie_name, ""), self.app.clock.now()
        try:
            self.app.links.read_page(PURPOSE, link, now)
        except BadToken:
            raise Refused(404, "check:link", "Open the newest message from us: its link works.") from None
        self.allowance.take(link, size, now)


def cookie_name(is_secure: bool) -> str:
    """Return the cookie that stands for the link; browsers take a __Host- cookie from nowhere else."""
    return "__Host-turnout-check" if is_secure else "turnout-check"
