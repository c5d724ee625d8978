"""Commands about many: who is meant, read back with counts, and nothing happens before the yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversations.batch import BatchState, Places
from conversations.commands import ORDERS
from conversations.interview import Outcome, State
from conversations.messages import Message
from tests.support.crowds import Crowd, crowd
from tests.support.staff_scenes import HAN, NOW, RUI, VERA, target, text_of

MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}
AHEAD: dict[str, Any] = {"starts_at": NOW + timedelta(hours=5)}
FITTING: dict[str, dict[str, Any]] = {
    "remind": AHEAD,
    "invite": {**AHEAD, "channels": ("email",)},
    "confirm": AHEAD,
    "joined": {},
    "noshow": {},
    "undo": MISSED,
    "cancel": AHEAD,
    "rebook": MISSED,
    "pause": AHEAD,
    "resume": {**AHEAD, "paused_at": NOW},
}


def shown(message: Message | None, kind: str) -> str:
    assert message is not None
    assert message.kind == kind, text_of(message)
    return text_of(message)


def played(verb: str, count: int = 3) -> Crowd:
    return crowd(count, **FITTING[verb])


def confirmed(stage: Crowd) -> None:
    stage.presses(stage.session(f"person:{HAN.id}", "batch:"), "yes")


def test_what_can_be_done_to_many_has_an_example_here() -> None:
    assert {order.verb for order in ORDERS if order.many is not None} == set(FITTING)


@pytest.mark.parametrize("verb", FITTING)
def test_a_preview_says_what_happens_to_how_many_and_waits(verb: str) -> None:
    stage = played(verb)
    text = shown(stage.types(f"{verb} today"), "batch.preview")
    assert "3" in text.splitlines()[0]
    assert "I-1001 李雷, I-1002 韩梅, and I-1003 Anna" in text
    assert "30 seconds" in text
    assert stage.ordered == []
    assert stage.batches == {}


@pytest.mark.parametrize("verb", FITTING)
def test_after_the_yes_it_waits_half_a_minute_and_is_then_done_once_to_each(verb: str) -> None:
    stage = played(verb)
    act = next(order.act for order in ORDERS if order.verb == verb)
    stage.types(f"{verb} today")
    confirmed(stage)
    (batch,) = stage.batches.values()
    assert (batch.label, batch.state) == ("B-1", BatchState.WAITING)
    assert batch.runs_at == NOW + timedelta(seconds=30)
    assert stage.ordered == []
    stage.runs()
    assert stage.done_to(act) == ["I-1001", "I-1002", "I-1003"]
    (batch,) = stage.batches.values()
    assert (batch.state, len(batch.done)) == (BatchState.DONE, 3)
    assert "3 of 3 done" in text_of(stage.said[-1].message)


@pytest.mark.parametrize(
    "typed",
    [
        "remind state:unconfirmed",
        "remind I-1001 I-1002 I-1003",
        "remind 明天",
        "remind source:校招 job:前端 tomorrow",
        "提醒 状态：未确认 明天",
    ],
)
def test_several_can_be_meant_in_many_ways(typed: str) -> None:
    shown(played("remind").says(typed), "batch.preview")


def test_what_is_selected_is_asked_for_in_the_words_of_the_core() -> None:
    stage = played("rebook")
    stage.places = Places(3, 3, 0)
    stage.types("rebook 状态：未参加 原因：技术 today")
    assert stage.asked[0] == (
        "selected",
        {"text": "", "when": "today", "state": "no_show", "reason": "technical"},
    )


def test_one_that_is_found_alone_is_no_crowd() -> None:
    stage = crowd(1, **AHEAD)
    assert "a reminder is on its way" in text_of(stage.types("remind tomorrow state:unconfirmed"))
    assert stage.done_to("remind") == ["I-1001"]


def test_nobody_found_says_what_to_try() -> None:
    text = text_of(crowd(0).types("remind state:unconfirmed tomorrow"))
    assert "No interview of yours is meant by this." in text
    assert "list today" in text


def test_who_does_not_fit_is_left_out_with_the_reason() -> None:
    stage = crowd(3, **AHEAD)
    joined = target(1009, "Zoe", state=State.JOINED, outcome=Outcome.JOINED, joined_at=NOW)
    stage.targets[joined.interview.id] = joined
    text = shown(stage.types("remind today"), "batch.preview")
    assert "1 is left out:" in text
    assert "I-1009 is recorded as joined" in text
    confirmed(stage)
    stage.runs()
    assert stage.done_to("remind") == ["I-1001", "I-1002", "I-1003"]


def test_nobody_who_fits_is_said_at_once() -> None:
    stage = crowd(8, state=State.CANCELLED, outcome=Outcome.CANCELLED)
    text = text_of(stage.types("remind today"))
    assert "There is nobody to do this for." in text
    assert "8 are left out:" in text
    assert "3 more" in text, "no more reasons than fit the screen"
    assert stage.sessions == {}


def test_somebody_elses_are_not_even_counted() -> None:
    stage = crowd(3, **AHEAD, recruiter=RUI.id)
    other = target(1009, "Zoe", **AHEAD, recruiter=HAN.id)
    stage.targets[other.interview.id] = other
    text = shown(stage.types("remind today", RUI), "batch.preview")
    assert text.splitlines()[0] == "Remind 3 people now?"
    assert "Zoe" not in text


def test_who_may_not_is_refused() -> None:
    assert shown(crowd(3, **AHEAD).types("remind today", VERA), "notice.not_allowed")


def test_more_than_a_campus_are_refused() -> None:
    stage = crowd(3, **AHEAD)
    stage.found["selected"] = tuple(target(n, f"P {n}", **AHEAD) for n in range(1000, 1501))
    assert "More than 500 interviews" in text_of(stage.types("remind today"))


def test_a_dry_run_only_tells() -> None:
    stage = played("cancel")
    message = stage.types("cancel today --dry-run")
    assert "Only a preview" in shown(message, "batch.preview")
    assert message is not None
    assert message.presses == ()
    assert (stage.sessions, stage.ordered, stage.batches) == ({}, [], {})


def test_yes_in_advance_counts_for_one_only() -> None:
    stage = crowd(1, **AHEAD)
    assert "is cancelled" in text_of(stage.types("cancel I-1001 --yes"))
    assert stage.done_to("cancel") == ["I-1001"]
    several = played("cancel")
    assert "--yes counts for one interview only." in shown(
        several.types("cancel today --yes"), "batch.preview"
    )
    assert several.ordered == []


def test_a_dry_run_of_one_says_what_would_be_asked() -> None:
    stage = crowd(1, **AHEAD)
    text = text_of(stage.types("cancel I-1001 --dry-run"))
    assert "Cancel I-1001 李雷" in text
    assert "Only a preview" in text
    assert "this can be done" in text_of(stage.types("remind I-1001 --dry-run"))
    assert stage.ordered == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("remind state:asleep", "“state:asleep” is none I know. There are: no_show"),
        ("remind 2026-02-30", "“2026-02-30” is on no calendar or clock."),
        ("remind team:hr", "“team:” means nothing here."),
        ("remind today --force", "--force means nothing here."),
    ],
)
def test_what_cannot_be_read_gets_one_line_and_the_usage(typed: str, said: str) -> None:
    stage = played("remind")
    text = text_of(stage.types(typed))
    assert said in text
    assert "remind I-1024" in text
    assert stage.asked == []


def test_a_move_is_for_one_and_names_the_remedy() -> None:
    stage = crowd(3, **AHEAD)
    text = text_of(stage.types("move state:no_show today"))
    assert "one interview at a time" in text
    assert "rebook" in text


def test_a_time_behind_rebook_moves_one() -> None:
    stage = crowd(1, **AHEAD)
    assert "Move I-1001 李雷" in shown(stage.types("rebook I-1001 2026-11-25T14:00"), "confirm.ask")


@pytest.mark.parametrize(
    ("places", "lines"),
    [
        (Places(40, 40, 0), ["40 people, 40 free places that fit."]),
        (Places(40, 32, 8), ["40 people, 32 free places that fit.", "8 get the first free ones after that."]),
        (
            Places(40, 32, 5),
            [
                "5 get the first free ones after that.",
                "For 3 there are none yet: a colleague will have to find times.",
            ],
        ),
    ],
)
def test_places_are_counted_before_people_are_asked_to_choose(places: Places, lines: list[str]) -> None:
    stage = played("rebook")
    stage.places = places
    text = shown(stage.types("rebook state:no_show today"), "batch.preview")
    assert [line for line in lines if line not in text] == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("rebook state:no_show reason:technical today", "outage"),
        ("rebook today 10:00..11:00", "outage"),
        ("rebook state:no_show today", "sorry"),
    ],
)
def test_what_is_apologised_for_follows_from_who_is_meant(typed: str, why: str) -> None:
    stage = played("rebook")
    stage.types(typed)
    confirmed(stage)
    stage.runs()
    assert {order.args["why"] for order in stage.ordered if order.act == "rebook"} == {why}


def test_typing_the_same_twice_does_nothing_twice() -> None:
    stage = played("remind")
    stage.types("remind today")
    confirmed(stage)
    text = text_of(stage.types("remind today"))
    assert "I-1001: B-1 does just this already." in text
    stage.runs()
    assert "There is nobody to do this for." in text_of(stage.types("remind today"))
    assert len(stage.done_to("remind")) == 3


def test_two_previews_answered_with_yes_do_it_once() -> None:
    stage = played("remind")
    stage.types("remind today")
    first = stage.session(f"person:{HAN.id}", "batch:")
    stage.types("remind today")
    second = next(s for s in stage.sessions.values() if s.subject.startswith("batch:") and s.id != first.id)
    stage.presses(first, "yes")
    stage.presses(second, "yes")
    stage.runs()
    assert len(stage.done_to("remind")) == 3
    assert "Meanwhile there is nobody left" in text_of(stage.said[3].message)


@pytest.mark.parametrize(
    ("typed", "args"),
    [
        (
            "list source:校招 reason:technical today",
            {"source": "校招", "reason": "technical", "when": "today"},
        ),
        ("名单 状态：未参加 原因：忘记", {"state": "no_show", "reason": "forgot", "when": ""}),
        ("no-shows job:前端", {"state": "no_show", "job": "前端", "when": ""}),
    ],
)
def test_a_list_takes_the_same_words(typed: str, args: dict[str, str]) -> None:
    stage = crowd(2, **MISSED)
    text = shown(stage.says(typed), "command.list")
    assert stage.asked == [("selected", {"text": "", **args})]
    assert "2 interviews: " in text
    assert "I-1001" in text


def test_a_list_of_nobody_in_common_says_so() -> None:
    text = shown(crowd(0).types("list source:校招 today"), "command.list")
    assert "No interviews: Tue 24 Nov (Asia/Shanghai), “source:校招”." in text


def test_a_list_that_cannot_be_read_says_why() -> None:
    stage = crowd(2)
    assert "“state:asleep” is none I know." in shown(stage.types("list state:asleep"), "command.list")
    assert stage.asked == []


def test_hours_of_a_day_are_named() -> None:
    text = shown(crowd(0).types("list source:x today 10:00..11:00"), "command.list")
    assert "Tue 24 Nov, 10:00 to 11:00" in text
