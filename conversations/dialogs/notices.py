"""What staff have to know outside any case: put aside, outage, a used link, a word not known or not allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from conversations.book import fold
from conversations.commands import COMMANDS
from conversations.commands.help import may_run
from conversations.commands.lines import line_typed
from conversations.commands.why import in_words
from conversations.dialog import Command, Dialog, Scene, Turn
from conversations.effects import ALERT, REPLY, Manner, Priority, Record, Say, Then
from conversations.events import Done, Event, Said
from conversations.identity import Person, Role, ToPerson, ToTeam
from conversations.messages import Block, Fact, Message, Note
from conversations.names import channel_name, channel_of, message_name
from conversations.understanding.nearest import nearest
from locales.text import Listing, Moment, Span, Text, ct, nt, t
from locales.translate import LOCALES
from locales.zones import local

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
            kind=message_name(str(found.get("kind", "?"))),
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
    where = channel_of(str(found.get("account", "")))
    facts = (Fact("channel", t("Opened in"), t("{channel}", channel=channel_name(where))),) if where else ()
    return _to_hr(Message("notice.used_link", lead, (*facts, note)), f"used_link:{event.source}/{event.id}")


# -- a place is lost -------------------------------------------------------------------------------------


def _place_lost(scene: Scene, event: Event) -> Turn:
    """`result`: account, chat, kind (of what was not read there), why (as the platform says it).

    Told to everybody of HR, or to the administrators, in person: the group itself reads nothing any more.
    """
    found = _result(event)
    account, chat = str(found.get("account", "")), str(found.get("chat", ""))
    channel = channel_of(account)
    lead = t(
        "I can no longer write to {group} in {channel}.",
        group=_group(scene, account, chat),
        channel=channel_name(channel),
    )
    blocks = (
        Fact("what", t("Not read there"), message_name(str(found.get("kind", "")))),
        Fact("why", t("The platform says"), t("{why}", why=str(found.get("why", "?"))[:200])),
        Note(_REMEDIES.get(channel, _REMEDY)),
        Note(t("Until then one of you gets it in person. Or name another group: turnout.toml, [teams].")),
    )
    message = Message("notice.place_lost", lead, blocks)
    day = local(scene.now, scene.policy.zone).date().isoformat()
    return Turn(
        effects=tuple(
            Say(
                ToPerson(member.id), message, replace(ALERT, once=f"place:{account}:{chat}:{day}:{member.id}")
            )
            for member in _those_who_act(scene)
        )
    )


_REMEDIES: Mapping[str, Text] = {
    "slack": t("Open that channel in Slack and type: /invite, then the name of this bot."),
    "telegram": t("Add this bot to the group in Telegram again, and let it write there."),
}
_REMEDY = t("Let this bot into the group again, and let it write there.")


def _group(scene: Scene, account: str, chat: str) -> Text:
    places = (
        (scene.policy.alerts_place, t("the group for alerts")),
        (scene.policy.support_place, t("support's group")),
        (scene.policy.digest_place, t("the group for the digest")),
    )
    here = (name for place, name in places if place and (place.account, place.chat) == (account, chat))
    return next(here, t("a group"))


def _those_who_act(scene: Scene) -> Sequence[Person]:
    team: Sequence[Person] = scene.found["team"]
    hr = [person for person in team if Role.HR in person.roles]
    return hr or [person for person in team if Role.ADMIN in person.roles]


# -- words -----------------------------------------------------------------------------------------------


def _unknown_command(scene: Scene, event: Event) -> Turn:
    typed = line_typed(event)
    lead = t("I do not know “{typed}”.", typed=typed if len(typed) <= LONGEST else f"{typed[:LONGEST]}…")
    near = _nearest(scene.person, typed)
    blocks: tuple[Note, ...] = (Note(t("Everything you can ask: help")),)
    if near is not None:
        blocks = (Note(t("Did you mean {usage}?", usage=near.usage)), *blocks)
    return _reply(scene, Message("notice.unknown_command", lead, blocks))


def _unclear(scene: Scene, event: Event) -> Turn:
    """A bare number or yes, but something else was told since: it is not guessed what it answers."""
    lead = t(
        "It is not clear what “{typed}” answers, so nothing has happened.", typed=line_typed(event)[:LONGEST]
    )
    note = Note(t("Please tap the button you mean, or type the command: help"))
    return _reply(scene, Message("notice.unclear", lead, (note,)))


def _no_language(scene: Scene, event: Event) -> Turn:
    lead = t("I do not speak that language. There are: {known}", known=Listing(LOCALES))
    typed = ct("typed", "list today --lang {tag}", tag=LOCALES[0])
    note = Note(t("Type for example: {usage}", usage=typed))
    return _reply(scene, Message("notice.no_language", lead, (note,)))


def _several(scene: Scene, event: Event) -> Turn:
    lead = t("One command a message, please: nothing has happened yet.")
    return _reply(scene, Message("notice.several_commands", lead, (Note(t("Everything you can ask: help")),)))


def _nearest(person: Person | None, typed: str) -> Command | None:
    """Return the command whose word is least far from what was typed, in either language."""
    words = {fold(word): c for c in COMMANDS if may_run(person, c) for word in (c.name, *c.aliases)}
    asked = fold(typed)
    said = [word for word in words if not word.isascii() and word in asked]
    near = max(said, key=len, default=None) or nearest(asked.partition(" ")[0], words)
    return words[near] if near is not None else None


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
    turn = _reply(scene, Message("notice.not_allowed", lead, notes))
    if scene.person is None:
        return turn
    actor = f"person:{scene.person.id}"
    return turn.and_also(Record("right.refused", actor, actor, {"what": typed}))


def _reply(scene: Scene, message: Message) -> Turn:
    """Answer whoever typed it, even where the scene also holds somebody's interview."""
    return Turn(effects=(Say(ToPerson(scene.person.id), message, REPLY),)) if scene.person else Turn()


NOTICES = Dialog(
    "notices",
    on={
        "done.put_aside": _put_aside,
        "done.outage": _outage,
        "done.used_link": _used_link,
        "done.place_lost": _place_lost,
        "unknown_command": _unknown_command,
        "unclear": _unclear,
        "no_language": _no_language,
        "several_commands": _several,
        "not_allowed": _not_allowed,
    },
    needs={"done.place_lost": ("team",)},
    roles=(Role.HR,),
)
