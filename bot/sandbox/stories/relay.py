"""HR and a candidate write with each other, each in their own app: by threads, by replies, and in the chat itself."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.slack.people import Shown
from bot.sandbox.stage import Stage
from bot.sandbox.stories.slack import on_slack
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    at_wall,
    comes,
    either,
    flagged,
    hr,
    on_telegram,
    open_slots,
    own,
    rebooked,
    row,
    staff,
    stands,
    was_told,
)

DAY = timedelta(hours=24)
CHAIN = """
[companies."<company>"]
lead = "telegram.main:10001"
on_duty = [{ who = "telegram.main:10002", hours = "08:00-20:00" }]
"""
"""The first two who come to the bot: who leads, and who is on duty."""


async def missed(stage: Stage) -> tuple[Someone, Someone]:
    """HR on the main platform, and a candidate on Telegram who was flagged and asked."""
    team = await hr(stage)
    booked = row(stage)
    await stage.import_list([booked])
    candidate = await comes(stage, booked, "telegram")
    await open_slots(stage, 2, 3, 4)
    await flagged(stage)
    return team, candidate


async def relayed(stage: Stage) -> None:
    """HR on Slack writes with a candidate on Telegram; both read who is there, and when the bot is back."""
    team, candidate = await missed(stage)
    await stage.picks(team, "take")
    await stage.picks(team, "write")
    opened = stage.saw(team, own(stage, "Li Lei"), last=True)
    stage.saw(candidate, own(stage, "Wang Fang, HR"), last=True)
    root = next(m for m in on_slack(team).chat if m is opened)
    hello = either(stage, "Hello! What happened today?", "您好！今天是遇到什么情况了吗？")
    stage.note(team.name, f"↳ {hello}")
    await on_slack(team).says(hello, about=root)
    await stage.settle()
    stage.saw(candidate, hello, last=True)
    seen = len(candidate.chat)
    await stage.says(candidate, either(stage, "2 trains were late", "2 趟车都晚点了"))
    stage.holds(len(candidate.chat) == seen + 1, "the bot was to be silent")
    brought = on_slack(team).last
    stage.holds(brought.thread == root.id, f"the answer was to come into the thread: {brought.text}")
    await shown_each_other(stage, team, candidate, root)
    await stage.says(team, either(stage, "list today", "今天"))
    stage.did_not_see(candidate, either(stage, "list today", "今天面试"))
    await stage.picks(team, "back")
    stage.saw(team, either(stage, "is with me again", "由我接待"), last=True)
    stage.saw(candidate, either(stage, "the assistant, again", "面试助手"), last=True)
    await stage.picks(candidate, "slot:0") if await stage.button(candidate, "slot:0") else await chooses(
        stage, candidate
    )
    await rebooked(stage)
    await was_told(
        stage,
        "relay.open",
        "relay.words",
        "relay.answer",
        "relay.over",
        "talk.open",
        "talk.over",
        "aside.ask",
        "aside.left",
    )


PICTURE = b"\xff\xd8\xff\xe0 a station's board"
FORM = b"%PDF-1.7 how to get there"


async def shown_each_other(stage: Stage, team: Someone, candidate: Someone, root: Shown) -> None:
    """A picture and a correction come into the thread; a file goes back, asked about where it answers nothing."""
    on = on_telegram(candidate)
    await on.sends("photo", either(stage, "the board", "车站大屏"), PICTURE)
    await stage.settle()
    stage.saw(team, either(stage, "the board", "车站大屏"))
    brought = on_slack(team).last
    stage.holds(brought.data == PICTURE, f"the picture was to come into the thread: {brought.text}")
    stage.holds(brought.thread == root.id, "the picture was to come into the thread")
    words = next(m for m in reversed(on.chat) if m.sender is on and m.document is None)
    changed = either(stage, "3 trains were late", "3 趟车都晚点了")
    stage.note(candidate.name, f"✎ {changed}")
    await on.edits(words, changed)
    await stage.settle()
    stage.saw(team, either(stage, f"corrected: {changed}", f"更正：{changed}"), last=True)
    await on_slack(team).sends("form.pdf", "application/pdf", data=FORM, about=root)
    await stage.settle()
    stage.holds(on.last.data == FORM, f"the file was to come to the candidate: {on.last.text}")
    seen = len(candidate.chat)
    await on_slack(team).sends("map.pdf", "application/pdf", data=FORM)
    await stage.settle()
    stage.holds(len(candidate.chat) == seen, "it was to be asked first")
    await stage.picks(team, "yes")
    stage.holds(len(candidate.chat) > seen, "the file was to come once it was said so")
    await stage.says(team, either(stage, "Please wait", "请稍等"))
    await stage.picks(team, "no")
    stage.did_not_see(candidate, either(stage, "Please wait", "请稍等"))


async def chooses(stage: Stage, candidate: Someone) -> None:
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.picks(candidate, "slot:0")


async def silent_for_a_day(stage: Stage) -> None:
    """Nobody writes for a day: both are told that the bot is back; and whoever says stop is written to no more."""
    team, candidate = await missed(stage)
    await stage.picks(team, "take")
    await stage.picks(team, "write")
    await with_two(stage, team, candidate)
    why = await stands(stage, "no_show")
    stage.holds(why["attempt"] == 1, "nothing else was to change")
    await stage.passes(minutes=int(DAY.total_seconds() // 60) + 1)
    stage.saw(team, either(stage, "Nobody has written for a day", "一天没有新消息"))
    stage.saw(candidate, either(stage, "Nobody has written for a day", "一天没有新消息"))
    await stage.says(candidate, either(stage, "STOP", "退订"))
    await stage.picks(candidate, "yes")
    await stage.says(team, either(stage, "write C-1", "写给 C-1"))
    await was_told(stage, "relay.refused", "aside.which")


async def with_two(stage: Stage, team: Someone, first: Someone) -> None:
    """HR has two conversations at once: what answers no message reaches neither, what answers one goes there."""
    booked = row(stage, 2, "Li Mei", 面试时间=at_wall(TOMORROW_AT_TWO + 2 * DAY))
    await stage.import_list([booked])
    second = await comes(stage, booked, "telegram")
    await stage.says(second, either(stage, "person", "人工"))
    await stage.says(team, either(stage, "write C-2", "写给 C-2"))
    opened = stage.saw(team, own(stage, "Li Mei"), last=True)
    asked = either(stage, "Which question can I answer for you?", "请问有什么可以帮您？")
    await stage.says(team, asked)
    for candidate in (first, second):
        stage.did_not_see(candidate, asked)
    stage.note(team.name, f"↳ {asked}")
    on = on_telegram(team)
    await on.says(asked, about=next(message for message in on.chat if message is opened))
    await stage.settle()
    stage.saw(second, asked, last=True)
    stage.did_not_see(first, asked)
    await stage.picks(team, "settled")


async def in_the_chat(stage: Stage) -> None:
    """On WeCom there are no threads: all that HR writes goes to the candidate, until they hand back by a word."""
    team, candidate = await missed(stage)
    await stage.says(team, either(stage, "write I-1001", "写给 I-1001"))
    hello = either(stage, "tomorrow at 3 pm?", "明天下午3点可以吗？")
    await stage.says(team, hello)
    stage.saw(candidate, hello, last=True)
    answer = either(stage, "yes, gladly", "好的，可以")
    await stage.says(candidate, answer)
    stage.saw(team, answer, last=True)
    await stage.says(team, either(stage, "/show I-1001", "/查看 I-1001"))
    stage.did_not_see(candidate, "I-1001")
    await on_telegram(candidate).blocks()
    await stage.says(team, either(stage, "See you then!", "到时见！"))
    await stage.settle()
    await was_told(stage, "relay.not_brought")
    await stage.says(team, either(stage, "hand back", "交还"))
    stage.saw(team, either(stage, "Handed back", "已交还"), last=True)


async def escalated(stage: Stage) -> None:
    """The recruiter is called first, then who leads, then who is on duty, then all of HR; taking it ends that."""
    lead = await staff(stage, "Zhou, director", "hr")
    duty = await staff(stage, "Chen, support", "hr")
    team = await hr(stage)
    recruiter = await staff(stage, "Sun, recruiter", "recruiter")
    booked = row(stage, 1, "Li Lei", 招聘官=own(stage, "Sun, recruiter"))
    await stage.import_list([booked])
    candidate = await comes(stage, booked, "telegram")
    await flagged(stage)
    stage.saw(recruiter, own(stage, "Li Lei"))
    stage.holds(await stage.button(team, "take") is None, "HR was not to be called yet")
    await stage.passes(minutes=5)
    stage.holds(await stage.button(lead, "take") is not None, "whoever leads was to be called")
    await stage.passes(minutes=5)
    stage.holds(await stage.button(duty, "take") is not None, "whoever is on duty was to be called")
    stage.holds(await stage.button(team, "take") is None, "HR was not to be called yet")
    await stage.passes(minutes=5)
    stage.holds(await stage.button(team, "take") is not None, "HR was to be called at last")
    await stage.picks(lead, "take")
    await stage.picks(lead, "number")
    stage.saw(lead, "+86", last=True)
    await stage.passes(minutes=80)
    stage.saw(lead, either(stage, "is still open", "还没处理完"))
    await stage.says(
        lead, either(stage, "close C-1 called, will apply again", "关闭 C-1 已电话沟通，下次再约")
    )
    stage.holds(not stage.newest(recruiter).presses, "the recruiter's card was to be settled, too")
    stage.saw(candidate, own(stage, "Front-end engineer"))
    await was_told(stage, "hr.overdue", "command.close", "phone")


async def given(stage: Stage) -> None:
    """An administrator gives and takes roles; a case goes by word from one to another."""
    admin = await staff(stage, "Chen, support", "admin")
    recruiter = await staff(stage, "Sun, recruiter", "recruiter")
    team = await hr(stage)
    booked = row(stage)
    await stage.import_list([booked])
    candidate = await comes(stage, booked, "telegram")
    await stage.says(admin, either(stage, "role list", "角色 列表"))
    sun, job = own(stage, "Sun, recruiter"), own(stage, "Front-end engineer")
    stage.saw(admin, sun, last=True)
    await stage.says(recruiter, either(stage, "show I-1001", "查看 I-1001"))
    stage.did_not_see(recruiter, own(stage, "Li Lei"))
    await stage.says(admin, f'role grant "{sun}" recruiter job:"{job}"')
    stage.saw(recruiter, job)
    await stage.says(recruiter, either(stage, "show I-1001", "查看 I-1001"))
    stage.saw(recruiter, own(stage, "Li Lei"))
    director = await new_colleague(stage, admin)
    await flagged(stage)
    await stage.says(team, either(stage, "take C-1", "接手 C-1"))
    await stage.says(team, f'assign C-1 "{sun}"')
    stage.saw(recruiter, "I-1001")
    await stage.says(recruiter, either(stage, "handoff C-1 hr", "转交 C-1 hr"))
    await stage.picks(team, "give")
    await stage.picks(team, "to:hr") if await stage.button(team, "to:hr") else None
    await stage.says(team, either(stage, "take C-1", "接手 C-1"))
    await stage.says(team, either(stage, "handback C-1", "交还 C-1"))
    await stage.says(team, f'assign C-1 "{sun}"')
    await stage.says(admin, f'role revoke "{sun}"')
    stage.saw(team, either(stage, "Nobody looks after C-1 any more", "C-1 现在无人负责"), last=True)
    await stage.says(team, either(stage, "take C-1", "接手 C-1"))
    await stage.says(recruiter, either(stage, "list today", "今天"))
    stage.did_not_see(recruiter, either(stage, "Who may do what", "各人的角色"))
    stage.saw(candidate, job)
    await nobody_there(stage, admin, team, director)
    await was_told(stage, "command.role", "role.given", "role.taken", "role.code", "command.take", "command.assign",
                   "command.handoff", "command.handback", "whom.ask", "hr.orphan", "hr.unstaffed")  # fmt: skip


async def nobody_there(stage: Stage, admin: Someone, team: Someone, director: Someone) -> None:
    """HR leaves with a case in hand, and then the administrator: whoever is still there hears that it has no owner."""
    await leaves(stage, team)
    stage.saw(admin, either(stage, "cannot be reached here any more", "但已联系不到"))
    await leaves(stage, admin)
    await stage.passes(minutes=11)
    await stage.app.upkeep.find_orphans()
    await stage.settle()
    stage.saw(director, "turnout admin code hr", last=True)


async def leaves(stage: Stage, who: Someone) -> None:
    stage.note(who.name, "✕")
    await on_telegram(who).blocks()
    await stage.settle()


async def new_colleague(stage: Stage, admin: Someone) -> Someone:
    """Give a role to somebody the bot does not know: they come with a one-time code."""
    name = own(stage, "Zhou, director")
    await stage.says(admin, f'role grant "{name}" viewer')
    told = stage.saw(admin, name, last=True).text
    code = told.split("\n")[0].rsplit("：" if stage.locale == "zh_Hans" else ": ", 1)[1].strip()
    newcomer = stage.person(name, has_page=False, email="viewer@nebula.example")
    await stage.says(newcomer, code)
    stage.saw(newcomer, either(stage, "Welcome", "欢迎"))
    return newcomer
