"""A change of the configuration: what it would do to the reminders is shown first, then somebody says yes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conversations.commands.config import change_line
from conversations.configured import Refused, changes_from, plan_from, refused_from
from conversations.dialog import END, Ask, Dialog, Scene, Session, Turn
from conversations.dialogs.yes_or_no import no_in, yes_in
from conversations.effects import ALERT, REPLY, Manner, Priority, Say, Show, Work
from conversations.events import Done, Event, Said
from conversations.identity import Role, ToPerson, ToTeam
from conversations.messages import Block, Message, Note, Para, Press, item
from conversations.plan import Replanned
from locales.text import Text, ct, nt, t

SHOWN = 8
_KEPT = ("key", "value", "also", "company", "role", "version", "base", "changes", "plan")


# -- what comes back from the work -----------------------------------------------------------------------


def _done(scene: Scene, event: Event) -> Turn:
    """`result`: what was asked for, and problems, changes and plan, unknown_version, is_stale or error."""
    if not isinstance(event.body, Done) or scene.person is None or not scene.person.may():
        return Turn()
    result = event.body.result
    if told := _refused(result):
        return _say(scene, told)
    if result["do"] == "apply":
        return _say(scene, _applied(result))
    if not result["changes"]:
        lead = t("That is so already: nothing would change.")
        return _say(scene, Message("config.same", lead, (Note(t("How it stands: config get")),)))
    if result["is_sure"]:
        return Turn(effects=(Work("config", {**_wanted(result, scene), "is_dry": False, "is_sure": False}),))
    if result["is_dry"]:
        note = Note(t("Only a preview: nothing has happened. Without --dry-run you are asked."))
        return _say(scene, _preview(result, note))
    keep = {name: result.get(name) for name in _KEPT}
    return Turn(effects=(Show(f"person:{scene.person.id}", "config", "configuring.ask", keep, REPLY),))


def _wanted(result: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    kept = {name: result.get(name) for name in ("key", "value", "also", "company", "role", "version", "base")}
    person = str(scene.person.id) if scene.person else ""
    return {**kept, "do": "apply", "person": person, "is_dry": False, "is_sure": False}


def _refused(result: Mapping[str, Any]) -> Message | None:
    see = Note(t("Nothing was changed. How it stands: config get"))
    if "problems" in result:
        problems = refused_from(result["problems"])
        lead = nt(
            "This cannot be: {n} thing is wrong.", "This cannot be: {n} things are wrong.", len(problems)
        )
        return Message("config.refused", lead, (*map(_problem, problems[:SHOWN]), *_rest(problems), see))
    if "unknown_version" in result:
        lead = t("There is no version {n} that could be taken back.", n=int(result["unknown_version"]))
        return Message("config.refused", lead, (Note(t("Which versions there are: config list")),))
    if result.get("is_stale"):
        lead = t("Somebody else has changed the configuration meanwhile. Nothing was changed.")
        return Message(
            "config.refused", lead, (Note(t("What is different now: config diff. Then type it again.")),)
        )
    if "error" in result:
        lead = t("The configuration could not be changed just now. Please try again.")
        return Message("config.refused", lead, (see,))
    return None


def _problem(problem: Refused) -> Para:
    key, reason, remedy = problem.key, problem.reason, problem.remedy
    return item(t("{key}: {reason}; {remedy}", key=key, reason=reason, remedy=remedy))


def _rest(lines: Sequence[object]) -> Iterator[Note]:
    rest = len(lines) - SHOWN
    if rest > 0:
        yield Note(nt("{n} more", "{n} more", rest))


def _applied(result: Mapping[str, Any]) -> Message:
    lead = t("Done: this is version {n} of the configuration.", n=int(result["version"]))
    back = Note(
        t("To take it back: {command}", command=ct("typed", "config back {n}", n=int(result["version"]) - 1))
    )
    return Message(
        "config.applied", lead, (*_what(result), Para(_planned(plan_from(result["plan"]), True)), back)
    )


# -- the question ----------------------------------------------------------------------------------------


def _preview(result: Mapping[str, Any], *notes: Block, actions: tuple[Press, ...] = ()) -> Message:
    lead = nt("This changes {n} key:", "This changes {n} keys:", len(result["changes"]))
    plan = Para(_planned(plan_from(result["plan"]), False))
    return Message("config.preview", lead, (*_what(result), plan, *notes), actions)


def _what(result: Mapping[str, Any]) -> Iterator[Block]:
    changes = changes_from(result["changes"])
    yield from (item(change_line(change)) for change in changes[:SHOWN])
    yield from _rest(changes)


def _planned(plan: Replanned, is_done: bool) -> Text:
    """Tell what becomes of the reminders of interviews to come."""
    if not any(plan):
        return t("No reminder that is planned changes.")
    counts = {"added": plan.added, "moved": plan.moved, "dropped": plan.dropped}
    if is_done:
        return t("Reminders planned anew: +{added} −{dropped}, {moved} moved.", **counts)
    return t("Reminders of interviews to come: +{added} −{dropped}, {moved} would move.", **counts)


def _ask(scene: Scene, session: Session) -> Message:
    presses = (
        Press("yes", ct("button", "Yes, change it"), "danger"),
        Press("no", ct("button", "No, leave it")),
    )
    return _preview(session.data, Note(t("Nothing has happened yet.")), actions=presses)


def _yes(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    work = Work("config", _wanted(session.data, scene))
    return Turn(effects=(work,), to=END, chosen=ct("button", "Yes, change it"))


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    said = Message("config.left", t("Nothing was changed."), (Note(t("How it stands: config get")),))
    return Turn(say=said, to=END, chosen=ct("button", "No, leave it"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if yes_in(said.text):
        return _yes(scene, session, event, "")
    if no_in(said.text):
        return _no(scene, session, event, "")
    return Turn(was_understood=False)


def _say(scene: Scene, message: Message) -> Turn:
    """Answer whoever asked, even where the scene also holds somebody's interview."""
    return Turn(effects=(Say(ToPerson(scene.person.id), message),)) if scene.person else Turn()


# -- a file that says something else ---------------------------------------------------------------------


def _file_differs(scene: Scene, event: Event) -> Turn:
    """`result`: version in force, keys that differ, misfits."""
    result = event.body.result if isinstance(event.body, Done) else {}
    misfits = refused_from(result.get("misfits", ()))
    keys: Sequence[str] = result.get("keys", ())
    if misfits:
        lead = t("Version {n} of the configuration does not fit the file any more, so the file's own is in force.",
                 n=int(result["version"]))  # fmt: skip
    else:
        lead = t("turnout.toml says something else than version {n} of the configuration, which is in force.",
                 n=int(result["version"]))  # fmt: skip
    lines = (
        tuple(map(_problem, misfits[:SHOWN]))
        if misfits
        else tuple(item(t("{line}", line=key)) for key in keys[:SHOWN])
    )
    ways = (
        Note(t("To take the file: {command}", command="turnout config take-file")),
        Note(t("To keep what is in force: change nothing; {command} prints it for the file.",
               command="turnout config print")),
    )  # fmt: skip
    message = Message("config.file_differs", lead, (*lines, *_rest(misfits or keys), *ways))
    manner = Manner(where=ALERT.where, priority=Priority.ALERT, once=event.id)
    return Turn(effects=(Say(ToTeam("admin"), message, manner),))


CONFIGURING = Dialog(
    "configuring",
    Ask("ask", _ask, {"yes": _yes, "no": _no}, hear=_hear, exits=(END,)),
    on={"done.config": _done, "done.file_differs": _file_differs},
    roles=(Role.ADMIN,),
)
