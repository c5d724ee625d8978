"""A stage for stories: the whole product on a clock of its own, talking to a Telegram on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from standardwebhooks.webhooks import Webhook

from bot import app as composition
from bot.app import App
from bot.clock import VirtualClock
from bot.operations import Operations
from bot.sandbox.telegram import Person, Shown, TelegramStandIn
from bot.sandbox.telegram.wire import listen
from bot.settings import read
from bot.web import site
from locales.text import Reader, Text
from locales.translate import render
from locales.zones import resolve
from store import outbox, sessions

HERE = Path(__file__).parent
COMPANY_ZONE = "Asia/Shanghai"
START = resolve(datetime(2026, 11, 23, 9, 0), COMPANY_ZONE)  # noqa: DTZ001 - a wall-clock time
SIGNING_SECRET = "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3gtc2FuZGJveA=="  # noqa: S105 - the sandbox's own
WEBHOOK_SECRET = "sandbox-webhook-secret-0001"  # noqa: S105


PACE = timedelta(seconds=30)
"""How far the clock goes on by itself, so that messages held up by a platform's rate arrive."""


HEARTBEAT = timedelta(minutes=10)


class WentWrong(AssertionError):
    """A story did not go as it must; says who saw what instead."""


@dataclass(slots=True)
class Line:
    """One line of the transcript."""

    at: datetime
    who: str
    text: str


