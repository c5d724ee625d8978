"""What staff do on Slack beside the buttons: a list sent as a file, forms that a slash command opens."""

from __future__ import annotations

from bot.importing.table import LARGEST_FILE
from bot.sandbox.people import Someone
from bot.sandbox.slack import SlackPerson
from bot.sandbox.stage import Stage
from bot.sandbox.stories.admin import PICTURE, lines
from bot.sandbox.stories.story import hr, own, stands


async def team_of(stage: Stage) -> tuple[Someone, SlackPerson]:
    team = await hr(stage)
    found: object = getattr(team, "inbox", team)
    assert isinstance(found, SlackPerson)
    return team, found


async def test_a_list_is_sent_as_a_file() -> None:
    async with await Stage.open("en", on=("slack",)) as stage:
        team, sender = await team_of(stage)
        await sender.sends_file("list.csv", lines(stage, "Li Lei", "Zhang San").encode())
        await stage.settle()
        stage.saw(team, "1 new and 1 left out", last=True)
        await stage.picks(team, "apply")
        await stands(stage, "scheduled", "A-1")
        await sender.sends_file("list.csv", PICTURE)
        await stage.settle()
        stage.saw(team, "list.csv is a picture", last=True)
        await sender.sends_file("list.csv", b"," * (LARGEST_FILE + 1))
        await stage.settle()
        stage.saw(team, "larger than 20 MB", last=True)


async def test_a_file_that_cannot_be_fetched_is_asked_for_again() -> None:
    async with await Stage.open("en", on=("slack",)) as stage:
        team, sender = await team_of(stage)
        await sender.sends_file("list.csv", lines(stage, "Li Lei").encode())
        stage.slack._doings.files_sent.clear()
        await stage.settle()
        stage.saw(team, "could not be fetched", last=True)


async def test_add_without_words_opens_its_form() -> None:
    async with await Stage.open("en", on=("slack",)) as stage:
        team, sender = await team_of(stage)
        await sender.types("/turnout add")
        await stage.settle()
        assert sender.modal is not None
        await sender.fills(
            {"name": own(stage, "Li Lei"), "phone": "13800001234", "day": "2026-11-24", "time": "14:00"}
        )
        await sender.fills({"link": "https://meet.example/1"})
        await sender.submits()
        await stage.settle()
        stage.saw(team, "Add this interview with Li Lei?", last=True)
        await stage.picks(team, "yes")
        await stands(stage, "scheduled", "I-1001")


async def test_move_without_a_time_opens_its_form() -> None:
    async with await Stage.open("en", on=("slack",)) as stage:
        team, sender = await team_of(stage)
        await sender.sends_file("list.csv", lines(stage, "Li Lei").encode())
        await stage.settle()
        await stage.picks(team, "apply")
        await sender.types("/turnout move I-1001")
        await stage.settle()
        assert sender.modal is not None
