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
    open_slots,
    own,
    row,
    stands,
    verdicts,
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


async def students(stage: Stage, count: int, at: datetime = AT_TEN) -> list[Someone]:
    """Import so many interviews of one hour, and have everybody in touch with the bot."""
    name = own(stage, "Student")
    rows = [row(stage, n, f"{name} {n}", 面试时间=at_wall(at)) for n in range(1, count + 1)]
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


async def thought_better(stage: Stage) -> None:
    """HR orders something for many, and takes it back: before, in time, and after everybody was told."""
    team = await hr(stage)
    candidates = await students(stage, 3)
    typed = "remind state:unconfirmed today", "提醒 状态:未确认 今天"
    await answered(stage, team, *typed)
    await stage.picks(team, "no")
    await answered(stage, team, *typed)
    await stage.picks(team, "yes")
    await stage.passes(seconds=10)
    await answered(stage, team, "undo", "撤销")
    await stage.passes(minutes=1)
    stage.holds(await offers(stage, "correction.ignore") == 0, "nobody was to hear of it")
    seen = [len(who.chat) for who in candidates]
    await answered(stage, team, *typed)
    await stage.picks(team, "yes")
    await stage.passes(minutes=1)
    stage.holds(
        [len(who.chat) for who in candidates] == [n + 1 for n in seen], "each was to be reminded once"
    )
    await answered(stage, team, "undo", "撤销")
    await stage.says(team, either(stage, "no", "不"))
    await answered(stage, team, "undo", "撤销")
    await stage.says(team, either(stage, "yes", "是"))
    await stage.passes(minutes=1)
    stage.holds(await offers(stage, "correction.ignore") == 3, "everybody who was reminded was to hear that")
    await stage.picks(candidates[0], "confirm")
    await answered(stage, team, *typed)
    await answered(stage, team, "confirm state:unconfirmed today --yes", "确认 状态:未确认 今天 --yes")
    await stage.picks(team, "yes")
    await stage.passes(minutes=1)
    stage.holds(
        all([(await stage.why(f"A-{n}"))["confirmed"] for n in (1, 2, 3)]), "all were to be confirmed"
    )
    await answered(stage, team, *typed)
    await was_told(
        stage,
        *(f"batch.{step}" for step in "preview left waiting off over stopped".split()),
        *(f"take_back.{step}" for step in "sure kept begun".split()),
        "correction.ignore",
        "reminder",
    )


async def by_phone(stage: Stage) -> None:
    """What HR hears by phone is recorded, reminders are held back and taken up, and other times are offered."""
    team = await hr(stage)
    at_eleven = AT_TEN + timedelta(hours=1)
    (candidate,) = await students(stage, 1, at_eleven)
    name = f"{own(stage, 'Student')} 1"
    await open_slots(stage, 2, 3)
    await answered(stage, team, f"pause {name}", f"暂停提醒 {name}")
    await stage.until(at_eleven - timedelta(minutes=40))
    why = await stage.why("A-1")
    held = {row["rung"]: row["why"] for row in why["rungs"] if row["verdict"] == "paused"}
    stage.holds(held == {"1h": "paused"}, f"what fell due was to be held back: {held}")
    await answered(stage, team, f"plan {name}", f"计划 {name}")
    await answered(stage, team, f"resume {name}", f"恢复提醒 {name}")
    await stage.until(at_eleven - timedelta(minutes=20))
    sent = verdicts(await stage.why("A-1"))
    stage.holds((sent["1h"], sent["30m"]) == ("paused", "sent"), f"only the next one was to be sent: {sent}")
    await answered(stage, team, f"confirm {name}", f"确认 {name}")
    stage.holds((await stage.why("A-1"))["confirmed"], "it was to be confirmed")
    await answered(stage, team, f"undo {name}", f"撤销 {name}")
    stage.holds(not (await stage.why("A-1"))["confirmed"], "that was to be taken back")
    await answered(stage, team, f"{name} rebook", f"{name} 重新预约")
    await stage.picks(candidate, "slot:0")
    await stands(stage, "scheduled")
    await answered(stage, team, f"{name} move 2026-11-27 15:00", f"{name} 改约 2026-11-27 15:00")
    await stage.says(team, either(stage, "yes", "是的"))
    why = await stage.why("A-1")
    stage.holds(why["starts_at"] == "2026-11-27T07:00:00+00:00", f"it was to be moved: {why['starts_at']}")
    commands = "pause resume confirm undo rebook move"
    await was_told(stage, *(f"command.{verb}" for verb in commands.split()), "rebook.done", "reminder.moved")


async def nobody_left(stage: Stage) -> None:
    """While HR reads the preview, everybody does it themselves: nothing is left to be done."""
    team = await hr(stage)
    candidates = await students(stage, 2)
    await stage.until(AT_TEN - timedelta(minutes=59))
    await answered(stage, team, "confirm I-1001 I-1002", "确认 I-1001、I-1002")
    for who in candidates:
        await stage.picks(who, "confirm")
    await stage.picks(team, "yes")
    await was_told(stage, "batch.nobody")
