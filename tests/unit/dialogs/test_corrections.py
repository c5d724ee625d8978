"""What HR records and takes back: confirmed by phone, reminders held back, offers that were a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.commands import ORDERS
from conversations.dialogs.corrections import why_not_corrected
from conversations.effects import PlanRungs, SaveInterview, Withdraw
from conversations.events import Ordered
from conversations.findings import Delivery, Target
from conversations.interview import CaseKind, CaseState, State, Verdict
from tests.support.scenes import (
    AFTER,
    BEFORE,
    START,
    Stage,
    candidate,
    case,
    english,
    hr,
    interview,
    missed,
    scene,
    slots,
)

HAN = hr()


def ordered(played: Stage, order: str, /, **args: str) -> list[str]:
    """Let HR order something, and return the kinds of what the candidate is told."""
    played.scene = replace(played.scene, person=HAN)
    told = played.happens(Ordered(order, played.interview.id, HAN.id, args))
    played.as_candidate()
    return [message.kind for message in told]


def told(kind: str, state: str = "accepted", at: Any = BEFORE) -> Delivery:
    return Delivery(kind, "telegram", state, at=at)


def after(played: Stage, *deliveries: Delivery) -> Stage:
    played.scene = replace(played.scene, found={**played.scene.found, "deliveries": deliveries})
    return played


# -- confirmed by phone ----------------------------------------------------------------------------------


def test_what_was_said_by_phone_counts_as_confirmed_without_a_word() -> None:
    played = Stage(scene(BEFORE))
    assert ordered(played, "confirm") == []
    attempt = played.interview.attempt
    assert (attempt.confirmed_at, attempt.confirmed_by) == (BEFORE, HAN.id)
    (planned,) = played.found(PlanRungs)
    assert {row.name: row.why for row in planned.rows if row.verdict} == {"1h": "confirmed"}


def test_it_is_taken_back() -> None:
    played = Stage(scene(BEFORE))
    ordered(played, "confirm")
    assert ordered(played, "undo") == []
    assert (played.interview.attempt.confirmed_at, played.interview.attempt.confirmed_by) == (None, None)


def test_what_the_candidate_confirmed_is_not_taken_back() -> None:
    played = Stage(scene(BEFORE, interview(confirmed_at=BEFORE)))
    assert ordered(played, "undo") == []
    assert ordered(played, "unconfirm") == []
    assert ordered(played, "confirm") == []
    assert played.interview.attempt.confirmed_at == BEFORE
    assert played.found(SaveInterview) == []


# -- reminders held back ---------------------------------------------------------------------------------


def test_what_falls_due_while_held_back_is_settled_so_and_never_sent() -> None:
    played = Stage(scene(BEFORE))
    assert ordered(played, "pause") == []
    assert played.due("rung:24h") == []
    assert played.settled() == {"24h": (Verdict.PAUSED, "paused")}
    played.at(START - timedelta(hours=2))
    assert ordered(played, "resume") == []
    assert played.found(SaveInterview)[0].interview.attempt.paused_at is None
    assert played.due("rung:24h") == [], "nothing is flushed when they are taken up"
    played.at(START - timedelta(hours=1))
    assert [message.kind for message in played.due("rung:1h")] == ["reminder"]


def test_a_word_of_hr_still_goes_out_while_held_back() -> None:
    played = Stage(scene(BEFORE))
    ordered(played, "pause")
    assert ordered(played, "remind") == ["reminder"]


def test_a_new_time_begins_with_its_own_reminders() -> None:
    played = Stage(scene(BEFORE))
    ordered(played, "pause")
    later = (START + timedelta(days=1)).isoformat()
    ordered(played, "move", starts_at=later)
    assert played.interview.attempt.paused_at is None


def test_undo_takes_back_what_was_recorded_last() -> None:
    played = Stage(scene(BEFORE))
    ordered(played, "confirm")
    played.at(BEFORE + timedelta(minutes=1))
    ordered(played, "pause")
    ordered(played, "undo")
    assert played.interview.attempt.paused_at is None
    assert played.interview.attempt.confirmed_at == BEFORE
    ordered(played, "undo")
    assert played.interview.attempt.confirmed_at is None


# -- once is enough --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "kind"), [("remind", "reminder"), ("rebook", "rebook.offer")])
def test_ordered_twice_within_two_minutes_it_is_said_once(act: str, kind: str) -> None:
    played = Stage(scene(BEFORE))
    assert ordered(played, act) == [kind]
    played.at(BEFORE + timedelta(seconds=90))
    assert ordered(played, act) == []
    played.at(BEFORE + timedelta(minutes=3))
    assert ordered(played, act) == [kind]


# -- other times for many --------------------------------------------------------------------------------


@pytest.mark.parametrize(("why", "words"), [("outage", "trouble on our side"), ("sorry", "did not work out")])
def test_many_are_offered_times_with_an_apology(why: str, words: str) -> None:
    played = Stage(scene(AFTER, missed(), cases=(case(),)))
    assert ordered(played, "rebook", why=why) == ["rebook.offer"]
    (offer,) = played.told()
    assert words in english(offer.lead, AFTER)
    assert "sorry" in english(offer.lead, AFTER)


def offered(number: int) -> Sequence[str]:
    about = replace(missed(), number=number)
    played = Stage(scene(AFTER, about, found={**scene(AFTER).found, "slots": slots(1, 2, 3, 4)}))
    ordered(played, "rebook", why="sorry")
    assert played.session is not None
    return [slot["at"] for slot in played.session.data["slots"]]


def test_not_all_of_many_are_offered_the_same_time_first() -> None:
    lists = [offered(1000 + n) for n in range(12)]
    assert all(len(times) == 3 and times == sorted(times) for times in lists)
    assert len({times[0] for times in lists}) >= 4
    assert len({at for times in lists for at in times}) == 12, "every place is offered to somebody"


def test_after_an_outage_the_case_is_settled_with_the_new_time() -> None:
    cases = (case(), case(CaseKind.TECHNICAL))
    played = Stage(scene(AFTER, missed(), cases=cases))
    ordered(played, "rebook", why="outage")
    played.picks("more")
    played.picks("slot:0")
    assert played.interview.attempt.n == 2
    assert {(c.kind, c.state, c.result) for c in played.scene.cases} == {
        (CaseKind.NO_SHOW, CaseState.CLOSED, "rebooked"),
        (CaseKind.TECHNICAL, CaseState.CLOSED, "rebooked"),
    }


def test_otherwise_support_keeps_its_case() -> None:
    cases = (case(), case(CaseKind.TECHNICAL))
    played = Stage(scene(AFTER, missed(), cases=cases))
    ordered(played, "rebook", why="sorry")
    played.picks("slot:0")
    assert [c.kind for c in played.scene.cases if c.state is CaseState.OPEN] == [CaseKind.TECHNICAL]


def test_where_a_time_has_gone_the_next_are_their_own_again() -> None:
    played = Stage(scene(AFTER, missed(), cases=(case(),)))
    ordered(played, "rebook", why="outage")
    assert played.session is not None
    first = played.session.data["slots"][0]["id"]
    left = tuple(slot for slot in slots() if str(slot.id) != first)
    played.scene = replace(played.scene, found={**played.scene.found, "slots": left})
    (gone,) = played.picks("slot:0")
    assert gone.kind == "rebook.gone"
    assert played.session.data["crowd"] == "outage"


# -- taken back ------------------------------------------------------------------------------------------

SINCE = BEFORE - timedelta(minutes=1)


def corrected(played: Stage, act: str) -> list[str]:
    return ordered(played, "correct", act=act, since=SINCE.isoformat())


def test_who_was_reminded_by_mistake_is_told_so_and_can_still_answer() -> None:
    played = after(Stage(scene(BEFORE)), told("reminder"))
    ordered(played, "remind")
    assert corrected(played, "remind") == ["correction.ignore"]
    (message,) = played.told()
    assert "ignore our last message" in english(message.lead, BEFORE)
    assert "stays as it is: tomorrow, Tue 24 Nov, 14:00" in english(message.lead, BEFORE)
    assert [message.kind for message in played.picks("confirm")] == ["reminder.confirmed"]


def test_offers_by_mistake_can_no_longer_be_tapped() -> None:
    played = after(Stage(scene(AFTER, missed(), cases=(case(),))), told("rebook.offer", at=AFTER))
    ordered(played, "rebook", why="sorry")
    assert corrected(played, "rebook") == ["correction.ignore"]
    assert played.session is not None
    assert played.session.choices == ()
    assert "nothing you need to do" in english(played.told()[0].blocks[0].text, AFTER)  # type: ignore[union-attr]


@pytest.mark.parametrize("act", ["remind", "rebook"])
def test_who_has_not_been_told_yet_hears_nothing_at_all(act: str) -> None:
    kind = {"remind": "reminder", "rebook": "rebook.offer"}[act]
    played = after(Stage(scene(BEFORE)), told(kind, "waiting"))
    assert corrected(played, act) == []
    (withdrawn,) = played.found(Withdraw)
    assert kind in withdrawn.kinds


def test_planned_reminders_are_not_mistaken_for_the_mistake() -> None:
    planned = Delivery("reminder", "telegram", "accepted", at=BEFORE, rung="24h")
    earlier = told("reminder", at=SINCE - timedelta(hours=1))
    played = after(Stage(scene(BEFORE)), planned, earlier)
    assert corrected(played, "remind") == []


def test_a_cancellation_that_was_told_is_untold() -> None:
    played = after(Stage(scene(BEFORE)), told("start.called_off"))
    ordered(played, "cancel")
    assert corrected(played, "cancel") == ["start.on_again"]
    assert played.interview.state is State.SCHEDULED


def test_a_cancellation_that_still_waits_for_the_morning_is_never_heard_of() -> None:
    played = after(Stage(scene(BEFORE)), told("start.called_off", "waiting"))
    ordered(played, "cancel")
    assert corrected(played, "cancel") == []
    assert played.interview.state is State.SCHEDULED


@pytest.mark.parametrize(
    ("act", "held"),
    [("pause", {"paused_at": BEFORE}), ("resume", {})],
)
def test_what_was_held_back_or_taken_up_is_reversed(act: str, held: dict[str, Any]) -> None:
    played = after(Stage(scene(BEFORE, interview(**held))))
    assert corrected(played, act) == []
    assert (played.interview.attempt.paused_at is None) is (act == "pause")


@pytest.mark.parametrize(
    ("act", "about", "why"),
    [
        ("rebook", missed(booked_at=SINCE + timedelta(seconds=9)), "has chosen another time since"),
        ("rebook", interview(state=State.JOINED), "recorded as joined"),
        ("remind", interview(state=State.CANCELLED), "off already"),
        ("confirm", interview(confirmed_at=BEFORE), "confirmed themselves"),
        ("cancel", interview(), "nothing to take back"),
        ("pause", interview(), "nothing to take back"),
    ],
)
def test_what_stands_by_now_is_left_with_its_reason(act: str, about: Any, why: str) -> None:
    order = next(order for order in ORDERS if order.verb == act)
    problem = why_not_corrected(order, Target(about, candidate()), BEFORE, {"since": SINCE.isoformat()})
    assert problem is not None
    assert why in english(problem)


@pytest.mark.parametrize(
    ("act", "about"),
    [
        ("rebook", missed()),
        ("remind", interview()),
        ("confirm", interview(confirmed_at=BEFORE, confirmed_by=HAN.id)),
        ("pause", interview(paused_at=BEFORE)),
        ("resume", interview()),
        ("noshow", missed()),
    ],
)
def test_what_can_be_taken_back_is(act: str, about: Any) -> None:
    order = next(order for order in ORDERS if order.verb == act)
    assert why_not_corrected(order, Target(about, candidate()), BEFORE, {"since": SINCE.isoformat()}) is None
