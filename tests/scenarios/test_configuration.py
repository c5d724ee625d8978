"""The configuration: the database's newest version is in force, in every process, whatever the file says."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.configuration import Configuration
from bot.problems import Problem
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import invited, staff
from store import journal, policies

TWENTY = '\n[companies.Nebula]\ngrace = "20m"\n'


async def sets(stage: Stage, line: str) -> str:
    """Have an administrator type a change, and return the answer."""
    admin = await staff(stage, "Ada", "admin")
    await stage.says(admin, line)
    return stage.newest(admin).text


def grace(stage: Stage) -> timedelta:
    return stage.app.runtime.policies.for_("Nebula", "").grace


async def test_a_change_from_chat_outlives_the_process(tmp_path: Path) -> None:
    async with await Stage.open("en", folder=tmp_path) as stage:
        assert "version 2" in await sets(stage, "config set grace 15m --yes")
        assert grace(stage) == timedelta(minutes=15)
        now = stage.clock.now()
    async with await Stage.open("en", start=now, folder=tmp_path) as stage:
        assert grace(stage) == timedelta(minutes=15)
        assert stage.app.delivery.policies.default.grace == timedelta(minutes=15)
        assert stage.app.settings.policies.default.grace == timedelta(minutes=15)


async def test_administrators_hear_once_that_the_file_differs(tmp_path: Path) -> None:
    async with await Stage.open("en", folder=tmp_path) as stage:
        await sets(stage, "config set grace 15m --yes")
        now = stage.clock.now()
    async with await Stage.open("en", TWENTY, start=now, folder=tmp_path) as stage:
        await stage.settle()
        told = [row["kind"] for row in await stage.operations.outbox_list({})].count("config.file_differs")
        assert told == 1
        assert grace(stage) == timedelta(minutes=15)
        found = await stage.operations.check({})
        assert not found["ok"]
        assert "companies.Nebula.grace" in found["problems"][0]
        assert "turnout config take-file" in found["problems"][0]
        await stage.app.upkeep.tell_difference()
        await stage.settle()
        again = [row["kind"] for row in await stage.operations.outbox_list({})].count("config.file_differs")
        assert again == 1
        made = await stage.operations.config_take_file({"dry": True})
        assert grace(stage) == timedelta(minutes=15), "looked at only"
        assert ["companies.Nebula.grace", None, "20m"] in made["changes"]
        await stage.operations.config_take_file({})
        assert grace(stage) == timedelta(minutes=20)
        assert (await stage.operations.check({}))["ok"]
        assert 'grace = "20m"' in (await stage.operations.config_print({}))["toml"]


async def test_what_is_printed_can_be_put_into_the_file() -> None:
    async with await Stage.open("en", TWENTY) as stage:
        toml = (await stage.operations.config_print({}))["toml"]
    async with await Stage.open("en") as stage:
        await stage.operations.config_take_file({"decided": tomllib.loads(toml)})
        assert grace(stage) == timedelta(minutes=20)


async def test_other_processes_follow_within_a_minute() -> None:
    async with await Stage.open("en") as stage:
        await invited(stage)
        app = stage.app
        other = Configuration(
            app.db, app.configuration.settings, stage.clock, app.configuration.settings.policies.copy()
        )
        assert await other.follow()
        await sets(stage, "config set grace 15m --yes")
        assert other.policies.default.grace == timedelta(minutes=10)
        assert await other.follow()
        assert other.policies.default.grace == timedelta(minutes=15)
        assert not await other.follow()


async def test_of_two_changes_made_from_the_same_version_one_counts() -> None:
    async with await Stage.open("en") as stage:
        configuring = stage.app.pumps.configuring
        assert configuring is not None
        base = stage.app.configuration.number
        written = dict(stage.app.configuration.written)
        await configuring.change({**written, "policy": {**written["policy"], "grace": "15m"}}, "cli", base)
        with pytest.raises(policies.NotNewest):
            await configuring.change(
                {**written, "policy": {**written["policy"], "grace": "16m"}}, "cli", base
            )
        assert grace(stage) == timedelta(minutes=15)


async def test_a_version_that_no_longer_fits_leaves_the_files_own_in_force(tmp_path: Path) -> None:
    async with await Stage.open("en", folder=tmp_path, on=("telegram", "slack")) as stage:
        rungs = 'config set rungs [{before = "24h", channels = ["slack"]}] --yes'
        assert "version 2" in await sets(stage, rungs)
        now = stage.clock.now()
    async with await Stage.open("en", start=now, folder=tmp_path) as stage:
        await stage.settle()
        assert [rung.name for rung in stage.app.runtime.policies.default.rungs] == ["24h", "1h", "30m"]
        assert "does not fit" in (await stage.operations.check({}))["problems"][0]
        assert "config.file_differs" in [row["kind"] for row in await stage.operations.outbox_list({})]


async def test_a_bad_file_is_not_taken() -> None:
    async with await Stage.open("en") as stage:
        with pytest.raises(Problem, match="grace"):
            await stage.operations.config_take_file({"decided": {"policy": {"grace": "soon"}}})
        assert grace(stage) == timedelta(minutes=10)


async def test_changes_are_in_the_journal() -> None:
    async with await Stage.open("en") as stage:
        await sets(stage, "config set grace 15m --yes")
        async with stage.app.db.read() as tx:
            found = await journal.listing(tx, limit=5)
        changed = next(entry for entry in found if entry.action == "config.changed")
        assert (changed.subject, changed.detail) == ("policy:2", {"keys": "policy.grace"})
        assert changed.actor.startswith("person:")
