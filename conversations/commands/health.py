"""`health`: whether everything works just now, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conversations.commands.why import in_words
from conversations.dialog import Command, Need, Scene, Turn
from conversations.events import Event
from conversations.identity import Role
from conversations.messages import Block, Fact, Message, Note, item
from conversations.names import channel_name, channel_of
from locales.text import Moment, Span, Text, ct, nt, t

KIND = "command.health"
LATE = timedelta(minutes=1)
"""A queue whose oldest message has waited longer is not well."""
SLOW = timedelta(seconds=30)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Trouble:
    """Messages that an account could not deliver, and why, in the last day."""

    account: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class Heard:
    """An interview platform that tells us who joined: when it was last heard, None for never."""

    account: str
    at: datetime | None
    within: timedelta
    """How long it may be silent."""


@dataclass(frozen=True, slots=True)
class Health:
    """How everything stands."""

    waiting: int
    """Messages that are due and not sent yet."""
    oldest: timedelta | None
    """For how long the oldest of them has been due."""
    sent: int
    """Messages accepted in the last day."""
    usual: timedelta | None
    """From due to accepted, half of them; None where nothing was sent."""
    slowest: timedelta | None
    """The same for the slowest twentieth."""
    aside: int
    """Events and messages put aside after five tries, which wait for a person."""
    troubles: tuple[Trouble, ...]
    heard: tuple[Heard, ...]
    unbound: int
    """Candidates ahead who have not opened their link."""
    accounts: tuple[str, ...]
    version: int
    """Of the configuration."""
    differs: bool
    """Whether the file says something else than that version."""


def run(scene: Scene, event: Event, rest: str) -> Turn:
    return Turn(say=_answer(scene.found["health"], scene.now))


def _answer(health: Health, now: datetime) -> Message:
    wrong = list(_wrong(health, now))
    lead = t("Everything works.")
    if wrong:
        lead = nt("{n} thing needs a look:", "{n} things need a look:", len(wrong))
    return Message(KIND, lead, (*map(item, wrong[:SHOWN]), *_facts(health, now), *_next(health)))


def _wrong(health: Health, now: datetime) -> Iterator[Text]:
    """Yield what is not well, each with what to do."""
    if health.oldest is not None and health.oldest > LATE:
        yield t("The oldest message has waited for {span}: whoever runs Turnout should look at its log.",
                span=Span(health.oldest))  # fmt: skip
    if health.slowest is not None and health.slowest > SLOW:
        yield t("Some messages leave late, by {span}.", span=Span(health.slowest))
    if health.aside:
        yield nt(
            "{n} message was put aside after five tries: turnout admin outbox list --state dead",
            "{n} messages were put aside after five tries: turnout admin outbox list --state dead",
            health.aside,
        )
    for trouble in health.troubles[:3]:
        yield t(
            "{channel}, {n} not delivered: {why}",
            channel=channel_name(channel_of(trouble.account)),
            n=trouble.count,
            why=in_words(trouble.why),
        )
    for one in health.heard:
        if one.at is None or now - one.at > one.within:
            yield t("The interview platform {account} is silent: nobody is flagged until it is heard.",
                    account=one.account)  # fmt: skip
    if health.differs:
        yield t("turnout.toml says something else than what is in force: turnout check")


def _facts(health: Health, now: datetime) -> Iterator[Block]:
    waits = nt("{n} message is due", "{n} messages are due", health.waiting)
    if health.oldest is not None:
        waits = t("{waiting}, the oldest for {span}", waiting=waits, span=Span(health.oldest))
    yield Fact("queue", t("Waiting"), waits if health.waiting else t("nothing"))
    sent = nt("{n} message", "{n} messages", health.sent)
    if health.usual is not None and health.slowest is not None:
        sent = t("{sent}; half within {usual}, nearly all within {slowest}", sent=sent, usual=_span(health.usual),
                 slowest=_span(health.slowest))  # fmt: skip
    yield Fact("sent", t("Sent in 24 hours"), sent)
    for one in health.heard:
        last = t("{when}", when=Moment(one.at)) if one.at is not None else t("never")
        yield Fact("heard", t("Last heard: {account}", account=one.account), last)
    yield Fact("unbound", t("Not reachable yet"), nt("{n} candidate", "{n} candidates", health.unbound))
    yield Fact("version", t("Configuration"), t("version {n}", n=health.version))


def _span(span: timedelta) -> Span | Text:
    return Span(span) if span >= timedelta(seconds=1) else t("a second")


def _next(health: Health) -> Sequence[Note]:
    if health.unbound:
        return (Note(t("Who that is: list unbound · To invite them again: invite state:unbound")),)
    return (Note(t("What was done: audit · How it is configured: config get")),)


HEALTH = Command(
    "health",
    ("健康", "运行状态"),
    frozenset({Role.ADMIN, Role.HR}),
    ct("typed", "health"),
    t("Whether everything works just now."),
    run,
    lambda rest: (Need("health"),),
    flags=(),
)
