"""The stories that the demo plays and the tests prove: each is the whole product on a clock of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from bot import observe
from bot.sandbox.stage import COMPANY_ZONE, START, Stage, WentWrong
from bot.sandbox.telegram import Person
from locales.zones import local
from store import interviews, slots

TOMORROW_AT_TWO = START + timedelta(days=1, hours=5)
LINK = "https://meet.example.com/turnout/1001"
SHADOW = '\n[companies."星云科技"]\nmode = "shadow"\n'
MANUAL = '\n[companies."星云科技"]\njoin_signal = "manual"\n'

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its name, what it shows, and how it goes."""

    name: str
    about: str
    play: Play
    policy: str = ""


def _row(**more: str) -> dict[str, str]:
    """Return a row of an interview list as HR exports it."""
    return {
        "姓名": "李雷",
        "手机": "13800001234",
        "邮箱": "lilei@example.com",
        "岗位": "前端工程师",
        "来源": "校招",
        "面试时间": f"{local(TOMORROW_AT_TWO, COMPANY_ZONE):%Y-%m-%d %H:%M}",
        "时区": COMPANY_ZONE,
        "面试链接": LINK,
        "编号": "A-1",
        **more,
    }


async def _invited(stage: Stage, **more: str) -> Person:
    """Import one interview and let its candidate come to the bot by their personal link."""
    row = _row(**more)
    result = await stage.import_list([row])
    stage.holds(result["counts"]["new"] == 1, f"one interview was to be new: {result}")
    candidate = stage.person(row["姓名"])
    await stage.follows(candidate, await stage.invite(row["编号"]))
    return candidate


async def _slots(stage: Stage, *days: int) -> None:
    """Open free slots on coming days at 10:00, 14:00 and 16:30."""
    first = local(START, COMPANY_ZONE).replace(hour=0, minute=0)
    hours = (timedelta(hours=10), timedelta(hours=14), timedelta(hours=16, minutes=30))
    await stage.import_slots([first + timedelta(days=day) + hour for day in days for hour in hours])


async def _alive(stage: Stage, at: datetime) -> None:
    """Let time pass to an instant while the interview platform gives signs of life."""
    await stage.until(at - timedelta(minutes=20))
    stage.is_platform_alive = True
    await stage.until(at)


def _verdicts(why: Any, attempt: int = 1) -> dict[str, str]:
    return {row["rung"]: row["verdict"] for row in why["rungs"] if row["attempt"] == attempt}


async def _no_show(stage: Stage, **more: str) -> tuple[Person, Person]:
    """Bring somebody to the moment after they were flagged and asked."""
    hr = await stage.hr()
    candidate = await _invited(stage, **more)
    await _slots(stage, 2, 3, 4)
    await _alive(stage, TOMORROW_AT_TWO + timedelta(minutes=9))
    await stage.passes(minutes=2)
    why = await stage.why("A-1")
    stage.holds(why["state"] == "no_show", f"the interview was to be flagged: {why['state']}")
    stage.holds(why["attempts"][0]["contacted_at"] is not None, "the candidate was to be asked")
    return hr, candidate


# -- the stories -----------------------------------------------------------------------------------------


async def happy(stage: Stage) -> None:
    await stage.hr()
    candidate = await _invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "confirm")
    await _alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await stage.signal("joined", "A-1")
    await stage.passes(minutes=30)
    await stage.signal("completed", "A-1")
    why = await stage.why("A-1")
    stage.holds(why["state"] == "completed", f"it was to be completed: {why['state']}")
    expected = {"24h": "sent", "1h": "skipped", "30m": "sent"}
    stage.holds(_verdicts(why) == expected, f"who confirmed gets a shorter ladder: {_verdicts(why)}")


async def forgot(stage: Stage) -> None:
    _, candidate = await _no_show(stage)
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    await _rebooked(stage)


async def came_up(stage: Stage) -> None:
    _, candidate = await _no_show(stage)
    await stage.says(
        candidate,
        "临时有点急事，家里有事走不开" if stage.locale == "zh_Hans" else "a family emergency came up",
    )
    await stage.picks(candidate, "slot:1")
    await _rebooked(stage)


async def _rebooked(stage: Stage) -> None:
    why = await stage.why("A-1")
    stage.holds(why["attempt"] == 2, "a second attempt was to begin")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
    stage.holds(why["state"] == "scheduled", f"it was to be scheduled again: {why['state']}")
    planned = _verdicts(why, attempt=2)
    stage.holds("planned" in planned.values(), f"the new attempt was to have reminders: {planned}")


async def technical(stage: Stage) -> None:
    support = stage.person("支持 小陈")
    code = await stage.operations.admin_code({"role": "support"})
    await support.says(code["code"])
    await stage.settle()
    _, candidate = await _no_show(stage)
    await stage.picks(candidate, "reason:technical")
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    await stage.says(candidate, "摄像头打不开" if stage.locale == "zh_Hans" else "my camera does not start")
    await stage.picks(support, "close")
    await stage.picks(candidate, "slot:0")
    await _rebooked(stage)


