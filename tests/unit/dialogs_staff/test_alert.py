"""A no-show's card through its life, and the list that many of them become."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.dialog import Session
from conversations.effects import Priority, Record, Show
from conversations.events import Due, Ordered, Picked
from conversations.findings import Target
from conversations.identity import Role, ToPerson, ToTeam
from conversations.interview import CaseState, Outcome, Reason, State
from tests.support.staff_scenes import (
    ADA,
    HAN,
    NOW,
    RUI,
    SAM,
    START,
    Stage,
    case,
    id_of,
    staff,
    target,
    text_of,
)


def missed(number: int = 1024, name: str = "李雷", **changes) -> Target:
    return target(number, name, state=State.NO_SHOW, outcome=Outcome.NO_SHOW, flagged_at=NOW, **changes)


def alerted(**changes) -> Stage:
    one = missed(**changes)
    played = Stage(one, (case(one.interview),))
    played.happens(Ordered("alert", one.interview.id))
    return played


def card(played: Stage) -> Session:
    return played.session("team:hr", "case:")


def shown(played: Stage) -> str:
    return text_of(played.told("hr")[-1])


def test_a_flag_shows_who_when_and_what_is_known():
    played = alerted(confirmed_at=START - timedelta(days=1), entered_at=START - timedelta(minutes=1))
    assert shown(played).splitlines() == [
        "No-show: I-1024 李雷, Java.",
        "It was: today, Tue 24 Nov, 14:00",
        "Flagged as no-show: today, Tue 24 Nov, 14:10",
        "Seen before: confirmed Mon 23 Nov, 14:00, tapped the link today, Tue 24 Nov, 13:59",
        "Phone: 138****1234",
        "Next: Turnout: ask 李雷 why, by today, Tue 24 Nov, 15:10.",
        "[Rebook]",
        "[I look after it]",
        "[Dismiss]",
        "[They did come]",
        "[Give to…]",
    ]
    say = played.said[-1]
    assert say.to == ToTeam("hr")
    assert say.manner.priority is Priority.ALERT
    assert say.message.key.startswith("card:")


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ({}, "not confirmed, link not tapped"),
        ({"confirmed_at": NOW}, "confirmed today, Tue 24 Nov, 14:10, link not tapped"),
        ({"entered_at": NOW}, "not confirmed, but tapped the link today, Tue 24 Nov, 14:10"),
    ],
)
def test_evidence_is_told_as_it_is(evidence, said):
    assert f"Seen before: {said}" in shown(alerted(**evidence))


def test_the_card_is_one_message_through_its_life():
    played = alerted()
    for action in ("take", "release", "rebook", "dismiss"):
        played.presses(card(played), action)
    keys = {say.message.key for say in played.said if say.to == ToTeam("hr")}
    assert len(keys) == 1


def test_taking_it_names_the_owner_and_a_deadline():
    played = alerted()
    played.presses(card(played), "take")
    assert shown(played).splitlines()[0] == "No-show: I-1024 李雷, Java. Han Meimei looks after it."
    assert "Looked after by: Han Meimei, since 14:10" in shown(played)
    assert "Next: Han Meimei: settle it, by today, Tue 24 Nov, 16:10." in shown(played)
    assert "[Hand back]" in shown(played)
    assert played.toast() == "It is yours. Thank you."
    saved = played.saved()[-1]
    assert (saved.state, saved.owner, saved.taken_at) == (CaseState.TAKEN, HAN.id, NOW)


def test_the_number_is_masked_on_every_card_and_shown_whole_to_whoever_presses():
    played = alerted()
    assert "13812341234" not in shown(played)
    played.presses(card(played), "take")
    assert "13812341234" not in shown(played)
    assert "Phone: 138****1234" in shown(played)
    before = len(played.said)
    played.presses(card(played), "number")
    (say,) = played.said[before:]
    assert say.to == ToPerson(HAN.id)
    assert "I-1024 李雷: 13812341234" in text_of(say.message)
    assert say.manner.where == "origin", "what is asked in a group is answered in private"
    (deed,) = [effect for effect in played.effects if isinstance(effect, Record) and "phone" in effect.action]
    assert (deed.action, deed.actor) == ("phone.revealed", f"person:{HAN.id}")
    assert "13812341234" not in str(deed)


def test_whose_interview_it_is_not_is_shown_no_number():
    played = alerted()
    played.presses(card(played), "take")
    session = card(played)
    other = staff("Otto", Role.RECRUITER)
    played.happens(Picked(session.id, session.choices.index("number") + 1, session.turn), other)
    assert "13812341234" not in "".join(text_of(say.message) for say in played.said)
    assert not [
        effect for effect in played.effects if isinstance(effect, Record) and "phone" in effect.action
    ]


def test_without_a_number_the_card_offers_none():
    played = alerted()
    assert played.target is not None
    played.target = replace(played.target, candidate=replace(played.target.candidate, phone=None))
    played.presses(card(played), "take")
    assert "number" not in card(played).choices
    assert "give" in card(played).choices


def test_handing_back_leaves_it_to_anybody():
    played = alerted()
    played.presses(card(played), "take")
    played.presses(card(played), "release", staff("Wei", *HAN.roles))
    assert "[I look after it]" in shown(played)
    assert played.cases[0].owner is None


def test_the_second_of_two_who_take_it_reads_that_it_is_taken():
    played = alerted()
    session = card(played)
    played.presses(session, "take")
    wei = staff("Wei", *HAN.roles)
    played.happens(Picked(session.id, 2, session.turn), wei)
    assert played.cases[0].owner == HAN.id
    assert played.toast() == "Got it already, thank you."


@pytest.mark.parametrize(("action", "act"), [("rebook", "rebook"), ("dismiss", "dismiss"), ("undo", "undo")])
def test_what_is_done_is_ordered_and_seen_on_the_card(action, act):
    played = alerted()
    before = card(played).turn
    played.presses(card(played), action)
    one = missed().interview
    assert played.ordered[1:] == [
        Ordered(act, one.id, HAN.id),
        Ordered("alert", one.id, HAN.id, {"card": "follow"}),
    ]
    assert card(played).turn > before, "so that a second press does nothing"
    assert played.said[-1].manner.priority is Priority.EDIT


def test_a_dismissed_card_names_who_did_it():
    played = alerted()
    played.presses(card(played), "dismiss")
    assert shown(played).splitlines()[0] == "Dismissed by Han Meimei: I-1024 李雷, Java."


def test_reason_and_words_appear_as_soon_as_they_are_known():
    played = alerted(contacted_at=NOW)
    assert "Reason: asked 14:10, no answer yet" in shown(played)
    assert "Next: 李雷: say why, by tomorrow" in shown(played)
    one = missed(contacted_at=NOW, reason=Reason.FORGOT, reason_said="睡过头了 {name} <b>")
    played.target = one
    played.happens(Ordered("alert", one.interview.id))
    assert "Reason: forgot the time" in shown(played)
    assert "In their words: “睡过头了 {name} <b>”" in shown(played)
    assert "Next: HR: settle it with 李雷" in shown(played)


def test_while_times_are_offered_it_is_rebooking():
    played = alerted()
    one = missed()
    key = (f"person:{one.candidate.id}", f"interview:{one.interview.id}")
    played.sessions[key] = Session(id_of("s"), *key, "rebook", "offer", 1, ("a",), NOW)
    played.happens(Ordered("alert", one.interview.id))
    assert "Progress: rebooking" in shown(played)


@pytest.mark.parametrize(
    ("changes", "lead"),
    [
        ({"result": "dismissed", "owner_name": "Han Meimei"}, "Dismissed by Han Meimei: I-1024 李雷, Java."),
        ({"result": "dismissed"}, "Dismissed: I-1024 李雷, Java."),
        ({"result": "undone"}, "The no-show flag was wrong: I-1024 李雷, Java."),
        ({"result": "joined"}, "Joined after all: I-1024 李雷, Java."),
        ({"result": "withdrawn"}, "Withdrawn by the candidate: I-1024 李雷, Java."),
        ({"result": "cancelled"}, "Cancelled: I-1024 李雷, Java."),
        ({"result": "something"}, "Settled: I-1024 李雷, Java."),
    ],
)
def test_a_closed_card_keeps_its_story_and_no_buttons(changes, lead):
    played = alerted()
    played.cases = (replace(played.cases[0], state=CaseState.CLOSED, closed_at=NOW, **changes),)
    played.happens(Ordered("alert", missed().interview.id))
    assert shown(played).splitlines()[0] == lead
    assert played.told("hr")[-1].actions == ()
    assert "Closed: today, Tue 24 Nov, 14:10" in shown(played)


def test_a_rebooked_card_tells_the_new_time_and_what_was():
    played = alerted(reason=Reason.FORGOT)
    old = missed(reason=Reason.FORGOT).interview.attempt
    new = replace(old, id=id_of("second"), n=2, starts_at=START + timedelta(days=2), outcome=None, flagged_at=None,
                  reason=None)  # fmt: skip
    one = missed()
    played.target = replace(one, interview=replace(one.interview, attempt=new, state=State.SCHEDULED))
    played.cases = (replace(played.cases[0], state=CaseState.CLOSED, result="rebooked", closed_at=NOW),)
    played.found["attempts"] = (new, old)
    played.happens(Ordered("alert", one.interview.id))
    assert shown(played).splitlines()[:3] == [
        "Rebooked to Thu 26 Nov, 14:00: I-1024 李雷, Java.",
        "It was: today, Tue 24 Nov, 14:00",
        "Flagged as no-show: today, Tue 24 Nov, 14:10",
    ]
    assert "Reason: forgot the time" in shown(played)


def test_only_those_who_may_press_it():
    played = alerted()
    session = card(played)
    played.presses(session, "take", SAM)
    assert played.toast() == "This button is for somebody else."
    played.presses(session, "take", RUI)
    assert played.toast() == "This interview is looked after by somebody else."
    assert played.saved() == []
    played.presses(session, "take", ADA)
    assert played.cases[0].owner == ADA.id


@pytest.mark.parametrize("action", ["rebook", "dismiss", "undo", "take"])
def test_a_recruiter_presses_only_on_their_own(action):
    """Be it on the team's card, where they read along."""
    played = alerted(recruiter=HAN.id)
    played.happens(Ordered("alert", missed().interview.id, None, {"card": "single"}))
    played.presses(card(played), action, RUI)
    assert len(played.ordered) == 2
    assert played.saved() == []
    assert played.toast() == "This interview is looked after by somebody else."
    own = alerted(recruiter=RUI.id)
    own.presses(card(own), action, RUI)
    assert len(own.ordered) > 1 or own.saved()