@dataclass(slots=True)
class Stage:
    """The product with a Telegram account, an interview platform and people, at a time that stands still.

    Everything goes the real way: people's taps reach the webhook over HTTP, the real adapter answers over HTTP.
    """

    locale: str
    clock: VirtualClock
    telegram: TelegramStandIn
    app: App
    operations: Operations
    http: httpx.AsyncClient
    base: str
    is_platform_alive: bool = False
    """Whether the interview platform sends its heartbeats while time passes."""
    people: dict[str, Person] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _printed: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    # -- people ------------------------------------------------------------------------------------------

    def person(self, name: str, language_code: str | None = None) -> Person:
        """Return somebody with Telegram, made when first named; by default with the story's language."""
        if name not in self.people:
            code = language_code or ("zh-hans" if self.locale == "zh_Hans" else "en")
            self.people[name] = self.telegram.person(name, language_code=code)
        return self.people[name]

    async def says(self, who: Person, text: str) -> None:
        self.note(who.name, text)
        await who.says(text)
        await self.settle()

    async def taps(self, who: Person, label: Text, on: Shown | None = None) -> None:
        """Tap the newest button of this label, in the story's language."""
        words = self.words(label)
        self.note(who.name, f"[{words}]")
        await who.presses(words, on=on)
        await self.settle()

    async def picks(self, who: Person, action: str) -> None:
        """Tap the newest button that stands for an action, whatever its words are."""
        for message in reversed(who.chat):
            for button in (b for row in message.rows for b in row if "callback_data" in b):
                if await self._action_of(button["callback_data"]) == action:
                    self.note(who.name, f"[{button['text']}]")
                    await who.presses(button["text"], on=message)
                    await self.settle()
                    return
        shown = [m.buttons for m in who.chat if m.buttons]
        raise WentWrong(f"{who.name} was to find a button for {action}, but the buttons are {shown[-3:]}")

    async def _action_of(self, value: str) -> str:
        """Return what a button does at present, empty when it is from an earlier turn."""
        row = base64.urlsafe_b64decode(value.split(".")[2] + "=")
        async with self.app.db.read() as tx:
            session = await sessions.get(tx, UUID(bytes=row[:16]))
        choice, turn = int(value.split(".")[1]), int.from_bytes(row[16:18], "big")
        if session is None or session.turn != turn or choice > len(session.choices):
            return ""
        return session.choices[choice - 1]

    async def follows(self, who: Person, link: str) -> None:
        self.note(who.name, "→ " + ("t.me/…" if "t.me" in link else link))
        await who.open_link(link)
        await self.settle()

    async def hr(self, name: str = "HR 王芳") -> Person:
        """Return somebody of HR: they send the one-time code to the bot, as after `turnout init`."""
        person = self.person(name)
        code = await self.operations.admin_code({"role": "hr"})
        self.note(person.name, "(one-time code)")
        await person.says(code["code"])
        await self.settle()
        return person

    # -- interviews --------------------------------------------------------------------------------------

    async def import_list(self, rows: Sequence[Mapping[str, str]]) -> Any:
        """Import a list as HR would export it, and return what became of it."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(columns)] + [",".join(f'"{row.get(c, "")}"' for c in columns) for row in rows]
        return await self.import_file("list.csv", "\n".join(lines).encode("utf-8-sig"))

    async def import_file(self, name: str, data: bytes) -> Any:

        args = {"file": name, "data": base64.b64encode(data).decode(), "apply": True}
        result = await self.operations.booking.import_list(args)
        await self.settle()
        return result

    async def import_slots(
        self, starts: Sequence[datetime], zone: str = COMPANY_ZONE, capacity: int = 1
    ) -> None:

        lines = ["starts_at,zone,capacity"] + [f"{at:%Y-%m-%d %H:%M},{zone},{capacity}" for at in starts]
        data = base64.b64encode("\n".join(lines).encode()).decode()
        await self.operations.booking.import_slots({"file": "slots.csv", "data": data, "apply": True})

    async def invite(self, interview: str) -> str:
        return str((await self.operations.link({"interview": interview}))["link"])

    async def signal(self, kind: str, interview: str | None = None, **data: Any) -> int:
        """Have the interview platform say something, signed; return the status it is answered with."""
        body = json.dumps({"type": f"interview.{kind}", "data": {"interview": interview, **data}})
        id, now = f"msg_{uuid4().hex}", self.clock.now()
        signature = Webhook(SIGNING_SECRET).sign(id, now, body)
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
            "content-type": "application/json",
        }
        if kind != "heartbeat":
            self.note("platform", f"interview.{kind} {interview or ''}".strip())
        answer = await self.http.post(f"{self.base}/hooks/interviews/platform", content=body, headers=headers)
        await self.settle()
        return answer.status_code

    async def why(self, interview: str) -> Any:
        return await self.operations.why({"interview": interview})

    # -- time --------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Let everything happen that is due at this instant, and what only waits for the platform's rate."""
        for _ in range(100):
            await self.telegram.settle()
            done = await self.app.pumps.until_idle()
            if done or self.telegram.updates.pending:
                continue
            async with self.app.db.read() as tx:
                next_at = await outbox.next_at(tx)
            if next_at is None or next_at > self.clock.now() + PACE:
                break
            self.clock.set(max(next_at, self.clock.now()))
        self._collect()

    async def until(self, at: datetime) -> None:
        """Let time pass to an instant, stopping wherever something is due and whenever the platform gives a sign."""
        while self.is_platform_alive and self.clock.now() + HEARTBEAT < at:
            # While nothing is due, nobody asks whether the platform is alive.
            due = min(await self.app.pumps.next_at() or at, at)
            await self._until(max(self.clock.now(), due - 2 * HEARTBEAT) + HEARTBEAT)
            await self.signal("heartbeat")
        await self._until(at)

    async def _until(self, at: datetime) -> None:
        while (due := await self.app.pumps.next_at()) is not None and due <= at:
            if due > self.clock.now():
                self.clock.set(due)
            await self.settle()
        self.clock.set(max(at, self.clock.now()))
        await self.settle()

    async def passes(self, **span: float) -> None:
        await self.until(self.clock.now() + timedelta(**span))

    # -- what is seen ------------------------------------------------------------------------------------

    def words(self, text: Text) -> str:
        """Return a sentence in the story's language."""
        return render(text, Reader(self.locale, COMPANY_ZONE, self.clock.now()))

    def saw(self, who: Person, text: Text | str, *, last: bool = False) -> Shown:
        """Return the newest message of the bot that holds these words; the story went wrong if there is none."""
        words = text if isinstance(text, str) else self.words(text)
        seen = [m for m in who.chat if m.sender is None]
        for message in reversed(seen[-1:] if last else seen):
            if words in message.text:
                return message
        raise WentWrong(
            f"{who.name} was to read {words!r}, but saw:\n" + "\n---\n".join(m.text for m in seen[-4:])
        )

    def did_not_see(self, who: Person, text: Text | str) -> None:
        words = text if isinstance(text, str) else self.words(text)
        for message in who.chat:
            if message.sender is None and words in message.text:
                raise WentWrong(f"{who.name} was not to read {words!r}, but did:\n{message.text}")

    def holds(self, is_so: bool, otherwise: str) -> None:
        """The story goes wrong unless something holds."""
        if not is_so:
            raise WentWrong(otherwise)

    def note(self, who: str, text: str) -> None:
        self.lines.append(Line(self.clock.now(), who, text))

    def scene(self, title: str) -> None:
        self.lines.append(Line(self.clock.now(), "", title))

    def _collect(self) -> None:
        """Write down what has newly appeared in anybody's chat, edits too."""
        for person in self.people.values():
            known = self._printed.setdefault(person.name, set())
            for message in person.chat:
                version = (message.id, len(message.told_before))
                if message.sender is None and version not in known:
                    known.add(version)
                    if text := _as_noted(message):
                        edited = " (edited)" if message.told_before else ""
                        self.note(f"Turnout → {person.name}{edited}", text)

    # -- opening and closing -----------------------------------------------------------------------------

    @classmethod
    async def open(
        cls, locale: str, policy: str = "", start: datetime = START, folder: Path | None = None
    ) -> Stage:
        """Set everything up in a folder of its own; `policy` is TOML laid over the sandbox's configuration."""
        stack = AsyncExitStack()
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="turnout-")))
        clock = VirtualClock(start)
        telegram = await stack.enter_async_context(TelegramStandIn(clock))
        listener = listen()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        text = (HERE / "sandbox.toml").read_text("utf-8") + policy
        environ = {
            "TURNOUT_SERVER__PUBLIC_URL": base,
            "TURNOUT_DATABASE__URL": f"sqlite:///{folder / 'turnout.db'}",
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": telegram.token,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__API_BASE": telegram.api_base,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__WEBHOOK_SECRET": WEBHOOK_SECRET,
            "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
        }
        app = await composition.build(read(text, environ, folder), clock)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=20, trust_env=False))
        stage = cls(locale, clock, telegram, app, Operations(app), http, base, _stack=stack)
        await stage._serve(listener)
        await app.open()
        await app.pumps.recover()
        return stage

    async def _serve(self, listener: socket.socket) -> None:
        """Serve the product's own web app; the stage, not the app, moves time and runs the pumps."""
        config = uvicorn.Config(site.build(self.app), lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)

        async def stop() -> None:
            server.should_exit = True
            await task

        self._stack.push_async_callback(stop)

    async def close(self) -> None:
        """Close everything; the folder goes too, unless it was given."""
        await self.app.close()
        await self._stack.aclose()

    async def __aenter__(self) -> Stage:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _as_noted(message: Shown) -> str:
    """Return a message as the transcript shows it; of one whose buttons were only closed, what was chosen."""
    if message.told_before and message.text.partition("\n")[0][:12] == message.told_before[-1][:12]:
        chosen = [line for line in message.text.splitlines() if line.startswith("✓")]
        pressable = any("callback_data" in button for row in message.rows for button in row)
        if chosen or not pressable:
            return "\n".join(chosen)
    buttons = "\n" + "  ".join(f"[{label}]" for label in message.buttons) if message.buttons else ""
    file = f"\n📎 {message.document}" if message.document else ""
    return message.text + file + buttons
