"""What staff have done to one interview by a word: checked, asked again where it hurts, then ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from conversations.commands.lines import name_of
from conversations.commands.one import Split, needs_targets, whole, with_target
from conversations.dialog import Command, Scene, Turn
from conversations.effects import REPLY, Show, Then
from conversations.events import Event, Ordered
from conversations.findings import Target
from conversations.identity import Person, Role
from conversations.interview import State
from conversations.messages import Message, Note
from locales.text import Moment, Text, t

DECIDERS = frozenset({Role.HR, Role.RECRUITER})


@dataclass(frozen=True, slots=True)
class Matter:
    """The interview an order is about, as it may be named here, and the order's arguments."""

    interview: UUID
    label: str
    name: str
    role: str
    starts_at: datetime
    zone: str
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def when(self) -> Moment:
        return Moment(self.starts_at, self.zone)

    def as_data(self) -> dict[str, Any]:
        """Return it as a session keeps it."""
        return {
            "interview": str(self.interview),
            "label": self.label,
            "name": self.name,
            "role": self.role,
            "starts_at": self.starts_at.isoformat(),
            "zone": self.zone,
            "args": dict(self.args),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Matter:
        return cls(
            UUID(data["interview"]),
            data["label"],
            data["name"],
            data["role"],
            datetime.fromisoformat(data["starts_at"]),
            data["zone"],
            data["args"],
        )


@dataclass(frozen=True, slots=True)
class Order:
    """Something that can be done to an interview: `act` as `Ordered` has it, `verb` as it is typed."""

    act: str
    verb: str
    refuse: Callable[[Target, datetime], Text | None]
    """Why it cannot be done now, and what can."""
    done: Callable[[Matter], Text]
    next: Callable[[Matter], Text]
    ask: Callable[[Matter], Text] | None = None
    """The question before it; None for what is easily put right."""
    yes: Text | None = None
    arguments: Callable[[Scene, Target, str], Mapping[str, str] | Text] | None = None
    """Reads what was typed behind the name; a Text tells what is wrong with it."""
    left_out: str = ""
    """The step, `dialog.step`, that asks for the arguments when none were typed."""
    split: Split = whole


def command(
    order: Order, aliases: tuple[str, ...], usage: str, about: Text, roles: Iterable[Role] = DECIDERS
) -> Command:
    """Return the command that types an order."""

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        def then(target: Target, tail: str) -> Turn:
            return _begin(order, scene, event, target, tail)

        return with_target(scene, event, rest, order.verb, usage, then, order.split)

    return Command(order.verb, aliases, frozenset(roles), usage, about, run, needs_targets(order.split))


def matter_of(target: Target, event: Event, args: Mapping[str, str] | None = None) -> Matter:
    """Return an interview as an order names it to whoever typed it."""
    interview, attempt = target.interview, target.interview.attempt
    name = name_of(target.candidate, event)
    return Matter(
        interview.id, interview.label, name, interview.role, attempt.starts_at, attempt.zone, args or {}
    )


def carry_out(order: Order, scene: Scene, matter: Matter) -> Turn:
    """Return the turn that orders it and says so."""
    if scene.person is None:
        return Turn()
    body = Ordered(order.act, matter.interview, scene.person.id, matter.args)
    said = Message(f"command.{order.verb}", order.done(matter), (Note(order.next(matter)),))
    return Turn(effects=(Then(body),), say=said)


def ask_first(order: Order, scene: Scene, matter: Matter) -> Turn:
    """Return the turn that asks whether it is meant, or orders it where that is easily put right."""
    if order.ask is None or scene.person is None:
        return carry_out(order, scene, matter)
    return _step("confirm.ask", order, scene.person, matter)


def _step(at: str, order: Order, person: Person, matter: Matter) -> Turn:
    keep = {"verb": order.verb, "matter": matter.as_data()}
    return Turn(effects=(Show(f"person:{person.id}", at.partition(".")[0], at, keep, REPLY),))


def _begin(order: Order, scene: Scene, event: Event, target: Target, tail: str) -> Turn:
    kind = f"command.{order.verb}"
    if problem := order.refuse(target, scene.now):
        return Turn(say=Message(kind, problem))
    if order.left_out and not tail and scene.person is not None:
        return _step(order.left_out, order, scene.person, matter_of(target, event))
    args = order.arguments(scene, target, tail) if order.arguments else {}
    if isinstance(args, Text):
        return Turn(say=Message(kind, args))
    return ask_first(order, scene, matter_of(target, event, args))


def is_over(target: Target) -> Text | None:
    """Return why nothing more can be done about an interview that was called off."""
    interview = target.interview
    if interview.state in (State.CANCELLED, State.WITHDRAWN):
        return t("{label} is off already. See: show {label}", label=interview.label)
    return None


def is_done(target: Target) -> Text | None:
    """Return why it is too late to change an interview: it is off, or it has taken place."""
    interview = target.interview
    if interview.state in (State.JOINED, State.COMPLETED):
        return t("{label} is recorded as joined. If that is wrong: undo {label}", label=interview.label)
    return is_over(target)
