"""On WeCom alone: found by userid, phone or mailbox, answered on cards that can be edited once for each press."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.people import Someone
from bot.sandbox.stage import Stage, WentWrong
from bot.sandbox.stories.story import (
    TOMORROW_AT_TWO,
    alive,
    either,
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
from bot.sandbox.wecom import Shown, WeComPerson

HR_GROUP = '\n[teams]\nhr = {at = "<wecom-group>", locale = "<locale>"}\n'
SPREAD = timedelta(minutes=5)
"""By how much messages of a full or half hour may be late: Tencent asks for that."""
FLAGS = 40
KNOWN_BY = (("企业微信",), ("手机",), ("邮箱",))
"""What the list knows of each candidate: one column for each."""


def on_wecom(who: Someone) -> WeComPerson:
    """Return somebody as who they are on WeCom, where they can do what people do nowhere else."""
    if not isinstance(who, WeComPerson):
        raise TypeError(f"{who.name} is not on WeCom")
    return who


async def known(stage: Stage) -> list[WeComPerson]:
    """Import three candidates: of the first the list has the userid, of the others the phone and the mailbox."""
    names = ("Li Lei", "Li Mei", "Han Meimei")
    people, rows = [], []
    for number, name in enumerate(names, 1):
        booked = row(stage, number, name)
        person = on_wecom(listed(stage, booked))
        booked["企业微信"] = person.userid
        rows.append({key: value for key, value in booked.items() if _is_known(key, number)})
        people.append(person)
    await stage.import_list(rows)
    for person in people:
        stage.holds(bool(person.chat), f"{person.name} was to be found and greeted")
    return people


def _is_known(column: str, number: int) -> bool:
    ways = {each for way in KNOWN_BY for each in way}
    return column not in ways or column in KNOWN_BY[number - 1]


def cards(who: WeComPerson, words: str) -> list[Shown]:
    """Return the cards before somebody that name something, as they are now."""
    return [each for each in who.chat if each.card and words in each.text]


# -- stories ---------------------------------------------------------------------------------------------


async def alone(stage: Stage) -> None:
    """Bound by what the list says, reminded three times; one comes, one forgets, one has trouble; then the digest."""
    team, support = on_wecom(await hr(stage)), await staff(stage, "Chen, support", "support")
    present, absent, troubled = await known(stage)
    await open_slots(stage, 2, 3, 4)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=24) + SPREAD)
    await stage.picks(present, "confirm")
    _edited_in_place(stage, present)
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    _reminded_by_cards(stage, absent)
    await stage.enters(present)
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    await _asked_why(stage, team, absent)
    await _helped(stage, troubled, support)
    await stage.signal("completed", "A-1")
    stage.is_platform_alive = False
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=19) + SPREAD)
    stage.saw(team, "I-1002")
    await _went_as_told(stage)


def _edited_in_place(stage: Stage, who: WeComPerson) -> None:
    """What was answered stands on the card itself: it asks no more, and no other message says so."""
    edited = [each for each in who.chat if each.told_before]
    stage.holds(bool(edited), f"{who.name}'s card was to be edited")
    stage.holds(not any(each.presses for each in edited), "it was to ask no more")


def _reminded_by_cards(stage: Stage, who: WeComPerson) -> None:
    """The greeting and three reminders are cards, and only the newest still asks."""
    came = [each for each in who.chat if each.card]
    stage.holds(len(came) >= 4, f"three reminders were to come as cards: {[each.text for each in came]}")
    asking = [each for each in came if each.presses]
    stage.holds(asking == came[-1:], f"only the newest was to ask: {[each.text for each in asking]}")


async def _asked_why(stage: Stage, team: WeComPerson, candidate: WeComPerson) -> None:
    """Who forgot says so and takes another time; HR's card is taken, and settled where it stands."""
    count = len(team.chat)
    await stage.picks(team, "take")
    stage.holds(len(team.chat) == count, "who takes a card was to see it change in place, and get no other")
    stage.holds(any(each.told_before for each in cards(team, "I-100")), "HR's card was to be edited in place")
    await stage.picks(candidate, "reason:forgot")
    await stage.picks(candidate, "slot:0")
    newest = cards(team, "I-1002")[-1]
    stage.holds(not newest.presses, f"HR's card was to be settled: {newest.text}")


async def _helped(stage: Stage, candidate: WeComPerson, support: Someone) -> None:
    await stage.picks(candidate, "reason:technical")
    await stage.picks(candidate, "broken")
    await stage.picks(support, "take")
    await stage.says(candidate, own(stage, "my camera does not start"))
    stage.saw(support, own(stage, "my camera does not start"))
    await stage.picks(support, "close")
    await stage.picks(candidate, "slot:0")


