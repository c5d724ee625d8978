"""Another time: what was shown is what is booked, limits, own words, slots that go while they are looked at."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import HoldSlot, PlanRungs, ReleaseSlot, SaveInterview, Withdraw
from conversations.events import Booked, Failed, Ordered, Signal
from conversations.interview import CaseKind, Outcome, State, Verdict
from conversations.messages import File, Message
from tests.support.scenes import (
    AFTER,
    BEFORE,
    START,
    ZONE,
    Stage,
    candidate,
    case,
    english,
    id_of,
    interview,
    missed,
    policy,
    scene,
    slots,
    wrong,
)


def offered(**changes: Any) -> Stage:
    """Return a stage on which a candidate who was missed sees three times."""
    played = Stage(scene(AFTER, missed(), cases=(case(),), **changes))
    played.says("改约")
    return played


def with_slots(played: Stage, *found: object) -> None:
    played.scene = replace(played.scene, found={**played.scene.found, "slots": found})


def labels(played: Stage) -> list[str]:
    assert played.session is not None
    return [slot["at"] for slot in played.session.data["slots"]]


def test_three_spread_out_times_and_the_ways_on() -> None:
    played = Stage(scene(AFTER, missed()))
    (offer,) = played.says("改约")
    assert [press.action for press in offer.presses] == [
        "slot:0",
        "slot:1",
        "slot:2",
        "more",
        "typed",
        "none",
    ]
    days = [english(press.label, AFTER) for press in offer.presses[:3]]
    assert days == ["tomorrow, Wed 25 Nov, 10:00", "Thu 26 Nov, 14:00", "Fri 27 Nov, 16:30"]


def test_more_goes_on_until_all_were_seen_and_then_begins_again() -> None:
    played = offered()
    seen = labels(played)
    while True:
        played.picks("more")
        if played.session and played.session.data["again"]:
            break
        assert not set(labels(played)) & set(seen)
        seen += labels(played)
    assert len(seen) == len(slots())


def test_booking_begins_a_new_attempt_and_keeps_the_no_show() -> None:
    played = offered()
    (done,) = played.picks("slot:1")
    assert done.kind == "rebook.done"
    assert any(isinstance(block, File) for block in done.blocks)
    (saved,) = played.found(SaveInterview)
    assert saved.ended is not None
    assert (saved.ended.n, saved.ended.outcome) == (1, Outcome.NO_SHOW)
    new = played.interview.attempt
    assert (new.n, new.starts_at, new.zone, new.confirmed_at) == (2, START + timedelta(days=2), ZONE, None)
    assert new.local_start.hour == 14
    (planned,) = played.found(PlanRungs)
    assert [row.name for row in planned.rows if row.verdict is None] == ["24h", "1h", "30m"]
    assert ("flag", f"interview:{played.interview.id}") in played.timers


def test_moving_ahead_of_time_gives_the_slot_back() -> None:
    booked = interview(slot=id_of("mine"))
    played = Stage(scene(BEFORE, booked))
    played.says("改约")
    played.picks("slot:0")
    (saved,) = played.found(SaveInterview)
    assert saved.ended is not None
    assert saved.ended.outcome is Outcome.MOVED
    assert ReleaseSlot(id_of("mine"), booked.id) in played.effects
    assert Withdraw(booked.id, "moved") in played.effects
    assert set(played.settled().values()) <= {(Verdict.SUPERSEDED, "moved")}
    assert [message.kind for message in played.said_to_team()] == ["hr.told"]


def test_what_is_booked_is_what_was_shown() -> None:
    played = offered()
    shown = labels(played)[0]
    with_slots(played, *[slot for slot in slots() if slot.starts_at.isoformat() != shown])
    (gone,) = played.picks("slot:0")
    assert gone.kind == "rebook.gone"
    assert played.found(HoldSlot) == []
    assert shown not in labels(played)
    played.picks("slot:0")
    assert played.interview.attempt.starts_at.isoformat() != shown


def test_somebody_was_faster_within_the_same_moment() -> None:
    played = offered()
    (gone,) = played.happens(Failed("hold_slot", "slot_gone"))
    assert gone.kind == "rebook.gone"
    with_slots(played)
    (handed,) = played.happens(Failed("hold_slot", "slot_gone"))
    assert handed.kind == "rebook.by_person"


def test_no_free_time_is_a_persons_matter() -> None:
    played = Stage(scene(AFTER, missed(), found={"slots": (), "transcript": ()}))
    (told,) = played.says("改约")
    assert told.kind == "rebook.by_person"
    assert played.scene.cases[0].kind is CaseKind.PERSON


@pytest.mark.parametrize(
    ("moves", "left", "is_offered"),
    [
        (0, timedelta(hours=4), True),
        (1, timedelta(hours=4), True),
        (2, timedelta(hours=4), False),
        (0, timedelta(minutes=29), False),
        (0, timedelta(minutes=31), True),
        (0, -timedelta(minutes=4), True),
    ],
)
def test_how_often_and_until_when_candidates_move_by_themselves(
    moves: int, left: timedelta, is_offered: bool
) -> None:
    played = Stage(scene(START - left, interview(moves=moves)))
    (told,) = played.says("改约")
    assert told.kind == ("rebook.offer" if is_offered else "rebook.by_person")


def test_who_moves_after_the_start_has_missed_it() -> None:
    played = Stage(scene(START + timedelta(minutes=4)))
    played.says("改约")
    played.picks("slot:0")
    (saved,) = played.found(SaveInterview)
    assert saved.ended is not None
    assert saved.ended.outcome is Outcome.NO_SHOW


def test_hr_may_offer_beyond_the_limit() -> None:
    played = Stage(scene(AFTER, missed(moves=5), cases=(case(),)))
    (offer,) = played.happens(Ordered("rebook", played.interview.id))
    assert offer.kind == "rebook.offer"
    (done,) = played.picks("slot:0")
    assert done.kind == "rebook.done"


def test_a_typed_time_finds_the_free_ones_or_the_nearest() -> None:
    played = offered()
    played.picks("typed")
    (offer,) = played.says("后天下午")
    assert [english(p.label, AFTER) for p in offer.presses if p.action.startswith("slot")] == [
        "Thu 26 Nov, 14:00",
        "Thu 26 Nov, 16:30",
    ]
    (near,) = played.says("下周一上午")
    assert "nearest" in english(near.lead)


def test_words_that_are_no_time_get_the_question_again() -> None:
    played = offered()
    played.picks("typed")
    (again,) = played.says("嗯呐")
    assert again.kind == "rebook.typed"


# -- the same as a form ----------------------------------------------------------------------------------


def opened() -> Stage:
    """Return a stage on which the candidate has just opened the form for another time."""
    played = offered()
    (asked,) = played.picks("typed")
    assert asked.kind == "rebook.typed"
    return played


def times_in(message: Message) -> list[str]:
    return [english(p.label, AFTER) for p in message.presses if p.action.startswith("slot")]


def test_typing_a_time_opens_a_form_where_there_are_forms() -> None:
    form = opened().form
    assert form is not None
    assert [(f.name, f.kind, f.is_required) for f in form.fields] == [
        ("day", "date", False),
        ("time", "time", False),
        ("words", "text", False),
    ]
    assert "Asia/Shanghai" in english(form.fields[1].label)


def test_a_day_in_the_form_finds_what_is_free_on_it() -> None:
    (offer,) = opened().fills_in(day="2026-11-26", time="")
    assert times_in(offer) == ["Thu 26 Nov, 10:00", "Thu 26 Nov, 14:00", "Thu 26 Nov, 16:30"]


def test_a_time_in_the_form_is_one_of_the_candidates_clock() -> None:
    (offer,) = opened().fills_in(day="2026-11-26", time="14:00")
    assert times_in(offer) == ["Thu 26 Nov, 14:00"]
    played = offered(candidate=candidate(zone="Europe/Berlin"))
    played.picks("typed")
    played.fills_in(day="2026-11-26", time="07:00")  # 14:00 in Shanghai
    assert [at[:16] for at in labels(played)] == ["2026-11-26T06:00"]
    assert not (played.session and played.session.data["near"])


def test_a_time_that_is_not_free_finds_the_nearest() -> None:
    (near,) = opened().fills_in(day="2026-11-26", time="20:00")
    assert "nearest" in english(near.lead)


def test_words_in_the_form_are_understood_as_typed_words_are() -> None:
    (offer,) = opened().fills_in(words="后天下午")
    assert times_in(offer) == ["Thu 26 Nov, 14:00", "Thu 26 Nov, 16:30"]


@pytest.mark.parametrize(
    ("values", "field", "why"),
    [
        ({}, "day", "Choose a day"),
        ({"day": " ", "words": " "}, "day", "Choose a day"),
        ({"time": "14:00"}, "day", "Choose a day"),
        ({"day": "2026-11-23"}, "day", "already passed"),
        ({"day": "2026-11-24", "time": "10:00"}, "time", "already passed"),
        ({"day": "2026-12-24"}, "day", "a day up to Tue 1 Dec"),
        ({"day": "9999-12-31", "time": "23:59"}, "day", "a day up to"),
        ({"day": "0001-01-01"}, "day", "already passed"),
        ({"day": "someday"}, "day", "2026-11-25"),
        ({"day": "2026-11-26", "time": "noonish"}, "time", "14:30"),
        ({"words": "嗯呐"}, "words", "no day or time"),
        ({"words": "on 24 December"}, "words", "a day up to"),
    ],
)
def test_what_the_form_cannot_mean_is_said_beside_the_field(
    values: dict[str, str], field: str, why: str
) -> None:
    played = opened()
    assert played.fills_in(**values) == []
    assert list(wrong(played.answer)) == [field]
    assert why in wrong(played.answer)[field]
    assert played.session is not None
    assert played.session.at == "rebook.typed"
    (offer,) = played.fills_in(day="2026-11-26")
    assert offer.kind == "rebook.offer"


def test_a_form_sent_after_all_was_booked_or_called_off_changes_nothing() -> None:
    played = opened()
    with_slots(played)
    (handed,) = played.fills_in(day="2026-11-26")
    assert handed.kind == "rebook.by_person"
    played = opened()
    played.scene = played.scene.with_interview(replace(played.interview, state=State.CANCELLED))
    (told,) = played.fills_in(day="2026-11-26")
    assert told.kind == "status"


@pytest.mark.parametrize("text", ["都不行", "none of these"])
def test_none_of_these_is_a_persons_matter(text: str) -> None:
    (told,) = offered().says(text)
    assert told.kind == "rebook.by_person"


def test_what_is_over_is_not_moved() -> None:
    (told,) = Stage(scene(AFTER, interview(state=State.COMPLETED))).says("改约")
    assert told.kind == "status"


@pytest.mark.parametrize("by", ["hr", "platform"])
def test_others_move_it_and_the_candidate_hears_both_times(by: str) -> None:
    played = Stage(scene(BEFORE))
    later = START + timedelta(days=1)
    if by == "hr":
        told = played.happens(Ordered("move", played.interview.id, args={"starts_at": later.isoformat()}))
    else:
        told = played.happens(Signal("moved", played.interview.id, starts_at=later))
    (message,) = told
    assert message.kind == "reminder.moved"
    assert "Wed 25 Nov" in english(message.lead)
    assert "Tue 24 Nov" in english(message.lead)
    assert (played.interview.attempt.n, played.interview.moves) == (2, 0)


def test_moving_to_the_same_time_is_nothing() -> None:
    played = Stage(scene(BEFORE))
    assert played.happens(Signal("moved", played.interview.id, starts_at=START)) == []
    assert played.effects == []


def test_a_move_by_a_list_is_planned_anew_and_told() -> None:
    played = Stage(scene(BEFORE, rungs=()))
    before = START - timedelta(days=1)
    (message,) = played.happens(Booked(played.interview.id, is_new=False, previous_start=before))
    assert message.kind == "reminder.moved"
    assert len(played.found(PlanRungs)) == 1


def test_the_horizon_and_the_night_are_the_policys() -> None:
    night = START - timedelta(hours=15)  # 23:00 in Shanghai
    played = Stage(scene(night, policy=policy()))
    played.happens(
        Ordered("move", played.interview.id, args={"starts_at": (START + timedelta(days=2)).isoformat()})
    )
    (say,) = played.says_to(played.scene.whose.id)
    assert say.manner.due_at == START - timedelta(hours=6)  # 08:00
