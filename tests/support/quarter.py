"""A believable quarter of a company's interviews, told in both languages: fewer and fewer no-shows, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

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
    State,
    Verdict,
)
from conversations.prechecks import Finding, Precheck
from locales.zones import local, resolve
from store import cases, feedback, interviews, people, prechecks, rungs
from store.db import Tx

ZONE = "Asia/Shanghai"
COMPANY = "星云科技"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOURS = (9, 9, 10, 10, 11, 13, 14, 14, 15, 16)
SOURCES = (("校招", 40), ("招聘网站", 30), ("内推", 20), ("猎头", 10))
ROLES = (("前端工程师", 34), ("Java 工程师", 30), ("产品经理", 20), ("销售顾问", 14), ("法务", 2))
WHY = (
    (Reason.TECHNICAL, 42), (Reason.FORGOT, 22), (Reason.CAME_UP, 16), (Reason.OTHER_OFFER, 8), (Reason.UNCLEAR, 4),
    (None, 8),
)  # fmt: skip
CAMPUSES = ("北京", "上海", "深圳")
NAMES = ("李雷", "韩梅梅", "张伟", "欧阳娜娜", "王芳", "Anna Smith", "陈晨", "刘洋")


async def quarter(
    tx: Tx, now: datetime, size: int = 1500, seed: int = 7, days: int = 84
) -> tuple[Person, ...]:
    """Store interviews of the days before `now`, with some cases still open; return the two recruiters."""
    chance = Random(seed)
    roles = frozenset({Role.RECRUITER})
    recruiters = tuple(
        [await people.create(tx, Person(uuid4(), name, roles=roles)) for name in ("孙悦", "Tom Zhou")]
    )
    candidates = [Person(uuid4(), chance.choice(NAMES), phone=f"138{n:08}") for n in range(size)]
    await people.create_all(tx, candidates)
    for n, person in enumerate(candidates):
        if chance.random() < 0.92:
            await people.bind(tx, person.id, Address("telegram.main", f"q{n}"), f"q{n}", now - days * DAY)
    made = [_interview(chance, now, days, person, recruiters) for person in candidates]
    stored = await interviews.create_all(tx, made)
    for interview in stored:
        await _around(tx, chance, interview, now)
    return recruiters


def _interview(
    chance: Random, now: datetime, days: int, person: Person, recruiters: tuple[Person, ...]
) -> Interview:
    day = now - chance.randrange(days) * DAY
    while local(day, ZONE).isoweekday() > 5:
        day -= DAY
    wall = local(day, ZONE).replace(hour=chance.choice(HOURS), minute=0, second=0, microsecond=0, tzinfo=None)
    starts_at = resolve(wall, ZONE)
    source, role = _chosen(chance, SOURCES), _chosen(chance, ROLES)
    ago = (now - starts_at) / DAY
    risk = (
        0.07
        + 0.10 * max(ago, 0) / days
        + 0.06 * (source == "校招")
        + 0.05 * (wall.hour < 10)
        - 0.05 * (source == "内推")
    )
    attempt = Attempt(
        uuid4(), 1, starts_at, ZONE, "https://meet.example/1", wall, starts_at - chance.randrange(1, 10) * DAY
    )
    attempt = _went(chance, attempt, risk, now)
    return Interview(
        uuid4(),
        0,
        0,
        person.id,
        COMPANY,
        role,
        attempt,
        state=_state(attempt),
        source=source,
        candidate_type="campus"
        if source == "校招"
        else chance.choice(("experienced", "part_time", "experienced")),
        recruiter=chance.choice(recruiters).id,
        tags={"校区": chance.choice(CAMPUSES)} if source == "校招" else {},
        invited_at=attempt.booked_at,
    )


_STATES = {
    Outcome.NO_SHOW: State.NO_SHOW,
    Outcome.COMPLETED: State.COMPLETED,
    Outcome.CANCELLED: State.CANCELLED,
}


def _state(attempt: Attempt) -> State:
    return _STATES.get(attempt.outcome, State.SCHEDULED) if attempt.outcome else State.SCHEDULED


def _went(chance: Random, attempt: Attempt, risk: float, now: datetime) -> Attempt:
    at = attempt.starts_at
    if at + HOUR > now:
        return attempt
    if chance.random() < 0.06:
        return replace(attempt, outcome=Outcome.CANCELLED)
    if chance.random() < risk:
        reason = _chosen(chance, WHY)
        return replace(
            attempt, outcome=Outcome.NO_SHOW, flagged_at=at + 10 * MINUTE, contacted_at=at + 11 * MINUTE, reason=reason,
        )  # fmt: skip
    confirmed = at - DAY if chance.random() < 0.85 else None
    return replace(
        attempt,
        outcome=Outcome.COMPLETED,
        confirmed_at=confirmed,
        entered_at=at,
        joined_at=at,
        completed_at=at + HOUR,
    )


async def _around(tx: Tx, chance: Random, interview: Interview, now: datetime) -> None:
    attempt, at = interview.attempt, interview.attempt.starts_at
    await rungs.plan_rungs(tx, [RungRow(attempt.id, "1h", at - HOUR)])
    for account in ("telegram.main", "sms.main")[: chance.choice((1, 2, 2))]:
        await rungs.settle_rung(tx, attempt.id, "1h", Verdict.SENT, "", f"{account}:1", at - HOUR)
    if chance.random() < 0.72:
        code = chance.choices(("WEB-OK", "CAM-BUSY", "NET-SLOW"), (88, 7, 5))[0]
        found = Precheck(uuid4(), interview.id, at - 2 * HOUR, (Finding(code),), 20, "wechat android")
        await prechecks.add(tx, found)
    if attempt.outcome is Outcome.NO_SHOW:
        await _case(tx, chance, interview, now)
        if chance.random() < 0.45:
            await _again(tx, chance, interview, now)
    if attempt.outcome is Outcome.COMPLETED and chance.random() < 0.8:
        score = chance.choices((5, 4, 3, 2), (48, 34, 12, 6))[0] if chance.random() < 0.55 else None
        await feedback.save(tx, interview.id, attempt.id, "overall", score, at + 2 * HOUR)


async def _case(tx: Tx, chance: Random, interview: Interview, now: datetime) -> None:
    flagged_at = interview.attempt.flagged_at
    assert flagged_at is not None
    took = chance.choice((6, 9, 12, 15, 18, 25, 40, 130)) * MINUTE
    is_open = now - flagged_at < 4 * DAY and chance.random() < 0.6
    case = Case(uuid4(), 0, CaseKind.NO_SHOW, interview.id, interview.attempt.id, flagged_at)
    if not is_open:
        case = replace(
            case, state=CaseState.CLOSED, taken_at=flagged_at + 3 * MINUTE, closed_at=flagged_at + took
        )
    await cases.save_case(tx, case)


async def _again(tx: Tx, chance: Random, interview: Interview, now: datetime) -> None:
    """Let somebody who did not come take another time, which most keep."""
    old = interview.attempt
    starts_at = old.starts_at + 3 * DAY
    wall = local(starts_at, ZONE).replace(tzinfo=None)
    new: dict[str, Any] = {"id": uuid4(), "n": 2, "starts_at": starts_at, "local_start": wall}
    fresh = Attempt(zone=ZONE, join=old.join, booked_at=old.starts_at + HOUR, **new)
    fresh = _went(chance, fresh, 0.12, now)
    state = _state(fresh)
    await interviews.save(tx, replace(interview, attempt=fresh, state=state), old)


def _chosen(chance: Random, weighed: Any) -> Any:
    values, weights = zip(*weighed, strict=True)
    return chance.choices(values, weights)[0]