def test_nothing_is_shown_without_a_case():
    played = Stage(target())
    played.happens(Ordered("alert", target().interview.id))
    assert played.said == []


# -- many at once ----------------------------------------------------------------------------------------


def together(n: int) -> tuple[Target, ...]:
    return tuple(missed(2000 + k, f"王{k}") for k in range(n))


def flooded(n: int = 3, number: int = 1024) -> Stage:
    one = missed(number)
    played = Stage(one, (case(one.interview),), found={"flagged": together(n)})
    played.happens(Ordered("alert", one.interview.id))
    return played


def test_up_to_three_flags_are_three_cards():
    assert flooded(2).told("hr")[-1].kind == "alert.card"


def test_more_than_three_become_one_list():
    played = flooded()
    message = played.told("hr")[-1]
    assert message.kind == "alert.list"
    assert text_of(message).splitlines()[0] == "4 no-shows at once."
    assert "I-1024 李雷, Java: today, Tue 24 Nov, 14:00" in text_of(message)
    assert message.presses[0].action == f"open:{id_of('interview 1024')}"


def test_the_list_is_updated_as_flags_come():
    played = flooded()
    for number in (1025, 1026):
        one = missed(number, "韩梅")
        played.target, played.cases = one, (case(one.interview),)
        played.found["flagged"] = (*together(3), missed(1024))
        played.happens(Ordered("alert", one.interview.id))
    lists = [say for say in played.said if say.message.kind == "alert.list"]
    assert len(lists) == 3
    assert len({say.message.key for say in lists}) == 1
    assert text_of(lists[-1].message).splitlines()[0] == "6 no-shows at once."


