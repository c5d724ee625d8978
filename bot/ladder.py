"""Whom a message reaches, and how: bindings in the order that policy, reach and the sender want."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from channels.base import Caps
from conversations.effects import Manner, Priority
from conversations.identity import Binding, Person, Place
from conversations.policy import Policy

_PLACE_OF_TEAM = {"hr": "alerts_place", "support": "support_place"}


@dataclass(frozen=True, slots=True)
class Route:
    """One way to one reader; `fallbacks` are the bindings to try after a refusal that will stay one."""

    account: str
    chat: str
    person: UUID | None = None
    binding: UUID | None = None
    thread: str | None = None
    is_private: bool = True
    fallbacks: tuple[UUID, ...] = ()


def routes(
    person: Person,
    chats: Mapping[UUID, str],
    manner: Manner,
    caps: Mapping[str, Caps],
    origin: str | None = None,
    shut: Collection[UUID] = (),
) -> tuple[Route, ...]:
    """Return the routes to a person: one with its fallbacks, or with `delivery="all"` one for each channel.

    Channels that the sender names come first; the others are left for when none of these reaches them.

    `caps` holds the accounts that are configured; bindings of others count as unreachable. `origin` is the
    account the person has just spoken from: for replies it goes first. `shut` are bindings that cannot be written
    to now, because their window is closed.
    """
    usable = [b for b in person.reachable if b.id not in shut and _can_start(b, caps, manner)]
    ordered = sorted(usable, key=lambda b: _rank(b, manner, caps, origin))
    if manner.delivery == "all":
        named = [b for b in ordered if b.address.channel in manner.channels]
        return tuple(_route(b, chats, ()) for b in _one_per_channel(named or ordered))
    if not ordered:
        return ()
    return (_route(ordered[0], chats, tuple(b.id for b in ordered[1:])),)


def team_place(team: str, policy: Policy, manner: Manner) -> Place | None:
    """Return the group in which a team reads this, if the company named one."""
    if manner.priority is Priority.DIGEST and policy.digest_place is not None:
        return policy.digest_place
    place: Place | None = getattr(policy, _PLACE_OF_TEAM.get(team, ""), None)
    return place


def _route(binding: Binding, chats: Mapping[UUID, str], fallbacks: tuple[UUID, ...]) -> Route:
    chat = chats.get(binding.id, binding.address.user)
    return Route(binding.address.account, chat, binding.person, binding.id, fallbacks=fallbacks)


def _can_start(binding: Binding, caps: Mapping[str, Caps], manner: Manner) -> bool:
    account = caps.get(binding.address.account)
    if account is None:
        return False
    return account.proactive != "never" or manner.where != "ladder"


def _rank(
    binding: Binding, manner: Manner, caps: Mapping[str, Caps], origin: str | None
) -> tuple[bool, int, int, float]:
    channel = binding.address.channel
    place = manner.channels.index(channel) if channel in manner.channels else len(manner.channels)
    return binding.address.account != origin, place, _ease(caps[binding.address.account]), -_age(binding)


def _ease(caps: Caps) -> int:
    """Rank routes by how a reader answers on them: in place, from a full message, from a few words."""
    if caps.buttons != "none":
        return 0
    return 1 if caps.text_unit != "segments" else 2


def _age(binding: Binding) -> float:
    return binding.bound_at.timestamp()


def _one_per_channel(ordered: Sequence[Binding]) -> list[Binding]:
    seen: dict[str, Binding] = {}
    for binding in ordered:
        seen.setdefault(binding.address.channel, binding)
    return list(seen.values())
