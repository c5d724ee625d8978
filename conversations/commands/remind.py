"""`remind I-1024`, or everybody who has not confirmed for tomorrow: a reminder now, whatever the ladder says."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.many import begin_many
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.findings import Target
from conversations.interview import State
from locales.text import Text, ct, nt, t


def _refuse(target: Target, now: datetime) -> Text | None:
    interview, candidate = target.interview, target.candidate
    if problem := is_done(target):
        return problem
    label = interview.label
    if interview.state is State.NO_SHOW:
        return t("{label} is a no-show: they are asked why instead. See: show {label}", label=label)
    if candidate.opted_out_at is not None:
        return t("{label}: they asked for no more messages, so none is sent. Please call them.", label=label)
    if not candidate.reachable:
        return t("{label} cannot be reached yet. Send them their link: link {label}", label=label)
    return None


ORDER = Order(
    act="remind",
    verb="remind",
    refuse=_refuse,
    done=lambda m: t("{label} {name}: a reminder is on its way.", label=m.label, name=m.name),
    next=lambda m: t("Everything that was sent: why {label}", label=m.label),
    many=ForMany(
        lambda n: nt("Remind {n} person now?", "Remind {n} people now?", n), ct("batch", "reminders")
    ),
)
REMIND = command(
    ORDER,
    ("提醒", "催"),
    ct("typed", "remind I-1024"),
    t("Remind a candidate now, or several: remind state:unconfirmed tomorrow"),
    begin_many,
)
