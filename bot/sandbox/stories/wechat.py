"""On WeChat: templates that lead to our page while the window is closed, words and items to tap while it is open."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.sms import SmsPerson
from bot.sandbox.stage import Stage
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    comes,
    either,
    flagged,
    hr,
    invited,
    listed,
    open_slots,
    own,
    rebooked,
    row,
    staff,
    stands,
    verdicts,
    was_told,
)
from bot.sandbox.visitor import Visitor
from bot.sandbox.wechat import DETAILS, Shown, WeChatPerson
from conversations.prechecks import CODES
from locales.text import t

FOLLOWING = 3
"""How many messages somebody may be sent in the minute after they followed."""
MESSAGES = 5
"""How many messages they may be sent in the two days after they wrote."""
SPREAD = timedelta(minutes=5)
"""By how much cards on WeCom may be late at a full or half hour: Tencent asks for that."""
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
ONE_BY_ONE = """
[companies."<company>"]
rungs = [
  { before = "24h", delivery = "fallback" },
  { before = "1h", delivery = "fallback" },
  { before = "30m", delivery = "fallback" },
]
"""


def on_wechat(who: Someone) -> WeChatPerson:
    """Return somebody as who they are on WeChat, where they can do what people do nowhere else."""
    if not isinstance(who, WeChatPerson):
        raise TypeError(f"{who.name} is not on WeChat")
    return who


def templates(who: WeChatPerson) -> list[Shown]:
    return [each for each in who.chat if each.template]


def page_of(stage: Stage, who: WeChatPerson) -> Visitor:
    """Return somebody as who taps a template and is shown in by WeChat; nobody asks for the digits of their phone."""
    return stage.on_page(who)


def no_more_than(stage: Stage, who: WeChatPerson, count: int) -> None:
    """The story went wrong if more than this were written to somebody outside templates."""
    said = [each for each in who.chat if each.is_of_bot and not each.template]
    stage.holds(len(said) <= count, f"at most {count} were to be written: {[each.text for each in said]}")


# -- stories ---------------------------------------------------------------------------------------------


async def closed(stage: Stage) -> None:
    """Nobody writes anything: three templates count down, and each step is taken on the page that they lead to."""
    team, support = await hr(stage), await staff(stage, "Chen, support", "support")
    names = ("Li Lei", "Li Mei", "Han Meimei")
    present, absent, troubled = [await _follows(stage, n, name) for n, name in enumerate(names, 1)]
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    await stage.picks(page_of(stage, present), "confirm")
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    _counted_down(stage, absent)
    await stage.enters(page_of(stage, present))
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    stage.saw(team, "I-1002")
    newest = templates(absent)[-1]
    stage.holds(DETAILS in newest.opens, "what was missed was to lead to the page")
    await stage.picks(page_of(stage, absent), "reason:forgot")
    await stage.picks(page_of(stage, absent), "slot:0")
    await _helped_on_page(stage, page_of(stage, troubled), support)
    await stage.signal("completed", "A-1")
    for who in (present, absent, troubled):
        no_more_than(stage, who, FOLLOWING)
    await _went_as_told(stage)
    await _ends_with_digest(stage)


async def _helped_on_page(stage: Stage, page: Visitor, support: Someone) -> None:
    """Who could not get in says so on the page; support takes the case and closes it, and another time is chosen."""
    await stage.picks(page, "reason:technical")
    await stage.picks(page, "broken")
    await stage.picks(support, "take")
    await stage.picks(support, "close")
    await stage.picks(page, "slot:0")
    why = await stands(stage, "scheduled", "A-3")
    stage.holds(why["attempt"] == 2, "A-3 was to be rebooked")


async def _ends_with_digest(stage: Stage) -> None:
    """The next morning HR reads how the day went."""
    stage.is_platform_alive = False
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=19) + SPREAD)
    await was_told(stage, "alert.card", "support.card", "technical.closed", "digest")


async def _follows(stage: Stage, number: int, name: str) -> WeChatPerson:
    """Import somebody and let them scan the code of their invitation; what they are told is told within a minute."""
    booked = row(stage, number, name)
    await stage.import_list([booked])
    candidate = on_wechat(await comes(stage, booked))
    stage.saw(candidate, own(stage, "Front-end engineer"))
    no_more_than(stage, candidate, FOLLOWING)
    await stage.passes(minutes=2)
    stage.holds(candidate.messages_left == 0, "the minute was to be over")
    return candidate


def _counted_down(stage: Stage, who: WeChatPerson) -> None:
    """Three reminders came, each with the time that was left, whole within its field."""
    told = [each.text for each in templates(who)]
    stage.holds(len(told) == 3, f"three templates were to come: {told}")
    spans = either(stage, "1 d/1 h/30 min", "1天/1小时/30分钟").split("/")
    for text, span in zip(told, spans, strict=True):
        stage.holds(span in text, f"{span} was to stand in {text!r}")


async def _went_as_told(stage: Stage) -> None:
    why = await stands(stage, "completed", "A-1")
    stage.holds(verdicts(why) == {"24h": "sent", "1h": "skipped", "30m": "sent"}, f"{verdicts(why)}")
    why = await stands(stage, "scheduled", "A-2")
    stage.holds(set(verdicts(why).values()) == {"sent"}, f"every rung was to be sent: {verdicts(why)}")
    stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
    stage.holds(why["attempt"] == 2, "A-2 was to be rebooked")
    await was_told(stage, "greeting", "reminder", "no_show.ask", "rebook.done")


async def opened(stage: Stage) -> None:
    """Who writes is written to for two days: items to tap, numbers typed in any way, technical trouble to the end."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    candidate = on_wechat(await invited(stage))
    await open_slots(stage, 2, 3, 4)
    await stage.picks(candidate, "confirm")
    stage.holds((await stage.why("A-1"))["confirmed"], "an item tapped was to confirm")
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.says(candidate, "１")
    stage.holds((await stage.why("A-1"))["attempt"] == 2, "a wide number was to be as good as an item")
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.says(candidate, "一")
    stage.holds((await stage.why("A-1"))["attempt"] == 3, "a number in words was to be as good as an item")
    await _helped(stage, candidate, support)
    await was_told(stage, "greeting", "rebook.offer", "rebook.done", "support.card", "technical.closed")


