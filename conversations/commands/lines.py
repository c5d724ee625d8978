"""How staff read an interview: its line in a list, its state in words, and whose turn it is until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from conversations.dialog import Scene
from conversations.events import Commanded, Event, Said
from conversations.figures import REASONS
from conversations.findings import Target
from conversations.identity import Person
from conversations.interview import CaseKind, Interview, State
from conversations.messages import Note, Para, item
from conversations.steps import OWNERS, Owner, Step
from locales.mask import mask_name, mask_phone
from locales.text import Day, Moment, Text, TimeOfDay, ct, nt, t
from locales.zones import day_bounds, local

SCREEN = 8
"""Lines of a list that fit one screen; the rest is on further pages."""

KINDS: Mapping[CaseKind, Text] = {
    CaseKind.NO_SHOW: ct("case", "no-show"),
    CaseKind.TECHNICAL: ct("case", "technical problem"),
    CaseKind.PERSON: ct("case", "wants to talk to a person"),
}

_STATES: Mapping[State, Text] = {
    State.JOINED: ct("state", "joined"),
    State.COMPLETED: ct("state", "completed"),
    State.NO_SHOW: ct("state", "no-show"),
    State.CANCELLED: ct("state", "cancelled"),
    State.WITHDRAWN: ct("state", "withdrawn"),
}


def zone_of(scene: Scene) -> str:
    """Return on whose clocks typed days are meant: the asker's own, or else the company's."""
    return (scene.person.zone if scene.person else None) or scene.policy.zone


def name_of(person: Person, event: Event) -> str:
    """Return a candidate's name: whole in a private chat, with the given name hidden where others read along."""
    return person.name if event.is_private else mask_name(person.name)


def phone_of(person: Person) -> str | None:
    """Return a candidate's phone number with its middle hidden: whole it is told by `reveal` alone."""
    return mask_phone(person.phone) if person.phone is not None else None


def when_it_is(interview: Interview) -> Moment:
    return Moment(interview.attempt.starts_at, interview.attempt.zone)


def state_of(interview: Interview, now: datetime) -> Text:
    """Return where an interview stands, in two or three words."""
    attempt = interview.attempt
    if interview.state is State.NO_SHOW and attempt.reason is not None:
        return ct("state", "no-show, {reason}", reason=REASONS[attempt.reason])
    if interview.state in _STATES:
        return _STATES[interview.state]
    if attempt.joined_at is not None:
        return _STATES[State.JOINED]
    if attempt.starts_at <= now:
        return ct("state", "begun, no word yet")
    if attempt.confirmed_at is not None:
        return ct("state", "confirmed")
    if attempt.acknowledged_at is not None:
        return ct("state", "read, not confirmed")
    return ct("state", "not confirmed")


def line(target: Target, event: Event, now: datetime) -> Para:
    """Return an interview's line in a list."""
    interview = target.interview
    return item(
        t(
            "{label} {name}, {role}: {when}, {state}",
            label=interview.label,
            name=name_of(target.candidate, event),
            role=interview.role,
            when=when_it_is(interview),
            state=state_of(interview, now),
        )
    )


def pages(found: Sequence[Target], page: int) -> Sequence[Target]:
    return found[(page - 1) * SCREEN : page * SCREEN]


def more(n: int, page: int, typed: str, size: int = SCREEN) -> tuple[Note, ...]:
    """Return what leads to the next page of `n` lines, if there is one."""
    left = n - page * size
    if left <= 0:
        return ()
    return (Note(nt("{n} more: {typed}", "{n} more: {typed}", left, typed=f"{typed} +{page + 1}")),)


def line_typed(event: Event) -> str:
    """Return what was typed, without a slash."""
    match event.body:
        case Said(text=text):
            return " ".join(text.split()).removeprefix("/")
        case Commanded(verb=verb, rest=rest):
            return " ".join(f"{verb} {rest}".split())
        case _:
            return ""


def days_of(window: tuple[datetime, datetime], zone: str) -> Text:
    """Return the days of a window in words."""
    first, last = (local(at, zone).date() for at in (window[0], window[1] - timedelta(microseconds=1)))
    if first == last and window[0] != day_bounds(first, zone)[0]:
        return t(
            "{day}, {first} to {last}", day=Day(first), first=TimeOfDay(window[0]), last=TimeOfDay(window[1])
        )
    if first == last:
        return t("{day}", day=Day(first))
    return t("{first} to {last}", first=Day(first), last=Day(last))


def page_in(rest: str) -> tuple[str, int]:
    """Return the arguments without the page asked for, and its number: "today +2" is the second page of today."""
    words = rest.split()
    if words and words[-1].startswith("+") and words[-1][1:].isdecimal():
        return " ".join(words[:-1]), max(1, int(words[-1][1:][:3]))
    return rest.strip(), 1


def alarm(step: Step) -> tuple[Note, ...]:
    """Return what is wrong with a step that nobody is there to do, or that others do instead, and the remedy."""
    if step.stands_in_for is None:
        return ()
    if step.stands_in_for is Owner.RECRUITER:
        return (Note(t("The recruiter of this interview cannot be reached here.")),)
    if step.stands_in_for is Owner.PERSON:
        return (Note(t("Whoever had it cannot be reached here any more. Please give it to somebody else.")),)
    whose = OWNERS[step.stands_in_for]
    command = ct("typed", "role grant @user {role}", role=step.stands_in_for.value)
    return (Note(t("Nobody can be reached as {owner}. An administrator can change that: {command}", owner=whose,
                   command=command)),)  # fmt: skip


def held_back(interview: Interview) -> tuple[Note, ...]:
    """Say that an interview's reminders are held back, if they are, and how they are taken up again."""
    paused_at = interview.attempt.paused_at
    if paused_at is None:
        return ()
    since = t(
        "Its reminders are held back since {when}: what falls due is not sent. To take them up: resume {label}",
        when=Moment(paused_at),
        label=interview.label,
    )
    return (Note(since),)
