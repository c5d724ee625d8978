"""Commands about many: a campus day that fails as a whole, and what is taken back in time or afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import COMPANY_ZONE, START, Stage
from bot.sandbox.stories.story import (
    EVERYTHING,
    at_wall,
    either,
    hr,
    listed,
    own,
    row,
    stands,
    was_told,
)
from bot.sandbox.telegram import Person
from locales.zones import local
from store import outbox

STUDENTS = 40
AT_TEN = START + timedelta(hours=1)
FREE_SOON = 32
DURING = timedelta(minutes=20)


async def answered(stage: Stage, who: Someone, english: str, chinese: str) -> str:
    """Type something in the story's language, and return what it is answered with."""
    count = len(who.chat)
    await stage.says(who, either(stage, english, chinese))
    stage.holds(len(who.chat) > count + 1, f"{english} was to be answered")
    return stage.newest(who).text


async def students(stage: Stage, count: int) -> list[Someone]:
    """Import so many interviews of one hour, and have everybody in touch with the bot."""
    name = own(stage, "Student")
    rows = [row(stage, n, f"{name} {n}", 面试时间=at_wall(AT_TEN)) for n in range(1, count + 1)]
    people = [listed(stage, booked) for booked in rows]
    await stage.import_list(rows)
    for who, booked in zip(people, rows, strict=True):
        if isinstance(who, Person):
            await who.open_link(await stage.invite(booked["编号"]))
    await stage.settle()
    return people


async def places(stage: Stage, day: int, hours: Sequence[int], capacity: int) -> None:
    """Open slots on a day from the story's first, each with so many places."""
    first = local(START, COMPANY_ZONE).replace(hour=0, minute=0)
    starts = [first + timedelta(days=day, hours=hour) for hour in hours]
    await stage.import_slots(starts, capacity=capacity)


async def offers(stage: Stage, kind: str = "rebook.offer") -> int:
    """Return how many messages of a kind were accepted."""
    async with stage.app.db.read() as tx:
        rows = await outbox.listing(tx, limit=EVERYTHING)
    return sum(each.kind == kind and each.state == "accepted" for each in rows)


async def choose(stage: Stage, people: Sequence[Someone]) -> None:
    """Everybody taps one of the times they are offered, all at once; who was too late, one of the fresh ones."""
    for n in range(STUDENTS):
        found = [(who, await stage.button(who, f"slot:{(k + n) % 3}")) for k, who in enumerate(people)]
        left = [(who, button) for who, button in found if button is not None]
        if not left and n > 2:
            return
        for who, (label, message) in left:
            stage.note(who.name, f"[{label}]")
            await who.presses(label, on=message)
        await stage.settle()


async def campus_day(stage: Stage) -> None:
    """Forty interviews fail at once: one command offers everybody another time, with places counted first."""
    team = await hr(stage)
    candidates = await students(stage, STUDENTS)
    await places(stage, 3, range(9, 17), 4)
    await places(stage, 10, (10, 14), 8)
    await stage.until(AT_TEN - timedelta(minutes=15))
    stage.is_platform_alive = True
    await stage.until(AT_TEN + DURING)
    stage.is_platform_alive = False
    typed = "rebook today 10:00..11:00", "重新预约 今天 10:00..11:00"
    preview = await answered(stage, team, f"{typed[0]} --dry-run", f"{typed[1]} --dry-run")
    stage.holds(
        "40" in preview and "32" in preview and "8" in preview, f"places were to be counted: {preview}"
    )
    stage.holds(await offers(stage) == 0, "nothing was to be sent yet")
    await answered(stage, team, *typed)
    await stage.picks(team, "yes")
    stage.holds(await offers(stage) == 0, "there were to be 30 seconds to take it back")
    await stage.passes(minutes=1)
    stage.holds(
        await offers(stage) == STUDENTS, f"everybody was to be offered times once: {await offers(stage)}"
    )
    await answered(stage, team, *typed)
    stage.saw(team, "B-1", last=True)
    await choose(stage, candidates)
    soon = 0
    for n in range(1, STUDENTS + 1):
        why = await stands(stage, "scheduled", f"A-{n}")
        stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
        soon += datetime.fromisoformat(why["starts_at"]) < START + timedelta(days=8)
    stage.holds(soon == FREE_SOON, f"every place of this week was to be taken, not {soon}")
    await answered(stage, team, "no-shows", "未参加")
    await was_told(stage, "batch.preview", "batch.waiting", "batch.progress", "batch.over", "rebook.offer")
