"""When something goes wrong: with platforms, with us, with links, with people who are not who they seem."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.story import (
    LINK,
    TOMORROW_AT_TWO,
    at_wall,
    comes,
    either,
    hr,
    invited,
    no_show,
    on_telegram,
    own,
    rebooked,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)
from conversations.identity import Address
from conversations.messages import Message
from store import interviews, outbox, people, slots


async def outage(stage: Stage) -> None:
    team = await hr(stage)
    await invited(stage)
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=40))
    why = await stage.why("A-1")
    stage.holds(why["state"] == "scheduled", f"nobody was to be flagged: {why['state']}")
    told = [m for m in team.chat if m.is_of_bot and ("platform" in m.text.lower() or "平台" in m.text)]
    stage.holds(len(told) == 1, f"HR was to be told once, not {len(told)} times")


async def manual(stage: Stage) -> None:
    team = await hr(stage)
    await invited(stage)
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=11))
    stage.holds((await stage.why("A-1"))["state"] == "scheduled", "nobody is flagged unanswered")
    await stage.picks(team, "done")
    await stage.passes(minutes=1)
    why = await stage.why("A-1")
    stage.holds(why["state"] == "no_show", f"HR's answer was to flag: {why['state']}")


async def duplicates(stage: Stage) -> None:
    await hr(stage)
    candidate = await invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "confirm")
    before = len(candidate.chat)
    for update in list(stage.telegram.updates.all):
        stage.telegram.again(update.number)
    await stage.settle()
    stage.holds(len(candidate.chat) == before, "callbacks that came twice were to change nothing")


async def slot_lost(stage: Stage) -> None:
    others = [row(stage, n, f"{own(stage, 'Candidate')} {n}") for n in range(2, 11)]
    await stage.import_list(others)
    _, candidate = await no_show(stage)
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
    await rebooked(stage)


async def three_days_down(stage: Stage) -> None:
    team = await hr(stage)
    candidate = await invited(stage)
    seen = len(candidate.chat)
    stage.scene("…")
    stage.clock.set(START + timedelta(days=3))
    await stage.app.upkeep.at_start()
    await stage.settle()
    why = await stage.why("A-1")
    stage.holds(why["state"] == "scheduled", f"our own silence flags nobody: {why['state']}")
    stage.holds(len(candidate.chat) - seen <= 1, "at most one message after an outage")
    stage.holds("sent" not in verdicts(why).values(), f"no reminder after the start: {verdicts(why)}")
    stage.holds(len(team.chat) > 2, "HR was to be told of the outage")


async def night(stage: Stage) -> None:
    """The bot comes back in the night, and a reminder would be too late in the morning: HR knows, nobody is woken."""
    at_nine = START + timedelta(days=2)
    team = await hr(stage)
    candidate = await invited(stage, 面试时间=at_wall(at_nine))
    await stage.until(at_nine - timedelta(hours=25))
    seen = len(candidate.chat)
    stage.scene("…")
    stage.clock.set(at_nine - timedelta(hours=10))
    await stage.app.upkeep.at_start()
    await stage.settle()
    stage.holds(len(candidate.chat) == seen, "nobody was to be woken")
    why = await stage.why("A-1")
    stage.holds(verdicts(why)["24h"] == "expired", f"the reminder was to expire: {verdicts(why)}")
    stage.saw(team, "I-1")
    await was_told(stage, "hr.quiet", "notice.outage")


async def shadow(stage: Stage) -> None:
    candidate = await invited(stage)
    await stage.until(TOMORROW_AT_TWO)
    why = await stage.why("A-1")
    stage.holds(set(verdicts(why).values()) == {"would-send"}, f"nothing was to be sent: {verdicts(why)}")
    reminders = [m for m in candidate.chat if m.is_of_bot and LINK in m.text]
    stage.holds(not reminders, "no reminder was to arrive")


async def blocked(stage: Stage) -> None:
    """A candidate blocks the bot: HR finds them in the list of those we cannot reach; they come back by START."""
    team = await hr(stage)
    rows = [row(stage), row(stage, 2, "Li Mei")]
    await stage.import_list(rows)
    candidate = await comes(stage, rows[0])
    stage.note(candidate.name, "✕")
    await on_telegram(candidate).blocks()
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=23))
    refused = verdicts(await stage.why("A-1"))
    stage.holds(refused["24h"] == "refused", f"the reminder was to be refused: {refused}")
    await was_told(stage, "unbound.card")
    stage.saw(team, own(stage, "Li Mei"))
    stage.saw(team, own(stage, "Li Lei"))
    await on_telegram(candidate).starts()
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=50))
    sent = verdicts(await stage.why("A-1"))
    stage.holds(sent["1h"] == "sent", f"who came back was to be reminded: {sent}")
    await was_told(stage, "menu")


async def second_account(stage: Stage) -> None:
    """Strangers: somebody without a link, with a broken one, with somebody else's; and a former colleague."""
    team = await hr(stage)
    stranger = stage.person(either(stage, "Somebody", "路人"))
    await stage.says(stranger, either(stage, "hello", "你好"))
    await stage.follows(stranger, f"https://t.me/{stage.telegram.username}?start=brokenbrokenbroken")
    candidate = await invited(stage)
    link = await stage.invite("A-1")
    seen = len(candidate.chat)
    await stage.follows(stranger, link)
    stage.saw(team, "I-1")
    stage.holds(len(candidate.chat) == seen, "the candidate was not to be troubled")
    await stage.follows(candidate, link)
    former = await staff(stage, "Zhou, director", "viewer")
    async with stage.app.db.write() as tx:
        known = await people.by_address(tx, Address("telegram.main", str(on_telegram(former).id)))
        if known is not None:
            await people.save(tx, replace(known, roles=frozenset()))
    await stage.says(former, either(stage, "status", "进度"))
    async with stage.app.db.read() as tx:
        found = await interviews.by_name(tx, "A-1")
        person = await people.get(tx, found.person) if found else None
    accounts = {binding.address.user for binding in person.reachable} if person else set()
    stage.holds(
        accounts == {str(on_telegram(candidate).id)}, f"the link was to stay the candidate's: {accounts}"
    )
    await was_told(
        stage,
        "greeting.stranger",
        "greeting.expired",
        "greeting.not_yours",
        "notice.used_link",
        "menu.nothing",
        "menu",
    )


