"""What a crash test needs: a Telegram that remembers what it accepted, and lives of the product to end."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from bot import app as composition
from bot.clock import MachineClock
from bot.sandbox.telegram import Person as User
from bot.sandbox.telegram import TelegramStandIn
from bot.settings import Settings, read
from conversations.identity import Address, Person
from conversations.interview import Attempt, Interview, RungRow, Verdict
from locales.zones import local
from store import inbox, interviews, outbox, people, rungs, tables, timers
from tests.support.town import SANDBOX, SIGNING_SECRET, TOWN_BOOK, WEBHOOK_SECRET

IN_FLIGHT = 8
ROOT = Path(__file__).parents[2]


Nursery = subprocess.Popen[str]
"""The process that all lives are forked from."""


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """Import the product once, for all tests."""
    command = [sys.executable, "-m", "tests.crash.worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as nursery:
        try:
            yield nursery
        finally:
            nursery.kill()


class Witness(TelegramStandIn):
    """A Telegram that calls somebody after it has accepted a message and before it says so."""

    def __init__(self, clock: MachineClock) -> None:
        super().__init__(clock)
        self.when_accepted: Callable[[], None] | None = None

    async def _carry_out(self, bot: str, name: str, params: dict[str, Any]) -> tuple[int, bytes]:
        answer = await super()._carry_out(bot, name, params)
        if name.lower() == "sendmessage" and answer[0] == 200 and self.when_accepted is not None:
            self.when_accepted()
        return answer

    @property
    def count(self) -> Counter[tuple[str, str]]:
        """Return how often each text was accepted for each chat."""
        return Counter((str(call.params["chat_id"]), str(call.params["text"])) for call in self.sent)


@dataclass(slots=True)
class Ward:
    """One database, its people, and one process at a time that serves them."""

    folder: Path
    telegram: Witness
    settings: Settings
    order: dict[str, Any]
    nursery: Nursery
    users: list[User] = field(default_factory=list)
    attempts: list[UUID] = field(default_factory=list)
    pid: int = 0
    kills: int = 0

    # -- before ------------------------------------------------------------------------------------------

    async def prepare(self, count: int) -> None:
        """Store so many interviews, each with a reminder whose timer is due now."""
        clock = MachineClock()
        app = await composition.build(self.settings, clock, {}, TOWN_BOOK)
        now = clock.now()
        # As an earlier life would have: what is planned below is not planned anew.
        await app.configuration.followed()
        async with app.db.write() as tx:
            for n in range(count):
                user = self.telegram.person(f"candidate {n}")
                user._chat.is_open = True
                self.users.append(user)
                who = Person(uuid4(), user.name, locale="en")
                await people.create(tx, who)
                await people.bind(tx, who.id, Address("telegram.main", str(user.id)), str(user.id), now)
                start = now + timedelta(hours=3)
                when = local(start, "Asia/Shanghai").replace(tzinfo=None)
                attempt = Attempt(uuid4(), 1, start, "Asia/Shanghai", "https://meet.example/1", when, now)
                made = Interview(uuid4(), 0, 0, who.id, "星云科技", "Engineer", attempt)
                await interviews.create(tx, made)
                await rungs.plan_rungs(tx, [RungRow(attempt.id, "1h", now)])
                data = {"attempt": str(attempt.id), "rung": "1h"}
                await timers.set(tx, "rung:1h", f"interview:{made.id}", now, data)
                self.attempts.append(attempt.id)
        await app.close()

    # -- lives -------------------------------------------------------------------------------------------

    async def begin(self, die_at: str = "", count: int = 1) -> None:
        assert self.nursery.stdin is not None
        line = json.dumps({**self.order, "die_at": die_at, "count": count})
        self.nursery.stdin.write(line + "\n")
        self.nursery.stdin.flush()
        self.pid = int((await self._line())["pid"])

    async def end(self) -> int:
        """Wait until the life is over, and return how it ended: 0, or minus the signal."""
        code = int((await self._line())["ended"])
        self.pid = 0
        self.kills += code == -signal.SIGKILL
        return code

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.pid:
            os.kill(self.pid, how)

    async def _line(self) -> Any:
        """Return what the nursery says next. Nothing here waits in a thread, which would outlive a failed test."""
        said = self.nursery.stdout
        assert said is not None
        await self.until(lambda: bool(select.select([said], [], [], 0)[0]), 30)
        return json.loads(said.readline())

    async def until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something holds; what the product wrote is shown when it does not come to that."""
        try:
            async with asyncio.timeout(seconds):
                while not is_so():  # noqa: ASYNC110 - other processes set no event
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log = (self.folder / "log").read_text(errors="replace")
            raise AssertionError(f"it did not come to that. The log ends:\n{log[-3000:]}") from None

    # -- afterwards --------------------------------------------------------------------------------------

    def lost(self, text: str) -> list[str]:
        count = self.telegram.count
        return [str(user.id) for user in self.users if not count[str(user.id), text]]

    def doubles(self) -> int:
        return sum(times - 1 for times in self.telegram.count.values())

    async def examine(self) -> None:
        """Nothing is half-written: timers, inbox, outbox and ledger all tell the same story."""
        app = await composition.build(self.settings, MachineClock(), {}, TOWN_BOOK)
        try:
            async with app.db.read() as tx:
                now = MachineClock().now()
                rows = [row for row in await outbox.listing(tx, limit=10**6) if row.rung]
                ledger = [row for id in self.attempts for row in await rungs.rungs_of(tx, id)]
                waiting = (
                    sa.select(sa.func.count())
                    .select_from(tables.inbox)
                    .where(tables.inbox.c.done_at.is_(None))
                )
                undone = (await tx.conn.execute(waiting)).scalar_one()
                due = sa.select(sa.func.count()).select_from(tables.timers).where(tables.timers.c.at <= now)
                assert (await tx.conn.execute(due)).scalar_one() == 0
                assert await inbox.dead(tx) == []
                assert undone == 0
                if app.db.is_sqlite:
                    found = (await tx.conn.exec_driver_sql("PRAGMA integrity_check")).scalar_one()
                    assert found == "ok"
        finally:
            await app.close()
        assert {row.state for row in rows} == {"accepted"}
        assert len(rows) == len(self.users)
        assert {row.verdict for row in ledger} == {Verdict.SENT}
        accepted = {call.number: str(call.params["chat_id"]) for call in self.telegram.sent}
        for row in rows:
            assert accepted[int(row.platform_id)] == row.chat
        evidence = {f"telegram.main:{row.platform_id}" for row in rows}
        assert {row.evidence for row in ledger} == evidence
        doubled = {
            chat for (chat, text), times in self.telegram.count.items() if times > 1 and "reminder" in text
        }
        assert doubled <= {row.chat for row in rows if row.in_doubt}, "a double that nobody was told of"


@asynccontextmanager
async def open_ward(folder: Path, url: str, nursery: Nursery) -> AsyncIterator[Ward]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    telegram = Witness(MachineClock())
    async with telegram:
        environ = {
            "TURNOUT_SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TURNOUT_SERVER__PORT": str(port),
            "TURNOUT_DATABASE__URL": url.replace("postgresql+asyncpg", "postgresql"),
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": telegram.token,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__API_BASE": telegram.api_base,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__WEBHOOK_SECRET": WEBHOOK_SECRET,
            "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
            "TURNOUT_LOG__FORMAT": "json",
        }
        config = SANDBOX.read_text("utf-8")
        order = {"config": config, "environ": environ, "folder": str(folder), "log": str(folder / "log")}
        ward = Ward(folder, telegram, read(config, environ, folder), order, nursery)
        try:
            yield ward
        finally:
            ward.kill()
            if ward.pid:
                await ward.end()
