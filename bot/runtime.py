"""Receive and handle: what happened is stored first, then decided, one transaction for each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar
from uuid import UUID

from bot import digests, needs, observe, scene, toasts, windows
from bot.clock import Clock
from bot.commit import GroupCommit
from bot.configuration import Configuration
from bot.effects import Carrier, SlotGone
from bot.links import BadToken, Links
from bot.settings import Policies
from channels.base import Caps, Channel
from conversations.book import Book
from conversations.dialog import Ask, Scene, Session
from conversations.effects import Answer
from conversations.engine import NeedMore, Outcome, present, react
from conversations.events import (
    Body,
    Commanded,
    Event,
    Failed,
    Picked,
    Said,
    Sent,
    Signal,
    Submitted,
    Wanted,
)
from conversations.identity import PAGE, Address, Person, Place
from conversations.messages import Form, Message
from locales.text import Text, t
from store import inbox, people, sessions, shown, signals, transcript
from store.db import Database, Tx

MAX_ROUNDS = 3
"""How often an effect may fail in the transaction (a slot gone again and again) before the event fails."""
MAX_FOLLOW_UPS = 200

_TYPED = (Said, Picked, Commanded, Submitted, Sent)

log = observe.logger("runtime")
T = TypeVar("T")


class TooManyRounds(Exception):
    """An event whose decision could not be carried out however often it was decided anew."""


@dataclass(slots=True)
class Handled:
    """What an event led to, as far as its platform waits for it."""

    event: Event
    scene: Scene | None
    answer: Answer | None
    is_answered: bool = False
    """Whether something is shown in the chat that it came from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for somebody, as it would be put to them now."""

    session: Session
    message: Message
    form: Form | None
    hears: bool
    """Whether words are understood besides its choices."""


def _of_bad_token(bad: BadToken) -> Text:
    if bad.reason == "not_theirs":
        return t("This button is for somebody else.")
    return t("That message is from earlier and no longer does anything.")


class Runtime:
    """Takes events in and handles them. Sending is the outbox's business, after the commit."""

    def __init__(
        self,
        db: Database,
        book: Book,
        policies: Policies,
        teams: Mapping[str, Place],
        links: Links,
        channels: Mapping[str, Channel],
        clock: Clock,
    ) -> None:
        self.db = db
        self.book = book
        self.policies = policies
        self.teams = teams
        self.links = links
        self.channels = channels
        self.clock = clock
        self.arrivals = GroupCommit(db)
        self.configuration: Configuration | None = None
        """Where the policies come from, where there is one."""

    async def receive(
        self, events: Sequence[Event], account: str | None = None, cursor: str | None = None
    ) -> int:
        """Store events, and the cursor they came with, and return how many were new.

        When this returns they are on disk: only then may the platform be answered.
        """
        now = self.clock.now()

        async def write(tx: Tx) -> int:
            fresh = [event for event in events if await inbox.put(tx, event, now)]
            if account is not None and cursor is not None:
                await inbox.save_cursor(tx, account, cursor)
            return len(fresh)

        count = await self.arrivals.run(write)
        for event in events:
            log.info("event.received", source=event.source, id=event.id, kind=event.body.tag)
        return count

    async def handle(self, tx: Tx, event: Event) -> Handled:
        """Decide an event and carry out what was decided, with all that follows from it, in this transaction."""
        first: Handled | None = None
        waiting: list[tuple[str, Body]] = [(event.id, event.body)]
        for n in range(MAX_FOLLOW_UPS):
            if not waiting:
                break
            id, body = waiting.pop(0)
            current = event if n == 0 else replace(event, id=id, source="core", body=body)
            handled, follow_ups = await self._decide(tx, current)
            waiting += [(f"{event.source}/{id}+{k}", body) for k, body in enumerate(follow_ups)]
            first = first or handled
            first.is_answered |= handled.is_answered
        if waiting:
            raise TooManyRounds(f"{event.source}/{event.id} has more than {MAX_FOLLOW_UPS} consequences")
        assert first is not None  # noqa: S101 - the loop runs at least once
        await self._toast(tx, event, first)
        return first

    async def _toast(self, tx: Tx, event: Event, handled: Handled) -> None:
        """Say as a message what would have flashed up, where nothing can, and nothing else was said."""
        answer, found = handled.answer, handled.scene
        if (
            answer is None
            or answer.toast is None
            or handled.is_answered
            or event.account not in self.channels
        ):
            return
        policy = found.policy if found is not None else self.policies.default
        is_heard = policy.mode != "shadow" or (found is not None and found.is_of_staff)
        if is_heard and toasts.is_silent(event):
            await toasts.say(tx, event, answer.toast, found, self.clock.now())

    async def present(self, tx: Tx, person: UUID, interview: UUID) -> tuple[Scene, tuple[Asked, ...]]:
        """Return how an interview stands for its candidate, and what they are asked about it, the newest first.

        Nothing is written, so that looking at a page changes nothing.
        """
        now = self.clock.now()
        looks = Event("present", PAGE, now, Wanted("present"), PAGE, str(person), str(interview))
        found, _ = await scene.load(tx, looks, self.policies, self.links, now)
        holder = f"person:{person}"
        waiting = [
            s
            for s in found.sessions
            if s.is_waiting and s.holder == holder and s.subject.endswith(f":{interview}")
        ]
        asked: list[Asked] = []
        for session in sorted(waiting, key=lambda s: (s.asked_at or now, s.turn), reverse=True):
            one, found = await self._with_needs(tx, found, looks, partial(self._asked, session))
            asked.append(one)
        return found, tuple(asked)

    def _asked(self, session: Session, found: Scene) -> Asked:
        _, step = self.book.step(session.at)
        form = step.form(found, session) if isinstance(step, Ask) and step.form is not None else None
        if form is not None:
            carried = {**form.carried, "session": str(session.id), "turn": str(session.turn)}
            form = replace(form, carried=carried)
        hears = isinstance(step, Ask) and step.hear is not None
        return Asked(session, present(self.book, found, session), form, hears)

    async def _decide(self, tx: Tx, event: Event) -> tuple[Handled, list[Body]]:
        now = self.clock.now()
        await tx.lock(f"{event.account}:{event.user}")
        await windows.note_opened(tx, event, self.caps.get(event.account or ""))
        await self._keep_edit_token(tx, event)
        try:
            found, event = await scene.load(tx, event, self.policies, self.links, now)
        except BadToken as bad:
            log.info("press.refused", reason=bad.reason, account=event.account)
            return Handled(event, None, Answer(toast=_of_bad_token(bad))), []
        await self._hear_of(tx, event, found.person)
        if found.interview is not None:
            await tx.lock(f"interview:{found.interview.id}")
            await self._note(tx, event, found)
        if isinstance(event.body, Signal) and event.source.startswith("interviews."):
            await signals.heard(tx, event.source.partition(".")[2], now)
            found = replace(found, last_signal_at=now)
        for _ in range(MAX_ROUNDS):
            outcome = await self._react(tx, found, event)
            carrier = Carrier(tx, found, event, self.caps, self.teams, now, self.links)
            try:
                await carrier.carry_out(outcome.effects)
            except SlotGone:
                event = replace(event, id=f"{event.id}!", body=Failed("hold_slot", "slot_gone"))
                found = replace(found, found={})
                continue
            for session in outcome.sessions:
                await sessions.save(tx, session)
            lines = await digests.touched(tx, self.policies, found, event, outcome.effects, now)
            follow_ups = [*carrier.follow_ups, *lines]
            return Handled(event, found, outcome.answer, carrier.is_answered), follow_ups
        raise TooManyRounds(f"{event.source}/{event.id}: its slots went {MAX_ROUNDS} times")

    async def _hear_of(self, tx: Tx, event: Event, person: Person | None) -> None:
        """Whoever writes to us can be written to, though what we sent there did not arrive."""
        if person is None or not isinstance(event.body, _TYPED) or not event.is_private:
            return
        for binding in person.bindings:
            is_theirs = binding.address == Address(event.account or "", event.user or "")
            if is_theirs and not binding.is_reachable and binding.unreachable_why != "replaced":
                await people.mark_reach(tx, binding.address, True, "", self.clock.now())

    async def _keep_edit_token(self, tx: Tx, event: Event) -> None:
        """Keep what a press brings for the next edit of the message it was made on."""
        caps = self.caps.get(event.account or "")
        if event.edit_token and event.about and event.account and event.chat and caps is not None:
            until = event.at + caps.edit_for if caps.edit_for is not None else None
            await shown.renew(tx, event.account, event.chat, event.about, event.edit_token, until)

    async def _react(self, tx: Tx, found: Scene, event: Event) -> Outcome:
        """Let the engine decide, loading what it asks for; it may ask again once it knows more."""
        outcome, _ = await self._with_needs(tx, found, event, lambda known: react(self.book, known, event))
        return outcome

    async def _with_needs(
        self, tx: Tx, found: Scene, event: Event, decide: Callable[[Scene], T]
    ) -> tuple[T, Scene]:
        for _ in range(8):
            try:
                return decide(found), found
            except NeedMore as more:
                loaded = {
                    need.name: await needs.load(tx, need, found, event, self.house) for need in more.needs
                }
                more_sessions = tuple(value for value in loaded.values() if isinstance(value, Session))
                found = replace(
                    found,
                    found={**found.found, **loaded},
                    sessions=(*found.sessions, *more_sessions),
                )
        raise TooManyRounds(f"{event.source}/{event.id} asks for more and more")

    async def _note(self, tx: Tx, event: Event, found: Scene) -> None:
        """Keep what a candidate writes with their interview: support reads it on the card."""
        whose, person = found.candidate, found.person
        is_theirs = whose is not None and person is not None and person.id == whose.id
        if isinstance(event.body, Said) and found.interview and is_theirs:
            await transcript.add_line(tx, found.interview.id, event.at, "candidate", event.body.text)

    @property
    def house(self) -> needs.House:
        return needs.House(self.policies, self.links, self.caps, self.teams, self.configuration)

    @property
    def caps(self) -> dict[str, Caps]:
        return {account: channel.caps for account, channel in self.channels.items()}