async def _went_as_told(stage: Stage) -> None:
    why = await stands(stage, "completed", "A-1")
    stage.holds(verdicts(why) == {"24h": "sent", "1h": "skipped", "30m": "sent"}, f"{verdicts(why)}")
    for name in ("A-2", "A-3"):
        why = await stands(stage, "scheduled", name)
        stage.holds(set(verdicts(why).values()) == {"sent"}, f"every rung was to be sent: {verdicts(why)}")
        stage.holds(why["attempts"][0]["outcome"] == "no_show", "rebooking never erases a no-show")
        stage.holds(why["attempt"] == 2, f"{name} was to be rebooked")
    await was_told(
        stage, "greeting", "reminder", "no_show.ask", "rebook.done", "support.card", "start.thanks", "digest"
    )


async def once_only(stage: Stage) -> None:
    """A card's one edit is spent on how it ends: taken, it closes for all others; an old one that is tapped answers."""
    first = on_wecom(await hr(stage))
    second = on_wecom(await stage.staff(own(stage, "Zhou, director"), "hr"))
    (candidate, *_) = await known(stage)
    await open_slots(stage, 2, 3, 4)
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    for name in ("A-2", "A-3"):
        await stage.signal("joined", name)
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    await stage.picks(candidate, "reason:forgot")
    asked = [cards(who, "I-1001")[-1] for who in (first, second)]
    for card in asked:
        stage.holds(
            bool(card.presses) and not card.told_before, f"news on the way spend no edit: {card.text}"
        )
    await stage.picks(first, "take")
    stage.holds(
        len(asked[0].told_before) == 1 and bool(asked[0].presses), "who took it goes on with the card"
    )
    stage.holds(len(asked[1].told_before) == 1, "for others it was to be edited, too")
    stage.holds(not asked[1].presses, f"and to ask no more: {asked[1].buttons}")
    count = len(second.chat)
    await stage.picks(candidate, "slot:0")
    stage.holds(len(second.chat) == count, "others were to be spared the rest")
    stage.saw(first, "I-1001", last=True)
    stage.holds(first.last is not asked[0], "who took it was to hear how it ended")
    stage.note(first.name, "[…]")
    await first.presses(next(iter(asked[0].presses)), on=asked[0])
    await stage.settle()
    stage.holds(not asked[0].presses, f"an old card that is tapped was to say how it stands: {asked[0].text}")


async def forty(stage: Stage) -> None:
    """Forty no-shows at the same minute: HR hears within seconds, of all in one list, and nothing is dropped."""
    team = on_wecom(await hr(stage))
    rows = [row(stage, n, f"{own(stage, 'Student')} {n}") for n in range(1, FLAGS + 1)]
    for booked in rows:
        booked["企业微信"] = on_wecom(listed(stage, booked)).userid
    await stage.import_list(rows)
    await alive(stage, TOMORROW_AT_TWO + timedelta(minutes=9))
    before = {id(each) for each in team.chat}
    await stage.passes(minutes=2)
    told = [each for each in team.chat if id(each) not in before and each.card]
    stage.holds(len(told) <= 2, f"there was to be one list: {[each.text for each in told]}")
    stage.holds("40" in told[-1].text, f"all forty were to stand in it: {told[-1].text}")
    stage.holds(len(told[-1].presses) == 6, f"and to be opened by a button each: {told[-1].buttons}")
    await stage.picks(team, "page")
    opened = next(label for label in cards(team, "40")[-1].presses if label.startswith("I-1005"))
    await stage.presses(team, opened)
    stage.holds(bool(cards(team, "I-1005")[-1].presses), "one of the list was to be opened")
    stage.holds(stage.wecom.dropped == [], f"nothing was to be dropped: {stage.wecom.dropped}")


async def who_came(stage: Stage) -> None:
    """No system says who joined: HR chooses for three on one card, later for the one who was not known yet."""
    team, support = on_wecom(await hr(stage)), await staff(stage, "Chen, support", "support")
    present, absent, unknown = await known(stage)
    await open_slots(stage, 2, 3)
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=40))
    await stage.says(present, own(stage, "my camera does not start"))
    await stage.picks(present, "broken")
    await stage.picks(support, "take")
    await stage.picks(support, "close")
    await stage.picks(present, "works")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=11))
    asked = cards(team, "14:00")[-1]
    questions = [each.title for each in asked.face.questions]
    stage.holds(len(questions) == 3, f"one card was to ask about all three: {questions}")
    for name in ("A-1", "A-2", "A-3"):
        await stands(stage, "scheduled", name)
    came, missed = either(stage, "Came", "来了"), either(stage, "Did not come", "没来")
    later = either(stage, "Not known yet", "还不清楚")
    await stage.fills(team, {"I-1001": came, "I-1002": missed, "I-1003": later})
    left = [each.title[:6] for each in asked.face.questions]
    stage.holds(left == ["I-1003"], f"in its place it was to ask about the one who is left: {left}")
    await stands(stage, "no_show", "A-2")
    await stands(stage, "scheduled", "A-3")
    await stage.picks(absent, "reason:forgot")
    await stage.fills(team, {"I-1003": came})
    stage.holds(not asked.presses, f"all are known, and nothing more is asked: {asked.text}")
    await stands(stage, "joined", "A-3")
    stage.holds(not unknown.last.presses or "I-1003" not in unknown.last.text, "nobody asks who came")
    await _says_how_it_was(stage, present)


