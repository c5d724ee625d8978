"""No more messages, from a link at the end of an e-mail: a GET asks, a POST does it, by a person or a mail program."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from bot.delivery import PAGE_LIFE
from bot.web import door, page
from bot.web.my import acts
from bot.web.my.visits import Visit, Visits
from conversations.events import Wanted
from locales.text import Words, ct, t

if TYPE_CHECKING:
    from bot.app import App


class Stop:
    """Answers requests for /stop. No cookie and no question: stopping is one's right, and shows nothing personal."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits

    async def look(self, link: str, request: Request) -> Response:
        visit = await self.visits.open("stop", link, request)
        return self._page(visit, is_done=visit.person.opted_out_at is not None)

    async def stop(self, link: str, request: Request) -> Response:
        """Stop, and say so in this very response: mail programs follow no redirect (RFC 8058, 3.1)."""
        visit = await self.visits.open("stop", link, request)
        await door.read(request, self.app.clock)
        if visit.person.opted_out_at is None:
            now = self.app.clock.now()
            await self.app.decide(acts.event(visit, uuid4().hex, Wanted("unsubscribe"), now))
        return self._page(visit, is_done=True)

    def _page(self, visit: Visit, *, is_done: bool) -> Response:
        company = Words(visit.policy.display_name)
        words = {
            "company": t("{company}", company=company),
            "title": t("Done: I will send you nothing more. The hiring team knows.")
            if is_done
            else t("Shall I stop sending you messages?"),
            "what": t(
                "You would get no more reminders. Your interview stays as it is until you or we change it."
            ),
            "yes": ct("button", "Yes, stop"),
            "back": t("On your page you can take this back, move your interview or call it off."),
            "mine_label": t("Everything about your interview"),
        }
        interview, now = visit.interview, self.app.clock.now()
        until = max(interview.attempt.starts_at, now) + PAGE_LIFE
        mine = self.app.links.page("my", interview.id, until)
        return page.show(
            "stop.html",
            visit.reader,
            words,
            root=self.visits.root,
            is_done=is_done,
            mine=f"{self.visits.root}/my/{mine.rpartition('/')[2]}",
        )
