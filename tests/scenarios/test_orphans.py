"""Who has a case and leaves: HR is told at once, and once a day until somebody has it."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import comes, flagged, hr, on_telegram, row, staff
from bot.upkeep import LOOKS_AGAIN
from conversations.identity import Address
from store import outbox, people


def told(stage: Stage, who: object, word: str) -> int:
    return sum(word in message.text for message in who.chat)  # type: ignore[attr-defined]


async def looked(stage: Stage) -> None:
    await stage.passes(minutes=int(LOOKS_AGAIN.total_seconds() // 60) + 1)
    await stage.app.upkeep.find_orphans()
    await stage.settle()


async def test_who_leaves_with_a_case_is_told_of_once_a_day() -> None:
    async with await Stage.open("en") as stage:
        team, other = await hr(stage), await staff(stage, "Chen, support", "hr")
        booked = row(stage)
        await stage.import_list([booked])
        await comes(stage, booked, "telegram")
        await flagged(stage)
        await stage.says(other, "take C-1")
        await looked(stage)
        assert not told(stage, team, "and cannot be reached here"), "nothing is wrong yet"
        await on_telegram(other).blocks()
        await stage.settle()
        assert told(stage, team, "and cannot be reached here") == 1, "at once"
        await looked(stage)
        assert told(stage, team, "and cannot be reached here") == 1, "once a day"
        await stage.passes(minutes=24 * 60)
        await looked(stage)
        assert told(stage, team, "and cannot be reached here") == 2
        await stage.says(team, "assign C-1 me")
        await stage.passes(minutes=24 * 60)
        await looked(stage)
        assert told(stage, team, "and cannot be reached here") == 2


async def test_the_sweep_finds_who_was_lost_without_a_word() -> None:
    async with await Stage.open("en") as stage:
        team, other = await hr(stage), await staff(stage, "Chen, support", "hr")
        booked = row(stage)
        await stage.import_list([booked])
        await comes(stage, booked, "telegram")
        await flagged(stage)
        await stage.says(other, "take C-1")
        async with stage.app.runtime.db.write() as tx:
            address = Address("telegram.main", str(on_telegram(other).id))
            await people.mark_reach(tx, address, False, "gone", stage.clock.now())
        await looked(stage)
        assert told(stage, team, "and cannot be reached here") == 1


async def test_without_anybody_of_hr_the_administrator_reads_what_is_meant_for_hr() -> None:
    async with await Stage.open("en") as stage:
        team, admin = await hr(stage), await staff(stage, "Zhao Min", "admin")
        booked = row(stage)
        await stage.import_list([booked])
        await comes(stage, booked, "telegram")
        await flagged(stage)
        await stage.says(team, "take C-1")
        assert not told(stage, admin, "C-1"), "HR looks after it"
        await on_telegram(team).blocks()
        await stage.settle()
        assert told(stage, admin, "has C-1 and cannot be reached here any more") == 1


async def test_it_looks_at_most_every_ten_minutes() -> None:
    async with await Stage.open("en") as stage:
        await stage.app.upkeep.find_orphans()
        at = stage.app.upkeep._looked_at
        await stage.passes(minutes=1)
        await stage.app.upkeep.find_orphans()
        assert stage.app.upkeep._looked_at == at
        await stage.passes(minutes=10)
        await stage.app.upkeep.find_orphans()
        assert stage.app.upkeep._looked_at is not None
        assert stage.app.upkeep._looked_at - at >= timedelta(minutes=10)  # type: ignore[operator]


async def test_who_has_no_role_any_more_reads_no_cards() -> None:
    async with await Stage.open("en") as stage:
        team, admin = await hr(stage), await staff(stage, "Zhao Min", "admin")
        other = await staff(stage, "Chen, support", "hr")
        booked = row(stage)
        await stage.import_list([booked])
        candidate = await comes(stage, booked, "telegram")
        await flagged(stage)
        await stage.says(team, 'assign C-1 "Chen, support"')
        assert told(stage, other, "No-show: I-1001")
        await stage.says(admin, 'role revoke "Chen, support" hr')
        await stage.picks(candidate, "reason:forgot")
        assert told(stage, team, "Reason: forgot the time") == 1
        assert not told(stage, other, "Reason: forgot the time")
        async with stage.app.runtime.db.read() as tx:
            kept = [row for row in await outbox.listing(tx, limit=200) if row.why == "no_right"]
        assert {(row.state, row.chat) for row in kept} == {("superseded", "")}, "why it was not told is known"
