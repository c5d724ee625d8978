"""Example scenes of candidates: builders, a stage that plays them through the engine, and one example of every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialog import Ask, Scene, Session, Tell, fresh_id
from conversations.dialogs import DIALOGS
from conversations.effects import (
    Answer,
    Bind,
    DropTimers,
    Effect,
    Manner,
    PlanRungs,
    SaveCase,
    SaveInterview,
    SavePerson,
    Say,
    SetTimer,
    SettleRung,
    Then,
)
from conversations.engine import NeedMore, react
from conversations.events import Body, Due, Event, Picked, Said, Submitted
from conversations.identity import NOBODY, Address, Binding, Person, Role, ToPerson
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Interview,
    RungRow,
    Slot,
    State,
    Verdict,
)
from conversations.messages import Form, Link, Message
from conversations.plan import ladder
from conversations.policy import Policy, Rung, Support
from conversations.prechecks import Finding, Precheck
from locales.text import Reader
from locales.translate import render

ZONE = "Asia/Shanghai"
START = datetime(2026, 11, 24, 6, tzinfo=UTC)
"""A Tuesday, 14:00 in Shanghai."""
BOOK = Book.of(DIALOGS, COMMANDS)


def id_of(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"test:{name}")


def policy(**changes: Any) -> Policy:
    """Return a company's policy that leaves nothing out."""
    standard = Policy(
        company="nebula",
        display_name={"en": "Nebula", "zh_Hans": "星云科技"},
        zone=ZONE,
        languages=("en", "zh_Hans"),
        rungs=(
            Rung("24h", timedelta(hours=24), delivery="all"),
            Rung("1h", timedelta(hours=1), when_confirmed=False),
            Rung("30m", timedelta(minutes=30)),
        ),
        support=Support({"en": "Support", "zh_Hans": "技术支持"}, "400-820-8820", time(9), time(18), ZONE),
        devices={
            "en": "A computer with Chrome, a camera and a microphone",
            "zh_Hans": "装有 Chrome 的电脑、摄像头和麦克风",
        },
        guide_url="https://example.com/guide",
        faq_url="https://example.com/faq",
        precheck_url="https://example.com/check",
        privacy_url="https://example.com/privacy",
        what_next={
            "en": "You hear from us within three working days.",
            "zh_Hans": "我们会在三个工作日内联系您。",
        },
        blocks={"coding": {"en": "Have your editor ready.", "zh_Hans": "请准备好编辑器。"}},
        join_signal="platform",
        signal_account="main",
    )
    return replace(standard, **changes)


def candidate(name: str = "Li Lei", *, is_bound: bool = True, **changes: Any) -> Person:
    id = id_of(name)
    address = Address("telegram.main", f"u-{id.hex[:6]}")
    bindings = (
        (Binding(id_of(f"binding {name}"), id, address, START - timedelta(days=3)),) if is_bound else ()
    )
    standard = Person(id, name, "en", ZONE, "+8613812341234", bindings=bindings)
    return replace(standard, **changes)


def hr(name: str = "Han Meimei") -> Person:
    id = id_of(name)
    address = Address("telegram.main", f"u-{id.hex[:6]}")
    bindings = (Binding(id_of(f"binding {name}"), id, address, START - timedelta(days=9)),)
    return Person(id, name, "en", ZONE, roles=frozenset({Role.HR}), bindings=bindings)


def attempt(**changes: Any) -> Attempt:
    starts_at = changes.pop("starts_at", START)
    standard = Attempt(
        id=id_of("attempt 1"),
        n=1,
        starts_at=starts_at,
        zone=ZONE,
        join="https://meet.example.com/1001",
        local_start=starts_at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=8),
        booked_at=starts_at - timedelta(days=3),
    )
    return replace(standard, **changes)


def interview(**changes: Any) -> Interview:
    """Return an interview; keywords that an attempt has go to its attempt."""
    own = {
        name: changes.pop(name)
        for name in list(changes)
        if name in Attempt.__dataclass_fields__ and name != "id"
    }
    standard = Interview(
        id=id_of("interview"),
        number=1024,
        revision=1,
        person=id_of("Li Lei"),
        company="nebula",
        role="Java developer",
        attempt=attempt(**own),
    )
    return replace(standard, **changes)


