"""A small town: the product with a toy book, people with Telegram on loopback, and a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bot import app as composition
from bot.app import App
from bot.clock import VirtualClock
from bot.sandbox.telegram import Person as User
from bot.sandbox.telegram import TelegramStandIn
from bot.settings import read
from channels.base import Channel
from conversations.book import Book
from conversations.dialog import Dialog, Scene, Turn
from conversations.effects import Effect, Manner, PlanRungs, Priority, Say
from conversations.events import Booked, Event, Ordered
from conversations.identity import Address, Person, Role, ToPerson
from conversations.interview import Attempt, Interview, RungRow, Slot
from conversations.messages import Message
from locales.zones import local, resolve
from store import inbox, interviews, outbox, people, rungs, slots
from tests.support.toys import CARD, COMMANDS, NOW, QUESTION, SLOTS, words

SANDBOX = Path(composition.__file__).parent / "sandbox" / "sandbox.toml"
BACKUP_TOKEN = f"700000002:{'Backups' * 5}"
SIGNING_SECRET = "whsec_dG93bi10b3duLXRvd24tdG93bi10b3duLXRvd24="
WEBHOOK_SECRET = "town-webhook-secret-0001"

DEEDS: dict[str, Callable[[Scene, Event], Turn]] = {}
"""What tests have happen, by the name that their event carries."""


def _do(scene: Scene, event: Event) -> Turn:
    assert isinstance(event.body, Ordered)
    return DEEDS[event.body.args["deed"]](scene, event)


SEEN: list[Event] = []
"""Events that came back from the core: what was delivered, put aside, done."""


def _see(scene: Scene, event: Event) -> Turn:
    SEEN.append(event)
    return Turn()


def _remind(scene: Scene, event: Event) -> Turn:
    """Send the rung that is due, as the product's own ladder does."""
    body: Any = event.body
    rung = body.data["rung"]
    manner = Manner("ladder", Priority.RUNG, rung=rung, due_at=body.due_at)
    text = Message(f"reminder {rung}", words(f"reminder {rung}"))
    return Turn((Say(ToPerson(scene.whose.id), text, manner, scene.booked.id, scene.booked.attempt.id),))


TOWN = Dialog(
    "town",
    on={
        "ordered.do": _do,
        "delivered.note": _see,
        "delivered.poison": _see,
        "done.put_aside": _see,
        "done.draw": _see,
        "done.fail": _see,
        "done.unheard of": _see,
        "unreachable": _see,
        "opened.entered": _see,
        "signal.joined": _see,
        "signal.heartbeat": _see,
        "signal.completed": _see,
        "signal.moved": _see,
        "signal.cancelled": _see,
        "due.rung": _remind,
    },
)
TOWN_BOOK = Book.of((QUESTION, SLOTS, CARD, TOWN), COMMANDS)


