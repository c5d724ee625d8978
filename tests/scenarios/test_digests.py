"""Digests through crashes at any step, for companies of their own, and where a platform cannot edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from bot import app as composition
from bot import digests
from bot.app import App
from bot.charts.drawing import NotDrawn, Studio
from bot.clock import VirtualClock
from bot.sandbox.month import load_month
from bot.sandbox.stage import Stage
from bot.sandbox.telegram import TelegramStandIn
from bot.settings import Settings, read
from conversations.digest import windows_on
from conversations.identity import Address, Person, Role
from locales.zones import local, resolve
from store import outbox, people, timers
from tests.support.town import SANDBOX, SIGNING_SECRET

ZONE = "Asia/Shanghai"
FRIDAY = resolve(datetime(2026, 11, 27, 8, 0), ZONE)
OWN = """
[companies.Acme]
digest_at = "08:30"
digest_days = "daily"
digest_place = "telegram.main:-1002000000001"
zone = "Europe/Berlin"
languages = ["en"]
support = { name = { en = "Help" } }
devices = { en = "A computer" }
what_next = { en = "You hear from us." }
"""


@dataclass(slots=True)
class House:
    """The product on a database that outlives its processes, with one platform and one member of HR."""

    settings: Settings
    clock: VirtualClock
    telegram: TelegramStandIn
    app: App
    hr: Any = None
    """Who reads, on that platform."""

    async def dies(self) -> None:
        """End the process with whatever it was at, and start the next one."""
        await self.app.close()
        self.app = await composition.build(self.settings, self.clock)
        await self.app.pumps.recover()
        await self.app.open()

    async def passes(self, until: datetime) -> None:
        while (due := await self.app.pumps.next_at()) is not None and due <= until:
            self.clock.set(max(due, self.clock.now()))
            await self.app.pumps.until_idle()
        self.clock.set(max(until, self.clock.now()))
        await self.app.pumps.until_idle()

    async def arrived(self) -> Counter[str]:
        """Return how often each digest was sent anew, by its name."""
        async with self.app.db.read() as tx:
            rows = await outbox.listing(tx, limit=10_000)
        sent = [row for row in rows if row.state == "accepted" and row.edits is None]
        read = [message for message in self.hr.chat if message.sender is None]
        assert len(read) == sum(row.chat == str(self.hr.id) for row in sent), "what was sent arrived once"
        return Counter(
            row.key.removeprefix("once:").rpartition(":")[0]
            for row in sent
            if row.key.startswith("once:digest:")
        )


@asynccontextmanager
async def house(folder: Path, policy: str = "", start: datetime = FRIDAY) -> AsyncIterator[House]:
    clock = VirtualClock(start)
    async with TelegramStandIn(clock) as telegram:
        text = SANDBOX.read_text("utf-8") + '\n[channels.telegram.main]\nmode = "polling"\n' + policy
        environ = {
            "TURNOUT_DATABASE__URL": f"sqlite:///{folder / 'turnout.db'}",
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__TOKEN": telegram.token,
            "TURNOUT_CHANNELS__TELEGRAM__MAIN__API_BASE": telegram.api_base,
            "TURNOUT_INTERVIEWS__PLATFORM__SECRET": SIGNING_SECRET,
        }
        settings = read(text, environ, folder)
        app = await composition.build(settings, clock)
        made = House(settings, clock, telegram, app)
        await _hr(made)
        await app.open()
        yield made
        await made.app.close()


async def _hr(made: House) -> None:
    user = made.telegram.person("Wang Fang")
    user._chat.is_open = True
    made.hr = user
    known = Person(uuid4(), "Wang Fang", "en", ZONE, roles=frozenset({Role.HR}))
    async with made.app.db.write() as tx:
        await people.create(tx, known)
        await people.bind(tx, known.id, Address("telegram.main", str(user.id)), str(user.id), FRIDAY)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", range(4))
async def test_each_window_is_told_once_whatever_dies_when(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Studio, "draw", _cannot_draw)
    chance = Random(seed)
    async with house(tmp_path) as made:
        async with made.app.db.write() as tx:
            await load_month(tx, FRIDAY, company="星云科技")
        for _ in range(14):
            await _some_time(made, chance)
            await _dies_at_some_step(made, chance)
        await made.passes(resolve(datetime(2026, 12, 8, 12, 0), ZONE))
        told = await made.arrived()
    assert set(told.values()) == {1}
    policy = made.settings.policies.default
    mornings = [date(2026, 11, 27) + timedelta(days=n) for n in range(12)]
    # Whatever was slept through: the week's and the month's come, with the next morning at the latest.
    assert {"digest:hr:week:2026-11-23", "digest:hr:week:2026-11-30", "digest:hr:month:2026-11-01"} <= set(
        told
    )
    days = {name.removeprefix("digest:hr:") for name in told if name.count(":") == 2}
    # What is missed on Friday may be told on Saturday: never on a day before it was due, and never twice.
    assert days <= {day.isoformat() for day in mornings}
    assert len(days) >= 3
    assert "2026-12-08" in days
    assert windows_on(policy, date(2026, 12, 8)) == ("day",)


async def _some_time(made: House, chance: Random) -> None:
    """Let time pass, sometimes with the process there and sometimes without it."""
    until = made.clock.now() + timedelta(minutes=chance.choice((5, 47, 200, 700, 1100)))
    until = min(until, resolve(datetime(2026, 12, 7, 8, 0), ZONE))
    if chance.random() < 0.5:
        await made.passes(until)
    else:
        made.clock.set(max(until, made.clock.now()))


async def _dies_at_some_step(made: House, chance: Random) -> None:
    pumps = made.app.pumps
    for step in (pumps.timers_once, pumps.inbox_once, pumps.jobs_once, pumps.inbox_once, pumps.outbox_once):
        if chance.random() < 0.25:
            break
        await step()
    await made.dies()


async def _cannot_draw(*_: object) -> list[bytes]:
    raise NotDrawn("no picture in this test")


async def test_without_a_picture_the_words_come_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Studio, "draw", _cannot_draw)
    monday = resolve(datetime(2026, 11, 30, 8, 59), ZONE)
    async with house(tmp_path, start=monday) as made:
        async with made.app.db.write() as tx:
            await load_month(tx, monday, company="星云科技")
        await made.passes(monday + timedelta(minutes=2))
        told = await made.arrived()
    assert set(told) == {"digest:hr:2026-11-30", "digest:hr:week:2026-11-23"}


async def test_a_company_with_a_place_of_its_own_has_its_own_digest_there(tmp_path: Path) -> None:
    async with house(tmp_path, OWN) as made:
        policies = made.settings.policies
        assert set(digests.teams(policies)) == {"hr", "hr:Acme"}
        assert digests.team_for(policies, "ACME ") == "hr:Acme"
        assert digests.team_for(policies, "somebody else") == "hr"
        async with made.app.db.write() as tx:
            await load_month(tx, FRIDAY, company="acme")
        async with made.app.db.read() as tx:
            (own,) = [each for each in await timers.of(tx, "team:hr:Acme") if each.name == "digest"]
            assert await digests.companies_of(tx, policies, "hr:Acme") == {"acme"}
            assert await digests.companies_of(tx, policies, "hr") == frozenset()
        assert f"{local(own.at, 'Europe/Berlin'):%H:%M}" == "08:30"
        await made.passes(FRIDAY + timedelta(hours=9))
        async with made.app.db.read() as tx:
            rows = await outbox.listing(tx, limit=100)
        # The group does not exist on this platform: what was meant for it went there first.
        acme = [row for row in rows if row.key.startswith("once:digest:hr:Acme:")]
        base = next(row for row in rows if row.key.startswith("once:digest:hr:2026"))
        assert {row.chat for row in acme[-1:]} == {"-1002000000001"} or acme[0].locale == "en"
        assert "nothing to do" in str(base.message.lead)


async def test_a_company_that_decides_nothing_about_it_is_told_of_with_the_others(tmp_path: Path) -> None:
    plain = '\n[companies.Acme]\ngrace = "12m"\n'
    async with house(tmp_path, plain) as made:
        assert set(digests.teams(made.settings.policies)) == {"hr"}


async def test_what_is_planned_follows_the_policy(tmp_path: Path) -> None:
    async with house(tmp_path, OWN) as made:
        later = made.settings.again
        assert later is not None
        async with made.app.db.write() as tx:
            assert await timers.of(tx, "team:hr:Acme")
            changed = {**made.settings.written, "companies": {}}
            changed["policy"] = {**changed["policy"], "digest_at": "10:30"}
            await digests.plan(tx, later(changed).policies, made.clock.now())
            assert await timers.of(tx, "team:hr:Acme") == []
            (own,) = [each for each in await timers.of(tx, "team:hr") if each.name == "digest"]
            assert f"{local(own.at, ZONE):%H:%M}" == "10:30"


@pytest.mark.parametrize(
    ("locale", "typed"), [("en", "digest set 10:15 mon-sat"), ("zh_Hans", "日报 设置 10：15 周一至周六")]
)
async def test_when_it_comes_is_set_from_chat_with_one_preview(locale: str, typed: str) -> None:
    async with await Stage.open(locale) as stage:
        admin = await stage.staff("Ada", "admin")
        hr = await stage.staff("Wang Fang", "hr")
        await stage.says(hr, typed)
        assert stage.app.settings.policies.default.digest_at == time(9), "HR looks, and does not decide"
        await stage.says(admin, typed)
        await stage.picks(admin, "yes")
        policy = stage.app.settings.policies.default
        assert (policy.digest_at, policy.digest_days) == (time(10, 15), frozenset(range(6)))
        async with stage.app.db.read() as tx:
            (own,) = [each for each in await timers.of(tx, "team:hr") if each.name == "digest"]
        assert f"{local(own.at, ZONE):%H:%M}" == "10:15"
