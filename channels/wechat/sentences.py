"""What a template says of each kind of message: sentences written for 20 characters, and states for 5 of Han."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from locales.text import Reader, Text, ct
from locales.translate import render

OTHERS = "*"
HAN = Reader("zh_Hans", "Asia/Shanghai", datetime(1970, 1, 1, tzinfo=UTC))
"""Who reads a state: Tencent takes it in Han alone."""

WHAT: Mapping[str, Text] = {
    "greeting": ct("20 characters", "Interview arranged"),
    "reminder": ct("20 characters", "Interview reminder"),
    "reminder.sure": ct("20 characters", "Will you be there?"),
    "reminder.confirmed": ct("20 characters", "Thanks, see you then"),
    "reminder.moved": ct("20 characters", "New interview time"),
    "cant_come.ask": ct("20 characters", "Why can't you come?"),
    "no_show.ask": ct("20 characters", "Missed it? Tap here"),
    "rebook.offer": ct("20 characters", "Choose a new time"),
    "rebook.gone": ct("20 characters", "Choose another time"),
    "rebook.done": ct("20 characters", "New time is set"),
    "rebook.by_person": ct("20 characters", "We'll find a time"),
    "start.stuck": ct("20 characters", "Can't get in? Tap"),
    "start.called_off": ct("20 characters", "Interview called off"),
    "start.on_again": ct("20 characters", "Interview is back on"),
    "technical.fix": ct("20 characters", "Please try this"),
    "technical.waiting": ct("20 characters", "Help is on its way"),
    "technical.closed": ct("20 characters", "Is it working now?"),
    "person.waiting": ct("20 characters", "Someone will reply"),
    "precheck.passed": ct("20 characters", "Your device works"),
    "precheck.warned": ct("20 characters", "Mind your device"),
    "precheck.failed": ct("20 characters", "Device needs a fix"),
    "survey.overall": ct("20 characters", "How was it for you?"),
    OTHERS: ct("20 characters", "About your interview"),
}
STATE: Mapping[str, Text] = {
    "greeting": ct("5 Han characters", "To confirm"),
    "reminder": ct("5 Han characters", "To confirm"),
    "reminder.confirmed": ct("5 Han characters", "Confirmed"),
    "reminder.moved": ct("5 Han characters", "Moved"),
    "no_show.ask": ct("5 Han characters", "Missed"),
    "rebook.offer": ct("5 Han characters", "To be moved"),
    "rebook.done": ct("5 Han characters", "Moved"),
    "start.called_off": ct("5 Han characters", "Called off"),
    "technical.waiting": ct("5 Han characters", "In progress"),
    "technical.closed": ct("5 Han characters", "Dealt with"),
    OTHERS: ct("5 Han characters", "News"),
}
ROLE = ct("20 characters", "Interview")
"""Where a role's name is longer than a field."""
COMPANY = ct("20 characters", "The company")
NAME = ct("10 Han characters", "Candidate")

NOW = ct("20 characters", "It begins now")
BEGUN = ct("20 characters", "It has begun")


def what(kind: str) -> Text:
    """Return what a kind of message is about."""
    return WHAT.get(kind) or WHAT[OTHERS]


def state(kind: str) -> str:
    """Return how things stand, in Han."""
    return render(STATE.get(kind) or STATE[OTHERS], HAN)


def left(seconds: float) -> Text:
    """Return how long it is until the start, in at most two units."""
    if seconds <= -60:
        return BEGUN
    minutes = int(max(seconds, 0) // 60)
    if not minutes:
        return NOW
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        if not hours:
            return ct("20 characters", "in {days} d", days=days)
        return ct("20 characters", "in {days} d {hours} h", days=days, hours=hours)
    if hours:
        if not rest:
            return ct("20 characters", "in {hours} h", hours=hours)
        return ct("20 characters", "in {hours} h {minutes} min", hours=hours, minutes=rest)
    return ct("20 characters", "in {minutes} min", minutes=rest)
