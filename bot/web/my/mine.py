"""The page of one's own interview: how it stands, what is asked, and everything one may need for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.calendar import MEDIA_TYPE
from bot.delivery import LINK_LIFE
from bot.files import entry
from bot.runtime import Asked
from bot.web import page
from bot.web.door import Refused
from bot.web.my import acts, pictures, recognised, typed
from bot.web.my.asking import ask
from bot.web.my.view import Filled, Writer
from bot.web.my.visits import Visit, Visits
from conversations.effects import Answer
from conversations.events import Event, Submitted
from conversations.identity import PAGE
from conversations.messages import Message, Note
from locales.text import Text, ct, t
from store import outbox
from store.db import Tx
from store.outbox import OutboxRow

if TYPE_CHECKING:
    from bot.app import App

TOAST = "page.toast"
"""What flashes up in a chat, and on a page stands where news is told."""
_DONE = re.compile("[0-9a-f]{32}")


class Mine:
    """Answers requests for /my."""

    def __init__(self, app: App, visits: Visits) -> None:
        self.app = app
        self.visits = visits
        self.seals = visits.seals

    # -- looking -----------------------------------------------------------------------------------------

    async def look(self, link: str, request: Request) -> Response:
        visit = await self.visits.open("my", link, request)
        if not visit.is_checked:
            return await self._meet(visit, request)
        query = request.query_params
        choice = int(query["choice"]) if re.fullmatch("[1-9]", query.get("choice", "")) else 0
        done = query.get("done", "")
        return await self._page(visit, choice=choice, done=done if _DONE.fullmatch(done) else "")

    async def calendar(self, link: str, request: Request) -> Response:
        """Return the interview for a calendar."""
        visit = await self.visits.open("my", link, request)
        if not visit.is_checked:
            return self._to(visit)
        async with self.app.db.read() as tx:
            scene, _ = await self.app.runtime.present(tx, visit.person.id, visit.interview.id)
        headers = {**page.HEADERS, "Content-Disposition": 'attachment; filename="interview.ics"'}
        data = entry(scene, self.app.clock.now(), self.app.links)
        return Response(data, media_type=MEDIA_TYPE, headers=headers)

    async def picture(self, link: str, request: Request) -> Response:
        """Return the page's own address as a QR code, to go on with on a phone."""
        visit = await self.visits.open("my", link, request)
        return pictures.qr(f"{self.app.links.public_url}/my/{visit.link}")

    async def _page(
        self,
        visit: Visit,
        *,
        choice: int = 0,
        done: str = "",
        filled: Filled | None = None,
        status: int = 200,
    ) -> Response:
        now = self.app.clock.now()
        async with self.app.db.read() as tx:
            scene, asked = await self.app.runtime.present(tx, visit.person.id, visit.interview.id)
            told = await self._told(tx, visit, done, asked) if done else ()
            code = await typed.known(tx, visit, self.seals, now)
        writer = Writer(scene, visit.reader, self.app.links, self.seals)
        view = writer.view(asked, told, visit.agent, choice=choice, filled=filled)
        enter = self.app.links.page(
            "go", visit.interview.id, max(scene.booked.attempt.starts_at, now) + LINK_LIFE
        )
        return page.show(
            "my.html",
            visit.reader,
            _words(view.around),
            root=self.visits.root,
            status=status,
            view=view,
            action=self.visits.path(visit),
            nonce=self.seals.nonce(visit.link),
            enter=f"{self.visits.root}/go/{enter.rpartition('/')[2]}",
            calendar=self.visits.path(visit, "/calendar.ics"),
            picture=self.visits.path(visit, "/qr.png"),
            address=f"{self.app.links.public_url}/my/{visit.link}",
            short=f"{self.app.links.public_url}/at/{code}" if code else "",
            languages=self._languages(visit),
            longest=acts.LONGEST,
        )

    def _languages(self, visit: Visit) -> list[tuple[str, str, str]]:
        """Return the other languages there are: tag, name and address."""
        others = [name for name in visit.policy.languages if name != visit.reader.locale]
        base = f"{self.visits.root}/my/{visit.link}"
        return [
            (name.replace("_", "-"), page.LANGUAGE_NAMES.get(name, name), f"{base}?lang={name}")
            for name in others
        ]

    async def _told(self, tx: Tx, visit: Visit, done: str, asked: Sequence[Asked]) -> list[Message]:
        """Return what an action led to, besides the question that it led to: that stands on the page anyway."""
        cause = f"{PAGE}/{visit.interview.id.hex}:{done}"
        rows = await outbox.caused_by(tx, visit.interview.id, PAGE, cause)
        now_asked = {(one.session.id, one.session.turn): one.message for one in asked}
        told: list[Message] = []
        for row in rows:
            question = now_asked.get((row.session, row.turn)) if row.session is not None else None
            if question is None:
                told.append(row.message)
            else:
                told += _remarks(row.message, question)
        spoken = [message for message in told if message.kind != TOAST]
        return spoken or told

    # -- who is it? --------------------------------------------------------------------------------------

    async def _meet(self, visit: Visit, request: Request) -> Response:
        """Let in whom their chat app vouches for, and ask everybody else."""
        if await recognised.is_theirs(self.app, visit, request):
            response = self._to(visit)
            self.visits.remember(response, visit)
            return response
        if (address := recognised.asks_whom(self.app, visit, request)) is not None:
            return RedirectResponse(address, 303, page.HEADERS)
        return self._ask(visit, request)

    def _ask(self, visit: Visit, request: Request, *, is_wrong: bool = False) -> Response:
        choice = request.query_params.get("choice", "")
        kept = {"choice": choice} if re.fullmatch("[1-9]", choice) else {}
        return ask(self.visits, visit, self.visits.path(visit, **kept), is_wrong=is_wrong)

    # -- acting ------------------------------------------------------------------------------------------

    async def act(self, link: str, request: Request) -> Response:
        """Do what a form of the page asks for, and lead back to the page."""
        visit = await self.visits.open("my", link, request)
        given = await self.visits.fields(request)
        if not self.seals.is_nonce(given.get("nonce", ""), link):
            raise Refused(403, "nonce", "Open the page anew, and press there.")
        if "digits" in given:
            return await self._check(visit, given["digits"], request)
        if not visit.is_checked:
            return self._ask(visit, request)
        now = self.app.clock.now()
        if given.get("want") == "code":
            async with self.app.db.write() as tx:
                await typed.make(tx, visit, self.seals, now)
            return self._to(visit, at="elsewhere")
        event = acts.act(visit, given, self.seals, now)
        if event is None:
            return self._to(visit)
        answer, _ = await self.app.decide(event)
        if answer.field_errors and isinstance(event.body, Submitted):
            filled = Filled(event.body.form, event.body.values, answer.field_errors)
            return await self._page(visit, filled=filled, status=422)
        await self._keep(event, visit, answer, now)
        return self._to(visit, at="said", done=event.id.rpartition(":")[2])

    async def _check(self, visit: Visit, digits: str, request: Request) -> Response:
        if not visit.is_checked and not await self.visits.answers_rightly(visit, digits):
            return self._ask(visit, request, is_wrong=True)
        choice = request.query_params.get("choice", "")
        response = self._to(visit, **({"choice": choice} if re.fullmatch("[1-9]", choice) else {}))
        self.visits.remember(response, visit)
        return response

    async def _keep(self, event: Event, visit: Visit, answer: Answer, now: datetime) -> None:
        """Keep what flashes up in a chat, to be read on the page that is shown next."""
        said = [Message(TOAST, answer.toast)] if answer.toast is not None else []
        said += [answer.page] if answer.page is not None else []
        if not said:
            return
        async with self.app.db.write() as tx:
            for n, message in enumerate(said):
                await outbox.put(tx, _row(f"{PAGE}/{event.id}/toast{n}", visit, message, now))

    def _to(self, visit: Visit, at: str = "", **query: str) -> Response:
        location = self.visits.path(visit, **query) + (f"#{at}" if at else "")
        return RedirectResponse(location, 303, page.HEADERS)


