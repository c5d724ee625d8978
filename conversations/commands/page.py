"""`page`: a personal link to the page of figures, for what a chat shows badly."""

from __future__ import annotations

from conversations.commands.figured import READERS
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.identity import Role
from conversations.messages import Message, Note
from conversations.pages import MY_PAGE
from locales.text import Text, ct, t

KIND = "command.page"
USAGE = ct("typed", "page")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """Give the link, or say why there is none."""
    if not scene.found["pages"]:
        lead = t("There is no page: Turnout has no address that browsers reach.")
        return Turn(say=Message(KIND, lead, (Note(_setting()), Note(_instead()))))
    person = scene.person
    if person is not None and not person.may(*READERS):
        lead = t("Your page shows who needs a person now, and until when.")
    else:
        lead = t("Your page: all figures, with charts, tables and files to take away.")
    life = t(
        "The link is for you alone: one browser, half a day. For another browser, or later, just ask again: {usage}",
        usage=USAGE,
    )
    return Turn(say=Message(KIND, lead, (Note(life),), (MY_PAGE,)))


def _setting() -> Text:
    return t("An administrator sets it: {key}", key="server.public_url")


def _instead() -> Text:
    return t("The same figures in the chat: stats · trend · reasons · export")


PAGE = Command(
    "page",
    ("dashboard", "看板", "面板"),
    READERS | {Role.SUPPORT},
    USAGE,
    t("Get your page: all figures with charts and tables, and who needs a person."),
    run,
    lambda rest: (Need("pages"),),
    is_personal=True,
    flags=(),
)
