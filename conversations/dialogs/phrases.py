"""What several messages to candidates say: when it is, how to enter, what is needed, who helps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from conversations.dialog import Scene
from conversations.interview import Attempt, Interview
from conversations.messages import Block, Fact, File, Link, Message, Note, Para
from conversations.policy import Policy, Support
from conversations.shifts import shift_at
from locales.text import Countdown, Listing, Moment, Text, TimeOfDay, Value, Words, ct, t

_WEEK = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_DAY_NAMES = (
    ct("weekday", "Monday"),
    ct("weekday", "Tuesday"),
    ct("weekday", "Wednesday"),
    ct("weekday", "Thursday"),
    ct("weekday", "Friday"),
    ct("weekday", "Saturday"),
    ct("weekday", "Sunday"),
)


def bare(value: Value) -> Text:
    """Return a value that stands alone."""
    return t("{value}", value=value)


def when(attempt: Attempt) -> Moment:
    return Moment(attempt.starts_at, attempt.zone)


def zone_of(scene: Scene) -> str:
    """Return on whose clocks the candidate lives."""
    return (scene.candidate.zone if scene.candidate else None) or scene.policy.zone


def company(policy: Policy) -> Words:
    return Words(policy.display_name)


def is_url(join: str) -> bool:
    return join.startswith(("https://", "http://"))


# -- the four elements -----------------------------------------------------------------------------------


def elements(scene: Scene, *said: str) -> Iterator[Block]:
    """Yield what every reminder holds besides its link: time, countdown, devices, support; then the role's own.

    `said` names the facts that the lead says already.
    """
    attempt, policy = scene.booked.attempt, scene.policy
    yield Fact("time", t("Time"), bare(when(attempt)), is_said="time" in said)
    if scene.now < attempt.starts_at:
        countdown = bare(Countdown(attempt.starts_at))
        yield Fact("countdown", t("Countdown"), countdown, is_said="countdown" in said)
    if not is_url(attempt.join):
        yield Fact("link", t("How to join"), bare(attempt.join))
    yield devices(policy)
    yield support(policy, scene.now)
    for words in policy.blocks.values():
        yield Para(bare(Words(words)))


def devices(policy: Policy) -> Fact:
    return Fact("devices", t("What you need"), bare(Words(policy.devices)))


def support(policy: Policy, now: datetime) -> Fact:
    known = policy.support
    value = t("{contact}, {hours}", contact=known.phone or known.email, hours=support_hours(known, now))
    return Fact("support", bare(Words(known.name)), value)


def go(scene: Scene) -> tuple[Link, ...]:
    """Return the link that enters the interview, counted as a tap; none where it is not an address."""
    return (Link("go", ct("button", "Enter the interview")),) if is_url(scene.booked.attempt.join) else ()


def guides(policy: Policy) -> tuple[Link, ...]:
    """Return the links that help to get ready: device check, guide, questions and answers."""
    links = (
        (
            policy.precheck_url or ("check" if policy.precheck.offered else ""),
            ct("button", "Check your device"),
        ),
        (policy.guide_url, ct("button", "How it works")),
        (policy.faq_url, ct("button", "Questions and answers")),
    )
    return tuple(Link(to, label) for to, label in links if to)


def call_support(policy: Policy) -> tuple[Link, ...]:
    digits = "".join(c for c in policy.support.phone if c.isdigit() or c == "+")
    return (Link(f"tel:{digits}", ct("button", "Call support")),) if digits else ()


def calendar(interview: Interview) -> File:
    return File(
        f"make:calendar:{interview.id}",
        "interview.ics",
        "text/calendar",
        t("The interview for your calendar"),
    )


def nothing(scene: Scene) -> Message:
    """Return what somebody hears who has no interview here."""
    lead = t("I know of no interview of yours at the moment.")
    note = Note(t("If you expect one, please ask whoever invited you. I am the interview assistant of {company}.",
                  company=company(scene.policy)))  # fmt: skip
    return Message("menu.nothing", lead, (note,))


def can_claim(scene: Scene) -> bool:
    """Tell whether there is a way by which a code reaches a phone or a mailbox."""
    return bool({*scene.found.get("accounts", {}).values()} & {"phone", "email"})


def stranger(scene: Scene) -> Message:
    """Return what somebody hears whom we do not know: who we are, and whom to ask."""
    lead = t("Hello, I am the interview assistant of {company}.", company=company(scene.policy))
    claim = t(
        "Or write me the phone number or e-mail address of your application: I send a code there, and we can begin."
    )
    notes = (
        Note(
            t(
                "I do not know you here yet. Please open the personal link from your invitation, then I can help you."
            )
        ),
        *((Note(claim),) if can_claim(scene) else ()),
        Note(t("You work here? Ask whoever runs this assistant for a one-time code, and send it to me.")),
    )
    return Message("greeting.stranger", lead, notes)


def role_of(interview: Interview) -> Text:
    """Return "your Java developer interview", or without a role "your interview"."""
    if interview.role:
        return t("your {role} interview", role=interview.role)
    return t("your interview")


def role_first(interview: Interview) -> Text:
    """Return the same where it begins a sentence."""
    if interview.role:
        return t("Your {role} interview", role=interview.role)
    return t("Your interview")


# -- when support is there -------------------------------------------------------------------------------


def support_shift(support: Support, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when support is there: the present hours, or else the next."""
    return shift_at(support.opens, support.closes, support.days, support.zone, now)


def is_support_there(support: Support, now: datetime) -> bool:
    opens, closes = support_shift(support, now)
    return opens <= now < closes


def support_hours(support: Support, now: datetime) -> Text:
    """Return the hours in words, on the reader's clock."""
    if support.opens == support.closes:
        hours: Text = t("around the clock")
    else:
        opens, closes = support_shift(support, now)
        hours = t("{opens}–{closes}", opens=TimeOfDay(opens), closes=TimeOfDay(closes))
    if support.days >= _WEEK:
        return t("{hours}, every day", hours=hours)
    if support.days == _WORKDAYS:
        return t("{hours}, Monday to Friday", hours=hours)
    return t(
        "{hours}, {days}", hours=hours, days=Listing(tuple(_DAY_NAMES[day] for day in sorted(support.days)))
    )
