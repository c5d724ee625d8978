"""How was it: asked once, a while after, never at night; one tap each; a low score reaches HR; always skippable."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import CloseButtons, Priority, SaveFeedback, Say, SetTimer, Show
from conversations.events import Due, Ordered, Picked, Signal, Submitted
from conversations.identity import ToTeam
from conversations.interview import Case, CaseKind, CaseState, RungRow, State, Verdict
from conversations.messages import Message
from tests.support.scenes import (
    BEFORE,
    SOON,
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
from tests.support.staff_scenes import text_of

OVER = START + timedelta(hours=1)
LATER = OVER + timedelta(minutes=15)
NIGHT = START + timedelta(hours=8, minutes=30)  # 22:30 in Shanghai
MORNING = START + timedelta(hours=18)  # 08:00
DONE = {"state": State.COMPLETED, "joined_at": START, "completed_at": OVER}


SENT = RungRow(id_of("attempt 1"), "24h", BEFORE, Verdict.SENT, settled_at=BEFORE)


def helped(**changes: Any) -> Case:
    """Return a case that somebody of support settled."""
    owner = {"owner": id_of("Sam"), "owner_name": "Sam", "closed_at": START - timedelta(minutes=50)}
    return replace(case(CaseKind.TECHNICAL), state=CaseState.CLOSED, **{**owner, **changes})


def settled(**changes: Any) -> Case:
    """Return a no-show that somebody of HR settled."""
    owner = {"owner": id_of("Han"), "owner_name": "Han", "closed_at": OVER, "result": "solved"}
    return replace(case(), **{"state": CaseState.CLOSED, **owner, **changes})


def asked(*cases: Case, at: Any = LATER, feedback: Any = None, **changes: Any) -> Stage:
    """Return a stage on which the candidate's timer for the survey has just fired."""
    about = changes.pop("interview", interview(**DONE))
    found = {"slots": (), "transcript": (), "feedback": feedback or {}}
    changes.setdefault("rungs", (SENT,))
    played = Stage(scene(at, about, cases=cases, found=found, **changes))
    played.due("survey")
    return played


def surveyed(played: Stage) -> Any:
    return played.scene.session(f"person:{played.scene.whose.id}", f"survey:{played.interview.id}")


def picks(played: Stage, action: str) -> list[Message]:
    session = surveyed(played)
    return played.happens(Picked(session.id, session.choices.index(action) + 1, session.turn))


def kinds(messages: list[Message]) -> list[str]:
    return [message.kind for message in messages]


def kept(played: Stage) -> list[tuple[str, int | None]]:
    return [(e.question, e.score) for e in played.found(SaveFeedback)]


# -- when it is asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("completed_at", "asked_at"),
    [(OVER, LATER), (NIGHT, MORNING), (NIGHT - timedelta(minutes=31), MORNING)],
)
def test_a_while_after_the_interview_and_not_at_night(completed_at: Any, asked_at: Any) -> None:
    played = Stage(scene(completed_at, interview(state=State.JOINED, joined_at=START)))
    played.happens(Signal("completed", played.interview.id))
    timer = next(e for e in played.found(SetTimer) if e.name == "survey")
    assert (timer.at, timer.subject) == (asked_at, f"interview:{played.interview.id}")
    assert timer.data == {"attempt": str(played.interview.attempt.id)}


@pytest.mark.parametrize(
    ("closed_at", "asked_at"),
    [
        (START - timedelta(hours=30), START - timedelta(hours=29, minutes=45)),
        (SOON, START + timedelta(hours=2)),
        (START + timedelta(minutes=5), START + timedelta(hours=2)),
        (START + timedelta(hours=3), START + timedelta(hours=3, minutes=15)),
    ],
)
def test_after_help_the_interview_comes_first(closed_at: Any, asked_at: Any) -> None:
    open_case = replace(case(CaseKind.TECHNICAL), opened_at=closed_at - timedelta(minutes=9))
    played = Stage(scene(closed_at, cases=(open_case,)))
    played.scene = replace(played.scene, person=hr())
    played.happens(Ordered("close", played.interview.id, hr().id))
    timer = next(e for e in played.found(SetTimer) if e.name == "survey")
    assert timer.at == asked_at


