"""Whatever the order in which a batch's events come, and whenever it is taken back: nobody twice, nobody forgotten."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.batch import BatchState
from conversations.events import Due
from tests.support.crowds import Crowd, crowd
from tests.support.staff_scenes import HAN, NOW

SIZES = st.integers(2, 45)
HAPPENS = ("one", "timer", "again", "late")
"""`late` is a timer that fires again before its time is over, a second later at most."""
MOVES = st.lists(st.tuples(st.sampled_from(HAPPENS), st.integers(0, 99)), max_size=120)
SILENCES = st.lists(st.tuples(st.sampled_from((*HAPPENS, "silence")), st.integers(0, 99)), max_size=120)


def begun(count: int) -> Crowd:
    stage = crowd(count, starts_at=NOW + timedelta(hours=5))
    stage.types("remind tomorrow")
    stage.presses(stage.session(f"person:{HAN.id}", "batch:"), "yes")
    return stage


def shuffled(stage: Crowd, moves: list[tuple[str, int]]) -> None:
    """Let events happen in any order, some of them again, and timers late."""
    seen = []
    for move, n in moves:
        if move == "one" and stage.waiting:
            seen.append(list(stage.waiting.values())[n % len(stage.waiting)])
            stage.next_one(lambda names, n=n: names[n % len(names)])  # type: ignore[misc]
        elif move == "timer":
            stage.fires()
        elif move == "again" and seen:
            stage.happens(seen[n % len(seen)], HAN)
        elif move == "silence":
            stage.passes(minutes=n)
        elif move == "late":
            stage.passes(seconds=n % 2)
            for timer in list(stage.timers.values()):
                stage.happens(Due(timer.name, timer.subject, timer.at, timer.data))


@settings(max_examples=60)
@given(SIZES, MOVES)
def test_each_is_done_once(count: int, moves: list[tuple[str, int]]) -> None:
    stage = begun(count)
    shuffled(stage, moves)
    stage.runs()
    assert sorted(stage.done_to("remind")) == [f"I-{1001 + n}" for n in range(count)]
    (batch,) = stage.batches.values()
    assert (batch.state, batch.done) == (BatchState.DONE, frozenset(stage.targets))


@settings(max_examples=60)
@given(SIZES, MOVES, MOVES)
def test_taken_back_at_any_time_whoever_was_reached_is_corrected_once_and_nobody_else_reached(
    count: int, before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    stage = begun(count)
    shuffled(stage, before)
    stage.says("undo B-1")
    reached = stage.done_to("remind")
    shuffled(stage, after)
    if reached:
        question = stage.session(f"person:{HAN.id}", "undo:")
        stage.presses(question, "yes")
    shuffled(stage, after)
    stage.runs()
    assert stage.done_to("remind") == reached
    assert sorted(stage.done_to("correct")) == sorted(reached)


@settings(max_examples=60)
@given(SIZES, SILENCES)
def test_after_any_silence_each_is_done_once_or_counted_as_not_done(
    count: int, moves: list[tuple[str, int]]
) -> None:
    stage = begun(count)
    shuffled(stage, moves)
    stage.runs()
    (batch,) = stage.batches.values()
    assert batch.done | set(batch.failed) == set(stage.targets)
    assert not batch.done & set(batch.failed)
    assert sorted(stage.done_to("remind")) == sorted(stage.targets[id].interview.label for id in batch.done)
