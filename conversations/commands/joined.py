"""`joined I-1024`: they came, whatever the platform says."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations.commands.lines import when_it_is
from conversations.commands.many import begin_many
from conversations.commands.orders import DECIDERS, ForMany, Order, command, is_done
from conversations.findings import Target
from conversations.identity import Role
from locales.text import Text, ct, nt, t

EARLY = timedelta(minutes=30)
"""Nobody joins sooner before the start."""


def _refuse(target: Target, now: datetime) -> Text | None:
    interview = target.interview
    if problem := is_done(target):
        return problem
    if interview.attempt.starts_at - now > EARLY:
        return t(
            "{label} has not begun: it is {when}. If it is at another time: move {label}",
            label=interview.label,
            when=when_it_is(interview),
        )
    return None


ORDER = Order(
    act="joined",
    verb="joined",
    refuse=_refuse,
    done=lambda m: t("{label} {name} is recorded as joined. Thank you.", label=m.label, name=m.name),
    next=lambda m: t("Not right? Type: undo {label}", label=m.label),
    roles=DECIDERS | {Role.SUPPORT},
    many=ForMany(
        lambda n: nt("Record {n} person as joined?", "Record {n} people as joined?", n),
        ct("batch", "recorded as joined"),
    ),
)
JOINED = command(
    ORDER,
    ("已参加", "来了", "参加了"),
    ct("typed", "joined I-1024"),
    t("Say that a candidate came."),
    begin_many,
)
