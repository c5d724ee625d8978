"""What a move leaves behind, whoever makes it, and what its calendar file says."""

from __future__ import annotations

import icalendar

from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import TOMORROW_AT_TWO, invited, open_slots, row, verdicts


async def test_a_list_that_moves_an_interview_settles_the_old_reminders() -> None:
    async with await Stage.open("en") as stage:
        await invited(stage)
        again = await stage.import_list([{**row(stage), "面试时间": "2026-11-25 16:00"}])
        assert again["counts"]["changed"] == 1
        assert again["planned"] == "Reminders: +3 −3 moved."
        why = await stage.why("A-1")
        assert set(verdicts(why, attempt=1).values()) == {"superseded"}
        assert "planned" in verdicts(why, attempt=2).values()
        assert why["attempts"][0]["outcome"] == "moved"


async def test_the_calendar_file_has_the_new_time_and_a_higher_sequence() -> None:
    async with await Stage.open("en") as stage:
        await stage.hr()
        candidate = await invited(stage)
        await open_slots(stage, 2)
        await stage.until(TOMORROW_AT_TWO.replace(hour=0))
        await stage.picks(candidate, "move")
        await stage.picks(candidate, "slot:0")
        file = next(m for m in candidate.chat if m.document == "interview.ics")
        (event,) = icalendar.Calendar.from_ical(file.data).events
        starts_at = (await stage.why("A-1"))["starts_at"]
        assert event.start.isoformat() == starts_at.replace("Z", "+00:00")
        assert event["SEQUENCE"] == 2
