"""Who did not come? One card for a start, ticked from the evidence, and nobody flagged before somebody says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.events import Due, Ordered, Submitted
from conversations.findings import Target
from conversations.identity import ToTeam
from conversations.interview import Outcome, State
from tests.support.staff_scenes import HAN, NOW, RUI, START, Stage, id_of, target, text_of


def begun(n: int) -> tuple[Target, ...]:
    entered = START - timedelta(minutes=1)
    return tuple(target(1000 + k, f"王{k}", entered_at=entered if k % 2 else None) for k in range(n))


def due(played: Stage, one: Target, act: str = "") -> None:
    played.target = one
    played.happens(
        Ordered(act, one.interview.id) if act else Due("checklist", f"interview:{one.interview.id}", NOW)
    )


def asked(n: int = 3) -> Stage:
    played = Stage(found={"starting": begun(n)})
    due(played, begun(n)[0])
    return played


def card(played: Stage):
    return played.session("team:hr", "checklist:")


def shown(played: Stage) -> str:
    return text_of(played.told("hr")[-1])


def test_it_is_ticked_from_the_evidence():
    assert shown(asked()).splitlines() == [
        "Who did not come? 3 interviews began, today, Tue 24 Nov, 14:00.",
        "Whoever tapped their link counts as there. Correct what is wrong, then press Done. "
        "Nobody is flagged before you do.",
        "I-1000 王0, Java: did not tap the link",
        "I-1001 王1, Java: tapped the link at 13:59",
        "I-1002 王2, Java: did not tap the link",
        "[☐ I-1000 王0]",
        "[☑ I-1001 王1]",
        "[☐ I-1002 王2]",
        "[Done: 2 did not come]",
    ]


def test_twenty_at_once_are_one_card():
    played = Stage(found={"starting": begun(20)})
    for one in begun(20):
        due(played, one)
    assert len(played.said) == 1
    assert played.said[0].to == ToTeam("hr")
    assert "20 interviews began" in shown(played)


def test_hundreds_at_once_are_cards_of_fifty():
    played = Stage(found={"starting": begun(120)})
    for one in begun(120):
        due(played, one)
    assert [text_of(message).splitlines()[0] for message in played.told("hr")] == [
        "Who did not come? 50 interviews began, today, Tue 24 Nov, 14:00.",
        "Who did not come? 50 interviews began, today, Tue 24 Nov, 14:00.",
        "Who did not come? 20 interviews began, today, Tue 24 Nov, 14:00.",
    ]


def test_pages_of_seven():
    played = asked(20)
    assert len(card(played).choices) == 9
    played.presses(card(played), "page")
    assert "[☐ I-1008 王8]" in shown(played)
    played.presses(card(played), "page")
    assert len([line for line in shown(played).splitlines() if "王" in line and line.startswith("[")]) == 6
    played.presses(card(played), "page")
    assert "[☐ I-1000 王0]" in shown(played)


def test_a_tap_corrects_it():
    played = asked()
    played.presses(card(played), f"toggle:{id_of('interview 1000')}")
    assert "[☑ I-1000 王0]" in shown(played)
    assert "[Done: 1 did not come]" in shown(played)
    played.presses(card(played), f"toggle:{id_of('interview 1002')}")
    assert "[Done: everybody came]" in shown(played)
    assert played.ordered == []


def test_done_orders_what_is_ticked():
    played = asked()
    played.presses(card(played), f"toggle:{id_of('interview 1000')}")
    played.presses(card(played), "done")
    assert [(order.act, order.interview, order.by) for order in played.ordered] == [
        ("joined", id_of("interview 1000"), HAN.id),
        ("joined", id_of("interview 1001"), HAN.id),
        ("no_show", id_of("interview 1002"), HAN.id),
    ]
    assert {order.args["source"] for order in played.ordered} == {"checklist"}
    assert shown(played).splitlines() == [
        "Han Meimei noted: 2 came, 1 did not.",
        "I-1002 王2, Java: did not tap the link",
        "They are asked why, and offered other times. A mistake? Type: undo I-1002",
    ]
    assert len({message.key for message in played.told("hr")}) == 1, "the same card through its life"


def test_unanswered_nobody_is_flagged():
    played = asked()
    due(played, begun(3)[1])
    assert played.ordered == []
    assert len(played.said) == 1


def test_who_is_known_to_have_come_is_not_asked_about():
    joined = target(1000, state=State.JOINED, joined_at=NOW, outcome=Outcome.JOINED)
    played = Stage(found={"starting": (joined, *begun(3)[1:])})
    due(played, joined)
    assert played.said == []
    due(played, begun(3)[1])
    assert "I-1000" not in shown(played)


def test_who_begins_later_is_not_asked_about_yet():
    later = target(1005, starts_at=NOW + timedelta(minutes=5))
    played = Stage(found={"starting": (*begun(1), later)})
    due(played, begun(1)[0])
    assert "I-1005" not in shown(played)


def test_one_that_began_a_little_later_joins_the_open_card():
    played = asked(2)
    later = target(1005, "赵六", starts_at=START + timedelta(minutes=5))
    played.now = NOW + timedelta(minutes=5)
    played.found["starting"] = (*begun(2), later)
    due(played, later)
    assert "3 interviews began" in shown(played)
    assert len({message.key for message in played.told("hr")}) == 1


def test_what_was_ticked_by_hand_stays_when_others_join():
    played = asked(2)
    played.presses(card(played), f"toggle:{id_of('interview 1000')}")
    later = target(1005, "赵六", starts_at=START + timedelta(minutes=5))
    played.now = NOW + timedelta(minutes=5)
    played.found["starting"] = (*begun(2), later)
    due(played, later)
    assert "[☑ I-1000 王0]" in shown(played)


def test_one_that_comes_after_the_answer_gets_a_card_of_its_own():
    played = asked(2)
    played.presses(card(played), "done")
    later = target(1005, "赵六", starts_at=START + timedelta(minutes=5))
    played.now = NOW + timedelta(minutes=5)
    played.found["starting"] = (*begun(2), later)
    due(played, later)
    assert "1 interview began" in shown(played)
    assert len({message.key for message in played.told("hr")}) == 2


def test_what_nobody_told_in_time_is_reviewed():
    played = Stage(found={"starting": begun(2)})
    due(played, begun(2)[0], "review")
    assert "Nobody told us in time how these went, so nobody was flagged." in shown(played)
    played.presses(card(played), "done")
    assert {order.act for order in played.ordered if order.act != "review"} == {"joined", "no_show"}


@pytest.mark.parametrize("action", ["done", "toggle"])
def test_only_hr_answers(action):
    played = asked()
    pressed = next(choice for choice in card(played).choices if choice.startswith(action))
    played.presses(card(played), pressed, RUI)
    assert played.toast() == "This button is for somebody else."
    assert played.ordered == []


def test_other_companies_have_their_own_card():
    played = asked(1)
    other = target(2000)
    other = replace(other, interview=replace(other.interview, company="other"))
    played.found["starting"] = (other,)
    due(played, other)
    assert len({message.key for message in played.told("hr")}) == 2


# -- a few at once ----------------------------------------------------------------------------------------


def submits(played: Stage, *, by_turn: int = 0, **chosen: str) -> None:
    """Send the card's form as a platform brings it back: by whom it asks, `n1000="came"`."""
    held = card(played)
    values = {str(id_of(f"interview {name[1:]}")): value for name, value in chosen.items()}
    carried = {"session": str(held.id), "turn": str(held.turn + by_turn)}
    played.happens(Submitted("", values, carried), HAN)


