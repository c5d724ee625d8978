"""Two months of sample interviews: HR looks at every figure, and a week of mornings is told once each."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.month import Loaded, load_month
from bot.sandbox.people import Seen, Someone
from bot.sandbox.stage import COMPANY_ZONE, START, Stage
from bot.sandbox.stories.story import (
    EVERYTHING,
    TOMORROW_AT_TWO,
    at_wall,
    comes,
    either,
    hr,
    row,
    staff,
    stands,
    was_told,
)
from locales.text import ct
from store import outbox

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


async def loaded(stage: Stage) -> Loaded:
    """Put the sample month into the story's database, as of now and in the story's language."""
    company = either(stage, "Nebula", "星云科技")
    async with stage.app.db.write() as tx:
        return await load_month(
            tx, stage.clock.now(), company=company, zone=COMPANY_ZONE, locale=stage.locale
        )


async def asked(stage: Stage, who: Someone, english: str, chinese: str) -> list[Seen]:
    """Type something, and return what came back: words, and perhaps a picture after them."""
    count = len(who.chat)
    await stage.says(who, either(stage, english, chinese))
    found = [seen for seen in list(who.chat)[count:] if seen.is_of_bot]
    stage.holds(bool(found), f"{english} was to be answered")
    return found


async def looked_at(stage: Stage) -> None:
    """HR asks for every figure of the sample month: the white paper's case, to be seen in a chat."""
    team = await hr(stage)
    month = await loaded(stage)
    day = month.go_live.isoformat()

    async def told(english: str, chinese: str, *words: str, picture: str = "") -> str:
        found = await asked(stage, team, english, chinese)
        text = found[0].text
        for word in words:
            stage.holds(word in text, f"{english} was to say {word}: {text}")
        files = [str(getattr(seen, "document", None) or "") for seen in found]
        stage.holds(not picture or files[-1].endswith(picture), f"{english} was to bring {picture}: {files}")
        return text

    days = f"{day}..{START:%Y-%m-%d}"
    await told(f"stats {days}", f"统计 {days}", "24", "400", "82")
    await told("stats last90d by:type", "统计 last90d 按:类型", picture="groups.png")
    await told("stats last90d by:hour", "统计 last90d 按:时段")
    await told("stats definitions", "统计 口径")
    await told("reasons last90d", "原因 last90d", "23", picture="reasons.png")
    await told("trend", "趋势", picture="trend.png")
    await told(f"report {day}", f"报告 {day}", "18", "6", "35", "82", picture="change.png")
    await told("standard", "达标")
    await told("risk", "风险名单", "I-")
    await told("weekly", "周报", picture="trend.png")
    await told("monthly", "月报", picture="trend.png")
    await told("quarterly", "季报")
    await told("digest", "日报", "I-")
    await told("digest fortnight", "日报 双周")
    await was_told(
        stage, "command.stats", "command.trend", "command.reasons", "command.report", "command.standard",
        "command.risk", "digest.period", "command.digest", "digest", "picture",
    )  # fmt: skip


# -- a week of mornings ----------------------------------------------------------------------------------


async def mornings(stage: Stage) -> None:
    """From Tuesday to the Wednesday after: each digest once, through two crashes; its lines close themselves."""
    team = await hr(stage)
    await staff(stage, "Chen, support", "support")
    rows = [
        row(stage, 1, "Li Lei"),
        row(stage, 2, "Li Mei", 面试时间=at_wall(TOMORROW_AT_TWO + 2 * _HOUR)),
        row(stage, 3, "Han Meimei", 面试时间=at_wall(TOMORROW_AT_TWO + 3 * _DAY)),
    ]
    await stage.import_list(rows)
    first = await comes(stage, rows[0])
    third = await comes(stage, rows[2])
    await stage.until(START + _DAY + timedelta(minutes=2))
    morning = stage.newest(team)
    stage.holds(
        "I-1001" in morning.text and "I-1002" in morning.text, f"risks were to be named: {morning.text}"
    )
    await _lines(stage, team, first, morning)
    await stage.says(third, either(stage, "person", "人工"))
    await _sleeps(stage, START + 2 * _DAY - _HOUR, minutes=75)
    late = stage.newest(team)
    await stage.picks(team, "take:C-1")
    stage.holds("✓" in late.text, f"the case's line was to say who has it: {late.text}")
    await stage.until(START + 3 * _DAY - _HOUR)
    await _dies_after_timers(stage, START + 3 * _DAY)
    await stage.until(START + 9 * _DAY + timedelta(minutes=5))
    await _once_each(stage)
    await stage.picks(team, "score:5")
    call = stage.words(ct("button", "Call {label}", label="I-1003"))
    stage.holds(not any(call in seen.presses for seen in team.chat), "Friday's buttons were to go")
    await was_told(stage, "digest", "digest.period", "digest.call", "hr.opinion")


async def _lines(stage: Stage, team: Someone, candidate: Someone, morning: Seen) -> None:
    """One is nudged and confirms, one is called and called off: each line says so where it stands."""
    await stage.picks(team, "call:I-1002")
    stage.saw(team, "+86", last=True)
    await stage.picks(team, "nudge:I-1002")
    await stage.picks(team, "nudge:I-1001")
    told = len(team.chat)
    await stage.picks(candidate, "confirm")
    await stage.checks(candidate, phone="13800001234")
    stage.holds("✓ 14:00 I-1001" in morning.text, f"the line was to close itself: {morning.text}")
    stage.holds(len(team.chat) == told, "nothing was to be said again")
    await stage.says(team, either(stage, "cancel I-1002 --yes", "取消 I-1002 --yes"))
    await stands(stage, "cancelled", "A-2")
    stage.holds("✓ 16:00 I-1002" in morning.text, f"the second, too: {morning.text}")
    stage.holds(not morning.presses, f"nothing was to be left to press: {morning.presses}")


async def _sleeps(stage: Stage, at: datetime, minutes: int) -> None:
    """The process is gone for a while, over the time of a digest: it comes late, and says so."""
    await stage.until(at)
    stage.scene("…")
    stage.clock.set(stage.clock.now() + timedelta(minutes=minutes))
    await stage.app.upkeep.at_start()
    await stage.settle()


async def _dies_after_timers(stage: Stage, at: datetime) -> None:
    """The process dies between the timer and the message: the next one finds the event, and says it."""
    stage.clock.set(at)
    await stage.app.pumps.timers_once()
    stage.scene("…")
    await stage.app.pumps.recover()
    await stage.app.upkeep.at_start()
    await stage.settle()


async def _once_each(stage: Stage) -> None:
    """Each weekday has had one digest, Monday the week's as well, and the first of December the month's."""
    async with stage.app.db.read() as tx:
        rows = [each for each in await outbox.listing(tx, limit=EVERYTHING) if each.state == "accepted"]
    said = sorted(each.message.key for each in rows if each.kind == "digest" and each.edits is None)
    days = [START.date() + n * _DAY for n in (1, 2, 3, 4, 7, 8, 9)]
    expected = [f"digest:hr:{day.isoformat()}" for day in days]
    stage.holds(said == expected, f"each morning was to be told once: {said}")
    longer = [each for each in rows if each.kind == "digest.period"]
    stage.holds(len(longer) == 2, f"a week and a month were to be told, not {len(longer)}")