async def put_aside(stage: Stage) -> None:
    """A message breaks while it is rendered: it waits for a person, HR is told, everything else goes on."""
    team = await hr(stage)
    candidate = await invited(stage)
    channel: Any = stage.app.channels["telegram.main"]
    rendered = channel.render

    def broken(message: Message, envelope: Any) -> Any:
        if message.kind == "reminder":
            raise ValueError("the sandbox breaks this one")
        return rendered(message, envelope)

    channel.render = broken
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=23))
    aside = verdicts(await stage.why("A-1"))
    stage.holds(aside["24h"] == "refused", f"the reminder was to be put aside: {aside}")
    stage.saw(team, "turnout admin outbox")
    await stage.says(candidate, either(stage, "privacy", "隐私"))
    channel.render = rendered
    for one in await stage.operations.outbox_list({"state": "dead"}):
        stage.note("turnout", "admin outbox retry")
        await stage.operations.outbox_retry({"id": one["id"]})
    await stage.settle()
    stage.saw(candidate, own(stage, "Front-end engineer"), last=True)
    retried = verdicts(await stage.why("A-1"))
    stage.holds(retried["24h"] == "sent", f"what was retried and arrived was to be sent: {retried}")
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=50))
    sent = verdicts(await stage.why("A-1"))
    stage.holds(sent["1h"] == "sent", f"everything else was to go on: {sent}")
    await was_told(stage, "notice.put_aside", "privacy", "reminder")


async def not_asked(stage: Stage) -> None:
    """A no-show blocked us just before: HR is told in time that nobody could ask them."""
    team = await hr(stage)
    candidate = await invited(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=29))
    await on_telegram(candidate).blocks()
    stage.is_platform_alive = True
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=56))
    stage.saw(team, own(stage, "Li Lei"))
    why = await stands(stage, "no_show")
    stage.holds(why["attempts"][0]["contacted_at"] is None, "nobody was asked")
    async with stage.app.db.read() as tx:
        told = [r for r in await outbox.listing(tx, limit=100) if r.kind == "hr.not_asked"]
    stage.holds(len(told) == 1, "HR was to be told once")
