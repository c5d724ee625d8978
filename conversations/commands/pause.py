"""`pause I-1024`: its reminders are held back until `resume`."""

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
    if interview.state is State.NO_SHOW or interview.attempt.starts_at <= now:
        return t("{label} has no reminders to come. See: plan {label}", label=label)
    if interview.attempt.paused_at is not None:
        return t(
            "The reminders of {label} are held back already. To take them up: resume {label}", label=label
        )
    return None


ORDER = Order(
    act="pause",
    verb="pause",
    refuse=_refuse,
    done=lambda m: t(
        "The reminders of {label} {name} are held back. What falls due meanwhile is not sent later.",
        label=m.label,
        name=m.name,
    ),
    next=lambda m: t("To take them up again: resume {label}", label=m.label),
    many=ForMany(
        lambda n: nt("Hold back the reminders of {n} person?", "Hold back the reminders of {n} people?", n),
        ct("batch", "reminders held back"),
    ),
)
PAUSE = command(
    ORDER,
    ("暂停", "暂停提醒"),
    ct("typed", "pause I-1024"),
    t("Hold back an interview's reminders until you take them up again."),
    begin_many,
)
