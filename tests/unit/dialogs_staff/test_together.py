"""More than three cards of one kind at once: one list for their reader, and each to be opened."""

from dataclasses import replace
from datetime import timedelta

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.dialog import Session
from conversations.dialogs import DIALOGS
from conversations.effects import Priority
from conversations.events import Due, Said
from conversations.findings import Target
from conversations.interview import CaseKind
from conversations.messages import Message
from tests.support.staff_scenes import NOW, SAM, Stage, case, target, text_of

REAL = Book.of(DIALOGS, COMMANDS)


def lately(n: int) -> tuple[tuple[Session, Target], ...]:
    """Return so many calls for help that support was shown in the last minutes."""
    found = []
    for number in range(2000, 2000 + n):
        one = target(number, f"王{number}")
        made = case(one.interview, CaseKind.TECHNICAL)
        at = NOW - timedelta(seconds=30)
        session = Session(made.id, "team:support", f"case:{made.id}", "support", "card", 1, ("take",), at)
        found.append((session, replace(one, cases=(made,))))
    return tuple(found)


def called(n: int) -> Stage:
    """Let somebody call for help after so many others."""
    one = target()
    played = Stage(one, book=REAL, found={"transcript": (), "lately:team:support:support": lately(n)})
    played.happens(Said("人工"), one.candidate, about=True)
    return played


def shown(played: Stage) -> list[Message]:
    return [message for message in played.told("support") if not message.kind.endswith(".folded")]


def test_up_to_three_are_cards_of_their_own() -> None:
    assert [message.kind for message in shown(called(2))] == ["support.card"]


def test_the_fourth_makes_a_list_and_the_others_stand_in_it() -> None:
    played = called(3)
    (message,) = shown(played)
    assert message.kind == "together.list"
    assert text_of(message).splitlines()[0] == "4 calls for help at once."
    assert [press.action for press in message.presses] == ["open:3", "open:0", "open:1", "open:2"]
    folded = [each for each in played.ordered if each.act == "fold"]
    assert len(folded) == 3


def test_its_own_card_waits_folded_and_asks_nothing() -> None:
    played = called(3)
    (say,) = [say for say in played.said if say.message.kind == "support.folded"]
    assert (say.manner.priority, say.message.presses, say.message.is_progress) == (Priority.EDIT, (), True)


def test_who_comes_later_is_added_after_a_moment() -> None:
    played = called(3)
    one = target(1030, "韩梅")
    played.target, played.cases = one, ()
    played.happens(Said("人工"), one.candidate, about=True)
    lists = [say for say in played.said if say.message.kind == "together.list"]
    assert text_of(lists[-1].message).splitlines()[0] == "5 calls for help at once."
    assert lists[-1].manner.due_at == NOW + timedelta(seconds=20), "not once for each"
    assert len({say.message.key for say in lists}) == 1


def test_one_is_opened_from_the_list() -> None:
    played = called(3)
    played.found["transcript"] = ()
    played.presses(played.session("team:support", "supports:"), "open:3", by=SAM)
    assert [each.act for each in played.ordered][-1] == "unfold"
    assert shown(played)[-1].kind == "support.card"


def test_the_list_has_pages() -> None:
    played = called(6)
    session = played.session("team:support", "supports:")
    # By start and number; a choice names its place among those that came, which stays its own.
    assert session.choices == ("open:6", "open:0", "open:1", "open:2", "page")
    played.presses(session, "page", by=SAM)
    assert played.session("team:support", "supports:").choices == ("open:3", "open:4", "open:5", "page")


def test_a_card_that_is_only_told_anew_keeps_its_buttons() -> None:
    played = called(0)
    first = played.session("team:support", "case:")
    played.happens(Due("ack", f"case:{played.cases[0].id}", NOW))
    again = played.session("team:support", "case:")
    assert again.turn > first.turn
    assert again.choices == first.choices
    assert again.since == first.turn
    played.presses(first, "take", by=SAM)
    assert played.session("team:support", "case:").since == again.turn + 1, "other buttons, another turn"
