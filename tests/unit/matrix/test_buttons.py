"""Every button of staff pressed by everybody: it does what it says for those in the table, and nothing for others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conversations.dialog import Ask
from conversations.dialogs import DIALOGS
from conversations.effects import CloseButtons, DropTimers, Effect, Record, Say, Then
from conversations.engine import Outcome
from conversations.events import Commanded, Ordered, Picked, Said
from conversations.identity import STAFF, Person, Role
from locales.translate import render
from tests.support.staff_scenes import ADA, HAN, READER, Stage, staff, text_of
from tests.unit.matrix import table
from tests.unit.matrix.shown import shown
from tests.unit.matrix.table import CANDIDATE, WHO, allowed

NOT_FOR_YOU = (
    "This button is for somebody else.",
    "This interview is looked after by somebody else.",
    "is not yours to change any more",
    "Meanwhile there is nobody left to do this for.",
    "None of your interviews matches",
    "No case of yours matches",
    "is not among what you may look after",
    "is not among the things you may do here",
    "Lists are imported by HR.",
)
NOBODY = Person(HAN.id, "Nobody", roles=frozenset())
"""Somebody whose roles were all taken from them."""
ONLY_LOOKS = ("alert", "unfold")
OWN = (
    "choose",
    "whom",
    "relay",
    "aside",
    "confirm",
    "moving",
    "batch",
    "take_back",
    "configuring",
    "importing",
    "adding",
    "hr_survey",
)
"""The dialogs that somebody has for themselves; all others are cards of a team."""


SURE = (
    "confirm.ask",
    "batch.preview",
    "take_back.sure",
    "configuring.ask",
    "importing.preview",
    "adding.sure",
)
"""What is answered by a word as well."""


def buttons() -> Iterator[str]:
    for dialog in DIALOGS:
        for step in dialog.steps.values():
            if isinstance(step, Ask) and dialog.roles & STAFF and Role.CANDIDATE not in dialog.roles:
                yield from (f"{dialog.name}.{step.name}.{action}" for action in step.pick)


def test_every_button_of_staff_has_its_line() -> None:
    assert set(buttons()) == set(table.BUTTONS), "add its line to table.py, and what it stands on to shown.py"


def _is_asked_again(effect: Effect) -> bool:
    """Tell whether a choice only goes on with the command that asked: it is judged as if it had been typed."""
    return isinstance(effect, Then) and (
        isinstance(effect.body, Commanded)
        or (isinstance(effect.body, Ordered) and effect.body.act in ONLY_LOOKS)
    )


def is_refusal(effect: Effect) -> bool:
    return isinstance(effect, Record) and effect.action == "right.refused"


def parts(button: str) -> tuple[str, str]:
    at, _, action = button.rpartition(".")
    return at, action


def told(played: Stage, outcome: Outcome) -> str:
    said = [text_of(effect.message) for effect in played.effects if isinstance(effect, Say)]
    toasts = [render(answer.toast, READER) for answer in played.answers if answer.toast is not None]
    return "\n".join([*said, *toasts])


def press(button: str, person: Person | None, owner: Person | None = None) -> tuple[Stage, Outcome]:
    at, action = parts(button)
    played, session = shown(at, action, owner or person or HAN)
    return played, played.happens(Picked(session.id, 1, session.turn), person)


def assert_nothing_happened(played: Stage, answered: str) -> None:
    assert [order for order in played.ordered if order.act not in ONLY_LOOKS] == []
    done = [effect for effect in played.effects if not _is_asked_again(effect)]
    done = [effect for effect in done if not is_refusal(effect)]
    assert {type(effect) for effect in done} <= {Say, CloseButtons, DropTimers}, done
    assert any(words in answered for words in NOT_FOR_YOU), answered
    assert len(answered.splitlines()) <= 3, "a refusal is one clear line and what to do next"


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("button", table.BUTTONS)
def test_a_button_does_what_it_says_for_those_in_the_table(button: str, who: str) -> None:
    played, outcome = press(button, WHO[who])
    answered = told(played, outcome)
    if allowed(who, table.BUTTONS[button]):
        assert not any(words in answered for words in NOT_FOR_YOU), answered
        assert outcome.effects or outcome.sessions
    else:
        assert_nothing_happened(played, answered)


@pytest.mark.parametrize("button", [each for each in table.BUTTONS if each.startswith(OWN)])
def test_what_one_was_asked_is_not_answered_by_another(button: str) -> None:
    played, outcome = press(button, ADA, owner=HAN)
    assert_nothing_happened(played, told(played, outcome))
    assert outcome.sessions == ()


@pytest.mark.parametrize("button", table.BUTTONS)
@pytest.mark.parametrize("person", [NOBODY, CANDIDATE], ids=["roles taken", "a candidate"])
def test_the_right_is_asked_for_at_the_press(button: str, person: Person) -> None:
    """Who was shown it when they still had the right presses for nothing."""
    played, outcome = press(button, person)
    assert_nothing_happened(played, told(played, outcome))
    (refused,) = [effect for effect in outcome.effects if is_refusal(effect)]
    assert isinstance(refused, Record)
    at, _ = parts(button)
    assert (refused.actor, refused.detail) == (f"person:{person.id}", {"what": at}), "it is written down"


@pytest.mark.parametrize("word", ["yes", "确认", "1"])
@pytest.mark.parametrize(
    "at",
    ["confirm.ask", "batch.preview", "take_back.sure", "configuring.ask", "importing.preview", "aside.ask"],
)
def test_a_typed_yes_needs_the_right_as_well(at: str, word: str) -> None:
    for person in (NOBODY, staff("Vera", Role.VIEWER)):
        action = "apply" if at == "importing.preview" else "yes"
        played, _ = shown(at, action, person)
        played.found["accounts"] = {}
        played.happens(Said(word), person)
        assert played.ordered == []
        assert {type(effect) for effect in played.effects if not is_refusal(effect)} <= {Say}, played.effects
