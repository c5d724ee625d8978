"""The interview's own link: opening shows when it is and changes nothing, the tap leads on and counts as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.delivery import PAGE_LIFE
from bot.web import door, page
from bot.web.door import Refused
from bot.web.my import browsers
from bot.web.my.view import OPEN
from bot.web.my.visits import Visit, Visits
from conversations.dialogs.phrases import is_url, role_first
from conversations.events import Event, Opened
from locales.text import Countdown, Moment, Words, ct, t

if TYPE_CHECKING:
    from bot.app import App


class Go:
    """Answers requests for /go. Nobody is asked who they are: this is opened seconds before the start."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits

    async def look(self, link: str, request: Request) -> Response:
        return self._page(await self.visits.open("go", link, request))

    async def enter(self, link: str, request: Request) -> Response:
        """Note the tap, and send the candidate on to the interview."""
        visit = await self.visits.open("go", link, request)
        await door.read(request, self.app.clock)
        attempt = visit.interview.attempt
        if not is_url(attempt.join):
            raise Refused(404, "link:no_address", "Open the newest message from us: it says how to join.")
        if visit.interview.state not in OPEN:
            return self._page(visit)
        now = self.app.clock.now()
        id = f"go:{attempt.id}:{now.isoformat(timespec='minutes')}"
        await self.app.receive([Event(id, "web", now, Opened("entered", visit.interview.id))])
        return RedirectResponse(attempt.join, 303, page.HEADERS)

    def _page(self, visit: Visit) -> Response:
        attempt, now = visit.interview.attempt, self.app.clock.now()
        around = browsers.app_around(visit.agent)
        words = {
            "title": role_first(visit.interview),
            "company": t("{company}", company=Words(visit.policy.display_name)),
            "when": t("{time}", time=Moment(attempt.starts_at, attempt.zone)),
            "countdown": t("{countdown}", countdown=Countdown(attempt.starts_at)),
            "enter": ct("button", "Enter the interview"),
            "over": t("This interview is no longer open. Please look at the newest message from us."),
            "how_to_join": t("How to join"),
            "more": t("Everything about your interview"),
            "in_app": t(
                "You are reading this inside {app}, where camera and microphone often do not work. For the interview, "
                "tap ⋯ or the menu at the top right, and choose “Open in browser”.",
                app=around or "",
            ),
        }
        mine = self.app.links.page("my", visit.interview.id, max(attempt.starts_at, now) + PAGE_LIFE)
        return page.show(
            "go.html",
            visit.reader,
            words,
            root=self.visits.root,
            is_url=is_url(attempt.join),
            is_on=visit.interview.state in OPEN,
            is_in_app=around is not None,
            join=attempt.join,
            mine=f"{self.visits.root}/my/{mine.rpartition('/')[2]}",
        )
