"""Recruiters and what is not theirs; help and what one may not do. Who may type what: tests/unit/matrix."""

import pytest

from conversations.findings import LedgerEntry
from tests.support.staff_scenes import HAN, RUI, VERA, Stage, target, text_of


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


def test_help_does_not_explain_what_one_may_not_do():
    assert "This is what you can ask me" in text_of(Stage().types("help cancel", VERA))
    assert "取消" in text_of(Stage().types("help cancel", HAN))