async def _helped(stage: Stage, candidate: WeChatPerson, support: Someone) -> None:
    """Something does not work: support takes it, talks with them, and closes it."""
    await stage.says(candidate, either(stage, "I have technical trouble", "遇到技术问题"))
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    await stage.says(candidate, own(stage, "my camera does not start"))
    stage.saw(support, own(stage, "my camera does not start"))
    # No card is edited here: what stands on the one before is older than these words, so they type its number.
    await stage.says(support, "1")


async def whole_in_window(stage: Stage) -> None:
    """Who writes now and then is told everything in the chat, from the first reminder to another time: no templates."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    rows = [row(stage, number, name) for number, name in enumerate(("Li Lei", "Li Mei", "Han Meimei"), 1)]
    await stage.import_list(rows)
    everybody = [on_wechat(await comes(stage, booked)) for booked in rows]
    present, absent, troubled = everybody
    await open_slots(stage, 2, 3, 4)
    for minutes in (25 * 60, 90, 50):
        await stage.until(TOMORROW_AT_TWO - timedelta(minutes=minutes))
        for who in everybody:
            await stage.says(who, either(stage, "when is it?", "几点面试？"))
        if minutes == 90:
            await stage.picks(present, "confirm")
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    page = page_of(stage, present)
    await page.visits(page.link("go"))
    await stage.enters(page)
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    await stage.picks(absent, "reason:forgot")
    await stage.picks(absent, "slot:0")
    await stage.picks(troubled, "reason:technical")
    await stage.picks(troubled, "broken")
    await stage.picks(support, "take")
    await stage.picks(support, "close")
    await stage.picks(troubled, "slot:0")
    await stage.signal("completed", "A-1")
    for who in everybody:
        stage.holds(templates(who) == [], f"{who.name} was to get no template")
    why = await stands(stage, "scheduled", "A-2")
    stage.holds(set(verdicts(why).values()) == {"sent"}, f"every rung was to be sent: {verdicts(why)}")
    for name in ("A-2", "A-3"):
        why = await stands(stage, "scheduled", name)
        stage.holds(why["attempt"] == 2, f"{name} was to be rebooked")
    await stands(stage, "completed", "A-1")
    await _ends_with_digest(stage)


async def flagged_in_window(stage: Stage) -> None:
    """A no-show who wrote the day before is asked in the chat, and answers there: forgot, and another time."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=20))
    await stage.says(candidate, own(stage, "Is somebody there?"))
    await flagged(stage)
    asked = stage.newest(candidate)
    stage.holds(bool(asked.presses), f"they were to be asked in the chat: {asked.text}")
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    await rebooked(stage)


