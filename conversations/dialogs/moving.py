"""To when? `move` without a time: a day and a time are chosen or typed, then asked about before anybody is told."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.move import ORDER, arguments
from conversations.commands.orders import Matter, ask_first, matter_of
from conversations.dialog import END, Ask, Dialog, Need, Scene, Session, Turn
from conversations.dialogs.forms import filled, span_in
from conversations.dialogs.phrases import is_url
from conversations.effects import Answer
from conversations.engine import NeedMore
from conversations.events import Event, Said
from conversations.findings import Target
from conversations.messages import Field, Form, Message, Note, Press
from conversations.rights import sees
from locales.text import Text, ct, t
from locales.zones import local

_NO = frozenset("no n 不 不是 不要 否 算了 别".split())
_KNOWN = Book.of((), COMMANDS)


# -- what is asked ---------------------------------------------------------------------------------------


def _when(scene: Scene, session: Session) -> Message:
    matter = Matter.from_data(session.data["matter"])
    lead = t(
        "When should {label} {name} be? Now it is {when} ({zone}).",
        label=matter.label,
        name=matter.name,
        when=matter.when,
        zone=matter.zone,
    )
    presses = (Press("choose", ct("button", "Pick a day and time"), "primary"), *_leave())
    return Message("move.when", lead, (Note(_example()),), presses)


def _typed(scene: Scene, session: Session) -> Message:
    label = session.data["matter"]["label"]
    lead = t("Type the new day and time for {label}.", label=label)
    return Message("move.typed", lead, (Note(_example()),), _leave())


def _example() -> Text:
    return t("For example: tomorrow 14:00, or 2026-11-25 14:00. Nothing has happened yet.")


def _leave() -> tuple[Press, ...]:
    return (Press("no", ct("button", "No, leave it")),)


def _form(scene: Scene, session: Session) -> Form:
    matter = Matter.from_data(session.data["matter"])
    now = local(matter.starts_at, matter.zone)
    return Form(
        "move.typed",
        t("Move {label}", label=matter.label),
        (
            Field(
                "day",
                t("New day"),
                "date",
                initial=max(now, local(scene.now, matter.zone)).date().isoformat(),
            ),
            Field("time", t("New time (clocks in {zone})", zone=matter.zone), "time", initial=f"{now:%H:%M}"),
            Field("link", t("New link, if it changes"), is_required=False, max_length=500),
        ),
        ct("button", "Move it"),
    )


# -- what is answered ------------------------------------------------------------------------------------


def _choose(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="typed", chosen=ct("button", "Pick a day and time"))


def _no(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    label = session.data["matter"]["label"]
    lead = t("Nothing was changed. {label} stays as it is.", label=label)
    said = Message("command.move", lead, (Note(t("How it stands: show {label}", label=label)),))
    return Turn(say=said, to=END, chosen=ct("button", "No, leave it"))


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """A day and a time as they would stand behind the command; another command is heard as one."""
    words = unicodedata.normalize("NFKC", said.text).strip()
    if words.casefold().strip(" .!?。！？") in _NO:
        return _no(scene, session, event, "")
    target = _target(scene, session)
    read = arguments(scene, target, words) if target else _not_yours(session)
    if not isinstance(read, Text):
        return _ask(scene, event, target, read)
    if target is not None and _is_command(words):
        return Turn(was_understood=False)
    return Turn(say=Message("command.move", read), to=None if target else END)


def _submit(scene: Scene, session: Session, event: Event, values: Mapping[str, str]) -> Turn:
    day, at, link = filled(values, "day", "time", "link")
    target, zone = _target(scene, session), Matter.from_data(session.data["matter"]).zone
    if target is None:
        return Turn(say=Message("command.move", _not_yours(session)), to=END)
    span, wrong = span_in(day, at or "?", zone, scene.now)
    if link and not is_url(link):
        wrong["link"] = t("This is no address. It begins with https://")
    if span is None or wrong:
        return Turn(answer=Answer(field_errors=wrong))
    read = arguments(scene, target, f"{_typed_as(span[0], zone)} {link}".strip())
    if isinstance(read, Text):
        return Turn(answer=Answer(field_errors={"time": read}))
    return _ask(scene, event, target, read)


def _ask(scene: Scene, event: Event, target: Target | None, args: Mapping[str, str]) -> Turn:
    """Go on to the question before it, unless it can no longer be done."""
    if target is None:
        return Turn(to=END)
    if problem := ORDER.refuse(target, scene.now):
        return Turn(say=Message("command.move", problem), to=END)
    turn = ask_first(ORDER, scene, matter_of(target, event, args))
    return Turn(effects=turn.effects, say=turn.say, to=END)


def _typed_as(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%Y-%m-%d %H:%M}"


def _target(scene: Scene, session: Session) -> Target | None:
    """Return the interview that is to be moved, if whoever was asked may still see it."""
    matter = Matter.from_data(session.data["matter"])
    if "targets" not in scene.found:
        raise NeedMore((Need("targets", {"text": matter.label}),))
    found: Sequence[Target] = scene.found["targets"]
    return next(
        (x for x in found if x.interview.id == matter.interview and sees(scene.person, x.interview)), None
    )


def _not_yours(session: Session) -> Text:
    return t("{label} is not yours to change any more.", label=session.data["matter"]["label"])


def _is_command(words: str) -> bool:
    return (_KNOWN.command(words) or _KNOWN.command_behind(words)) is not None


MOVING = Dialog(
    "moving",
    Ask(
        "when",
        _when,
        {"choose": _choose, "no": _no},
        hear=_hear,
        exits=("typed", END),
        form=_form,
        submit=_submit,
    ),
    Ask("typed", _typed, {"no": _no}, hear=_hear, exits=(END,), form=_form, submit=_submit),
    roles=ORDER.roles,
)
