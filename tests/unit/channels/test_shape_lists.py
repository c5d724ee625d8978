"""Items of a list stand together, and nothing is said twice."""

import pytest

from channels.routes import ROUTES
from channels.shape import shape
from conversations.messages import Fact, Message, Note, Para, item
from tests.support.samples import data, envelope


def told(*blocks: Para | Fact | Note, route: str = "telegram") -> str:
    message = Message("list", data("lead"), blocks)
    return shape(message, envelope(message), ROUTES[route]).text


def test_items_stand_together_and_apart_from_the_rest() -> None:
    blocks = (
        Para(data("before")),
        item(data("one")),
        item(data("two")),
        Para(data("after")),
        Note(data("small")),
    )
    assert told(*blocks) == "lead\n\nbefore\n\none\ntwo\n\nafter\n\nsmall"


def test_paragraphs_stand_apart() -> None:
    assert told(Para(data("one")), Para(data("two"))) == "lead\n\none\n\ntwo"


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_what_the_lead_says_is_not_said_again(route: str) -> None:
    said = Fact("time", data("When"), data("at two"), is_said=True)
    shown = told(said, Fact("place", data("Where"), data("here")), route=route)
    assert "at two" not in shown
    assert "here" in shown
