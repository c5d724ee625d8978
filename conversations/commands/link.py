"""`link I-1024`: the personal link that brings a candidate into the chat, to paste elsewhere."""

from __future__ import annotations

from conversations.commands.one import needs_targets, with_target
from conversations.commands.orders import DECIDERS, is_over
from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.findings import Target
from conversations.messages import Link, Message, Note
from locales.text import ct, t

USAGE = ct("typed", "link I-1024")


def run(scene: Scene, event: Event, rest: str) -> Turn:
    """Whoever opens the link is taken for the candidate, so it is given in private chats only."""
    if not event.is_private:
        lead = t("Invitation links are personal. Please ask me in our private chat: link I-1024")
        return Turn(say=Message("command.link", lead))
    return with_target(scene, event, rest, "link", USAGE, _link)


def _link(target: Target, tail: str) -> Turn:
    interview, candidate = target.interview, target.candidate
    if problem := is_over(target):
        return Turn(say=Message("command.link", problem))
    lead = t(
        "The personal link of {label} {name}. Send it to nobody else.",
        label=interview.label,
        name=candidate.name,
    )
    if candidate.reachable:
        note = t(
            "{name} is in the chat already; the link opens another channel for them.", name=candidate.name
        )
    else:
        note = t(
            "Once {name} opens it, they are greeted and reminded. Who is missing: list unbound",
            name=candidate.name,
        )
    link = Link(f"invite:{interview.id}", ct("button", "Invitation link"))
    return Turn(say=Message("command.link", lead, (Note(note),), (link,)))


LINK = Command(
    "link",
    ("链接", "邀请链接"),
    DECIDERS,
    USAGE,
    t("Get the link that brings a candidate into the chat."),
    run,
    needs_targets(),
    may_follow=True,
    flags=(),
)
