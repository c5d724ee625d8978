"""Every command typed by everybody: done for those in the table, refused in one clear line for the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.batch import Batch, BatchState
from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.configured import Configured, Setting
from conversations.dialogs import DIALOGS
from conversations.digest import WINDOWS, DigestFacts, Window
from conversations.digest.longer import Longer
from conversations.effects import Effect, Record, Say, Then
from conversations.engine import Outcome
from conversations.events import Commanded, Said
from conversations.findings import CaseFound, LedgerEntry
from conversations.identity import Person, Role
from conversations.interview import CaseState, Slot
from tests.support import figured
from tests.support.staff_scenes import (
    ADA,
    HAN,
    POLICY,
    RUI,
    SAM,
    START,
    VERA,
    ZONE,
    Stage,
    case,
    id_of,
    target,
    text_of,
)
from tests.unit.matrix import table
from tests.unit.matrix.table import CANDIDATE, WHO, allowed

BOOK = Book.of(DIALOGS, COMMANDS)
REFUSED = (
    "None of your interviews matches",
    "looked after by somebody else",
    "No case of yours matches",
    "is not among what you may look after",
    "Only administrators change",
    "are for HR",
    "You have no jobs here yet",
    "Times are added and closed by HR and recruiters",
    "No time of yours is meant",
)
"""What whoever may type a command, but not for this interview, is told."""
STAFFS = {"targets", "selected", "interviews", "ledger", "cases", "team", "somebody", "config", "facts"}
"""What only commands of staff look up."""


def _longer(window: Window) -> Longer:
    figures = figured.found(POLICY)
    return Longer("hr", window, TODAY, TODAY, figures["stats"]({}), figures["trend"]({}))


def stage() -> Stage:
    """One interview that Rui recruits for, and its case."""
    one = target(recruiter=RUI.id)
    made = case(one.interview)
    found: dict[str, Any] = {
        "targets": (one,),
        "interviews": (one,),
        "ledger": (LedgerEntry(one),),
        "cases": (CaseFound(made, one),),
        "team": (HAN, SAM, ADA, RUI, VERA, table.OTHER),
        "threads": ("telegram.main",),
        "last_batch": None,
        "slots_all": (Slot(id_of("slot"), TIME, ZONE, "example", "Java", 1, 0),),
        "digest": DigestFacts("hr", TODAY, TODAY, TODAY),
        "digest_lines": {},
        **{f"digest_period:{window}": _longer(window) for window in WINDOWS},
        "accounts": {},
        "config": Configured((Setting("grace", "10m"),), 3),
        "somebody": (table.OTHER,),
    }
    return Stage(one, (made,), book=BOOK, found=found)


def told(outcome: Outcome) -> str:
    said = [effect.message for effect in outcome.effects if isinstance(effect, Say)]
    return "\n".join(map(text_of, said))


TODAY = START.date()
TIME = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai, when a slot is."""


def verb(line: str) -> str:
    return line.partition(" ")[0]


def typed(line: str) -> Commanded:
    return Commanded(verb(line), line.partition(" ")[2])


def test_every_command_has_its_line() -> None:
    assert {command.name for command in COMMANDS} == {verb(line) for line in table.COMMANDS}, (
        "add its line to table.py"
    )


@pytest.mark.parametrize("who", [name for name, person in WHO.items() if person and person.is_staff])
@pytest.mark.parametrize("line", table.COMMANDS)
def test_staff_get_what_the_table_gives_them(line: str, who: str) -> None:
    played, person, name = stage(), WHO[who], verb(line)
    outcome = played.happens(typed(line), person)
    answered = told(outcome)
    if allowed(who, table.COMMANDS[line]):
        assert "is not among the things you may do here" not in answered
        assert not any(words in answered for words in REFUSED), answered
        assert outcome.effects or outcome.sessions
    else:
        assert_refused(played, outcome, answered)
        if not has_a_right_to(person, name):
            assert f"“{name}” is not among the things you may do here." in answered.splitlines()
            assert played.asked == [], "nothing is looked up for somebody who may not know it"
            (deed,) = [effect for effect in played.effects if isinstance(effect, Record)]
            assert (deed.action, deed.detail) == ("right.refused", {"what": name}), "it is written down"
        else:
            assert any(words in answered for words in REFUSED), answered
            assert "李雷" not in answered


def has_a_right_to(person: Person | None, name: str) -> bool:
    command = next(command for command in COMMANDS if command.name == name)
    return person is not None and person.may(*command.roles)


def is_refusal(effect: Effect) -> bool:
    return isinstance(effect, Record) and effect.action == "right.refused"


def assert_refused(played: Stage, outcome: Outcome, answered: str) -> None:
    assert played.ordered == [], "nothing was to happen"
    assert {type(effect) for effect in played.effects if not is_refusal(effect)} <= {Say}, played.effects
    assert outcome.sessions == ()
    assert 1 <= len(answered.splitlines()) <= 4, answered


@pytest.mark.parametrize("line", table.COMMANDS)
def test_a_candidate_gets_no_command(line: str) -> None:
    played = stage()
    outcome = played.happens(typed(line), CANDIDATE)
    # `/help` and `/move` are words of candidates, too, and mean something else to them.
    assert outcome.effects[:1] == (Then(Said(line)),)
    assert not STAFFS & {need for need, _ in played.asked}
    assert played.ordered == []


@pytest.mark.parametrize("line", table.COMMANDS)
@pytest.mark.parametrize(
    "person", [None, Person(HAN.id, "Nobody", roles=frozenset())], ids=["stranger", "roleless"]
)
def test_a_stranger_gets_no_command(line: str, person: Person | None) -> None:
    played = stage()
    played.happens(typed(line), person)
    assert played.ordered == []
    assert not STAFFS & {need for need, _ in played.asked}


@pytest.mark.parametrize("who", ["support", "viewer", "other"])
def test_help_tells_each_of_what_they_may_and_of_nothing_else(who: str) -> None:
    played, person = stage(), WHO[who]
    everything = told(played.happens(Commanded("help"), ADA))
    listed = told(played.happens(Commanded("help"), person))
    for command in COMMANDS:
        word = " ".join([command.name, *(word for word in command.aliases if not word.isascii())][:2])
        if word in everything:
            assert (word in listed) is has_a_right_to(person, command.name), command.name


def test_an_administrator_may_do_everything() -> None:
    assert all(ADA.may(*command.roles) for command in COMMANDS)
    assert ADA.roles == {Role.ADMIN}


def test_a_batch_is_taken_back_by_whoever_ordered_it_and_by_administrators() -> None:
    for who, person in WHO.items():
        played = stage()
        batch = Batch(HAN.id, 1, HAN.id, "remind", (), played.now, played.now, state=BatchState.WAITING)
        played.found["batch"] = batch
        played.happens(Commanded("undo", "B-1"), person)
        assert any(type(e).__name__ == "SaveBatch" for e in played.effects) is (who in ("hr", "admin")), who


def test_a_case_in_hand_is_not_taken_over_by_a_word() -> None:
    one = target(recruiter=RUI.id)
    made = case(one.interview, state=CaseState.TAKEN, owner=HAN.id, owner_name=HAN.name)
    played = Stage(one, (made,), book=BOOK, found={"cases": (CaseFound(made, one),), "team": (HAN, RUI)})
    played.happens(Commanded("take", "C-1024"), RUI)
    assert played.saved() == []
