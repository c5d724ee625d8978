"""What a candidate's page shows, in words: made from the scene, put into HTML by the template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bot.delivery import LINK_LIFE
from bot.links import Links, whom
from bot.runtime import Asked
from bot.web.my import browsers
from bot.web.my.seals import Seals
from conversations.dialog import Scene, Session
from conversations.dialogs import phrases
from conversations.dialogs.appointments import is_off
from conversations.dialogs.send_link import reachable
from conversations.dialogs.status import STATUS
from conversations.interview import State
from conversations.messages import Block, Fact, Field, Form, Link, Message, Note, Para
from locales.text import Countdown, Reader, Text, Words, ct, t
from locales.translate import render

NEAR = timedelta(hours=1)
"""Before the start, from when entering is what somebody most likely came for."""
OPEN = (State.SCHEDULED, State.JOINED, State.NO_SHOW)
"""States in which an interview can be entered."""
_ON_THE_PAGE = frozenset({"time", "countdown", "link", "devices", "support"})
"""Facts that have a place of their own on the page, and need not be said twice."""
_TONES = {
    State.JOINED: "good",
    State.COMPLETED: "good",
    State.NO_SHOW: "open",
    State.CANCELLED: "off",
    State.WITHDRAWN: "off",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message: `para`, `note`, or `fact` with its label."""

    tag: str
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message in words, without what acts; links by label and address."""

    lead: str
    pieces: Sequence[Piece] = ()
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One button that acts: what it sends as `name`."""

    name: str
    value: str
    label: str
    style: str = "plain"
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """One field of a form."""

    name: str
    label: str
    kind: str
    options: Sequence[tuple[str, str]]
    is_required: bool
    value: str
    longest: int
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form to fill in."""

    name: str
    title: str
    blanks: Sequence[Blank]
    submit: str
    carried: str


@dataclass(frozen=True, slots=True)
class Step:
    """A question that waits for an answer."""

    said: Said
    choices: Sequence[Choice]
    sheet: Sheet | None = None
    hears: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back and was not right: what it held, and what is wrong, by field."""

    form: str
    values: Mapping[str, str]
    wrong: Mapping[str, Text]


@dataclass(slots=True)
class View:
    """Everything on the page, in the order in which it stands there."""

    title: str
    company: str
    state: str
    tone: str
    when: str
    countdown: str
    own: Sequence[str]
    """The role's own content."""
    said: Sequence[Said]
    steps: Sequence[Step]
    choices: Sequence[Choice]
    """What one can say at any time, where no question waits."""
    more: Sequence[Choice]
    can_enter: bool
    is_near: bool
    join: str
    """How to join, where it is not an address."""
    devices: str
    links: Sequence[tuple[str, str]]
    support: str
    contacts: Sequence[tuple[str, str]]
    progress: Said
    around: str
    """The chat app whose browser this is."""
    is_phone: bool
    can_send: bool
    """Whether the link can be sent somewhere else that is read on a computer."""
    has_calendar: bool
    privacy_url: str
    hears: bool
    """Whether there is room for words besides every question."""