@dataclass(slots=True)
class Town:
    """Everything a test needs to have something sent and see what arrived."""

    app: App
    clock: VirtualClock
    telegram: TelegramStandIn
    backup: TelegramStandIn
    numbers: Any = field(default_factory=itertools.count)

    @property
    def pumps(self) -> Any:
        return self.app.pumps

    # -- people and interviews ---------------------------------------------------------------------------

    async def person(
        self, name: str = "candidate", *roles: Role, on: tuple[str, ...] = ("main",), **values: Any
    ) -> tuple[Person, User]:
        """Return somebody who came to the bots, bound to the last one most recently, with their Telegram."""
        known = Person(uuid4(), name, locale="en", roles=frozenset(roles or {Role.CANDIDATE}), **values)
        users: list[User] = []
        async with self.app.db.write() as tx:
            await people.create(tx, known)
            for n, account in enumerate(on):
                user = (self.telegram if account == "main" else self.backup).person(name)
                user._chat.is_open = True
                users.append(user)
                address = Address(f"telegram.{account}", str(user.id))
                await people.bind(tx, known.id, address, str(user.id), NOW + timedelta(seconds=n))
            found = await people.get(tx, known.id)
        assert found is not None
        return found, users[-1] if users else self.telegram.person(name)

    async def user(self, person: Person, account: str) -> User:
        stand_in = self.telegram if account == "main" else self.backup
        number = next(b.address.user for b in person.bindings if b.address.account == f"telegram.{account}")
        return User(stand_in._doings, stand_in._chats[int(number)], None, None)

    async def interview(
        self, whose: Person, after: timedelta = timedelta(hours=2), **values: Any
    ) -> Interview:
        start = self.clock.now() + after
        when = local(start, "Asia/Shanghai").replace(tzinfo=None)
        attempt = Attempt(
            uuid4(), 1, start, "Asia/Shanghai", "https://meet.example/1", when, self.clock.now()
        )
        wanted: dict[str, Any] = {"company": "星云科技", "role": "Engineer", "person": whose.id}
        made = Interview(
            **{"id": uuid4(), "number": 0, "revision": 0, **wanted, "attempt": attempt, **values}
        )
        async with self.app.db.write() as tx:
            return await interviews.create(tx, made)

    async def slot(self, after: timedelta, capacity: int = 1) -> Slot:
        slot = Slot(uuid4(), self.clock.now() + after, "Asia/Shanghai", "星云科技", "", capacity, 0)
        async with self.app.db.write() as tx:
            await slots.create(tx, slot, key=str(slot.id))
        return slot

    async def moved(self, interview: Interview, by: timedelta) -> Interview:
        """Begin a new attempt, as a move does."""
        old = interview.attempt
        start = old.starts_at + by
        new = replace(old, id=uuid4(), n=old.n + 1, starts_at=start, booked_at=self.clock.now())
        async with self.app.db.write() as tx:
            return await interviews.save(tx, replace(interview, attempt=new), old)

    # -- deeds -------------------------------------------------------------------------------------------

    async def do(
        self, interview: Interview | None, deed: Callable[[Scene, Event], Turn] | tuple[Effect, ...]
    ) -> str:
        """Have an interview's next event lead to this, and handle it. Nothing is sent yet."""
        name = f"deed-{next(self.numbers)}-{uuid4().hex}"
        DEEDS[name] = deed if callable(deed) else lambda scene, event: Turn(deed)
        body = Ordered("do", interview.id if interview else uuid4(), args={"deed": name})
        await self.happens(Event(name, "core", self.clock.now(), body))
        return name

    async def happens(self, event: Event) -> None:
        await self.app.runtime.receive([event])
        await self.app.pumps.handle_waiting()

    async def say(
        self, to: Person, text: str | Message = "hello", interview: Interview | None = None, **manner: Any
    ) -> UUID:
        """Have something said to a person; return the outbox row's id."""
        made = Manner(**{"where": "ladder", **manner})
        message = Message("note", words(text)) if isinstance(text, str) else text
        about = (interview.id, interview.attempt.id) if interview else (None, None)
        await self.do(interview, (Say(ToPerson(to.id), message, made, *about),))
        return (await self.rows())[-1].id

    async def rung(self, to: Person, interview: Interview, name: str = "1h", **manner: Any) -> UUID:
        """Plan one rung that is due now, and have it said."""
        async with self.app.db.write() as tx:
            await rungs.plan_rungs(tx, [RungRow(interview.attempt.id, name, self.clock.now())])
        made = {"priority": Priority.RUNG, "rung": name, **manner}
        return await self.say(to, f"reminder {name}", interview, **made)

    async def ladder(self, interview: Interview, *before: timedelta) -> None:
        """Plan rungs with timers, by how long before the start they are due."""
        start = interview.attempt.starts_at
        rows = tuple(RungRow(interview.attempt.id, f"r{n}", start - span) for n, span in enumerate(before))
        await self.do(interview, (PlanRungs(interview.id, rows),))

    async def book(self, interview: Interview) -> None:
        """Have the toy question asked: the candidate's session shows five buttons."""
        body = Booked(interview.id, is_new=True)
        await self.happens(Event(uuid4().hex, "core", self.clock.now(), body))

    # -- time --------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        for _ in range(50):
            await self.telegram.settle()
            if not await self.app.pumps.until_idle():
                return

    async def passes(self, **span: float) -> None:
        """Let time pass, stopping wherever something is due."""
        end = self.clock.now() + timedelta(**span)
        while (due := await self.app.pumps.next_at()) is not None and due <= end:
            if due > self.clock.now():
                self.clock.set(due)
            before = self.clock.now()
            if not await self.app.pumps.until_idle() and due <= before:
                break
        self.clock.set(max(end, self.clock.now()))
        await self.settle()

    # -- what became of it -------------------------------------------------------------------------------

    async def rows(self) -> list[outbox.OutboxRow]:
        """Return the outbox, oldest first."""
        async with self.app.db.read() as tx:
            found = await outbox.listing(tx, limit=10_000)
        return sorted(found, key=lambda row: row.sequence)

    async def row(self, id: UUID) -> outbox.OutboxRow:
        async with self.app.db.read() as tx:
            found = await outbox.get(tx, id)
        assert found is not None
        return found

    async def ledger(self, interview: Interview) -> dict[str, RungRow]:
        async with self.app.db.read() as tx:
            return {row.name: row for row in await rungs.rungs_of(tx, interview.attempt.id)}

    async def whose(self, person: Person) -> Person:
        async with self.app.db.read() as tx:
            found = await people.get(tx, person.id)
        assert found is not None
        return found

    async def dead(self) -> list[Any]:
        async with self.app.db.read() as tx:
            return list(await inbox.dead(tx))

    def texts(self, user: User) -> list[str]:
        """Return what the bot wrote to somebody, oldest first."""
        return [message.text for message in user.chat if message.sender is None]

    def back(self, tag: str) -> list[Any]:
        """Return the bodies of the events of a kind that came back from the core."""
        return [event.body for event in SEEN if event.body.tag == tag]


