"""What HR looks at and takes away: figures with their pictures, and the list as a file."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Seen
from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.story import at_wall, either, hr, row, was_told

WEEKS, A_WEEK = 8, 6


async def looked_at(stage: Stage) -> None:
    """Eight weeks of past interviews, with how they went: HR sees what they come to, and takes the list away."""
    team = await hr(stage)
    past = [_past(stage, week, n) for week in range(1, WEEKS + 1) for n in range(A_WEEK)]
    result = await stage.import_list(past)
    stage.holds(result is not None, "the past was to be imported")

    async def told(english: str, chinese: str) -> list[Seen]:
        count = len(team.chat)
        await stage.says(team, either(stage, english, chinese))
        return list(team.chat)[count + 1 :]

    for english, chinese, name in (
        ("trend", "趋势", "trend.png"),
        ("reasons last90d", "原因 last90d", "reasons.png"),
        ("stats last90d by:source", "统计 last90d 按:来源", "groups.png"),
        (f"report {_halfway()}", f"报告 {_halfway()}", "change.png"),
        ("export last90d --csv", "导出 last90d --csv", ".csv"),
    ):
        seen = await told(english, chinese)
        files = [str(message.document) for message in seen if getattr(message, "document", None)]
        stage.holds(
            len(seen) > 1 and files[-1:] != [] and files[-1].endswith(name),
            f"{name} was to come, not {files}",
        )
    seen = await told("export last7d source:nowhere", "导出 last7d 来源:无")
    stage.holds(len(seen) == 1, "an empty list was to be refused in one message")
    await was_told(stage, "command.trend", "command.reasons", "command.report", "picture", "export")


def _past(stage: Stage, week: int, n: int) -> dict[str, str]:
    """Return an interview of some weeks ago; of each week's six one or two were missed, fewer and fewer."""
    at = START - timedelta(weeks=week, days=-(n % 5), hours=2)
    missed = n < (2 if week > WEEKS // 2 else 1)
    number = 100 + week * 10 + n
    return row(
        stage,
        number,
        f"Candidate {number}",
        面试时间=at_wall(at),
        来源=either(stage, "campus", "校招") if n % 2 else either(stage, "job board", "招聘网站"),
        面试结果="未参加" if missed else "已完成",
        未参加原因=("技术问题" if week % 2 else "忘记时间") if missed else "",
    )


def _halfway() -> str:
    return f"{START - timedelta(weeks=WEEKS // 2):%Y-%m-%d}"
