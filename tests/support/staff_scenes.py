"""A stage for what staff see and type: people, interviews and cases, played through the engine as the runtime does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.audit import Journal
from conversations.commands.health import Health
from conversations.configured import Compared, Configured
from conversations.dialog import Ask, Dialog, Scene, Session, Tell, Turn
from conversations.dialogs.alert import ALERT_DIALOG
from conversations.dialogs.batch import BATCH, TAKE_BACK
from conversations.dialogs.checklist import CHECKLIST
from conversations.dialogs.choose import CHOOSE
from conversations.dialogs.confirm import CONFIRM
from conversations.dialogs.hr_digest import HR_DIGEST
from conversations.dialogs.moving import MOVING
from conversations.dialogs.notices import NOTICES
from conversations.dialogs.support import SUPPORT
from conversations.dialogs.unbound import UNBOUND
from conversations.effects import PROMPTLY, Answer, Effect, SaveCase, SaveInterview, Say, Then
from conversations.engine import NeedMore, Outcome, react
from conversations.events import Body, Commanded, Event, Ordered, Picked, Said, Submitted
from conversations.findings import Around, Target
from conversations.identity import Address, Binding, Person, Role, ToTeam
from conversations.interview import Attempt, Case, CaseKind, CaseState, Interview
from conversations.messages import Fact, File, Form, Link, Message, Press
from conversations.policy import Policy, Rung, Support
from locales.text import Reader, t
from locales.translate import render
from tests.support import figured

ZONE = "Asia/Shanghai"
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
"""A Tuesday, 14:00 in Shanghai."""
NOW = START + timedelta(minutes=10)

POLICY = Policy(
    company="example",
    display_name={"en": "Example Tech", "zh_Hans": "示例科技"},
    zone=ZONE,
    languages=("en", "zh_Hans"),
    rungs=(Rung("24h", timedelta(hours=24)), Rung("1h", timedelta(hours=1))),
    support=Support({"en": "Support"}, "400-000-0000", time(9), time(18), ZONE),
    devices={"en": "A computer with a camera"},
)


def id_of(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"test:{name}")


def binding(person: UUID, channel: str = "telegram") -> Binding:
    user = f"{channel}-{person.hex[:6]}"
    return Binding(id_of(user), person, Address(f"{channel}.main", user), START - timedelta(days=3))


def staff(name: str, *roles: Role) -> Person:
    id = id_of(name)
    return Person(id, name, "en", ZONE, roles=frozenset(roles), bindings=(binding(id),))


HAN = staff("Han Meimei", Role.HR)
RUI = staff("Rui", Role.RECRUITER)
SAM = staff("Sam", Role.SUPPORT)
VERA = staff("Vera", Role.VIEWER)
ADA = staff("Ada", Role.ADMIN)


def candidate(
    name: str = "李雷", *, channels: Iterable[str] = ("telegram",), phone: str = "13812341234"
) -> Person:
    id = id_of(name)
    bindings = tuple(binding(id, channel) for channel in channels)
    return Person(id, name, "zh_Hans", ZONE, phone, bindings=bindings)


def interview(number: int = 1024, who: Person | None = None, **changes: Any) -> Interview:
    """Return an interview; keywords that an attempt has go to its attempt."""
    person = who or candidate()
    own = {name: changes.pop(name) for name in list(changes) if name in Attempt.__dataclass_fields__}
    starts_at = own.pop("starts_at", START)
    attempt = Attempt(
        id=id_of(f"attempt {number}"),
        n=1,
        starts_at=starts_at,
        zone=ZONE,
        join="https://meet.example/1",
        local_start=starts_at.replace(tzinfo=None) + timedelta(hours=8),
        booked_at=starts_at - timedelta(days=3),
    )
    base = Interview(
        id_of(f"interview {number}"), number, 1, person.id, "example", "Java", replace(attempt, **own)
    )
    return replace(base, **changes)


def target(number: int = 1024, name: str = "李雷", **changes: Any) -> Target:
    channels = changes.pop("channels", ("telegram",))
    person = candidate(name, channels=channels)
    return Target(interview(number, person, **changes), person)


def case(of: Interview, kind: CaseKind = CaseKind.NO_SHOW, **changes: Any) -> Case:
    made = Case(id_of(f"case {of.number} {kind}"), of.number, kind, of.id, of.attempt.id, NOW)
    return replace(made, **changes)


# -- what the candidates' dialogs do ---------------------------------------------------------------------


def _settles(result: str) -> Callable[[Scene, Event], Turn]:
    def reaction(scene: Scene, event: Event) -> Turn:
        found = scene.open_case(CaseKind.NO_SHOW)
        if found is None:
            return Turn()
        by = scene.person.name if scene.person else None
        closed = replace(
            found,
            state=CaseState.CLOSED,
            result=result,
            closed_at=scene.now,
            owner_name=found.owner_name or by,
        )
        return Turn(effects=(SaveCase(closed),))

    return reaction


def _nothing(scene: Scene, event: Event) -> Turn:
    return Turn()


def _offers(scene: Scene, event: Event) -> Turn:
    return Turn(to="technical.closed", manner=PROMPTLY)


def _closed(scene: Scene, session: Session) -> Message:
    return Message("technical.closed", t("{label}", label="other times"))


CANDIDATES = (
    Dialog(
        "technical",
        Tell("closed", _closed),
        on={
            "ordered.dismiss": _settles("dismissed"),
            "ordered.undo": _settles("undone"),
            "ordered.offer": _offers,
            "ordered.rebook": _nothing,
            "ordered.joined": _nothing,
            "ordered.no_show": _nothing,
            "ordered.cancel": _nothing,
            "ordered.move": _nothing,
            "ordered.remind": _nothing,
            "ordered.confirm": _nothing,
            "ordered.pause": _nothing,
            "ordered.resume": _nothing,
            "ordered.correct": _nothing,
        },
    ),
    Dialog("rebook", Ask("offer", _closed, {})),
)
STAFF_DIALOGS = (
    ALERT_DIALOG,
    SUPPORT,
    CHECKLIST,
    UNBOUND,
    HR_DIGEST,
    NOTICES,
    CHOOSE,
    CONFIRM,
    MOVING,
    BATCH,
    TAKE_BACK,
)
BOOK = Book.of((*STAFF_DIALOGS, *CANDIDATES), COMMANDS)


def looked_into() -> dict[str, Any]:
    """Return what administrators' commands find where nothing is wrong."""
    well = Health(
        0, None, 3, timedelta(seconds=1), timedelta(seconds=2), 0, (), (), 0, ("telegram.main",), 1, False
    )
    return {
        "health": well,
        "journal": Journal(()),
        "journal_problems": (),
        "config": Configured((), 1),
        "config_versions": (),
        "config_diff": Compared(0, 1),
        "takes_files": True,
        "gives_files": True,
        "pages": True,
    }


