"""The four choices under every message about a coming interview: I'll be there, move it, can't come, get help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conversations.dialog import Hear, Pick, Scene, Session, Turn
from conversations.dialogs import rebook
from conversations.dialogs.appointments import actor, is_off, plan, standing, subject
from conversations.effects import Answer, Record, SaveInterview
from conversations.events import Event, Said
from conversations.interview import State
from conversations.messages import Press
from conversations.understanding.intents import heed
from locales.text import ct, t

EXITS = ("reminder.confirmed", "cant_come.ask", "menu.help", "status.now", "no_show.ask", *rebook.ENTRIES)


def presses(scene: Scene) -> tuple[Press, ...]:
    """Return the choices; whoever confirmed is not asked to again."""
    confirm = Press("confirm", ct("button", "I'll be there"), "primary")
    others = (
        Press("move", ct("button", "Another time")),
        Press("cant", ct("button", "I can't come")),
        Press("help", ct("button", "Get help")),
    )
    return others if scene.booked.attempt.confirmed_at else (confirm, *others)


def confirm(scene: Scene, event: Event) -> Turn:
    """They will be there: fewer reminders from now on."""
    if is_off(scene):
        return standing(scene)
    if scene.booked.state is State.NO_SHOW:
        return Turn(to="no_show.ask")
    interview = scene.booked
    if interview.attempt.confirmed_at is not None:
        return Turn(to="reminder.confirmed", answer=Answer(toast=t("You told us already. Thank you!")))
    confirmed = replace(interview, attempt=replace(interview.attempt, confirmed_at=scene.now))
    return Turn(
        effects=(
            SaveInterview(confirmed),
            *plan(scene, confirmed),
            Record("interview.confirmed", subject(interview), actor(scene)),
        ),
        to="reminder.confirmed",
        answer=Answer(toast=t("Thank you! See you then.")),
        chosen=ct("button", "I'll be there"),
    )


def cant(scene: Scene, event: Event) -> Turn:
    """They cannot come: why, and when instead, while there is still time."""
    if is_off(scene):
        return standing(scene)
    if scene.booked.state is State.NO_SHOW:
        return Turn(to="no_show.ask")
    return Turn(to="cant_come.ask", chosen=ct("button", "I can't come"))


def _confirm(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return confirm(scene, event)


def _move(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return replace(rebook.begin(scene, event), chosen=ct("button", "Another time"))


def _cant(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return cant(scene, event)


def _help(scene: Scene, session: Session, event: Event, arg: str) -> Turn:
    return Turn(to="menu.help", chosen=ct("button", "Get help"))


PICKS: Mapping[str, Pick] = {"confirm": _confirm, "move": _move, "cant": _cant, "help": _help}


def _hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    """After "will you be there?" a plain yes confirms, and a plain no is asked why."""
    match heed(said.text).intent:
        case "yes" if "confirm" in session.choices:
            return confirm(scene, event)
        case "no" if "cant" in session.choices:
            return cant(scene, event)
    return Turn(was_understood=False)


HEAR: Hear = _hear