def _row(key: str, visit: Visit, message: Message, now: datetime) -> OutboxRow:
    """Return what was said on the page, as it stands beside everything else that was said."""
    return OutboxRow(
        id=uuid4(),
        key=f"{key}:{visit.person.id}",
        account=PAGE,
        chat=str(visit.interview.id),
        message=message,
        kind=message.kind,
        priority=0,
        due_at=now,
        created_at=now,
        next_at=now,
        to_person=visit.person.id,
        interview=visit.interview.id,
        state="accepted",
        settled_at=now,
    )


def _remarks(told: Message, question: Message) -> Iterator[Message]:
    """Yield what stood over a question when it was asked, and is no part of it."""
    for block in told.blocks:
        if isinstance(block, Note) and block not in question.blocks:
            yield Message(TOAST, block.text)


def _words(around: str) -> Mapping[str, Text]:
    return {
        "skip": t("Skip to the content"),
        "other_languages": t("Other languages"),
        "enter_label": ct("button", "Enter the interview"),
        "enter_note": t("You will need this button at the start. It stands in our messages, too."),
        "how_to_join": t("How to join"),
        "news": t("What has just happened"),
        "ready": t("Get ready"),
        "needs": t("What you need"),
        "calendar_label": ct("button", "Add to your calendar"),
        "words_label": t("Or write it in your own words"),
        "send_label": ct("button", "Send"),
        "standing": t("Where things stand"),
        "your_answer": t("What would you like to do?"),
        "help": t("Help"),
        "write_label": t("Write to us"),
        "in_app": t(
            "You are reading this inside {app}, where camera and microphone often do not work. For the interview, tap "
            "⋯ or the menu at the top right, and choose “Open in browser”.",
            app=around,
        ),
        "in_app_title": t("Open it in your browser"),
        "copy": t("Or copy this address into Chrome, Edge or Safari"),
        "computer": t("Open it on your computer"),
        "send_link": ct("button", "Send the link to my computer"),
        "show_code": ct("button", "Show a short address to type"),
        "type_this": t("Type this address on your computer. It works for half an hour:"),
        "phone": t("Go on with your phone"),
        "scan": t("Scan this with the camera of your phone:"),
        "qr_alt": t("QR code with the address of this page"),
        "privacy": t("Privacy"),
        "private": t("This page is only for you. Please do not forward its address."),
    }
