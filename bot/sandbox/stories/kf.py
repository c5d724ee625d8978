"""On personal WeChat by WeCom: 微信客服, which answers whoever wrote, and 客户联系, which welcomes once."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.sandbox.contact import ContactPerson
from bot.sandbox.kf import KfPerson
from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    comes,
    either,
    flagged,
    listed,
    open_slots,
    own,
    rebooked,
    row,
    stands,
    verdicts,
    was_told,
)
from bot.sandbox.wecom import WeComPerson

ONE_BY_ONE = """
[companies."<company>"]
rungs = [
  { before = "24h", delivery = "fallback" },
  { before = "1h", delivery = "fallback" },
  { before = "30m", delivery = "fallback" },
]
"""
PICTURE = b"\xff\xd8\xff\xe0 a screenshot"
FORM = b"%PDF-1.7 a certificate"
SPREAD = timedelta(minutes=5)
"""By how much cards to staff on WeCom may be late at a full or half hour: Tencent asks for that."""


def on_kf(who: Someone) -> KfPerson:
    """Return somebody as who they are with the customer service, where they can do what people do nowhere else."""
    if not isinstance(who, KfPerson):
        raise TypeError(f"{who.name} is no customer of 微信客服")
    return who


async def arrived(stage: Stage) -> tuple[Someone, KfPerson]:
    """Import an interview, with HR on WeCom, and let the candidate come by the link of their invitation."""
    team = await stage.staff(own(stage, "Wang Fang, HR"), "hr", "wecom")
    booked = row(stage)
    for platform in stage.platforms:
        if platform != "wecom":
            listed(stage, booked, platform)
    await stage.import_list([booked])
    candidate = on_kf(await comes(stage, booked))
    stage.holds(bool(candidate.chat), "who comes by their link was to be welcomed within 20 seconds")
    return team, candidate


# -- stories ---------------------------------------------------------------------------------------------


async def by_link(stage: Stage) -> None:
    """By a link that says who they are: welcomed, confirmed and moved in the chat, by a number and by an item."""
    _, candidate = await arrived(stage)
    welcome = candidate.last
    stage.holds(bool(welcome.presses), f"the welcome was to have items to tap: {welcome.text}")
    await open_slots(stage, 2, 3, 4)
    await stage.says(candidate, either(stage, "when is it?", "几点面试？"))
    stage.holds(candidate.last is not welcome, "who asks was to be answered")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(candidate, "confirm")
    why = await stands(stage, "scheduled")
    stage.holds(why["confirmed"], "it was to be confirmed")
    await _moves(stage, candidate, "１")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 2, "a number typed was to be as good as an item tapped")
    await _moves(stage, candidate)
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 3, "an item tapped was to move it again")
    stage.holds(len(stage.kf.sent) > 5, "each message of theirs was to make room for five of ours")
    await was_told(stage, "greeting", "reminder", "rebook.done")


async def _moves(stage: Stage, candidate: KfPerson, number: str = "") -> None:
    await stage.says(candidate, either(stage, "move", "改约"))
    if number:
        await stage.says(candidate, number)
    else:
        await stage.picks(candidate, "slot:1")


async def silent(stage: Stage) -> None:
    """Who came and never wrote cannot be reminded there: the reminders go by text, until they write."""
    _, candidate = await arrived(stage)
    phone = listed(stage, row(stage), "sms")
    count, texts = len(candidate.chat), len(phone.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    stage.holds(len(candidate.chat) == count, "nobody was to be written to whose window is shut")
    stage.holds(len(phone.chat) > texts, "the reminder was to go by text instead")
    await stage.says(candidate, either(stage, "Is somebody there?", "有人在看吗？"))
    stage.holds(len(candidate.chat) > count + 1, "who writes was to be answered there")
    count, texts = len(candidate.chat), len(phone.chat)
    await alive(stage, TOMORROW_AT_TWO - timedelta(hours=1))
    stage.holds(len(candidate.chat) > count, "who wrote was to be reminded there again")
    stage.holds(len(phone.chat) == texts, "and no more by text")
    why = await stands(stage, "scheduled")
    stage.holds(verdicts(why)["24h"] == "sent", f"the first was to be sent all the same: {verdicts(why)}")


async def alone(stage: Stage) -> None:
    """Who came and never wrote, and is reached nowhere else: HR has the words to send, and it counts when they did."""
    team, candidate = await arrived(stage)
    count = len(candidate.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24) + SPREAD)
    stage.holds(len(candidate.chat) == count, "nobody was to be written to whose window is shut")
    why = await stands(stage, "scheduled")
    stage.holds(verdicts(why)["24h"] == "planned", f"nothing was to count as sent yet: {verdicts(why)}")
    await stage.picks(team, "sent")
    why = await stands(stage, "scheduled")
    stage.holds(verdicts(why)["24h"] == "sent", f"what HR sent was to count: {verdicts(why)}")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=1) + SPREAD)
    await stage.picks(team, "not_sent")
    why = await stands(stage, "scheduled")
    stage.holds(
        verdicts(why)["1h"] not in ("sent", "planned"), f"and what they did not, not: {verdicts(why)}"
    )
    stage.holds(len(candidate.chat) == count, "and still nobody was to be written to")


async def many(stage: Stage) -> None:
    """Five reminders to be sent by hand at once: one list, opened one by one, and each counts when somebody says so."""
    team = await stage.staff(own(stage, "Wang Fang, HR"), "hr", "wecom")
    rows = [row(stage, n, f"{own(stage, 'Student')} {n}") for n in range(1, 6)]
    for booked in rows:
        listed(stage, booked)
    await stage.import_list(rows)
    for booked in rows:
        await comes(stage, booked)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=25))
    count = len(team.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24) + SPREAD)
    told = team.chat[count:]
    stage.holds(len(told) == 1, f"there was to be one list: {[each.text for each in told]}")
    await stage.picks(team, "page")
    await stage.says(team, "1")
    stage.saw(team, "I-1005 ")
    await stage.picks(team, "sent")
    for n in (1, 5):
        verdict = verdicts(await stands(stage, "scheduled", f"A-{n}"))["24h"]
        stage.holds((verdict == "sent") == (n == 5), f"only the one was to be sent: {n}, {verdict}")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2) + SPREAD)
    stage.did_not_see(team, either(stage, "this reminder was not sent in time", "这条提醒没有及时发出"))
    await was_told(stage, "together.list", "by_hand", "by_hand.over")


async def no_show(stage: Stage) -> None:
    """Absent, with the window shut: asked by text, and as soon as they write the rest is settled in the chat."""
    team, candidate = await arrived(stage)
    await open_slots(stage, 2, 3, 4)
    await flagged(stage)
    await stage.says(candidate, either(stage, "sorry, I forgot", "不好意思，我忘了"))
    stage.holds(
        candidate.last.presses != {}, f"who writes was to be offered times there: {candidate.last.text}"
    )
    await shown_each_other(stage, team, candidate)
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)


async def shown_each_other(stage: Stage, team: Someone, candidate: KfPerson) -> None:
    """HR writes with the candidate: a screenshot and a document come to HR's app, a picture goes back."""
    await stage.picks(team, "take")
    await stage.picks(team, "write")
    sent: tuple[tuple[Literal["image", "file"], bytes, str], ...] = (
        ("image", PICTURE, ""),
        ("file", FORM, "证明.pdf"),
    )
    for kind, data, name in sent:
        stage.note(candidate.name, f"📎 {name}")
        await candidate.sends(kind, data, name)
        await stage.settle()
        seen = [each for each in team.chat if each.data == data]
        stage.holds(len(seen) == 1, f"what the candidate sent was to come to HR: {kind}")
        stage.holds(name in (seen[0].document or ""), f"it was to keep its name: {seen[0].document}")
    stage.note(team.name, "📎")
    await _member(team).sends("image", PICTURE)
    await stage.settle()
    brought = [each for each in candidate.chat if each.is_of_bot and each.data == PICTURE]
    stage.holds(len(brought) == 1, "HR's picture was to come to the candidate")
    await stage.says(team, either(stage, "hand back", "交还"))


