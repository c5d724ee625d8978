"""`noshow I-1024`: they did not come, asked again before it is recorded."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.lines import when_it_is
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
        return t("{label} is recorded as a no-show already. See: show {label}", label=label)
    if interview.attempt.starts_at > now:
        return t(
            "{label} has not begun: it is {when}. If it is at another time: move {label}",
            label=label,
            when=when_it_is(interview),
        )
    return None


ORDER = Order(
    act="no_show",
    verb="noshow",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name} is recorded as a no-show. They are asked why, and offered another time.",
        label=m.label,
        name=m.name,
    ),
    next=lambda m: t("They did come after all? Type: undo {label}", label=m.label),
    ask=lambda m: t(
        "Record {label} {name}, {role}, {when}, as a no-show? They will be asked why, and offered another time.",
        label=m.label,
        name=m.name,
        role=m.role,
        when=m.when,
    ),
    yes=ct("button", "Record the no-show"),
    many=ForMany(
        lambda n: nt(
            "Record {n} person as a no-show? They will be asked why, and offered another time.",
            "Record {n} people as no-shows? They will be asked why, and offered another time.",
            n,
        ),
        ct("batch", "recorded as no-shows"),
        is_grave=True,
    ),
)
NOSHOW = command(
    ORDER,
    ("no-show", "no_show", "标记未参加", "未参加标记"),
    ct("typed", "noshow I-1024"),
    t("Record a no-show. You are asked before it happens."),
    begin_many,
)