def test_a_flag_that_stands_there_already_changes_nothing():
    played = flooded()
    played.happens(Ordered("alert", missed().interview.id))
    assert len(played.said) == 1


def test_of_a_list_that_nobody_has_dealt_with_there_is_one_warning_and_no_card():
    played = flooded()
    names = set()
    for number in (1024, 1025):
        one = missed(number, "韩梅")
        played.target, played.cases = one, (case(one.interview),)
        played.found["flagged"] = (*together(3), missed(1024))
        played.happens(Ordered("alert", one.interview.id))
        before = len(played.said)
        played.happens(Due("overdue", f"case:{played.cases[0].id}", NOW))
        (warned,) = played.said[before:]
        assert warned.message.kind == "hr.overdue"
        assert text_of(warned.message).startswith("No-shows of today, Tue 24 Nov, 14:00 are still open, ")
        names.add(warned.manner.once)
    assert len(names) == 1, "said once for all of them"


def test_one_of_the_list_can_be_opened():
    played = flooded()
    played.presses(played.session("team:hr", "flags:"), f"open:{id_of('interview 1024')}")
    assert played.ordered[-1].args == {"card": "single"}
    assert played.told("hr")[-1].kind == "alert.card"


def test_a_card_shown_by_itself_goes_on_by_itself():
    played = alerted()
    played.found["flagged"] = together(9)
    played.happens(Ordered("alert", missed().interview.id))
    assert played.told("hr")[-1].kind == "alert.card"


