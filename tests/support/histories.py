"""Made-up histories of interviews in the database, with everything that figures look at, and their edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

from conversations.identity import Address, Person, Role
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Interview,
    Outcome,
    Reason,
    RungRow,
    Verdict,
)
from conversations.prechecks import CODES, Finding, Precheck
from locales.zones import local
from store import cases, feedback, interviews, people, prechecks, rungs
from store.db import Tx

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kathmandu")
OUTCOMES = (Outcome.NO_SHOW, Outcome.NO_SHOW, Outcome.JOINED, Outcome.COMPLETED, Outcome.CANCELLED, None)
SPANS = (MINUTE, HOUR, HOUR + timedelta(microseconds=1), 2 * HOUR, 2 * HOUR + MINUTE, DAY, 3 * DAY, 7 * DAY)
"""Beside others the very edges of what figures tell apart."""
ACCOUNTS = ("telegram.main", "slack.team", "sms.main", "console.dev", "carrier_pigeon.main")


async def history(tx: Tx, seed: int, start: datetime, size: int = 40) -> tuple[Person, ...]:
    """Store some people and their interviews of the 30 days from `start`; return the recruiters."""
    chance = Random(seed)
    roles = frozenset({Role.RECRUITER})
    recruiters = tuple([await people.create(tx, Person(uuid4(), f"R{n}", roles=roles)) for n in range(2)])
    for _ in range(size):
        await _interview(tx, chance, start, recruiters)
    return recruiters


async def _interview(tx: Tx, chance: Random, start: datetime, recruiters: tuple[Person, ...]) -> None:
    whose = await people.create(tx, Person(uuid4(), "李雷"))
    if chance.random() < 0.6:
        await people.bind(tx, whose.id, Address("telegram.main", whose.id.hex), "chat", start)
    attempts = _attempts(chance, start)
    made = Interview(
        uuid4(),
        0,
        0,
        whose.id,
        chance.choice(("acme", "other")),
        chance.choice(("sales", "Java", "设计")),
        attempts[0],
        source=chance.choice(("校招", "fair", "")),
        candidate_type=chance.choice(("campus", "")),
        recruiter=chance.choice((None, *(person.id for person in recruiters))),
        tags=chance.choice(({}, {"校区": "北京"}, {"校区": "上海", "年龄段": "25-29"})),
        invited_at=chance.choice((None, start)),
    )
    made = await interviews.create(tx, made)
    for previous, attempt in pairwise(attempts):
        made = await interviews.save(tx, replace(made, attempt=attempt), previous) or made
    for attempt in attempts:
        await _around(tx, chance, made.id, attempt)


def _attempts(chance: Random, start: datetime) -> list[Attempt]:
    found: list[Attempt] = []
    for n in range(1, chance.choice((1, 1, 1, 2, 3)) + 1):
        starts_at = start + chance.randrange(30 * 24 * 4) * 15 * MINUTE
        outcome = chance.choice(OUTCOMES)
        flagged_at = starts_at + 10 * MINUTE if outcome is Outcome.NO_SHOW or chance.random() < 0.1 else None
        contacted = chance.choice((None, *SPANS[:4]))
        zone = chance.choice(ZONES)
        reason = chance.choice((None, *Reason)) if flagged_at else None
        found.append(
            Attempt(
                uuid4(),
                n,
                starts_at,
                zone,
                "https://meet.example/1",
                local(starts_at, zone).replace(tzinfo=None),
                starts_at - chance.choice((timedelta(0), -MINUTE, *SPANS)),
                confirmed_at=chance.choice((None, starts_at)),
                entered_at=chance.choice((None, starts_at)),
                joined_at=chance.choice((None, None, starts_at)),
                flagged_at=flagged_at,
                contacted_at=flagged_at + contacted if flagged_at and contacted else None,
                reason=reason,
                outcome=outcome,
            )
        )
    return found


async def _around(tx: Tx, chance: Random, interview: UUID, attempt: Attempt) -> None:
    """Store what other tables say about an attempt."""
    at = attempt.starts_at
    for name in chance.sample(("24h", "1h", "30m"), chance.randrange(4)):
        await rungs.plan_rungs(tx, [RungRow(attempt.id, name, at - HOUR)])
        for account in chance.sample(ACCOUNTS, chance.randrange(3)):
            await rungs.settle_rung(
                tx, attempt.id, name, Verdict.SENT, "", f"{account}:{chance.random()}", at
            )
        await rungs.settle_rung(tx, attempt.id, name, Verdict.SKIPPED, "confirmed", "", at)
    for kind in chance.sample(tuple(CaseKind), chance.randrange(3)):
        opened_at = attempt.flagged_at or at
        took = chance.choice((None, *SPANS[:5]))
        taken = chance.choice((None, took))
        closed_at = opened_at + took if took and chance.random() < 0.8 else None
        await cases.save_case(
            tx,
            Case(
                uuid4(),
                0,
                kind,
                interview,
                attempt.id,
                opened_at,
                CaseState.CLOSED if closed_at else CaseState.OPEN,
                taken_at=opened_at + taken if taken else None,
                closed_at=closed_at,
            ),
        )
    for _ in range(chance.choice((0, 0, 1, 2))):
        codes = chance.sample(sorted(CODES), chance.randrange(1, 4))
        checked_at = at + chance.choice((-DAY, HOUR, HOUR + timedelta(microseconds=1)))
        device = chance.choice(("wechat android", "chrome windows", ""))
        found = tuple(Finding(code) for code in codes)
        await prechecks.add(tx, Precheck(uuid4(), interview, checked_at, found, 20, device))
    if chance.random() < 0.5:
        scores = {"overall": range(1, 6), "reminders": (-1, 0, 1), "support": (0, 1)}
        for question, possible in scores.items():
            await feedback.save(tx, interview, attempt.id, question, chance.choice((None, *possible)), at)
