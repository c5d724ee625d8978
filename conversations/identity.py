"""Who takes part: people, their addresses on platforms, the places and teams that can be told something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Role(StrEnum):
    """What somebody may do here; rights are denied unless a role grants them."""

    ADMIN = "admin"
    HR = "hr"
    RECRUITER = "recruiter"
    SUPPORT = "support"
    VIEWER = "viewer"
    CANDIDATE = "candidate"


STAFF = frozenset({Role.ADMIN, Role.HR, Role.RECRUITER, Role.SUPPORT, Role.VIEWER})


@dataclass(frozen=True, slots=True)
class Address:
    """One user as one account of ours on a platform knows them; `account` is like `telegram.main`."""

    account: str
    user: str

    @property
    def channel(self) -> str:
        return self.account.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Place:
    """A group or channel on a platform, with the language and zone that its members share."""

    account: str
    chat: str
    thread: str | None = None
    locale: str | None = None
    zone: str | None = None
    tag: Literal["place"] = "place"

    @property
    def channel(self) -> str:
        return self.account.partition(".")[0]


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A person, by whichever of their bindings the ladder chooses."""

    id: UUID
    tag: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class ToTeam:
    """Everybody who answers for something: the team's place if it has one, otherwise each member.

    `name` is a role (`hr`, `support`, `admin`).
    """

    name: str
    tag: Literal["team"] = "team"


PAGE = "page"
"""The account of what is done on our own page: its user is a person, its chat an interview."""
NOBODY = UUID(int=0)
"""Whoever wrote to us and is not known: answered in the chat the words came from."""

Recipient = ToPerson | ToTeam | Place


@dataclass(frozen=True, slots=True)
class Binding:
    """A person's proven address, and whether messages still reach it."""

    id: UUID
    person: UUID
    address: Address
    bound_at: datetime
    is_reachable: bool = True
    unreachable_why: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate or a member of staff."""

    id: UUID
    name: str
    locale: str | None = None
    zone: str | None = None
    phone: str | None = None
    email: str | None = None
    roles: frozenset[Role] = frozenset({Role.CANDIDATE})
    bindings: tuple[Binding, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    """Addresses an import named but nobody has proven yet, by channel: `{"telegram": "@lilei"}`."""
    opted_out_at: datetime | None = None
    jobs: frozenset[str] = frozenset()
    """The jobs, by their titles, whose interviews a recruiter sees beside their own."""

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @property
    def reachable(self) -> tuple[Binding, ...]:
        return tuple(binding for binding in self.bindings if binding.is_reachable)

    def may(self, *roles: Role) -> bool:
        """Tell whether this person has one of the roles; an admin has them all."""
        return bool(self.roles & {*roles, Role.ADMIN})
