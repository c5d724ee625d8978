"""What staff have to know outside any case, and the answer to words that are no command."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.dialog import Scene
from conversations.effects import Say, Then
from conversations.events import Commanded, Done, Event, Said
from conversations.identity import Person, Place, ToPerson, ToTeam
from tests.support.staff_scenes import (
    ADA,
    BOOK,
    HAN,
    NOW,
    POLICY,
    RUI,
    SAM,
    VERA,
    Stage,
    candidate,
    target,
    text_of,
)


def notice(work: str, result: Mapping[str, Any]) -> Say:
    """Return what a piece of work that has come back makes us say."""
    found = BOOK.reaction(f"done.{work}")
    assert found is not None
    turn = found[1](Scene(NOW, POLICY), Event("7", "core", NOW, Done(work, result)))
    (say,) = turn.effects
    assert isinstance(say, Say)
    return say


def test_a_message_put_aside_says_what_to_do():
    say = notice(
        "put_aside", {"kind": "reminder", "interview": "I-1024", "why": "refused: too long", "outbox": "ab"}
    )
    assert say.to == ToTeam("hr")
    assert say.manner.once == "put_aside:ab"
    assert say.message.kind == "notice.put_aside", "by which a notice that fails itself is known"
    assert text_of(say.message).splitlines() == [
        "A message about I-1024 could not be sent: reminder.",
        "Why: the platform refused it (too long)",
        "Please tell the candidate another way. What was sent: why I-1024",
        "It was put aside; everything else goes on. To look: turnout admin outbox show ab",
    ]


def test_an_event_put_aside_names_no_interview():
    say = notice("put_aside", {"kind": "pressed", "interview": "", "why": "ValueError: x", "outbox": "9"})
    assert "Something could not be handled: pressed." in text_of(say.message)
    assert "ValueError: x" in text_of(say.message)


def test_an_outage_is_one_summary():
    result = {"since": (NOW - timedelta(hours=5)).isoformat(), "until": NOW.isoformat(), "rungs": 12}
    say = notice("outage", result)
    shown = text_of(say.message)
    assert shown.startswith(
        "I was not running for 5 hours, from today, Tue 24 Nov, 09:10 to today, Tue 24 Nov, 14:10."
    )
    assert "Reminders that fell due meanwhile: 12" in shown
    assert "Nobody was flagged for it." in shown
    assert say.manner.once == f"outage:{result['since']}"


def test_an_outage_may_name_what_it_cost():
    labels = [f"I-{n}" for n in range(7)]
    result = {"since": NOW.isoformat(), "until": NOW.isoformat(), "expired": labels, "late": 2}
    shown = text_of(notice("outage", result).message)
    assert "Too late to help, so not sent: 7: I-0, I-1, I-2, I-3, I-4, and 2 more" in shown
    assert "Sent late: 2" in shown


def test_an_outage_of_nothing_says_so():
    result = {"since": NOW.isoformat(), "until": NOW.isoformat(), "rungs": 0}
    assert "No reminder fell due meanwhile." in text_of(notice("outage", result).message)


LOST = {"account": "slack.main", "chat": "C012", "kind": "alert.card", "why": "is_archived"}
PLACE = Place("slack.main", "C012")


def lost(result: Mapping[str, str], team: tuple[Person, ...] = (HAN, ADA, SAM), **policy: Any) -> list[Say]:
    played = Stage(found={"team": team}, policy=replace(POLICY, **policy))
    played.happens(Done("place_lost", result))
    return played.said


def test_a_group_that_is_lost_is_told_to_those_who_can_act_in_person():
    (say,) = lost(LOST, alerts_place=PLACE)
    assert say.to == ToPerson(HAN.id)
    assert (say.manner.where, say.manner.once) == ("ladder", f"place:slack.main:C012:2026-11-24:{HAN.id}")
    assert text_of(say.message).splitlines() == [
        "I can no longer write to the group for alerts in Slack.",
        "Not read there: no-show card",
        "The platform says: is_archived",
        "Open that channel in Slack and type: /invite, then the name of this bot.",
        "Until then one of you gets it in person. Or name another group: turnout.toml, [teams].",
    ]
    assert [say.to for say in lost(LOST, (ADA, SAM))] == [ToPerson(ADA.id)]
    assert lost(LOST, (SAM,)) == []


@pytest.mark.parametrize(
    ("account", "policy", "words"),
    [
        ("telegram.main", {"support_place": Place("telegram.main", "C012")}, "support's group in Telegram"),
        (
            "telegram.main",
            {"digest_place": Place("telegram.main", "C012")},
            "group for the digest in Telegram",
        ),
        ("telegram.main", {"alerts_place": PLACE}, "a group in Telegram"),
        ("telegram.main", {}, "Add this bot to the group in Telegram again"),
        ("wecom.main", {}, "Let this bot into the group again"),
    ],
)
def test_the_lost_group_is_named_by_what_it_is_for(account, policy, words):
    (say,) = lost({**LOST, "account": account}, **policy)
    assert words in text_of(say.message)


def test_a_link_opened_by_somebody_else():
    say = notice("used_link", {"interview": "I-1024", "account": "telegram.main"})
    shown = text_of(say.message)
    assert "The invitation link of I-1024 was opened by somebody else." in shown
    assert "Opened in: Telegram" in shown
    assert "main" not in shown
    assert "link I-1024" in shown


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("shwo I-1024", "show I-1024"),
        ("lsit", "list today"),
        ("cancle 7", "cancel I-1024"),
        ("帮我取消一下", "cancel I-1024"),
    ],
)
def test_the_nearest_command_is_named(typed, near):
    shown = text_of(Stage().says(typed))
    assert f"Did you mean {near}?" in shown
    assert "Everything you can ask: help" in shown


def test_words_like_nothing_get_the_help():
    shown = text_of(Stage().types("qqqqqq"))
    assert "I do not know “qqqqqq”." in shown
    assert "Did you mean" not in shown


def test_what_one_may_not_do_is_not_suggested():
    assert "Did you mean" not in text_of(Stage().says("cancle 7", VERA))


def test_long_words_are_cut():
    assert len(text_of(Stage().says("x" * 4000)).splitlines()[0]) < 100


def test_the_answer_goes_to_whoever_typed_it_even_about_a_candidates_card():
    played = Stage(target())
    played.types("shwo", about=True)
    assert [say.to for say in played.said] == [ToPerson(HAN.id)]
    played = Stage(target(recruiter=RUI.id))
    played.types("cancel", VERA, about=True)
    assert [say.to for say in played.said] == [ToPerson(VERA.id)]


def test_what_is_not_allowed_says_who_can_help():
    shown = text_of(Stage().types("cancel I-1024", VERA))
    assert "“cancel” is not among the things you may do here." in shown
    assert "ask an administrator" in shown


def test_a_candidates_slash_words_are_heard_as_words():
    played = Stage()
    outcome = played.happens(Commanded("move", "tomorrow"), candidate())
    assert outcome.effects == (Then(Said("move tomorrow")),)