def slots(*days: int, now: datetime = START) -> tuple[Slot, ...]:
    """Return free slots so many days after the start's day, at 10:00, 14:00 and 16:30 in Shanghai."""
    midnight = START - timedelta(hours=14)
    hours = (timedelta(hours=10), timedelta(hours=14), timedelta(hours=16, minutes=30))
    return tuple(
        Slot(id_of(f"slot {day} {hour}"), midnight + timedelta(days=day) + hour, ZONE, "nebula", "", 1, 0)
        for day in days or (1, 2, 3)
        for hour in hours
    )


def case(kind: CaseKind = CaseKind.NO_SHOW, **changes: Any) -> Case:
    standard = Case(
        id=id_of(f"case {kind}"),
        number=7,
        kind=kind,
        interview=id_of("interview"),
        attempt=id_of("attempt 1"),
        opened_at=START + timedelta(minutes=10),
    )
    return replace(standard, **changes)


def checked(*codes: str, at: datetime = START - timedelta(minutes=70)) -> Precheck:
    """Return a device check that found these, and nothing else wrong."""
    found = tuple(Finding(code) for code in ("WEB-OK", *codes))
    return Precheck(id_of(f"check {at} {codes}"), id_of("interview"), at, found, 20)


_FOUND: Mapping[str, Any] = {
    "others": (),
    "transcript": (),
    "team": (hr(),),
    "prechecks": (),
    "accounts": {},
    "inviting": ("telegram",),
}


def scene(now: datetime, of: Interview | None = None, **changes: Any) -> Scene:
    """Return a scene in which the candidate acts at an instant, about an interview, with its ladder planned."""
    about = of or interview()
    person = changes.pop("candidate", candidate())
    rules = changes.pop("policy", policy())
    rows = ladder(about.attempt, rules, ZONE, about.attempt.booked_at, {})
    sent = tuple(
        replace(row, verdict=Verdict.SENT, settled_at=row.due_at)
        if row.verdict is None and row.due_at < now
        else row
        for row in rows
    )
    standard = Scene(
        now=now,
        policy=rules,
        person=changes.pop("person", person),
        interview=about,
        candidate=person,
        rungs=sent,
        last_signal_at=now - timedelta(minutes=1),
        next_case=8,
        found={**_FOUND, "slots": slots(), "attempts": (about.attempt,)},
    )
    return replace(standard, **changes)


def english(text: Any, now: datetime = START) -> str:
    return render(text, Reader("en", ZONE, now))


