"""Somebody of staff with a browser: how they get their page of figures, and what it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID, uuid4

from bot.delivery import STAFF_LIFE
from bot.sandbox.pages import Page, read_page
from conversations.identity import Person, Role
from store import people
from tests.support.quarter import quarter
from tests.unit.web.conftest import Response, Web

BASE = "http://127.0.0.1:8080"
OPEN = "Open my page here"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50"


@dataclass(slots=True)
class Browser:
    """One browser, with its cookies."""

    web: Web
    agent: str = LAPTOP
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    answer: Response | None = None
    sent_on: list[str] = field(default_factory=list)

    async def opens(self, path: str, method: str = "GET", **query: str) -> Page:
        return await self.asks(method, path + (f"?{urlencode(query)}" if query else ""))

    async def comes_in(self, page: Page) -> Page:
        """Tap what opens the page in this browser."""
        (form,) = page.forms
        return await self.asks("POST", form.action, form.sent(form.buttons[0]))

    async def asks(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> Page:
        """Ask, keep cookies, and follow where that leads within our pages."""
        url = urljoin(BASE, url)
        parts = urlsplit(url)
        body = urlencode(fields).encode() if fields is not None else b""
        answer = await self.web.ask(method, parts.path, body, self._headers(), query=parts.query.encode())
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        self.answer = answer
        if "location" in answer.headers:
            self.sent_on.append(answer.headers["location"])
            on = urljoin(url, answer.headers["location"])
            if on.startswith(BASE):
                return await self.asks("GET", on)
        html = answer.body.decode() if answer.headers.get("content-type", "").startswith("text/html") else ""
        return read_page(html, url, self.web.town.clock.now(), answer.status)

    @property
    def last(self) -> Response:
        assert self.answer is not None
        return self.answer

    def _headers(self) -> list[tuple[bytes, bytes]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [
            (b"accept-language", self.language.encode()),
            (b"user-agent", self.agent.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            *([(b"cookie", cookies.encode())] if cookies else []),
        ]


async def staff(web: Web, *roles: Role, name: str = "Wang Fang", **known: Any) -> Person:
    """Return somebody of staff who came to the bot."""
    person, _ = await web.town.person(name, *roles)
    if known:
        person = replace(person, **known)
        async with web.town.app.db.write() as tx:
            await people.save(tx, person)
    return person


async def becomes(web: Web, person: Person, *roles: Role) -> None:
    async with web.town.app.db.write() as tx:
        await people.save(tx, replace(person, roles=frozenset(roles)))


def link(web: Web, person: Person, life: timedelta = STAFF_LIFE, message: UUID | None = None) -> str:
    """Return the path of somebody's page, as a message brings it; each message brings another."""
    until = web.town.clock.now() + life
    made = web.town.app.links.staff_page("hr", person.bindings[0].id, message or uuid4(), until)
    return urlsplit(made).path


async def before_the_page(web: Web, *roles: Role, **known: Any) -> tuple[Browser, str]:
    """Return a browser in which somebody of staff has opened their page, and where that is."""
    path, browser = link(web, await staff(web, *roles, **known)), Browser(web)
    await browser.comes_in(await browser.opens(path))
    assert browser.last.status == 200
    return browser, path


async def a_quarter(web: Web, size: int = 300) -> tuple[Person, ...]:
    async with web.town.app.db.write() as tx:
        return await quarter(tx, web.town.clock.now(), size)