def test_where_hr_says_who_came_it_is_asked_after_the_time_an_interview_takes() -> None:
    by_hand = policy(join_signal="manual", signal_account="")
    played = Stage(scene(START + timedelta(minutes=12), policy=by_hand))
    played.happens(Ordered("joined", played.interview.id))
    timer = next(e for e in played.found(SetTimer) if e.name == "survey")
    assert timer.at == START + timedelta(hours=2)
    played.scene = replace(played.scene, found={**played.scene.found, "feedback": {}})
    told = played.at(timer.at).due("survey")
    assert kinds(told) == ["survey.overall"]


def test_where_a_platform_speaks_joining_is_not_the_end() -> None:
    played = Stage(scene(START + timedelta(minutes=12)))
    played.happens(Signal("joined", played.interview.id))
    assert [e for e in played.found(SetTimer) if e.name == "survey"] == []
    played.scene = replace(played.scene, found={**played.scene.found, "feedback": {}})
    assert played.at(LATER).due("survey") == []


@pytest.mark.parametrize(("result", "is_asked"), [("solved", True), ("dismissed", False)])
def test_a_no_show_that_somebody_looked_after_is_asked_about(result: str, is_asked: bool) -> None:
    played = Stage(scene(OVER, missed(), cases=(case(),)))
    played.scene = replace(played.scene, person=hr())
    played.happens(Ordered("close", played.interview.id, hr().id, {"result": result}))
    after = START + timedelta(hours=2)  # when the interview would have been over
    assert [e.at for e in played.found(SetTimer) if e.name == "survey"] == [after] * is_asked


def test_after_a_no_show_the_question_is_how_it_was_looked_after() -> None:
    (message,) = asked(settled(), interview=missed()).told()
    assert english(message.lead).startswith("We have looked after your interview that did not take place.")
    played = asked(settled(), interview=missed())
    assert kinds(picks(played, "overall:4")) == ["survey.reminders"]
    assert kinds(picks(played, "reminders:0")) == ["survey.support"]


@pytest.mark.parametrize(
    ("of", "about"),
    [
        ({"result": "dismissed"}, missed()),
        ({"owner": None}, missed()),
        # Booked again: they are asked after that interview.
        ({}, interview()),
        ({"attempt": id_of("attempt 0")}, missed()),
        ({"state": CaseState.TAKEN}, missed()),
    ],
)
def test_a_no_show_that_nobody_settled_is_not_asked_about(of: dict[str, Any], about: Any) -> None:
    assert asked(settled(**of), interview=about).told() == []


def test_it_is_asked_once_and_that_is_kept() -> None:
    played = asked()
    (say,) = played.says_to(played.scene.whose.id)
    assert say.message.kind == "survey.overall"
    assert say.manner.where == "ladder"
    assert kept(played) == [("overall", None)]
    assert [press.action for press in say.message.presses] == [*(f"overall:{n}" for n in range(1, 6)), "skip"]
    assert "no effect on your application" in text_of(say.message)
    assert kinds(asked(feedback={"overall": None}).told()) == []
    assert kinds(asked(feedback={"overall": 4}).told()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"candidate": candidate(opted_out_at=BEFORE)},
        {"candidate": candidate(is_bound=False)},
        {"interview": interview()},
        {"interview": interview(state=State.CANCELLED)},
        {
            "interview": replace(
                interview(**DONE), attempt=replace(interview(**DONE).attempt, id=id_of("new"))
            )
        },
        {"cases": (replace(helped(), state=CaseState.TAKEN),)},
        {"cases": (helped(owner=None),), "interview": interview()},
        {"cases": (helped(attempt=id_of("another")),), "interview": interview()},
    ],
)
def test_nobody_is_asked_who_does_not_want_it_or_has_nothing_to_tell(changes: dict[str, Any]) -> None:
    cases = changes.pop("cases", ())
    about = changes.pop("interview", interview(**DONE))
    found: dict[str, Any] = {"feedback": {}, "slots": (), "transcript": ()}
    played = Stage(scene(LATER, about, cases=cases, found=found, **changes))
    body = Due("survey", f"interview:{about.id}", LATER, {"attempt": str(id_of("attempt 1"))})
    played.as_nobody()
    played.happens(body)
    assert played.effects == []