# -- the stage -------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """What is known, and everything that was decided so far."""

    target: Target | None = None
    cases: tuple[Case, ...] = ()
    now: datetime = NOW
    policy: Policy = POLICY
    book: Book = BOOK
    found: dict[str, Any] = field(default_factory=dict)
    """What needs find, by name; a function gets the need's arguments."""
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """Every need that was asked for."""
    effects: list[Effect] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    ordered: list[Ordered] = field(default_factory=list)
    count: int = 0

    def happens(
        self, body: Body, by: Person | None = None, *, private: bool = True, about: bool = False
    ) -> Outcome:
        """Handle one event, and all that follows from it."""
        self.count += 1
        account = "telegram.main" if by else None
        event = Event(
            str(self.count), "telegram.main" if by else "time", self.now, body, account, is_private=private,
            about="41" if about else None,
        )  # fmt: skip
        waiting: list[Body] = [body]
        first: Outcome | None = None
        while waiting:
            body, *waiting = waiting
            event = replace(event, id=f"{event.id}+", body=body)
            outcome = self._react(event, by)
            first = first or outcome
            waiting += [effect.body for effect in outcome.effects if isinstance(effect, Then)]
        assert first is not None
        return first

    def _react(self, event: Event, by: Person | None) -> Outcome:
        if isinstance(event.body, Ordered):
            self.ordered.append(event.body)
        found: dict[str, Any] = {}
        for _ in range(8):
            try:
                outcome = react(self.book, self._scene(event, by, found), event)
                break
            except NeedMore as more:
                for need in more.needs:
                    assert need.name not in found, f"{need.name} is asked for twice"
                    self.asked.append((need.name, need.args))
                    found[need.name] = self._find(need.name, need.args)
        else:
            raise AssertionError("asks for more and more")
        self._carry_out(outcome)
        return outcome

    def _find(self, name: str, args: Mapping[str, str]) -> Any:
        if name.startswith("session:"):
            return self.sessions.get((args["holder"], args["subject"]))
        usual = {**looked_into(), "around": Around(), "team": (HAN, SAM, ADA), **figured.found(self.policy)}
        value = self.found.get(name, usual.get(name, ()))
        return value(args) if callable(value) else value

    def _scene(self, event: Event, by: Person | None, found: Mapping[str, Any]) -> Scene:
        is_about = not isinstance(event.body, Said | Commanded) or event.about is not None
        session = next((s for s in self.sessions.values() if self._is_press_on(event, s)), None)
        if session is not None:
            is_about = session.subject.startswith(("case:", "interview:", "relay:", "by_hand:", "aside:"))
        known = self.target if is_about else None
        return Scene(
            now=self.now,
            policy=self.policy,
            person=by,
            interview=known.interview if known else None,
            candidate=known.candidate if known else None,
            cases=self.cases if known else (),
            sessions=tuple(
                s
                for s in self.sessions.values()
                if s.subject.startswith(("case:", "interview:", "relay:"))
                or s is session
                or s in found.values()
                or (by is not None and s.holder == f"person:{by.id}")
            ),
            found=found,
        )

    @staticmethod
    def _is_press_on(event: Event, session: Session) -> bool:
        match event.body:
            case Picked(session=id):
                return id == session.id
            case Submitted(carried={"session": id}):
                return id == str(session.id)
        return False

    def _carry_out(self, outcome: Outcome) -> None:
        self.effects += outcome.effects
        for session in outcome.sessions:
            self.sessions[session.holder, session.subject] = session
        for effect in outcome.effects:
            if isinstance(effect, SaveCase):
                others = tuple(c for c in self.cases if c.id != effect.case.id)
                self.cases = (effect.case, *others)
            if isinstance(effect, SaveInterview) and self.target is not None:
                self.target = replace(self.target, interview=effect.interview)
        if outcome.answer is not None:
            self.answers.append(outcome.answer)

    def types(
        self, line: str, by: Person = HAN, *, private: bool = True, about: bool = False
    ) -> Message | None:
        """Type a command with its slash, and return the answer, if there is one."""
        verb, _, rest = line.partition(" ")
        outcome = self.happens(Commanded(verb, rest), by, private=private, about=about)
        return next((effect.message for effect in outcome.effects if isinstance(effect, Say)), None)

    def says(self, text: str, by: Person = HAN) -> Message | None:
        outcome = self.happens(Said(text), by)
        return next((effect.message for effect in outcome.effects if isinstance(effect, Say)), None)

    def presses(self, session: Session, action: str, by: Person = HAN) -> Outcome:
        """Press a button of the newest showing of a session."""
        known = next(s for s in self.sessions.values() if s.id == session.id)
        return self.happens(Picked(known.id, known.choices.index(action) + 1, known.turn), by)

    def fills_in(self, form: Form | None, by: Person = HAN, **values: str) -> Outcome:
        """Send a form back."""
        assert form is not None, "no form was opened"
        return self.happens(Submitted(form.name, values, form.carried), by)

    def session(self, holder: str, subject: str) -> Session:
        return next(s for (h, u), s in self.sessions.items() if h == holder and u.startswith(subject))

    @property
    def said(self) -> list[Say]:
        return [effect for effect in self.effects if isinstance(effect, Say)]

    def told(self, team: str) -> list[Message]:
        return [say.message for say in self.said if say.to == ToTeam(team)]

    def saved(self) -> list[Case]:
        return [effect.case for effect in self.effects if isinstance(effect, SaveCase)]

    def toast(self) -> str:
        toast = self.answers[-1].toast
        assert toast is not None
        return render(toast, READER)


READER = Reader("en", ZONE, NOW)


def text_of(message: Message | None, locale: str = "en", zone: str = ZONE, now: datetime = NOW) -> str:
    """Return all of a message in words; buttons stand in brackets."""
    assert message is not None, "nothing was said"
    reader = Reader(locale, zone, now)
    lines = [render(message.lead, reader)]
    for block in message.blocks:
        match block:
            case Fact(label=label, value=value):
                lines.append(f"{render(label, reader)}: {render(value, reader)}")
            case File(name=name):
                lines.append(name)
            case _:
                lines.append(render(block.text, reader))
    for action in message.actions:
        match action:
            case Press(label=label):
                lines.append(f"[{render(label, reader)}]")
            case Link(to=to, label=label):
                lines.append(f"[{render(label, reader)} → {to}]")
    return "\n".join(lines)
