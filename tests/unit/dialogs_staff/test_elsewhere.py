"""A colleague takes a talk on its platform: words and taps there are for them, and cards say whose it is."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialog import Session
from conversations.dialogs import DIALOGS
from conversations.events import Held, Ordered, Said
from conversations.interview import CaseKind
from tests.support.staff_scenes import Stage, case, target, text_of

MISSED = target()
THEM = MISSED.candidate


def taken() -> Stage:
    one = MISSED
    played = Stage(one, (case(one.interview, CaseKind.NO_SHOW),), book=Book.of(DIALOGS, COMMANDS))
    played.happens(Ordered("alert", one.interview.id))
    played.happens(Held("ZhangSan"), THEM)
    return played


def test_the_card_says_whose_the_talk_is_until_it_ends() -> None:
    played = taken()
    assert "ZhangSan has it on Telegram; I keep silent there" in text_of(played.told("hr")[-1])
    played.happens(Held(), THEM)
    assert "ZhangSan" not in text_of(played.told("hr")[-1])


def test_words_to_a_colleague_are_no_answer_to_the_bot() -> None:
    played = taken()
    count = len(played.said)
    played.happens(Said("改约"), THEM, about=True)
    assert {say.message.kind for say in played.said[count:]} == {"alert.card"}, (
        "the candidate is told nothing"
    )
    played.happens(Held(), THEM)
    count = len(played.said)
    played.happens(Said("改约"), THEM, about=True)
    assert {say.message.kind for say in played.said[count:]} != {"alert.card"}, "the talk is the bot's again"


def asked() -> tuple[Stage, Session]:
    """Return a stage on which the candidate is asked something, and a colleague then takes their talk."""
    one = target()
    played = Stage(one, book=Book.of(DIALOGS, COMMANDS), found={"slots": (), "others": ()})
    played.happens(Said("帮助"), one.candidate, about=True)
    session = next(each for each in played.sessions.values() if each.is_waiting)
    played.happens(Held("ZhangSan"), one.candidate)
    return played, session


def test_taps_in_a_talk_that_a_colleague_has_are_for_them() -> None:
    played, session = asked()
    before, count = played.sessions[session.holder, session.subject], len(played.said)
    played.presses(session, session.choices[0], THEM)
    assert played.sessions[session.holder, session.subject] == before, "nothing was answered"
    assert played.said[count:] == []
    played.happens(Held(), THEM)
    played.presses(session, session.choices[0], THEM)
    assert played.sessions[session.holder, session.subject] != before, "the talk is the bot's again"


def test_a_tap_elsewhere_is_an_answer() -> None:
    played, session = asked()
    before = played.sessions[session.holder, session.subject]
    (kept,) = [key for key in played.sessions if key[1].startswith("elsewhere:")]
    held = played.sessions[kept]
    played.sessions[kept] = replace(held, data={**held.data, "account": "wecom_kf.main"})
    played.presses(session, session.choices[0], THEM)
    assert played.sessions[session.holder, session.subject] != before


def test_leave_is_taken_by_a_tap_all_the_same() -> None:
    played, _ = asked()
    played.happens(Said("stop"), THEM, about=True)
    session = next(each for each in played.sessions.values() if each.dialog == "opt_out")
    assert session.choices
    before = played.sessions[session.holder, session.subject]
    played.presses(session, session.choices[0], THEM)
    assert played.sessions[session.holder, session.subject] != before


def test_what_is_a_right_is_heard_all_the_same() -> None:
    played = taken()
    count = len(played.said)
    played.happens(Said("stop"), THEM, about=True)
    assert any(say.message.kind.startswith("opt_out") for say in played.said[count:])


def test_a_talk_that_nobody_ended_is_over_after_two_days() -> None:
    played = taken()
    later = played.now + timedelta(hours=49)
    (kept,) = [session for session in played.sessions.values() if session.subject.startswith("elsewhere:")]
    assert kept.is_elsewhere(played.now)
    assert not kept.is_elsewhere(later)
    assert isinstance(kept.id, UUID)
    assert replace(kept, data={}).is_elsewhere(played.now) is False
