"""A candidate with a browser: what the page of their interview shows, and what they press on it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import structlog
from sqlalchemy import func, select

from bot.sandbox.pages import Form, Page, read_page
from bot.web import site
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.identity import Person
from conversations.interview import Interview
from store import interviews, people
from store.tables import metadata
from tests.support.town import Town, open_town
from tests.unit.web.conftest import Response, Web

BOOK = Book.of(DIALOGS, COMMANDS)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PHONE = "+86 138 1234 5678"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@asynccontextmanager
async def open_web(folder: Path, file: Path, policy: str = "") -> AsyncIterator[Web]:
    """Yield the real application with the product's own dialogs; `file` is a migrated database to copy."""
    shutil.copy(file, folder / "town.db")
    async with open_town(folder, f"sqlite:///{folder / 'town.db'}", policy=policy, book=BOOK) as town:
        with structlog.testing.capture_logs() as logs:
            yield Web(town, site.build(town.app), logs)  # type: ignore[arg-type]


@dataclass(slots=True)
class Candidate:
    """Somebody with an interview, and their browser."""

    web: Web
    person: Person
    interview: Interview
    language: str = "en"
    agent: str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120"
    cookies: dict[str, str] = field(default_factory=dict)
    answer: Response | None = None
    """What the last request was answered with, redirects followed."""
    sent_on: list[str] = field(default_factory=list)
    """Where redirects led."""

    @property
    def town(self) -> Town:
        return self.web.town

    def path(self, purpose: str = "my", life: timedelta = 30 * 24 * HOUR) -> str:
        until = self.town.clock.now() + life
        return urlsplit(self.town.app.links.page(purpose, self.interview.id, until)).path

    async def opens(self, path: str = "", method: str = "GET") -> Page:
        return await self._ask(method, path or self.path())

    async def sends(self, page: Page, form: Form, **filled: str) -> Page:
        return await self._ask("POST", form.action, {**form.sent(None), **filled})

    async def presses(self, page: Page, label: str, **filled: str) -> Page:
        form, button = page.form(label)
        return await self._ask("POST", form.action, {**form.sent(button), **filled})

    async def writes(self, page: Page, text: str) -> Page:
        form = next(form for form in page.forms if [blank.name for blank in form.blanks] == ["text"])
        return await self._ask("POST", form.action, {**form.sent(form.buttons[0]), "text": text})

    async def knows(self) -> Interview:
        """Return their interview as it stands now."""
        async with self.town.app.db.read() as tx:
            found = await interviews.get(tx, self.interview.id)
        assert found is not None
        return found

    async def becomes(self, **changes: Any) -> None:
        """Have the interview, or its attempt, stand otherwise."""
        known = await self.knows()
        of_attempt = {name: value for name, value in changes.items() if hasattr(known.attempt, name)}
        of_it = {name: value for name, value in changes.items() if name not in of_attempt}
        async with self.town.app.db.write() as tx:
            await interviews.save(tx, replace(known, **of_it, attempt=replace(known.attempt, **of_attempt)))

    async def _ask(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> Page:
        """Ask, keep cookies, and follow where that leads within our pages."""
        base = "http://127.0.0.1:8080"
        url = urljoin(base, url)
        body = urlencode(fields).encode() if fields is not None else b""
        parts = urlsplit(url)
        answer = await self.web.ask(method, parts.path, body, self._headers(), query=parts.query.encode())
        for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        self.answer = answer
        if "location" in answer.headers:
            self.sent_on.append(answer.headers["location"])
            on = urljoin(url, answer.headers["location"])
            if on.startswith(base):
                return await self._ask("GET", on)
        html = answer.body.decode() if answer.headers.get("content-type", "").startswith("text/html") else ""
        return read_page(html, url, self.town.clock.now(), answer.status)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [
            (b"accept-language", self.language.encode()),
            (b"user-agent", self.agent.encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            *([(b"cookie", cookies.encode())] if cookies else []),
        ]


async def candidate(
    web: Web, after: timedelta = 26 * HOUR, *, phone: str | None = None, locale: str = "en", **values: Any
) -> Candidate:
    """Return a candidate on Telegram whose interview is a day ahead."""
    person, _ = await web.town.person("李雷", phone=phone)
    async with web.town.app.db.write() as tx:
        await people.save(tx, replace(person, locale=locale))
    interview = await web.town.interview(person, after, **{"role": "Front-end engineer", **values})
    return Candidate(web, replace(person, locale=locale), interview)


async def free_slots(web: Web, count: int = 30) -> list[datetime]:
    """Add free times every five hours from tomorrow on."""
    return [(await web.town.slot(timedelta(hours=20 + 5 * n))).starts_at for n in range(count)]


async def counts(web: Web) -> dict[str, int]:
    """Return how many rows each table has."""
    async with web.town.app.db.read() as tx:
        return {
            table.name: (await tx.conn.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


def link_of(path: str) -> str:
    return path.rpartition("/")[2]
