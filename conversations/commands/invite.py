"""`invite I-1024`, or everybody who has not come yet: the invitation once more, by every address that is known."""

from __future__ import annotations

from datetime import datetime

from conversations.commands.many import begin_many
from conversations.commands.orders import ForMany, Order, command, is_done
from conversations.findings import Target
from conversations.identity import Person
from conversations.names import channel_names
from locales.text import Text, ct, nt, t

BY_ADDRESS = frozenset({"email", "sms"})
"""Channels on which somebody is reached who never came to us: being reachable there is no answer yet."""


def _refuse(target: Target, now: datetime) -> Text | None:
    if problem := is_done(target):
        return problem
    label, person = target.interview.label, target.candidate
    if target.interview.attempt.starts_at <= now:
        return t("{label} has begun: an invitation comes too late. Please call them.", label=label)
    if person.opted_out_at is not None:
        return t("{label}: they asked for no more messages, so none is sent. Please call them.", label=label)
    if here := [b.address.channel for b in person.reachable if b.address.channel not in BY_ADDRESS]:
        return t("{label} is in touch with us already, on {channels}. A reminder: remind {label}", label=label,
                 channels=channel_names(here))  # fmt: skip
    if not _has_address(person):
        return t("{label}: no address is known. Send them their link yourself: link {label}", label=label)
    return None


def _has_address(person: Person) -> bool:
    return bool(person.email or person.phone or person.hints or person.bindings)


ORDER = Order(
    act="invite",
    verb="invite",
    refuse=_refuse,
    done=lambda m: t("{label} {name}: invited once more, by every address that reaches them.", label=m.label,
                     name=m.name),
    next=lambda m: t("Where it went: why {label} · If nowhere, hand over their link: link {label}",
                     label=m.label),
    many=ForMany(
        lambda n: nt("Invite {n} person once more?", "Invite {n} people once more?", n), ct("batch", "invitations")
    ),
)  # fmt: skip
INVITE = command(
    ORDER,
    ("邀请", "再次邀请"),
    ct("typed", "invite I-1024"),
    t("Send the invitation once more, to one or several: invite state:unbound"),
    begin_many,
)
