"""What is kept for the record: the journal, versions of the policy, signs of life, figures."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from conversations.figures import AttemptFacts
from conversations.identity import Address, Role
from conversations.interview import Case, CaseKind, CaseState, Outcome, Reason, RungRow, Verdict
from conversations.prechecks import Finding, Precheck
from store import (
    cases,
    feedback,
    figures,
    interviews,
    journal,
    people,
    policies,
    prechecks,
    rungs,
    signals,
)
from store.db import Database, Tx
from tests.unit.store.samples import DAY, HOUR, MINUTE, NOW, attempt, booked, person, staff


async def filled(db: Database, count: int = 5) -> journal.Head:
    async with db.write() as tx:
        for n in range(count):
            await journal.append(
                tx, "interview.moved", f"interview:{n}", "cli", {"from": "一", "n": str(n)}, NOW
            )
        return await journal.head(tx)


async def tampered(db: Database, *statements: str) -> list[str]:
    """Return what `verify` finds after somebody who got around the triggers did this."""
    async with db.write() as tx:
        await _without_triggers(tx)
        for statement in statements:
            await tx.conn.execute(text(statement))
        return await journal.verify(tx)


async def _without_triggers(tx: Tx) -> None:
    if tx.is_sqlite:
        for what in ("UPDATE", "DELETE"):
            await tx.conn.execute(text(f"DROP TRIGGER journal_keeps_{what}"))
    else:
        await tx.conn.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))


async def test_the_journal_is_read_back_and_sound(db: Database) -> None:
    await filled(db)
    async with db.read() as tx:
        assert await journal.verify(tx) == []
        newest = (await journal.listing(tx, limit=1))[0]
        assert newest == journal.Entry(
            5, NOW, "interview.moved", "interview:4", "cli", {"from": "一", "n": "4"}
        )
        assert [entry.number for entry in await journal.listing(tx, subject="interview:2")] == [3]


async def test_an_empty_journal_is_sound(db: Database) -> None:
    async with db.read() as tx:
        assert await journal.verify(tx) == []
        assert await journal.head(tx) == journal.Head(0, "")


@pytest.mark.parametrize("what", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal"])
async def test_the_database_refuses_to_change_the_journal(db: Database, what: str) -> None:
    await filled(db)

    async def change() -> None:
        async with db.write() as tx:
            await tx.conn.execute(text(what))

    with pytest.raises(DBAPIError, match="only grows"):
        await change()
    async with db.read() as tx:
        assert await journal.verify(tx) == []


TAMPERINGS = {
    "changed": ["UPDATE journal SET actor = 'nobody' WHERE n = 3"],
    "cut out": ["DELETE FROM journal WHERE n = 3"],
    "cut off": ["DELETE FROM journal WHERE n > 3"],
    "beheaded": ["DELETE FROM journal WHERE n < 3"],
    "emptied": ["DELETE FROM journal"],
    "swapped": [
        "UPDATE journal SET n = 99 WHERE n = 2",
        "UPDATE journal SET n = 2 WHERE n = 3",
        "UPDATE journal SET n = 3 WHERE n = 99",
    ],
    "cut off, with its length": ["DELETE FROM journal WHERE n > 3", "UPDATE journal_head SET n = 3"],
    "without its length": ["DELETE FROM journal_head"],
    "length changed": ["UPDATE journal_head SET n = 4"],
}


@pytest.mark.parametrize("statements", TAMPERINGS.values(), ids=TAMPERINGS.keys())
async def test_tampering_is_found(db: Database, statements: list[str]) -> None:
    await filled(db)
    assert await tampered(db, *statements) != []


async def test_a_head_kept_elsewhere_finds_what_was_rolled_back(db: Database) -> None:
    await filled(db, 2)
    async with db.read() as tx:
        row = (await tx.conn.execute(text("SELECT n, mac FROM journal_head"))).one()
    later = await filled(db, 3)
    async with db.write() as tx:
        await _without_triggers(tx)
        await tx.conn.execute(text("DELETE FROM journal WHERE n > 2"))
        await tx.conn.execute(
            text("UPDATE journal_head SET n = :n, mac = :mac"), {"n": row.n, "mac": row.mac}
        )
        assert await journal.verify(tx) == []
        assert await journal.verify(tx, later) == ["entries 3 to 5 are missing"]
        await journal.append(tx, "x", "y", "z", {}, NOW)
        assert await journal.verify(tx, replace(later, number=3)) == [
            "entry 3 is not the one that was kept elsewhere"
        ]


async def test_writers_at_once_make_one_chain(db: Database) -> None:
    async def append(n: int) -> None:
        async with db.write() as tx:
            await journal.append(tx, "a", str(n), "cli", {}, NOW)

    await asyncio.gather(*map(append, range(30)))
    async with db.read() as tx:
        assert await journal.verify(tx) == []
        assert (await journal.head(tx)).number == 30


async def test_a_policy_has_a_version_for_each_change(db: Database) -> None:
    async with db.write() as tx:
        assert await policies.current(tx) is None
        made = [await policies.add(tx, content, "file", NOW) for content in ("a", "a", "b", "a")]
        assert [version.number for version in made] == [1, 1, 2, 3]
        found = await policies.versions(tx, 2)
        assert [version.content for version in found] == ["a", "b"]
        assert await policies.current(tx) == found[0]
        assert await policies.get(tx, 2) == found[1]
        assert await policies.get(tx, 4) is None


async def test_a_policy_changed_meanwhile_is_not_overwritten(db: Database) -> None:
    async with db.write() as tx:
        await policies.add(tx, "a", "file", NOW, base=0)
        with pytest.raises(policies.NotNewest, match="look at it again"):
            await policies.add(tx, "b", "cli", NOW, base=0)
        assert (await policies.add(tx, "b", "person:1", NOW, base=1)).actor == "person:1"


async def test_it_is_known_which_policy_the_plans_follow(db: Database) -> None:
    async with db.write() as tx:
        made = await policies.add(tx, "a", "file", NOW)
        assert made.planned_at is None
        await policies.planned(tx, made.number, NOW)
        now = await policies.current(tx)
        assert now is not None
        assert now.planned_at == NOW


async def test_the_last_sign_of_life_is_the_latest(db: Database) -> None:
    async with db.write() as tx:
        for at in (NOW, NOW + HOUR, NOW - HOUR):
            await signals.heard(tx, "zoom", at)
        assert await signals.last_heard(tx, "zoom") == NOW + HOUR
        assert await signals.last_heard(tx, "teams") is None


async def test_once_is_once_for_everybody(db: Database) -> None:
    async def first(n: int) -> bool:
        async with db.write() as tx:
            return await signals.once(tx, "digest:hr:2026-11-23", NOW)

    assert sum(await asyncio.gather(*map(first, range(20)))) == 1


# --- Figures


async def test_figures_hold_the_facts_of_every_attempt(db: Database) -> None:
    async with db.write() as tx:
        candidate = await people.create(tx, person())
        await people.bind(tx, candidate.id, Address("telegram.main", "42"), "42", NOW)
        made = await booked(tx, candidate, source="校招", tags={"校区": "北京"}, invited_at=NOW)
        missed = replace(
            made.attempt,
            outcome=Outcome.NO_SHOW,
            flagged_at=NOW + DAY,
            contacted_at=NOW + DAY,
            reason=Reason.TECHNICAL,
            reason_at=NOW + DAY,
        )
        await interviews.save(tx, replace(made, attempt=attempt(2, NOW + 2 * DAY)), missed)
        await rungs.plan_rungs(tx, [RungRow(missed.id, "24h", NOW)])
        await rungs.settle_rung(tx, missed.id, "24h", Verdict.SENT, "", "x", NOW)
        await _case(tx, made.id, missed.id, closed_at=NOW + DAY + HOUR)
        await _case(tx, made.id, missed.id, closed_at=NOW + DAY + 2 * HOUR)
        await _case(tx, made.id, missed.id, kind=CaseKind.TECHNICAL, closed_at=NOW + 9 * DAY)
        other = await booked(tx, company="other")
        await _case(tx, other.id, other.attempt.id)

        first, second = await figures.counts(tx, NOW, NOW + 9 * DAY, "acme")
        assert (first.attempt, first.n, first.number, first.outcome) == (missed.id, 1, 1001, Outcome.NO_SHOW)
        assert (first.bound, first.reminded, first.rebooked) == (True, True, True)
        assert (second.bound, second.reminded, second.rebooked) == (True, False, False)
        assert (first.reason, first.tags, first.source) == (Reason.TECHNICAL, {"校区": "北京"}, "校招")
        assert first.closed_at == NOW + DAY + 2 * HOUR
        assert second.closed_at is None
        await _case(tx, made.id, missed.id)
        assert (await figures.counts(tx, NOW, NOW + 2 * DAY, "acme"))[0].closed_at is None, (
            "one is open again"
        )


async def test_figures_are_of_a_span_and_of_whom_they_concern(db: Database) -> None:
    async with db.write() as tx:
        recruiter = await people.create(tx, staff(Role.RECRUITER))
        await booked(tx, recruiter=recruiter.id)
        await booked(tx)
        assert len(await figures.counts(tx, NOW, NOW + 2 * DAY)) == 2
        assert len(await figures.counts(tx, NOW, NOW + DAY)) == 0
        assert len(await figures.counts(tx, NOW + DAY, NOW + 2 * DAY, principal=recruiter)) == 1
        assert await figures.counts(tx, NOW, NOW + 2 * DAY, principal=person()) == []


async def test_figures_know_what_stands_around_an_attempt(db: Database) -> None:
    async with db.write() as tx:
        made = await booked(tx)
        first = replace(made.attempt, outcome=Outcome.NO_SHOW, flagged_at=NOW + DAY)
        second = attempt(2, NOW + 3 * DAY, outcome=Outcome.JOINED)
        await interviews.save(tx, replace(made, attempt=second), first)
        for name, account in (("24h", "sms.main"), ("1h", "telegram.main"), ("30m", "telegram.main")):
            await rungs.plan_rungs(tx, [RungRow(first.id, name, NOW)])
            await rungs.settle_rung(tx, first.id, name, Verdict.SENT, "", f"{account}:{name}", NOW)
        for code, at in (
            ("CAM-BUSY", NOW),
            ("MIC-SILENT", NOW + DAY + HOUR),
            ("NET-SLOW", NOW + DAY + 2 * HOUR),
        ):
            check = Precheck(uuid4(), made.id, at, (Finding("WEB-OK"), Finding(code)), 9, f"safari {code}")
            await prechecks.add(tx, check)
        for question, score in (("overall", 4), ("reminders", -1), ("support", None)):
            await feedback.save(tx, made.id, first.id, question, score, NOW)
        await _case(tx, made.id, first.id, taken_at=NOW + HOUR, closed_at=NOW + 9 * HOUR)
        await _case(tx, made.id, second.id, closed_at=NOW + 2 * HOUR + MINUTE)

        one, two = (row.facts for row in await figures.counts(tx, NOW, NOW + 9 * DAY))
        assert (one.joined_later, two.joined_later, one.channels, two.channels) == (
            True, False, ("sms", "telegram"), (),
        )  # fmt: skip
        assert (one.check_codes, one.device) == (("WEB-OK", "MIC-SILENT"), "safari MIC-SILENT")
        assert two.check_codes == ("WEB-OK", "NET-SLOW"), (
            "what was found before the first counts for the second"
        )
        assert (one.surveyed, one.rating, one.reminders_said, one.support_said) == (True, 4, -1, None)
        assert (two.surveyed, two.rating) == (False, None)
        assert (one.untaken_at, two.untaken_at) == (None, NOW), "the second was taken too late"
        assert (one.local_start, one.booked_at) == (first.local_start, first.booked_at)


def test_figures_give_what_is_computed_from() -> None:
    given = set(figures.AttemptRow.__dataclass_fields__)
    assert set(AttemptFacts.__dataclass_fields__) <= given


async def _case(tx: Tx, interview: UUID, of: UUID, kind: CaseKind = CaseKind.NO_SHOW, **values: Any) -> None:
    state = CaseState.CLOSED if values else CaseState.OPEN
    await cases.save_case(tx, Case(uuid4(), 0, kind, interview, of, NOW, state, **values))
