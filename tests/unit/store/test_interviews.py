"""Interviews: saved by whoever saw the latest, seen by whom they concern, with every attempt, rung and case."""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from conversations.identity import Person, Role
from conversations.interview import (
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
from store import cases, interviews, people, rungs
from store.db import Database, Tx
from store.errors import Conflict
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW, attempt, booked, person, staff


async def test_an_interview_comes_back_as_stored(db: Database) -> None:
    async with db.write() as tx:
        recruiter = await people.create(tx, staff(Role.RECRUITER))
        first = attempt(confirmed_at=NOW, reason=Reason.CAME_UP, reason_said="发烧了", slot=uuid4())
        made = await booked(
            tx,
            attempt=first,
            source="校招",
            candidate_type="应届",
            recruiter=recruiter.id,
            external_id="A-7",
            tags={"学院": "计算机"},
            invited_at=NOW,
            moves=1,
        )
        assert (made.number, made.revision, made.label) == (1001, 1, "I-1001")
        assert await interviews.get(tx, made.id) == made
        assert await interviews.by_number(tx, 1001) == made
        assert await interviews.by_external(tx, "acme", "A-7") == made
        assert await interviews.by_external(tx, "other", "A-7") is None
        assert await interviews.of_attempt(tx, first.id) == made
        assert await interviews.of_attempt(tx, uuid4()) is None
        assert (await booked(tx)).number == 1002


async def test_numbers_have_no_gaps_whatever_fails(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as tx:
            await booked(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async def book() -> int:
        async with db.write() as tx:
            return (await booked(tx)).number

    assert sorted(await asyncio.gather(*(book() for _ in range(20)))) == list(range(1001, 1021))


async def test_a_new_attempt_never_erases_the_old_one(db: Database) -> None:
    async with db.write() as tx:
        made = await booked(tx)
        ended = replace(made.attempt, outcome=Outcome.NO_SHOW, flagged_at=NOW + DAY, reason=Reason.FORGOT)
        second = attempt(2, NOW + 2 * DAY)
        saved = await interviews.save(tx, replace(made, attempt=second, moves=1), ended)
        assert saved == replace(made, attempt=second, moves=1, revision=2)
        assert await interviews.get(tx, made.id) == saved
        assert await interviews.attempts(tx, made.id) == [ended, second]
        assert await interviews.of_attempt(tx, ended.id) == saved


async def test_a_stale_save_changes_nothing(db: Database) -> None:
    async with db.write() as tx:
        made = await booked(tx)
        await interviews.save(tx, replace(made, state=State.JOINED))
    async with db.write() as tx:
        with pytest.raises(Conflict) as conflict:
            await interviews.save(tx, replace(made, state=State.CANCELLED, attempt=attempt(2)))
        assert conflict.value.row == made.id
    async with db.read() as tx:
        found = await interviews.get(tx, made.id)
        assert found is not None
        assert (found.state, found.attempt.n, found.revision) == (State.JOINED, 1, 2)


async def test_of_fifty_who_save_at_once_one_wins(db: Database) -> None:
    async with db.write() as tx:
        made = await booked(tx)

    async def move(n: int) -> bool:
        try:
            async with db.write() as tx:
                await interviews.save(tx, replace(made, attempt=attempt(2, NOW + n * HOUR)), made.attempt)
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*map(move, range(50)))) == 1
    async with db.read() as tx:
        assert len(await interviews.attempts(tx, made.id)) == 2


async def test_an_instant_shifts_without_a_new_attempt(db: Database) -> None:
    async with db.write() as tx:
        made = await booked(tx)
        shifted = await interviews.shift(tx, made, made.attempt.starts_at - HOUR)
        assert shifted.attempt.starts_at == made.attempt.starts_at - HOUR
        assert await interviews.attempts(tx, made.id) == [shifted.attempt]
        assert shifted.attempt.local_start == made.attempt.local_start


async def test_upcoming_are_those_scheduled_ahead(db: Database) -> None:
    async with db.write() as tx:
        later, sooner = (
            await booked(tx, attempt=attempt(starts_at=NOW + DAY)),
            await booked(tx, attempt=attempt(starts_at=NOW + HOUR)),
        )
        await booked(tx, attempt=attempt(starts_at=NOW))
        await booked(tx, state=State.CANCELLED)
        assert await interviews.upcoming(tx, NOW) == [sooner, later]


# --- Finding


async def found(tx: Tx, principal: Person | None = None, **wanted: object) -> list[int]:
    rows = await interviews.search(tx, principal, **wanted)  # type: ignore[arg-type]
    return [interview.number for interview, _ in rows]


async def test_search_finds_by_what_people_type(db: Database) -> None:
    async with db.write() as tx:
        someone = await people.create(
            tx, person(name="Han Meimei", phone="13912345678", email="han@example.com")
        )
        mine = await booked(tx, someone, external_id="A_7", role="Java Engineer", company="acme")
        other = await booked(tx, role="Java 100% Sales", attempt=attempt(starts_at=NOW + HOUR))
        for text in ("I-1001", "i1001", "1001", "A_7", "han  MEIMEI", "+86 139 1234 5678", "HAN@example.com"):
            assert await found(tx, text=text) == [mine.number], text
        assert await found(tx, text="java") == [other.number, mine.number]
        assert await found(tx, text="100%") == [other.number]
        for text in ("I-1", "Meimei", "A%7", "_", "139", "'; DROP TABLE people", "i-99999999999999999999"):
            assert await found(tx, text=text) == [], text
        rows = await interviews.search(tx, None, person=someone.id)
        assert [whose for _, whose in rows] == [someone]


async def test_search_narrows_and_pages(db: Database) -> None:
    async with db.write() as tx:
        for n in range(5):
            await booked(tx, attempt=attempt(starts_at=NOW + n * DAY), company="acme" if n else "other")
        await booked(tx, attempt=attempt(starts_at=NOW + 9 * DAY), state=State.NO_SHOW)
        assert await found(tx, limit=2, offset=1) == [1002, 1003]
        assert await found(tx, company="other") == [1001]
        assert await found(tx, state=State.NO_SHOW) == [1006]
        assert await found(tx, starts_from=NOW + DAY, starts_until=NOW + 3 * DAY) == [1002, 1003]
        assert await interviews.counts(tx) == {State.SCHEDULED: 5, State.NO_SHOW: 1}


async def test_a_name_is_an_external_id_before_it_is_a_number(db: Database) -> None:
    async with db.write() as tx:
        first = await booked(tx)
        second = await booked(tx, external_id="1001")
        assert await interviews.by_name(tx, "1001") == second
        assert await interviews.by_name(tx, "I-1001") == first
        assert await interviews.by_name(tx, "nobody") is None
        await booked(tx, external_id="1001", company="other")
        assert await interviews.by_name(tx, "1001") is None, "two companies use it"


async def test_everybody_sees_only_what_concerns_them(db: Database) -> None:
    async with db.write() as tx:
        recruiter = await people.create(tx, staff(Role.RECRUITER))
        candidate = await people.create(tx, person())
        both = await people.create(tx, person(roles=frozenset({Role.RECRUITER, Role.CANDIDATE})))
        await booked(tx, candidate, recruiter=recruiter.id)
        await booked(tx, both)
        await booked(tx, recruiter=both.id)
        sees: list[tuple[Person | None, list[int]]] = [
            (None, [1001, 1002, 1003]),
            *((staff(role), [1001, 1002, 1003]) for role in (Role.ADMIN, Role.HR, Role.VIEWER, Role.SUPPORT)),
            (recruiter, [1001]),
            (replace(recruiter, jobs=frozenset({"Go developer", "Jav"})), [1001]),
            (replace(recruiter, jobs=frozenset({"Engineer"})), [1001, 1002, 1003]),
            (replace(candidate, jobs=frozenset({"Engineer"})), [1001]),
            (candidate, [1001]),
            (both, [1002, 1003]),
            (staff(Role.RECRUITER), []),
            (person(), []),
            (person(roles=frozenset()), []),
        ]
        for principal, numbers in sees:
            assert await found(tx, principal) == numbers
            assert sum((await interviews.counts(tx, principal)).values()) == len(numbers)
            seen = [n for n in (1001, 1002, 1003) if await interviews.by_number(tx, n, principal)]
            assert seen == numbers
            assert bool(await interviews.by_name(tx, "I-1001", principal)) == (1001 in numbers)


# --- Rungs


def rung(of: UUID, name: str = "24h", due_at: datetime = NOW, **values: object) -> RungRow:
    return RungRow(of, name, due_at, **values)  # type: ignore[arg-type]


async def test_a_ladder_is_planned_and_planned_anew(db: Database) -> None:
    async with db.write() as tx:
        of = (await booked(tx)).attempt.id
        skipped = rung(of, "72h", NOW - DAY, verdict=Verdict.SKIPPED, why="booked_late", settled_at=NOW)
        await rungs.plan_rungs(tx, [rung(of, "1h", NOW + HOUR), rung(of), skipped])
        assert await rungs.rungs_of(tx, of) == [skipped, rung(of), rung(of, "1h", NOW + HOUR)]
        again = [rung(of, "72h", NOW), rung(of, "24h", NOW + MINUTE)]
        await rungs.plan_rungs(tx, again)
        await rungs.plan_rungs(tx, [])
        ladder = await rungs.rungs_of(tx, of)
        assert ladder == [skipped, rung(of, "24h", NOW + MINUTE), rung(of, "1h", NOW + HOUR)]
        assert await rungs.rungs_due_between(tx, NOW, NOW + HOUR) == ladder[1:2]


async def test_the_first_verdict_stands(db: Database) -> None:
    async with db.write() as tx:
        of = (await booked(tx)).attempt.id
        await rungs.plan_rungs(tx, [rung(of)])
        assert await rungs.settle_rung(tx, of, "24h", Verdict.SENT, "", "telegram.main:7", NOW)
        assert not await rungs.settle_rung(tx, of, "24h", Verdict.REFUSED, "gone", "", NOW + HOUR)
        assert not await rungs.settle_rung(tx, of, "24h", Verdict.SENT, "", "email.main:8", NOW + HOUR)
        assert not await rungs.settle_rung(tx, of, "24h", Verdict.SENT, "", "email.main:8", NOW + HOUR)
        assert not await rungs.settle_rung(tx, of, "no such", Verdict.SENT, "", "x", NOW)
        evidence = "telegram.main:7, email.main:8"
        assert await rungs.rungs_of(tx, of) == [
            rung(of, verdict=Verdict.SENT, evidence=evidence, settled_at=NOW)
        ]


async def test_what_was_refused_is_not_called_sent_later(db: Database) -> None:
    async with db.write() as tx:
        of = (await booked(tx)).attempt.id
        await rungs.plan_rungs(tx, [rung(of)])
        await rungs.settle_rung(tx, of, "24h", Verdict.EXPIRED, "late", "", NOW)
        assert not await rungs.settle_rung(tx, of, "24h", Verdict.SENT, "", "telegram.main:7", NOW)
        row = (await rungs.rungs_of(tx, of))[0]
        assert (row.verdict, row.why, row.evidence) == (Verdict.EXPIRED, "late", "")


# --- Cases


def case(of: Interview, kind: CaseKind = CaseKind.NO_SHOW, **values: object) -> Case:
    return Case(uuid4(), 0, kind, of.id, of.attempt.id, NOW, **values)  # type: ignore[arg-type]


async def test_cases_are_numbered_and_one_is_open_of_each_kind(db: Database) -> None:
    async with db.write() as tx:
        of = await booked(tx)
        assert await cases.next_case_number(tx) == 1
        first = await cases.save_case(tx, case(of, said="没网"))
        assert first.label == "C-1"
        assert await cases.save_case(tx, case(of)) == first
        assert await cases.open_case(tx, case(of)) == first
        technical = await cases.save_case(tx, case(of, CaseKind.TECHNICAL))
        assert technical.number == 2
        assert await cases.next_case_number(tx) == 3
        assert await cases.cases_of(tx, of.id) == [technical, first]

        owner = await people.create(tx, staff(Role.SUPPORT))
        taken = replace(first, state=CaseState.TAKEN, owner=owner.id, owner_name=owner.name, taken_at=NOW)
        assert await cases.save_case(tx, taken) == taken
        assert await cases.open_case(tx, case(of)) == taken
        closed = replace(taken, state=CaseState.CLOSED, closed_at=NOW + HOUR, result="rebooked")
        await cases.save_case(tx, closed)
        assert await cases.case(tx, first.id) == closed
        assert await cases.open_cases(tx) == [technical]
        assert (await cases.save_case(tx, case(of))).number == 3


async def test_a_day_with_more_than_a_hundred_open_cases_is_seen_whole(db: Database) -> None:
    async with db.write() as tx:
        candidate = await people.create(tx, person())
        for _ in range(105):
            await cases.save_case(tx, case(await booked(tx, candidate)))
        assert len(await cases.open_cases(tx)) == await cases.count_open(tx) == 105
        assert len(await cases.open_cases(tx, limit=7)) == 7
        assert await cases.taken(tx) == []


async def test_cases_are_seen_by_whom_their_interview_concerns(db: Database) -> None:
    async with db.write() as tx:
        candidate = await people.create(tx, person())
        mine = await cases.save_case(tx, case(await booked(tx, candidate)))
        other = await cases.save_case(tx, case(await booked(tx)))
        assert await cases.open_cases(tx, candidate) == [mine]
        assert await cases.open_cases(tx, staff(Role.HR)) == [other, mine]
        assert await cases.case_by_number(tx, other.number) == other
        assert await cases.case_by_number(tx, other.number, candidate) is None


async def test_of_twenty_who_open_a_case_all_get_the_same(db: Database) -> None:
    async with db.write() as tx:
        of = await booked(tx)

    async def open_one(n: int) -> Case:
        async with db.write() as tx:
            return await cases.save_case(tx, case(of))

    assert len({opened.id for opened in await asyncio.gather(*map(open_one, range(20)))}) == 1


async def test_a_tally_counts_what_a_search_would_find(db: Database) -> None:
    async with db.write() as tx:
        for days, role in ((1, "Sales"), (2, "Sales"), (3, "Java")):
            one = await booked(tx, role=role)
            at = NOW + days * DAY
            await interviews.save(tx, replace(one, attempt=replace(one.attempt, starts_at=at)))
        assert await interviews.tally(tx, None) == 3
        assert await interviews.tally(tx, None, text="sales") == 2
        assert await interviews.tally(tx, None, state=State.JOINED) == 0
        assert await interviews.tally(tx, None, text="sales", starts_from=NOW + 2 * DAY) == 1
        assert await interviews.tally(tx, person(roles=frozenset({Role.RECRUITER}))) == 0
        last = await interviews.search(tx, None, limit=1, latest_first=True)
        assert [interview.role for interview, _ in last] == ["Java"]


async def test_a_case_keeps_its_team_and_how_it_ended_and_is_found_by_its_owner(db: Database) -> None:
    async with db.write() as tx:
        owner = await people.create(tx, staff(Role.HR))
        found = await cases.save_case(tx, case(await booked(tx)))
        handed = replace(found, state=CaseState.TAKEN, owner=owner.id, owner_name="韩梅梅", team="hr")
        assert await cases.save_case(tx, handed) == handed
        assert await cases.case(tx, found.id) == handed
        assert await cases.owned_by(tx, owner.id) == [handed]
        closed = replace(handed, state=CaseState.CLOSED, closed_at=NOW, note="已电话沟通")
        await cases.save_case(tx, closed)
        assert await cases.case(tx, found.id) == closed
        assert await cases.owned_by(tx, owner.id) == []


async def test_every_job_there_is_an_interview_for_is_named_once(db: Database) -> None:
    async with db.write() as tx:
        for role in ("Java", "前端工程师", "Java", ""):
            await booked(tx, role=role)
        assert sorted(await interviews.roles(tx)) == ["Java", "前端工程师"]
