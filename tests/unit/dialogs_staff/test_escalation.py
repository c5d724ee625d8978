"""Who is called about a case, one after another; whoever takes it stops it, at any instant."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.effects import ALERT, DropTimers, SetTimer
from conversations.events import Due, Ordered
from conversations.identity import Role, ToPerson, ToTeam
from conversations.interview import Case, CaseKind, CaseState, Outcome, State
from conversations.policy import Duty
from conversations.shifts import on_duty, shift_at
from conversations.steps import Owner, next_step, staffed
from tests.support.staff_scenes import (
    ADA,
    HAN,
    NOW,
    POLICY,
    RUI,
    SAM,
    ZONE,
    Stage,
    case,
    staff,
    target,
    text_of,
)

LEE = replace(staff("Lee", Role.HR), email="lee@example.com")
DORA = replace(staff("Dora", Role.HR), email="dora@example.com")
TEAM = (HAN, SAM, ADA, RUI, LEE, DORA)
DAY = Duty("hr", "dora@example.com", time(9), time(18), zone=ZONE)
HELPLINE = Duty("support", "telegram.main:" + SAM.bindings[0].address.user, time(9), time(18), zone=ZONE)
MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}


def stage(kind: CaseKind = CaseKind.NO_SHOW, team: Any = TEAM, **policy: Any) -> Stage:
    one = target(recruiter=RUI.id, **(MISSED if kind is CaseKind.NO_SHOW else {}))
    return Stage(one, (case(one.interview, kind),), policy=replace(POLICY, **policy), found={"team": team})


def called(played: Stage) -> list[str]:
    """Return who was called aloud, in order."""
    names = {person.id: person.name for person in TEAM}
    loud = [say for say in played.said if say.manner == ALERT and say.message.kind.endswith(".card")]
    return [names[say.to.id] if isinstance(say.to, ToPerson) else say.to.name for say in loud]  # type: ignore[union-attr]


def ack(played: Stage) -> Due:
    return Due("ack", f"case:{played.cases[0].id}", played.now)


def timers(played: Stage) -> list[SetTimer]:
    return [e for e in played.effects if isinstance(e, SetTimer) and e.name == "ack"]


def alarmed(played: Stage) -> Stage:
    assert played.target is not None
    played.happens(Ordered("alert", played.target.interview.id))
    return played


def test_recruiter_then_lead_then_who_is_on_duty_then_hr():
    played = alarmed(stage(lead="lee@example.com", on_duty=(DAY,)))
    assert called(played) == ["Rui"]
    assert timers(played)[-1].at == NOW + timedelta(minutes=5)
    for expected in (["Rui", "Lee"], ["Rui", "Lee", "Dora"], ["Rui", "Lee", "Dora", "hr"]):
        played.now += timedelta(minutes=5)
        played.happens(ack(played))
        assert called(played) == expected
    assert played.cases[0].escalated_at == played.now
    waiting = len(timers(played))
    played.happens(ack(played))
    assert len(called(played)) == 4, "and then nobody twice"
    assert len(timers(played)) == waiting


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_who_takes_it_stops_the_chain_at_any_instant(calls):
    played = alarmed(stage(lead="lee@example.com", on_duty=(DAY,)))
    for _ in range(calls):
        played.happens(ack(played))
    before = called(played)
    owner = f"person:{RUI.id}"
    played.presses(played.session(owner, "case:"), "take", RUI)
    assert DropTimers(f"case:{played.cases[0].id}", ("ack",)) in played.effects
    played.happens(ack(played))
    assert called(played) == before
    assert played.cases[0].owner == RUI.id


def test_given_back_the_next_is_called_at_once():
    played = alarmed(stage())
    mine = played.session(f"person:{RUI.id}", "case:")
    played.presses(mine, "take", RUI)
    played.presses(mine, "release", RUI)
    assert timers(played)[-1].at == NOW
    played.happens(ack(played))
    assert called(played) == ["Rui", "hr"]


def test_without_anybody_to_go_first_hr_is_called_at_once_and_no_timer_is_set():
    one = target(**MISSED)
    played = alarmed(Stage(one, (case(one.interview),), found={"team": TEAM}))
    assert called(played) == ["hr"]
    assert timers(played) == []


@pytest.mark.parametrize(
    "recruiter",
    [replace(RUI, bindings=()), replace(RUI, roles=frozenset({Role.VIEWER})), None],
    ids=["unreachable", "without the role", "gone"],
)
def test_who_cannot_take_it_is_not_waited_for(recruiter):
    team = tuple(p for p in TEAM if p.id != RUI.id) + ((recruiter,) if recruiter else ())
    assert called(alarmed(stage(team=team))) == ["hr"]


def test_off_duty_everybody_is_called():
    played = stage(on_duty=(replace(DAY, opens=time(18), closes=time(22)),))
    assert played.target is not None
    played.target = replace(played.target, interview=replace(played.target.interview, recruiter=None))
    assert called(alarmed(played)) == ["hr"]


def test_support_on_duty_goes_before_the_team_and_hr():
    played = stage(CaseKind.TECHNICAL, on_duty=(HELPLINE,))
    for expected in (["Sam"], ["Sam", "support"], ["Sam", "support", "hr", "admin"]):
        played.happens(ack(played))
        assert called(played) == expected


def test_the_warning_goes_to_the_owner_and_then_to_hr():
    played = alarmed(stage())
    overdue = Due("overdue", f"case:{played.cases[0].id}", NOW)
    played.presses(played.session(f"person:{RUI.id}", "case:"), "take", RUI)
    played.now = NOW + timedelta(minutes=90)
    played.happens(overdue)
    warned = [say for say in played.said if say.message.kind == "hr.overdue"]
    assert [say.to for say in warned] == [ToPerson(RUI.id)]
    assert text_of(warned[0].message).startswith(
        "C-1024 is still open: I-1024 李雷, no-show. Please settle it by"
    )
    again = next(e for e in played.effects if isinstance(e, SetTimer) and e.data.get("to") == "hr")
    assert again.at == NOW + timedelta(minutes=105)
    played.happens(Due("overdue", again.subject, again.at, again.data))
    assert [say.to for say in played.said if say.message.kind == "hr.overdue"][-1] == ToTeam("hr")


def warned(played: Stage) -> list[object]:
    return [say.to for say in played.said if say.message.kind == "hr.overdue"]


def test_what_nobody_has_taken_warns_its_recruiter_and_hr_and_a_closed_case_nobody():
    played = alarmed(stage())
    overdue = Due("overdue", f"case:{played.cases[0].id}", NOW)
    played.happens(overdue)
    assert warned(played) == [ToPerson(RUI.id), ToTeam("hr")]
    played.cases = (replace(played.cases[0], state=CaseState.CLOSED),)
    before = len(played.said)
    played.happens(overdue)
    assert len(played.said) == before


def test_nobody_is_warned_twice_at_once():
    played = stage(team=(HAN, LEE, ADA))
    assert played.target is not None
    played.target = replace(played.target, interview=replace(played.target.interview, recruiter=HAN.id))
    overdue = Due("overdue", f"case:{played.cases[0].id}", NOW)
    played.happens(overdue)
    assert warned(played) == [ToPerson(HAN.id), ToPerson(LEE.id)]


def test_an_owner_who_has_left_is_not_waited_for():
    taken: dict[str, Any] = {"state": CaseState.TAKEN, "owner": RUI.id, "owner_name": "Rui"}
    played = stage(team=(HAN, replace(RUI, bindings=())))
    played.cases = (replace(played.cases[0], **taken),)
    played.happens(Due("overdue", f"case:{played.cases[0].id}", NOW))
    assert warned(played) == [ToTeam("hr")]


# -- hours -----------------------------------------------------------------------------------------------


def test_hours_over_midnight_belong_to_the_day_they_begin_on():
    night: dict[str, Any] = {"opens": time(22), "closes": time(6), "days": {1}, "zone": ZONE}
    tuesday = NOW.replace(hour=15, minute=0)
    begins, ends = shift_at(now=tuesday, **night)
    assert (begins.hour, ends - begins) == (14, timedelta(hours=8))
    assert shift_at(now=tuesday + timedelta(hours=12), **night)[0] == begins + timedelta(days=7)


def test_who_is_on_duty_is_found_by_mailbox_or_account():
    policy = replace(POLICY, on_duty=(DAY, HELPLINE, replace(DAY, who="nobody@example.com")))
    assert on_duty(policy, "hr", TEAM, NOW) == (DORA,)
    assert on_duty(policy, "support", TEAM, NOW) == (SAM,)
    assert on_duty(policy, "hr", TEAM, NOW + timedelta(hours=6)) == ()


# -- properties ------------------------------------------------------------------------------------------

PEOPLE = (HAN, RUI, SAM, ADA, replace(HAN, bindings=()), replace(SAM, bindings=()))
cases_: st.SearchStrategy[Case] = st.builds(
    lambda kind, state, escalated, team: replace(
        case(target().interview, kind, escalated_at=escalated, team=team),
        state=state,
        owner=HAN.id if state is CaseState.TAKEN else None,
        owner_name="Han Meimei" if state is CaseState.TAKEN else None,
    ),
    st.sampled_from(CaseKind),
    st.sampled_from((CaseState.OPEN, CaseState.TAKEN)),
    st.sampled_from((None, NOW)),
    st.sampled_from((None, "hr", "support")),
)
interviews_ = st.builds(
    lambda state, recruiter, contacted, reason: target(
        state=state, recruiter=recruiter, contacted_at=contacted, reason=reason
    ),
    st.sampled_from(State),
    st.sampled_from((None, RUI.id)),
    st.sampled_from((None, NOW)),
    st.sampled_from((None,)),
)


@given(cases_, interviews_, st.lists(st.sampled_from(PEOPLE), max_size=4), st.integers(-48, 72))
def test_no_case_is_without_an_owner_or_an_alarm(found: Case, one: Any, team: Any, hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    step = staffed(
        next_step(one.interview, one.candidate, found, POLICY, now, "李雷"), one.interview, POLICY, team
    )
    assert step.owner is not Owner.NOBODY
    assert step.by is not None
    reached = {role for person in team if person.reachable for role in person.roles}
    if step.owner in (Owner.HR, Owner.SUPPORT, Owner.RECRUITER, Owner.ADMIN):
        assert Role(step.owner.value) in reached
    if step.owner is Owner.PERSON:
        assert HAN in team
    if step.is_alarm:
        assert step.stands_in_for is not None
        assert not reached & {Role.HR, Role.ADMIN}


@given(interviews_, st.integers(-48, 72))
def test_every_step_of_an_interview_has_an_owner(one: Any, hours: int) -> None:
    step = next_step(one.interview, one.candidate, None, POLICY, NOW + timedelta(hours=hours), "李雷")
    assert step.owner is not Owner.MISSING
    assert (step.owner is Owner.NOBODY) == (one.interview.state in (State.CANCELLED, State.WITHDRAWN))
    assert step.told.params["who"]