# -- a stage ---------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """Plays events through the engine as the runtime does, and keeps what became of the world."""

    scene: Scene
    n: int = 0
    effects: list[Effect] = field(default_factory=list)
    """Of the last event, with all that followed from it."""
    answer: Answer | None = None
    form: Form | None = None
    """The form opened last."""
    timers: dict[tuple[str, str], SetTimer] = field(default_factory=dict)

    # -- what happens

    def happens(self, body: Body, **event: Any) -> list[Message]:
        """Let something happen; return what the candidate was told."""
        self.effects, self.answer = [], None
        waiting: list[Body] = [body]
        while waiting:
            waiting += self._one(waiting.pop(0), event)
        return self.told()

    def says(self, text: str) -> list[Message]:
        return self.happens(Said(text), account="telegram.main", user="u", chat="u")

    def picks(self, action: str) -> list[Message]:
        """Press the button that stands for an action."""
        session = self.session
        assert session is not None, "nothing was asked"
        assert action in session.choices, f"{action} is not among {session.choices}"
        return self.happens(Picked(session.id, session.choices.index(action) + 1, session.turn))

    def fills_in(self, **values: str) -> list[Message]:
        """Send the form back that the last press opened."""
        assert self.form is not None, "no form was opened"
        return self.happens(Submitted(self.form.name, values, self.form.carried))

    def due(self, name: str, *, late: timedelta = timedelta(), **data: str) -> list[Message]:
        about = self.scene.booked
        self.as_nobody()
        told = self.happens(
            Due(
                name,
                f"interview:{about.id}",
                self.scene.now - late,
                {"attempt": str(about.attempt.id), **data},
            )
        )
        self.as_candidate()
        return told

    def at(self, now: datetime) -> Stage:
        self.scene = replace(self.scene, now=now)
        return self

    def as_nobody(self) -> None:
        self.scene = replace(self.scene, person=None)

    def as_candidate(self) -> None:
        self.scene = replace(self.scene, person=self.scene.candidate)

    # -- what became of it

    @property
    def session(self) -> Session | None:
        return self.scene.session(f"person:{self.scene.whose.id}", f"interview:{self.scene.booked.id}")

    @property
    def interview(self) -> Interview:
        return self.scene.booked

    def told(self) -> list[Message]:
        """Return what the candidate, or a stranger in their own chat, was told by the last event."""
        whose = self.scene.candidate or self.scene.person
        return [say.message for say in self.says_to(whose.id if whose else NOBODY)]

    def says_to(self, person: UUID) -> list[Say]:
        return [e for e in self.effects if isinstance(e, Say) and e.to == ToPerson(person)]

    def said_to_team(self) -> list[Message]:
        return [e.message for e in self.effects if isinstance(e, Say) and not isinstance(e.to, ToPerson)]

    def settled(self) -> dict[str, tuple[Verdict, str]]:
        return {e.name: (e.verdict, e.why) for e in self.effects if isinstance(e, SettleRung)}

    def found(self, kind: type[Any]) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    # -- how

    def _one(self, body: Body, about: Mapping[str, Any]) -> list[Body]:
        self.n += 1
        event = Event(str(self.n), "test", self.scene.now, body, **about)
        for _ in range(5):
            try:
                outcome = react(BOOK, self.scene, event)
                break
            except NeedMore as more:
                found = {need.name: _nothing(need.name) for need in more.needs}
                self.scene = replace(self.scene, found={**self.scene.found, **found})
        else:
            raise AssertionError(f"{body} asks for more and more")
        self.answer = self.answer or outcome.answer
        self.form = (outcome.answer.form if outcome.answer else None) or self.form
        self.effects += outcome.effects
        kept = {(s.holder, s.subject): s for s in self.scene.sessions}
        kept |= {(s.holder, s.subject): s for s in outcome.sessions}
        self.scene = replace(self.scene, sessions=tuple(kept.values()))
        for effect in outcome.effects:
            self._carry_out(effect)
        return [effect.body for effect in outcome.effects if isinstance(effect, Then)]

    def _carry_out(self, effect: Effect) -> None:
        now = self.scene
        match effect:
            case SaveInterview(interview=saved):
                is_new = saved.attempt.id != now.booked.attempt.id
                self.scene = replace(now, interview=saved, rungs=() if is_new else now.rungs)
            case SaveCase(case=saved_case):
                others = tuple(c for c in now.cases if c.id != saved_case.id)
                self.scene = replace(now, cases=(saved_case, *others))
            case SavePerson(person=person) if now.candidate is not None and person.id == now.candidate.id:
                is_actor = now.person is not None and now.person.id == person.id
                self.scene = replace(now, candidate=person, person=person if is_actor else now.person)
            case PlanRungs(rows=rows):
                self.scene = replace(now, rungs=rows)
            case SettleRung(name=name, verdict=verdict, why=why):
                self.scene = replace(
                    now,
                    rungs=tuple(
                        replace(row, verdict=verdict, why=why)
                        if row.name == name and row.verdict is None
                        else row
                        for row in now.rungs
                    ),
                )
            case SetTimer(name=name, subject=subject):
                self.timers[name, subject] = effect
            case DropTimers(subject=subject, names=names):
                for key in [k for k in self.timers if k[1] == subject and (not names or k[0] in names)]:
                    del self.timers[key]
            case _:
                pass


def _nothing(name: str) -> Any:
    return None if name.startswith("session") else ()


# -- one example of every step ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A step as somebody sees it."""

    name: str
    scene: Scene
    session: Session
    manner: Manner | None = None

    @property
    def at(self) -> str:
        return self.name.partition(" ")[0]

    def message(self) -> Message:
        _, step = BOOK.step(self.at)
        return step.prompt(self.scene, self.session)


BEFORE = START - timedelta(hours=24)
SOON = START - timedelta(minutes=65)
AFTER = START + timedelta(minutes=11)


def _session(at: str, **data: Any) -> Session:
    dialog, _, step = at.partition(".")
    whose, about = id_of("Li Lei"), id_of("interview")
    return Session(id_of("session"), f"person:{whose}", f"interview:{about}", dialog, step, 3, data=data)