async def used_up(stage: Stage) -> None:
    """Who wrote once gets five messages, and not one that WeChat would refuse: the sixth is a template."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await open_slots(stage, 2, 3, 4)
    await stage.passes(minutes=5)
    count = len(candidate.chat)
    await stage.says(candidate, own(stage, "Is somebody there?"))
    await flagged(stage)
    came = [each for each in candidate.chat[count:] if each.is_of_bot]
    said = [each for each in came if not each.template]
    stage.holds(len(said) == MESSAGES, f"{MESSAGES} were to come in the chat: {[each.text for each in said]}")
    stage.holds(bool(came[-1].template), f"the next was to be a template: {came[-1].text}")
    await stage.picks(page_of(stage, candidate), "reason:forgot")
    await stage.picks(page_of(stage, candidate), "slot:0")
    await rebooked(stage)


async def cannot_come(stage: Stage) -> None:
    """Somebody says in the chat that they cannot come, why, and takes another time."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await open_slots(stage, 2, 3)
    await stage.says(candidate, either(stage, "I can't come", "来不了"))
    await stage.picks(candidate, "reason:came_up")
    await stage.picks(candidate, "slot:0")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 2, "another time was to be booked")


async def by_menu(stage: Stage) -> None:
    """The account's menu: every entry is answered, by a message that the click has allowed."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await stage.passes(minutes=5)
    for entry in candidate.menu:
        count = len(candidate.chat)
        stage.note(candidate.name, f"≡ {entry['name']}")
        await candidate.clicks_menu(str(entry["name"]))
        await stage.settle()
        came = candidate.chat[count:]
        stage.holds(bool(came), f"{entry['name']} was to be answered")
        stage.holds(
            not any(each.template for each in came), f"{entry['name']} was to be answered in the chat"
        )
        await stage.passes(minutes=2)


async def voice_note(stage: Stage) -> None:
    """A voice note is answered with what can be done instead; in an open case it reaches support."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    candidate = on_wechat(await invited(stage))
    count = len(candidate.chat)
    stage.note(candidate.name, "🎤")
    await candidate.sends("voice")
    await stage.settle()
    stage.holds(len(candidate.chat) > count + 1, "a voice note was to be answered")
    await stage.says(candidate, either(stage, "I have technical trouble", "遇到技术问题"))
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    stage.note(candidate.name, "🎤")
    await candidate.sends("voice")
    await stage.settle()
    stage.saw(
        candidate,
        t("Thank you. I have put it with your question; our support sees that you sent it."),
        last=True,
    )


