"""Who opens a page: the link, whose interview it is, whether this browser was checked, and in which language."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.links import BadToken, PageToken
from bot.web import door, page
from bot.web.door import Refused
from bot.web.my.limits import Limits
from bot.web.my.seals import LIFE, Seals
from channels.base import Inbound
from conversations.identity import Address, Person
from conversations.interview import Interview
from conversations.policy import Policy
from locales.text import Reader
from store import interviews, people, tries

if TYPE_CHECKING:
    from bot.app import App

DIGITS = 4
MOST_FIELDS = 40
_REMEDY = "Open the newest message from us: its link works."


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page by its link."""

    link: str
    token: PageToken
    interview: Interview
    person: Person
    policy: Policy
    reader: Reader
    language: str
    """As the visitor chose it on the page; empty when they did not."""
    agent: str
    is_checked: bool
    """Whether something personal may be shown."""

    @property
    def purpose(self) -> str:
        return self.token.purpose

    @property
    def addresses(self) -> tuple[Address, ...]:
        return tuple(binding.address for binding in self.person.bindings)


class Visits:
    """Reads requests for pages, and answers for all of them who may see what."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.limits = Limits(app.clock)
        public_url = app.settings.server.public_url
        self.root = urlsplit(public_url).path.rstrip("/")
        self.seals = Seals(app.db.keys.derive("pages"), public_url.startswith("https://"))

    async def open(self, purpose: str, link: str, request: Request) -> Visit:
        """Return the visit; raises Refused for a link that is not ours, too old, or opened too often.

        What is wrong with a link is nobody's business: all such answers are alike.
        """
        now = self.app.clock.now()
        try:
            token = self.app.links.read_page(purpose, link, now)
        except BadToken as bad:
            self.refuse(request, bad.reason)
        self.limits.visit(link)
        async with self.app.db.read() as tx:
            interview = await interviews.get(tx, token.interview)
            person = await people.get(tx, interview.person) if interview is not None else None
        if interview is None or person is None:
            self.refuse(request, "unknown")
        return self._visit(link, token, interview, person, request)

    def refuse(self, request: Request, reason: str) -> NoReturn:
        """Raise Refused for a link that leads nowhere, and count it as a guess."""
        self.limits.guess(request.client.host if request.client else "")
        raise Refused(404, f"link:{reason}", _REMEDY)

    def _visit(
        self, link: str, token: PageToken, interview: Interview, person: Person, request: Request
    ) -> Visit:
        policy = self.app.settings.policies.for_(interview.company, interview.role)
        wanted = page.preferred(request.headers.get("accept-language", ""))
        reader = self.app.delivery.reader(person, policy, wanted)
        language = request.query_params.get("lang", "")
        if language in policy.languages:
            reader = replace(reader, locale=language)
        cookie = request.cookies.get(self.seals.cookie_name)
        asks = self.app.settings.server.ask_phone and bool(digits_of(person))
        return Visit(
            link=link,
            token=token,
            interview=interview,
            person=person,
            policy=policy,
            reader=reader,
            language=language if language in policy.languages else "",
            agent=request.headers.get("user-agent", "")[:500],
            is_checked=not asks or self.seals.is_checked(cookie, person.id, self.app.clock.now()),
        )

    def path(self, visit: Visit, rest: str = "", **query: str) -> str:
        """Return the address of the visit's page, or of something below it."""
        kept = {**query, **({"lang": visit.language} if visit.language else {})}
        return f"{self.root}/{visit.token.purpose}/{visit.link}{rest}" + (
            f"?{urlencode(kept)}" if kept else ""
        )

    async def fields(self, request: Request) -> dict[str, str]:
        """Return what a form sent; raises Refused for a body that no form of ours sends."""
        return fields(await door.read(request, self.app.clock))

    async def answers_rightly(self, visit: Visit, digits: str) -> bool:
        """Tell whether these are the last digits of the visitor's phone, of so many tries within an hour."""
        name = f"digits:{visit.person.id}"
        async with self.app.db.write() as tx:
            may_try = await tries.take(tx, name, self.app.clock.now())
            given = re.sub(r"\D", "", unicodedata.normalize("NFKC", digits)).encode()
            is_right = hmac.compare_digest(given, digits_of(visit.person).encode())
            if may_try and is_right:
                await tries.forgive(tx, name)
        return may_try and is_right

    def remember(self, response: Response, visit: Visit) -> None:
        """Have the browser keep that it was checked for this person."""
        value = self.seals.cookie(visit.person.id, self.app.clock.now())
        response.set_cookie(
            self.seals.cookie_name,
            value,
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=self.seals.secure,
            httponly=True,
            samesite="lax",
        )


def digits_of(person: Person) -> str:
    """Return the last digits of somebody's phone, empty when it is not known."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", person.phone or ""))
    return digits[-DIGITS:] if len(digits) >= DIGITS else ""


def fields(inbound: Inbound) -> dict[str, str]:
    """Return the fields of a form's body; of twins the first. Raises Refused."""
    try:
        pairs = parse_qsl(inbound.body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        found: Mapping[str, str] = dict(reversed(pairs))
    except ValueError:
        raise Refused(400, "form", "Send the form as the page has it.") from None
    if any(_is_strange(text) for pair in found.items() for text in pair):
        raise Refused(400, "form", "Send the form as the page has it.")
    return dict(found)


def _is_strange(text: str) -> bool:
    """Tell whether a text holds what no keyboard types and no database takes."""
    return any(c == "\0" or "\ud800" <= c <= "\udfff" or c == "\ufffd" for c in text)
