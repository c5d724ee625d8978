"""`confirm I-1024`: the candidate said by phone that they come."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.many import begin_many
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.findings import Target
from conversations.interview import State
from locales.text import Text, ct, nt, t


def _refuse(target: Target, now: datetime) -> Text | None:
    interview = target.interview
    if problem := is_done(target):
        return problem
    label = interview.label
    if interview.state is State.NO_SHOW:
        return t("{label} is a no-show. For another time: rebook {label}", label=label)
    if interview.attempt.confirmed_at is not None:
        return t("{label} is confirmed already. See: show {label}", label=label)
    if interview.attempt.starts_at <= now:
        return t("{label} has begun. If they came: joined {label}", label=label)
    return None


ORDER = Order(
    act="confirm",
    verb="confirm",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name} is confirmed, {when}: fewer reminders from now on.",
        label=m.label,
        name=m.name,
        when=m.when,
    ),
    next=lambda m: t("Not right? Type: undo {label}", label=m.label),
    many=ForMany(
        lambda n: nt("Record {n} person as confirmed?", "Record {n} people as confirmed?", n),
        ct("batch", "confirmations"),
    ),
)
CONFIRM = command(
    ORDER,
    ("确认", "确认参加"),
    ct("typed", "confirm I-1024"),
    t("Record that a candidate said they come, by phone for example."),
    begin_many,
)