async def late_join(stage: Stage) -> None:
    await _no_show(stage)
    await stage.signal("joined", "A-1")
    why = await stage.why("A-1")
    stage.holds(why["state"] == "joined", f"a late join was to revert the flag: {why['state']}")
    stage.holds(why["attempts"][0]["outcome"] == "joined", "the attempt was to count as joined")


async def outage(stage: Stage) -> None:
    hr = await stage.hr()
    await _invited(stage)
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=40))
    why = await stage.why("A-1")
    stage.holds(why["state"] == "scheduled", f"nobody was to be flagged: {why['state']}")
    told = [m for m in hr.chat if m.sender is None and ("platform" in m.text.lower() or "平台" in m.text)]
    stage.holds(len(told) == 1, f"HR was to be told once, not {len(told)} times")


async def manual(stage: Stage) -> None:
    hr = await stage.hr()
    await _invited(stage)
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=11))
    stage.holds((await stage.why("A-1"))["state"] == "scheduled", "nobody is flagged unanswered")
    await stage.picks(hr, "done")
    await stage.passes(minutes=1)
    why = await stage.why("A-1")
    stage.holds(why["state"] == "no_show", f"HR's answer was to flag: {why['state']}")


async def before(stage: Stage) -> None:
    """Somebody who cannot come says so before the absence."""
    await stage.hr()
    candidate = await _invited(stage)
    await _slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "cant")
    await stage.picks(candidate, "reason:came_up")
    await stage.picks(candidate, "slot:0")
    why = await stage.why("A-1")
    stage.holds(why["attempts"][0]["outcome"] == "moved", f"it was to be moved: {why['attempts'][0]}")
    stage.holds(why["state"] == "scheduled", f"it was to be scheduled: {why['state']}")


async def duplicates(stage: Stage) -> None:
    await stage.hr()
    candidate = await _invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "confirm")
    before_ = len(candidate.chat)
    for update in list(stage.telegram.updates.all):
        stage.telegram.again(update.number)
    await stage.settle()
    stage.holds(len(candidate.chat) == before_, "callbacks that came twice were to change nothing")


async def slot_lost(stage: Stage) -> None:
    others = [
        _row(姓名=f"候选人{n}", 手机=f"1390000000{n}", 邮箱=f"c{n}@example.com", 编号=f"B-{n}")
        for n in range(9)
    ]
    await stage.import_list(others)
    _, candidate = await _no_show(stage)
    await stage.picks(candidate, "rebook")
    offered = len(candidate.chat)
    async with stage.app.db.write() as tx:
        free = await slots.listing(tx, stage.clock.now(), 9)
        found = await interviews.search(tx, None, text=None, limit=50)
        holders = [interview.id for interview, _ in found if interview.external_id != "A-1"]
        for slot, holder in zip(free[:6], holders, strict=False):
            await slots.hold(tx, slot.id, holder)
    await stage.picks(candidate, "slot:0")
    stage.holds(len(candidate.chat) > offered, "fresh times were to be offered at once")
    await stage.picks(candidate, "slot:0")
    await _rebooked(stage)


async def three_days_down(stage: Stage) -> None:
    hr = await stage.hr()
    candidate = await _invited(stage)
    seen = len(candidate.chat)
    stage.scene("…")
    stage.clock.set(START + timedelta(days=3))
    await stage.app.upkeep.at_start()
    await stage.settle()
    why = await stage.why("A-1")
    stage.holds(why["state"] == "scheduled", f"our own silence flags nobody: {why['state']}")
    stage.holds(len(candidate.chat) - seen <= 1, "at most one message after an outage")
    stage.holds("sent" not in _verdicts(why).values(), f"no reminder after the start: {_verdicts(why)}")
    stage.holds(len(hr.chat) > 2, "HR was to be told of the outage")


async def shadow(stage: Stage) -> None:
    candidate = await _invited(stage)
    await stage.until(TOMORROW_AT_TWO)
    why = await stage.why("A-1")
    stage.holds(set(_verdicts(why).values()) == {"would-send"}, f"nothing was to be sent: {_verdicts(why)}")
    reminders = [m for m in candidate.chat if m.sender is None and LINK in m.text]
    stage.holds(not reminders, "no reminder was to arrive")


async def opt_out(stage: Stage) -> None:
    await stage.hr()
    candidate = await _invited(stage)
    await stage.says(candidate, "退订" if stage.locale == "zh_Hans" else "stop")
    await stage.picks(candidate, "yes")
    await stage.until(TOMORROW_AT_TWO)
    why = await stage.why("A-1")
    stage.holds(set(_verdicts(why).values()) == {"refused"}, f"nothing more was to be sent: {_verdicts(why)}")


