"""HR's own satisfaction: one tap, once a year, each; only the average is told, and not of too few."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from conversations.book import Book
from conversations.commands import COMMANDS
from conversations.commands.report import REPORT
from conversations.dialogs.hr_survey import HR_SURVEY
from conversations.digest import opinion_due
from conversations.effects import SaveOpinion, SetTimer
from conversations.events import Due, Picked
from conversations.figures import average
from conversations.figures.proof import Opinion
from conversations.identity import Role, ToPerson
from tests.support import figured
from tests.support.staff_scenes import (
    CANDIDATES,
    HAN,
    POLICY,
    SAM,
    STAFF_DIALOGS,
    Stage,
    staff,
    text_of,
)

DUE = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
WEI = staff("Wei", Role.HR)
WITH_SURVEY = Book.of((*STAFF_DIALOGS, HR_SURVEY, *CANDIDATES), COMMANDS)


def asked(already: frozenset[object] = frozenset()) -> Stage:
    stage = Stage(now=DUE, book=WITH_SURVEY, found={"team": (HAN, WEI, SAM), "opinions": already})
    stage.happens(Due("hr_survey", "team:hr", DUE))
    return stage


def test_each_of_hr_is_asked_once_and_nobody_else() -> None:
    stage = asked()
    assert [say.to for say in stage.said] == [ToPerson(HAN.id), ToPerson(WEI.id)]
    assert [say.manner.once for say in stage.said] == [f"opinion:2026:{each.id}" for each in (HAN, WEI)]
    (timer,) = [e for e in stage.effects if isinstance(e, SetTimer) and e.name == "hr_survey"]
    assert timer.at == datetime(2027, 12, 1, 2, 0, tzinfo=UTC)
    assert [say.to for say in asked(frozenset({HAN.id})).said] == [ToPerson(WEI.id)]


@pytest.mark.parametrize(("choice", "score"), [(1, 1), (5, 5)])
def test_one_tap_is_the_answer(choice: int, score: int) -> None:
    stage = asked()
    session = stage.session(f"person:{HAN.id}", "hr_survey")
    stage.happens(Picked(session.id, choice, session.turn), HAN)
    assert [e for e in stage.effects if isinstance(e, SaveOpinion)][-1] == SaveOpinion(HAN.id, 2026, score)
    assert stage.session(f"person:{HAN.id}", "hr_survey").step == ""


def test_it_can_be_skipped() -> None:
    stage = asked()
    session = stage.session(f"person:{HAN.id}", "hr_survey")
    stage.happens(Picked(session.id, 6, session.turn), HAN)
    assert all(e.score is None for e in stage.effects if isinstance(e, SaveOpinion))


def test_it_comes_on_the_first_working_day_of_december() -> None:
    assert opinion_due(POLICY, DUE - timedelta(minutes=1)) == DUE
    saturday = datetime(2029, 12, 1, 0, 0, tzinfo=UTC)
    assert opinion_due(POLICY, saturday) == datetime(2029, 12, 3, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scores", "told"),
    [((5, 4, 3), "4.0 of 5 (3 of 4 answered)"), ((5, 4), "too few answers"), ((), "too few answers")],
)
def test_the_report_tells_the_average_and_how_many_answered(scores: tuple[int, ...], told: str) -> None:
    found = figured.compared(figured.MISSION, date(2026, 9, 1))
    opinion = Opinion(2026, average(sum(scores), len(scores)), 4)
    stage = Stage(found={"report": replace(found, opinions=(opinion,))})
    message = stage.types(f"{REPORT.name} 2026-09-01")
    assert message is not None
    assert told in text_of(message)
