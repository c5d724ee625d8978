"""What staff have done to interviews by a word: checked, asked again where it hurts, then ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from conversations.commands.lines import name_of
from conversations.commands.meant import Meant, meant_by
from conversations.commands.one import Split, whole, with_target
from conversations.dialog import Command, Need, Scene, Turn
from conversations.effects import REPLY, Show, Then
from conversations.events import Event, Ordered
from conversations.findings import Target
from conversations.grammar import BadLine
from conversations.identity import Person, Role
from conversations.interview import State
from conversations.messages import Message, Note
from conversations.rights import sees
from locales.text import Moment, Text, t

DECIDERS = frozenset({Role.HR, Role.RECRUITER})
ONLY_A_PREVIEW = t("Only a preview: nothing has happened. Without --dry-run it does.")


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
class ForMany:
    """How an order is given for several interviews at once."""

    ask: Callable[[int], Text]
    """The question before it, for so many."""
    what: Text
    """What it is, in a word or two: what a progress card counts."""
    is_grave: bool = False
    """Whether its button warns."""
    asks_for_places: bool = False
    """Whether each is to choose another time, so that places are counted first."""
    args: Callable[[Meant], Mapping[str, str]] = lambda meant: {}
    """The arguments that all of them get."""
    can_undo: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """Something that can be done to an interview: `act` as `Ordered` has it, `verb` as it is typed."""

    act: str
    verb: str
    roles: frozenset[Role] = field(default=DECIDERS, kw_only=True)
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
    many: ForMany | None = None
    """None for what can be done to one at a time only."""

    @property
    def kind(self) -> str:
        return f"command.{self.verb}"


Begin = Callable[["Order", Scene, Event, Meant], Turn]


def command(
    order: Order, aliases: tuple[str, ...], usage: Text, about: Text, with_many: Begin | None = None
) -> Command:
    """Return the command that types an order; `with_many` goes on where several interviews are meant."""

    def needs(rest: str) -> tuple[Need, ...]:
        try:
            need = meant_by(rest, order.split).need
        except BadLine:
            return ()
        return (need,) if need is not None else ()

    def run(scene: Scene, event: Event, rest: str) -> Turn:
        try:
            meant = meant_by(rest, order.split)
        except BadLine as bad:
            typed = Note(t("It is typed like this: {usage}", usage=usage))
            return Turn(say=Message(f"command.{order.verb}", bad.why, (typed,)))
        if meant.is_selection:
            return (with_many or _one_only)(order, scene, event, meant)
        return _with_one(order, scene, event, meant, usage)

    return Command(order.verb, aliases, order.roles, usage, about, run, needs, may_follow=True)


def _with_one(order: Order, scene: Scene, event: Event, meant: Meant, usage: Text) -> Turn:
    flags = " ".join(f"--{flag}" for flag in meant.flags if flag != "at")
    tail = f"{meant.tail} {flags}".strip()
    parted = whole if order.split is whole and not tail else lambda rest: (meant.text, tail)

    def then(target: Target, _: str) -> Turn:
        return begin(order, scene, event, target, meant)

    return with_target(scene, event, meant.text, order.verb, usage, then, parted)


def _one_only(order: Order, scene: Scene, event: Event, meant: Meant) -> Turn:
    """Several cannot be done at once; say what can."""
    found = [target for target in scene.found["selected"] if sees(scene.person, target.interview)]
    if len(found) == 1:
        return begin(order, scene, event, found[0], meant)
    lead = t("This is done for one interview at a time: each needs a time of its own.")
    remedy = t("To have several people choose another time themselves, type rebook with the same words.")
    return Turn(say=Message(order.kind, lead, (Note(remedy),)))


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


def begin(order: Order, scene: Scene, event: Event, target: Target, meant: Meant) -> Turn:
    """Do it to one interview, after what has to be asked, or say why not."""
    if problem := order.refuse(target, scene.now):
        return Turn(say=Message(order.kind, problem))
    if order.left_out and not meant.tail and scene.person is not None:
        return _step(order.left_out, order, scene.person, matter_of(target, event))
    args = order.arguments(scene, target, meant.tail) if order.arguments else {}
    if isinstance(args, Text):
        return Turn(say=Message(order.kind, args))
    matter = matter_of(target, event, args)
    if meant.is_dry:
        return Turn(say=_only_told(order, matter))
    return carry_out(order, scene, matter) if meant.is_sure else ask_first(order, scene, matter)


def _only_told(order: Order, matter: Matter) -> Message:
    """Say what would happen, and that it has not."""
    lead = (
        order.ask(matter)
        if order.ask is not None
        else t(
            "{label} {name}, {role}, {when}: this can be done.",
            label=matter.label,
            name=matter.name,
            role=matter.role,
            when=matter.when,
        )
    )
    return Message(order.kind, lead, (Note(ONLY_A_PREVIEW),))


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
