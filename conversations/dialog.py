"""How a conversation is declared: dialogs of steps, checked when they are made; sessions and scenes they run in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from conversations.effects import REPLY, Answer, Effect, Manner
from conversations.events import Event, Said
from conversations.identity import Person, Role
from conversations.interview import Case, CaseKind, CaseState, Interview, RungRow
from conversations.messages import Form, Message
from conversations.policy import Policy
from locales.text import Text

END = "end"
ELSEWHERE = "elsewhere:"
"""What the subject of a session begins with that says who has a candidate's talk in hand; their interview follows."""
SINCE = "since"
"""Where a card's session keeps since which turn its choices are what they are."""


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody stands in a dialog about one subject. `(holder, subject)` is its key.

    `holder` is `person:<uuid>` or `team:<name>`; `subject` is `interview:<uuid>`, `case:<uuid>` or a name.
    `turn` rises whenever a step is shown, and travels in every press: old buttons never act.
    """

    id: UUID
    holder: str
    subject: str
    dialog: str = ""
    step: str = ""
    turn: int = 0
    choices: tuple[str, ...] = ()
    """The actions last shown, in order, so that "2" can pick the second."""
    asked_at: datetime | None = None
    """When a choice was last shown; None when nothing is asked."""
    misses: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_waiting(self) -> bool:
        return self.asked_at is not None

    @property
    def at(self) -> str:
        return f"{self.dialog}.{self.step}"

    def is_elsewhere(self, now: datetime) -> bool:
        """Tell whether it says that a colleague has the candidate's talk in hand."""
        until = self.data.get("until") if self.subject.startswith(ELSEWHERE) else ""
        return bool(until) and datetime.fromisoformat(str(until)) > now

    @property
    def since(self) -> int:
        """Since which turn its choices mean what they mean now: a card that is only told anew keeps its buttons."""
        return int(self.data.get(SINCE, self.turn))


@dataclass(frozen=True, slots=True)
class Need:
    """A query whose result a step or command must find in `Scene.found` under `name`."""

    name: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is known when a decision is made."""

    now: datetime
    policy: Policy
    person: Person | None = None
    """Who acts, if it is a person we know."""
    interview: Interview | None = None
    candidate: Person | None = None
    """Whose interview it is."""
    rungs: tuple[RungRow, ...] = ()
    cases: tuple[Case, ...] = ()
    """All cases of the interview, newest first."""
    sessions: tuple[Session, ...] = ()
    """The acting person's sessions and those about the interview."""
    last_signal_at: datetime | None = None
    """When the interview platform was last heard."""
    about: UUID | None = None
    """The session whose message was answered, if the platform says which message it was."""
    latest: UUID | None = None
    """Where staff write in private: the session of what was told there last, NOBODY if that asked nothing."""
    next_case: int = 1
    """The number that a case opened now gets."""
    found: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_of_staff(self) -> bool:
        return self.person is not None and self.person.is_staff

    @property
    def booked(self) -> Interview:
        """The interview, where the step or reaction cannot happen without one."""
        if self.interview is None:
            raise LookupError("this step needs an interview in its scene")
        return self.interview

    @property
    def whose(self) -> Person:
        """The candidate, where the step or reaction cannot happen without one."""
        if self.candidate is None:
            raise LookupError("this step needs a candidate in its scene")
        return self.candidate

    def session(self, holder: str, subject: str) -> Session | None:
        return next((s for s in self.sessions if (s.holder, s.subject) == (holder, subject)), None)

    def open_case(self, *kinds: CaseKind) -> Case | None:
        """Return the newest case of these kinds that is not closed."""
        return next((c for c in self.cases if c.kind in kinds and c.state is not CaseState.CLOSED), None)

    def with_interview(self, interview: Interview) -> Scene:
        return replace(self, interview=interview)