def _example(name: str, of: Scene, **data: Any) -> Example:
    return Example(name, of, _session(name.partition(" ")[0], **data))


def missed(**changes: Any) -> Interview:
    """Return an interview whose candidate was flagged and asked."""
    standard = {
        "state": State.NO_SHOW,
        "flagged_at": START + timedelta(minutes=10),
        "contacted_at": START + timedelta(minutes=10),
    }
    return interview(**{**standard, **changes})


def moved(**changes: Any) -> Interview:
    """Return an interview that the candidate moved to the next day."""
    later = START + timedelta(days=1)
    again = attempt(id=id_of("attempt 2"), n=2, starts_at=later, booked_at=START + timedelta(minutes=20))
    return replace(interview(), attempt=again, moves=1, **changes)


def examples() -> Sequence[Example]:
    """Return an example of every step candidates see, the important ones in several states."""
    return tuple(_examples())


def _examples() -> Iterator[Example]:
    before, soon, after = scene(BEFORE), scene(SOON), scene(AFTER, missed(), cases=(case(),))
    started = scene(START + timedelta(minutes=3))
    confirmed = interview(confirmed_at=BEFORE)
    done = interview(state=State.COMPLETED, joined_at=START, completed_at=START + timedelta(hours=1))
    technical = case(CaseKind.TECHNICAL)
    taken = replace(technical, state=CaseState.TAKEN, owner=id_of("Sam"), owner_name="Sam")
    helped = scene(SOON, cases=(technical,))
    opted_out = candidate(opted_out_at=BEFORE)
    yield _example("greeting.hello", before)
    yield _example("greeting.hello without a role", scene(BEFORE, interview(role="")))
    yield Example("greeting.staff", replace(before, person=hr()), _session("greeting.staff"))
    yield _example("greeting.not_yours", before)
    yield _example("greeting.expired", before)
    yield _example("greeting.stranger", before)
    yield _example("reminder.ask", soon)
    yield _example("reminder.ask confirmed", scene(SOON, confirmed))
    yield _example("reminder.ask started", started)
    yield _example("reminder.ask by number", scene(SOON, interview(join="腾讯会议 123 456 789")))
    yield _example("reminder.sure", before)
    yield _example("reminder.confirmed", scene(BEFORE, confirmed))
    yield _example("reminder.confirmed last", scene(START - timedelta(minutes=20), confirmed))
    yield _example(
        "reminder.moved", before, **{"from": (START - timedelta(days=1)).isoformat(), "zone": ZONE}
    )
    yield _example("reminder.moved link only", before)
    yield _example("start.stuck", started)
    yield _example("start.late", started)
    yield _example("start.good_luck", started)
    yield _example("start.sorry", after)
    yield _example("start.mistaken", after)
    yield _example("start.thanks", scene(START + timedelta(hours=1), done))
    yield _example("start.called_off", before)
    yield _example("start.on_again", before)
    yield _example("no_show.ask", after)
    yield _example("no_show.more", after)
    yield _example("no_show.leaving", after, why="offer")
    yield _example("no_show.leaving ahead", before, why="words")
    yield _example("no_show.left", after)
    yield _example("no_show.attended", after)
    for why in (
        "",
        "forgot",
        "came_up",
        "unclear",
        "private",
        "technical",
        "staff",
        "outage",
        "sorry",
        "stay",
        "solved",
        "more",
        "typed",
    ):
        yield _example(f"rebook.offer {why}".strip(), after, why=why)
    yield _example("rebook.offer near", after, near=True)
    yield _example("correction.ignore", before, act="remind")
    yield _example("correction.ignore missed", after, act="rebook")
    yield _example("rebook.offer again", after, again=True)
    yield _example("rebook.typed", after)
    yield _example("rebook.gone", after)
    for because in ("limit", "cutoff", "no_slots", "none_fits"):
        yield _example(f"rebook.by_person {because}", scene(AFTER, missed(moves=2)), because=because)
    yield _example("rebook.done", scene(START + timedelta(minutes=20), moved()))
    yield _example("cant_come.ask", before)
    yield _example("technical.fix", soon)
    yield _example("technical.waiting", helped)
    yield _example("technical.waiting taken", scene(SOON, cases=(taken,)))
    yield _example("technical.solved", soon)
    yield _example("technical.closed", soon)
    yield _example("technical.closed missed", after)
    checks = {"prechecks": (checked("CAM-BUSY", "MIC-QUIET"),)}
    yield _example("precheck.failed", replace(soon, found={**soon.found, **checks}))
    yield _example("precheck.failed helped", replace(helped, found={**helped.found, **checks}))
    yield _example("precheck.phone", soon)
    yield _example("precheck.passed", soon)
    yield _example("precheck.link", soon)
    yield _example("reminder.ask checked", replace(soon, found={**soon.found, **checks}))
    yield _example("person.offer", soon)
    yield _example("person.offer complaint", soon, why="complaint")
    yield _example("person.waiting", scene(SOON, cases=(case(CaseKind.PERSON),)))
    talked = {"owner": "Han Meimei", "case": str(id_of(f"case {CaseKind.PERSON}"))}
    yield _example("talk.open", scene(SOON), **talked)
    for why in ("back", "handed", "silent"):
        yield _example(f"talk.over {why}", scene(SOON), why=why, **talked)
    for until in ("", (SOON + timedelta(hours=1)).isoformat()):
        yield _example(f"elsewhere.talk {bool(until)}", scene(SOON), by="Zhang San", until=until)
    asks: dict[str, Any] = {"role": "Java developer", "about": "interview", "asks": [], "score": 5}
    over = scene(START + timedelta(hours=2), done)
    yield _example("survey.overall", over, **asks)
    yield _example("survey.overall without a role", over, **{**asks, "role": ""})
    yield _example("survey.overall about help", soon, **{**asks, "about": "help"})
    yield _example("survey.overall about a no-show", after, **{**asks, "about": "missed"})
    yield _example("survey.reminders", over, **asks)
    yield _example("survey.support", over, **asks)
    yield _example("survey.sorry", over, **asks)
    yield _example("survey.more", over, **{**asks, "score": 5})
    yield _example("survey.noted", over, **asks)
    yield _example("survey.thanks", over, **asks)
    yield _example("survey.thanks low", over, **{**asks, "score": 1})
    yield _example("opt_out.ask", before)
    yield _example("opt_out.done", scene(BEFORE, candidate=opted_out))
    yield _example("opt_out.kept", before)
    yield _example("opt_out.back", before)
    yield _example("status.now", before)
    yield _example("status.now confirmed", scene(SOON, confirmed))
    yield _example("status.now started", started)
    yield _example("status.now missed", after)
    yield _example("status.now rebooking", replace(after, sessions=(_waiting("rebook.offer"),)))
    yield _example("status.now rebooked", scene(START + timedelta(minutes=20), moved()))
    yield _example("status.now completed", scene(START + timedelta(hours=2), done))
    yield _example("status.now joined", scene(AFTER, interview(state=State.JOINED, joined_at=START)))
    yield _example("status.now cancelled", scene(BEFORE, interview(state=State.CANCELLED)))
    yield _example("status.now withdrawn", scene(BEFORE, interview(state=State.WITHDRAWN)))
    yield _example("status.now helped", scene(SOON, cases=(taken,)))
    yield _example("status.now opted out", scene(SOON, candidate=opted_out))
    yield _example("privacy.about", before)
    yield _example("menu.menu", before)
    yield _example("menu.menu missed", after)
    yield _example("menu.menu over", scene(START + timedelta(hours=2), done))
    yield _example("menu.menu welcome", before, welcome=True)
    yield _example("menu.menu hello", before, hello=True)
    yield _example("menu.help", soon)


def _waiting(at: str) -> Session:
    return replace(_session(at), asked_at=AFTER)


def is_of_candidates(dialog: str) -> bool:
    return Role.CANDIDATE in BOOK.dialogs[dialog].roles


def steps_of_candidates() -> Iterator[tuple[str, Ask | Tell]]:
    for dialog in DIALOGS:
        if is_of_candidates(dialog.name):
            for step in dialog.steps.values():
                yield f"{dialog.name}.{step.name}", step


def wrong(answer: Answer | None) -> dict[str, str]:
    """Return what is said beside the fields of a form that stays open."""
    assert answer is not None, "the form was taken"
    return {name: english(text) for name, text in answer.field_errors.items()}


def links(message: Message) -> list[str]:
    return [action.to for action in message.actions if isinstance(action, Link)]


__all__ = ["Bind", "RungRow", "fresh_id"]
