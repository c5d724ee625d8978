"""Reminders: sent once and only while they are true, confirmed by a tap, read without being confirmed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversations.effects import PlanRungs, Priority, Say, SetTimer
from conversations.interview import Interview, RungRow, State, Verdict
from conversations.plan import ladder
from tests.support.scenes import (
    BEFORE,
    SOON,
    START,
    ZONE,
    Stage,
    candidate,
    english,
    id_of,
    interview,
    policy,
    scene,
)


def stage(of: Interview | None = None, **changes: Any) -> Stage:
    """Return a stage one day before the start, the first rung just due."""
    about = of or interview()
    rules = changes.get("policy", policy())
    rows = ladder(interview().attempt, rules, ZONE, START - timedelta(days=3), {})
    return Stage(scene(BEFORE, about, rungs=rows, **changes))


def test_a_rung_is_sent_by_the_ladder_with_its_name_and_its_end() -> None:
    played = stage()
    (message,) = played.due("rung:24h")
    assert message.kind == "reminder"
    (say,) = played.says_to(id_of("Li Lei"))
    manner = say.manner
    assert (manner.where, manner.rung, manner.delivery) == ("ladder", "24h", "all")
    assert manner.priority is Priority.RUNG
    assert manner.useful_until == START - timedelta(hours=2)
    assert [press.action for press in message.presses] == ["confirm", "move", "cant", "help"]


@pytest.mark.parametrize(
    ("of", "rung", "settled"),
    [
        (interview(state=State.CANCELLED), "24h", (Verdict.SUPERSEDED, "cancelled")),
        (interview(state=State.WITHDRAWN), "24h", (Verdict.SUPERSEDED, "withdrawn")),
        (interview(state=State.JOINED), "24h", (Verdict.SKIPPED, "joined")),
        (interview(joined_at=BEFORE), "24h", (Verdict.SKIPPED, "joined")),
        (interview(state=State.NO_SHOW), "24h", (Verdict.SKIPPED, "no_show")),
        (interview(confirmed_at=BEFORE), "1h", (Verdict.SKIPPED, "confirmed")),
    ],
)
def test_what_is_no_longer_true_is_not_sent(of: Interview, rung: str, settled: tuple[Verdict, str]) -> None:
    played = stage(of)
    assert played.due(f"rung:{rung}") == []
    assert played.settled() == {rung: settled}


@pytest.mark.parametrize(
    ("person", "settled"),
    [
        (candidate(is_bound=False), (Verdict.SKIPPED, "unbound")),
        (candidate(opted_out_at=BEFORE), (Verdict.REFUSED, "opted_out")),
    ],
)
def test_who_cannot_or_will_not_be_told(person: object, settled: tuple[Verdict, str]) -> None:
    played = stage(candidate=person)
    assert played.due("rung:24h") == []
    assert played.settled() == {"24h": settled}


def test_a_rung_of_an_attempt_left_behind_is_superseded() -> None:
    played = stage()
    assert played.due("rung:24h", attempt=str(id_of("an older attempt"))) == []
    assert played.settled() == {"24h": (Verdict.SUPERSEDED, "moved")}


def test_a_rung_that_was_settled_stays_so() -> None:
    played = stage()
    sent = RungRow(played.interview.attempt.id, "24h", BEFORE, Verdict.SENT)
    played.scene = replace(played.scene, rungs=(sent,))
    assert played.due("rung:24h") == []
    assert played.effects == []


def test_a_rung_no_longer_configured_is_skipped() -> None:
    played = stage()
    assert played.due("rung:72h") == []
    assert played.settled() == {"72h": (Verdict.SKIPPED, "not_in_policy")}


def test_after_a_silence_only_what_still_helps_is_sent() -> None:
    late = stage().at(START - timedelta(hours=1))
    assert late.due("rung:24h", late=timedelta(hours=23)) == []
    assert late.settled() == {"24h": (Verdict.SUPERSEDED, "overtaken")}
    over = stage().at(START + timedelta(days=2))
    assert over.due("rung:30m", late=timedelta(days=2)) == []
    assert over.settled() == {"30m": (Verdict.EXPIRED, "late")}


def test_after_the_start_it_says_so() -> None:
    played = stage().at(START + timedelta(minutes=2))
    (message,) = played.due("rung:30m", late=timedelta(minutes=32))
    assert "has started" in english(message.lead)


def test_the_night_holds_a_late_rung_back() -> None:
    night = START - timedelta(hours=17)  # 21:00
    played = stage().at(night + timedelta(hours=2))
    assert played.due("rung:24h", late=timedelta(hours=9)) == []
    (timer,) = played.found(SetTimer)
    assert timer.at == START - timedelta(hours=6)  # 08:00
    assert timer.name == "rung:24h"


def test_confirming_shortens_the_ladder() -> None:
    played = stage()
    played.due("rung:24h")
    (message,) = played.picks("confirm")
    assert message.kind == "reminder.confirmed"
    assert played.interview.attempt.confirmed_at == BEFORE
    (planned,) = played.found(PlanRungs)
    assert {row.name: row.why for row in planned.rows if row.verdict} == {"1h": "confirmed"}
    assert [press.action for press in message.presses] == ["move", "cant", "help"]
    assert "30 minutes" in english(message.blocks[0].text)  # type: ignore[union-attr]


def test_words_confirm_too_but_reading_does_not() -> None:
    played = stage()
    played.due("rung:24h")
    (asked,) = played.says("收到")
    assert asked.kind == "reminder.sure"
    assert played.interview.attempt.confirmed_at is None
    assert played.interview.attempt.acknowledged_at == BEFORE
    (thanked,) = played.says("👌")
    assert thanked.kind == "reminder.thanked"
    assert played.interview.attempt.confirmed_at is None
    assert played.session is not None
    assert played.session.at == "reminder.sure"
    (confirmed,) = played.says("会的")
    assert confirmed.kind == "reminder.confirmed"


def test_confirming_twice_changes_nothing() -> None:
    played = stage(interview(confirmed_at=BEFORE))
    played.says("准时参加")
    assert played.found(PlanRungs) == []


@pytest.mark.parametrize("state", [State.CANCELLED, State.COMPLETED, State.JOINED])
def test_confirming_what_is_over_tells_where_it_stands(state: State) -> None:
    (message,) = stage(interview(state=state)).says("准时参加")
    assert message.kind == "status"


def test_hr_reminds_besides_the_ladder() -> None:
    from conversations.events import Ordered

    played = stage()
    played.as_nobody()
    (message,) = played.happens(Ordered("remind", played.interview.id))
    assert message.kind == "reminder"
    (say,) = [e for e in played.effects if isinstance(e, Say)]
    assert say.manner.rung is None


def test_asking_for_the_link_gets_everything() -> None:
    (message,) = Stage(scene(SOON)).says("链接发我一下")
    assert message.kind == "reminder"
