"""Whole stories with the candidates' real dialogs: what staff see follows what happens."""

from datetime import timedelta
from typing import Any

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialogs import DIALOGS
from conversations.effects import SaveInterview
from conversations.events import Due, Ordered, Said
from conversations.identity import ToPerson, ToTeam
from conversations.interview import CaseKind, CaseState, Slot, State
from tests.support.staff_scenes import HAN, NOW, SAM, START, ZONE, Stage, id_of, target, text_of

REAL = Book.of(DIALOGS, COMMANDS)


def slots() -> tuple[Slot, ...]:
    return tuple(
        Slot(id_of(f"slot {n}"), START + timedelta(days=n), ZONE, "example", "Java", 1, 0)
        for n in range(1, 5)
    )


def stage(**changes: Any) -> Stage:
    one = target(**changes)

    def attempts(args: Any) -> Any:
        ended = [
            effect.ended for effect in played.effects if isinstance(effect, SaveInterview) and effect.ended
        ]
        return (*ended, *([played.target.interview.attempt] if played.target else []))

    played = Stage(
        one, book=REAL, found={"slots": slots(), "flagged": (), "starting": (one,), "attempts": attempts}
    )
    return played


def hr(played: Stage) -> list[str]:
    """Return the first line of every card that HR was shown, in order."""
    kinds = ("alert.card", "alert.list")
    return [text_of(m).splitlines()[0] for m in played.told("hr") if m.kind in kinds]


def state(played: Stage) -> str:
    assert played.target is not None
    return played.target.interview.state.value


def missed() -> Stage:
    """HR says on the checklist that the candidate did not come."""
    played = stage()
    played.happens(Due("checklist", f"interview:{id_of('interview 1024')}", NOW))
    played.presses(played.session("team:hr", "checklist:"), "done")
    return played


def test_from_the_checklist_to_the_alert():
    played = missed()
    assert played.target is not None
    assert played.target.interview.state is State.NO_SHOW
    assert hr(played) == ["No-show: I-1024 李雷, Java."]
    assert [case.kind for case in played.cases] == [CaseKind.NO_SHOW]


def test_the_reason_comes_onto_the_card_and_rebooking_closes_it():
    played = missed()
    assert played.target is not None
    who = played.target.candidate
    own = f"person:{who.id}"
    played.happens(Said("忘记了"), who, about=True)
    assert "Reason: forgot the time" in text_of(played.told("hr")[-1])
    session = played.session(own, "interview:")
    played.presses(session, next(c for c in session.choices if c.startswith("slot:")), who)
    assert hr(played)[-1].startswith("Rebooked to ")
    assert "It was: today, Tue 24 Nov, 14:00" in text_of(played.told("hr")[-1])
    keys = {m.key for m in played.told("hr") if m.kind == "alert.card"}
    assert len(keys) == 1


def test_hr_offers_times_and_the_card_says_rebooking():
    played = missed()
    played.presses(played.session("team:hr", "case:"), "rebook")
    assert "Progress: rebooking" in text_of(played.told("hr")[-1])
    assert played.said[-1].to == ToTeam("hr")
    assert any(say.message.kind == "rebook.offer" for say in played.said)


def test_a_wrong_flag_is_taken_back():
    played = missed()
    played.presses(played.session("team:hr", "case:"), "undo")
    assert played.target is not None
    assert played.target.interview.state is State.SCHEDULED
    assert hr(played)[-1] == "The no-show flag was wrong: I-1024 李雷, Java."


def test_a_dismissed_one_says_by_whom():
    played = missed()
    played.presses(played.session("team:hr", "case:"), "dismiss")
    assert hr(played)[-1] == "Dismissed by Han Meimei: I-1024 李雷, Java."
    assert played.cases[0].state is CaseState.CLOSED


def test_who_joins_late_closes_the_card():
    played = missed()
    played.happens(Ordered("joined", id_of("interview 1024"), HAN.id), HAN)
    assert hr(played)[-1] == "Joined after all: I-1024 李雷, Java."


def test_a_call_for_help_from_the_first_word_to_the_offer_of_times():
    played = stage(starts_at=NOW + timedelta(hours=1))
    assert played.target is not None
    who = played.target.candidate
    played.happens(Said("摄像头打不开"), who, about=True)
    session = played.session(f"person:{who.id}", "interview:")
    played.presses(session, "broken", who)
    card = played.session("team:support", "case:")
    assert text_of(played.told("support")[-1]).startswith("Please take it: I-1024 李雷, technical problem.")
    played.presses(card, "take", SAM)
    before = len([say for say in played.said if say.to == ToPerson(who.id)])
    played.happens(Said("still black"), who, about=True)
    assert len([say for say in played.said if say.to == ToPerson(who.id)]) == before, "the bot is silent"
    assert any(say.message.kind == "support.words" and say.to == ToPerson(SAM.id) for say in played.said)
    played.presses(card, "close", SAM)
    assert played.said[-1].message.kind == "technical.closed"
    assert any(
        choice.startswith("slot:") for choice in played.session(f"person:{who.id}", "interview:").choices
    )


def test_nobody_takes_it_and_it_escalates():
    played = stage(starts_at=NOW + timedelta(hours=1))
    assert played.target is not None
    played.happens(Said("人工"), played.target.candidate, about=True)
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    assert {say.to for say in played.said} >= {ToTeam("support"), ToTeam("hr"), ToTeam("admin")}


def test_a_command_cancels_and_undo_brings_it_back():
    played = stage(starts_at=NOW + timedelta(hours=3))

    def targets(args: Any) -> Any:
        return (played.target,)

    played.found["targets"] = targets
    played.types("cancel I-1024")
    played.says("yes")
    assert played.target is not None
    assert [order.act for order in played.ordered] == ["cancel"]
    assert state(played) == "cancelled"
    played.types("undo I-1024")
    assert state(played) == "scheduled"
