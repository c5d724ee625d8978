"""`undo I-1024`: takes back a no-show, that somebody joined, or a cancellation."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.orders import DECIDERS, Order, command, is_over
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import State
from locales.text import Text, t


def _refuse(target: Target, now: datetime) -> Text | None:
    interview = target.interview
    match interview.state:
        case State.NO_SHOW | State.JOINED | State.COMPLETED:
            return None
        case State.CANCELLED if interview.attempt.starts_at > now:
            return None
    label = interview.label
    return is_over(target) or t("There is nothing to take back for {label}. See: show {label}", label=label)


ORDER = Order(
    act="undo",
    verb="undo",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name}: what was recorded about it is taken back.",
        label=m.label,
        name=m.name,
    ),
    next=lambda m: t("How it stands now: show {label}", label=m.label),
)
UNDO = command(
    ORDER,
    ("撤销", "撤回"),
    "undo I-1024",
    t("Take back a no-show flag, that somebody joined, or a cancellation."),
    {*DECIDERS, Role.SUPPORT},
)