def test_a_timer_that_fires_in_the_night_waits_for_the_morning() -> None:
    played = asked(at=NIGHT)
    (timer,) = played.found(SetTimer)
    assert (timer.name, timer.at) == ("survey", MORNING)
    assert played.found(Say) == []


def test_after_days_it_is_no_longer_asked() -> None:
    found: dict[str, Any] = {"feedback": {}}
    played = Stage(scene(LATER, interview(**DONE), found=found))
    played.due("survey", late=timedelta(days=2, minutes=1))
    assert played.effects == []


def test_what_is_being_asked_about_the_interview_stays_open() -> None:
    played = Stage(scene(LATER, interview(), cases=(helped(),)))
    played.scene = replace(played.scene, found={**played.scene.found, "feedback": {}})
    played.says("改约")
    before = played.session
    played.due("survey")
    assert played.session == before
    assert surveyed(played).at == "survey.overall"


# -- what is answered ------------------------------------------------------------------------------------


def test_one_tap_each_and_thanks_at_the_end() -> None:
    played = asked(helped())
    assert kinds(picks(played, "overall:5")) == ["survey.reminders"]
    assert kept(played) == [("overall", 5)]
    assert kinds(picks(played, "reminders:1")) == ["survey.support"]
    assert kept(played) == [("reminders", 1)]
    assert kinds(picks(played, "support:1")) == ["survey.more"]
    assert kept(played) == [("support", 1)]
    assert played.said_to_team() == []
    assert surveyed(played).choices == (), "nothing more is asked"


def test_two_questions_that_are_left_can_be_answered_at_once() -> None:
    for values, scores in (
        ({"reminders": "-1", "support": "0"}, [("reminders", -1), ("support", 0)]),
        ({"reminders": "1", "support": ""}, [("reminders", 1)]),
        ({"reminders": "7"}, []),
    ):
        played = asked(helped())
        (message,) = picks(played, "overall:5")
        assert message.form
        assert [(field.name, field.initial) for field in message.form.fields] == [
            ("reminders", ""), ("support", ""),
        ]  # fmt: skip
        held = surveyed(played)
        carried = {"session": str(held.id), "turn": str(held.turn)}
        assert kinds(played.happens(Submitted("", values, carried))) == ["survey.more"]
        assert kept(played) == scores
        assert surveyed(played).choices == (), "nothing more is asked"
    (alone,) = picks(asked(), "overall:4")
    assert alone.form is None


def test_what_somebody_content_adds_reaches_hr_without_hurry() -> None:
    played = asked(rungs=())
    picks(played, "overall:5")
    assert kinds(played.says("面试官很准时，流程清楚")) == ["survey.noted"]
    (say,) = [e for e in played.effects if isinstance(e, Say) and e.to == ToTeam("hr")]
    assert say.message.kind == "hr.words"
    assert "面试官很准时" in text_of(say.message)
    assert say.manner.priority is Priority.DIGEST
    assert surveyed(played).step != "more", "once"


def test_what_can_be_said_at_any_time_is_not_taken_for_it() -> None:
    played = asked(rungs=())
    picks(played, "overall:5")
    played.says("改约")
    assert not [e for e in played.effects if isinstance(e, Say) and e.to == ToTeam("hr")]


def test_only_what_there_was_is_asked_about() -> None:
    assert kinds(picks(asked(), "overall:4")) == ["survey.reminders"]
    played = asked()
    picks(played, "overall:4")
    assert kinds(picks(played, "reminders:0")) == ["survey.more"]
    played = asked(helped(), rungs=())
    assert kinds(picks(played, "overall:4")) == ["survey.support"]
    assert kinds(picks(asked(rungs=()), "overall:3")) == ["survey.more"]


