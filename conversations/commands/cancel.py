"""`cancel I-1024`: the interview is off, asked again before the candidate is told."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.many import begin_many
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.findings import Target
from conversations.interview import State
from locales.text import Text, ct, nt, t


def _refuse(target: Target, now: datetime) -> Text | None:
    label = target.interview.label
    if target.interview.state is State.NO_SHOW:
        return t("{label} is a no-show, which stays counted. Was it called off before? undo {label}. "
                 "Another time: rebook {label}", label=label)  # fmt: skip
    return is_done(target)


ORDER = Order(
    act="cancel",
    verb="cancel",
    refuse=_refuse,
    done=lambda m: t("{label} {name} is cancelled. The candidate is told now.", label=m.label, name=m.name),
    next=lambda m: t("Not right? Type: undo {label}", label=m.label),
    ask=lambda m: t(
        "Cancel {label} {name}, {role}, {when}? The candidate is told, and nothing more is sent.",
        label=m.label,
        name=m.name,
        role=m.role,
        when=m.when,
    ),
    yes=ct("button", "Cancel the interview"),
    many=ForMany(
        lambda n: nt(
            "Cancel the interview of {n} person? They are told, and nothing more is sent.",
            "Cancel the interviews of {n} people? They are told, and nothing more is sent.",
            n,
        ),
        ct("batch", "cancellations"),
        is_grave=True,
    ),
)
CANCEL = command(
    ORDER,
    ("取消", "取消面试"),
    ct("typed", "cancel I-1024"),
    t("Cancel an interview. You are asked before it happens."),
    begin_many,
)
