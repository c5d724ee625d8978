"""What stories are made of: who is in them, and what several of them begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bot.sandbox.people import Someone
from bot.sandbox.stage import COMPANY_ZONE, START, Record, Stage, WentWrong
from bot.sandbox.telegram import Person
from locales.text import Text
from locales.zones import local
from store import interviews, outbox

TOMORROW_AT_TWO = START + timedelta(days=1, hours=5)
LINK = "https://meet.example.com/turnout/1001"
EVERYTHING = 10_000

CAST: Mapping[str, str] = {
    "Li Lei": "李雷",
    "Li Mei": "李梅",
    "Han Meimei": "韩梅梅",
    "Zhang San": "张三",
    "Wang Fang, HR": "HR 王芳",
    "Chen, support": "支持 小陈",
    "Zhou, director": "总监 老周",
    "Sun, recruiter": "招聘 小孙",
    "Student": "同学",
    "Candidate": "候选人",
    "Front-end engineer": "前端工程师",
    "Product manager": "产品经理",
    "my camera does not start": "摄像头打不开",
    "a family emergency came up": "临时有点急事，家里有事走不开",
    "It says permission denied": "提示没有权限",
    "The link never opened": "链接一直打不开",
    "Is somebody there?": "有人在看吗？",
    "I was there, on time": "我准时参加了面试",
    "Blue banana seven": "蓝色香蕉七号",
    "lst today": "名但",
    "Zhao Min": "赵敏",
}
"""Whoever and whatever is quoted in messages, in both languages."""

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its name, what it shows, and how it goes."""

    name: str
    about: Text
    play: Play
    policy: str = ""
    """TOML laid over the sandbox's; `<locale>` in it is the story's language, `<company>` the company in that."""
    on: tuple[str, ...] = ("telegram",)
    """The platforms it plays on; people live on the first unless it says otherwise."""

    refusals: tuple[str, ...] = ()
    """What platforms say, in part, when they refuse what the story has them refuse."""
    says_nothing_new: bool = False
    """Whether other stories say all that it says: it is left out where only messages are gathered."""

    async def open(self, locale: str, record: Record | None = None, patience: int = 0) -> Stage:
        """Return a stage set for this story.

        What `record` returns sees what goes over the wire; `patience` is how many seconds a platform's answer may
        take, 0 for as long as otherwise.
        """
        company = "星云科技" if locale == "zh_Hans" else "Nebula"
        policy = self.policy.replace("<locale>", locale).replace("<company>", company)
        return await Stage.open(locale, policy, on=self.on, record=record, patience=patience)


def own(stage: Stage, name: str) -> str:
    """Return a name or saying of the cast in the story's language."""
    return CAST[name] if stage.locale == "zh_Hans" else name


def either(stage: Stage, english: str, chinese: str) -> str:
    """Return what somebody types in the story's language."""
    return chinese if stage.locale == "zh_Hans" else english


# -- who is there ----------------------------------------------------------------------------------------


async def hr(stage: Stage) -> Someone:
    return await staff(stage, "Wang Fang, HR", "hr")


async def staff(stage: Stage, name: str, role: str) -> Someone:
    """Return somebody of staff, who sent the one-time code for a role to the bot."""
    return await stage.staff(own(stage, name), role)


def on_telegram(who: Someone) -> Person:
    """Return somebody as who they are on Telegram, where they can do what people do nowhere else."""
    if not isinstance(who, Person):
        raise TypeError(f"{who.name} is not on Telegram")
    return who


def row(stage: Stage, number: int = 1, name: str = "Li Lei", **more: str) -> dict[str, str]:
    """Return a row of an interview list as HR exports it: the first is tomorrow at two."""
    return {
        "姓名": own(stage, name) if name in CAST else name,
        "手机": f"1380000{1233 + number}",
        "邮箱": f"candidate{number}@example.com",
        "岗位": own(stage, "Front-end engineer"),
        "来源": either(stage, "campus", "校招"),
        "语言": either(stage, "English", "中文"),
        "面试时间": at_wall(TOMORROW_AT_TWO),
        "时区": COMPANY_ZONE,
        "面试链接": LINK,
        "编号": f"A-{number}",
        **more,
    }


def at_wall(at: datetime) -> str:
    """Return an instant as it stands in a list."""
    return f"{local(at, COMPANY_ZONE):%Y-%m-%d %H:%M}"


