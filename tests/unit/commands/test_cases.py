"""Cases by command: taken, given, handed over and closed by whoever may; one that is not meant is never guessed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import REPLY, SaveCase
from conversations.events import Ordered
from conversations.findings import CaseFound
from conversations.identity import Person, Role, ToPerson, ToTeam
from conversations.interview import CaseKind, CaseState
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, SAM, VERA, Stage, case, staff, target, text_of

BOOK = Book.of(DIALOGS, COMMANDS)
TAKEN: dict[str, Any] = {"state": CaseState.TAKEN, "owner": HAN.id, "owner_name": HAN.name, "taken_at": NOW}


def stage(kind: CaseKind = CaseKind.PERSON, somebody: tuple[Person, ...] = (), **changes: Any) -> Stage:
    one = target(recruiter=changes.pop("recruiter", None))
    made = case(one.interview, kind, **changes)
    found = {
        "cases": (CaseFound(made, one),),
        "somebody": somebody,
        "team": (HAN, SAM, ADA, RUI, VERA, *somebody),
        "others": (),
    }
    return Stage(one, (made,), book=BOOK, found=found)


def first(played: Stage, by: Person = HAN) -> str:
    said = [
        s.message for s in played.said if s.to == ToPerson(by.id) and s.message.kind.startswith("command.")
    ]
    return text_of(said[0])


def test_taking_it_says_until_when_and_what_next():
    played = stage()
    played.types("take C-1024", about=True)
    assert first(played).splitlines() == [
        "C-1024 is yours: I-1024 李雷, by today, Tue 24 Nov, 16:10.",
        "Next: write C-1024 · rebook I-1024 · close C-1024",
    ]
    assert (played.cases[0].state, played.cases[0].owner) == (CaseState.TAKEN, HAN.id)


@pytest.mark.parametrize("word", ["接手C-1024", "接手 C-1024", "接手Ｃ－1024"])
def test_in_chinese_without_a_slash(word):
    played = stage()
    played.says(word)
    assert "C-1024 is yours" in first(played)


def test_what_somebody_has_is_not_taken_from_them_by_accident():
    played = stage(**TAKEN)
    played.types("take C-1024", SAM, about=True)
    assert "Han Meimei looks after C-1024." in first(played, SAM)
    assert "assign C-1024 me" in first(played, SAM)
    assert played.cases[0].owner == HAN.id
    played.types("assign C-1024 me", SAM, about=True)
    assert played.cases[0].owner == SAM.id


def test_giving_it_calls_whoever_gets_it():
    played = stage(somebody=(SAM,), **TAKEN)
    played.types("assign C-1024 @sam", about=True)
    assert played.cases[0].owner == SAM.id
    assert "Sam looks after C-1024 now, and has its card." in first(played)
    card = [say for say in played.said if say.to == ToPerson(SAM.id) and say.message.kind == "support.card"]
    assert len(card) == 1


def test_nobody_is_given_what_they_may_not_look_after():
    played = stage(somebody=(VERA,), **TAKEN)
    played.types("assign C-1024 @vera", about=True)
    assert "Vera may not look after C-1024: they are viewer." in first(played)
    assert not [e for e in played.effects if isinstance(e, SaveCase)]


def test_several_of_a_name_are_asked_for():
    other = staff("Sam Two", Role.SUPPORT)
    played = stage(somebody=(SAM, other))
    played.types("assign C-1024 sam", about=True)
    assert played.said[-1].message.kind == "whom.ask"
    played.found["somebody"] = (other,)
    played.presses(played.session(f"person:{HAN.id}", "whom"), f"to:person:{other.id}")
    assert [order.args["to"] for order in played.ordered] == [str(other.id)]


def test_handing_it_to_a_team_calls_them():
    played = stage(**TAKEN)
    played.types("handoff C-1024 hr", about=True)
    saved = played.cases[0]
    assert (saved.state, saved.owner, saved.team) == (CaseState.OPEN, None, "hr")
    assert [say.to for say in played.said if say.message.kind == "support.card"] == [ToTeam("hr")]


def test_support_does_not_get_no_shows():
    played = stage(CaseKind.NO_SHOW, **TAKEN)
    played.types("handoff C-1024 support", about=True)
    assert "support does not look after cases of this kind." in first(played)


@pytest.mark.parametrize(
    ("typed", "result", "note"),
    [
        ("close C-1024", "solved", None),
        ("close C-1024 已电话沟通，周五面试", "solved", "已电话沟通,周五面试"),
        ("关闭C-1024 不处理", "dismissed", None),
    ],
)
def test_closing_it_keeps_a_word(typed, result, note):
    played = stage(CaseKind.NO_SHOW, **TAKEN)
    played.types(typed, about=True)
    saved = played.cases[0]
    assert (saved.state, saved.result, saved.note) == (CaseState.CLOSED, result, note)
    if note:
        assert f"Result: “{note}”" in text_of(played.told("hr")[-1])


@pytest.mark.parametrize("verb", ["take", "assign", "handoff", "close", "write", "handback"])
def test_a_case_of_anothers_interview_is_not_seen(verb):
    played = stage(CaseKind.NO_SHOW, recruiter=HAN.id)
    played.types(f"{verb} C-1024 me", RUI, about=True)
    assert "No case of yours matches “C-1024”." in first(played, RUI)
    assert played.ordered == []


@pytest.mark.parametrize("verb", ["take", "close", "write"])
def test_support_reads_of_a_no_show_but_does_not_decide(verb):
    played = stage(CaseKind.NO_SHOW)
    played.types(f"{verb} C-1024", SAM, about=True)
    assert "C-1024 (no-show) is not among what you may look after." in first(played, SAM)
    assert played.ordered == []


def test_a_recruiter_may_look_after_their_jobs_no_shows():
    played = stage(CaseKind.NO_SHOW)
    rui = replace(RUI, jobs=frozenset({"Java"}))
    played.types("take C-1024", rui, about=True)
    assert played.cases[0].owner == RUI.id


@pytest.mark.parametrize("line", ["take C-1", "close 王五", "take"])
def test_what_is_not_found_is_said_with_how_it_is_typed(line):
    played = stage()
    played.found["cases"] = ()
    played.types(line, about=True)
    assert "It is typed like this: " in first(played)


def test_several_cases_are_asked_for_by_number():
    one, two = target(1), target(2, "韩梅")
    both = (CaseFound(case(one.interview), one), CaseFound(case(two.interview), two))
    played = stage()
    played.found["cases"] = both
    played.types("close")
    assert played.said[-1].message.kind == "choose.ask"
    played.found["cases"] = (both[1],)
    played.presses(played.session(f"person:{HAN.id}", "choose"), "pick:C-2")
    assert next(order.act for order in played.ordered) == "close"


def test_a_closed_case_says_since_when():
    played = stage(state=CaseState.CLOSED, closed_at=NOW)
    played.types("take C-1024", about=True)
    assert first(played).startswith("C-1024 is closed since today, Tue 24 Nov, 14:10.")
    assert played.ordered == []


def test_the_card_asks_to_whom():
    from conversations.dialog import Session
    from tests.support.staff_scenes import id_of

    played = stage(**TAKEN)
    key = ("team:support", f"case:{played.cases[0].id}")
    played.sessions[key] = Session(id_of("card"), *key, "support", "card", 1, ("give",), NOW)
    played.presses(played.sessions[key], "give")
    asked = played.said[0]
    assert (asked.to, asked.manner) == (ToPerson(HAN.id), REPLY)
    lines = text_of(asked.message).splitlines()
    assert lines[0] == "To whom does C-1024 go?"
    assert lines[2:] == ["[Sam]", "[Ada]", "[Support]", "[HR]"]
    played.presses(played.session(f"person:{HAN.id}", "whom"), "to:hr")
    assert [order.act for order in played.ordered if isinstance(order, Ordered)] == ["handoff"]


def test_a_case_taken_late_says_so_kindly():
    played = stage()
    played.now += timedelta(hours=3)
    played.types("take C-1024", about=True)
    said = first(played).splitlines()[0]
    assert said.startswith("C-1024 is yours: I-1024 李雷. It was due by ")
    assert said.endswith("thank you for taking it now.")
    card = [say.message for say in played.said if say.message.kind == "support.card"][-1]
    assert "settle it as soon as possible; it was due by" in text_of(card)