async def _says_how_it_was(stage: Stage, candidate: WeComPerson) -> None:
    """One tap, and the two questions that are left on one card."""
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=3))
    await stage.picks(candidate, "overall:5")
    asked = candidate.last
    stage.holds(len(asked.face.questions) == 2, f"two questions were to be one card: {asked.text}")
    right = either(stage, "Just right", "刚刚好")
    await stage.fills(candidate, {asked.face.questions[0].title: right})
    stage.holds(not asked.presses, "it was to ask no more")
    await was_told(stage, "checklist.card", "checklist.done", "survey.reminders", "survey.more")


async def tile(stage: Stage) -> None:
    """HR's workbench shows today's figures: told when they change, at most every few minutes, and when a day begins."""
    team, figures = on_wecom(await hr(stage)), stage.app.upkeep.dashboards
    await known(stage)
    await figures.refresh()
    stage.holds(list(team.tile.values()) == ["0", "0", "0"], f"nothing is on today: {team.tile}")
    await alive(stage, TOMORROW_AT_TWO - timedelta(minutes=1))
    await figures.refresh()
    stage.holds(list(team.tile.values()) == ["3", "0", "0"], f"a new day was to begin: {team.tile}")
    await stage.signal("joined", "A-1")
    await stage.until(TOMORROW_AT_TWO + timedelta(minutes=12))
    stage.holds(await figures.refresh() == 1, "HR alone was to be shown what changed")
    stage.holds(list(team.tile.values()) == ["3", "2", "2"], f"two were to be missing: {team.tile}")
    stage.holds(await figures.refresh() == 0, "nothing was to be shown twice")
    stage.wecom.fail("agent/set_workbench_data", "45033")
    await stage.passes(minutes=6)
    await stage.signal("joined", "A-2")
    stage.holds(await figures.refresh() == 0, "who is refused asks no more for a while")
    await stage.passes(minutes=61)
    await figures.refresh()
    stage.holds(list(team.tile.values())[1] == "1", f"and then again: {team.tile}")


async def by_menu(stage: Stage) -> None:
    """HR and a candidate use the app's menu and typed numbers; the digest stands in a group, said by its robot."""
    group = stage.wecom_group
    team = on_wecom(await hr(stage))
    candidate = on_wecom(listed(stage, row(stage)))
    await stage.import_list([row(stage)])
    for entry in team.menu:
        count = len(team.chat)
        stage.note(team.name, f"≡ {entry['name']}")
        await team.clicks_menu(str(entry["name"]))
        await stage.settle()
        stage.holds(len(team.chat) > count, f"{entry['name']} was to be answered")
    await open_slots(stage, 2, 3)
    await stage.says(candidate, either(stage, "move", "改约"))
    await stage.says(candidate, "１")
    why = await stands(stage, "scheduled")
    stage.holds(why["attempt"] == 2, "a number typed was to be as good as one tapped")
    await stage.until(TOMORROW_AT_TWO + timedelta(hours=19) + SPREAD)
    if not group.chat:
        raise WentWrong("the digest was to stand in the group")
    stage.holds(not group.last.presses, "nobody can answer a robot")


async def out_of_sight(stage: Stage) -> None:
    """Somebody leaves the app's visible range: nothing is sent in vain, HR hears of it; back again, all goes on."""
    team = on_wecom(await hr(stage))
    (candidate, *_) = await known(stage)
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=2))
    count = len(candidate.chat)
    stage.note(candidate.name, "✕ unsubscribe")
    await candidate.leaves_scope()
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(hours=1) + SPREAD)
    stage.holds(len(candidate.chat) == count, "nothing was to arrive")
    stage.saw(team, "I-1001")
    stage.note(candidate.name, "✓ subscribe")
    await candidate.enters_scope()
    await stage.settle()
    await stage.until(TOMORROW_AT_TWO - timedelta(minutes=30) + SPREAD)
    stage.holds(len(candidate.chat) > count, "the last reminder was to arrive again")
