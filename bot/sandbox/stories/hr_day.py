"""A day of HR's work, the same on whichever platform they are: digest, campus day, export, configuration, hand-over."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.people import Seen, Someone
from bot.sandbox.slack import SlackPerson
from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.bulk import answered, offers, places
from bot.sandbox.stories.story import at_wall, comes, either, hr, listed, own, row, staff, stands, was_told
from bot.sandbox.telegram import Person
from bot.sandbox.wecom import WeComPerson

FORTY = 40
DAY = timedelta(days=1)
MISSED_AT = START + timedelta(hours=1)
"""Monday at ten: who does not come stands in Tuesday's digest."""
NINE = START + DAY
CAMPUS_AT = NINE + timedelta(hours=1)
LATER_AT = NINE + timedelta(hours=6)
_FIRST = 10
"""The number of the first student; those before are single interviews."""


@dataclass(frozen=True, slots=True)
class Day:
    """Who is at work, and who was invited."""

    hr: Someone
    admin: Someone
    colleague: Someone
    candidate: Someone
    """Who did not come on Monday."""
    later: Someone
    """Who is to come this afternoon."""


async def hr_day(stage: Stage) -> None:
    """From the digest at nine to a case handed over: nothing of it needs another tool than the chat."""
    day = await _yesterday(stage)
    await _digest_at_nine(stage, day)
    await _campus_day(stage, day, await _students(stage))
    await _conversation(stage, day)
    await _hand_over(stage, day)
    await _figures_and_file(stage, day)
    await _other_reminders(stage, day)


# -- what went before ------------------------------------------------------------------------------------


async def _yesterday(stage: Stage) -> Day:
    """Invite everybody on Monday; of the two at ten one comes and one does not, and nobody has looked yet."""
    team, admin = await hr(stage), await staff(stage, "Zhao Min", "admin")
    colleague = await staff(stage, "Sun, recruiter", "recruiter")
    manager = own(stage, "Product manager")
    rows = [
        row(stage, 1, "Li Lei", 岗位=manager, 面试时间=at_wall(MISSED_AT)),
        row(stage, 2, "Li Mei", 岗位=manager, 面试时间=at_wall(MISSED_AT)),
        row(stage, 3, "Zhang San", 面试时间=at_wall(LATER_AT), 来源=either(stage, "job board", "招聘网站")),
    ]
    people = await _invited(stage, rows)
    await answered(
        stage, admin, f'role grant "{colleague.name}" recruiter job:"{manager}"',
        f'角色 授予 "{colleague.name}" 招聘 岗位:"{manager}"',
    )  # fmt: skip
    await places(stage, 3, range(9, 17), 5)
    await stage.until(MISSED_AT - timedelta(minutes=5))
    stage.is_platform_alive = True
    await stage.until(MISSED_AT)
    await stage.signal("joined", "A-2")
    await stage.until(MISSED_AT + timedelta(minutes=40))
    await stage.signal("completed", "A-2")
    stage.is_platform_alive = False
    await stands(stage, "no_show")
    return Day(team, admin, colleague, people[0], people[2])


async def _invited(stage: Stage, rows: Sequence[dict[str, str]]) -> list[Someone]:
    """Import rows of people who are on the platform already, and have them in touch with the bot."""
    for booked in rows:
        known = listed(stage, booked)
        if isinstance(known, WeComPerson):
            booked["企业微信"] = known.userid
    result = await stage.import_list(rows)
    stage.holds(result["counts"]["new"] == len(rows), f"all were to be new: {result['counts']}")
    return [await comes(stage, booked) for booked in rows]


# -- nine o'clock ----------------------------------------------------------------------------------------


