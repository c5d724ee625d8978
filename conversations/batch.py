"""A command about many: whom it is about, how far it has come, and what it could not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from conversations.interview import Interview, Slot
from locales.text import Text

WAIT = timedelta(seconds=30)
"""How long a batch waits before it begins: until then `undo` takes it back, and nobody has heard of it."""
AT_ONCE = 20
"""How many are begun in one go; between two goes everybody else's words are handled."""
PAUSE = timedelta(seconds=1)
"""Between two goes."""
GIVE_UP = timedelta(minutes=5)
"""After the last go: what has not come back by then was put aside and is counted as failed."""
AGAIN = timedelta(minutes=10)
"""The same act on the same interview within this is the same command typed twice."""
UNDO_WITHIN = timedelta(hours=24)
"""How long a batch that is over can be taken back."""


class BatchState(StrEnum):
    """How far a batch has come."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    """Taken back while it ran: nobody further is touched."""
    DONE = "done"
    CANCELLED = "cancelled"
    """Taken back before it began."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One order for many interviews; each of them has an event and a transaction of its own."""

    id: UUID
    number: int
    by: UUID
    """Who ordered it: what they may is asked again for each interview."""
    act: str
    """As `Order.verb` has it; of one that takes another back, that one's."""
    targets: tuple[UUID, ...]
    """Interviews, in the order in which they are begun."""
    created_at: datetime
    runs_at: datetime
    args: Mapping[str, str] = field(default_factory=dict)
    state: BatchState = BatchState.WAITING
    begun: int = 0
    """How many of the targets were begun."""
    undoes: UUID | None = None
    """The batch that this one takes back."""
    done: frozenset[UUID] = frozenset()
    failed: Mapping[UUID, Text] = field(default_factory=dict)
    """Why it was not done, by interview."""

    @property
    def label(self) -> str:
        """The number people use for it, like `B-12`."""
        return f"B-{self.number}"

    @property
    def settled(self) -> int:
        return len(self.done) + len(self.failed)

    @property
    def is_over(self) -> bool:
        return self.settled >= len(self.targets)

    def is_settled(self, interview: UUID) -> bool:
        return interview in self.done or interview in self.failed


@dataclass(frozen=True, slots=True)
class Places:
    """How many people can be given another time, of those who are to be offered one."""

    people: int
    soon: int
    """Free places that fit them within the days in which times are offered."""
    later: int
    """Free places that fit whoever finds none among these, after those days."""

    @property
    def after(self) -> int:
        """How many get the first free places after these days."""
        return min(max(0, self.people - self.soon), self.later)

    @property
    def without(self) -> int:
        return max(0, self.people - self.soon - self.later)


def places_for(
    interviews: Sequence[Interview], slots: Iterable[Slot], until: Mapping[str, datetime]
) -> Places:
    """Count the places for people who are to choose another time.

    `until` is the end of the days in which each company offers times. A place that is for one role only is given
    to that role first; nobody takes two.
    """
    wanted = Counter((interview.company, interview.role) for interview in interviews)
    soon: Counter[tuple[str, str]] = Counter()
    later: Counter[tuple[str, str]] = Counter()
    for slot in slots:
        if slot.is_free and slot.company in until:
            count = soon if slot.starts_at < until[slot.company] else later
            count[slot.company, slot.role] += slot.capacity - slot.taken
    left = _filled(wanted, soon)
    first = sum(wanted.values()) - sum(left.values())
    return Places(sum(wanted.values()), first, sum(left.values()) - sum(_filled(left, later).values()))


def _filled(wanted: Counter[tuple[str, str]], free: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Return who is left without a place: each role's own go first, then those for every role."""
    left, shared = Counter(wanted), Counter(free)
    for who in wanted:
        for place in dict.fromkeys((who, (who[0], ""))):
            taken = min(left[who], shared[place])
            left[who] -= taken
            shared[place] -= taken
    return +left