def test_after_help_alone_the_question_is_about_the_help() -> None:
    played = asked(helped(), interview=interview())
    (message,) = played.told()
    assert english(message.lead).startswith("Our support has settled your question.")


@pytest.mark.parametrize(("typed", "score"), [("5", 5), ("１", 1), ("四", 4)])
def test_a_typed_number_is_the_score(typed: str, score: int) -> None:
    played = asked()
    played.says(typed)
    assert kept(played) == [("overall", score)]


@pytest.mark.parametrize(("typed", "score"), [("yes", 1), ("no", 0), ("是的", 1)])
def test_yes_and_no_answer_whether_support_was_in_time(typed: str, score: int) -> None:
    played = asked(helped(), rungs=())
    picks(played, "overall:5")
    played.says(typed)
    assert kept(played) == [("support", score)]


@pytest.mark.parametrize("how", ["press", "no"])
def test_it_can_be_skipped_at_any_time(how: str) -> None:
    played = asked()
    if how == "press":
        picks(played, "skip")
    else:
        played.says("no")
    assert kept(played) == []
    assert played.found(CloseButtons)
    assert played.answer is not None
    assert surveyed(played).step == ""
    assert played.said_to_team() == []


def test_no_answer_for_a_day_closes_it() -> None:
    played = asked()
    session = surveyed(played)
    assert played.timers["lapse", f"session:{session.id}"].at == LATER + timedelta(hours=24)
    played.as_nobody()
    played.happens(Due("lapse", f"session:{session.id}", LATER, {"turn": str(session.turn)}))
    assert not surveyed(played).is_waiting
    assert played.found(Show) == []


def test_a_wish_for_another_time_is_heard_as_one() -> None:
    played = Stage(scene(LATER, interview(starts_at=LATER + timedelta(hours=9)), cases=(helped(),)))
    played.scene = replace(played.scene, found={**played.scene.found, "feedback": {}})
    played.due("survey")
    assert kinds(played.says("改约")) == ["rebook.offer"]
    assert surveyed(played).is_waiting


# -- a low score -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "is_low"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_low_score_reaches_hr_at_once(score: int, is_low: bool) -> None:
    played = asked(helped())
    picks(played, f"overall:{score}")
    told = [e for e in played.found(Say) if e.to == ToTeam("hr")]
    assert bool(told) is is_low
    if is_low:
        shown = text_of(told[0].message)
        assert f"I-1024 Li Lei was not content: {score} of 5." in shown
        assert "C-7" in shown
        assert told[0].interview == played.interview.id


def unhappy() -> Stage:
    """Return a stage on which somebody who was not content has answered everything."""
    played = asked(helped(), rungs=())
    picks(played, "overall:1")
    (sorry,) = picks(played, "support:0")
    assert sorry.kind == "survey.sorry"
    return played


@pytest.mark.parametrize("how", ["say", "form"])
def test_their_words_reach_hr(how: str) -> None:
    played = unhappy()
    words = "the link never opened"
    thanks = played.says(words) if how == "say" else played.fills_in(words=words)
    assert kinds(thanks) == ["survey.thanks"]
    (told,) = played.said_to_team()
    assert f"“{words}”" in text_of(told)
    assert "“person”" in text_of(thanks[0])


def test_without_words_nothing_more_is_said_to_hr() -> None:
    for act in (lambda p: picks(p, "skip"), lambda p: p.fills_in(words=" "), lambda p: p.says("no")):
        played = unhappy()
        act(played)
        assert played.said_to_team() == []
        assert not surveyed(played).is_waiting


def test_what_can_be_said_at_any_time_is_not_taken_for_what_went_wrong() -> None:
    played = unhappy()
    assert kinds(played.says("人工")) == ["person.waiting"]
    assert surveyed(played).at == "survey.sorry"
