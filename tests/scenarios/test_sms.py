"""Candidates reached by SMS alone: what they text back counts, and a number that takes nothing is HR's to call."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from bot.cli import app as command
from bot.sandbox.sms import SmsPerson
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import TOMORROW_AT_TWO, comes, hr, listed, row, stands
from bot.sandbox.visitor import Visitor
from conversations.identity import Person
from store import people


async def candidate(stage: Stage) -> SmsPerson:
    """Return somebody who was listed with a phone number, and told of their interview."""
    await hr(stage)
    booked = row(stage, 1, "Li Lei")
    listed(stage, booked)
    await stage.import_list([booked])
    visitor = cast(Visitor, await comes(stage, booked))
    return cast(SmsPerson, visitor.inbox)


async def known(stage: Stage, phone: SmsPerson) -> Person:
    async with stage.app.db.read() as tx:
        interview = (await stage.operations.list({"all": True}))[0]["interview"]
        found = await stage.operations._named(tx, interview)
        person = await people.get(tx, found.person)
    assert person is not None
    assert [binding.address.user for binding in person.bindings] == [phone.number]
    return person


@pytest.mark.parametrize("word", ["TD", "退订", "STOP"])
async def test_opting_out_and_in_by_text(word: str) -> None:
    async with await Stage.open("zh_Hans", on=("sms",)) as stage:
        phone = await candidate(stage)
        assert phone.chat[0].text.startswith("【星云科技】李雷，您好！")
        await phone.says(word)
        await stage.settle()
        assert (await known(stage, phone)).opted_out_at is not None
        count = len(phone.chat)
        await stage.until(TOMORROW_AT_TWO)
        assert len(phone.chat) == count
        await phone.says("恢复")
        await stage.settle()
        assert (await known(stage, phone)).opted_out_at is None


async def test_a_number_that_will_never_take_a_text_is_known_as_such() -> None:
    async with await Stage.open("en", on=("sms",)) as stage:
        phone = await candidate(stage)
        phone.is_blacklisted()
        await stage.until(TOMORROW_AT_TWO)
        (binding,) = (await known(stage, phone)).bindings
        assert not binding.is_reachable
        assert binding.unreachable_why == "blocked"


async def test_a_phone_that_is_off_is_texted_again() -> None:
    async with await Stage.open("en", on=("sms",)) as stage:
        phone = await candidate(stage)
        phone.switches_off()
        await stage.until(TOMORROW_AT_TWO)
        assert all(binding.is_reachable for binding in (await known(stage, phone)).bindings)


async def test_answers_by_text_count() -> None:
    async with await Stage.open("zh_Hans", on=("sms",)) as stage:
        phone = await candidate(stage)
        await phone.says("准时参加")
        await stage.settle()
        assert (await stands(stage, "scheduled", "A-1"))["confirmed"]


def test_check_shows_where_reports_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "turnout.toml").write_text(CONFIG, "utf-8")
    told = CliRunner().invoke(command, ["check"]).output
    assert "https://turnout.example.com/hooks/sms/main/reports?key=<hook_secret>" in told
    assert "sample-hook-secret" not in told


CONFIG = """
server.public_url = "https://turnout.example.com"

[channels.sms.main]
provider = "http"
url = "https://gateway.example.com/messages"
body = '{"to": "{to}", "text": "{text}"}'
hook_secret = "sample-hook-secret"
inbound = { number = "/from", text = "/text" }

[policy]
name = "Nebula"
languages = ["en"]
devices = "A phone"
support = { name = "Support", phone = "400-820-8820" }
"""