def test_a_long_list_has_pages():
    played = flooded(12)
    session = played.session("team:hr", "flags:")
    assert len(session.choices) == 6
    for lines in (4, 4, 1):
        played.presses(session, "page")
        assert len([line for line in shown(played).splitlines() if line.startswith("[I-")]) == lines
    played.presses(session, "page")
    assert "[I-1024 李雷]" in shown(played)


def test_the_list_tells_what_became_of_them_when_asked():
    played = flooded()
    again = replace(
        missed(2000, "王0").interview.attempt, id=id_of("second"), starts_at=START + timedelta(days=2)
    )
    rebooked = missed(2000, "王0")
    played.found["interviews"] = (
        replace(rebooked, interview=replace(rebooked.interview, attempt=again, state=State.SCHEDULED)),
        target(2001, "王1", state=State.JOINED, outcome=Outcome.JOINED),
        missed(2002, "王2", reason=Reason.TECHNICAL),
    )
    played.presses(played.session("team:hr", "flags:"), "refresh")
    assert played.asked[-1][1]["when"] == "2026-11-23..2027-01-23"
    lines = shown(played).splitlines()
    assert "I-2000 王0, Java: today, Tue 24 Nov, 14:00, rebooked" in lines
    assert "I-2001 王1, Java: today, Tue 24 Nov, 14:00, joined after all" in lines
    assert "I-2002 王2, Java: today, Tue 24 Nov, 14:00, technical problem" in lines
    assert "I-1024 李雷, Java: today, Tue 24 Nov, 14:00" in lines


def test_a_list_of_another_time_is_another_list():
    played = flooded()
    played.now = NOW + timedelta(minutes=25)
    one = replace(missed(3000, "赵六"))
    late = tuple(
        replace(
            t, interview=replace(t.interview, attempt=replace(t.interview.attempt, flagged_at=played.now))
        )
        for t in (one, *together(3))
    )
    played.target, played.cases = late[0], (case(one.interview),)
    played.found["flagged"] = late[1:]
    played.happens(Ordered("alert", one.interview.id))
    assert text_of(played.told("hr")[-1]).startswith("4 no-shows at once.")
    assert len({say.message.key for say in played.said}) == 2


def test_everything_is_shown_to_the_team():
    shows = [effect for effect in alerted().effects if isinstance(effect, Show)]
    assert shows == [], "the engine turns them into messages"
