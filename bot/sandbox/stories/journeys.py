"""What becomes of a candidate: they come, or do not, or say so before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    at_wall,
    comes,
    either,
    hr,
    interview_id,
    invited,
    no_show,
    on_telegram,
    open_slots,
    own,
    rebooked,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)


async def day(stage: Stage) -> None:
    """A day with the sample list: one who comes, one who forgets, one whose camera fails, and the digest after."""
    team, helper = await hr(stage), await staff(stage, "Chen, support", "support")
    name = either(stage, "interviews.csv", "面试名单.csv")
    stage.scene(f"$ turnout import {name} --apply")
    result = await stage.import_file(name, (files("bot.sandbox") / "data" / name).read_bytes())
    counts = ", ".join(f"{n} {kind}" for kind, n in result["counts"].items())
    stage.note("turnout", f"{counts}. {result['planned']}")
    await open_slots(stage, 2, 3, 4)
    links = {link["interview"]: link["link"] for link in result["links"]}
    first_day = [each for each in await stage.operations.list({"all": True}) if _starts(each) < _EVENING]
    come, forget, fail = sorted(first_day, key=_starts)[:3]
    people = {each["interview"]: stage.person(each["name"]) for each in (come, forget, fail)}
    for interview, person in people.items():
        await stage.follows(person, links[interview])
    await stage.picks(people[come["interview"]], "confirm")
    for each in sorted(first_day, key=_starts):
        await alive(stage, _starts(each) - timedelta(minutes=1))
        if each not in (forget, fail):
            await stage.signal("joined", each["interview"])
            continue
        await stage.passes(minutes=12)
        candidate = people[each["interview"]]
        if each is forget:
            await stage.picks(candidate, "reason:forgot")
        else:
            await stage.picks(candidate, "reason:technical")
            await stage.picks(candidate, "broken")
            await stage.picks(helper, "take")
            await stage.says(candidate, either(stage, "my camera does not start", "摄像头打不开"))
            await stage.picks(helper, "close")
        await stage.picks(candidate, "slot:0")
    await stage.signal("completed", come["interview"])
    await stage.says(team, either(stage, "list", "今天"))
    await stage.says(team, f"why {forget['interview']}")
    await alive(stage, _EVENING + timedelta(hours=15))
    for each in (forget, fail):
        why = await stage.why(each["interview"])
        stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
        stage.holds(why["attempt"] == 2, f"{each['name']} was to be rebooked")


_EVENING = TOMORROW_AT_TWO + timedelta(hours=5)


def _starts(interview: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(interview["starts_at"])


async def happy(stage: Stage) -> None:
    await hr(stage)
    candidate = await invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "confirm")
    await asks_status(stage, candidate)
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await asks_status(stage, candidate)
    await stage.signal("joined", "A-1")
    await asks_status(stage, candidate)
    await stage.passes(minutes=30)
    await stage.signal("completed", "A-1")
    await asks_status(stage, candidate)
    await stage.says(candidate, either(stage, "hm?", "嗯？"))
    why = await stands(stage, "completed")
    expected = {"24h": "sent", "1h": "skipped", "30m": "sent"}
    stage.holds(verdicts(why) == expected, f"who confirmed gets a shorter ladder: {verdicts(why)}")


async def asks_status(stage: Stage, candidate: Someone) -> None:
    """Where things stand is told at any time, beside whatever is being asked."""
    count = len(candidate.chat)
    await stage.says(candidate, either(stage, "status", "进度"))
    stage.holds(len(candidate.chat) == count + 2, "status was to be answered once")


async def forgot(stage: Stage) -> None:
    _, candidate = await no_show(stage)
    await asks_status(stage, candidate)
    await stage.picks(candidate, "reason:forgot")
    await asks_status(stage, candidate)
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)


async def came_up(stage: Stage) -> None:
    _, candidate = await no_show(stage)
    await stage.says(candidate, own(stage, "a family emergency came up"))
    await stage.picks(candidate, "slot:1")
    await rebooked(stage)


async def technical(stage: Stage) -> None:
    support = await staff(stage, "Chen, support", "support")
    _, candidate = await no_show(stage)
    await stage.picks(candidate, "reason:technical")
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    await stage.says(candidate, own(stage, "my camera does not start"))
    await stage.picks(support, "close")
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)


async def late_join(stage: Stage) -> None:
    await no_show(stage)
    await stage.signal("joined", "A-1")
    why = await stands(stage, "joined")
    stage.holds(why["attempts"][0]["outcome"] == "joined", "the attempt was to count as joined")


async def before(stage: Stage) -> None:
    """Somebody who cannot come says so before the absence."""
    await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "cant")
    await stage.picks(candidate, "reason:came_up")
    await stage.picks(candidate, "slot:0")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempts"][0]["outcome"] == "moved", f"it was to be moved: {why['attempts'][0]}")


async def opt_out(stage: Stage) -> None:
    """First they think better of it, then they mean it; in the end START brings the reminders back."""
    await hr(stage)
    candidate = await invited(stage)
    await stage.says(candidate, either(stage, "stop", "退订"))
    await stage.picks(candidate, "no")
    await stage.says(candidate, either(stage, "stop", "退订"))
    await stage.picks(candidate, "yes")
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=45))
    refused = verdicts(await stage.why("A-1"))
    stage.holds(
        (refused["24h"], refused["1h"]) == ("refused", "refused"), f"nothing more was to be sent: {refused}"
    )
    await stage.says(candidate, either(stage, "START", "恢复"))
    await stage.until(TOMORROW_AT_TWO)
    sent = verdicts(await stage.why("A-1"))
    stage.holds(sent["30m"] == "sent", f"START was to bring the reminders back: {sent}")
    await was_told(stage, "opt_out.kept", "opt_out.done", "opt_out.back", "hr.opted_out")


async def withdrawn(stage: Stage) -> None:
    """A no-show has taken another offer, and takes leave."""
    team, candidate = await no_show(stage)
    await stage.picks(candidate, "more")
    await stage.picks(candidate, "reason:other_offer")
    await stage.picks(candidate, "withdraw")
    await stage.says(candidate, either(stage, "status", "进度"))
    why = await stands(stage, "withdrawn")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "leaving never erases a no-show")
    stage.holds(not stage.newest(team).buttons, "HR's card was to be settled")
    await was_told(stage, "no_show.more", "no_show.leaving", "no_show.left", "status")


async def stuck(stage: Stage) -> None:
    """Three minutes after the start four are asked whether they are stuck, and each answers something else."""
    await hr(stage)
    names = ("Li Lei", "Li Mei", "Han Meimei", "Zhang San")
    rows = [row(stage, number, name) for number, name in enumerate(names, 1)]
    await stage.import_list(rows)
    arrived, troubled, late, absent = [await comes(stage, booked) for booked in rows]
    await open_slots(stage, 2, 3, 4)
    await alive(stage, TOMORROW_AT_TWO + timedelta(minutes=4))
    await stage.picks(arrived, "in")
    await stage.picks(troubled, "technical")
    await stage.picks(troubled, "works")
    await stage.picks(late, "late")
    await stage.picks(absent, "cant")
    await stage.picks(absent, "reason:forgot")
    await stage.picks(absent, "slot:0")
    await stage.signal("joined", "A-1")
    await stage.signal("joined", "A-2")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=15))
    await stands(stage, "scheduled", "A-3")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=21))
    await stands(stage, "joined", "A-1")
    await stands(stage, "joined", "A-2")
    await stands(stage, "no_show", "A-3")
    why = await stands(stage, "scheduled", "A-4")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "who moves after the start has missed it")
    await was_told(stage, "start.stuck", "start.good_luck", "technical.solved", "start.late", "cant_come.ask")


async def attended(stage: Stage) -> None:
    """Somebody was flagged and says that they were there: HR looks, and puts it right."""
    team, candidate = await no_show(stage)
    await stage.says(candidate, own(stage, "I was there, on time"))
    stage.saw(team, own(stage, "I was there, on time"))
    await stage.picks(team, "undo")
    await stage.passes(minutes=1)
    why = await stands(stage, "scheduled")
    stage.holds(why["attempts"][0]["flagged_at"] is None, "the flag was to be taken back")
    await was_told(stage, "no_show.attended", "start.mistaken")


async def limits(stage: Stage) -> None:
    """Moved twice in their own words; the third time a person helps."""
    await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3, 4)
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.picks(candidate, "more")
    await stage.picks(candidate, "typed")
    await stage.says(candidate, either(stage, "Thursday afternoon", "周四下午"))
    await stage.picks(candidate, "slot:0")
    await stage.says(candidate, either(stage, "can we do Friday morning instead?", "能改到周五上午吗"))
    await stage.picks(candidate, "slot:0")
    why = await stage.why("A-1")
    stage.holds(why["attempt"] == 3, f"it was to be moved twice: {why['attempt']}")
    stage.holds(at_wall(datetime.fromisoformat(why["starts_at"])) == "2026-11-27 10:00", why["starts_at"])
    await stage.says(candidate, either(stage, "move", "改约"))
    why = await stage.why("A-1")
    stage.holds(why["attempt"] == 3, "the third move was to be a person's")
    await was_told(stage, "rebook.typed", "rebook.by_person", "support.card", "hr.told")


async def change_of_mind(stage: Stage) -> None:
    """Somebody says this, then that: whatever they write is answered with the times there are, or with a person."""
    await hr(stage)
    candidate = await invited(stage)
    await open_slots(stage, 2, 3)
    await stage.says(candidate, either(stage, "I am ill and cannot come", "我生病了，来不了"))
    await stage.picks(candidate, "more")
    await stage.picks(candidate, "more")
    await stage.says(candidate, either(stage, "Sunday morning?", "周日上午行吗"))
    await stage.says(candidate, either(stage, "can't come", "来不了"))
    await stage.picks(candidate, "reason:unclear")
    await stage.says(candidate, either(stage, "can't come", "来不了"))
    await stage.picks(candidate, "reason:private")
    await stage.says(candidate, either(stage, "can't come", "来不了"))
    await stage.picks(candidate, "reason:other_offer")
    await stage.picks(candidate, "stay")
    await stage.says(candidate, either(stage, "can't come", "来不了"))
    await stage.picks(candidate, "reason:other_offer")
    await stage.picks(candidate, "keep")
    for file in ("sticker", "document"):
        await on_telegram(candidate).sends(file)
        await stage.settle()
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.picks(candidate, "none")
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=20))
    await stage.says(candidate, either(stage, "move", "改约"))
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 1, "nothing was booked by words alone")
    await was_told(
        stage, "rebook.offer", "rebook.by_person", "cant_come.ask", "no_show.leaving", "menu.cannot_read"
    )


async def lapse(stage: Stage) -> None:
    """A no-show does not answer for a day: the digest names them, and the question is still open."""
    team, candidate = await no_show(stage)
    stage.is_platform_alive = False
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=19, minutes=1))
    stage.saw(team, "C-1", last=True)
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=25))
    await stands(stage, "no_show")
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)
    await was_told(stage, "digest")


async def technical_before(stage: Stage) -> None:
    """Trouble an hour before: support is told more and more, takes it, hands it back, settles it; the time stays."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    candidate = await invited(stage)
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    await stage.says(candidate, own(stage, "my camera does not start"))
    await stage.picks(candidate, "broken")
    await stage.says(candidate, own(stage, "It says permission denied"))
    await on_telegram(candidate).sends("photo")
    await stage.settle()
    await stage.says(candidate, either(stage, "thanks", "谢谢"))
    await stage.passes(minutes=6)
    await stage.picks(support, "take")
    count = len(candidate.chat)
    await stage.says(candidate, own(stage, "Is somebody there?"))
    stage.holds(len(candidate.chat) == count + 1, "the bot was to keep silent while somebody has the case")
    stage.saw(support, own(stage, "Is somebody there?"))
    await stage.picks(support, "release")
    await stage.picks(support, "take")
    await stage.picks(support, "close")
    await stage.picks(candidate, "works")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 1, "the time was to stay")
    await was_told(
        stage,
        "technical.fix",
        "technical.waiting",
        "technical.added",
        "technical.thanked",
        "menu.added",
        "support.words",
        "support.released",
        "technical.closed",
        "technical.solved",
    )


