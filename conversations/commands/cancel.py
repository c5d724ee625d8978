"""`cancel I-1024`: the interview is off, asked again before the candidate is told."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.orders import Order, command, is_done
from conversations.findings import Target
from locales.text import Text, ct, t


def _refuse(target: Target, now: datetime) -> Text | None:
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
)
CANCEL = command(
    ORDER,
    ("取消", "取消面试"),
    "cancel I-1024",
    t("Cancel an interview. You are asked before it happens."),
)