class Writer:
    """Puts a scene into a reader's words."""

    def __init__(self, scene: Scene, reader: Reader, links: Links, seals: Seals) -> None:
        self.scene = scene
        self.reader = reader
        self.links = links
        self.seals = seals
        self.policy = scene.policy
        self._own = [self.words(phrases.bare(Words(words))) for words in self.policy.blocks.values()]
        self._elsewhere = {
            link.to for link in (*phrases.guides(self.policy), *phrases.call_support(self.policy))
        }

    def words(self, text: Text) -> str:
        return render(text, self.reader)

    def view(
        self,
        asked: Sequence[Asked],
        told: Iterable[Message],
        agent: str,
        *,
        choice: int = 0,
        filled: Filled | None = None,
    ) -> View:
        """Return the page: `asked` waits for an answer, `told` is what the last action led to."""
        scene, policy = self.scene, self.policy
        attempt = scene.booked.attempt
        steps = [self._step(one, choice if n == 0 else 0, filled) for n, one in enumerate(asked)]
        progress, state = self._progress()
        around = browsers.app_around(agent)
        is_ahead = scene.booked.state in OPEN
        offered = {action for one in asked for action in one.session.choices}
        hears = not any(step.hears or step.sheet for step in steps)
        return View(
            title=self.words(phrases.role_first(scene.booked)),
            company=self.words(phrases.bare(phrases.company(policy))),
            state=state,
            tone=self._tone(),
            when=self.words(phrases.bare(phrases.when(attempt))),
            countdown=self._countdown() if is_ahead else "",
            own=self._own if is_ahead else (),
            said=[self._said(message) for message in told],
            steps=steps,
            choices=[] if steps else list(self._choices()),
            more=list(self._more(offered)),
            can_enter=is_ahead and phrases.is_url(attempt.join),
            is_near=is_ahead and attempt.starts_at - scene.now <= NEAR,
            join="" if phrases.is_url(attempt.join) or not is_ahead else attempt.join,
            devices=self.words(phrases.devices(policy).value) if is_ahead else "",
            links=list(self._guides()) if is_ahead else (),
            support=self._support(),
            contacts=list(self._contacts()),
            progress=progress,
            around=self.words(around) if around and is_ahead else "",
            is_phone=browsers.is_phone(agent),
            can_send=is_ahead and reachable(scene) is not None,
            has_calendar=is_ahead and scene.now < attempt.starts_at,
            privacy_url=policy.privacy_url,
            hears=hears,
        )

    # -- the interview -----------------------------------------------------------------------------------

    def _guides(self) -> Iterator[tuple[str, str]]:
        interview = self.scene.booked
        for link in phrases.guides(self.policy):
            to = link.to
            if to == "check":
                until = max(interview.attempt.starts_at, self.scene.now) + LINK_LIFE
                to = self.links.page("check", interview.id, until)
            yield self.words(link.label), to

    def _countdown(self) -> str:
        return self.words(phrases.bare(Countdown(self.scene.booked.attempt.starts_at)))

    def _tone(self) -> str:
        interview = self.scene.booked
        if interview.state is State.SCHEDULED:
            return "good" if interview.attempt.confirmed_at else "open"
        return _TONES[interview.state]

    def _progress(self) -> tuple[Said, str]:
        """Return what "status" says besides the time, and where the interview stands, in two words."""
        message = STATUS.steps["now"].prompt(self.scene, _NO_SESSION)
        state = next(b.value for b in message.blocks if isinstance(b, Fact) and b.name == "progress")
        company = phrases.company(self.policy)
        pieces = [b for b in message.blocks if b != Note(t("From {company}", company=company))]
        return Said("", list(self._pieces(pieces))), self.words(state)

    def _support(self) -> str:
        fact = phrases.support(self.policy, self.scene.now)
        return self.words(ct("fact", "{label}: {value}", label=fact.label, value=fact.value))

    def _contacts(self) -> Iterator[tuple[str, str]]:
        support = self.policy.support
        for link in phrases.call_support(self.policy):
            yield self.words(link.label), link.to
        if support.email:
            subject = f"?subject={self.scene.booked.label}"
            yield self.words(ct("button", "Write an e-mail")), f"mailto:{support.email}{subject}"

    # -- messages ----------------------------------------------------------------------------------------

    def _said(self, message: Message) -> Said:
        return Said(self.words(message.lead), list(self._pieces(message.blocks)), list(self._leads(message)))

    def _pieces(self, blocks: Iterable[Block]) -> Iterator[Piece]:
        for block in blocks:
            match block:
                case Fact(name=name) if name in _ON_THE_PAGE:
                    pass
                case Fact(label=label, value=value):
                    yield Piece("fact", self.words(value), self.words(label))
                case Para(text=text):
                    if (words := self.words(text)) not in self._own:
                        yield Piece("para", words)
                case Note(text=text):
                    yield Piece("note", self.words(text))

    def _leads(self, message: Message) -> Iterator[tuple[str, str]]:
        """Yield where a message leads that the page does not lead to anyway."""
        for action in message.actions:
            if not isinstance(action, Link) or action.to in self._elsewhere:
                continue
            name, _, argument = action.to.partition(":")
            if name in ("http", "https", "tel", "mailto"):
                yield self.words(action.label), action.to
            elif name == "invite" and argument:
                token = self.links.invite_token(UUID(argument))
                yield self.words(action.label), f"{self.links.public_url}/join/{token}"

    # -- what is asked -----------------------------------------------------------------------------------

    def _step(self, asked: Asked, choice: int, filled: Filled | None) -> Step:
        session, message = asked.session, asked.message
        lead = self.words(self._lead(session, message))
        sheet = self._sheet(asked.form, filled) if asked.form is not None else None
        return Step(
            said=Said(lead, list(self._pieces(message.blocks)), list(self._leads(message))),
            choices=list(self._presses(session, message, asked.form, choice)),
            sheet=sheet,
            hears=asked.hears and sheet is None,
        )

    def _lead(self, session: Session, message: Message) -> Text:
        """Return what a question is called: of a reminder, all that it says besides stands on the page already."""
        if message.kind != "reminder" or self.scene.now >= self.scene.booked.attempt.starts_at:
            return message.lead
        return t("Will you be there?") if "confirm" in session.choices else t("Has anything changed?")

    def _presses(
        self, session: Session, message: Message, form: Form | None, choice: int
    ) -> Iterator[Choice]:
        """Yield the buttons of a step: only what its session offered, and not what its form offers too."""
        bound_to = whom(self.scene.whose.id, "", "")
        for press in message.presses:
            if press.action not in session.choices or (form is not None and _holds(form, press.action)):
                continue
            label = self.words(press.label)
            if form is not None and label == self.words(form.submit):
                continue
            n = session.choices.index(press.action) + 1
            value = self.links.button(session.id, session.turn, n, bound_to, self.scene.now)
            yield Choice("value", value, label, press.style, n == choice)

    def _sheet(self, form: Form, filled: Filled | None) -> Sheet:
        known = filled if filled is not None and filled.form == form.name else None
        blanks = [self._blank(field, known) for field in form.fields]
        carried = self.seals.sealed({**form.carried, "form": form.name})
        return Sheet(form.name, self.words(form.title), blanks, self.words(form.submit), carried)

    def _blank(self, field: Field, filled: Filled | None) -> Blank:
        wrong = filled.wrong.get(field.name) if filled is not None else None
        return Blank(
            name=f"f.{field.name}",
            label=self.words(field.label),
            kind=field.kind,
            options=[(value, self.words(label)) for value, label in field.options],
            is_required=field.is_required,
            value=filled.values.get(field.name, "") if filled is not None else field.initial,
            longest=field.max_length,
            wrong=self.words(wrong) if wrong is not None else "",
        )

    def _choices(self) -> Iterator[Choice]:
        """Yield what fits the state when nothing is asked."""
        scene = self.scene
        interview = scene.booked
        if is_off(scene):
            return
        if interview.state is State.NO_SHOW:
            yield self._want("move", ct("button", "Find another time"), "primary")
            return
        if interview.attempt.confirmed_at is None and scene.now < interview.attempt.starts_at:
            yield self._want("confirm", ct("button", "I'll be there"), "primary")
        yield self._want("move", ct("button", "Another time"))
        yield self._want("cant", ct("button", "I can't come"))

    def _more(self, offered: Iterable[str]) -> Iterator[Choice]:
        """Yield what helps besides, and whether messages come."""
        known = {*offered}
        if not is_off(self.scene) and not known & {"technical", "works"}:
            yield self._want("technical", ct("button", "Something does not work"))
        if "person" not in known:
            yield self._want("person", ct("button", "Talk to a person"))
        if self.scene.whose.opted_out_at is not None:
            yield self._want("start", ct("button", "Send me messages again"))
        elif self.scene.booked.state in OPEN and not known & {"yes"}:
            yield self._want("stop", ct("button", "Stop messages"))

    def _want(self, intent: str, label: Text, style: str = "plain") -> Choice:
        return Choice("want", intent, self.words(label), style)


_NO_SESSION = Session(UUID(int=0), "", "")


def _holds(form: Form, action: str) -> bool:
    """Tell whether a form lets one choose what a button stands for."""
    _, _, argument = action.partition(":")
    return bool(argument) and any(argument == value for field in form.fields for value, _ in field.options)
