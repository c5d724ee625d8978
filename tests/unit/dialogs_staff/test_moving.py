"""`move` without a time: chosen in a form or typed, on the interview's clocks, and asked about first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import Answer
from conversations.interview import State
from conversations.messages import Form
from locales.translate import render
from tests.support.staff_scenes import HAN, READER, RUI, START, Stage, target, text_of

TOMORROW = START + timedelta(days=1)


def asked(**changes: Any) -> Stage:
    """Return a stage on which HR has just typed `move I-1024`."""
    played = Stage(found={"targets": (target(**changes),)})
    message = played.types("move I-1024")
    assert message is not None
    assert message.kind == "move.when"
    return played


def opened(**changes: Any) -> tuple[Stage, Form]:
    played = asked(**changes)
    outcome = played.presses(played.session(f"person:{HAN.id}", "moving"), "choose")
    assert outcome.answer is not None
    assert outcome.answer.form is not None
    return played, outcome.answer.form


def wrong(answer: Answer | None) -> dict[str, str]:
    assert answer is not None
    return {name: render(text, READER) for name, text in answer.field_errors.items()}


def test_it_asks_for_the_time_and_says_what_it_is_now() -> None:
    played = asked()
    shown = text_of(played.said[-1].message)
    assert "When should I-1024 李雷 be? Now it is today, Tue 24 Nov, 14:00 (Asia/Shanghai)." in shown
    assert played.ordered == []


def test_a_press_opens_the_form_with_the_present_time_in_it() -> None:
    _, form = opened(starts_at=TOMORROW)
    assert {field.name: field.initial for field in form.fields} == {
        "day": "2026-11-25",
        "time": "14:00",
        "link": "",
    }
    assert "Asia/Shanghai" in render(form.fields[1].label, READER)


def test_a_day_that_is_over_is_not_proposed() -> None:
    _, form = opened(starts_at=START - timedelta(days=3))
    assert form.fields[0].initial == "2026-11-24"


def test_what_the_form_says_is_asked_about_before_it_happens() -> None:
    played, form = opened()
    outcome = played.fills_in(form, day="2026-11-25", time="15:30", link="")
    assert outcome.answer is None
    assert "Move I-1024 李雷, Java, from today, Tue 24 Nov, 14:00 to" in text_of(played.said[-1].message)
    assert played.ordered == []
    played.says("yes")
    assert dict(played.ordered[0].args) == {
        "starts_at": "2026-11-25T07:30:00+00:00",
        "zone": "Asia/Shanghai",
        "join": "https://meet.example/1",
    }


def test_the_form_may_bring_a_new_link() -> None:
    played, form = opened()
    played.fills_in(form, day="2026-11-25", time="15:30", link="https://meet.example/2")
    played.says("yes")
    assert played.ordered[0].args["join"] == "https://meet.example/2"


@pytest.mark.parametrize(
    ("values", "field", "why"),
    [
        ({"day": "2026-11-23", "time": "14:00"}, "day", "already passed"),
        ({"day": "2026-11-24", "time": "13:00"}, "time", "already passed"),
        ({"day": "", "time": "14:00"}, "day", "2026-11-25"),
        ({"day": "2026-11-25", "time": ""}, "time", "14:30"),
        ({"day": "2026-11-25", "time": "14:00"}, "time", "at that time already"),
        ({"day": "2926-11-25", "time": "14:00"}, "day", "the year"),
        ({"day": "9999-12-31", "time": "23:00"}, "day", "the year"),
        ({"day": "2026-11-25", "time": "15:00", "link": "meet.example/2"}, "link", "https://"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(values: dict[str, Any], field: str, why: str) -> None:
    played, form = opened(starts_at=TOMORROW)
    outcome = played.fills_in(form, **values)
    assert list(wrong(outcome.answer)) == [field]
    assert why in wrong(outcome.answer)[field]
    assert played.ordered == []
    assert played.fills_in(form, day="2026-11-26", time="09:00").answer is None


@pytest.mark.parametrize("typed", ["明天 15:30", "tomorrow 15:30", "2026-11-25 15:30", "11月25日下午3点半"])
def test_a_time_can_be_typed_even_where_it_begins_like_a_command(typed: str) -> None:
    played = asked()
    played.says(typed)
    played.says("yes")
    assert played.ordered[0].args["starts_at"] == "2026-11-25T07:30:00+00:00"


def test_what_is_no_time_is_said_and_the_question_stays() -> None:
    played = asked()
    assert "I cannot read “someday” as a time." in text_of(played.says("someday"))
    assert "15:30" in text_of(played.says("tomorrow 15:30"))


def test_another_command_is_heard_as_one() -> None:
    played = asked()
    assert "You are Han Meimei." in text_of(played.says("whoami"))
    assert "Nothing was changed." in text_of(played.says("no"))
    assert played.ordered == []


@pytest.mark.parametrize(
    "gone", [(), (replace(target(), interview=replace(target().interview, recruiter=None)),)]
)
def test_who_may_not_see_it_any_more_moves_nothing(gone: tuple[object, ...]) -> None:
    mine = target(recruiter=RUI.id)
    played = Stage(found={"targets": (mine,)})
    played.types("move I-1024", RUI)
    outcome = played.presses(played.session(f"person:{RUI.id}", "moving"), "choose", RUI)
    played.found["targets"] = gone
    played.fills_in(outcome.answer.form if outcome.answer else None, RUI, day="2026-11-25", time="15:30")
    assert "not yours to change" in text_of(played.said[-1].message)
    assert played.ordered == []


def test_what_was_called_off_meanwhile_is_not_moved() -> None:
    played, form = opened()
    played.found["targets"] = (target(state=State.CANCELLED),)
    played.fills_in(form, day="2026-11-25", time="15:30")
    assert "off already" in text_of(played.said[-1].message)
    played.fills_in(form, day="2026-11-25", time="15:30")
    assert "earlier" in played.toast()
