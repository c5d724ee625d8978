"""One need of one decision, and how an interview is found for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from channels.base import Caps
from conversations.dialog import Need, Scene
from conversations.events import Event
from conversations.findings import Target
from conversations.identity import Person, Place
from conversations.interview import Interview
from conversations.understanding.when import when_of
from locales.zones import day_bounds, local
from store import cases, interviews, people
from store.db import Tx

if TYPE_CHECKING:
    from bot.configuration import Configuration
    from bot.links import Links
    from bot.settings import Policies


@dataclass(frozen=True, slots=True)
class House:
    """What is set up here, beside the database."""

    policies: Policies
    links: Links
    caps: Mapping[str, Caps] = field(default_factory=dict)
    """By account."""
    teams: Mapping[str, Place] = field(default_factory=dict)
    configuration: Configuration | None = None


class Asked:
    """One need of one decision: where to look, for whom, and when it is."""

    def __init__(self, tx: Tx, need: Need, scene: Scene, event: Event, house: House) -> None:
        self.tx = tx
        self.args = need.args
        self.scene = scene
        self.event = event
        self.house = house
        self.companies: Collection[str] | None = None
        """Whose interviews alone are meant; None for everybody's."""

    @property
    def caps(self) -> Mapping[str, Caps]:
        return self.house.caps

    @property
    def now(self) -> datetime:
        return self.scene.now

    @property
    def zone(self) -> str:
        person = self.scene.person
        return (person.zone if person else None) or self.scene.policy.zone

    def window(self, default: str) -> tuple[datetime, datetime]:
        """Return the window that `when` names, in the zone of whoever asks."""
        found = when_of(self.args.get("when") or default, self.now, self.zone)
        return found or day_bounds(local(self.now, self.zone).date(), self.zone)


Answering = Callable[[Asked], Awaitable[Any]]


async def target(tx: Tx, interview: Interview, person: Person) -> Target:
    return Target(interview, person, tuple(await cases.cases_of(tx, interview.id)))


async def target_of(tx: Tx, id: UUID) -> Target | None:
    interview = await interviews.get(tx, id)
    person = await people.get(tx, interview.person) if interview else None
    return await target(tx, interview, person) if interview and person else None
