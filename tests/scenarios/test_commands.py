"""What holds for commands on a real wire: answered once, at once, and in private unless asked for otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.stage import Stage
from bot.sandbox.stories.slack import on_slack
from bot.sandbox.stories.story import EVERYTHING, TOMORROW_AT_TWO, hr, invited, on_telegram, open_slots, row
from locales.text import t
from store import outbox
from tests.golden.typed import company

GROUP = -1_002_000_000_002
"""The number the stand-in gives a group that is made second."""
LINES = (
    "list tomorrow",
    "remind I-1001",
    "confirm I-1001",
    "undo I-1001",
    "pause I-1001",
    "resume I-1001",
    "move I-1001 2026-11-26 14:00 --yes",
    "export next60d --csv",
    "config set grace 15m --yes",
    "frobnicate",
)


async def test_what_a_platform_brings_twice_is_done_once() -> None:
    """Telegram, as it may, sends every update again: nobody reads anything twice, and nothing happens twice."""
    async with await Stage.open("en") as stage:
        team = await stage.staff("Zhao Min", "admin")
        candidate = await invited(stage)
        await open_slots(stage, 2)
        await stage.import_list([row(stage), row(stage, 2, "Li Mei")])
        for line in LINES:
            await stage.says(team, line)
        await stage.says(team, "remind tomorrow I-1001 I-1002")
        await stage.passes(minutes=1)
        before = len(team.chat), len(candidate.chat), await sent(stage)
        why = await stage.why("A-1")
        for update in list(stage.telegram.updates.all):
            stage.telegram.again(update.number)
        await stage.settle()
        await stage.passes(minutes=1)
        assert (len(team.chat), len(candidate.chat), await sent(stage)) == before
        assert (await stage.why("A-1"))["attempt"] == why["attempt"] == 2


async def sent(stage: Stage) -> int:
    async with stage.app.db.read() as tx:
        return len(await outbox.listing(tx, limit=EVERYTHING))


@pytest.mark.parametrize(
    "line", ["/turnout export last30d", "/turnout trend", "/turnout list tomorrow", "/turnout config get"]
)
async def test_slack_is_answered_before_anything_slow_begins(line: str) -> None:
    """Slack gives three seconds: while nothing of ours is running, a command is taken, and answered afterwards."""
    async with await Stage.open("en", on=("slack",)) as stage:
        team = on_slack(await stage.staff("Zhao Min", "admin"))
        await stage.import_list([row(stage)])
        seen = len(team.chat)
        await team.types(line)
        await stage.platforms["slack"].stand_in.settle()
        assert team.troubles == []
        assert len(team.chat) == seen, "the answer waits for the pumps, the platform does not"
        await stage.settle()
        assert len(team.chat) > seen


async def test_a_group_reads_along_only_where_it_was_asked_for() -> None:
    async with await Stage.open("en", f'\n[teams]\nhr = "telegram.main:{GROUP}"\n') as stage:
        wang = on_telegram(await hr(stage))
        group = stage.telegram.group("HR", [wang])
        assert group.id == GROUP
        await invited(stage)
        seen = len(group.chat)
        await wang.says("/show I-1001", to=group)
        await stage.settle()
        assert [message for message in group.chat[seen:] if message.is_of_bot] == []
        assert "I-1001" in wang.last.text
        await wang.says("/list tomorrow --here", to=group)
        await stage.settle()
        told = [message.text for message in group.chat[seen:] if message.is_of_bot]
        assert len(told) == 1
        assert "I-1001" in told[0]
        assert "Lei" not in told[0], f"names are masked where others read along: {told[0]}"
        await wang.says("/reveal I-1001 --here", to=group)
        await stage.settle()
        assert not any("13800001234" in message.text for message in group.chat)


async def test_who_looks_at_a_number_stands_in_the_journal() -> None:
    async with await Stage.open("en") as stage:
        team = await stage.staff("Zhao Min", "admin")
        await invited(stage)
        await stage.until(TOMORROW_AT_TWO - timedelta(hours=20))
        await stage.says(team, "show I-1001")
        assert "13800001234" not in stage.newest(team).text
        await stage.says(team, "reveal I-1001")
        assert "13800001234" in stage.newest(team).text
        await stage.says(team, "audit today")
        assert "phone and mailbox looked at" in stage.newest(team).text


@pytest.mark.parametrize(
    ("locale", "list_", "answers"),
    [("en", "list", ("yes", "1")), ("zh_Hans", "名单", ("确定", "１", "好的", "一"))],
)
async def test_a_bare_answer_means_what_was_asked_last_or_nothing(
    locale: str, list_: str, answers: tuple[str, ...]
) -> None:
    """A "yes" or "1" that comes after something else was told is asked back, never guessed."""
    async with await Stage.open(locale) as stage:
        team = await hr(stage)
        await invited(stage)
        await stage.says(team, "move I-1001 2026-11-26 14:00")
        await stage.says(team, list_)
        for answer in answers:
            await stage.says(team, answer)
            asked_back = t("It is not clear what “{typed}” answers, so nothing has happened.", typed=answer)
            stage.saw(team, asked_back, last=True)
        assert (await stage.why("A-1"))["attempt"] == 1
        await stage.says(team, "move I-1001 2026-11-26 14:00")
        await stage.says(team, answers[0])
        assert (await stage.why("A-1"))["attempt"] == 2


async def test_a_number_never_reaches_an_older_card() -> None:
    """Two no-shows at once, and a list between: a bare number touches neither card, only an answer to one does."""
    async with await Stage.open("en") as stage:
        people = await company(stage)
        team = on_telegram(people["hr"])
        for typed in ("1", "3"):
            await stage.says(team, typed)
            stage.saw(team, "so nothing has happened", last=True)
        await stage.says(team, "list today")
        await stage.says(team, "3")
        stage.saw(team, "so nothing has happened", last=True)
        await stage.says(team, "show C-1")
        assert "no-show, since" in stage.newest(team).text


async def test_a_file_and_a_picture_come_in_the_language_that_was_asked_for() -> None:
    """A Chinese reader who asks in English gets headings, captions and files in English, and Chinese next time."""
    async with await Stage.open("zh_Hans") as stage:
        people = await company(stage)
        wang = on_telegram(people["hr"])
        for line, heading, caption in (
            ("导出 近90天 --csv --lang en", "Candidate", "The list of"),
            ("导出 近90天 --csv", "候选人", "名单"),
        ):
            await stage.says(wang, line)
            brought = next(message for message in reversed(wang.chat) if message.document)
            assert heading in brought.data.decode("utf-8-sig").splitlines()[0]
            assert caption in brought.text
        await stage.says(wang, "趋势 --lang en")
        drawn = next(message for message in reversed(wang.chat) if message.document)
        assert drawn.document == "trend.png"
        assert "未参加" not in drawn.text


async def test_another_command_is_heard_while_something_is_added() -> None:
    async with await Stage.open("en") as stage:
        team = await hr(stage)
        await invited(stage)
        await stage.says(team, "add")
        await stage.says(team, "show I-1001")
        stage.saw(team, "I-1001 Li Lei, Front-end engineer", last=True)
        await stage.says(team, "add Chen")
        stage.saw(team, "Candidate: Chen", last=True)
        await stage.says(team, "tomorrow 15:00 https://meet.example.com/2")
        stage.saw(team, "Add this interview with Chen?", last=True)
