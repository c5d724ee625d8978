"""Three lessons of five minutes for people in HR: each goal is checked by what was really done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.month import load_month
from bot.sandbox.stage import COMPANY_ZONE, Stage
from bot.sandbox.stories.story import Play, Story, either, hr, open_slots, row
from locales.text import Text, ct
from locales.zones import local
from store import interviews, outbox, people
from store.db import Tx

Goal = Callable[[Stage, Tx], Awaitable[bool]]
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    text: Text
    type: tuple[str, str]
    """What to type for it in English and in Chinese; empty where it is done by other means."""
    is_reached: Goal


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned, and how."""

    name: str
    about: Text
    steps: tuple[Step, ...]
    play: Play


async def reached(lesson: Lesson, stage: Stage) -> list[bool]:
    """Return which steps were done, each only after the one before."""
    found: list[bool] = []
    async with stage.app.db.read() as tx:
        for step in lesson.steps:
            found.append(all(found) and await step.is_reached(stage, tx))
    return found


def _was_told(*kinds: str, pictures: int = 0) -> Goal:
    """Return the goal that messages of these kinds arrived, and so many pictures."""

    async def is_reached(stage: Stage, tx: Tx) -> bool:
        arrived = [row.kind for row in await outbox.listing(tx, state="accepted", limit=_MANY)]
        return all(kind in arrived for kind in kinds) and arrived.count("picture") >= pictures

    return is_reached


async def _has_passed(stage: Stage, tx: Tx) -> bool:
    """Tell whether the reminder that could not be sent was due."""
    found = await interviews.by_name(tx, "A-1")
    return found is not None and stage.clock.now() >= found.attempt.starts_at - timedelta(hours=24)


async def _is_reached_now(stage: Stage, tx: Tx) -> bool:
    """Tell whether the candidate has come to the bot after all."""
    found = await interviews.by_name(tx, "A-1")
    person = await people.get(tx, found.person) if found is not None else None
    return person is not None and bool(person.reachable)


async def _with_month(stage: Stage) -> None:
    await hr(stage)
    company = either(stage, "Nebula", "星云科技")
    async with stage.app.db.write() as tx:
        await load_month(tx, stage.clock.now(), company=company, zone=COMPANY_ZONE, locale=stage.locale)
    stage.scene(
        stage.words(ct("story", "A month of interviews lies before you. Write as HR in their window."))
    )


async def _with_somebody_silent(stage: Stage) -> None:
    await hr(stage)
    start = local(stage.clock.now(), COMPANY_ZONE).replace(tzinfo=None) + timedelta(days=1, hours=5)
    booked = row(stage, 1, "Li Lei", 面试时间=_wall(start))
    stage.person(booked["姓名"], email=booked["邮箱"], phone=booked["手机"])
    await stage.import_list([booked])
    await open_slots(stage, 2, 3)
    stage.scene(
        stage.words(ct("story", "Tomorrow at two is an interview. Its candidate will get no reminder: why?"))
    )


def _wall(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


LESSONS = (
    Lesson(
        "lesson-trend",
        ct("story", "Lesson 1: read the no-show trend"),
        (
            Step(
                ct("story", "Ask for the trend of the last weeks. What is the finding in its first line?"),
                ("trend", "趋势"),
                _was_told("command.trend", pictures=1),
            ),
            Step(
                ct("story", "Which kind of candidate is worst? Ask for the figures by type."),
                ("stats last90d by:type", "统计 last90d 按:类型"),
                _was_told("command.stats", pictures=2),
            ),
            Step(
                ct("story", "Whom would you call today? Ask for those at risk."),
                ("risk", "风险名单"),
                _was_told("command.risk"),
            ),
        ),
        _with_month,
    ),
    Lesson(
        "lesson-reasons",
        ct("story", "Lesson 2: export the report of reasons"),
        (
            Step(
                ct("story", "Ask why candidates did not come in the last 90 days."),
                ("reasons last90d", "原因 last90d"),
                _was_told("command.reasons", pictures=1),
            ),
            Step(
                ct("story", "Take the list with the reasons away as a file. Names in it are masked."),
                ("export last90d --xlsx", "导出 last90d --xlsx"),
                _was_told("export"),
            ),
            Step(
                ct("story", "Every export is written down. Look who took what."),
                ("audit", "审计"),
                _was_told("command.audit"),
            ),
        ),
        _with_month,
    ),
    Lesson(
        "lesson-why",
        ct("story", "Lesson 3: find out why a candidate got no reminder"),
        (
            Step(
                ct(
                    "story",
                    "Let a day pass, until the first reminder was due: +1 day, or “To what is due next”.",
                ),
                ("", ""),
                _has_passed,
            ),
            Step(
                ct("story", "Ask what became of each reminder of the interview, and read the reason."),
                ("why A-1", "为什么 A-1"),
                _was_told("command.why"),
            ),
            Step(
                ct(
                    "story",
                    "Mend it: have the candidate follow the invitation, under “What else they can do” at their window.",
                ),
                ("", ""),
                _is_reached_now,
            ),
        ),
        _with_somebody_silent,
    ),
)

AS_STORIES = tuple(Story(lesson.name, lesson.about, lesson.play) for lesson in LESSONS)
"""As scenarios that set the stage for whoever learns."""