def listed(stage: Stage, booked: Mapping[str, str], on: str = "") -> Someone:
    """Return the candidate of a row as who they are on a platform, before or after they know of us."""
    return stage.person(booked["姓名"], on, email=booked["邮箱"], phone=booked["手机"])


async def invited(stage: Stage, **more: str) -> Someone:
    """Import one interview, and have its candidate in touch with the bot."""
    booked = row(stage, 1, "Li Lei", **more)
    listed(stage, booked)
    result = await stage.import_list([booked])
    stage.holds(result["counts"]["new"] == 1, f"one interview was to be new: {result}")
    return await comes(stage, booked)


async def comes(stage: Stage, booked: Mapping[str, str], on: str = "") -> Someone:
    """Let the candidate of an imported row come to the bot, where it may not speak first."""
    candidate = listed(stage, booked, on)
    if stage.platforms[on or stage.main].is_invited:
        await stage.follows(candidate, await stage.invite(booked["编号"]))
    return candidate


async def open_slots(stage: Stage, *days: int) -> None:
    """Open free slots on coming days at 10:00, 14:00 and 16:30."""
    first = local(START, COMPANY_ZONE).replace(hour=0, minute=0)
    hours = (timedelta(hours=10), timedelta(hours=14), timedelta(hours=16, minutes=30))
    await stage.import_slots([first + timedelta(days=day) + hour for day in days for hour in hours])


# -- what happens ----------------------------------------------------------------------------------------


async def alive(stage: Stage, at: datetime) -> None:
    """Let time pass to an instant while the interview platform gives signs of life."""
    await stage.until(at - timedelta(minutes=20))
    stage.is_platform_alive = True
    await stage.until(at)


async def no_show(stage: Stage, **more: str) -> tuple[Someone, Someone]:
    """Bring somebody to the moment after they were flagged and asked."""
    team = await hr(stage)
    candidate = await invited(stage, **more)
    await open_slots(stage, 2, 3, 4)
    await flagged(stage)
    return team, candidate


async def flagged(stage: Stage) -> None:
    """Let the start of tomorrow at two pass without anybody, until they were flagged and asked."""
    await alive(stage, TOMORROW_AT_TWO + timedelta(minutes=9))
    await stage.passes(minutes=2)
    why = await stage.why("A-1")
    stage.holds(why["state"] == "no_show", f"the interview was to be flagged: {why['state']}")
    stage.holds(why["attempts"][0]["contacted_at"] is not None, "the candidate was to be asked")


# -- what must be true -----------------------------------------------------------------------------------


def verdicts(why: Any, attempt: int = 1) -> dict[str, str]:
    return {row["rung"]: row["verdict"] for row in why["rungs"] if row["attempt"] == attempt}


async def rebooked(stage: Stage) -> None:
    """The story went wrong unless the missed attempt stands and a new one has its reminders."""
    why = await stage.why("A-1")
    stage.holds(why["attempt"] == 2, "a second attempt was to begin")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
    stage.holds(why["state"] == "scheduled", f"it was to be scheduled again: {why['state']}")
    planned = verdicts(why, attempt=2)
    stage.holds("planned" in planned.values(), f"the new attempt was to have reminders: {planned}")


async def stands(stage: Stage, state: str, interview: str = "A-1") -> Any:
    """The story went wrong unless an interview is in this state; returns all there is to know about it."""
    why = await stage.why(interview)
    stage.holds(why["state"] == state, f"{interview} was to be {state}, and is {why['state']}")
    return why


async def interview_id(stage: Stage, name: str) -> UUID:
    """Return an interview's id, as buttons carry it."""
    async with stage.app.db.read() as tx:
        found = await interviews.by_name(tx, name)
    if found is None:
        raise WentWrong(f"there was to be an interview {name}")
    return found.id


async def was_told(stage: Stage, *kinds: str) -> None:
    """The story went wrong unless messages of all these kinds arrived."""
    async with stage.app.db.read() as tx:
        rows = await outbox.listing(tx, limit=EVERYTHING)
    arrived = {row.kind for row in rows if row.state == "accepted"}
    if missing := sorted(set(kinds) - arrived):
        raise WentWrong(f"{', '.join(missing)} was to arrive; what did: {', '.join(sorted(arrived))}")