async def overruled(stage: Stage) -> None:
    """WeChat closes a window before its time: the reminder goes out as a template at once."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await stage.says(candidate, own(stage, "Is somebody there?"))
    stage.wechat.shuts(candidate)
    stage.note("WeChat", "✕ 45015")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    stage.holds(len(templates(candidate)) == 1, "the reminder was to come as a template")
    stage.holds(stage.wechat.held_back == [], "and once")
    why = await stage.why("A-1")
    stage.holds(verdicts(why)["24h"] == "sent", f"it was to be sent: {verdicts(why)}")


async def unfollowed(stage: Stage) -> None:
    """Somebody stops following: the next reminder takes the other way within a minute, and back again all goes on."""
    await hr(stage)
    booked = row(stage)
    texts = listed(stage, booked, "sms")
    await stage.import_list([booked])
    candidate = on_wechat(await comes(stage, booked, "wechat"))
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2))
    stage.note(candidate.name, "✕ unfollows")
    await candidate.unfollows()
    await stage.settle()
    before, count = len(_texts(texts)), len(candidate.chat)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    stage.holds(len(_texts(texts)) == before + 1, "the reminder was to come by text")
    stage.holds(len(candidate.chat) == count, "and not by WeChat")
    stage.note(candidate.name, "✓ follows")
    await candidate.follows()
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=29))
    stage.holds(
        any(each.template for each in candidate.chat[count:]), "the last one was to come by WeChat again"
    )


async def notices_off(stage: Stage) -> None:
    """Somebody has turned the account's notices off: WeChat says so after it took the reminder, which goes by text."""
    texts, candidate = await _by_both(stage)
    stage.note(candidate.name, "✕ 模板消息")
    candidate.refuses_notices = True
    before = len(_texts(texts))
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    stage.holds(len(_texts(texts)) == before + 1, "the reminder was to come by text")
    stage.holds(templates(candidate) == [], "and not by WeChat")


async def _by_both(stage: Stage) -> tuple[Someone, WeChatPerson]:
    """Bring somebody who has a phone and follows the account to two hours before their interview."""
    await hr(stage)
    booked = row(stage)
    texts = listed(stage, booked, "sms")
    await stage.import_list([booked])
    candidate = on_wechat(await comes(stage, booked, "wechat"))
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2))
    candidate.chat.clear()
    return texts, candidate


def _texts(who: Someone) -> list[str]:
    inbox = who.inbox if isinstance(who, Visitor) else who
    if not isinstance(inbox, SmsPerson):
        raise TypeError(f"{who.name} has no phone")
    return [each.text for each in inbox.chat if each.is_of_bot]


async def scanned_twice(stage: Stage) -> None:
    """Somebody else scans the same code: they are refused kindly, HR hears of it, and the first one keeps it."""
    team = await hr(stage)
    booked = row(stage)
    await stage.import_list([booked])
    candidate = on_wechat(await comes(stage, booked))
    other = on_wechat(stage.person(own(stage, "Zhang San")))
    count = len(team.chat)
    stage.note(other.name, "→ 二维码")
    await other.scans(stage.wechat.newest_code)
    await stage.settle()
    stage.did_not_see(other, own(stage, "Li Lei"))
    stage.holds(any(each.is_of_bot for each in other.chat), "whoever scans was to be answered")
    stage.holds(len(team.chat) > count, "HR was to hear of it")
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    stage.holds(len(templates(candidate)) == 1, "the first one was to be reminded")
    stage.holds(templates(other) == [], "and nobody else")


