"""`resume I-1024`: reminders that were held back are sent again, from the next one on."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.many import begin_many
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.findings import Target
from locales.text import Text, ct, nt, t


def _refuse(target: Target, now: datetime) -> Text | None:
    if problem := is_done(target):
        return problem
    label = target.interview.label
    if target.interview.attempt.paused_at is None:
        return t("The reminders of {label} are not held back. See: plan {label}", label=label)
    return None


ORDER = Order(
    act="resume",
    verb="resume",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name} gets reminders again, from the next one on.", label=m.label, name=m.name
    ),
    next=lambda m: t("The reminders that are planned now: plan {label}", label=m.label),
    many=ForMany(
        lambda n: nt(
            "Take up the reminders of {n} person again?", "Take up the reminders of {n} people again?", n
        ),
        ct("batch", "reminders taken up"),
    ),
)
RESUME = command(
    ORDER,
    ("恢复", "恢复提醒", "继续提醒"),
    ct("typed", "resume I-1024"),
    t("Take up an interview's reminders again; none that was held back is sent late."),
    begin_many,
)
