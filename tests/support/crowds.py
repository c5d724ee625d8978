"""A stage for commands about many: their batches, timers and events are kept as the database would keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from conversations.batch import Batch, Places
from conversations.effects import DropTimers, SaveBatch, SetTimer, SettleTarget, Soon
from conversations.engine import Outcome
from conversations.events import Body, Due, Event, Ordered
from conversations.findings import Target
from conversations.identity import Person
from tests.support.staff_scenes import HAN, Stage, target

NAMES = ("李雷", "韩梅", "Anna", "Ben", "Cem", "Dana", "Emil", "Fay", "Gil", "Hua", "Ida", "Jon")


def crowd(count: int, **changes: Any) -> Crowd:
    """Return a stage with so many interviews, I-1001 and on."""
    made = [
        target(1001 + n, NAMES[n % len(NAMES)] + (str(n) if n >= len(NAMES) else ""), **changes)
        for n in range(count)
    ]
    return Crowd(targets={each.interview.id: each for each in made})


@dataclass
class Crowd(Stage):
    """Several interviews, and everything that was ordered for them."""

    targets: dict[UUID, Target] = field(default_factory=dict)
    batches: dict[UUID, Batch] = field(default_factory=dict)
    waiting: dict[str, Body] = field(default_factory=dict)
    """Events to come, each with a transaction of its own, by the name under which it happens once for ever."""
    names: set[str] = field(default_factory=set)
    timers: dict[tuple[str, str], SetTimer] = field(default_factory=dict)
    places: Places = field(default_factory=lambda: Places(0, 0, 0))

    def __post_init__(self) -> None:
        self.found |= {
            "selected": lambda args: tuple(self.targets.values()),
            "members": lambda args: tuple(self.targets[UUID(id)] for id in args["interviews"].split()),
            "targets": self._named,
            "same_batches": lambda args: tuple(
                batch for batch in self.newest if batch.act == args["act"] and batch.undoes is None
            ),
            "last_batch": lambda args: next((b for b in self.newest if b.undoes is None), None),
            "next_batch": lambda args: len(self.batches) + 1,
            "batch": self._batch,
            "places": lambda args: self.places,
        }

    @property
    def newest(self) -> list[Batch]:
        return sorted(self.batches.values(), key=lambda batch: -batch.number)

    def _named(self, args: Mapping[str, str]) -> tuple[Target, ...]:
        return tuple(
            each
            for each in self.targets.values()
            if args["text"] in (each.interview.label, each.candidate.name)
        )

    def _batch(self, args: Mapping[str, str]) -> Batch | None:
        if args.get("number"):
            return next((b for b in self.newest if b.number == int(args["number"])), None)
        return self.batches.get(UUID(args["id"]))

    # -- what happens ------------------------------------------------------------------------------------

    def _react(self, event: Event, by: Person | None) -> Outcome:
        if isinstance(event.body, Ordered):
            self.target = self.targets[event.body.interview]
        else:
            self.target = None
        return super()._react(event, by)

    def _carry_out(self, outcome: Outcome) -> None:
        super()._carry_out(outcome)
        for effect in outcome.effects:
            match effect:
                case SaveBatch(batch=batch):
                    known = self.batches.get(batch.id, batch)
                    self.batches[batch.id] = replace(batch, done=known.done, failed=known.failed)
                case SettleTarget(batch=id, interview=interview, why_not=why):
                    known = self.batches[id]
                    assert not known.is_settled(interview), "the first word stands"
                    done = known.done if why else known.done | {interview}
                    failed = {**known.failed, interview: why} if why else known.failed
                    self.batches[id] = replace(known, done=done, failed=failed)
                case Soon(name=name, body=body):
                    if name not in self.names:
                        self.names.add(name)
                        self.waiting[name] = body
                case SetTimer(name=name, subject=subject):
                    self.timers[name, subject] = effect
                case DropTimers(subject=subject):
                    self.timers = {key: timer for key, timer in self.timers.items() if key[1] != subject}

    def fires(self) -> bool:
        """Let the next timer of a batch fire when it is due; False when there is none."""
        own = [timer for (name, _), timer in self.timers.items() if name == "batch"]
        if not own:
            return False
        first = min(own, key=lambda timer: timer.at)
        del self.timers[first.name, first.subject]
        self.now = max(self.now, first.at)
        self.happens(Due(first.name, first.subject, first.at, first.data))
        return True

    def next_one(self, choose: Callable[[list[str]], str] = lambda names: names[0]) -> bool:
        """Handle one of the events that wait; False when there is none."""
        if not self.waiting:
            return False
        body = self.waiting.pop(choose(list(self.waiting)))
        assert isinstance(body, Ordered)
        self.happens(body, HAN if body.by == HAN.id else None)
        return True

    def runs(self) -> None:
        """Let everything happen that is to."""
        for _ in range(2000):
            if not self.next_one() and not self.fires():
                return
        raise AssertionError("it never ends")

    def passes(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def done_to(self, act: str) -> list[str]:
        """Return to whom an act was really ordered, in order."""
        return [self.targets[o.interview].interview.label for o in self.ordered if o.act == act]
