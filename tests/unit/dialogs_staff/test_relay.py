"""Staff and a candidate write with each other through us: in a thread or in the chat, until it is handed back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialog import Session
from conversations.dialogs import DIALOGS
from conversations.effects import CloseButtons, KeepWords, SaveCase, SetTimer
from conversations.engine import react
from conversations.events import Delivered, Due, Event, Ordered, Picked, Said
from conversations.findings import CaseFound, Target
from conversations.identity import Person, ToPerson
from conversations.interview import CaseKind, CaseState, Outcome, State
from tests.support.staff_scenes import ADA, HAN, NOW, RUI, SAM, Stage, case, id_of, target, text_of

REAL = Book.of(DIALOGS, COMMANDS)
KINDS = (CaseKind.NO_SHOW, CaseKind.PERSON)


def stage(kind: CaseKind = CaseKind.NO_SHOW, *, threads: bool = True, **changes: Any) -> Stage:
    """A case that Han has taken, with its card before the team."""
    is_missed = kind is CaseKind.NO_SHOW
    missed: dict[str, Any] = {"state": State.NO_SHOW, "outcome": Outcome.NO_SHOW, "flagged_at": NOW}
    one = target(**(missed if is_missed else {}))
    taken = case(one.interview, kind, state=CaseState.TAKEN, owner=HAN.id, owner_name=HAN.name, taken_at=NOW)
    found = {"threads": ("telegram.main",) if threads else (), "team": (HAN, SAM, ADA, RUI)}
    played = Stage(one, (replace(taken, **changes),), book=REAL, found=found)
    key = (f"team:{'hr' if is_missed else 'support'}", f"case:{taken.id}")
    at = ("alert", "card") if is_missed else ("support", "card")
    played.sessions[key] = Session(id_of("card"), *key, *at, 1, ("write", "take", "close"), NOW)
    return played


def writing(kind: CaseKind = CaseKind.NO_SHOW, *, threads: bool = True) -> Stage:
    played = stage(kind, threads=threads)
    played.presses(played.sessions[next(iter(played.sessions))], "write")
    return played


def whose(played: Stage) -> Person:
    assert played.target is not None
    return played.target.candidate


def relay(played: Stage, of: Person = HAN) -> Session:
    return played.session(f"person:{of.id}", "relay:")


def changed(played: Stage, **changes: Any) -> None:
    """Change what is known of the candidate."""
    assert played.target is not None
    played.target = replace(played.target, candidate=replace(played.target.candidate, **changes))


def told(played: Stage, who: Person) -> list[str]:
    return [text_of(say.message) for say in played.said if say.to == ToPerson(who.id)]


def answers(played: Stage, text: str, by: Person = HAN) -> None:
    """Write something as an answer to the message that opened the conversation."""
    event = Event(
        f"said {len(played.said)}", "telegram.main", played.now, Said(text), "telegram.main", about="41"
    )
    _react(played, event, by, relay(played, by))


def writes(played: Stage, body: Any, by: Person) -> None:
    """Write something into the private chat, answering nothing."""
    event = Event(f"said {len(played.said)}", "telegram.main", played.now, body, "telegram.main")
    _react(played, event, by, None)


def _react(played: Stage, event: Any, by: Person, about: Session | None) -> None:
    scene = played._scene(replace(event, about="41"), by, played.found)
    scene = replace(
        scene,
        about=about.id if about else None,
        found={**played.found, "transcript": (), "prechecks": (), "others": ()},
    )
    played._carry_out(react(played.book, scene, event))


@pytest.mark.parametrize("kind", KINDS)
def test_both_are_told_who_writes_and_how(kind):
    played = writing(kind)
    assert "You are writing with 李雷: I-1024, Java." in told(played, HAN)[-1]
    assert "They read it as from “Han Meimei, Example Tech”." in told(played, HAN)[-1]
    assert "[Hand back to Turnout]" in told(played, HAN)[-1]
    assert told(played, whose(played))[-1].startswith("Han Meimei of Example Tech is writing with you now.")


@pytest.mark.parametrize("kind", KINDS)
def test_words_go_both_ways_and_are_kept(kind):
    played = writing(kind)
    answers(played, "几点方便？")
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech: 几点方便？"
    assert KeepWords(target().interview.id, "几点方便？") in played.effects
    writes(played, Said("1"), whose(played))
    back = [say for say in played.said if say.message.kind == "relay.answer"][-1]
    assert text_of(back.message) == "李雷: 1"
    assert back.manner.under == relay(played).id, "it comes into the thread"
    assert back.session == relay(played).id, "and an answer to it is one in the conversation"


def test_commands_of_staff_go_on_beside_a_thread():
    played = writing()
    before = len(told(played, whose(played)))
    played.types("help")
    writes(played, Said("whoami"), HAN)
    assert len(told(played, whose(played))) == before


def test_in_a_chat_without_threads_all_goes_to_the_candidate_but_what_has_a_slash():
    played = writing(threads=False)
    writes(played, Said("明天下午3点可以吗"), HAN)
    assert told(played, whose(played))[-1] == "Han Meimei, Example Tech: 明天下午3点可以吗"
    writes(played, Said("/whoami"), HAN)
    assert "You are Han Meimei." in told(played, HAN)[-1]
    writes(played, Said("交还"), HAN)
    assert "Handed back: 李雷 is with me again." in told(played, HAN)[-1]


def test_only_one_at_a_time_in_a_chat_without_threads():
    played = writing(threads=False)
    other = target(1025, "韩梅")
    second = case(other.interview, state=CaseState.TAKEN, owner=HAN.id, owner_name=HAN.name, taken_at=NOW)
    played.target, played.cases = other, (second,)
    key = ("team:hr", f"case:{second.id}")
    played.sessions[key] = Session(id_of("card 2"), *key, "alert", "card", 1, ("write",), NOW)
    played.presses(played.sessions[key], "write")
    assert "Hand them back first: handback" in played.toast()


@pytest.mark.parametrize("kind", KINDS)
def test_handing_back_tells_both_and_the_bot_speaks_again(kind):
    played = writing(kind)
    played.presses(relay(played), "back")
    assert "Handed back: 李雷 is with me again." in told(played, HAN)[-1]
    assert any(
        "you are writing with me, the assistant, again." in line for line in told(played, whose(played))
    )
    assert played.cases[0].state is (CaseState.TAKEN if kind is CaseKind.NO_SHOW else CaseState.OPEN)
    assert [e for e in played.effects if isinstance(e, CloseButtons)]
    assert not relay(played).is_waiting
    before = [say for say in played.said if say.message.kind == "relay.answer"]
    writes(played, Said("hello?"), whose(played))
    assert [say for say in played.said if say.message.kind == "relay.answer"] == before


@pytest.mark.parametrize("kind", KINDS)
def test_closing_the_case_ends_it(kind):
    played = writing(kind)
    played.presses(relay(played), "settled")
    assert played.cases[0].state is CaseState.CLOSED
    assert "The case is closed: 李雷 is with me again." in told(played, HAN)[-1]
    assert any("handed back" in line for line in told(played, whose(played)))


def test_what_the_candidate_does_that_closes_the_case_ends_it_too():
    played = writing()
    played.happens(Ordered("joined", target().interview.id, ADA.id), ADA)
    assert not relay(played).is_waiting
    assert any("is with me again" in line for line in told(played, HAN))


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_of_silence_ends_it_with_a_word_to_both(kind):
    played = writing(kind)
    answers(played, "hello")
    lapse = [e for e in played.effects if isinstance(e, SetTimer) and e.name == "lapse"][-1]
    assert lapse.at == NOW + timedelta(hours=24)
    played.happens(Due("lapse", lapse.subject, lapse.at, lapse.data))
    assert any("Nobody has written for a day" in line for line in told(played, HAN))
    assert any("Nobody has written for a day" in line for line in told(played, whose(played)))


def test_every_word_begins_the_day_anew():
    played = writing()
    played.now += timedelta(hours=20)
    writes(played, Said("still there?"), whose(played))
    lapse = [e for e in played.effects if isinstance(e, SetTimer) and e.name == "lapse"][-1]
    assert lapse.at == NOW + timedelta(hours=44)


def test_given_to_somebody_else_it_ends_for_whoever_had_it():
    played = writing()
    made = played.cases[0]
    order = Ordered("assign", made.interview, ADA.id, {"case": str(made.id), "to": str(RUI.id)})
    played.happens(order, ADA)
    assert played.cases[0].owner == RUI.id
    assert any("Somebody else looks after it now" in line for line in told(played, HAN))
    assert any("has passed it on to a colleague" in line for line in told(played, whose(played)))


@pytest.mark.parametrize("text", ["stop", "退订", "privacy"])
def test_what_is_ones_right_is_heard_all_the_same(text):
    played = writing()
    writes(played, Said(text), whose(played))
    assert not [say for say in played.said if say.message.kind == "relay.answer"]


def test_who_asked_for_no_more_messages_gets_none():
    played = writing()
    changed(played, opted_out_at=NOW)
    before = len(told(played, whose(played)))
    answers(played, "hello?")
    assert "cannot be reached by chat any more. Please call them." in told(played, HAN)[-1]
    assert len(told(played, whose(played))) == before


def test_what_does_not_arrive_is_told():
    played = writing()
    played.happens(Delivered(target().interview.id, "relay.words", "undeliverable", "gone"))
    assert "Your last words did not reach 李雷. Please call them." in told(played, HAN)[-1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": SAM.id, "owner_name": "Sam"}, "Sam looks after C-1024."),
        ({"state": CaseState.CLOSED}, "C-1024 is closed already."),
    ],
)
def test_who_does_not_look_after_it_cannot_write(changes, said):
    played = stage(**changes)
    played.presses(played.sessions[next(iter(played.sessions))], "write")
    assert played.toast() == said
    assert told(played, whose(played)) == []


def test_a_candidate_out_of_reach_is_to_be_called():
    played = stage()
    changed(played, bindings=())
    played.presses(played.sessions[next(iter(played.sessions))], "write")
    assert played.toast() == "李雷 cannot be reached by chat. Please call them."


@pytest.mark.parametrize("kind", KINDS)
def test_writing_takes_a_case_that_nobody_has(kind):
    played = stage(kind, state=CaseState.OPEN, owner=None, owner_name=None, taken_at=None)
    played.presses(played.sessions[next(iter(played.sessions))], "write")
    assert played.cases[0].owner == HAN.id
    assert not any("took over at" in line for line in told(played, whose(played))), "said once"


def test_the_commands_do_the_same():
    played = stage()
    made = played.cases[0]
    played.found["cases"] = (CaseFound(made, Target(target().interview, whose(played))),)
    played.types("write C-1024", about=True)
    assert relay(played).is_waiting
    played.found["cases"] = (CaseFound(played.cases[0], Target(target().interview, whose(played))),)
    played.types("handback C-1024", about=True)
    assert not relay(played).is_waiting


def test_a_stale_press_on_the_old_message_hands_nothing_back_twice():
    played = writing(CaseKind.PERSON)
    session = relay(played)
    played.presses(session, "back")
    saves = len([e for e in played.effects if isinstance(e, SaveCase)])
    played.happens(Picked(session.id, 1, session.turn), HAN)
    assert len([e for e in played.effects if isinstance(e, SaveCase)]) == saves


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_typed", [True, False])
def test_no_card_is_shown_again_where_it_says_nothing_new(kind, is_typed):
    played = stage(kind)
    made = played.cases[0]
    if is_typed:
        played.happens(Ordered("write", made.interview, HAN.id, {"case": str(made.id)}), HAN)
    else:
        played.presses(played.sessions[next(iter(played.sessions))], "write")
    assert relay(played).is_waiting
    assert not [say for say in played.said if say.message.kind.endswith(".card")]


@pytest.mark.parametrize("words", ["See you then!", "yes", "好的", "2"])
def test_a_yes_in_a_conversation_is_for_the_candidate_whatever_was_told_since(words):
    played = writing(threads=False)
    found = {**played.found, "transcript": (), "prechecks": (), "others": ()}
    event = Event("late", "telegram.main", played.now, Said(words), "telegram.main")
    scene = replace(
        played._scene(replace(event, about="41"), HAN, found), about=None, latest=id_of("told since")
    )
    played._carry_out(react(played.book, scene, event))
    assert told(played, whose(played))[-1] == f"Han Meimei, Example Tech: {words}"
