"""A call for help: taken, escalated, handed back and settled, with the candidate told at every turn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.dialog import Session
from conversations.effects import ALERT, DropTimers, Record, SetTimer
from conversations.events import Due, Ordered, Said
from conversations.findings import TranscriptLine
from conversations.identity import Person, Place, Role, ToPerson, ToTeam
from conversations.interview import CaseKind, CaseState, State
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, SAM, Stage, case, staff, target, text_of

LINES = (
    TranscriptLine(NOW - timedelta(minutes=2), "bot", "Stuck?"),
    TranscriptLine(NOW - timedelta(minutes=1), "candidate", "the camera\nis black"),
)


def called(kind: CaseKind = CaseKind.TECHNICAL, **changes) -> Stage:
    one = target()
    made = case(one.interview, kind, said="link打不开", **changes)
    played = Stage(one, (made,), found={"transcript": LINES})
    # The candidate's own dialogs open the case and show the card.
    key = ("team:support", f"case:{made.id}")
    played.sessions[key] = Session(made.id, *key, "support", "card", 1, ("take", "rebook", "close"), NOW)
    return played


def card(played: Stage) -> Session:
    return played.session("team:support", "case:")


def shown(played: Stage, team: str = "support") -> str:
    return text_of(played.told(team)[-1])


def told(played: Stage) -> list[str]:
    assert played.target is not None
    to = ToPerson(played.target.candidate.id)
    return [text_of(say.message) for say in played.said if say.to == to]


def test_the_card_holds_what_support_needs():
    played = called()
    played.happens(Ordered("escalate", target().interview.id))
    lines = shown(played, "hr").splitlines()
    assert lines[0] == "Nobody has taken it yet: I-1024 李雷, technical problem."
    assert "In their words: “link打不开”" in lines
    assert "Device check: no result yet" in lines
    assert "Phone: 138****1234" in lines
    assert lines[lines.index("Said last:") + 1 :][:2] == [
        "14:08 bot: Stuck?",
        "14:09 candidate: the camera is black",
    ]
    assert "[Show number]" in lines


def test_the_transcript_is_its_end_and_long_lines_are_cut():
    played = called()
    played.found["transcript"] = tuple(TranscriptLine(NOW, "staff", f"{n} " + "x" * 500) for n in range(30))
    played.presses(card(played), "take", SAM)
    said = [line for line in shown(played).splitlines() if "team:" in line]
    assert len(said) == 6
    assert said[0].startswith("14:10 team: 24 x")
    assert max(map(len, said)) < 230


def test_taking_it_drops_the_alarm_and_tells_the_candidate_who_and_when():
    played = called()
    played.presses(card(played), "take", SAM)
    saved = played.cases[0]
    assert (saved.state, saved.owner, saved.owner_name) == (CaseState.TAKEN, SAM.id, "Sam")
    assert DropTimers(f"case:{saved.id}", ("ack",)) in played.effects
    assert told(played) == [
        "Sam took over at 14:10.\nThey will call or write to you. What you write here goes to Sam."
    ]
    assert shown(played).splitlines()[0] == "I-1024 李雷, technical problem: Sam looks after it."
    assert "[Hand back]" in shown(played)
    assert Record("case.taken", f"case:{saved.id}", f"person:{SAM.id}") in played.effects


def test_nobody_takes_it_in_time_and_hr_and_admin_see_it_once():
    played = called()
    due = Due("ack", f"case:{played.cases[0].id}", NOW)
    played.happens(due)
    assert [say.to for say in played.said] == [ToTeam("support"), ToTeam("hr"), ToTeam("admin")]
    assert played.cases[0].escalated_at == NOW
    assert "HR: nobody in support has taken it; it was due by" in shown(played, "admin")
    played.happens(due)
    assert len(played.said) == 3


def test_taken_in_time_nothing_escalates():
    played = called()
    played.presses(card(played), "take", SAM)
    before = len(played.said)
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    assert len(played.said) == before


def test_taken_by_hr_all_cards_follow():
    played = called()
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    played.presses(played.session("team:hr", "case:"), "take", HAN)
    for team in ("support", "hr", "admin"):
        assert "Han Meimei looks after it." in shown(played, team)
    assert len([say for say in played.said if say.to == ToTeam("hr")]) == 2


def test_handing_back_lets_the_bot_speak_and_sets_the_alarm_again():
    played = called()
    played.presses(card(played), "take", SAM)
    played.presses(card(played), "release", SAM)
    assert played.cases[0].state is CaseState.OPEN
    assert told(played)[-1].startswith("You are back with me, the assistant")
    alarm = SetTimer("ack", f"case:{played.cases[0].id}", NOW + timedelta(minutes=5))
    assert alarm in played.effects
    assert "[I look after it]" in shown(played)


def test_outside_supports_hours_the_alarm_waits_for_them():
    played = called(state=CaseState.TAKEN, owner=SAM.id, owner_name="Sam", taken_at=NOW)
    played.sessions[card(played).holder, card(played).subject] = replace(card(played), choices=("release",))
    played.now = NOW + timedelta(hours=6)
    played.presses(card(played), "release", SAM)
    nine = NOW.replace(hour=1, minute=5) + timedelta(days=1)
    assert SetTimer("ack", f"case:{played.cases[0].id}", nine) in played.effects


def test_settling_it_always_offers_times():
    played = called()
    played.presses(card(played), "take", SAM)
    played.presses(card(played), "close", SAM)
    saved = played.cases[0]
    assert (saved.state, saved.result, saved.closed_at) == (CaseState.CLOSED, "solved", NOW)
    assert [order.act for order in played.ordered] == ["offer"]
    assert told(played)[-1] == "other times"
    assert shown(played).splitlines()[0] == "I-1024 李雷, technical problem: settled by Sam."
    assert played.told("support")[-1].actions == ()
    assert DropTimers(f"case:{saved.id}") in played.effects


def test_settling_after_the_interview_is_told_without_times():
    played = called()
    assert played.target is not None
    over = replace(played.target.interview, state=State.CANCELLED)
    played.target = replace(played.target, interview=over)
    played.presses(card(played), "close", SAM)
    assert played.ordered == []
    assert "technical.closed" in [say.message.kind for say in played.said]


def test_settling_without_taking_it_names_who_did():
    played = called(CaseKind.PERSON)
    played.presses(card(played), "close", SAM)
    assert shown(played).splitlines()[0] == "I-1024 李雷, wants to talk to a person: settled by Sam."


def test_other_times_can_be_offered_from_the_card():
    played = called()
    played.presses(card(played), "rebook", SAM)
    assert played.ordered == [Ordered("rebook", target().interview.id, SAM.id)]
    assert played.toast() == "Other times are on their way to the candidate."


def test_while_it_is_taken_words_go_to_the_owner_and_the_bot_is_silent():
    played = called()
    played.presses(card(played), "take", SAM)
    before = len(told(played))
    assert played.target is not None
    played.happens(Said("still black"), played.target.candidate, about=True)
    assert len(told(played)) == before
    owner = [say.message for say in played.said if say.to == ToPerson(SAM.id)]
    assert text_of(owner[-1]).splitlines()[0] == "李雷 writes: still black"
    assert "I keep silent until you hand back." in text_of(owner[-1])
    assert "13812341234" not in text_of(owner[-1])
    assert played.said[-1].to == ToTeam("support")
    assert played.said[-1].message.kind == "support.card"


@pytest.mark.parametrize(("person", "may"), [(SAM, True), (HAN, True), (ADA, True), (RUI, False)])
def test_who_may_press_the_card(person, may):
    played = called()
    played.presses(card(played), "take", person)
    assert (played.cases[0].owner == person.id) is may


@pytest.mark.parametrize(
    ("act", "before", "state"),
    [
        ("take", CaseState.OPEN, CaseState.TAKEN),
        ("release", CaseState.TAKEN, CaseState.OPEN),
        ("close", CaseState.TAKEN, CaseState.CLOSED),
    ],
)
def test_orders_do_the_same_as_the_buttons(act, before, state):
    played = called(state=before, owner=SAM.id, owner_name="Sam", taken_at=NOW)
    made = played.cases[0]
    played.happens(Ordered(act, target().interview.id, SAM.id, {"case": str(made.id)}), SAM)
    assert played.cases[0].state is state
    assert played.told("support"), "the card follows"


def test_an_order_about_a_closed_case_does_nothing():
    played = called(state=CaseState.CLOSED, result="solved", closed_at=NOW)
    played.happens(Ordered("take", target().interview.id, SAM.id, {"case": str(played.cases[0].id)}), SAM)
    assert played.effects == []


def test_an_order_without_a_case_named_means_the_open_one():
    played = called()
    played.happens(Ordered("take", target().interview.id), SAM)
    assert played.cases[0].owner == SAM.id


BOTH = staff("Lin", Role.HR, Role.ADMIN)


@pytest.mark.parametrize(
    ("team", "told"),
    [
        ((HAN, SAM, ADA), ["support", "hr", "admin"]),
        ((HAN, ADA), ["support", "admin"]),
        ((HAN,), ["support"]),
        ((ADA,), ["support"]),
        ((BOTH,), ["support"]),
        ((BOTH, SAM), ["support", "hr"]),
        ((), ["support"]),
    ],
)
def test_nobody_reads_of_the_same_case_twice(team: tuple[Person, ...], told: list[str]) -> None:
    played = called()
    played.found["team"] = team
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    assert [say.to.name for say in played.said if isinstance(say.to, ToTeam)] == told
    loud = [say.to.name for say in played.said if say.manner == ALERT and isinstance(say.to, ToTeam)]
    assert loud == (told if "hr" not in told else told[1:])


def test_a_group_for_alerts_is_told_whoever_stands_in() -> None:
    played = called()
    played.policy = replace(played.policy, alerts_place=Place("slack.main", "C1"))
    played.found["team"] = (HAN,)
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    assert [say.to for say in played.said] == [ToTeam("support"), ToTeam("hr")]