async def outside_hours(stage: Stage) -> None:
    """Technical trouble in the evening, when support has gone home: other times at once, support in the morning."""
    at_seven = TOMORROW_AT_TWO + timedelta(hours=5)
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    candidate = await invited(stage, 面试时间=at_wall(at_seven))
    await open_slots(stage, 2, 3, 4)
    await alive(stage, at_seven + timedelta(minutes=4))
    await stage.picks(candidate, "technical")
    await stage.picks(candidate, "broken")
    await stage.picks(candidate, "slot:0")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "who moves after the start has missed it")
    await stage.until(at_seven + timedelta(hours=14, minutes=10))
    await stage.picks(support, "close")
    await was_told(stage, "technical.fix", "rebook.offer", "rebook.done", "support.card")


async def many_flags(stage: Stage) -> None:
    """A campus start: six do not come, and HR gets one list, a page at a time, that is kept up to date."""
    team = await hr(stage)
    rows = [row(stage, number, f"{own(stage, 'Student')} {number}") for number in range(1, 7)]
    await stage.import_list(rows)
    students = [await comes(stage, booked) for booked in rows]
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=1))
    seen = len(team.chat)
    await alive(stage, TOMORROW_AT_TWO + timedelta(minutes=9))
    await stage.passes(minutes=2)
    new = [message for message in team.chat[seen:] if message.is_of_bot and message.buttons]
    lists = [message for message in new if all(f"I-100{number}" in message.text for number in range(1, 5))]
    stage.holds(len(lists) == 1, f"six flags were to stand in one list, not in {len(lists)}")
    stage.holds(len(new) == 1, f"no flag was to come alone, and {len(new) - 1} did")
    for number in range(1, 7):
        await stands(stage, "no_show", f"A-{number}")
    await stage.picks(students[0], "reason:forgot")
    await stage.picks(students[0], "slot:0")
    await stage.picks(students[1], "reason:came_up")
    await stage.picks(team, "refresh")
    await stage.picks(team, f"open:{await interview_id(stage, 'A-3')}")
    await was_told(stage, "alert.list", "alert.card")
