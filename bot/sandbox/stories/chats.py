"""What is typed: everything a candidate may say at any time, and every command of staff."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    at_wall,
    comes,
    either,
    hr,
    invited,
    on_telegram,
    open_slots,
    own,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)


async def words(stage: Stage) -> None:
    """Everything a candidate may say at any time is answered, and what nobody understands goes to a person."""
    await hr(stage)
    candidate = await invited(stage)
    said = (
        either(stage, "hello", "你好"),
        either(stage, "status", "进度"),
        either(stage, "help", "帮助"),
        either(stage, "privacy", "隐私"),
        either(stage, "thanks", "谢谢"),
        either(stage, "link", "链接"),
        either(stage, "got it", "收到"),
        either(stage, "got it", "收到"),
    )
    for line in said:
        count = len(candidate.chat)
        await stage.says(candidate, line)
        stage.holds(len(candidate.chat) > count + 1, f"{line} was to be answered")
    await stage.says(candidate, own(stage, "Blue banana seven"))
    await stage.says(candidate, own(stage, "Blue banana seven"))
    await stage.picks(candidate, "back")
    await on_telegram(candidate).sends("voice")
    await stage.settle()
    await stage.says(candidate, either(stage, "person", "人工"))
    await on_telegram(candidate).sends("voice")
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=20))
    await stage.says(candidate, either(stage, "I'm late", "迟到"))
    await stands(stage, "scheduled")
    await was_told(
        stage,
        "menu",
        "status",
        "menu.help",
        "privacy",
        "menu.welcome",
        "reminder",
        "reminder.sure",
        "reminder.thanked",
        "person.offer",
        "menu.cannot_read",
        "person.waiting",
        "menu.added",
        "start.late",
    )


async def commands(stage: Stage) -> None:
    """HR types every command, and finds out what happens when it is not clear, not known or not allowed."""
    team = await hr(stage)
    manager = own(stage, "Product manager")
    rows = [row(stage), row(stage, 2, "Li Mei", 岗位=manager), row(stage, 3, "Li Lei", 岗位=manager)]
    await stage.import_list(rows)
    candidate = await comes(stage, rows[0])
    await open_slots(stage, 2, 3)
    one = (await stage.why("A-1"))["interview"]
    two = (await stage.why("A-2"))["interview"]

    async def answered(english: str, chinese: str) -> str:
        count = len(team.chat)
        await stage.says(team, either(stage, english, chinese))
        stage.holds(len(team.chat) > count + 1, f"{english} was to be answered")
        return stage.newest(team).text

    await answered("help", "帮助")
    await answered("help show", "帮助 查看")
    await answered("whoami", "我是谁")
    await answered("yes", "好的")
    await answered(f"show {one}\nshow {two}", f"查看 {one}\n查看 {two}")
    await answered("list today --lang xx", "名单 今天 --lang xx")
    await answered("list", "今天")
    text = await answered("tomorrow", "明天")
    stage.holds(one in text and two in text, f"both interviews were to be listed: {text}")
    await answered("no-shows", "未参加")
    text = await answered("list unbound", "名单 未绑定")
    stage.holds(one not in text and two in text, f"who has not come yet was to be listed: {text}")
    await answered("show Li Lei", "查看 李雷")
    await stage.picks(team, f"pick:{one}")
    stage.saw(team, own(stage, "Front-end engineer"))
    await answered(f"plan {one}", f"计划 {one}")
    await answered("plan tomorrow", "计划 明天")
    await answered("slots", "时段")
    await answered(f"link {two}", f"链接 {two}")
    await answered(f"remind {two}", f"提醒 {two}")
    await answered(f"remind {one}", f"提醒 {one}")
    await answered(f"why {one}", f"为什么 {one}")
    await answered(f"noshow {one}", f"标记未参加 {one}")
    await answered("stats last7d", "统计 last7d")
    await answered(own(stage, "lst today"), own(stage, "lst today"))
    await answered("show Nobody", "查看 无名氏")
    await answered("show", "查看")
    await answered(f"show {two}", f"查看 {two}")
    await answered(f"undo {one}", f"撤销 {one}")
    await answered("list unbound tomorrow", "名单 未绑定 明天")
    await answered("slots sunday", "时段 周日")
    await answered("plan sunday", "计划 周日")
    await answered("stats gibberish", "统计 乱码")
    await answered(f"move {one}", f"改约 {one}")
    await stage.picks(team, "choose")
    await answered(f"move {one} someday", f"改约 {one} 改天")
    await answered(f"move {one} 2020-01-01T10:00", f"改约 {one} 2020-01-01T10:00")
    await answered(f"move {one} 2026-11-24T14:00", f"改约 {one} 2026-11-24T14:00")
    await _others(stage, one)
    stage.saw(candidate, own(stage, "Front-end engineer"))
    await was_told(
        stage,
        "choose.ask",
        "move.when",
        "move.typed",
        "notice.unknown_command",
        "notice.not_allowed",
        "notice.unclear",
        "notice.several_commands",
        "notice.no_language",
        *(f"command.{verb}" for verb in "help whoami list show plan slots link remind why stats".split()),
    )


async def _others(stage: Stage, one: str) -> None:
    """Who only looks may not change anything; who recruits sees their own."""
    viewer = await staff(stage, "Zhou, director", "viewer")
    await stage.says(viewer, either(stage, f"cancel {one}", f"取消 {one}"))
    await stands(stage, "scheduled")
    recruiter = await staff(stage, "Sun, recruiter", "recruiter")
    await stage.says(recruiter, either(stage, f"show {one}", f"查看 {one}"))
    stage.did_not_see(recruiter, own(stage, "Li Lei"))


async def recorded(stage: Stage) -> None:
    """HR says who came and who did not, takes it back, and reads the figures."""
    at_ten = START + timedelta(hours=1)
    team = await hr(stage)
    rows = [row(stage, n, name, 面试时间=at_wall(at_ten)) for n, name in enumerate(("Li Lei", "Li Mei"), 1)]
    await stage.import_list(rows)
    candidate = await comes(stage, rows[0])
    await open_slots(stage, 2, 3)
    stage.is_platform_alive = True
    await stage.until(at_ten + timedelta(minutes=1))
    one, two = [(await stage.why(f"A-{n}"))["interview"] for n in (1, 2)]
    await stage.says(team, either(stage, f"noshow {one}", f"标记未参加 {one}"))
    await stage.says(team, either(stage, "yes", "是"))
    await stands(stage, "no_show")
    await stage.says(team, either(stage, f"undo {one}", f"撤销 {one}"))
    await stands(stage, "scheduled")
    await stage.says(team, either(stage, f"joined {one}", f"已参加 {one}"))
    await stands(stage, "joined")
    await stage.says(team, either(stage, f"noshow {two}", f"标记未参加 {two}"))
    await stage.picks(team, "yes")
    await stands(stage, "no_show", "A-2")
    await stage.says(team, either(stage, f"noshow {two}", f"标记未参加 {two}"))
    await stage.says(team, either(stage, f"remind {two}", f"提醒 {two}"))
    await stage.says(team, either(stage, f"show {two}", f"查看 {two}"))
    await stage.says(team, either(stage, f"cancel {one}", f"取消 {one}"))
    await stage.says(team, either(stage, f"why {one}", f"为什么 {one}"))
    await stage.says(team, either(stage, f"plan {one}", f"计划 {one}"))
    await stage.says(team, either(stage, "stats today", "统计 今天"))
    await stage.says(candidate, either(stage, "status", "进度"))
    await was_told(
        stage,
        "confirm.ask",
        "command.noshow",
        "command.undo",
        "command.joined",
        "command.stats",
        "start.mistaken",
    )


async def moved_by_hr(stage: Stage) -> None:
    """HR moves an interview, after thinking twice; the platform moves it again."""
    team = await hr(stage)
    candidate = await invited(stage)
    label = (await stage.why("A-1"))["interview"]
    typed = either(stage, f"move {label} 2026-11-25T15:00", f"改约 {label} 2026-11-25T15:00")
    await stage.says(team, typed)
    await stage.picks(team, "no")
    stage.holds((await stage.why("A-1"))["attempt"] == 1, "nothing was to be changed")
    await stage.says(team, typed)
    await stage.picks(team, "yes")
    why = await stage.why("A-1")
    stage.holds(at_wall(datetime.fromisoformat(why["starts_at"])) == "2026-11-25 15:00", why["starts_at"])
    await stage.picks(candidate, "confirm")
    await stage.signal("moved", "A-1", starts_at="2026-11-25T16:00:00+08:00")
    why = await stage.why("A-1")
    stage.holds(why["attempt"] == 3 and not why["confirmed"], "a new time was to be confirmed anew")
    await was_told(stage, "confirm.ask", "command.move", "reminder.moved", "reminder.confirmed")


async def cancelled(stage: Stage) -> None:
    """HR cancels, and takes it back."""
    team = await hr(stage)
    candidate = await invited(stage)
    label = (await stage.why("A-1"))["interview"]
    await stage.says(team, either(stage, f"cancel {label}", f"取消 {label}"))
    await stage.picks(team, "no")
    await stands(stage, "scheduled")
    await stage.says(team, either(stage, f"cancel {label}", f"取消 {label}"))
    await stage.picks(team, "yes")
    await stands(stage, "cancelled")
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.says(team, either(stage, f"undo {label}", f"撤销 {label}"))
    await stands(stage, "scheduled")
    await stage.picks(candidate, "confirm")
    why = await stage.why("A-1")
    stage.holds(why["confirmed"], "what is on again was to be confirmed")
    again = verdicts(why, attempt=2)
    stage.holds("planned" in again.values(), f"its reminders were to begin anew: {again}")
    await was_told(stage, "command.cancel", "start.called_off", "start.on_again", "status")


async def looked_after(stage: Stage) -> None:
    """HR's card through its life: taken, handed back, other times offered, and left at that."""
    team = await hr(stage)
    rows = [row(stage), row(stage, 2, "Li Mei")]
    await stage.import_list(rows)
    first, second = [await comes(stage, booked) for booked in rows]
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(first, "confirm")
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=20))
    await stage.enters(first)
    stage.is_platform_alive = True
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=11))
    cards = [m for m in team.chat if m.is_of_bot and len(m.buttons) == 5]
    stage.holds(len(cards) == 2, f"there was to be a card for each of both, not {len(cards)}")
    for act in ("take", "release", "take", "rebook"):
        await stage.picks(team, act)
    await stage.picks(second, "slot:0")
    await stage.picks(team, "dismiss")
    await stage.passes(minutes=1)
    states = sorted([(await stage.why(f"A-{n}"))["state"] for n in (1, 2)])
    stage.holds(states == ["no_show", "scheduled"], f"one was to be rebooked, one to stay: {states}")
    stage.holds(not any(m.buttons for m in cards), "both cards were to be settled")


