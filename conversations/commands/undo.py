"""`undo I-1024`: takes back what was recorded about whether somebody came."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.orders import DECIDERS, Order, command, is_over
from conversations.findings import Target
from conversations.identity import Role
from conversations.interview import State
from locales.text import Text, t


def _refuse(target: Target, now: datetime) -> Text | None:
    interview = target.interview
    if problem := is_over(target):
        return problem
    is_recorded = interview.state in (State.NO_SHOW, State.JOINED, State.COMPLETED)
    if not is_recorded and interview.attempt.flagged_at is None:
        label = interview.label
        return t("There is nothing to take back for {label}. See: show {label}", label=label)
    return None


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
    t("Take back a no-show flag, or that somebody joined."),
    {*DECIDERS, Role.SUPPORT},
)
