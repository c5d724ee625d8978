"""`reveal I-1024`: phone numbers and mailboxes whole, in the asker's own chat, and written down."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.commands.one import needs_targets, with_target
from conversations.commands.people import answer
from conversations.dialog import Command, Scene, Turn
from conversations.effects import Record
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import Role
from conversations.messages import Action, Fact, Link, Message, Note
from conversations.names import channel_name
from locales.text import ct, t

KIND = "command.reveal"
USAGE = ct("typed", "reveal I-1024")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """What is whole is for one pair of eyes; who looked is in the journal."""
    if not event.is_private:
        return answer(
            KIND, t("Phone numbers and mailboxes are shown in our private chat only: reveal I-1024")
        )

    def then(target: Target, tail: str) -> Turn:
        return _shown(scene, target)

    return with_target(scene, event, rest, "reveal", USAGE, then)


def _shown(scene: Scene, target: Target) -> Turn:
    interview, person = target.interview, target.candidate
    if scene.person is None:
        return Turn()
    facts = tuple(_facts(target))
    note = Note(t("Please keep it to yourself. That you looked is written down."))
    lead = t("{label} {name}:", label=interview.label, name=person.name)
    if not facts:
        lead = t(
            "{label} {name}: neither phone nor mailbox is known.", label=interview.label, name=person.name
        )
    calls: tuple[Action, ...] = (Link(f"tel:{person.phone}", ct("button", "Call")),) if person.phone else ()
    deed = Record("person.revealed", f"interview:{interview.id}", f"person:{scene.person.id}")
    return Turn(effects=(deed,), say=Message(KIND, lead, (*facts, note), calls))


def _facts(target: Target) -> Iterator[Fact]:
    person = target.candidate
    if person.phone:
        yield Fact("phone", t("Phone"), t("{phone}", phone=person.phone))
    if person.email:
        yield Fact("email", t("E-mail"), t("{value}", value=person.email))
    for channel, user in sorted(person.hints.items()):
        value = t("{channel}: {user}", channel=channel_name(channel), user=user)
        yield Fact("account", t("In the list"), value)


REVEAL = Command(
    "reveal",
    ("显示联系方式", "联系方式"),
    frozenset({Role.HR, Role.RECRUITER}),
    USAGE,
    t("Phone and mailbox of a candidate, whole; written down."),
    run,
    needs_targets(),
    may_follow=True,
    is_personal=True,
    flags=(),
)
