"""Who opens the page: the link's chat identity, the role they have at this moment, and the one browser it is for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NoReturn
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from bot.links import BadToken, StaffToken
from bot.web import page
from bot.web.door import Refused
from bot.web.my.limits import Limits
from bot.web.my.seals import Seals
from conversations.identity import Address, Binding, Person
from locales.text import Reader
from store import journal, people, tokens
from store.db import Tx

if TYPE_CHECKING:
    from bot.app import App

PURPOSE = "hr"
BROWSER_LIFE = timedelta(days=30)
"""How long a browser is known again, so that a new link opens in it without another tap."""
_REMEDY = "Ask for a new link in the chat: page"

Standing = Literal["fresh", "theirs", "others"]
"""Whether nobody has opened the link yet, this browser has, or another one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for the page by its link."""

    link: str
    token: StaffToken
    binding: Binding
    person: Person
    reader: Reader
    language: str
    """As the visitor chose it on the page; empty when they did not."""
    agent: str
    browser: str
    """What this browser is known by to us, for this person; empty for one that is not."""

    @property
    def purpose(self) -> str:
        return self.token.purpose

    @property
    def addresses(self) -> tuple[Address, ...]:
        """As whom they may come: the one chat identity that the link was made for."""
        return (self.binding.address,)


class Opening:
    """Reads requests for the page, and answers who may see it."""

    def __init__(self, app: App, purpose: str = PURPOSE) -> None:
        self.app = app
        self.purpose = purpose
        self.limits = Limits(app.clock)
        public_url = app.settings.server.public_url
        self.root = urlsplit(public_url).path.rstrip("/")
        self.seals = Seals(app.db.keys.derive("hr"), public_url.startswith("https://"))
        self.cookie_name = f"{self.seals.cookie_name}-hr"

    async def open(self, link: str, request: Request) -> Visit:
        """Return the visit; raises Refused for a link that is not ours, too old, opened too often, or taken back.

        Whoever made it may have left since: the identity and its roles are looked up at every request.
        """
        try:
            token = self.app.links.read_staff_page(self.purpose, link, self.app.clock.now())
        except BadToken as bad:
            self._refuse(request, bad.reason)
        self.limits.visit(link)
        async with self.app.db.read() as tx:
            try:
                binding = await people.binding(tx, token.binding)
            except LookupError:
                self._refuse(request, "unbound")
            person = await people.get(tx, binding.person)
        if person is None:
            self._refuse(request, "unknown")
        return self._visit(link, token, binding, person, request)

    def _refuse(self, request: Request, reason: str) -> NoReturn:
        self.limits.guess(request.client.host if request.client else "")
        raise Refused(404, f"link:{reason}", _REMEDY)

    def _visit(
        self, link: str, token: StaffToken, binding: Binding, person: Person, request: Request
    ) -> Visit:
        policy = self.app.settings.policies.default
        wanted = page.preferred(request.headers.get("accept-language", "")) if person.locale is None else None
        reader = self.app.delivery.reader(person, policy, wanted)
        language = request.query_params.get("lang", "")
        if language in policy.languages:
            reader = replace(reader, locale=language)
        return Visit(
            link=link,
            token=token,
            binding=binding,
            person=person,
            reader=reader,
            language=language if language in policy.languages else "",
            agent=request.headers.get("user-agent", "")[:500],
            browser=self._browser(request.cookies.get(self.cookie_name, ""), person.id),
        )

    # -- the one browser ---------------------------------------------------------------------------------

    def _browser(self, cookie: str, person: UUID) -> str:
        carried = self.seals.opened(cookie) or {}
        if carried.get("person") != person.hex:
            return ""
        if datetime.fromisoformat(carried["until"]) <= self.app.clock.now():
            return ""
        return carried["browser"]

    async def standing(self, visit: Visit) -> Standing:
        async with self.app.db.read() as tx:
            known = await tokens.look(tx, self.purpose, visit.link, self.app.clock.now())
        if known.state != "used":
            return "fresh"
        return "theirs" if visit.browser and known.used_by == _name(visit.browser) else "others"

    async def claim(self, visit: Visit) -> str | None:
        """Let this browser have the page, and return by what it is known; None where another one was first."""
        browser = visit.browser or secrets.token_urlsafe(16)
        now, who = self.app.clock.now(), f"person:{visit.person.id}"
        async with self.app.db.write() as tx:
            await tokens.keep(tx, self.purpose, visit.link[-12:], visit.link, now, visit.token.expires_at)
            if await tokens.redeem(tx, self.purpose, visit.link, now, _name(browser)) is None:
                return browser if await self._has(tx, visit, browser) else None
            await journal.append(tx, "page.opened", who, who, {"by": visit.binding.address.channel}, now)
        return browser

    async def _has(self, tx: Tx, visit: Visit, browser: str) -> bool:
        known = await tokens.look(tx, self.purpose, visit.link, self.app.clock.now())
        return known.used_by == _name(browser)

    def remember(self, response: Response, visit: Visit, browser: str) -> None:
        """Have the browser keep by what it is known."""
        until = self.app.clock.now() + BROWSER_LIFE
        carried = {"person": visit.person.id.hex, "browser": browser, "until": until.isoformat()}
        response.set_cookie(
            self.cookie_name,
            self.seals.sealed(carried),
            max_age=int(BROWSER_LIFE.total_seconds()),
            path="/",
            secure=self.seals.secure,
            httponly=True,
            samesite="lax",
        )

    def path(self, visit: Visit, rest: str = "", query: Mapping[str, str] | None = None) -> str:
        """Return the address of the page, or of something below it, with what was chosen."""
        kept = {**(query or {}), **({"lang": visit.language} if visit.language else {})}
        return f"{self.root}/{self.purpose}/{visit.link}{rest}" + (f"?{urlencode(kept)}" if kept else "")


def _name(browser: str) -> str:
    """Return what the store keeps of a browser: nothing by which one could pass for it."""
    return f"browser:{sha256(browser.encode()).hexdigest()[:32]}"
