"""What has no owner is told at once and once a day: a case of somebody who left, and everything without any HR."""

from dataclasses import replace
from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import MarkReach, Say, Then
from conversations.events import Done, Event, Ordered, Unreachable
from conversations.identity import Role, ToPerson, ToTeam
from conversations.interview import CaseKind, CaseState, Outcome, State
from conversations.steps import is_left_alone, is_unstaffed
from tests.support.staff_scenes import ADA, HAN, NOW, POLICY, RUI, SAM, Stage, case, staff, target, text_of

REAL = Book.of(DIALOGS, COMMANDS)
LEE = staff("Lee", Role.HR)
GONE = replace(RUI, bindings=tuple(replace(b, is_reachable=False) for b in RUI.bindings))
MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}


def stage(team: Any = (HAN, LEE, ADA, GONE), **changes: Any) -> Stage:
    one = target(recruiter=RUI.id, **MISSED)
    usual = {"state": CaseState.TAKEN, "owner": RUI.id, "owner_name": "Rui", "taken_at": NOW}
    return Stage(one, (case(one.interview, **{**usual, **changes}),), book=REAL, found={"team": team})


def left(played: Stage, **more: str) -> list[Say]:
    made = played.cases[0]
    played.happens(Done("orphan", {"about": str(made.interview), "case": str(made.id), **more}))
    return [say for say in played.said if say.message.kind == "hr.orphan"]


def test_a_case_of_somebody_out_of_reach_is_told_to_hr_with_what_to_do():
    (say,) = left(stage())
    assert say.to == ToTeam("hr")
    said = text_of(say.message)
    assert said.startswith("Rui has C-1024 and cannot be reached here any more: I-1024")
    assert "assign C-1024 me · assign C-1024 @user" in said


def test_once_a_day_under_one_name():
    played = stage()
    first, second = left(played), left(played)
    assert {say.manner.once for say in (*first, *second)} == {first[0].manner.once}
    played.now = NOW.replace(day=NOW.day + 1)
    assert left(played)[-1].manner.once != first[0].manner.once


@pytest.mark.parametrize(
    "changes",
    [{"owner": HAN.id}, {"state": CaseState.CLOSED}, {"state": CaseState.OPEN, "owner": None}],
)
def test_what_somebody_has_or_is_settled_is_no_alarm(changes):
    assert left(stage(**changes)) == []


def test_who_may_no_longer_leaves_their_cases_behind():
    played = stage(state=CaseState.OPEN, owner=None, owner_name=None)
    (say,) = left(played, left="Rui")
    assert text_of(say.message).startswith("Nobody looks after C-1024 any more, since Rui no longer may")


def test_a_revoked_role_alarms_at_once():
    played = stage(team=(HAN, ADA, RUI))
    without = replace(RUI, roles=frozenset())
    played.found |= {
        "somebody": (RUI,),
        "owned": played.cases,
        "titles": (),
        "team": lambda _: (HAN, ADA, without if played.effects else RUI),
    }
    played.types("role revoke Rui", ADA)
    then = [e.body for e in played.effects if isinstance(e, Then)]
    assert [type(body) for body in then] == [Ordered, Done]
    assert [say.to for say in played.said if say.message.kind == "hr.orphan"] == [ToTeam("hr")]


def test_who_leaves_is_noticed_at_once():
    played = stage()
    played.found["owned"] = played.cases
    blocked = Event("1", "telegram.main", NOW, Unreachable("blocked"), "telegram.main", "7")
    played._react(blocked, GONE)
    looked = [
        e.body.result["case"] for e in played.effects if isinstance(e, Then) and isinstance(e.body, Done)
    ]
    assert looked == [str(played.cases[0].id)]


def test_a_candidate_who_leaves_leaves_no_cases():
    played = stage()
    assert played.target is not None
    blocked = Event("1", "telegram.main", NOW, Unreachable("blocked"), "telegram.main", "7")
    played._react(blocked, played.target.candidate)
    assert [type(e) for e in played.effects] == [MarkReach]


def test_without_any_hr_whoever_is_there_reads_it():
    played = stage(team=(SAM, GONE))
    played.happens(Done("unstaffed", {}))
    (say,) = [say for say in played.said if say.message.kind == "hr.unstaffed"]
    assert say.to == ToPerson(SAM.id)
    assert "turnout admin code hr" in text_of(say.message)


def test_with_hr_there_is_nothing_to_tell():
    played = stage(team=(HAN, SAM))
    played.happens(Done("unstaffed", {}))
    assert played.said == []


def test_what_is_looked_for():
    made = case(target().interview, CaseKind.PERSON, state=CaseState.TAKEN, owner=RUI.id)
    assert is_left_alone(made, (HAN, GONE))
    assert is_left_alone(made, (HAN, replace(RUI, roles=frozenset({Role.CANDIDATE}))))
    assert not is_left_alone(made, (HAN, RUI))
    assert not is_left_alone(replace(made, state=CaseState.OPEN), (HAN,))
    assert is_unstaffed(POLICY, (SAM, RUI))
    assert not is_unstaffed(POLICY, (ADA,))
    assert is_unstaffed(POLICY, (replace(HAN, bindings=()),))
