"""Somebody who answers on our page, without scripts: they follow a link from their newest message and press there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from bot.clock import Clock
from bot.sandbox.checking import report
from bot.sandbox.listening import web_client
from bot.sandbox.pages import Button, Form, Page, read_page
from bot.sandbox.people import Browsing, Seen, Someone

_REDIRECTS = 5
_DIGITS = 4
_SHORTEST_TOKEN = 30


@dataclass(slots=True)
class Typed:
    """What they typed on the page themselves."""

    at: datetime
    text: str
    document: str | None = None
    data: bytes = b""
    told_before: list[str] = field(default_factory=list)
    is_of_bot: bool = False
    buttons: list[str] = field(default_factory=list)
    presses: dict[str, str] = field(default_factory=dict)
    opens: dict[str, str] = field(default_factory=dict)


class Visitor:
    """Somebody with messages (mails, SMS, a chat) and a browser that keeps cookies.

    `chat` is what came to them and the pages they saw, in order; a page that says the same again is seen once.
    """

    def __init__(
        self, inbox: Someone, base: str, clock: Clock, phone: str = "", language: str = "en"
    ) -> None:
        self.inbox = inbox
        self.name = inbox.name
        self.phone = phone
        self.pages: list[Page | Typed] = []
        self.page: Page | None = None
        """What stands on their screen."""
        self.went: list[str] = []
        """Addresses elsewhere to which our pages sent them on."""
        self._base = base
        self._clock = clock
        agent = inbox.agent if isinstance(inbox, Browsing) else "sandbox"
        headers = {"Accept-Language": language, "User-Agent": agent}
        self._http = web_client(timeout=20, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    # -- what they see -----------------------------------------------------------------------------------

    @property
    def chat(self) -> Sequence[Seen]:
        """What came to them and what they saw on our page, in the order of time."""
        both: list[Seen] = [*self.inbox.chat, *self.pages]
        return sorted(both, key=lambda seen: seen.at)

    @property
    def toasts(self) -> list[str]:
        return [notice for page in self.pages if isinstance(page, Page) for notice in page.notices]

    def link(self, door: str = "my") -> str:
        """Return the newest address of one of our pages that they were sent or shown; raises LookupError."""
        for seen in reversed(self.chat):
            for address in seen.opens.values():
                if self._leads_to(address).startswith(f"{self._base}/{door}/"):
                    return address
        raise LookupError(f"{self.name} was sent no address that begins with /{door}/")

    def uses(self, agent: str) -> None:
        """Open pages with another browser from now on, as it names itself."""
        self._http.headers["User-Agent"] = agent

    # -- what they do ------------------------------------------------------------------------------------

    async def visits(self, url: str) -> Page:
        """Open an address, and answer the question for the last digits of their phone if it is asked."""
        page = await self._shown(await self._http.get(self._passed(url)))
        asks = next((form for form in page.forms if _asks_for_digits(form)), None)
        if asks is None or not self.phone:
            return page
        return await self.sends(asks, {asks.blanks[0].name: re.sub(r"\D", "", self.phone)[-_DIGITS:]})

    async def looks(self) -> Page:
        """Open the page of their interview, from the newest message."""
        return await self.visits(self.link())

    async def enters(self) -> str:
        """Go into the interview by the tracked link, from their page or a message; return where that leads."""
        entrance = f"{self._base}/go/"
        page = self.page or await self.visits(self.link("go"))
        form = next(
            (form for form in page.forms if form.action.startswith(entrance) or page.url == form.action), None
        )
        if form is None:
            raise LookupError(f"{page.url} leads into no interview")
        await self.sends(form)
        return self.went[-1]

    async def checks(self, *codes: str) -> int:
        """Open the device check from the newest message or page, and have it report that these were found.

        Returns the status the report was answered with.
        """
        if not self._checks():
            await self.looks()
        page = await self.visits(self._checks()[-1])
        nonce = next(each.value for form in page.forms for each in form.fields if each.name == "nonce")
        answer = await self._http.post(f"{self._base}/check/report", json=report(codes, nonce))
        return answer.status_code

    def _checks(self) -> list[str]:
        """Return the addresses of device checks that they were sent or shown; not what else lies below /check."""
        shown = (address for seen in self.chat for address in seen.opens.values())
        prefix = f"{self._base}/check/"
        return [
            each for each in shown if each.startswith(prefix) and len(each) > len(prefix) + _SHORTEST_TOKEN
        ]

    async def presses(self, label: str, *, on: Any = None) -> Page:
        """Press a button by its label, on the page they see, or on an older one that still stands in a tab."""
        page = on if isinstance(on, Page) else await self._with(label)
        form, button = page.form(label)
        return await self.sends(form, button=button)

    async def chooses(self, value: str) -> str:
        """Choose an option of the page they see by its value and send it; return the option's words, empty for none."""
        page = self.page or await self.looks()
        found = page.option(value)
        if found is None:
            return ""
        form, option = found
        await self.sends(form, {option.name: option.value})
        return option.label

    async def says(self, text: str) -> Any:
        """Type something on the page, where there is room for words; otherwise answer the message."""
        page = self.page or await self.looks()
        form = next((form for form in page.forms if len(form.blanks) == 1), None)
        if form is None:
            return await self.inbox.says(text)
        self.pages.append(Typed(self._clock.now(), text))
        return await self.sends(form, {form.blanks[0].name: text})

    async def sends(self, form: Form, filled: Mapping[str, str] = {}, button: Button | None = None) -> Page:
        """Send a form as it stands with what was filled in, by its first button unless told otherwise."""
        values = form.sent(button or next(iter(form.buttons), None), filled)
        if form.method == "GET":
            return await self._shown(await self._http.get(form.action, params=values))
        return await self._shown(await self._http.post(form.action, data=values))

    def _leads_to(self, address: str) -> str:
        return self.inbox.leads_to(address) if isinstance(self.inbox, Browsing) else address

    def _passed(self, address: str) -> str:
        return self.inbox.passes(address) if isinstance(self.inbox, Browsing) else address

    async def _with(self, label: str) -> Page:
        if self.page is not None and label in self.page.presses:
            return self.page
        return await self.looks()

    async def _shown(self, answer: httpx.Response) -> Page:
        """Follow where an answer leads within our pages, and see what is there."""
        for _ in range(_REDIRECTS):
            if not answer.has_redirect_location:
                break
            to = self._passed(str(answer.url.join(answer.headers["location"])))
            if not to.startswith(self._base):
                self.went.append(to)
                return self.page or Page(self._clock.now(), to, "")
            answer = await self._http.get(to)
        page = read_page(answer.text, str(answer.url), self._clock.now(), answer.status_code)
        if self.page is not None:
            page.before = self.page.text
        if self.page is None or (page.text, page.buttons) != (self.page.text, self.page.buttons):
            self.pages.append(page)
        self.page = page
        return page


def _asks_for_digits(form: Form) -> bool:
    return len(form.blanks) == 1 and form.blanks[0].longest == _DIGITS