async def _digest_at_nine(stage: Stage, day: Day) -> None:
    """The digest names yesterday's no-show and today's risks, and each line has its button."""
    await stage.until(NINE + timedelta(minutes=5))
    text = stage.saw(day.hr, "50%").text
    stage.holds("C-1" in text and "I-1001" in text, f"yesterday's case was to be named: {text}")
    before = len(day.later.chat)
    first = (await stage.why("A-3"))["interview"]
    await stage.picks(day.hr, f"nudge:{first}")
    stage.holds(len(day.later.chat) == before + 1, "who is to come today was to be reminded")
    if await stage.button(day.hr, f"call:{first}") is None:
        # Where nothing can be edited the digest is told anew to whoever asks for it.
        await answered(stage, day.hr, "digest", "日报")
        again = await stage.button(day.hr, f"nudge:{first}")
        stage.holds(again is None, "who was reminded was not to be offered for it again")
    await stage.picks(day.hr, f"call:{first}")
    told = stage.newest(day.hr).text
    stage.holds("+86" in told or "1380000" in told, f"the number was to be told: {told}")
    await stage.picks(day.hr, "take:C-1")
    shown = await answered(stage, day.hr, "show I-1001", "查看 I-1001")
    stage.holds(day.hr.name in shown, f"the case was to be HR's: {shown}")


# -- ten o'clock -----------------------------------------------------------------------------------------


async def _students(stage: Stage) -> list[Someone]:
    """The university sends its list a little late: forty interviews at ten."""
    student = own(stage, "Student")
    rows = [row(stage, _FIRST + n, f"{student} {n + 1}", 面试时间=at_wall(CAMPUS_AT)) for n in range(FORTY)]
    return await _invited(stage, rows)


async def _campus_day(stage: Stage, day: Day, students: Sequence[Someone]) -> None:
    """The room's network is down: forty no-shows in one list, and one order offers everybody another time."""
    await stage.until(CAMPUS_AT - timedelta(minutes=15))
    stage.is_platform_alive = True
    seen = len(day.hr.chat)
    await stage.until(CAMPUS_AT + timedelta(minutes=12))
    stage.is_platform_alive = False
    stage.holds(
        len(day.hr.chat) - seen <= 6, f"forty no-shows were to be one list: {len(day.hr.chat) - seen}"
    )
    stage.saw(day.hr, str(FORTY))
    typed = "rebook today 10:00..11:00 state:no_show", "重新预约 今天 10:00..11:00 状态:未参加"
    preview = await answered(stage, day.hr, f"{typed[0]} --dry-run", f"{typed[1]} --dry-run")
    stage.holds(str(FORTY) in preview, f"how many was to be told: {preview}")
    await answered(stage, day.hr, *typed)
    await stage.picks(day.hr, "yes")
    await stage.passes(seconds=20)
    await answered(stage, day.hr, "undo", "撤销")
    await stage.passes(minutes=1)
    stage.holds(await offers(stage) == 0, "what is taken back in time was to reach nobody")
    await answered(stage, day.hr, *typed)
    await stage.picks(day.hr, "yes")
    await stage.passes(minutes=2)
    stage.holds(await offers(stage) == FORTY, f"each was to be offered times once: {await offers(stage)}")
    seen = len(day.hr.chat)
    for student in students[:3]:
        await stage.picks(student, "slot:0")
    stage.holds(len(day.hr.chat) == seen, "whoever stands in a list was not to be told of one by one")
    for n in range(3):
        why = await stands(stage, "scheduled", f"A-{_FIRST + n}")
        stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
    left = await answered(stage, day.hr, "no-shows today", "未参加 今天")
    stage.holds(str(FORTY - 3) in left, f"who has not chosen yet was to be listed: {left}")


# -- a case ----------------------------------------------------------------------------------------------


async def _conversation(stage: Stage, day: Day) -> None:
    """HR writes with Monday's candidate through us, and hands back."""
    await answered(stage, day.hr, "write C-1", "写给 C-1")
    opened = stage.newest(day.hr)
    hello = either(stage, "Hello! What happened yesterday?", "您好！昨天是遇到什么情况了吗？")
    stage.note(day.hr.name, f"↳ {hello}")
    await _answers(day.hr, opened, hello)
    await stage.settle()
    stage.saw(day.candidate, hello, last=True)
    reply = either(
        stage, "My train stood still, sorry. May I have another day?", "列车临时停运了，抱歉。可以换一天吗？"
    )
    seen = len(day.candidate.chat)
    await stage.says(day.candidate, reply)
    stage.saw(day.hr, reply, last=True)
    stage.holds(len(day.candidate.chat) == seen + 1, "the bot was to be silent")
    await answered(stage, day.hr, "handback C-1", "交还 C-1") if stage.main != "wecom" else await answered(
        stage, day.hr, "hand back", "交还"
    )
    stage.saw(day.candidate, either(stage, "the assistant, again", "面试助手"), last=True)


