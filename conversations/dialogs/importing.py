"""A list that came in: what every row would do on one card, and only its button takes the list in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conversations.commands.import_ import ROLES, look, not_yours
from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.effects import REPLY, Say, Show, Work
from conversations.events import Done, Event, Said, Sent
from conversations.identity import ToPerson
from conversations.messages import Block, Message, Note, Para, Press, item
from locales.text import Listing, Text, ct, nt, t

SHOWN = 7
_KEPT = ("blob", "file", "kind", "counts", "told", "untold", "locale", "zone")
_COUNTS = ("new", "changed", "unchanged", "bad")


# -- a file comes ----------------------------------------------------------------------------------------


def _got(scene: Scene, event: Event) -> Turn:
    """Take a document that staff send in their own chat for a list."""
    if not isinstance(event.body, Sent) or scene.person is None or not event.is_private:
        return Turn()
    if not scene.person.may(*ROLES):
        return not_yours()
    if not scene.found["takes_files"] or not event.body.reference:
        lead = t("I cannot open files that are sent here. Type “import”: there is a page for them.")
        return Turn(say=Message("import.refused", lead))
    source = {"account": event.account, "reference": event.body.reference, "file": event.body.name}
    return look(scene, event, source)


def _done(scene: Scene, event: Event) -> Turn:
    """`result`: what was asked for, and blob, kind, counts, told and plan; or unreadable; or error."""
    if not isinstance(event.body, Done) or scene.person is None or not scene.person.may(*ROLES):
        return Turn()
    result = event.body.result
    if problem := _refused(result):
        return _say(scene, problem)
    if result["do"] == "apply":
        return _say(scene, _applied(result))
    if not _todo(result["counts"]):
        return _say(scene, _card("import.nothing", _nothing(result), result, 1))
    keep = {**{name: result.get(name) for name in _KEPT}, "page": 1}
    return Turn(effects=(Show(f"person:{scene.person.id}", "import", "importing.preview", keep, REPLY),))


def _refused(result: Mapping[str, Any]) -> Message | None:
    again = Note(t("Nothing was changed. How lists get here: import"))
    if "unreadable" in result:
        return Message("import.refused", t("{reason}", reason=str(result["unreadable"])), (again,))
    if "error" in result:
        lead = t("The list could not be fetched or read just now. Please send it again.")
        return Message("import.refused", lead, (again,))
    return None


# -- the card --------------------------------------------------------------------------------------------


def _preview(scene: Scene, session: Session) -> Message:
    data = session.data
    page, n = int(data.get("page", 1)), _todo(data["counts"])
    presses = [
        Press("apply", ct("button", "Take in {n}", n=n), "primary"),
        Press("no", ct("button", "No, leave it")),
    ]
    if len(data["told"]) > page * SHOWN:
        presses.append(Press(f"more:{page + 1}", ct("button", "More")))
    return _card(
        "import.preview",
        _lead(data),
        data,
        page,
        Note(t("Nothing has happened yet.")),
        actions=tuple(presses),
    )


def _lead(data: Mapping[str, Any]) -> Text:
    n = sum(data["counts"].values())
    if data["kind"] == "slots":
        return nt(
            "{file}: {n} time. Shall I take it in?",
            "{file}: {n} times. Shall I take them in?",
            n,
            file=data["file"],
        )
    return nt(
        "{file}: {n} interview. Shall I take it in?",
        "{file}: {n} interviews. Shall I take them in?",
        n,
        file=data["file"],
    )


def _nothing(data: Mapping[str, Any]) -> Text:
    if data["counts"].get("bad"):
        return t("{file}: no row can be taken in as it is.", file=data["file"])
    return t("{file} holds nothing that is not known already.", file=data["file"])


def _card(
    kind: str, lead: Text, data: Mapping[str, Any], page: int, *notes: Block, actions: tuple[Press, ...] = ()
) -> Message:
    told: Sequence[Sequence[Any]] = data["told"]
    shown = told[(page - 1) * SHOWN : page * SHOWN]
    blocks = (Para(tally(data["counts"])), *map(_row, shown), *_rest(data, page), *notes)
    return Message(kind, lead, blocks, actions)


def tally(counts: Mapping[str, int]) -> Text:
    """Return how many rows there are of each kind, in words."""
    words = {
        "new": nt("{n} new", "{n} new", counts.get("new", 0)),
        "changed": nt("{n} changed", "{n} changed", counts.get("changed", 0)),
        "unchanged": nt("{n} unchanged", "{n} unchanged", counts.get("unchanged", 0)),
        "bad": nt("{n} left out", "{n} left out", counts.get("bad", 0)),
    }
    return t("{counts}", counts=Listing(tuple(words[name] for name in _COUNTS if counts.get(name))))


def _row(told: Sequence[Any]) -> Para:
    row, who, _, column, reason = told
    if column:
        return item(t("Row {row} {who}, {column}: {reason}", row=row, who=who, column=column, reason=reason))
    return item(t("Row {row} {who}: {reason}", row=row, who=who, reason=reason))


def _rest(data: Mapping[str, Any], page: int) -> Iterator[Note]:
    rest = len(data["told"]) - page * SHOWN + int(data.get("untold") or 0)
    if rest > 0:
        yield Note(nt("{n} more", "{n} more", rest))
    if data["counts"].get("bad"):
        yield Note(t("Mend these rows and send the list again: what is known already stays as it is."))


def _applied(result: Mapping[str, Any]) -> Message:
    n = _todo(result["counts"])
    lead = nt("Done: {n} row taken in.", "Done: {n} rows taken in.", n)
    plan = result.get("plan") or (0, 0)
    blocks: list[Block] = [Para(tally(result["counts"]))]
    if any(plan):
        blocks.append(Para(t("Reminders: +{added} −{dropped}.", added=plan[0], dropped=plan[1])))
    next = (
        t("The times there are: slots")
        if result["kind"] == "slots"
        else t("Who has not opened their link yet: list unbound · What will be sent: plan tomorrow")
    )
    return Message("import.applied", lead, (*blocks, *_rest({**result, "told": ()}, 1), Note(next)))


def _todo(counts: Mapping[str, int]) -> int:
    return int(counts.get("new", 0)) + int(counts.get("changed", 0))


# -- what is answered ------------------------------------------------------------------------------------


def _apply(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    if scene.person is None:
        return Turn()
    data = session.data
    asked = {name: data.get(name) for name in ("blob", "file", "kind", "locale", "zone")}
    work = Work("list", {**asked, "do": "apply", "person": str(scene.person.id)})
    return Turn(effects=(work,), to=END, chosen=ct("button", "Take in {n}", n=_todo(data["counts"])))


def _more(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="preview", keep={"page": int(arg)})


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    said = Message("import.left", t("Nothing was changed."), (Note(t("How lists get here: import")),))
    return Turn(say=said, to=END, chosen=ct("button", "No, leave it"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _apply(scene, session, event, "")
    if no_in(said.text):
        return _no(scene, session, event, "")
    return Turn(was_understood=False)


def _say(scene: Scene, message: Message) -> Turn:
    """Answer whoever asked, even where the scene also holds somebody's interview."""
    return Turn(effects=(Say(ToPerson(scene.person.id), message),)) if scene.person else Turn()


IMPORTING = Dialog(
    "importing",
    Ask("preview", _preview, {"apply": _apply, "more": _more, "no": _no}, hear=_hear, exits=(END, "preview")),
    on={"document": _got, "done.list": _done},
    needs={"document": ("takes_files",)},
    roles=ROLES,
)
