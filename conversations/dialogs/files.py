"""Files that took a while to make, brought to whoever asked for them: pictures of figures and exported lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.dialog import Dialog, Scene, Turn
from conversations.effects import Record, Say
from conversations.events import Done, Event
from conversations.identity import STAFF, ToPerson
from conversations.messages import File, Message, Note
from conversations.pictures import picture_from
from locales.text import Text, nt, t

_ALT_LIST = t("The list of appointments")


def _picture(scene: Scene, event: Event) -> Turn:
    """Show a picture below the figures that were told in words; without one those have to do."""
    result = _result(event)
    if scene.person is None:
        return Turn()
    if "blob" not in result:
        why = str(result.get("error", "?"))[:200]
        return Turn(effects=(Record("picture.failed", f"person:{scene.person.id}", "core", {"why": why}),))
    picture = picture_from(result["picture"])
    shown = File(str(result["blob"]), str(result["name"]), "image/png", picture.alt)
    return _told(scene, Message("picture", picture.title, (shown,)))


def _export(scene: Scene, event: Event) -> Turn:
    """Bring the file, or say in one line what stands against it and what to do."""
    result = _result(event)
    if scene.person is None:
        return Turn()
    if "blob" not in result:
        return _told(scene, _no_export(result))
    n = int(result["rows"])
    first, *others = _files(result)
    lead = nt("Here is the list: {n} appointment.", "Here is the list: {n} appointments.", n)
    if others:
        lead = t("Here is the list: {n} appointments, in {parts} parts.", n=n, parts=1 + len(others))
    turn = _told(scene, Message("export", lead, (first, Note(_note(result)))))
    for part, file in enumerate(others, start=2):
        lead = t("Part {part} of {parts}", part=part, parts=1 + len(others))
        turn = turn.and_also(*_told(scene, Message("export", lead, (file,))).effects)
    deed = Record("export.made", f"person:{scene.person.id}", f"person:{scene.person.id}", _detail(result))
    return turn.and_also(deed)


def _files(result: Mapping[str, Any]) -> list[File]:
    """Return the list's files in their order: one, unless that would be too large for a message."""
    parts = result.get("files") or [result]
    kind = str(result["media_type"])
    return [File(str(part["blob"]), str(part["name"]), kind, _ALT_LIST) for part in parts]


def _no_export(result: Mapping[str, Any]) -> Message:
    days = str(result.get("when", ""))
    if result.get("rows") == 0:
        lead = t("There is nothing to export for {days}.", days=_asked(result, days))
        return Message("export", lead, (Note(t("Try a longer time: export last90d. What there is: list")),))
    if "most" in result:
        lead = t("That is more than {n} appointments, too many for one file.", n=int(result["most"]))
        return Message("export", lead, (Note(t("Ask for fewer days: export 2026-11")),))
    lead = t("The list could not be made.")
    return Message("export", lead, (Note(t("Please try again; if it stays so, tell whoever runs Turnout.")),))


def _asked(result: Mapping[str, Any], days: str) -> str:
    pairs = result.get("pairs") or {}
    return " ".join((days, *(f"{key}:{value}" for key, value in pairs.items())))


def _note(result: Mapping[str, Any]) -> Text:
    if result["is_whole"]:
        return t(
            "It holds whole names and phone numbers: keep it to those who need it. This was written down."
        )
    return t("Given names and the middle of phone numbers are hidden.")


def _detail(result: Mapping[str, Any]) -> dict[str, str]:
    whole = "yes" if result["is_whole"] else "no"
    return {
        "days": str(result["when"]),
        "form": str(result["form"]),
        "whole": whole,
        "rows": str(result["rows"]),
    }


def _result(event: Event) -> Mapping[str, Any]:
    return event.body.result if isinstance(event.body, Done) else {}


def _told(scene: Scene, message: Message) -> Turn:
    """Answer whoever asked, even where the scene also holds somebody's interview."""
    return Turn(effects=(Say(ToPerson(scene.person.id), message),)) if scene.person else Turn()


FILES = Dialog("files", on={"done.chart": _picture, "done.export": _export}, roles=STAFF)