def _member(who: Someone) -> WeComPerson:
    found = getattr(who, "inbox", who)
    if not isinstance(found, WeComPerson):
        raise TypeError(f"{who.name} is no member of the company")
    return found


async def not_arrived(stage: Stage) -> None:
    """WeChat takes a reminder and says afterwards that it did not arrive: it goes by text."""
    _, candidate = await arrived(stage)
    phone = listed(stage, row(stage), "sms")
    await stage.says(candidate, either(stage, "when is it?", "几点面试？"))
    stage.note(candidate.name, "✕")
    await candidate.turns_off()
    await stage.settle()
    count, texts = len(candidate.chat), len(phone.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    stage.holds(len(candidate.chat) == count, "nothing was to arrive in the chat")
    stage.holds(len(phone.chat) > texts, "the reminder was to go by text")
    texts = len(phone.chat)
    await candidate.turns_on()
    await stage.says(candidate, either(stage, "confirm", "准时参加"))
    stage.holds(len(candidate.chat) > count + 1, "who writes was to be answered there again")


async def taken_over(stage: Stage) -> None:
    """A member of the company has the talk: the bot is silent there, and the reminder goes by text."""
    _, candidate = await arrived(stage)
    phone = listed(stage, row(stage), "sms")
    await stage.says(candidate, either(stage, "when is it?", "几点面试？"))
    stage.note("Zhangsan", "⇢")
    stage.kf.takes_over(candidate)
    stage.kf.answers(candidate, either(stage, "Hello, how can I help?", "您好，有什么可以帮您？"))
    await stage.settle()
    asked = len(stage.kf.calls)
    await stage.says(candidate, either(stage, "I would like to move it", "改约"))
    writes = [call for call in stage.kf.calls[asked:] if call.method.startswith("kf/send_msg")]
    stage.holds(writes == [], "what is said to a person was to move nothing on")
    await stage.picks(candidate, "confirm")
    why = await stands(stage, "scheduled")
    stage.holds(not why["confirmed"], "a tap in a talk that a person has was to be theirs, too")
    count, texts = len(candidate.chat), len(phone.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    stage.holds(len(candidate.chat) == count, "nobody was to talk into a talk that a person has")
    stage.holds(len(phone.chat) > texts, "the reminder was to go by text")
    stage.kf.closes(candidate)
    await stage.says(candidate, either(stage, "confirm", "准时参加"))
    stage.holds(candidate.last.is_of_bot, "a new talk was to be the bot's again")
    stage.holds((await stands(stage, "scheduled"))["confirmed"], "and an answer an answer")


async def added(stage: Stage) -> None:
    """An employee is added by the code of an invitation: one welcome with the links, all the rest on our page."""
    team = await stage.staff(own(stage, "Wang Fang, HR"), "hr", "wecom")
    booked = row(stage)
    visitor = listed(stage, booked)
    await stage.import_list([booked])
    await stage.follows(visitor, await stage.invite(booked["编号"]))
    candidate = _contact(visitor)
    welcome = candidate.last
    stage.holds(bool(welcome.opens), f"the welcome was to lead to our page: {welcome.text}")
    stage.holds(len(stage.contacts.sent) == 1, "there was to be one welcome")
    await stage.picks(visitor, "confirm")
    why = await stands(stage, "scheduled")
    stage.holds(why["confirmed"], "what was answered on the page was to count")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24) + SPREAD)
    stage.holds(len(stage.contacts.sent) == 1, "nothing more can be said there")
    stage.note("WangFang", "⇢")
    stage.contacts.writes("WangFang", candidate, either(stage, "See you tomorrow!", "明天见！"))
    await stage.picks(team, "sent")
    why = await stands(stage, "scheduled")
    stage.holds(verdicts(why)["24h"] == "sent", f"what the employee sent was to count: {verdicts(why)}")
    await was_told(stage, "greeting")


def _contact(who: Someone) -> ContactPerson:
    found = getattr(who, "inbox", who)
    if not isinstance(found, ContactPerson):
        raise TypeError(f"{who.name} has added nobody")
    return found