def fresh_id(event: Event, what: str) -> UUID:
    """Return an id for something new that this event brings about: the same one if the event is handled again."""
    return uuid5(NAMESPACE_URL, f"turnout:{event.source}/{event.id}/{what}")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step, command or reaction decides.

    `say` is told first, to whoever's session it is; then, with `to` (`step` of the same dialog, `dialog.step`, or
    END), that session moves there and shows it in this `manner`. Without `to` it stays where it is, and what was
    asked stays open. The session is the one pressed or answered; for a reaction it is the candidate's about the
    interview. A command's `say` goes to whoever typed it.
    """

    effects: tuple[Effect, ...] = ()
    to: str | None = None
    keep: Mapping[str, Any] = field(default_factory=dict)
    say: Message | None = None
    manner: Manner = REPLY
    answer: Answer | None = None
    chosen: Text | None = None
    """What was chosen, in words: it stays under the closed buttons."""
    was_understood: bool = True
    """False for words that meant nothing here: the engine counts it and asks again."""

    def and_also(self, *effects: Effect) -> Turn:
        return replace(self, effects=(*self.effects, *effects))


Prompt = Callable[[Scene, Session], Message]
Pick = Callable[[Scene, Session, Event, str], Turn]
Hear = Callable[[Scene, Session, Event, Said], Turn]
Lapse = Callable[[Scene, Session, Event], Turn]
Reaction = Callable[[Scene, Event], Turn]
Patience = Callable[[Policy], timedelta]
FormOf = Callable[[Scene, Session], Form]
Submit = Callable[[Scene, Session, Event, Mapping[str, str]], Turn]


@dataclass(frozen=True, slots=True)
class Ask:
    """A step that shows choices and waits.

    `pick` handles a press by the part of its action before ":"; what follows is its argument.
    `hear` handles words; without it words go to the menu of things one can say at any time.
    `lapse` is taken when nobody answered for `patience`. `exits` are all steps that a turn may lead to.
    `form` is shown at once to whoever pressed their way here, where there are forms; what they fill in goes to
    `submit`, and `Answer.field_errors` of its turn leaves the form open. The prompt says the same in the chat.
    """

    name: str
    prompt: Prompt
    pick: Mapping[str, Pick]
    hear: Hear | None = None
    lapse: Lapse | None = None
    patience: Patience | None = None
    needs: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    form: FormOf | None = None
    submit: Submit | None = None
    hears: Literal["newest", "replies", "everything"] = "newest"
    """Which words are meant for `hear`: those typed while it is the newest question; only what answers a message of
    its session; or everything that is written, before commands and whatever is asked beside it."""


@dataclass(frozen=True, slots=True)
class Tell:
    """A step that says something and waits for nothing; links and buttons of other steps are not its business."""

    name: str
    prompt: Prompt
    needs: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()


Step = Ask | Tell


class BadDialog(ValueError):
    """A dialog that cannot work: twin names, an exit to nowhere, a step nobody reaches."""


@dataclass(frozen=True, slots=True, init=False)
class Dialog:
    """A named set of steps; the first is its entry.

    `entries` are further steps that reactions or other dialogs go to directly. `on` are its reactions to what
    happens outside a step: `due.<timer>`, `signal.<kind>`, or an event's tag (`booked`, `followed` …).
    `heeds` maps what a candidate may say at any time (`move`, `status`, `stop` …) to a reaction.
    `roles` may press its buttons. A `card` is one message edited through its life instead of new messages.
    """

    name: str
    steps: Mapping[str, Step]
    entries: frozenset[str]
    on: Mapping[str, Reaction]
    heeds: Mapping[str, Reaction]
    needs: Mapping[str, tuple[str, ...]]
    """What reactions need, by the key they stand under in `on` or `heeds`."""
    roles: frozenset[Role]
    is_card: bool

    def __init__(
        self,
        name: str,
        *steps: Step,
        entries: Iterable[str] = (),
        on: Mapping[str, Reaction] | None = None,
        heeds: Mapping[str, Reaction] | None = None,
        needs: Mapping[str, tuple[str, ...]] | None = None,
        roles: Iterable[Role] = (Role.CANDIDATE,),
        is_card: bool = False,
    ) -> None:
        names = [step.name for step in steps]
        if twins := {n for n in names if names.count(n) > 1}:
            raise BadDialog(f"{name}: two steps are named {', '.join(sorted(twins))}")
        by_name = {step.name: step for step in steps}
        entry_names = frozenset({*entries, *names[:1]})
        if strangers := entry_names - set(names):
            raise BadDialog(f"{name}: entries to unknown steps {', '.join(sorted(strangers))}")
        for step in steps:
            for target in step.exits:
                if "." not in target and target != END and target not in by_name:
                    raise BadDialog(f"{name}.{step.name}: exit to unknown step {target}")
        reached, frontier = set(entry_names), list(entry_names)
        while frontier:
            for target in by_name[frontier.pop()].exits:
                if target in by_name and target not in reached:
                    reached.add(target)
                    frontier.append(target)
        if lost := set(names) - reached:
            raise BadDialog(f"{name}: nobody reaches {', '.join(sorted(lost))}")
        for key, value in (
            ("name", name),
            ("steps", by_name),
            ("entries", entry_names),
            ("on", dict(on or {})),
            ("heeds", dict(heeds or {})),
            ("needs", dict(needs or {})),
            ("roles", frozenset(roles)),
            ("is_card", is_card),
        ):
            object.__setattr__(self, key, value)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb that staff type, or anybody where `roles` holds CANDIDATE.

    `needs` names the queries for the arguments typed; `run` answers with a Turn whose `say` is the reply.
    `aliases` are further words for it, Chinese ones among them, that also work without a slash in private chats.
    """

    name: str
    aliases: tuple[str, ...]
    roles: frozenset[Role]
    usage: Text
    """As typed, `show I-1024`."""
    about: Text
    """One sentence (Text) for `help`."""
    run: Callable[[Scene, Event, str], Turn]
    needs: Callable[[str], tuple[Need, ...]] = lambda rest: ()
    may_follow: bool = False
    """Whether its word may stand behind what it is about: `张三 改约 明天下午3点`."""
    is_personal: bool = False
    """Whether its answer is for whoever asks alone, also with `--here` in a group."""
    flags: tuple[str, ...] | None = None
    """The flags it knows beside those of all commands; None where it refuses others itself."""
