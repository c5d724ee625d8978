"""A list by page: one browser, HR only; looked at here and as a card in the chat, where its button takes it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.importing.table import LARGEST_FILE
from bot.listing import LONGEST_NAME, MAY_IMPORT, look_or_apply
from bot.web import door, page
from bot.web.door import Refused
from bot.web.hr.opening import Opening, Visit
from bot.web.my import recognised
from bot.web.my.visits import fields
from bot.web.upload import words
from bot.web.upload.form import read_form
from conversations.events import Done, Event
from store import blobs, people

if TYPE_CHECKING:
    from bot.app import App

PURPOSE = "upload"
AROUND = 64 * 1024
"""What a form adds to its file."""
WITHIN = 120.0
"""Seconds in which a file has to come: offices have slow lines."""
SHOWN = 100


class Receiving:
    """Answers requests for /upload."""

    def __init__(self, app: App, opening: Opening) -> None:
        self.app = app
        self.opening = opening

    async def look(self, link: str, request: Request) -> Response:
        visit = await self.opening.open(link, request)
        return await self._stopped(visit, request) or self._form(visit)

    async def act(self, link: str, request: Request) -> Response:
        """Let this browser have the page, or take a list from the one that has it."""
        visit = await self.opening.open(link, request)
        if not visit.person.may(*MAY_IMPORT):
            return self._says(visit, words.CLOSED)
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            if await self.opening.standing(visit) != "theirs":
                return self._says(visit, words.OTHERS)
            return await self._take(visit, request)
        given = fields(await door.read(request, self.app.clock))
        self._check_nonce(given.get("nonce", ""), link)
        return await self._claimed(visit)

    # -- coming in ---------------------------------------------------------------------------------------

    async def _stopped(self, visit: Visit, request: Request) -> Response | None:
        if not visit.person.may(*MAY_IMPORT):
            return self._says(visit, words.CLOSED)
        standing = await self.opening.standing(visit)
        if standing == "theirs":
            return None
        return self._says(visit, words.OTHERS) if standing == "others" else await self._meet(visit, request)

    async def _meet(self, visit: Visit, request: Request) -> Response:
        """Let in whom their chat app vouches for, or whose browser is known; ask everybody else for one tap."""
        if all(request.query_params.get(name) for name in recognised.ANSWER) and request.method == "GET":
            is_theirs = await recognised.is_theirs(self.app, visit, request)
            return await self._claimed(visit) if is_theirs else self._says(visit, words.STRANGERS)
        if (address := recognised.asks_whom(self.app, visit, request)) is not None:
            return RedirectResponse(address, 303, page.HEADERS)
        if visit.browser and request.method == "GET":
            return await self._claimed(visit)
        nonce = self.opening.seals.nonce(visit.link)
        said = words.fresh(visit.token.expires_at)
        return page.show("opening.html", visit.reader, said, root=self.opening.root,
                         action=self.opening.path(visit), nonce=nonce)  # fmt: skip

    async def _claimed(self, visit: Visit) -> Response:
        browser = await self.opening.claim(visit)
        if browser is None:
            return self._says(visit, words.OTHERS)
        response = RedirectResponse(self.opening.path(visit), 303, page.HEADERS)
        self.opening.remember(response, visit, browser)
        return response

    def _check_nonce(self, nonce: str, link: str) -> None:
        if not self.opening.seals.is_nonce(nonce, link):
            raise Refused(403, "nonce", "Open the page anew, and press there.")

    # -- the list ----------------------------------------------------------------------------------------

    async def _take(self, visit: Visit, request: Request) -> Response:
        try:
            inbound = await door.read(request, self.app.clock, LARGEST_FILE + AROUND, WITHIN)
        except Refused as refused:
            if refused.status != 413:
                raise
            return self._form(visit, words.too_large(), status=413)
        given = await read_form(inbound)
        self._check_nonce(given.nonce, visit.link)
        if not given.data:
            return self._form(visit, words.nothing_chosen(), status=400)
        name = " ".join(given.name.split())[-LONGEST_NAME:] or "list"
        found = await self._looked_at(visit, given.data, name)
        if "unreadable" in found:
            return self._form(visit, words.unreadable(found["unreadable"]), status=400)
        await self._card(visit, found)
        return self._result(visit, found)

    async def _looked_at(self, visit: Visit, data: bytes, name: str) -> dict[str, Any]:
        booking = self.app.pumps.booking
        if booking is None:
            raise Refused(503, "no_booking", "Try again in a few seconds.")
        async with self.app.db.write() as tx:
            blob = await blobs.put(tx, data)
        asked = {
            "do": "look",
            "person": str(visit.person.id),
            "locale": visit.reader.locale,
            "zone": visit.reader.zone,
        }
        found = await look_or_apply(booking, data, name, visit.person, asked)
        return {**asked, "blob": blob, "file": name, **found}

    async def _card(self, visit: Visit, found: Mapping[str, Any]) -> None:
        """Show the same in the chat that the link came from: there its button takes the list in."""
        address = visit.binding.address
        async with self.app.db.read() as tx:
            chat = await people.chat_of(tx, visit.binding.id)
        body = Done("list", dict(found))
        event = Event(
            f"upload:{uuid4().hex}", "core", self.app.clock.now(), body, address.account, address.user, chat
        )
        await self.app.receive([event])

    def _form(self, visit: Visit, wrong: Mapping[str, Any] | None = None, *, status: int = 200) -> Response:
        said = {**words.form(), **(wrong or {})}
        return page.show(
            "upload.html", visit.reader, said, root=self.opening.root, status=status,
            action=self.opening.path(visit), nonce=self.opening.seals.nonce(visit.link), is_wrong=wrong is not None,
            rows=(), is_done=False,
        )  # fmt: skip

    def _result(self, visit: Visit, found: Mapping[str, Any]) -> Response:
        said = {**words.form(), **words.result(found)}
        rows = [(row, who, column, reason) for row, who, _, column, reason in found["told"][:SHOWN]]
        return page.show(
            "upload.html", visit.reader, said, root=self.opening.root, action=self.opening.path(visit),
            nonce=self.opening.seals.nonce(visit.link), is_wrong=False, rows=rows, is_done=True,
        )  # fmt: skip

    def _says(self, visit: Visit, said: words.Two) -> Response:
        told = {"title": said[0], "remedy": said[1]}
        return page.show("sorry.html", visit.reader, told, root=self.opening.root, status=403, again="")