async def mixed(stage: Stage) -> None:
    """HR and support on WeCom, candidates on WeChat and by text: one comes, one forgets, one has trouble."""
    team, support = await hr(stage), await staff(stage, "Chen, support", "support")
    rows = [row(stage, number, name) for number, name in enumerate(("Li Lei", "Li Mei", "Han Meimei"), 1)]
    texts = listed(stage, rows[2], "sms")
    await stage.import_list([{**booked, "手机": ""} for booked in rows[:2]] + rows[2:])
    present, absent = [on_wechat(await comes(stage, booked, "wechat")) for booked in rows[:2]]
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24) + SPREAD)
    await stage.picks(page_of(stage, present), "confirm")
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await stage.enters(page_of(stage, present))
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    await stage.picks(page_of(stage, absent), "reason:forgot")
    await stage.picks(page_of(stage, absent), "slot:0")
    settled = next(seen for seen in reversed(team.chat) if "I-1002" in seen.text)
    stage.holds(
        bool(settled.told_before) and not settled.presses, f"HR's card was to be settled: {settled.text}"
    )
    await stage.picks(texts, "reason:technical")
    await stage.picks(texts, "broken")
    await stage.picks(support, "take")
    await stage.picks(support, "close")
    await stage.picks(texts, "slot:0")
    await stage.signal("completed", "A-1")
    await _went_as_told(stage)
    why = await stands(stage, "scheduled", "A-3")
    stage.holds(why["attempt"] == 2, "A-3 was to be rebooked")
    await _ends_with_digest(stage)
    stage.saw(team, "I-1002")


async def brought_twice(stage: Stage) -> None:
    """WeChat brings everything a second time, as after an answer that was lost: nothing happens twice."""
    await hr(stage)
    candidate = on_wechat(await invited(stage))
    await open_slots(stage, 2, 3)
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.picks(candidate, "slot:0")
    await candidate.sends("voice")
    await stage.settle()
    before, count = await stage.why("A-1"), len(candidate.chat)
    for callback in stage.wechat.callbacks[:]:
        stage.wechat.again(callback.id)
    await stage.settle()
    stage.holds(len(candidate.chat) == count, "nothing was to be said again")
    stage.holds(await stage.why("A-1") == before, "nothing was to change")
    stage.holds(all(each.attempts == [200, 200] for each in stage.wechat.callbacks), "all were to be taken")


async def found_by_name(stage: Stage) -> None:
    """Somebody follows without a code of ours: their phone number, and a code sent there, show who they are."""
    await hr(stage)
    booked = row(stage)
    texts = listed(stage, booked, "sms")
    await stage.import_list([booked])
    candidate = on_wechat(listed(stage, booked, "wechat"))
    stage.note(candidate.name, "✓ follows")
    await candidate.follows()
    await stage.settle()
    stage.did_not_see(candidate, booked["姓名"])
    await stage.says(candidate, booked["手机"])
    code = _CODE.search(_texts(texts)[-1])
    stage.holds(code is not None, "a code was to come by text")
    await stage.says(candidate, code[0] if code else "")
    stage.saw(candidate, booked["姓名"], last=True)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    why = await stage.why("A-1")
    stage.holds("wechat.main" in str(why["rungs"]), f"the reminder was to come by WeChat: {why['rungs']}")


async def device(stage: Stage) -> None:
    """The device check: what is wrong comes as a template, and what helps stands on the page that it leads to."""
    await hr(stage)
    support = await staff(stage, "Chen, support", "support")
    candidate = on_wechat(await invited(stage))
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24))
    count = len(candidate.chat)
    await stage.checks(candidate, "CAM-BUSY")
    stage.holds(len(candidate.chat) > count, "they were to be told")
    await stage.looks(page_of(stage, candidate))
    stage.saw(page_of(stage, candidate), CODES["CAM-BUSY"].said)
    await stage.checks(candidate)
    await was_told(stage, "precheck.failed", "precheck.passed")
    stage.saw(support, "CAM-BUSY")


async def lost_inside(stage: Stage) -> None:
    """A reminder that WeChat took fails within Tencent: it goes by text, and the next one by WeChat again."""
    texts, candidate = await _by_both(stage)
    stage.note("WeChat", "✕ failed: system failed")
    stage.wechat.account.fails_jobs = True
    before = len(_texts(texts))
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=59))
    stage.holds(len(_texts(texts)) == before + 1, "the reminder was to come by text")
    stage.wechat.account.fails_jobs = False
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=29))
    stage.holds(len(_texts(texts)) == before + 1, "the last one was not to come by text")
    stage.holds(len(templates(candidate)) == 1, "but by WeChat")
