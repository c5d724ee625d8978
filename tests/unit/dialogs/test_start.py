"""Around the start: asked before counted, flagged only by what we know, taken back with an apology."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import DropTimers, ReleaseSlot, Say, SetTimer, Then, Withdraw
from conversations.events import Delivered, Opened, Ordered, Signal
from conversations.identity import ToTeam
from conversations.interview import CaseKind, CaseState, Interview, Outcome, Reason, State
from tests.support.scenes import (
    AFTER,
    BEFORE,
    START,
    Stage,
    candidate,
    case,
    english,
    hr,
    id_of,
    interview,
    missed,
    policy,
    scene,
)

GRACE = START + timedelta(minutes=10)


def at_grace(of: Interview | None = None, **changes: Any) -> Stage:
    return Stage(scene(GRACE, of, **changes))


# -- stuck? ----------------------------------------------------------------------------------------------


def test_whoever_is_not_seen_is_asked_whether_they_are_stuck() -> None:
    played = Stage(scene(START + timedelta(minutes=3)))
    (message,) = played.due("rescue")
    assert [press.action for press in message.presses] == ["in", "technical", "late", "cant"]
    (say,) = played.says_to(id_of("Li Lei"))
    assert say.manner.useful_until == GRACE


@pytest.mark.parametrize(
    ("of", "changes"),
    [
        (interview(joined_at=START, state=State.JOINED), {}),
        (interview(state=State.CANCELLED), {}),
        (interview(), {"cases": (case(CaseKind.TECHNICAL),)}),
        (interview(), {"candidate": candidate(opted_out_at=BEFORE)}),
        (interview(entered_at=START), {"policy": policy(join_signal="manual")}),
    ],
)
def test_nobody_is_asked_without_need(of: Interview, changes: dict[str, object]) -> None:
    assert Stage(scene(START + timedelta(minutes=3), of, **changes)).due("rescue") == []


def test_after_the_grace_it_is_too_late_to_ask() -> None:
    assert Stage(scene(AFTER)).due("rescue", late=timedelta(minutes=8)) == []


def test_who_says_they_are_in_is_not_flagged_but_looked_at() -> None:
    played = Stage(scene(START + timedelta(minutes=3)))
    played.due("rescue")
    played.picks("in")
    assert played.interview.attempt.entered_at is not None
    assert played.interview.attempt.joined_at is None
    played.at(GRACE).due("flag")
    assert played.interview.state is State.SCHEDULED
    assert Then(Ordered("review", played.interview.id)) in played.effects


def test_a_few_minutes_more_are_given_and_hr_knows() -> None:
    played = Stage(scene(START + timedelta(minutes=3)))
    played.due("rescue")
    played.picks("late")
    timer = played.timers["flag", f"interview:{played.interview.id}"]
    assert timer.at == START + timedelta(minutes=20)
    assert [message.kind for message in played.said_to_team()] == ["hr.told"]


# -- flagged ---------------------------------------------------------------------------------------------


def test_the_flag_tells_hr_and_asks_the_candidate() -> None:
    played = at_grace()
    (asked,) = played.due("flag")
    attempt = played.interview.attempt
    assert played.interview.state is State.NO_SHOW
    assert (attempt.outcome, attempt.flagged_at) == (Outcome.NO_SHOW, GRACE)
    (opened,) = played.scene.cases
    assert opened.kind is CaseKind.NO_SHOW
    assert asked.kind == "no_show.ask"
    (say,) = played.says_to(id_of("Li Lei"))
    assert say.manner.wants_receipt
    assert [message.kind for message in played.said_to_team()] == ["alert.card"]
    alarm = played.timers["contact_alarm", f"case:{opened.id}"]
    assert alarm.at == GRACE + timedelta(minutes=45)
    assert Withdraw(played.interview.id, "no_show") in played.effects


def test_the_question_is_contact_once_a_platform_took_it() -> None:
    played = at_grace()
    played.due("flag")
    played.happens(Delivered(played.interview.id, "no_show.ask", "accepted"))
    assert played.interview.attempt.contacted_at == GRACE


@pytest.mark.parametrize(
    "of",
    [
        interview(state=State.JOINED, joined_at=START),
        interview(joined_at=START),
        interview(state=State.CANCELLED),
        interview(state=State.COMPLETED),
        missed(),
    ],
)
def test_nobody_is_flagged_who_came_or_need_not(of: Interview) -> None:
    played = at_grace(of)
    assert played.due("flag") == []
    assert played.interview.state is of.state


def test_a_timer_of_an_older_attempt_flags_nobody() -> None:
    played = at_grace()
    played.due("flag", attempt=str(id_of("an older attempt")))
    assert played.effects == []


def test_our_own_silence_flags_nobody() -> None:
    played = at_grace().at(START + timedelta(hours=3))
    played.due("flag", late=timedelta(minutes=11))
    assert played.interview.state is State.SCHEDULED
    assert Then(Ordered("review", played.interview.id)) in played.effects


def test_a_silent_platform_makes_flags_wait_and_hr_hears_once() -> None:
    played = at_grace(last_signal_at=GRACE - timedelta(minutes=16))
    played.due("flag")
    assert played.interview.state is State.SCHEDULED
    (timer,) = played.found(SetTimer)
    assert (timer.name, timer.at) == ("flag", GRACE + timedelta(minutes=1))
    (told,) = [e for e in played.effects if isinstance(e, Say)]
    assert told.to == ToTeam("hr")
    assert told.manner.once == f"silent:main:{(GRACE - timedelta(minutes=16)).isoformat()}"
    once, night = told.manner.once, GRACE + timedelta(hours=5)
    played = at_grace(last_signal_at=GRACE - timedelta(minutes=16)).at(night)
    played.due("flag")
    (timer,) = played.found(SetTimer)
    assert timer.at - night == played.scene.policy.heartbeat_within
    assert [e.manner.once for e in played.effects if isinstance(e, Say)] == [once]


def test_a_platform_that_is_heard_again_may_first_send_what_it_kept() -> None:
    played = at_grace()
    played.due("flag", after="silent")
    assert played.interview.state is State.SCHEDULED
    (timer,) = played.found(SetTimer)
    assert timer.at == GRACE + timedelta(minutes=2)
    played.due("flag", after="caught_up")
    assert played.interview.state.value == "no_show"


def test_after_a_day_of_silence_hr_is_asked() -> None:
    later = START + timedelta(hours=25)
    played = at_grace(last_signal_at=None).at(later)
    played.due("flag")
    assert Then(Ordered("review", played.interview.id)) in played.effects


def test_who_is_with_support_is_not_asked_what_we_know() -> None:
    helped = case(CaseKind.TECHNICAL, opened_at=START)
    played = at_grace(cases=(helped,))
    assert played.due("flag") == []
    attempt = played.interview.attempt
    assert (attempt.reason, attempt.contacted_at) == (Reason.TECHNICAL, START)


def test_a_case_of_the_day_before_that_nobody_took_explains_no_absence() -> None:
    old = case(CaseKind.TECHNICAL, opened_at=START - timedelta(days=1))
    (stuck,) = Stage(scene(START + timedelta(minutes=3), cases=(old,))).due("rescue")
    assert stuck.kind == "start.stuck"
    played = at_grace(cases=(old,))
    (asked,) = played.due("flag")
    assert asked.kind == "no_show.ask"
    assert played.interview.attempt.reason is None
    taken = replace(old, state=CaseState.TAKEN)
    assert at_grace(cases=(taken,)).due("flag") == []


def test_hr_can_flag_but_not_before_the_start() -> None:
    early = Stage(scene(BEFORE))
    early.happens(Ordered("no_show", early.interview.id))
    assert early.interview.state is State.SCHEDULED
    played = at_grace()
    played.happens(Ordered("no_show", played.interview.id))
    assert played.interview.state is State.NO_SHOW


# -- they came -------------------------------------------------------------------------------------------


def test_joining_settles_the_rest_without_a_word() -> None:
    played = Stage(scene(START - timedelta(minutes=40)))
    assert played.happens(Signal("joined", played.interview.id)) == []
    assert played.interview.state is State.JOINED
    assert {why for _, why in played.settled().values()} == {"joined"}
    dropped = [name for drop in played.found(DropTimers) for name in drop.names]
    assert {"rescue", "flag"} <= set(dropped)


def test_a_late_join_takes_the_flag_back_and_apologises() -> None:
    played = at_grace()
    played.due("flag")
    (sorry,) = played.happens(Signal("joined", played.interview.id, GRACE + timedelta(minutes=2)))
    assert sorry.kind == "start.sorry"
    assert played.interview.state is State.JOINED
    assert played.interview.attempt.outcome is Outcome.JOINED
    (closed,) = played.scene.cases
    assert (closed.state, closed.result) == (CaseState.CLOSED, "joined")


def test_a_second_join_changes_nothing() -> None:
    played = Stage(scene(AFTER, interview(state=State.JOINED, joined_at=START)))
    assert played.happens(Signal("joined", played.interview.id)) == []
    assert played.effects == []


def test_completing_is_thanked_with_what_comes_next() -> None:
    played = Stage(scene(START + timedelta(hours=1), interview(state=State.JOINED, joined_at=START)))
    (thanks,) = played.happens(Signal("completed", played.interview.id))
    assert thanks.kind == "start.thanks"
    assert "three working days" in english(thanks.blocks[0].text)  # type: ignore[union-attr]
    assert played.interview.attempt.outcome is Outcome.COMPLETED
    assert played.happens(Signal("completed", played.interview.id)) == []


def test_a_tap_on_enter_is_evidence_and_no_more() -> None:
    played = Stage(scene(START))
    assert played.happens(Opened("entered", played.interview.id)) == []
    assert played.interview.attempt.entered_at == START
    assert played.interview.state is State.SCHEDULED


# -- off, undone, dismissed ------------------------------------------------------------------------------


def test_cancelling_stops_everything_and_tells_the_candidate() -> None:
    booked = interview(slot=id_of("slot"))
    played = Stage(scene(START - timedelta(hours=4), booked))
    (told,) = played.happens(Ordered("cancel", booked.id))
    assert told.kind == "start.called_off"
    assert (played.interview.state, played.interview.attempt.outcome) == (State.CANCELLED, Outcome.CANCELLED)
    assert {why for _, why in played.settled().values()} == {"cancelled"}
    assert ReleaseSlot(id_of("slot"), booked.id) in played.effects
    assert Withdraw(booked.id, "cancelled") in played.effects


def test_undoing_a_flag_leaves_nothing_of_it() -> None:
    played = Stage(scene(AFTER, missed(), cases=(case(),)))
    (told,) = played.happens(Ordered("undo", played.interview.id, hr().id))
    assert told.kind == "start.mistaken"
    attempt = played.interview.attempt
    assert (played.interview.state, attempt.outcome, attempt.flagged_at) == (State.SCHEDULED, None, None)
    assert played.scene.cases[0].result == "undone"


def test_undoing_a_cancellation_plans_it_again() -> None:
    off = interview(state=State.CANCELLED, outcome=Outcome.CANCELLED)
    played = Stage(scene(START - timedelta(hours=4), off, rungs=()))
    (told,) = played.happens(Ordered("undo", off.id))
    assert told.kind == "start.on_again"
    assert played.interview.state is State.SCHEDULED
    assert any(row.verdict is None for row in played.scene.rungs)


def test_dismissing_closes_the_case_and_keeps_the_figure() -> None:
    played = Stage(replace(scene(AFTER, missed(), cases=(case(),)), person=hr()))
    assert played.happens(Ordered("dismiss", played.interview.id, hr().id)) == []
    assert played.scene.cases[0].result == "dismissed"
    assert played.scene.cases[0].owner_name == "Han Meimei"
    assert played.interview.state is State.NO_SHOW
