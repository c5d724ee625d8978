"""`export last30d --xlsx`: the list of appointments as a file, masked unless HR asks for whole names; written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.commands.lines import zone_of
from conversations.commands.meant import selecting_in
from conversations.commands.pictured import reader_of
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import Record, Work
from conversations.events import Event
from conversations.grammar import SELECTING, BadLine, Line, read_line
from conversations.identity import Person, Role
from conversations.messages import Message, Note
from conversations.pages import MY_PAGE
from conversations.understanding.when import when_of
from locales.text import Text, ct, t

KIND = "command.export"
USAGE = ct("typed", "export last30d --xlsx")
DEFAULT = "last30d"
FORMS = ("xlsx", "csv", "json")
WHOLE = "whole"
"""The flag that asks for whole names and phone numbers."""
MAY_SEE_WHOLE = (Role.HR,)
_TRY = t("Try: export last30d · export 2026-11 --csv · export last7d source:校招 state:no_show")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """Have the file made; it comes in a message of its own."""
    person = scene.person
    if person is None:
        return Turn()
    try:
        line = read_line(rest, (*FORMS, WHOLE), SELECTING)
        pairs = selecting_in(line)
        _check_forms(line)
    except BadLine as bad:
        return _refused(bad.why)
    when, others = line.days()
    window = when_of(when or DEFAULT, scene.now, zone_of(scene))
    if others or window is None:
        return _refused(t("I cannot read “{typed}” as days.", typed=others or when))
    is_whole = line.has(WHOLE)
    if is_whole and not person.may(*MAY_SEE_WHOLE):
        return _refused(
            t("Whole names and phone numbers are for HR. Without --whole they are masked, and you get it.")
        )
    if not scene.found["gives_files"]:
        return Turn(say=_no_files(scene))
    asked = {
        "person": str(person.id),
        "when": when or DEFAULT,
        "start": window[0].isoformat(),
        "until": min(window[1], scene.now).isoformat(),
        "pairs": dict(pairs),
        "form": _form(line),
        "is_whole": is_whole,
        **reader_of(scene),
    }
    return Turn(effects=(_record(person, asked), Work("export", asked)))


def _no_files(scene: Scene) -> Message:
    """Say where the list is to be had instead: this platform carries no files."""
    lead = t("I cannot send files in this chat, so no list was made.")
    if scene.found["pages"]:
        how = t("It is on your page, to download in every form. The link is for you alone, for half a day.")
        return Message(KIND, lead, (Note(how),), (MY_PAGE,))
    return Message(KIND, lead, (Note(t("Ask me for it in a chat on another platform, or by e-mail.")),))


def _check_forms(line: Line) -> None:
    if sum(map(line.has, FORMS)) > 1:
        raise BadLine(t("One file at a time: --xlsx, --csv or --json."))


def _form(line: Line) -> str:
    return next((form for form in FORMS if line.has(form)), FORMS[0])


def _record(person: Person, asked: Mapping[str, Any]) -> Record:
    """Whoever asks for whole names is written down, also where nothing comes of it."""
    detail = {
        "days": str(asked["when"]),
        "form": str(asked["form"]),
        "whole": "yes" if asked["is_whole"] else "no",
    }
    return Record("export.asked", f"person:{person.id}", f"person:{person.id}", detail)


def _refused(why: Text) -> Turn:
    return Turn(say=Message(KIND, why, (Note(_TRY),)))


EXPORT = Command(
    "export",
    ("导出", "下载"),
    frozenset({Role.HR, Role.RECRUITER, Role.VIEWER}),
    USAGE,
    t("Appointments as a file for Excel or another program (--xlsx, --csv, --json), names masked."),
    run,
    lambda rest: (Need("gives_files"), Need("pages")),
)
