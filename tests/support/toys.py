"""A small book that uses everything the engine offers, and scenes to play it in: no real dialog is needed here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from conversations.book import Book
from conversations.dialog import END, Ask, Command, Dialog, Need, Scene, Session, Tell, Turn
from conversations.effects import ALERT, DropTimers, Record, Say, Show
from conversations.engine import NeedMore, Outcome, react
from conversations.events import Body, Due, Event, Picked, Said
from conversations.identity import Address, Binding, Person, Role
from conversations.interview import Attempt, Case, CaseKind, CaseState, Interview
from conversations.messages import Message, Note, Press
from conversations.policy import Policy, Rung, Support
from locales.text import Text, Words

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
_SPACE = UUID("5f0c6f0e-6f5b-4f0e-9b0a-0a8a55d6a7f1")


def uid(name: str) -> UUID:
    return uuid5(_SPACE, name)


def words(text: str) -> Text:
    """Return a sentence that reads the same in every language."""
    return Text("{label}", {"label": Words({"en": text, "zh_Hans": text})})


def prompt(lead: str, *actions: str, key: str = "") -> Any:
    def show(scene: Scene, session: Session) -> Message:
        presses = tuple(Press(action, words(action)) for action in actions)
        return Message(lead, words(lead), actions=presses, key=key)

    return show


def go(to: str, *, chosen: bool = True) -> Any:
    """Return a pick that leads on, and leaves a record of what was pressed."""

    def pick(scene: Scene, session: Session, event: Event, argument: str) -> Turn:
        done = Record("picked", to, "candidate", {"argument": argument})
        return Turn(effects=(done,), to=to, chosen=words(to) if chosen else None)

    return pick


def stay(scene: Scene, session: Session, event: Event, argument: str) -> Turn:
    return Turn(say=Message("detail", words("detail")))


def hear(scene: Scene, session: Session, event: Event, said: Said) -> Turn:
    if said.text == "detour":
        return Turn(to="nowhere.declared")
    return Turn(to="why", was_understood=said.text == "because")


def lapse(scene: Scene, session: Session, event: Event) -> Turn:
    return Turn(effects=(Record("lapsed", session.at, "time"),), to=END)


QUESTION = Dialog(
    "question",
    Ask(
        "come",
        prompt("come", "yes", "no", "later", "detail", "lost"),
        {
            "yes": go("thanks"),
            "no": go("why"),
            "later": go(END),
            "detail": stay,
            "lost": go("hidden", chosen=False),
        },
        hear=hear,
        lapse=lapse,
        patience=lambda policy: policy.patience,
        exits=("thanks", "why", END),
    ),
    Ask(
        "why",
        prompt("why", "reason:forgot", "reason:technical", "reason:other"),
        {"reason": go("thanks")},
        lapse=lapse,
        exits=("thanks", END),
    ),
    Tell("thanks", prompt("thanks")),
    Tell("hidden", prompt("hidden")),
    entries=("hidden", "thanks"),
    on={
        "booked": lambda scene, event: Turn(to="question.come"),
        "said": lambda scene, event: Turn(say=Message("menu", words("menu"))),
        "misses": lambda scene, event: Turn(effects=(Record("misses", "x", "y"),)),
        "silent": lambda scene, event: Turn(effects=(Record("silent", "x", "y"),)),
        "stranger": lambda scene, event: Turn(say=Message("who", words("who"))),
        "unknown_command": lambda scene, event: Turn(say=Message("unknown", words("unknown"))),
        "not_allowed": lambda scene, event: Turn(say=Message("not_allowed", words("not_allowed"))),
        "failed.hold_slot": lambda scene, event: Turn(to="question.why"),
    },
    heeds={"status": lambda scene, event: Turn(say=Message("status", words("status")))},
)
SLOTS = Dialog(
    "slots",
    Ask(
        "pick",
        lambda scene, session: Message(
            "slots", words("slots"), actions=tuple(Press(f"slot:{n}", words(n)) for n in scene.found["slots"])
        ),
        {"slot": go(END)},
        needs=("slots",),
        exits=(END,),
    ),
    on={"ordered.rebook": lambda scene, event: Turn((Record("first", "x", "y"),), to="slots.pick")},
)
CARD = Dialog(
    "card",
    Ask(
        "open",
        prompt("open", "take", "close"),
        {"take": go("taken", chosen=False), "close": go(END, chosen=False)},
        exits=("taken", END),
    ),
    Ask("taken", prompt("taken", "close"), {"close": go(END, chosen=False)}, exits=(END,)),
    roles=(Role.HR,),
    is_card=True,
    on={"ordered.no_show": lambda scene, event: Turn((show_card(),))},
)


def show_card() -> Show:
    return Show("team:hr", f"interview:{uid('interview')}", "card.open", manner=ALERT)


COMMANDS = (
    Command(
        "show",
        ("查看",),
        frozenset({Role.HR}),
        words("show I-1001"),
        words("shows one"),
        lambda scene, event, rest: Turn(say=Message("shown", words(rest or "nothing"))),
        needs=lambda rest: (Need("target", {"name": rest}),) if rest else (),
    ),
    Command(
        "ping",
        (),
        frozenset({Role.CANDIDATE, Role.HR}),
        words("ping"),
        words("answers"),
        lambda scene, event, rest: Turn(say=Message("pong", words("pong"))),
    ),
)
BOOK = Book.of((QUESTION, SLOTS, CARD), COMMANDS)

POLICY = Policy(
    company="Nebula",
    display_name={"en": "Nebula", "zh_Hans": "星云科技"},
    zone="Asia/Shanghai",
    languages=("en", "zh_Hans"),
    rungs=(Rung("24h", timedelta(hours=24)), Rung("1h", timedelta(hours=1))),
    support=Support({"en": "Support"}, "400-820-8820", time(9), time(18), "Asia/Shanghai"),
    devices={"en": "a computer"},
)


def person(name: str = "candidate", *roles: Role, accounts: tuple[str, ...] = ("telegram.main",)) -> Person:
    bindings = tuple(
        Binding(uid(f"{name}@{account}"), uid(name), Address(account, f"user-{name}"), NOW)
        for account in accounts
    )
    return Person(uid(name), name, roles=frozenset(roles or {Role.CANDIDATE}), bindings=bindings)


def interview(**values: Any) -> Interview:
    start = NOW + 2 * HOUR
    attempt = Attempt(
        uid("attempt"),
        1,
        start,
        "Asia/Shanghai",
        "https://meet.example/1",
        datetime(2026, 11, 24, 15, 0),
        NOW,
    )
    wanted: dict[str, Any] = {
        "id": uid("interview"),
        "number": 1001,
        "revision": 1,
        "person": uid("candidate"),
    }
    return Interview(**{**wanted, "company": "Nebula", "role": "Engineer", "attempt": attempt, **values})


def scene(**values: Any) -> Scene:
    """Return a scene with the candidate acting, unless `values` say otherwise."""
    candidate = person()
    known: dict[str, Any] = {"person": candidate, "interview": interview(), "candidate": candidate}
    return Scene(**{"now": NOW, "policy": POLICY, **known, **values})


def case_(state: CaseState, kind: CaseKind = CaseKind.TECHNICAL) -> Case:
    return Case(uid("case"), 1, kind, uid("interview"), uid("attempt"), NOW, state)


_numbers = iter(range(10**9))


def event(body: Body, **values: Any) -> Event:
    wanted: dict[str, Any] = {"id": f"e{next(_numbers)}", "source": "telegram.main", "at": NOW, "body": body}
    return Event(**{**wanted, "account": "telegram.main", "user": "user-candidate", "chat": "chat", **values})


class Play:
    """Plays events one after another in one scene, keeping the sessions that each leaves behind."""

    def __init__(self, book: Book = BOOK, **values: Any) -> None:
        self.book = book
        self.scene = scene(**values)

    def react(self, body: Body, **values: Any) -> Outcome:
        happened = event(body, **values)
        try:
            outcome = react(self.book, self.scene, happened)
        except NeedMore as more:
            wanted = [need.name for need in more.needs]
            if not all(name.startswith("session:") for name in wanted):
                raise
            known = {f"session:{s.holder}:{s.subject}": s for s in self.scene.sessions}
            self.scene = replace(
                self.scene, found={**self.scene.found, **{name: known.get(name) for name in wanted}}
            )
            outcome = react(self.book, self.scene, happened)
        saved = {session.id: session for session in (*self.scene.sessions, *outcome.sessions)}
        self.scene = replace(self.scene, sessions=tuple(saved.values()), now=self.scene.now + MINUTE)
        return outcome

    @property
    def session(self) -> Session:
        return self.scene.sessions[0]

    def press(self, choice: int, turn: int | None = None, session: Session | None = None) -> Outcome:
        session = session or self.session
        return self.react(Picked(session.id, choice, session.turn if turn is None else turn))

    def lapse(self, turn: int | None = None) -> Outcome:
        turn = self.session.turn if turn is None else turn
        body = Due("lapse", f"session:{self.session.id}", NOW, {"turn": str(turn)})
        return self.react(body, source="time", account=None, user=None, chat=None)


def records(outcome: Outcome) -> list[str]:
    return [effect.action for effect in outcome.effects if isinstance(effect, Record)]


def kinds(outcome: Outcome) -> list[str]:
    """Return the kinds of the messages that an outcome says."""
    return [effect.message.kind for effect in outcome.effects if isinstance(effect, Say)]


def notes(outcome: Outcome) -> int:
    said = [effect.message for effect in outcome.effects if isinstance(effect, Say)]
    return sum(isinstance(block, Note) for message in said for block in message.blocks)


def dropped(outcome: Outcome) -> bool:
    return any(isinstance(effect, DropTimers) for effect in outcome.effects)