async def day(stage: Stage) -> None:
    """A whole day with the sample list: invitations, reminders, a no-show, a rebooking, the digest."""
    hr = await stage.hr()
    name = "面试名单.csv" if stage.locale == "zh_Hans" else "interviews.csv"
    data = (files("bot.sandbox") / "data" / name).read_bytes()
    stage.scene(f"turnout import {name} --apply")
    result = await stage.import_file(name, data)
    stage.note(
        "turnout", ", ".join(f"{n} {kind}" for kind, n in result["counts"].items()) + f". {result['planned']}"
    )
    await _slots(stage, 2, 3, 4)
    first = result["links"][0]
    candidate = stage.person(first["name"])
    await stage.follows(candidate, first["link"])
    why = await stage.why(first["interview"])
    starts_at = datetime.fromisoformat(why["starts_at"])
    stage.is_platform_alive = True
    await _alive(stage, starts_at + timedelta(minutes=9))
    await stage.passes(minutes=2)
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    await stage.says(hr, "今天" if stage.locale == "zh_Hans" else "list")
    await stage.says(hr, f"why {first['interview']}")
    await stage.passes(hours=24)
    why = await stage.why(first["interview"])
    stage.holds(why["attempt"] == 2, "the candidate was to be rebooked")


STORIES = (
    Story("day", "a day: import, invitation, reminders, a no-show, rebooking, digest", day),
    Story("happy", "invited, reminded, confirmed, joined, completed", happy),
    Story("forgot", "a no-show who forgot, rebooked in three taps", forgot),
    Story("came-up", "a no-show in their own words, rebooked", came_up),
    Story("technical", "a technical case: support takes it, the bot is silent, slots at the end", technical),
    Story("before", "somebody who cannot come says so before the absence", before),
    Story("late-join", "a late join reverts the flag, kindly", late_join),
    Story("outage", "the interview platform is silent: nobody is flagged, HR is told once", outage),
    Story("manual", "no platform tells who joined: HR is asked with one card", manual, MANUAL),
    Story("duplicates", "every callback comes twice and changes nothing", duplicates),
    Story("slot-lost", "the slot goes while it is looked at: fresh ones at once", slot_lost),
    Story(
        "three-days-down",
        "the bot was away for three days: nobody is flagged by our silence",
        three_days_down,
    ),
    Story("shadow", "shadow mode: what would have been sent, and nothing is", shadow, SHADOW),
    Story("opt-out", "stop means stop, and HR knows", opt_out),
)


def print_stories(out: Console) -> None:
    for story in STORIES:
        out.print(f"{story.name:16} {story.about}", markup=False)


async def play(name: str, lang: str, out: Console) -> int:
    """Play one story, or the day in both languages; return the exit code."""
    observe.set_up("error", "text")
    wanted = [story for story in STORIES if story.name == (name or "day")]
    if not wanted:
        out.print(f"There is no story {name}. There are: {', '.join(s.name for s in STORIES)}.", markup=False)
        return 2
    for locale in [lang] if lang else ["zh_Hans", "en"]:
        if not await _play(wanted[0], locale, out):
            return 1
    return 0


async def _play(story: Story, locale: str, out: Console) -> bool:
    out.print(Rule(f"{story.name} · {locale}: {story.about}"))
    async with await Stage.open(locale, story.policy) as stage:
        try:
            await story.play(stage)
            went_well = True
        except WentWrong as wrong:
            went_well = False
            stage.note("✗", str(wrong))
        print_transcript(stage, out)
        await print_ledger(stage, out)
    out.print(f"{'✓' if went_well else '✗'} {story.name} ({locale})\n", markup=False)
    return went_well


def print_transcript(stage: Stage, out: Console) -> None:
    """Print who said what, when, with buttons in brackets."""
    last = ""
    for line in stage.lines:
        at = f"{local(line.at, COMPANY_ZONE):%m-%d %H:%M}"
        stamp, last = (at if at != last else " " * len(at)), at
        head, *rest = line.text.splitlines() or [""]
        out.print(f"[dim]{stamp}[/dim]  [bold]{escape(line.who)}[/bold]  {escape(head)}")
        for more in rest:
            out.print(f"{' ' * len(at)}    {escape(more)}")


async def print_ledger(stage: Stage, out: Console) -> None:
    """Print every rung of every interview with its verdict."""
    for interview in (await stage.operations.list({"all": True}))[:4]:
        why = await stage.why(interview["interview"])
        out.print(f"{interview['interview']} {why['state']}", markup=False)
        for row in why["rungs"]:
            tail = " ".join(part for part in (row["why"], row["evidence"]) if part)
            out.print(f"    #{row['attempt']} {row['rung']:8} {row['verdict']:12} {tail}", markup=False)
