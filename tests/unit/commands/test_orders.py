"""What staff have done to an interview: at once where it is easily put right, asked again where it hurts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conversations.events import Ordered, Picked
from conversations.interview import Outcome, State
from tests.support.staff_scenes import HAN, NOW, RUI, START, Stage, target, text_of

SURE = ("noshow", "cancel", "move")
MISSED: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}
JOINED: dict[str, Any] = {"state": State.JOINED, "outcome": Outcome.JOINED, "joined_at": NOW}
OFF: dict[str, Any] = {"state": State.CANCELLED, "outcome": Outcome.CANCELLED}


def stage(**changes) -> Stage:
    return Stage(found={"targets": (target(**changes),)})


def asked(name: str, **changes) -> tuple[Stage, str]:
    """Type a command that asks, and return the question."""
    played = stage(**changes)
    line = f"{name} I-1024 2026-11-25T14:00" if name == "move" else f"{name} I-1024"
    message = played.types(line)
    assert message is not None
    assert message.kind == "confirm.ask", text_of(message)
    return played, text_of(message)


@pytest.mark.parametrize(
    ("line", "act", "changes"),
    [
        ("remind I-1024", "remind", {}),
        ("joined I-1024", "joined", {}),
        ("undo I-1024", "undo", MISSED),
        ("undo I-1024", "undo", JOINED),
        ("undo I-1024", "undo", {**OFF, "starts_at": NOW + timedelta(hours=1)}),
    ],
)
def test_what_is_easily_put_right_happens_at_once(line, act, changes):
    played = stage(**changes)
    shown = text_of(played.types(line))
    assert played.ordered == [Ordered(act, target().interview.id, HAN.id)]
    assert "I-1024 李雷" in shown
    assert "I-1024" in shown.splitlines()[-1], "the answer ends with what to do next"


@pytest.mark.parametrize("name", SURE)
def test_what_hurts_is_asked_first(name):
    played, question = asked(name)
    assert "I-1024 李雷, Java" in question
    assert "14:00" in question
    assert "Nothing has happened yet." in question
    assert played.ordered == []


@pytest.mark.parametrize("answer", ["press", "1", "yes", "是的", "好"])
def test_yes_does_it(answer):
    played, _ = asked("cancel")
    if answer == "press":
        played.presses(played.session(f"person:{HAN.id}", "confirm"), "yes")
    else:
        played.says(answer)
    assert played.ordered == [Ordered("cancel", target().interview.id, HAN.id)]
    assert "is cancelled. The candidate is told now." in text_of(played.said[-1].message)


@pytest.mark.parametrize("answer", ["press", "2", "no", "不"])
def test_no_leaves_it(answer):
    played, _ = asked("noshow")
    if answer == "press":
        played.presses(played.session(f"person:{HAN.id}", "confirm"), "no")
    else:
        played.says(answer)
    assert played.ordered == []
    assert "Nothing was changed." in text_of(played.said[-1].message)


def test_a_no_show_is_ordered_once_sure():
    played, _ = asked("noshow")
    played.says("yes")
    assert [order.act for order in played.ordered] == ["no_show"]


def test_what_changed_meanwhile_is_seen_before_it_is_done():
    played, _ = asked("noshow")
    played.found["targets"] = (target(**JOINED),)
    played.says("yes")
    assert played.ordered == []
    assert "is recorded as joined" in text_of(played.said[-1].message)


def test_a_right_that_was_lost_meanwhile_is_gone():
    played = Stage(found={"targets": (target(recruiter=RUI.id),)})
    played.types("cancel I-1024", RUI)
    played.found["targets"] = (target(recruiter=HAN.id),)
    played.says("yes", RUI)
    assert played.ordered == []
    assert "not yours to change any more" in text_of(played.said[-1].message)


def test_pressing_twice_does_it_once():
    played, _ = asked("cancel")
    session = played.session(f"person:{HAN.id}", "confirm")
    turn = session.turn
    played.presses(session, "yes")
    played.happens(Picked(session.id, 1, turn), HAN)
    assert len(played.ordered) == 1
    assert "Got it already" in played.toast()


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("remind", OFF, "is off already"),
        ("remind", JOINED, "recorded as joined"),
        ("remind", MISSED, "asked why instead"),
        ("remind", {"channels": ()}, "Send them their link: link I-1024"),
        ("joined", JOINED, "recorded as joined"),
        ("joined", {"starts_at": NOW + timedelta(hours=2)}, "has not begun"),
        ("noshow", MISSED, "recorded as a no-show already"),
        ("noshow", JOINED, "recorded as joined"),
        ("noshow", {"starts_at": NOW + timedelta(minutes=1)}, "has not begun"),
        ("undo", {}, "nothing to take back"),
        ("undo", OFF, "is off already"),
        ("cancel", OFF, "is off already"),
        ("cancel", JOINED, "recorded as joined"),
        ("move", OFF, "is off already"),
        ("move", JOINED, "recorded as joined"),
    ],
)
def test_what_cannot_be_done_says_why(name, changes, why):
    played = stage(**changes)
    shown = text_of(played.types(f"{name} I-1024 2026-11-25T14:00" if name == "move" else f"{name} I-1024"))
    assert why in shown
    assert played.ordered == []
    assert played.sessions == {}


def test_who_asked_for_no_more_messages_gets_none():
    one = target()
    silent = replace(one, candidate=replace(one.candidate, opted_out_at=NOW))
    played = Stage(found={"targets": (silent,)})
    assert "Please call them" in text_of(played.types("remind I-1024"))
    assert played.ordered == []


# -- move ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "starts_at"),
    [
        ("2026-11-25T14:00", datetime(2026, 11, 25, 6, tzinfo=UTC)),
        ("明天 15:30", datetime(2026, 11, 25, 7, 30, tzinfo=UTC)),
        ("16:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-25T14:00+01:00", datetime(2026, 11, 25, 13, tzinfo=UTC)),
    ],
)
def test_a_move_is_ordered_at_the_instant_that_was_read_back(typed, starts_at):
    played = stage()
    question = text_of(played.types(f"move I-1024 {typed}"))
    assert "(Asia/Shanghai)" in question
    played.says("yes")
    assert dict(played.ordered[0].args) == {
        "starts_at": starts_at.isoformat(),
        "zone": "Asia/Shanghai",
        "join": "https://meet.example/1",
    }
    assert "plan I-1024" in text_of(played.said[-1].message)


def test_a_move_reads_the_clock_of_the_interviews_zone():
    played = stage(zone="Europe/Berlin", starts_at=START + timedelta(days=1))
    assert "(Europe/Berlin)" in text_of(played.types("move I-1024 2026-11-26T14:00"))
    played.says("yes")
    assert played.ordered[0].args["starts_at"] == "2026-11-26T13:00:00+00:00"


def test_a_move_may_bring_a_new_link():
    played = stage()
    played.types("move I-1024 2026-11-25T14:00 https://meet.example/2")
    played.says("yes")
    assert played.ordered[0].args["join"] == "https://meet.example/2"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("move I-1024 someday", "I cannot read “someday” as a time."),
        ("改约 I-1024 改天", "I cannot read “改天” as a time."),
        ("move I-1024 https://meet.example/2", "When should I-1024 be?"),
        ("move I-1024 2026-11-20T14:00", "has already passed"),
        ("move I-1024 2026-11-24T14:00", "has already passed"),
    ],
)
def test_a_move_without_a_time_to_come_asks_for_one(line, why):
    played = stage()
    assert why in text_of(played.types(line))
    assert played.ordered == []


def test_a_move_to_the_same_time_is_none():
    played = stage(starts_at=START + timedelta(days=1))
    assert "at that time already" in text_of(played.types("move I-1024 2026-11-25T14:00"))


def test_the_chinese_words_work_without_a_slash_and_without_a_space():
    played = stage()
    assert "Record I-1024" in text_of(played.says("标记未参加I-1024"))
    assert "Move I-1024" in text_of(played.says("改约 I-1024 明天 14:00"))
    assert "a reminder is on its way" in text_of(played.says("提醒 I-1024"))