async def digested(stage: Stage) -> None:
    """The next morning's digest: who came, who did not and why, and what today needs."""
    team = await hr(stage)
    at_ten = START + timedelta(hours=1)
    tomorrow = TOMORROW_AT_TWO
    rows = [
        row(stage, 1, "Li Lei", 面试时间=at_wall(at_ten)),
        row(stage, 2, "Li Mei", 面试时间=at_wall(at_ten)),
        row(stage, 3, "Han Meimei", 面试时间=at_wall(tomorrow)),
        row(stage, 4, "Zhang San", 面试时间=at_wall(tomorrow + timedelta(hours=2))),
        row(stage, 5, either(stage, "Wu Wei", "吴伟"), 面试时间=at_wall(tomorrow + timedelta(days=1))),
    ]
    await stage.import_list(rows)
    present, absent, _ = [await comes(stage, booked) for booked in rows[:3]]
    await open_slots(stage, 2, 3, 4)
    stage.is_platform_alive = True
    await stage.until(at_ten)
    await stage.signal("joined", "A-1")
    await stage.until(at_ten + timedelta(minutes=11))
    await stage.picks(absent, "reason:forgot")
    await stage.until(at_ten + timedelta(minutes=40))
    await stage.signal("completed", "A-1")
    stage.is_platform_alive = False
    await stage.until(START + timedelta(days=1, minutes=1))
    await was_told(stage, "digest", "start.thanks")
    text = stage.saw(team, "50%").text
    stage.holds("I-1003" in text and "I-1004" in text, f"today's risks were to be named: {text}")
    stage.holds("I-1005" in text, f"who cannot be reached was to be named: {text}")
    await stands(stage, "completed", "A-1")
    stage.saw(present, own(stage, "Front-end engineer"))
