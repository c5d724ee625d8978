"""The digest: once for each date, late on the same day, merged into the next one afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from conversations.digest import DigestFacts
from conversations.effects import Priority, SetTimer
from conversations.events import Due
from conversations.identity import ToTeam
from tests.support.staff_scenes import POLICY, Stage, text_of

DUE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
FACTS = DigestFacts("hr", date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 23), joined=3, no_shows=1)


def played(late: timedelta = timedelta(), **policy) -> Stage:
    stage = Stage(now=DUE + late, policy=replace(POLICY, **policy), found={"digest": FACTS})
    stage.happens(Due("digest", "team:hr", DUE))
    return stage


def test_it_is_said_once_and_planned_for_tomorrow():
    stage = played()
    (say,) = stage.said
    assert say.to == ToTeam("hr")
    assert say.manner.once == "digest:hr:2026-11-24"
    assert say.manner.priority is Priority.DIGEST
    assert "4 interviews were due: 3 joined" in text_of(say.message)
    assert stage.effects[-1] == SetTimer("digest", "team:hr", DUE + timedelta(days=1))


def test_late_on_the_same_day_it_says_so():
    (say,) = played(timedelta(hours=3)).said
    assert "This digest is late" in text_of(say.message)


@pytest.mark.parametrize("late", [timedelta(hours=7), timedelta(days=2)])
def test_too_late_it_is_merged_into_the_next(late):
    stage = played(late)
    assert stage.said == []
    (timer,) = stage.effects
    assert isinstance(timer, SetTimer)
    assert timer.at > stage.now


def test_without_an_hour_there_is_no_next_one():
    assert not [effect for effect in played(digest_at=None).effects if isinstance(effect, SetTimer)]
    assert played(digest_at=time(9)).said
