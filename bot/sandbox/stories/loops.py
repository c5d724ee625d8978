"""The whole loop on whatever platforms a stage has: one comes, one forgets, one has trouble."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    comes,
    hr,
    listed,
    open_slots,
    own,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)

MAILBOXES = """
[teams]
hr = { at = "email.main:hr@nebula.example", locale = "<locale>" }
support = { at = "email.main:support@nebula.example", locale = "<locale>" }
"""

_REACHED_BY = {"邮箱": "email", "手机": "sms"}


async def loop(stage: Stage) -> None:
    """Reminded at each rung: one confirms and comes, one forgets and is rebooked, one is helped by support."""
    await loop_of(stage, (stage.main,) * 3)


async def loop_of(stage: Stage, on: tuple[str, str, str]) -> None:
    """The same, each of the three on a platform of their own; the list knows of each only what is needed there."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    names = ("Li Lei", "Li Mei", "Han Meimei")
    rows = [row(stage, number, name) for number, name in enumerate(names, 1)]
    for booked, platform in zip(rows, on, strict=True):
        listed(stage, booked, platform)
        if len(stage.platforms) > 1:
            booked |= {column: "" for column, needed in _REACHED_BY.items() if needed != platform}
    await stage.import_list(rows)
    present, absent, troubled = [
        await comes(stage, booked, platform) for booked, platform in zip(rows, on, strict=True)
    ]
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(present, "confirm")
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await stage.enters(present)
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    await _forgot(stage, absent)
    await _troubled(stage, troubled, support)
    await stage.signal("completed", "A-1")
    await _went_as_told(stage)


async def _forgot(stage: Stage, candidate: Someone) -> None:
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")


async def _troubled(stage: Stage, candidate: Someone, support: Someone) -> None:
    await stage.picks(candidate, "reason:technical")
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    await stage.says(candidate, own(stage, "my camera does not start"))
    stage.saw(support, own(stage, "my camera does not start"))
    await stage.picks(support, "close")
    await stage.picks(candidate, "slot:0")


async def _went_as_told(stage: Stage) -> None:
    """Everybody got every rung that was theirs, and who did not come has another time."""
    why = await stands(stage, "completed", "A-1")
    stage.holds(why["confirmed"], "who confirmed was to be known as such")
    stage.holds(verdicts(why) == {"24h": "sent", "1h": "skipped", "30m": "sent"}, f"{verdicts(why)}")
    for name in ("A-2", "A-3"):
        why = await stands(stage, "scheduled", name)
        stage.holds(set(verdicts(why).values()) == {"sent"}, f"every rung was to be sent: {verdicts(why)}")
        stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
        stage.holds(why["attempt"] == 2, f"{name} was to be rebooked")
    await was_told(
        stage, "greeting", "reminder", "no_show.ask", "rebook.done", "support.card", "start.thanks"
    )
