"""The short address that somebody types on another device: it leads to their page, which asks who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.delivery import PAGE_LIFE
from bot.web import page
from bot.web.my import typed
from bot.web.my.visits import Visits
from store import interviews

if TYPE_CHECKING:
    from bot.app import App


class At:
    """Answers requests for /at."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits

    async def look(self, code: str, request: Request) -> Response:
        now = self.app.clock.now()
        async with self.app.db.read() as tx:
            found = await typed.find(tx, code if code.isascii() else "", now)
            interview = await interviews.get(tx, found[0]) if found is not None else None
        if found is None or interview is None:
            self.visits.refuse(request, "code")
        until = max(interview.attempt.starts_at, now) + PAGE_LIFE
        mine = self.app.links.page("my", interview.id, until)
        return RedirectResponse(f"{self.visits.root}/my/{mine.rpartition('/')[2]}", 303, page.HEADERS)
