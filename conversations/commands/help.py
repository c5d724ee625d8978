"""`help`: what one may do, and nothing else; `help show` tells one command in full."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.book import fold
from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.identity import STAFF, Person, Role
from conversations.messages import Message, Note, item
from locales.text import t


def help_about(others: Sequence[Command], shorthands: Sequence[Command] = ()) -> Command:
    """Return the command that tells of the others and of itself; shorthands are explained when asked for."""

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        allowed = [command for command in (*others, made) if may_run(scene.person, command)]
        asked, all_of_them = fold(rest), [*allowed, *(c for c in shorthands if may_run(scene.person, c))]
        one = (
            next((c for c in all_of_them if asked in map(fold, (c.name, *c.aliases))), None)
            if asked
            else None
        )
        return Turn(say=_one(one) if one else _all(allowed))

    made = Command(
        "help",
        ("帮助", "commands", "命令", "?"),
        STAFF,
        "help",
        t("This list; with a word behind it, more about that one."),
        run,
    )
    return made


def may_run(person: Person | None, command: Command) -> bool:
    return Role.CANDIDATE in command.roles or (person is not None and person.may(*command.roles))


def _all(allowed: Sequence[Command]) -> Message:
    lines = (item(t("{usage}: {about}", usage=_usage(command), about=command.about)) for command in allowed)
    note = Note(
        t("In our private chat no slash is needed; today, tomorrow and no-shows work alone. More: help show")
    )
    return Message("command.help", t("This is what you can ask me:"), (*lines, note))


def _one(command: Command) -> Message:
    words = " · ".join((command.name, *command.aliases))
    lead = t("{usage}: {about}", usage=command.usage, about=command.about)
    return Message("command.help", lead, (Note(t("Words for it: {words}", words=words)),))


def _usage(command: Command) -> str:
    """Return a command as it is typed, with its Chinese word beside it."""
    chinese = next((word for word in command.aliases if not word.isascii()), None)
    return f"{command.usage} ({chinese})" if chinese else command.usage
