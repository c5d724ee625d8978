"""Commands about people: how somebody of staff is named, and who is asked for when several fit."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.dialog import Scene, Turn
from conversations.effects import REPLY, Show
from conversations.identity import Person, Role
from conversations.messages import MAX_CHOICES, Message, Note
from conversations.names import ROLES
from locales.text import Listing, Text, ct, t


def called(person: Person) -> Text:
    """Return somebody's roles in words, with the jobs of a recruiter."""
    staff = tuple(text for role, text in ROLES.items() if role in person.roles and role is not Role.CANDIDATE)
    if not staff:
        return ct("role", "without a role")
    if person.jobs:
        return t("{roles} for {jobs}", roles=Listing(staff), jobs=Listing(tuple(sorted(person.jobs))))
    return t("{roles}", roles=Listing(staff))


def answer(kind: str, lead: Text, *notes: Note) -> Turn:
    """Return the turn that answers a command in a sentence."""
    return Turn(say=Message(kind, lead, notes))


def which(scene: Scene, verb: str, before: str, found: Sequence[Person], after: str = "") -> Turn:
    """Ask which of several people is meant; the command goes on with whoever is chosen."""
    if scene.person is None:
        return Turn()
    options = [
        {"to": f"person:{person.id}", "name": person.name, "mailbox": person.email or ""}
        for person in found[:MAX_CHOICES]
    ]
    keep = {"verb": verb, "before": before, "after": after, "options": options}
    return Turn(effects=(Show(f"person:{scene.person.id}", "whom", "whom.ask", keep, REPLY),))
