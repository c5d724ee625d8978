"""Plans follow an edited policy, and crowds begin early enough."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import TOMORROW_AT_TWO, invited, row
from store import outbox

FOUR = '\n[companies.Nebula]\nrungs = ["24h", "2h", "1h", "30m"]\n'


async def test_an_edited_policy_plans_anew_and_sends_nothing_twice(tmp_path: Path) -> None:
    async with await Stage.open("en", folder=tmp_path) as stage:
        await invited(stage)
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=20))
        before = {each["rung"]: each["verdict"] for each in (await stage.why("A-1"))["rungs"]}
        assert before == {"24h": "sent", "1h": "planned", "30m": "planned"}
        now = stage.clock.now()
    async with await Stage.open("en", FOUR, start=now, folder=tmp_path) as stage:
        kept = {each["rung"] for each in (await stage.why("A-1"))["rungs"]}
        assert kept == {"24h", "1h", "30m"}, "an edited file is not in force before somebody takes it"
        await stage.operations.config_take_file({})
        after = {each["rung"]: each["verdict"] for each in (await stage.why("A-1"))["rungs"]}
        assert after == {"24h": "sent", "2h": "planned", "1h": "planned", "30m": "planned"}
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=19))
        assert [each["rung"] for each in await stage.operations.outbox_list({})].count("24h") == 1


async def test_a_crowd_begins_early_and_nobody_is_reminded_late() -> None:
    async with await Stage.open("en") as stage:
        await stage.import_list([row(stage, n, f"Candidate {n}") for n in range(1, 161)])
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=25))
        await stage.app.upkeep.planning.spread_crowds()
        planned = [each for each in await stage.operations.plan({"days": 2}) if each["rung"] == "24h"]
        due_at = (TOMORROW_AT_TWO - timedelta(hours=24)).isoformat()
        assert len(planned) == 160
        assert max(each["due_at"] for each in planned) <= due_at
        moments = {each["due_at"] for each in planned}
        assert len(moments) > 100, "they are spread, not all at once"
        assert min(moments) > (TOMORROW_AT_TWO - timedelta(hours=24, minutes=2)).isoformat()
        assert {each["why"] for each in planned} <= {"crowd:moved_earlier", ""}


async def test_what_waits_for_an_account_that_was_removed_ends_with_its_reason(tmp_path: Path) -> None:
    async with await Stage.open("en", folder=tmp_path) as stage:
        await invited(stage)
        stage.telegram.fail("sendMessage", "500", times=50)
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
        waiting = await stage.operations.outbox_list({"state": "waiting"})
        assert "24h" in [each["rung"] for each in waiting]
        async with stage.app.db.write() as tx:
            assert await outbox.abandon(tx, ["telegram.main"], stage.clock.now()) == []
        stage.app.runtime.channels = {}
        await stage.app.upkeep.leave_removed_accounts()
        why = await stage.why("A-1")
        ended = {each["rung"]: (each["verdict"], each["why"]) for each in why["rungs"]}
        assert ended["24h"] == ("refused", "account_removed")
