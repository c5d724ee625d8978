"""Which interview is meant: none, one or several found, and never a guess."""

from collections.abc import Mapping

import pytest

from conversations.effects import CloseButtons
from conversations.findings import LedgerEntry, Target
from tests.support.staff_scenes import HAN, START, Stage, target, text_of

NAMED = (
    "remind",
    "confirm",
    "joined",
    "noshow",
    "undo",
    "cancel",
    "move",
    "rebook",
    "pause",
    "resume",
    "link",
)
READ = ("show", "why")
TWINS = (target(1024, "李雷", joined_at=None), target(1031, "李雷"))


def stage(*targets: Target) -> Stage:
    return Stage(found={"targets": targets, "ledger": tuple(LedgerEntry(t) for t in targets)})


def only_that_one(*targets: Target) -> Stage:
    """Find as the loader does: a label finds its own interview, a name all that have it."""

    def targets_of(args: Mapping[str, str]) -> tuple[Target, ...]:
        return tuple(t for t in targets if args["text"] in (t.interview.label, t.candidate.name))

    def entries_of(args: Mapping[str, str]) -> tuple[LedgerEntry, ...]:
        return tuple(LedgerEntry(t) for t in targets_of(args))

    return Stage(found={"targets": targets_of, "ledger": entries_of})


@pytest.mark.parametrize("name", NAMED + READ)
def test_without_a_name_the_usage_is_told(name):
    played = stage()
    shown = text_of(played.types(name))
    assert "Which interview?" in shown
    assert f"{name} I-1024" in shown
    assert played.asked == ([("last_batch", {})] if name == "undo" else [])


@pytest.mark.parametrize("name", NAMED + READ)
def test_none_found_says_so_and_what_to_try(name):
    played = stage()
    shown = text_of(played.types(f"{name} Nobody"))
    assert "No interview matches “Nobody”." in shown
    assert "I-1024" in shown
    assert "尾号1234" in shown
    assert played.ordered == []


@pytest.mark.parametrize("name", NAMED + READ)
def test_several_found_ask_which_one(name):
    played = stage(*TWINS)
    message = played.types(f"{name} 李雷")
    assert message is not None
    assert message.kind == "choose.ask"
    assert "2 interviews match. Which one?" in text_of(message)
    assert "I-1024 李雷, Java: today, Tue 24 Nov, 14:00" in text_of(message)
    assert "[I-1024 李雷]" in text_of(message), "a button holds no more than it can show"
    assert played.ordered == []


def test_the_command_goes_on_with_the_one_that_is_chosen():
    played = only_that_one(*TWINS)
    played.types("show 李雷")
    played.presses(played.session(f"person:{HAN.id}", "choose"), "pick:I-1031")
    last = played.said[-1].message
    assert last.kind == "command.show"
    assert text_of(last).startswith("I-1031 李雷")
    assert any(isinstance(effect, CloseButtons) for effect in played.effects)


def test_a_number_chooses_too():
    played = only_that_one(*TWINS)
    played.types("remind 李雷")
    played.says("2")
    assert [(order.act, order.interview) for order in played.ordered] == [("remind", TWINS[1].interview.id)]


def test_what_else_was_typed_is_not_forgotten():
    played = only_that_one(*TWINS)
    played.types("move 李雷 2026-11-26T10:00")
    played.presses(played.session(f"person:{HAN.id}", "choose"), "pick:I-1031")
    assert played.said[-1].message.kind == "confirm.ask"
    assert "to Thu 26 Nov, 10:00" in text_of(played.said[-1].message)


def test_no_more_than_nine_are_offered():
    many = [target(1000 + n, "李雷") for n in range(12)]
    message = stage(*many).types("show 李雷")
    assert message is not None
    assert len(message.presses) == 9


def test_an_answer_to_a_card_needs_no_name():
    played = Stage(target=target(starts_at=START))
    message = played.types("remind", about=True)
    assert "I-1024 李雷: a reminder is on its way." in text_of(message)


def test_where_others_read_along_names_are_hidden():
    played = stage(*TWINS)
    assert "[I-1024 李*]" in text_of(played.types("show 李雷", private=False))
