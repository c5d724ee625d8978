"""The dialog after a no-show: three taps at most, reasons never in the way, own words, leaving by a button only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import HoldSlot, Say
from conversations.events import Delivered, Due, Said
from conversations.identity import ToTeam
from conversations.interview import CaseState, Outcome, Reason, State
from tests.support.scenes import AFTER, START, Stage, case, english, interview, missed, scene, wrong


def asked(**changes: Any) -> Stage:
    """Return a stage on which the question why was just asked."""
    played = Stage(scene(START + timedelta(minutes=10), **changes))
    played.due("flag")
    return played.at(AFTER)


def test_rebooking_stands_first_beside_the_reasons() -> None:
    played = Stage(scene(START + timedelta(minutes=10)))
    (message,) = played.due("flag")
    actions = [press.action for press in message.presses]
    assert actions == ["rebook", "reason:forgot", "reason:technical", "reason:came_up", "more"]


@pytest.mark.parametrize(
    "taps", [("rebook", "slot:0"), ("reason:forgot", "slot:2"), ("reason:came_up", "more", "slot:1")]
)
def test_rebooked_in_three_taps_at_most(taps: tuple[str, ...]) -> None:
    played = asked()
    for tap in taps:
        played.picks(tap)
    assert played.told()[-1].kind == "rebook.done"
    assert len(played.found(HoldSlot)) == 1
    now = played.interview
    assert (now.state, now.attempt.n, now.moves) == (State.SCHEDULED, 2, 1)
    assert played.scene.cases[0].result == "rebooked"


@pytest.mark.parametrize("reason", ["forgot", "came_up"])
def test_a_reason_is_kept_and_rebooking_follows(reason: str) -> None:
    played = asked()
    (offer,) = played.picks(f"reason:{reason}")
    assert offer.kind == "rebook.offer"
    assert played.interview.attempt.reason is Reason(reason)
    assert played.interview.attempt.reason_at == AFTER
    assert played.interview.attempt.outcome is Outcome.NO_SHOW


def test_the_rarer_reasons_are_one_tap_further() -> None:
    played = asked()
    (more,) = played.picks("more")
    assert [p.action for p in more.presses] == [
        "reason:unclear",
        "reason:other_offer",
        "reason:private",
        "rebook",
    ]
    (offer,) = played.picks("reason:private")
    assert offer.kind == "rebook.offer"
    assert played.interview.attempt.reason is Reason.PRIVATE


def in_the_form() -> Stage:
    played = asked()
    played.picks("more")
    return played


def test_another_reason_opens_a_form_where_there_are_forms() -> None:
    form = in_the_form().form
    assert form is not None
    reason, words = form.fields
    assert [value for value, _ in reason.options] == [reason.value for reason in Reason]
    assert (reason.kind, words.kind, words.is_required) == ("choice", "long", False)


@pytest.mark.parametrize(
    ("values", "reason", "kind"),
    [
        ({"reason": "came_up", "words": "the baby is ill"}, Reason.CAME_UP, "rebook.offer"),
        ({"reason": "other", "words": "the lift got stuck"}, Reason.OTHER, "rebook.offer"),
        ({"reason": "other", "words": "my camera does not work"}, Reason.TECHNICAL, "technical.fix"),
        ({"reason": "technical", "words": ""}, Reason.TECHNICAL, "technical.fix"),
        ({"reason": "other_offer"}, Reason.OTHER_OFFER, "no_show.leaving"),
    ],
)
def test_a_reason_from_the_form_counts_as_a_tap_does(
    values: dict[str, str], reason: Reason, kind: str
) -> None:
    played = in_the_form()
    (told,) = played.fills_in(**values)
    assert told.kind == kind
    assert played.interview.attempt.reason is reason
    assert played.interview.attempt.reason_said == (values.get("words") or None)


@pytest.mark.parametrize("chosen", ["", "nonsense"])
def test_a_form_without_a_reason_stays_open(chosen: str) -> None:
    played = in_the_form()
    assert played.fills_in(reason=chosen, words="x") == []
    assert list(wrong(played.answer)) == ["reason"]
    assert played.interview.attempt.reason is None


def test_technical_leads_to_help() -> None:
    (message,) = asked().picks("reason:technical")
    assert message.kind == "technical.fix"


def test_numbers_pick_too() -> None:
    played = asked()
    (offer,) = played.says("２")
    assert offer.kind == "rebook.offer"
    assert played.interview.attempt.reason is Reason.FORGOT
    (done,) = played.says("第三个")
    assert done.kind == "rebook.done"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("忘了不好意思", Reason.FORGOT),
        ("a family emergency came up", Reason.CAME_UP),
        ("没忘，就是走不开", Reason.CAME_UP),
    ],
)
def test_a_reason_in_their_own_words(text: str, reason: Reason) -> None:
    played = asked()
    (offer,) = played.says(text)
    assert offer.kind == "rebook.offer"
    assert (played.interview.attempt.reason, played.interview.attempt.reason_said) == (reason, text)


def test_a_reason_and_a_time_in_one_sentence() -> None:
    played = asked()
    (offer,) = played.says("睡过头了，明天下午可以吗")
    assert played.interview.attempt.reason is Reason.FORGOT
    labels = [english(press.label) for press in offer.presses if press.action.startswith("slot:")]
    assert labels == ["tomorrow, Wed 25 Nov, 14:00", "tomorrow, Wed 25 Nov, 16:30"]


def test_only_a_time() -> None:
    (offer,) = asked().says("后天上午行不行")
    assert offer.kind == "rebook.offer"
    assert english(offer.presses[0].label) == "Thu 26 Nov, 10:00"


def test_not_understood_gets_the_buttons_again_then_a_person() -> None:
    played = asked()
    (again,) = played.says("啊这")
    assert again.kind == "no_show.ask"
    (offer,) = played.says("呃呃呃")
    assert offer.kind == "person.offer"
    (back,) = played.picks("back")
    assert back.kind == "no_show.ask"
    played.says("啊这")
    played.says("呃呃呃")
    (waiting,) = played.picks("person")
    assert waiting.kind == "person.waiting"
    assert [message.kind for message in played.said_to_team()] == ["support.card"]


def test_words_for_other_things_are_not_taken_for_reasons() -> None:
    played = asked()
    (stop,) = played.says("别再发了")
    assert stop.kind == "opt_out.ask"
    assert played.interview.attempt.reason is None


def test_leaving_is_confirmed_by_a_button_never_by_words() -> None:
    played = asked()
    (leaving,) = played.says("我找到工作了")
    assert leaving.kind == "no_show.leaving"
    assert played.interview.attempt.reason is Reason.OTHER_OFFER
    played.says("是的")
    played.says("确认")
    assert played.interview.state is State.NO_SHOW
    again = asked()
    again.says("我找到工作了")
    (left,) = again.picks("withdraw")
    assert left.kind == "no_show.left"
    assert again.interview.state is State.WITHDRAWN
    assert again.interview.attempt.outcome is Outcome.NO_SHOW
    assert again.scene.cases[0].result == "withdrawn"


def test_staying_after_all_offers_times() -> None:
    played = asked()
    played.picks("more")
    played.picks("reason:other_offer")
    (offer,) = played.picks("stay")
    assert offer.kind == "rebook.offer"


def test_who_says_they_were_there_is_believed_and_looked_at() -> None:
    played = asked()
    (told,) = played.says("我已经面试完了")
    assert told.kind == "no_show.attended"
    assert played.interview.attempt.reason is None
    assert played.scene.cases[0].said == "我已经面试完了"
    assert [message.kind for message in played.said_to_team()] == ["alert.card"]


def test_nobody_answers_the_question_stays_open() -> None:
    played = asked()
    session = played.session
    assert session is not None
    played.at(AFTER + timedelta(days=1))
    played.happens(Due("lapse", f"session:{session.id}", AFTER, {"turn": str(session.turn)}))
    assert played.told() == []
    assert played.session is not None
    assert played.session.is_waiting
    (offer,) = played.at(AFTER + timedelta(days=5)).says("1")
    assert offer.kind in ("rebook.offer", "rebook.by_person")


def test_hr_is_warned_while_the_hour_lasts_unless_they_were_asked() -> None:
    played = asked()
    opened = played.scene.cases[0]
    alarm = Due("contact_alarm", f"case:{opened.id}", AFTER)
    played.at(START + timedelta(minutes=55)).happens(alarm)
    told = [e.message.kind for e in played.effects if isinstance(e, Say) and e.to == ToTeam("hr")]
    assert "hr.not_asked" in told
    reached = asked()
    reached.happens(Delivered(reached.interview.id, "no_show.ask", "accepted"))
    reached.happens(Due("contact_alarm", f"case:{reached.scene.cases[0].id}", AFTER))
    assert reached.found(Say) == []
    closed = Stage(scene(AFTER, missed(contacted_at=None), cases=(replace(case(), state=CaseState.CLOSED),)))
    closed.happens(Due("contact_alarm", f"case:{case().id}", AFTER))
    assert closed.found(Say) == []


def test_a_question_nobody_took_is_no_contact() -> None:
    played = asked()
    played.happens(Delivered(played.interview.id, "no_show.ask", "undeliverable", "gone"))
    assert played.interview.attempt.contacted_at is None


def test_a_receipt_that_comes_after_rebooking_changes_nothing() -> None:
    played = Stage(scene(AFTER, interview()))
    played.happens(Delivered(played.interview.id, "no_show.ask", "accepted"))
    assert played.effects == []


def test_the_dialog_goes_on_after_days() -> None:
    played = asked()
    played.at(START + timedelta(days=2))
    (offer,) = played.happens(Said("临时有事"), account="telegram.main", user="u", chat="u")
    assert offer.kind == "rebook.offer"
