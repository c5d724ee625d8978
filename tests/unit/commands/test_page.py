"""`page`: one's own link, for whoever may see figures or cases; never in a group; and what to do without pages."""

import pytest

from conversations.effects import Say
from conversations.messages import Link
from tests.support.staff_scenes import ADA, HAN, RUI, SAM, VERA, Stage, text_of


@pytest.mark.parametrize("typed", ["page", "dashboard", "看板", "面板", "Page", "/page"])
@pytest.mark.parametrize("who", [HAN, RUI, SAM, VERA, ADA], ids=lambda person: person.name)
def test_everybody_of_staff_has_a_page(typed, who):
    message = Stage(found={"pages": True}).types(typed, who)
    assert message is not None
    assert message.kind == "command.page"
    assert [action.to for action in message.actions if isinstance(action, Link)] == ["hr"]


def test_support_is_promised_no_figures():
    assert "who needs a person" in text_of(Stage(found={"pages": True}).types("page", SAM))
    assert "all figures" not in text_of(Stage(found={"pages": True}).types("page", SAM))


def test_it_is_never_said_to_a_group():
    played = Stage(found={"pages": True})
    played.types("page --here", HAN, private=False)
    (say,) = [effect for effect in played.effects if isinstance(effect, Say)]
    assert say.manner.where == "origin"


def test_without_an_address_it_says_what_to_set():
    message = Stage(found={"pages": False}).types("page", HAN)
    assert message is not None
    assert message.actions == ()
    assert "server.public_url" in text_of(message)
    assert "stats" in text_of(message)
