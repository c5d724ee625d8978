"""`rebook I-1024`: other times for the candidate to choose from; with a time behind it, that one. Also for many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from conversations.commands import move
from conversations.commands.many import begin_many
from conversations.commands.meant import Meant, meant_by
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.dialog import Command, Scene, Turn
from conversations.events import Event
from conversations.findings import Target
from conversations.grammar import BadLine
from locales.text import Text, ct, nt, t

_CLOCK = re.compile(r"\d\s*(:|点|时)")


def _refuse(target: Target, now: datetime) -> Text | None:
    if problem := is_done(target):
        return problem
    label, candidate = target.interview.label, target.candidate
    if candidate.opted_out_at is not None:
        return t("{label}: they asked for no more messages, so none is sent. Please call them.", label=label)
    if not candidate.reachable:
        return t("{label} cannot be reached yet. Send them their link: link {label}", label=label)
    return None


def _because(meant: Meant) -> Mapping[str, str]:
    """Say what is apologised for: an outage was our side's, whatever else it was is not said."""
    is_ours = meant.pairs.get("reason") == "technical" or _CLOCK.search(meant.when) is not None
    return {"why": "outage" if is_ours else "sorry"}


ORDER = Order(
    act="rebook",
    verb="rebook",
    refuse=_refuse,
    done=lambda m: t(
        "{label} {name} is offered other times. What they choose is booked at once.",
        label=m.label,
        name=m.name,
    ),
    next=lambda m: t("Where it stands: show {label}. To give a time yourself: move {label}", label=m.label),
    split=move.split,
    many=ForMany(
        lambda n: nt(
            "Offer {n} person other times, with an apology?",
            "Offer {n} people other times, with an apology?",
            n,
        ),
        ct("batch", "offers of other times"),
        asks_for_places=True,
        args=_because,
    ),
)
_OFFER = command(
    ORDER,
    ("重新预约", "改约邀请", "重约"),
    ct("typed", "rebook I-1024"),
    t("Let candidates choose another time: rebook state:no_show reason:technical today"),
    begin_many,
)


def run(scene: Scene, event: Event, rest: str) -> Turn:
    return (move.MOVE if _names_a_time(rest) else _OFFER).run(scene, event, rest)


def _names_a_time(rest: str) -> bool:
    try:
        meant = meant_by(rest, move.split)
    except BadLine:
        return False
    return bool(meant.tail) and not meant.is_selection


REBOOK = Command(
    _OFFER.name, _OFFER.aliases, _OFFER.roles, _OFFER.usage, _OFFER.about, run, _OFFER.needs, may_follow=True
)
