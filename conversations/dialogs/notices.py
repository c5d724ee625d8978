"""What staff have to know outside any case: put aside, outage, a used link, a word not known or not allowed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conversations.book import fold
from conversations.commands import COMMANDS
from conversations.commands.help import may_run
from conversations.commands.lines import line_typed
from conversations.commands.why import in_words
from conversations.dialog import Command, Dialog, Scene, Turn
from conversations.effects import REPLY, Manner, Priority, Say, Then
from conversations.events import Done, Event, Said
from conversations.identity import Person, Role, ToPerson, ToTeam
from conversations.messages import Block, Fact, Message, Note
from locales.text import Listing, Moment, Span, Text, nt, t

LONGEST = 60
LABELS_SHOWN = 5

_COUNTED: Mapping[str, Text] = {
    "rungs": t("Reminders that fell due meanwhile"),
    "late": t("Sent late"),
    "expired": t("Too late to help, so not sent"),
}


def _result(event: Event) -> Mapping[str, Any]:
    return event.body.result if isinstance(event.body, Done) else {}


def _to_hr(message: Message, once: str) -> Turn:
    manner = Manner(where="ladder", priority=Priority.ALERT, once=once)
    return Turn(effects=(Say(ToTeam("hr"), message, manner),))


def _put_aside(scene: Scene, event: Event) -> Turn:
    """`result`: kind, interview (its label, if any), why, outbox (the row's id)."""
    found = _result(event)
    label, id = str(found.get("interview") or ""), str(found.get("outbox", ""))
    if label:
        lead = t(
            "A message about {label} could not be sent: {kind}.",
            label=label,
            kind=str(found.get("kind", "?")),
        )
        next = Note(t("Please tell the candidate another way. What was sent: why {label}", label=label))
    else:
        lead = t("Something could not be handled: {kind}.", kind=str(found.get("kind", "?")))
        next = Note(t("Please tell whoever runs Turnout."))
    blocks = (
        Fact("why", t("Why"), in_words(str(found.get("why", "?"))[:300])),
        next,
        Note(t("It was put aside; everything else goes on. To look: {command}",
               command=f"turnout admin outbox show {id}")),
    )  # fmt: skip
    return _to_hr(Message("notice.put_aside", lead, blocks), f"put_aside:{id or event.id}")


def _outage(scene: Scene, event: Event) -> Turn:
    """`result`: since and until (ISO); rungs that waited, late, expired: how many, or the labels of which."""
    found = _result(event)
    since, until = datetime.fromisoformat(found["since"]), datetime.fromisoformat(found["until"])
    lead = t(
        "I was not running for {span}, from {since} to {until}.",
        span=Span(until - since),
        since=Moment(since),
        until=Moment(until),
    )
    facts: tuple[Block, ...] = tuple(
        Fact(name, label, _how_many(found[name])) for name, label in _COUNTED.items() if found.get(name)
    )
    quiet = Note(t("Nobody was flagged for it. Interviews of that time without a word on how they went come to you as "
                   "a checklist; the reason of each message: why I-1024"))  # fmt: skip
    nothing = () if facts else (Note(t("No reminder fell due meanwhile.")),)
    return _to_hr(Message("notice.outage", lead, (*facts, *nothing, quiet)), f"outage:{since.isoformat()}")


def _how_many(value: Any) -> Text:
    if isinstance(value, int):
        return t("{count}", count=value)
    labels = tuple(str(label) for label in value)
    rest = len(labels) - LABELS_SHOWN
    more = (nt("{n} more", "{n} more", rest),) if rest > 0 else ()
    return t("{count}: {labels}", count=len(labels), labels=Listing((*labels[:LABELS_SHOWN], *more)))


def _used_link(scene: Scene, event: Event) -> Turn:
    """`result`: interview (its label) and account (where the second person opened it)."""
    found = _result(event)
    label = scene.interview.label if scene.interview else str(found.get("interview", ""))
    lead = t(
        "The invitation link of {label} was opened by somebody else. They were told nothing.", label=label
    )
    note = Note(t("The candidate keeps their chat. If it was the candidate with another account, send them a new "
                  "link: link {label}", label=label))  # fmt: skip
    where = str(found.get("account", ""))
    facts = (Fact("account", t("Opened by"), t("{account}", account=where)),) if where else ()
    return _to_hr(Message("notice.used_link", lead, (*facts, note)), f"used_link:{event.source}/{event.id}")


# -- words -----------------------------------------------------------------------------------------------


def _unknown_command(scene: Scene, event: Event) -> Turn:
    typed = line_typed(event)
    lead = t("I do not know “{typed}”.", typed=typed if len(typed) <= LONGEST else f"{typed[:LONGEST]}…")
    near = _nearest(scene.person, typed)
    blocks: tuple[Note, ...] = (Note(t("Everything you can ask: help")),)
    if near is not None:
        blocks = (Note(t("Did you mean {usage}?", usage=near.usage)), *blocks)
    return _reply(scene, Message("notice.unknown_command", lead, blocks))


def _nearest(person: Person | None, typed: str) -> Command | None:
    words = {fold(word): c for c in COMMANDS if may_run(person, c) for word in (c.name, *c.aliases)}
    asked = fold(typed)
    first = asked.partition(" ")[0]
    found = difflib.get_close_matches(first, words, n=1, cutoff=0.6)
    if not found and first and not first.isascii():
        found = [word for word in words if not word.isascii() and word in asked][:1]
    return words[found[0]] if found else None


def _not_allowed(scene: Scene, event: Event) -> Turn:
    if scene.person is not None and not scene.person.is_staff:
        # A candidate's words may be a command of staff as well: /help, /move. They mean their own.
        return Turn(effects=(Then(Said(line_typed(event))),))
    typed = line_typed(event).partition(" ")[0][:LONGEST]
    lead = t("“{typed}” is not among the things you may do here.", typed=typed)
    notes = (
        Note(t("Everything you can ask: help")),
        Note(t("If you need it, ask an administrator for the right.")),
    )
    return _reply(scene, Message("notice.not_allowed", lead, notes))


def _reply(scene: Scene, message: Message) -> Turn:
    """Answer whoever typed it, even where the scene also holds somebody's interview."""
    return Turn(effects=(Say(ToPerson(scene.person.id), message, REPLY),)) if scene.person else Turn()


NOTICES = Dialog(
    "notices",
    on={
        "done.put_aside": _put_aside,
        "done.outage": _outage,
        "done.used_link": _used_link,
        "unknown_command": _unknown_command,
        "not_allowed": _not_allowed,
    },
    roles=(Role.HR,),
)