async def _answers(who: Someone, message: Seen, words: str) -> None:
    """Answer a message: in its thread, as a reply, or where there is neither in the chat itself."""
    if isinstance(who, SlackPerson):
        thread = next(each for each in who.chat if each is message)
        await who.says(words, about=thread)
    elif isinstance(who, Person):
        answer = next(each for each in who.chat if each is message)
        await who.says(words, about=answer)
    else:
        await who.says(words)


async def _hand_over(stage: Stage, day: Day) -> None:
    """A colleague gets the case with all that is known, and ends it with another time."""
    await answered(stage, day.hr, f'handoff C-1 "{day.colleague.name}"', f'转交 C-1 "{day.colleague.name}"')
    stage.saw(day.colleague, "I-1001", last=True)
    await stage.picks(day.colleague, "rebook")
    await stage.picks(day.candidate, "slot:0")
    await stands(stage, "scheduled")
    shown = await answered(stage, day.hr, "show I-1001", "查看 I-1001")
    stage.holds("I-1001" in shown, f"how it stands was to be told: {shown}")


# -- figures, a file, a change ---------------------------------------------------------------------------


async def _figures_and_file(stage: Stage, day: Day) -> None:
    """The day in figures with a picture, and the list as a file that opens."""
    seen = await _told(stage, day.hr, "reasons last7d", "原因 last7d")
    pictures = [message.document for message in seen if message.document]
    stage.holds(pictures == ["reasons.png"], f"a picture was to come: {pictures}")
    seen = await _told(stage, day.hr, "export today source:campus --csv", "导出 今天 来源:校招 --csv")
    file = next(message for message in seen if message.document)
    rows = _opened(file.data)
    stage.holds(len(rows) == FORTY, f"each of the forty was to have its row: {len(rows)}")
    line = ",".join(rows[0])
    stage.holds("*" in line and "13800001" not in line, f"names and numbers were to be masked: {line}")
    await answered(stage, day.hr, "export last7d source:nowhere", "导出 last7d 来源:无")


async def _told(stage: Stage, who: Someone, english: str, chinese: str) -> list[Seen]:
    """Type something and return everything it is answered with."""
    count = len(who.chat)
    await stage.says(who, either(stage, english, chinese))
    return [message for message in list(who.chat)[count:] if message.is_of_bot]


def _opened(data: bytes) -> list[list[str]]:
    """Return the rows of a CSV file as a spreadsheet reads them, without the first."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]


async def _other_reminders(stage: Stage, day: Day) -> None:
    """An administrator has everybody reminded once more: what that does to the plan is told first."""
    typed = "config set rungs 24h,2h,1h,30m", "配置 设置 rungs 24h,2h,1h,30m"
    preview = await answered(stage, day.admin, *typed)
    stage.holds("+" in preview and "24h,1h,30m" in preview, f"the plan was to be told: {preview}")
    await stage.picks(day.admin, "yes")
    planned = [each["rung"] for each in (await stage.why("A-3"))["rungs"]]
    stage.holds("2h" in planned, f"the plan was to follow: {planned}")
    before = len(day.later.chat)
    await stage.until(LATER_AT - timedelta(hours=2) + timedelta(minutes=5))
    stage.holds(len(day.later.chat) == before + 1, "and the reminder was to go out")
    await was_told(stage, "digest", "digest.call", "alert.list", "batch.preview", "batch.waiting", "batch.over",
                   "relay.open", "relay.over", "command.handoff", "export", "picture", "config.preview",
                   "config.applied", "rebook.offer")  # fmt: skip
