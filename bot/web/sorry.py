"""What people read when a page of ours cannot be shown: what happened, in their language, and what to do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from starlette.responses import Response
from starlette.types import Scope

from bot.web import page
from locales.text import Reader, Text, ct, t

FOR_PEOPLE = frozenset({"my", "go", "join", "stop", "at", "check", "hr", "upload"})
"""The doors that people open; everything else is for machines."""
_NEVER = datetime(2024, 1, 1, tzinfo=UTC)
"""Nothing here tells a time."""
_FOR_MODULES = re.compile(r"/check/(?:report|time|down|up|(?:static|words)/.*)")
"""Doors behind one of those that only the page's own module opens."""
_AGAIN = re.compile(r"/(?:my|go|join|stop|at|check|hr|upload)/[\w.-]{1,200}|/check")

_GONE = (
    t("This link does not work any more"),
    t("Please open the newest message from us: its link works. If you have none, ask whoever invited you."),
)
_GONE_FOR_STAFF = (
    t("This link does not work any more"),
    t("It works for half a day. Please ask for a new one in the chat: type “page”."),
)
_GONE_FOR_LISTS = (
    t("This link does not work any more"),
    t("It works for half a day. Please ask for a new one in the chat: type “import”."),
)
_BUSY = (
    t("One moment, please"),
    t("We are very busy right now. Load the page again in a few seconds: it shows where things stand."),
)
_TOO_OFTEN = (
    t("That was a little too often"),
    t("Please wait a minute, and then load the page again."),
)
_NOT_SO = (
    t("That did not work"),
    t("Nothing was changed. Please go back to the page and try once more."),
)


def is_for_people(path: str) -> bool:
    """Tell whether whoever asks for this path reads with their eyes."""
    return path.removeprefix("/").partition("/")[0] in FOR_PEOPLE and not _FOR_MODULES.fullmatch(path)


def sorry(scope: Scope, status: int, headers: dict[str, str], root: str) -> Response:
    """Return the page about what could not be done; it never says more than the status does."""
    title, remedy = _words(status, scope["path"])
    wanted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    reader = Reader(page.language(wanted.decode("latin-1")), "UTC", _NEVER)
    again = scope["path"] if status != 404 and _AGAIN.fullmatch(scope["path"]) else ""
    words = {"title": title, "remedy": remedy, "reload": ct("button", "Load the page again")}
    again = f"{root}{again}" if again else ""
    return page.show("sorry.html", reader, words, root=root, status=status, headers=headers, again=again)


def _words(status: int, path: str) -> tuple[Text, Text]:
    if status == 404 and path.startswith("/hr/"):
        return _GONE_FOR_STAFF
    if status == 404 and path.startswith("/upload/"):
        return _GONE_FOR_LISTS
    match status:
        case 404 | 410:
            return _GONE
        case 429:
            return _TOO_OFTEN
        case 503:
            return _BUSY
    return _NOT_SO
