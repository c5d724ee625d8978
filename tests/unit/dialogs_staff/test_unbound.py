"""Who cannot be reached, or by one channel only: one list a day, with a link for each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.events import Due
from conversations.findings import Target
from conversations.identity import ToTeam
from conversations.interview import Outcome, State
from conversations.messages import Link
from tests.support.staff_scenes import NOW, START, Stage, id_of, target, text_of

TOMORROW = START + timedelta(days=1)


def missing(n: int, first: int = 1000) -> tuple[Target, ...]:
    return tuple(
        target(first + k, f"王{k}", channels=(), starts_at=TOMORROW + timedelta(minutes=k)) for k in range(n)
    )


def due(played: Stage, one: Target, name: str = "unbound") -> None:
    played.target = one
    played.happens(Due(name, f"interview:{one.interview.id}", NOW))


def shown(played: Stage) -> str:
    return text_of(played.told("hr")[-1])


@pytest.mark.parametrize("name", ["unbound", "unbound_day"])
def test_one_list_holds_them_all(name):
    played = Stage(found={"unbound": missing(2)})
    for one in missing(2):
        due(played, one, name)
    assert len(played.said) == 1
    assert played.said[0].to == ToTeam("hr")
    assert shown(played).splitlines() == [
        "2 candidates cannot be reached yet: they have not opened their link.",
        "I-1000 王0, Java: tomorrow, Wed 25 Nov, 14:00",
        "I-1001 王1, Java: tomorrow, Wed 25 Nov, 14:01",
        "Send everybody their own link, by mail, phone or chat. It greets them and turns reminders on.",
        f"[Copy link I-1000 王0 → invite:{id_of('interview 1000')}]",
        f"[Copy link I-1001 王1 → invite:{id_of('interview 1001')}]",
    ]


def test_the_soonest_stand_first_and_the_rest_is_a_command_away():
    played = Stage(found={"unbound": tuple(reversed(missing(12)))})
    due(played, missing(12)[5])
    message = played.told("hr")[-1]
    assert len([action for action in message.actions if isinstance(action, Link)]) == 9
    assert "I-1000" in shown(played).splitlines()[1]
    assert "and 3 more: /list unbound" in shown(played)


def test_somebody_imported_later_joins_the_days_list():
    played = Stage(found={"unbound": missing(1)})
    due(played, missing(1)[0])
    played.found["unbound"] = missing(2)
    due(played, missing(2)[1])
    assert "2 candidates" in shown(played)
    assert len({message.key for message in played.told("hr")}) == 1


def test_the_next_day_has_its_own_list():
    played = Stage(found={"unbound": missing(1)})
    due(played, missing(1)[0])
    played.now = NOW + timedelta(hours=12)
    due(played, missing(1)[0], "unbound_day")
    assert len({message.key for message in played.told("hr")}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": ("telegram",)},
        {"channels": (), "state": State.CANCELLED, "outcome": Outcome.CANCELLED},
        {"channels": (), "starts_at": NOW - timedelta(minutes=1)},
    ],
)
def test_who_is_there_or_not_wanted_any_more_is_not_listed(changes):
    played = Stage()
    due(played, target(**{"starts_at": TOMORROW, **changes}))
    assert played.said == []


def test_who_asked_for_no_more_messages_is_left_alone():
    one = missing(1)[0]
    played = Stage()
    due(played, replace(one, candidate=replace(one.candidate, opted_out_at=NOW)))
    assert played.said == []


def thin(channels: tuple[str, ...] = ("telegram",), number: int = 1024) -> Target:
    return target(number, channels=channels, starts_at=TOMORROW)


def test_one_channel_only_is_told_before_the_day():
    played = Stage(found={"channels": ("console", "email", "sms", "telegram")})
    due(played, thin(), "reach")
    lines = shown(played).splitlines()
    assert lines[0] == "1 candidate can be reached by one channel only."
    assert (
        lines[1]
        == "I-1024 李雷, Java: tomorrow, Wed 25 Nov, 14:00, by Telegram only; e-mail and SMS could be added"
    )
    due(played, thin(), "reach")
    assert len(played.said) == 1


@pytest.mark.parametrize(
    ("one", "channels"),
    [
        (thin(("telegram", "email")), ("email", "telegram")),
        (thin(()), ("email", "telegram")),
        (thin(), ("telegram",)),
        (thin(), ("console", "page", "telegram")),
    ],
)
def test_two_ways_or_a_house_with_one_are_no_news(one, channels):
    played = Stage(found={"channels": channels})
    due(played, one, "reach")
    assert played.said == []


def test_both_stand_on_the_same_list():
    played = Stage(found={"channels": ("email", "telegram"), "unbound": missing(1)})
    due(played, thin(), "reach")
    due(played, missing(1)[0])
    assert "1 candidate cannot be reached yet" in shown(played)
    assert "By one channel only: 1" in shown(played)
    assert "by Telegram only; e-mail could be added" in shown(played)
    assert len({message.key for message in played.told("hr")}) == 1
