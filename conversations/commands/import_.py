"""`import`: a list of interviews or times, as a file, pasted lines, or on a page; looked at first, then taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.commands.lines import zone_of
from conversations.commands.people import answer
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import Work
from conversations.events import Commanded, Event, Said
from conversations.identity import Person, Role
from conversations.messages import Block, Link, Message, Note, Para
from locales.text import ct, t
from locales.translate import best_locale

KIND = "command.import"
USAGE = ct("typed", "import")
ROLES = frozenset({Role.HR})
OPEN = Link("upload", ct("button", "Choose a file"))
"""What leads to the page where a file can be sent; in a group it is left out."""
_SLOTS = frozenset("slots slot times 时段 可约时间".split())
LONGEST = 60_000


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """Look at pasted lines; without any say how a list gets here."""
    if scene.person is None:
        return Turn()
    words = rest.split("\n", 1)[0].casefold().split()
    kind = "slots" if words and words[0] in _SLOTS else ""
    lines = pasted(event)
    if lines:
        return look(scene, event, {"text": lines[:LONGEST], "kind": kind, "file": ""})
    if words and not kind:
        lead = t("To import lines, paste them below the word, with their headings in the first line.")
        return Turn(say=Message(KIND, lead, tuple(_how(scene))))
    return Turn(say=Message(KIND, t("Send me the list as .xlsx or .csv."), tuple(_how(scene)), (OPEN,)))


def pasted(event: Event) -> str:
    """Return the lines below the first, as they were typed: in a cell a Chinese comma is no comma."""
    match event.body:
        case Said(text=text):
            return text.strip().partition("\n")[2].strip("\n")
        case Commanded(rest=rest) if "\n" in rest.strip():
            first, _, others = rest.strip().partition("\n")
            # Behind a slash the line break after the word is gone already.
            return others if first.strip().casefold() in _SLOTS else rest.strip()
    return ""


def look(scene: Scene, event: Event, source: Mapping[str, Any]) -> Turn:
    """Have a list looked at; what it would do comes back as a card."""
    if scene.person is None:
        return Turn()
    return Turn(effects=(Work("list", {"do": "look", **source, **reader(scene, scene.person, event)}),))


def reader(scene: Scene, person: Person, event: Event) -> dict[str, Any]:
    """Return who asks, and how they read."""
    languages = scene.policy.languages
    return {
        "person": str(person.id),
        "user": event.user or "",
        "locale": best_locale(person.locale, languages, languages[0]),
        "zone": zone_of(scene),
    }


def _how(scene: Scene) -> list[Block]:
    """Say by which ways a list gets here from this chat."""
    ways: list[Block] = []
    if scene.found["takes_files"]:
        ways.append(Para(t("As a file: send it into this chat.")))
    if scene.found["pages"]:
        ways.append(Para(t("On a page: the button opens one that is yours alone.")))
    ways.append(
        Para(
            t("As lines: “import”, and below it the lines with their headings, as copied from a spreadsheet.")
        )
    )
    ways.append(Note(t("Headings like: 姓名, 手机, 岗位, 面试时间, 面试链接.")))
    ways.append(Note(t("You see what it does before anything changes.")))
    return ways


def not_yours() -> Turn:
    return answer(KIND, t("Lists are imported by HR. To add one interview: add"))


IMPORT = Command(
    "import",
    ("导入", "上传"),
    ROLES,
    USAGE,
    t("Take in a list of interviews or times: shown first, then done."),
    run,
    lambda rest: (Need("takes_files"), Need("pages")),
    is_personal=True,
    flags=(),
)
