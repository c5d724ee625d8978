"""Writes the page: everything in words first, the charts when they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from bot.export.making import FORMS
from bot.web import page
from bot.web.hr import drawing, taking
from bot.web.hr.asking import Choices, Query
from bot.web.hr.cases import Cases
from bot.web.hr.opening import Opening, Visit
from bot.web.hr.people import People
from bot.web.hr.view import View
from bot.web.hr.words import shown
from conversations.commands.figured import READERS
from conversations.figures.board import Board
from conversations.figures.hints import hints
from locales.text import Text, Words, t

if TYPE_CHECKING:
    from bot.app import App

HEADERS = {
    **page.HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}
HINTS_SHOWN = 3


class Sheet:
    """Writes what was found as a page."""

    def __init__(self, app: App, opening: Opening) -> None:
        self.app = app
        self.opening = opening

    def write(
        self,
        visit: Visit,
        query: Query,
        choices: Choices,
        board: Board | None,
        waiting: Cases,
        why: Text | None,
    ) -> Response:
        """Return the page; without a board it says what is wrong, or only who needs a person."""
        view, places = View(visit.reader), drawing.Places()
        plots = tuple(view.plots(board)) if board is not None else ()
        status = 422 if query.wrong or why is not None else 200
        html = page.written(
            "figures.html",
            visit.reader,
            shown(visit),
            root=self.opening.root,
            company=view.words(
                t("{company}", company=Words(self.app.settings.policies.default.display_name))
            ),
            languages=self._languages(visit, query),
            wrong=[view.words(each.why) for each in query.wrong] + ([view.words(why)] if why else []),
            people=People(visit.reader, waiting),
            places=places,
            plots=plots,
            **self._asked(visit, query, choices, view),
            **self._figures(visit, query, board, view),
        )
        if board is None:
            return Response(html, status, HEADERS, "text/html")
        missing = view.words(t("The chart could not be drawn just now; the table says the same."))
        body = places.fill(html, drawing.begin(plots, visit.reader), missing)
        return StreamingResponse(body, status, HEADERS, "text/html")

    def _asked(self, visit: Visit, query: Query, choices: Choices, view: View) -> dict[str, object]:
        """Return what the form and the links beside it are made of."""
        path = self.opening.path
        faults = {each.key: view.words(each.why) for each in query.wrong}
        return {
            "has_figures": visit.person.may(*READERS),
            "period": view.period(query),
            "days": [
                (words, path(visit, query=query.without("from", "to", days=name)), is_it)
                for name, words, is_it in view.days(query)
            ],
            "chips": [
                (words, path(visit, query=query.without(key))) for key, words in view.chips(query, choices)
            ],
            "blanks": list(view.blanks(query, choices)),
            "faults": faults,
            "first": query.given.get("from", "") if "from" not in faults else "",
            "last": query.given.get("to", "") if "to" not in faults else "",
            "span": query.given.get("days", "") if "days" not in faults else "",
            "action": path(visit).partition("?")[0],
            "language": visit.language,
            "reset": path(visit),
            "is_open": bool(query.wrong),
        }

    def _figures(self, visit: Visit, query: Query, board: Board | None, view: View) -> dict[str, object]:
        if board is None:
            return {"lead": "", "tiles": [], "advice": [], "exports": []}
        policy = self.app.settings.policies.default
        found = hints(policy, board.shares, board.groups, board.handling, board.asked.named)
        may_take = taking.may_take(visit)
        return {
            "lead": view.lead(board),
            "tiles": list(view.tiles(board)),
            "advice": list(view.advice(found[:HINTS_SHOWN])),
            "exports": [
                (form.upper(), self.opening.path(visit, f"/export.{form}", query.given))
                for form in FORMS
                if may_take
            ],
        }

    def _languages(self, visit: Visit, query: Query) -> list[tuple[str, str, str]]:
        path = self.opening.path(visit).partition("?")[0]
        return [
            (
                tag.replace("_", "-"),
                page.LANGUAGE_NAMES.get(tag, tag),
                f"{path}?{urlencode({**query.given, 'lang': tag})}",
            )
            for tag in self.app.settings.policies.default.languages
            if tag != visit.reader.locale
        ]
