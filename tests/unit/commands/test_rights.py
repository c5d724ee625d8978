"""Who may type what: denied unless a role grants it."""

import pytest

from conversations.commands import COMMANDS
from conversations.effects import Then
from conversations.events import Commanded, Said
from conversations.findings import LedgerEntry
from conversations.identity import Person, Role
from tests.support.staff_scenes import ADA, HAN, RUI, SAM, VERA, Stage, candidate, target, text_of

EVERYBODY = (HAN, RUI, SAM, VERA, ADA)
ALLOWED: dict[str, tuple[Person, ...]] = {
    "help": EVERYBODY,
    "whoami": EVERYBODY,
    "list": EVERYBODY,
    "tomorrow": EVERYBODY,
    "no-shows": EVERYBODY,
    "show": EVERYBODY,
    "why": EVERYBODY,
    "plan": EVERYBODY,
    "stats": (HAN, RUI, VERA, ADA),
    "reasons": (HAN, RUI, VERA, ADA),
    "trend": (HAN, RUI, VERA, ADA),
    "report": (HAN, RUI, VERA, ADA),
    "standard": (HAN, RUI, VERA, ADA),
    "risk": (HAN, RUI, SAM, ADA),
    "slots": (HAN, RUI, SAM, ADA),
    "remind": (HAN, RUI, ADA),
    "confirm": (HAN, RUI, ADA),
    "rebook": (HAN, RUI, ADA),
    "pause": (HAN, RUI, ADA),
    "resume": (HAN, RUI, ADA),
    "joined": (HAN, RUI, SAM, ADA),
    "noshow": (HAN, RUI, ADA),
    "undo": (HAN, RUI, SAM, ADA),
    "move": (HAN, RUI, SAM, ADA),
    "cancel": (HAN, RUI, ADA),
    "link": (HAN, RUI, ADA),
    "take": (HAN, RUI, SAM, ADA),
    "assign": (HAN, RUI, SAM, ADA),
    "handoff": (HAN, RUI, SAM, ADA),
    "close": (HAN, RUI, SAM, ADA),
    "write": (HAN, RUI, SAM, ADA),
    "handback": (HAN, RUI, SAM, ADA),
    "role": (ADA,),
}


def stage() -> Stage:
    one = target(recruiter=RUI.id)
    return Stage(found={"targets": (one,), "ledger": (LedgerEntry(one),)})


def test_every_command_has_its_row():
    assert {command.name for command in COMMANDS} == set(ALLOWED)


@pytest.mark.parametrize("person", [HAN, RUI, SAM, VERA, ADA], ids=lambda p: p.name)
@pytest.mark.parametrize("name", ALLOWED)
def test_only_those_with_the_right_are_served(name, person):
    played = stage()
    message = played.types(f"{name} I-1024" if name in ("show", "why", "remind", "cancel") else name, person)
    assert message is not None
    if person in ALLOWED[name]:
        assert message.kind.startswith(("command.", "confirm."))
    else:
        assert message.kind == "notice.not_allowed"
        assert played.ordered == []
        assert played.asked == [], "nothing is looked up for somebody who may not know it"


@pytest.mark.parametrize("name", ALLOWED)
def test_a_candidate_gets_no_command(name):
    played = stage()
    outcome = played.happens(Commanded(name, "I-1024"), candidate())
    assert outcome.effects == (Then(Said(f"{name} I-1024")),), "their words mean something else"
    assert played.asked == []


def test_somebody_without_any_role_gets_nothing():
    played = stage()
    assert played.types("list", Person(HAN.id, "Nobody", roles=frozenset())) is None
    assert played.asked == []


@pytest.mark.parametrize(
    "name",
    "show why remind confirm joined noshow undo cancel move rebook pause resume link".split(),
)
def test_a_recruiter_does_not_see_what_is_anothers(name):
    """Even if the query let it through."""
    others = target(recruiter=HAN.id)
    played = Stage(found={"targets": (others,), "ledger": (LedgerEntry(others),)})
    message = played.types(f"{name} I-1024 2026-12-01T10:00" if name == "move" else f"{name} I-1024", RUI)
    assert "None of your interviews matches" in text_of(message)
    assert "李雷" not in text_of(message)
    assert played.ordered == []


def test_lists_leave_out_what_is_anothers():
    found = (target(1, "李雷", recruiter=RUI.id), target(2, "韩梅", recruiter=HAN.id))
    message = Stage(found={"interviews": found}).types("list", RUI)
    assert "李雷" in text_of(message)
    assert "韩梅" not in text_of(message)


def test_help_shows_only_what_one_may_do():
    shown = text_of(Stage().types("help", VERA))
    assert "list" in shown
    assert "stats" in shown
    assert "cancel" not in shown
    assert "cancel" in text_of(Stage().types("help", ADA))


def test_help_does_not_explain_what_one_may_not_do():
    assert "This is what you can ask me" in text_of(Stage().types("help cancel", VERA))
    assert "取消" in text_of(Stage().types("help cancel", HAN))


def test_an_administrator_may_do_everything():
    assert all(ADA.may(*command.roles) for command in COMMANDS)
    assert ADA.roles == {Role.ADMIN}
