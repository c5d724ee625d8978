"""`help`: what one may do, and nothing else, on one screen; `help show` tells one command in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conversations.book import fold
from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.identity import STAFF, Person, Role
from conversations.messages import Message, Note, item
from locales.text import Text, ct, t


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
        known = {fold(word) for c in (*others, *shorthands, made) for word in (c.name, *c.aliases)}
        lead = t("I do not know “{typed}”. This is what you can ask me:", typed=rest.strip()[:40])
        is_unknown = bool(asked) and asked not in known
        return Turn(say=_one(one) if one else _all(allowed, lead if is_unknown else _ALL))

    made = Command(
        "help",
        ("帮助", "commands", "命令", "?"),
        STAFF,
        ct("typed", "help"),
        t("This list; with a word behind it, more about that one."),
        run,
        flags=(),
    )
    return made


def may_run(person: Person | None, command: Command) -> bool:
    return Role.CANDIDATE in command.roles or (person is not None and person.may(*command.roles))


TOPICS: Sequence[tuple[Text, str]] = (
    (ct("help", "Look"), "list show why plan risk slots preview"),
    (ct("help", "Do, for one or many"), "remind confirm joined noshow move rebook cancel pause resume undo"),
    (ct("help", "Invite"), "add invite link import"),
    (ct("help", "Look after"), "take assign handoff write handback close reveal"),
    (ct("help", "Figures"), "stats reasons trend report standard digest page export"),
)
"""What belongs together; whatever stands under none of these is about Turnout itself."""
_ITSELF = ct("help", "Turnout itself")


_ALL = t("This is what you can ask me:")
_SEVERAL = t("Several at once: remind state:unconfirmed tomorrow. Only to see what would happen: --dry-run")


def _all(allowed: Sequence[Command], lead: Text = _ALL) -> Message:
    may_remind = any(command.name == "remind" for command in allowed)
    notes = (
        *([Note(_SEVERAL)] if may_remind else []),
        Note(
            t(
                "In our private chat no slash is needed; today, tomorrow and no-shows work alone. More: help show"
            )
        ),
    )
    lines = tuple(map(item, _by_topic(allowed)))
    return Message("command.help", lead, (*lines, *notes))


def _by_topic(allowed: Sequence[Command]) -> Iterator[Text]:
    left = {command.name: command for command in allowed}
    for topic, names in (*TOPICS, (_ITSELF, "")):
        own = [name for name in (names.split() or tuple(left)) if name in left]
        words = " · ".join(_words(left.pop(name)) for name in own)
        if words:
            yield t("{topic}: {words}", topic=topic, words=words)


def _words(command: Command) -> str:
    """Return a command's word with its Chinese one."""
    chinese = next((word for word in command.aliases if not word.isascii()), "")
    return f"{command.name} {chinese}".strip()


def _one(command: Command) -> Message:
    words = " · ".join((command.name, *command.aliases))
    lead = t("{usage}: {about}", usage=command.usage, about=command.about)
    return Message("command.help", lead, (Note(t("Words for it: {words}", words=words)),))
