"""Dialogs are checked when they are declared; the book refuses what cannot work together."""

import pytest

from conversations.book import Book, fold
from conversations.dialog import END, Ask, BadDialog, Command, Dialog, Tell, Turn
from conversations.identity import Role
from tests.support.toys import BOOK, COMMANDS, QUESTION, prompt, words


def tell(name: str, *exits: str) -> Tell:
    return Tell(name, prompt(name), exits=exits)


def test_twin_steps_are_refused() -> None:
    with pytest.raises(BadDialog, match="two steps are named one"):
        Dialog("twins", tell("one"), tell("one"))


def test_an_exit_to_nowhere_is_refused() -> None:
    with pytest.raises(BadDialog, match="exit to unknown step two"):
        Dialog("lost", tell("one", "two"))


def test_a_step_that_nobody_reaches_is_refused() -> None:
    with pytest.raises(BadDialog, match="nobody reaches three"):
        Dialog("island", tell("one", "two"), tell("two", END), tell("three", "one"))


def test_an_entry_to_nowhere_is_refused() -> None:
    with pytest.raises(BadDialog, match="entries to unknown steps four"):
        Dialog("entry", tell("one"), entries=("four",))


def test_twin_dialogs_are_refused() -> None:
    with pytest.raises(BadDialog, match="same is declared twice"):
        Book.of((Dialog("same", tell("one")), Dialog("same", tell("two"))))


def test_two_reactions_to_one_event_are_refused() -> None:
    on = {"booked": lambda scene, event: Turn()}
    with pytest.raises(BadDialog, match="booked is declared twice"):
        Book.of((Dialog("one", on=on), Dialog("two", on=on)))


def test_two_listeners_for_one_intent_are_refused() -> None:
    heeds = {"move": lambda scene, event: Turn()}
    with pytest.raises(BadDialog, match="move is declared twice"):
        Book.of((Dialog("one", heeds=heeds), Dialog("two", heeds=heeds)))


@pytest.mark.parametrize(
    ("target", "why"),
    [("other.two", "unknown step"), ("ghost.one", "unknown step"), ("other.inner", "no entry of its dialog")],
)
def test_an_exit_into_another_dialog_leads_to_one_of_its_entries(target: str, why: str) -> None:
    other = Dialog("other", tell("one", "inner"), tell("inner"))
    with pytest.raises(BadDialog, match=why):
        Book.of((Dialog("here", tell("one", target)), other))


def test_two_commands_of_one_word_are_refused_in_any_width_and_case() -> None:
    twin = Command("ＳＨＯＷ", (), frozenset({Role.HR}), words(""), words(""), COMMANDS[0].run)
    with pytest.raises(BadDialog, match="show is declared twice"):
        Book.of((), (*COMMANDS, twin))


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("show I-1001", "I-1001"),
        ("/show I-1001", "I-1001"),
        ("ＳＨＯＷ　I-1001", "I-1001"),
        ("查看I-1001", "I-1001"),
        ("查看 李雷", "李雷"),
        ("/SHOW", ""),
    ],
)
def test_a_command_is_found_however_it_is_typed(typed: str, rest: str) -> None:
    found = BOOK.command(typed)
    assert found is not None
    assert found[0].name == "show"
    assert found[1] == rest


@pytest.mark.parametrize("typed", ["", "/", "showing off", "please show", "shown"])
def test_other_words_are_no_command(typed: str) -> None:
    assert BOOK.command(typed) is None


def test_fold() -> None:
    assert fold(" /Ｓhow ") == "show"


def test_an_unknown_step_is_named() -> None:
    assert BOOK.step("question.come")[0] is QUESTION
    for at in ("question.nobody", "nobody.come", "", "."):
        with pytest.raises(BadDialog, match="there is no step"):
            BOOK.step(at)


def test_an_ask_is_an_entry_only_when_it_says_so() -> None:
    only_first = Dialog("d", Ask("a", prompt("a"), {}, exits=("b",)), Ask("b", prompt("b"), {}))
    assert only_first.entries == {"a"}
