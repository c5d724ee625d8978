"""Reasons before the absence, technical help, handing over, opting out, and the kind menu for everything else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.dialogs.technical import is_silent
from conversations.effects import SavePerson, Say, SetTimer, Withdraw
from conversations.events import Ordered, Sent
from conversations.identity import ToTeam
from conversations.interview import CaseKind, CaseState, Reason, State, Verdict
from conversations.messages import Fact
from tests.support.scenes import (
    AFTER,
    BEFORE,
    SOON,
    START,
    Stage,
    candidate,
    case,
    english,
    id_of,
    interview,
    missed,
    policy,
    scene,
)

# -- before the absence ----------------------------------------------------------------------------------


def test_cannot_come_gives_reason_and_another_time_at_once() -> None:
    played = Stage(scene(BEFORE))
    (asked,) = played.says("来不了")
    assert asked.kind == "cant_come.ask"
    assert asked.presses[0].action == "rebook"
    (offer,) = played.picks("reason:came_up")
    assert offer.kind == "rebook.offer"
    assert played.interview.attempt.reason is Reason.CAME_UP
    assert played.interview.state is State.SCHEDULED
    assert [message.kind for message in played.said_to_team()] == ["hr.told"]


def test_a_reason_said_along_is_not_asked_for() -> None:
    played = Stage(scene(BEFORE))
    (offer,) = played.says("生病了，明天来不了")
    assert offer.kind == "rebook.offer"
    assert played.interview.attempt.reason is Reason.CAME_UP


def test_silence_after_it_cancels_nothing() -> None:
    played = Stage(scene(BEFORE))
    played.says("来不了")
    assert played.interview.state is State.SCHEDULED


def test_who_can_come_after_all_has_confirmed() -> None:
    played = Stage(scene(BEFORE))
    played.says("来不了")
    (message,) = played.picks("keep")
    assert message.kind == "reminder.confirmed"


def test_leaving_ahead_of_time_is_confirmed_by_a_button() -> None:
    played = Stage(scene(BEFORE, interview(slot=id_of("mine"))))
    (leaving,) = played.says("我不想去了")
    assert [press.action for press in leaving.presses] == ["withdraw", "stay", "keep"]
    assert played.interview.state is State.SCHEDULED
    played.picks("withdraw")
    assert played.interview.state.value == "withdrawn"
    assert {why for _, why in played.settled().values()} == {"withdrawn"}


# -- it does not work ------------------------------------------------------------------------------------


def test_steps_then_support_with_owner_and_time() -> None:
    played = Stage(scene(SOON))
    (steps,) = played.says("进不去")
    assert steps.kind == "technical.fix"
    assert any(isinstance(b, Fact) and "400-820-8820" in english(b.value) for b in steps.blocks)
    (waiting,) = played.picks("broken")
    assert waiting.kind == "technical.waiting"
    (opened,) = played.scene.cases
    assert (opened.kind, opened.state) == (CaseKind.TECHNICAL, CaseState.OPEN)
    timer = played.timers["ack", f"case:{opened.id}"]
    assert timer.at == SOON + timedelta(minutes=5)
    assert [message.kind for message in played.said_to_team()] == ["support.card"]


def test_outside_the_hours_times_are_offered_at_once() -> None:
    evening = START + timedelta(hours=6)  # 20:00 in Shanghai
    played = Stage(scene(evening, missed(), cases=(case(),)))
    played.says("链接打不开")
    (offer,) = played.picks("broken")
    assert offer.kind == "rebook.offer"
    opened = next(c for c in played.scene.cases if c.kind is CaseKind.TECHNICAL)
    (timer,) = [t for t in played.found(SetTimer) if t.name == "ack"]
    assert timer.subject == f"case:{opened.id}"
    assert timer.at == START + timedelta(hours=19, minutes=5)  # 09:05 next morning


def test_it_works_now_closes_what_nobody_has_taken() -> None:
    played = Stage(scene(SOON))
    played.says("进不去")
    played.picks("broken")
    (message,) = played.picks("works")
    assert message.kind == "technical.solved"
    assert played.scene.cases[0].result == "solved"


def test_it_works_now_after_a_no_show_offers_times() -> None:
    played = Stage(scene(AFTER, missed(), cases=(case(),)))
    played.says("进不去")
    assert played.interview.attempt.reason is Reason.TECHNICAL
    (offer,) = played.picks("works")
    assert offer.kind == "rebook.offer"


def test_one_case_at_a_time_and_words_go_to_it() -> None:
    played = Stage(scene(SOON))
    played.says("进不去")
    played.picks("broken")
    (added,) = played.says("摄像头还是黑的")
    assert added.kind == "technical.added"
    assert len(played.scene.cases) == 1
    assert played.scene.cases[0].said == "摄像头还是黑的"


def test_the_bot_is_silent_while_somebody_has_the_case() -> None:
    taken = case(CaseKind.TECHNICAL, state=CaseState.TAKEN, owner=id_of("Sam"), owner_name="Sam")
    quiet = scene(SOON, cases=(taken,))
    assert is_silent(quiet)
    assert not is_silent(scene(SOON, cases=(case(CaseKind.TECHNICAL),)))
    assert not is_silent(scene(AFTER, missed(), cases=(replace(case(), state=CaseState.TAKEN),)))
    assert Stage(quiet).says("好的谢谢，我试试") == []


def test_settled_offers_times_beside_keeping_ones_own() -> None:
    played = Stage(scene(SOON))
    (closed,) = played.happens(Ordered("offer", played.interview.id))
    assert closed.kind == "technical.closed"
    assert [press.action for press in closed.presses][:2] == ["works", "slot:0"]
    (done,) = played.picks("slot:0")
    assert done.kind == "rebook.done"


def test_settled_without_another_free_time_leaves_ones_own_and_opens_no_case() -> None:
    played = Stage(scene(SOON, found={"slots": (), "transcript": ()}))
    (closed,) = played.happens(Ordered("offer", played.interview.id))
    assert closed.kind == "technical.closed"
    assert english(closed.lead, SOON).endswith("Your interview is still today, Tue 24 Nov, 14:00.")
    assert closed.presses == ()
    assert played.scene.cases == ()
    played = Stage(scene(AFTER, missed(), found={"slots": (), "transcript": ()}))
    (handed,) = played.happens(Ordered("offer", played.interview.id))
    assert handed.kind == "rebook.by_person", "who missed theirs has none to keep"


def test_settled_after_a_no_show_offers_times_only() -> None:
    played = Stage(scene(AFTER, missed(), cases=(case(),)))
    (closed,) = played.happens(Ordered("offer", played.interview.id))
    assert closed.presses[0].action == "slot:0"


# -- a person --------------------------------------------------------------------------------------------


def test_asking_for_a_person_gets_one_at_once() -> None:
    played = Stage(scene(BEFORE))
    (message,) = played.says("转人工")
    assert message.kind == "person.waiting"
    assert played.scene.cases[0].said == "转人工"


def test_anger_is_met_with_an_apology_and_a_person() -> None:
    (message,) = Stage(scene(BEFORE)).says("什么破系统")
    assert message.kind == "person.offer"
    assert "sorry" in english(message.lead)


# -- no more messages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["退订", "STOP", "别发了", "please stop texting me"])
def test_stop_is_confirmed_by_a_button_and_hr_knows(text: str) -> None:
    played = Stage(scene(BEFORE))
    (asked,) = played.says(text)
    assert asked.kind == "opt_out.ask"
    assert played.scene.whose.opted_out_at is None
    (done,) = played.picks("yes")
    assert done.kind == "opt_out.done"
    assert played.scene.whose.opted_out_at == BEFORE
    assert Withdraw(played.interview.id, "opted_out") in played.effects
    assert [e.message.kind for e in played.effects if isinstance(e, Say) and e.to == ToTeam("hr")] == [
        "hr.opted_out"
    ]


def test_every_rung_is_refused_until_start_brings_them_back() -> None:
    played = Stage(scene(BEFORE - timedelta(hours=1)))
    played.says("退订")
    played.picks("yes")
    assert played.at(BEFORE).due("rung:24h") == []
    assert played.settled() == {"24h": (Verdict.REFUSED, "opted_out")}
    (back,) = played.at(BEFORE + timedelta(hours=1)).says("START")
    assert back.kind == "opt_out.back"
    assert len(played.found(SavePerson)) == 1
    (message,) = played.at(START - timedelta(hours=1)).due("rung:1h")
    assert message.kind == "reminder"


def test_changing_ones_mind_keeps_everything() -> None:
    played = Stage(scene(BEFORE))
    played.says("退订")
    (kept,) = played.picks("no")
    assert kept.kind == "opt_out.kept"
    assert played.scene.whose.opted_out_at is None


def test_nobody_who_opted_out_is_spoken_to_first() -> None:
    silent = candidate(opted_out_at=BEFORE)
    played = Stage(scene(START + timedelta(minutes=10), candidate=silent))
    assert played.due("flag") == []
    assert played.interview.state is State.NO_SHOW


# -- everything else -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["今天天气不错", "asdf", "😀", "面试要穿正装吗"])
def test_anything_else_gets_a_kind_menu(text: str) -> None:
    (menu,) = Stage(scene(BEFORE)).says(text)
    assert menu.kind == "menu"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("进度", "status"),
        ("隐私", "privacy"),
        ("帮助", "menu.help"),
        ("谢谢", "menu.welcome"),
        ("你好", "menu"),
    ],
)
def test_words_one_can_say_at_any_time(text: str, kind: str) -> None:
    (message,) = Stage(scene(BEFORE)).says(text)
    assert message.kind == kind


@pytest.mark.parametrize("text", ["进度", "隐私", "谢谢"])
def test_side_questions_leave_the_question_open(text: str) -> None:
    played = Stage(scene(BEFORE))
    played.says("改约")
    before = played.session
    played.says(text)
    assert played.session == before


def test_status_tells_what_was_sent_what_comes_and_who_acts() -> None:
    (message,) = Stage(scene(SOON)).says("进度")
    facts = {block.name: english(block.value, SOON) for block in message.blocks if isinstance(block, Fact)}
    assert facts["progress"] == "Reminder sent"
    assert "remind you" in facts["next"]


@pytest.mark.parametrize("kind", ["voice", "picture", "sticker", "location"])
def test_what_we_cannot_read_is_answered_kindly(kind: str) -> None:
    (message,) = Stage(scene(BEFORE)).happens(Sent(kind))  # type: ignore[arg-type]
    assert message.kind == "menu.cannot_read"


def test_a_picture_goes_to_the_open_case() -> None:
    played = Stage(scene(SOON, cases=(case(CaseKind.TECHNICAL),)))
    (message,) = played.happens(Sent("picture", caption="black screen"))
    assert message.kind == "menu.added"
    assert played.scene.cases[0].said == "🖼 black screen"


def test_who_has_no_interview_hears_so() -> None:
    alone = replace(scene(BEFORE), interview=None, candidate=None)
    for text in (
        "改约",
        "进度",
        "帮助",
        "来不了",
        "人工",
        "确认",
        "你好",
        "链接",
        "迟到",
        "进不去",
        "不想去了",
    ):
        played = Stage(alone)
        played.scene = replace(alone)
        told = _told_alone(played, text)
        assert told == ["menu.nothing"], text


def _told_alone(played: Stage, text: str) -> list[str]:
    from conversations.engine import react
    from conversations.events import Event, Said
    from tests.support.scenes import BOOK

    event = Event("1", "telegram.main", BEFORE, Said(text), "telegram.main", "u", "u")
    outcome = react(BOOK, played.scene, event)
    return [effect.message.kind for effect in outcome.effects if isinstance(effect, Say)]


def test_the_companys_own_hours_decide_who_is_there() -> None:
    from datetime import time

    around = policy(support=replace(policy().support, opens=time(0), closes=time(0)))
    played = Stage(scene(START + timedelta(hours=9), missed(), policy=around))
    played.says("进不去")
    (waiting,) = played.picks("broken")
    assert waiting.kind == "technical.waiting"
