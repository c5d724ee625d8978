"""A batch through its life: taken back before it begins, stopped on the way, corrected afterwards; each done once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.batch import BatchState
from conversations.dialog import Session
from conversations.effects import Record, Say
from conversations.events import Due, Ordered
from conversations.identity import Role
from conversations.interview import Outcome, State
from tests.support.crowds import Crowd, crowd
from tests.support.staff_scenes import ADA, HAN, NOW, SAM, text_of

AHEAD = {"starts_at": NOW + timedelta(hours=5)}


def begun(count: int = 3, verb: str = "remind") -> Crowd:
    """Return a stage on which HR has just said yes."""
    stage = crowd(count, **AHEAD)
    stage.types(f"{verb} tomorrow")
    stage.presses(card(stage), "yes")
    return stage


def card(stage: Crowd) -> Session:
    return stage.session(f"person:{HAN.id}", "batch:")


def last(stage: Crowd) -> str:
    return text_of(stage.said[-1].message)


def kinds(stage: Crowd) -> list[str]:
    return [say.message.kind for say in stage.said]


def state(stage: Crowd, label: str = "B-1") -> BatchState:
    return next(batch.state for batch in stage.batches.values() if batch.label == label)


# -- before it begins ------------------------------------------------------------------------------------


def test_no_leaves_everybody_alone() -> None:
    stage = crowd(3, **AHEAD)
    stage.types("cancel tomorrow")
    stage.says("不")
    assert last(stage) == "Nothing was changed: nobody hears of it."
    assert stage.batches == {}


@pytest.mark.parametrize("word", ["yes", "确认", "是的", "1"])
def test_yes_can_be_typed_even_where_it_is_a_command_too(word: str) -> None:
    stage = crowd(3, **AHEAD)
    stage.types("cancel tomorrow")
    stage.says(word)
    assert kinds(stage)[-1] == "batch.waiting"
    assert "begins in 30 seconds, for 3 people" in last(stage)


@pytest.mark.parametrize("how", ["press", "undo", "撤销", "undo B-1", "撤销 b1"])
def test_within_half_a_minute_it_is_taken_back_as_if_nothing_had_been(how: str) -> None:
    stage = begun()
    stage.passes(seconds=29)
    if how == "press":
        stage.presses(card(stage), "undo")
    else:
        stage.says(how)
        assert "B-1 is taken back. Nobody was told anything." in last(stage)
    assert state(stage) is BatchState.CANCELLED
    assert "batch.off" in kinds(stage)
    stage.runs()
    assert stage.ordered == []


def test_taking_it_back_twice_says_so() -> None:
    stage = begun()
    stage.says("undo")
    assert "B-1 is taken back already." in text_of(stage.says("undo"))


def test_a_timer_that_comes_late_finds_it_taken_back() -> None:
    stage = begun()
    due = next(iter(stage.timers.values()))
    stage.says("undo")
    stage.happens(Due("batch", due.subject, due.at, due.data))
    assert stage.waiting == {}


# -- while it runs ---------------------------------------------------------------------------------------


def test_the_card_counts_and_is_one_message_throughout() -> None:
    stage = begun(50)
    stage.runs()
    cards = [say.message for say in stage.said if say.message.kind.startswith("batch.")]
    assert len({message.key for message in cards}) == 1
    assert [message.kind for message in cards[:2]] == ["batch.preview", "batch.waiting"]
    progress = [text_of(message).splitlines()[0] for message in cards if message.kind == "batch.progress"]
    assert 1 <= len(progress) <= 5, "no more often than each quarter"
    assert "B-1, reminders: 20 of 50 done." in progress
    assert cards[-1].kind == "batch.over"
    assert "B-1, reminders: 50 of 50 done." in last(stage)
    assert "undo B-1" in last(stage)


def test_who_cannot_be_done_any_more_is_told_with_the_reason() -> None:
    stage = begun()
    id = next(iter(stage.targets))
    known = stage.targets[id]
    off = replace(known.interview, state=State.CANCELLED)
    stage.targets[id] = replace(known, interview=off)
    stage.runs()
    assert stage.done_to("remind") == ["I-1002", "I-1003"]
    assert "2 of 3 done, 1 not." in last(stage)
    assert "I-1001 is off already" in last(stage)


def test_a_right_that_was_lost_meanwhile_is_gone() -> None:
    stage = begun()
    stage.fires()
    for name, body in list(stage.waiting.items()):
        del stage.waiting[name]
        stage.happens(body, replace(HAN, roles=frozenset({Role.VIEWER})))
    stage.runs()
    assert stage.done_to("remind") == []
    assert "I-1001 is not yours to change any more." in last(stage)


def test_the_same_event_twice_does_it_once() -> None:
    stage = begun()
    stage.fires()
    events = list(stage.waiting.values())
    stage.runs()
    for body in events:
        stage.happens(body, HAN)
    assert len(stage.done_to("remind")) == 3


def test_stopped_on_the_way_nobody_further_is_touched() -> None:
    stage = begun(50)
    stage.fires()
    for _ in range(5):
        stage.next_one()
    stage.presses(card(stage), "undo")
    assert state(stage) is BatchState.STOPPED
    assert "5 of 50 had been done" in text_of(stage.said[-2].message)
    assert "5 people have been reached" in last(stage)
    stage.runs()
    assert len(stage.done_to("remind")) == 5


def test_stopped_before_anybody_was_reached_asks_nothing() -> None:
    stage = begun()
    stage.fires()
    stage.says("undo")
    assert "B-1 is stopped. Nobody was told anything." in last(stage)
    stage.runs()
    assert stage.ordered == [order for order in stage.ordered if order.act == "each"]


def test_what_never_comes_back_is_counted_as_failed_in_the_end() -> None:
    stage = begun()
    stage.fires()
    stage.waiting.clear()
    stage.next_one()
    for _ in range(300):
        stage.fires()
    assert state(stage) is BatchState.DONE
    assert "0 of 3 done, 3 not." in last(stage)
    assert stage.now - NOW < timedelta(minutes=7)


def test_everything_is_in_the_journal() -> None:
    stage = begun()
    stage.runs()
    actions = [effect.action for effect in stage.effects if isinstance(effect, Record)]
    assert actions == ["batch.ordered", "batch.remind", "batch.remind", "batch.remind", "batch.done"]


# -- afterwards ------------------------------------------------------------------------------------------


def over(verb: str = "remind") -> Crowd:
    stage = begun(verb=verb)
    stage.runs()
    stage.passes(seconds=1)
    return stage


@pytest.mark.parametrize("how", ["press", "undo", "undo B-1"])
def test_afterwards_it_asks_and_then_corrects_each_once(how: str) -> None:
    stage = over()
    if how == "press":
        stage.presses(card(stage), "undo")
    else:
        stage.says(how)
    assert "3 people have been reached" in last(stage)
    assert stage.done_to("correct") == []
    stage.says("yes")
    stage.runs()
    assert stage.done_to("correct") == ["I-1001", "I-1002", "I-1003"]
    order = next(order for order in stage.ordered if order.act == "correct")
    assert dict(order.args) == {"act": "remind", "since": NOW.isoformat()}
    assert (state(stage), state(stage, "B-2")) == (BatchState.STOPPED, BatchState.DONE)
    assert "B-2, reminders, taken back: 3 of 3 done." in last(stage)
    assert "[Undo]" not in last(stage)


def test_it_can_stay_as_it_is() -> None:
    stage = over()
    stage.says("undo")
    stage.says("no")
    assert last(stage) == "Then it stays as it is."
    stage.runs()
    assert stage.done_to("correct") == []


def test_it_is_taken_back_once() -> None:
    stage = over()
    stage.says("undo")
    stage.says("yes")
    assert "B-1 is taken back already." in text_of(stage.says("undo B-1"))
    assert "B-2 was itself taking something back" in text_of(stage.says("undo B-2"))


def test_after_an_hour_undo_alone_means_something_else() -> None:
    stage = over()
    stage.passes(minutes=62)
    assert "Which interview?" in text_of(stage.says("undo"))
    assert "have been reached" in text_of(stage.says("undo B-1"))


def test_anothers_batch_is_nobody_elses_but_an_administrators() -> None:
    stage = over()
    assert "No B-1 of yours can be found." in text_of(stage.says("undo B-1", SAM))
    assert "have been reached" in text_of(stage.says("undo B-1", ADA))
    assert "No B-9 of yours can be found." in text_of(stage.says("undo B-9"))


def test_undo_with_a_number_is_about_that_one() -> None:
    stage = over()
    missed = crowd(1, state=State.NO_SHOW, outcome=Outcome.NO_SHOW, flagged_at=NOW)
    played = Crowd(targets=missed.targets, batches=stage.batches)
    text = text_of(played.types("undo I-1001"))
    assert "what was recorded about it is taken back" in text


def test_a_batch_of_undo_is_not_taken_back() -> None:
    stage = crowd(2, state=State.NO_SHOW, outcome=Outcome.NO_SHOW, flagged_at=NOW)
    stage.types("undo state:no_show")
    stage.presses(card(stage), "yes")
    stage.runs()
    assert stage.done_to("undo") == ["I-1001", "I-1002"]
    assert "was itself taking something back" in text_of(stage.says("undo"))


def test_an_order_of_a_batch_that_is_not_known_does_nothing() -> None:
    stage = crowd(1, **AHEAD)
    id = next(iter(stage.targets))
    stage.happens(Ordered("each", id, HAN.id, {"batch": str(id)}), HAN)
    assert not [effect for effect in stage.effects if isinstance(effect, Say)]