def test_up_to_three_can_be_asked_at_once():
    form = asked().told("hr")[-1].form
    assert form
    assert [(field.name, field.initial) for field in form.fields] == [
        (str(id_of("interview 1000")), "missed"),
        (str(id_of("interview 1001")), "came"),
        (str(id_of("interview 1002")), "missed"),
    ]
    assert {name for field in form.fields for name, _ in field.options} == {"came", "missed", "open"}
    assert asked(4).told("hr")[-1].form is None


def test_who_is_not_known_yet_stays_on_the_card():
    played = asked()
    submits(played, n1000="came", n1001="missed", n1002="open")
    assert [(order.act, order.interview) for order in played.ordered] == [
        ("joined", id_of("interview 1000")),
        ("no_show", id_of("interview 1001")),
    ]
    assert "1 interview began" in shown(played)
    assert "I-1002" in shown(played)
    assert "I-1000" not in shown(played)
    submits(played, n1002="came")
    assert [order.act for order in played.ordered] == ["joined", "no_show", "joined"]
    assert shown(played).splitlines()[0] == "Han Meimei noted: 2 came, 1 did not."


def test_nobody_is_flagged_by_an_empty_form():
    for chosen in ({}, {"n1000": "open"}, {"n1000": "what?"}, {"n9999": "missed"}):
        played = asked()
        before = len(played.said)
        submits(played, by_turn=0, **chosen)
        assert played.ordered == []
        assert len(played.said) == before
        assert card(played).is_waiting


def test_a_form_of_an_earlier_card_does_nothing():
    played = asked()
    submits(played, n1000="came", n1001="came", n1002="open")
    count = len(played.ordered)
    submits(played, by_turn=-1, n1002="missed")
    assert len(played.ordered) == count


def test_those_who_come_later_are_asked_about_beside_the_rest():
    played = asked()
    submits(played, n1000="came", n1001="came", n1002="open")
    played.found["starting"] = begun(4)
    due(played, begun(4)[3])
    assert "I-1003" in shown(played)
    assert "I-1002" in shown(played)
    assert "I-1000" not in shown(played)
