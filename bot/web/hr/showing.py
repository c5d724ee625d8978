"""Answers requests for the page: lets the one browser in, shows the figures, says in one line what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.export.loading import MOST, TooMany
from bot.export.making import FORMS
from bot.web import door, page
from bot.web.door import Refused
from bot.web.hr import asking, cases, loading, taking
from bot.web.hr.asking import Choices
from bot.web.hr.opening import Opening, Visit
from bot.web.hr.sheet import HEADERS, Sheet
from bot.web.hr.words import CLOSED, OTHERS, STRANGERS, fresh
from bot.web.my import recognised
from bot.web.my.visits import fields
from conversations.commands.figured import READERS
from conversations.identity import Role
from locales.text import Text, t

if TYPE_CHECKING:
    from bot.app import App

COMES_IN = READERS | {Role.SUPPORT}
"""Who has a page at all; support's shows only who needs a person."""


class Showing:
    """The page of figures."""

    def __init__(self, app: App, opening: Opening) -> None:
        self.app = app
        self.opening = opening
        self.sheet = Sheet(app, opening)

    # -- coming in ---------------------------------------------------------------------------------------

    async def look(self, link: str, request: Request) -> Response:
        visit = await self.opening.open(link, request)
        return await self._stopped(visit, request) or await self._page(visit, request)

    async def come_in(self, link: str, request: Request) -> Response:
        """Let this browser have the page; from now on no other one gets it."""
        visit = await self.opening.open(link, request)
        given = fields(await door.read(request, self.app.clock))
        if not self.opening.seals.is_nonce(given.get("nonce", ""), link):
            raise Refused(403, "nonce", "Open the page anew, and press there.")
        if not visit.person.may(*COMES_IN):
            return self._says(visit, *CLOSED, status=403)
        return await self._claimed(visit, request)

    async def take(self, link: str, form: str, request: Request) -> Response:
        visit = await self.opening.open(link, request)
        if (stopped := await self._stopped(visit, request)) is not None:
            return stopped
        known = next((each for each in FORMS if each == form), None)
        if known is None or not taking.may_take(visit):
            raise Refused(404, "unknown_form", "Use a link of the page.")
        now = self.app.clock.now()
        async with self.app.db.read() as tx:
            choices = await loading.choices(tx, visit.person, now)
        query = asking.read(asking.given_in(request), choices, now, visit.reader.zone)
        if query.wrong:
            return await self._page(visit, request)
        try:
            found = await taking.take(self.app, visit, query, known)
        except TooMany:
            why = t("More than {n} appointments: too many for one file. Choose fewer days.", n=MOST)
            return await self._page(visit, request, why)
        if found is None:
            why = t("Nothing began in these days, so there is nothing to take away. Choose more of them.")
            return await self._page(visit, request, why)
        return found

    async def _stopped(self, visit: Visit, request: Request) -> Response | None:
        """Return what stands instead of the page for whoever may not see it; None for whoever may."""
        if not visit.person.may(*COMES_IN):
            return self._says(visit, *CLOSED, status=403)
        standing = await self.opening.standing(visit)
        if standing == "theirs":
            return None
        if standing == "others":
            return self._says(visit, *OTHERS, status=403)
        return await self._meet(visit, request)

    async def _meet(self, visit: Visit, request: Request) -> Response:
        """Let in whom their chat app vouches for, or whose browser is known; ask everybody else for one tap."""
        if all(request.query_params.get(name) for name in recognised.ANSWER) and request.method == "GET":
            if await recognised.is_theirs(self.app, visit, request):
                return await self._claimed(visit, request)
            return self._says(visit, *STRANGERS, status=403)
        if (address := recognised.asks_whom(self.app, visit, request)) is not None:
            return RedirectResponse(address, 303, page.HEADERS)
        if visit.browser and request.method == "GET":
            return await self._claimed(visit, request)
        nonce = self.opening.seals.nonce(visit.link)
        action = self.opening.path(visit, query=asking.given_in(request))
        words = fresh(visit.token.expires_at)
        return page.show("opening.html", visit.reader, words, root=self.opening.root, headers=HEADERS,
                         action=action, nonce=nonce)  # fmt: skip

    async def _claimed(self, visit: Visit, request: Request) -> Response:
        browser = await self.opening.claim(visit)
        if browser is None:
            return self._says(visit, *OTHERS, status=403)
        response = RedirectResponse(
            self.opening.path(visit, query=asking.given_in(request)), 303, page.HEADERS
        )
        self.opening.remember(response, visit, browser)
        return response

    def _says(self, visit: Visit, title: Text, remedy: Text, *, status: int) -> Response:
        words = {"title": title, "remedy": remedy}
        return page.show(
            "sorry.html",
            visit.reader,
            words,
            root=self.opening.root,
            status=status,
            headers=HEADERS,
            again="",
        )

    # -- the page ----------------------------------------------------------------------------------------

    async def _page(self, visit: Visit, request: Request, why: Text | None = None) -> Response:
        """Return the page; with `why` it says that instead of figures, and so it does for what cannot be asked."""
        now = self.app.clock.now()
        has_figures = visit.person.may(*READERS)
        async with self.app.db.read() as tx:
            choices = await loading.choices(tx, visit.person, now) if has_figures else Choices({})
            given = asking.given_in(request) if has_figures else {}
            query = asking.read(given, choices, now, visit.reader.zone)
            is_shown = has_figures and not query.wrong and why is None
            board = await loading.board(tx, visit.person, query, now) if is_shown else None
            asked = query.asked if not query.wrong else None
            waiting = await cases.waiting(tx, visit.person, self.app.settings.policies, now, asked)
        return self.sheet.write(visit, query, choices, board, waiting, why)