@asynccontextmanager
async def open_town(
    folder: Path,
    url: str,
    *,
    policy: str = "",
    start: datetime | None = None,
    deadline: int = 5,
    channels: Mapping[str, Channel] | None = None,
    book: Book = TOWN_BOOK,
) -> AsyncIterator[Town]:
    """Open a town on a migrated database; `policy` is TOML laid over the sandbox's."""
    SEEN.clear()
    DEEDS.clear()
    clock = VirtualClock(start or resolve(datetime(2026, 11, 23, 9, 0), "Asia/Shanghai"))
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramStandIn(clock))
        backup = await stack.enter_async_context(
            TelegramStandIn(clock, token=BACKUP_TOKEN, username="backup_bot")
        )
        extra = f'\n[channels.telegram.backup]\nmode = "polling"\ndeadline_seconds = {deadline}\n'
        main = '\n[channels.telegram.main]\nmode = "webhook"\nusername = "turnout_bot"\n'
        text = SANDBOX.read_text("utf-8") + main + f"deadline_seconds = {deadline}\n" + extra + policy
        environ = {
            "TURNOUT_SERVER__PUBLIC_URL": "http://127.0.0.1:8080",
            "TURNOUT_DATABASE__URL": url.replace("postgresql+asyncpg", "postgresql"),
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": telegram.token,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__API_BASE": telegram.api_base,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__WEBHOOK_SECRET": WEBHOOK_SECRET,
            "TURNOUT_CHANNELS__TELEGRAM__BACKUP__TOKEN": backup.token,
            "TURNOUT_CHANNELS__TELEGRAM__BACKUP__API_BASE": backup.api_base,
            "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
        }
        app = await composition.build(read(text, environ, folder), clock, channels, book)
        stack.push_async_callback(app.close)
        await app.pumps.recover()
        yield Town(app, clock, telegram, backup)
