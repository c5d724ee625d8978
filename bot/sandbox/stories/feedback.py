"""What comes after: how it was, asked once and kindly; and what stands on the screen in between."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    either,
    hr,
    invited,
    on_telegram,
    open_slots,
    own,
    staff,
    stands,
    was_told,
)
from conversations.events import Event, Wanted
from store import feedback, interviews


async def content(stage: Stage) -> None:
    """Everything went well: one tap, one for the reminders, thanks."""
    team = await hr(stage)
    candidate = await invited(stage)
    await _took_place(stage)
    await stage.passes(minutes=16)
    await stage.picks(candidate, "overall:5")
    await stage.picks(candidate, "reminders:0")
    await was_told(stage, "start.thanks", "survey.overall", "survey.reminders", "survey.more")
    told = len(team.chat)
    await stage.passes(hours=3)
    stage.holds(len(team.chat) == told, "a good score was to trouble nobody")
    if stage.platforms[stage.main].has_buttons:
        words = either(stage, "The interviewer was on time", "面试官很准时，流程清楚")
        await stage.says(candidate, words)
        stage.saw(team, words)
        await was_told(stage, "hr.words", "survey.noted")
    await _kept(stage, {"overall": 5, "reminders": 0})


async def not_content(stage: Stage) -> None:
    """The camera failed and help came late: HR hears of it at once, and in their words."""
    team = await hr(stage)
    helper = await staff(stage, "Chen, support", "support")
    candidate = await invited(stage)
    await opens_home(stage, candidate)
    await opens_home(stage, team)
    await open_slots(stage, 2, 3)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=30))
    await stage.says(candidate, own(stage, "my camera does not start"))
    await stage.picks(candidate, "broken")
    await stage.picks(helper, "take")
    await stage.picks(helper, "close")
    await stage.picks(candidate, "works")
    await _took_place(stage)
    await stage.passes(minutes=16)
    await stage.picks(candidate, "overall:2")
    stage.saw(team, own(stage, "Li Lei"), last=True)
    await stage.picks(candidate, "reminders:0")
    await stage.picks(candidate, "support:0")
    await stage.says(candidate, own(stage, "The link never opened"))
    stage.saw(team, own(stage, "The link never opened"), last=True)
    await was_told(stage, "survey.support", "survey.sorry", "survey.thanks", "hr.low_score", "home")
    await _kept(stage, {"overall": 2, "reminders": 0, "support": 0})


GROUP = -1_002_000_000_003
"""The number the stand-in gives a group that is made third."""
IN_A_GROUP = f'\n[teams]\nhr = "telegram.main:{GROUP}"\n'


async def place_lost(stage: Stage) -> None:
    """The bot is thrown out of HR's group: everybody of HR hears of it in person, with what to do."""
    team = on_telegram(await hr(stage))
    candidate = on_telegram(stage.person(own(stage, "Li Lei")))
    group = stage.telegram.group("HR", [team, candidate])
    stage.holds(group.id == GROUP, f"the group was to be {GROUP}, and is {group.id}")
    await invited(stage)
    stage.note(team.name, "✕")
    await group.throws_out(team)
    await stage.says(candidate, either(stage, "I'm late", "迟到"))
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=20))
    await stage.says(candidate, either(stage, "I'm late", "迟到"))
    await was_told(stage, "notice.place_lost")


async def opens_home(stage: Stage, who: Someone) -> None:
    """Have somebody open what a platform shows as its home screen."""
    user = str(on_telegram(who).id)
    now = stage.clock.now()
    body = Wanted("home")
    event = Event(f"home-{user}-{now.timestamp()}", "telegram.main", now, body, "telegram.main", user, user)
    await stage.app.runtime.receive([event])
    await stage.settle()


async def _took_place(stage: Stage) -> None:
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await stage.signal("joined", "A-1")
    await stage.passes(minutes=45)
    await stage.signal("completed", "A-1")
    await stands(stage, "completed")


async def _kept(stage: Stage, scores: dict[str, int]) -> None:
    async with stage.app.db.read() as tx:
        found = await interviews.by_name(tx, "A-1")
        known = await feedback.of_attempt(tx, found.attempt.id) if found else {}
    stage.holds(known == scores, f"the answers were to be kept: {known}")
