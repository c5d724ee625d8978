"""What good rows save: new attempts only where the appointment changes, people shared by their rows."""

from datetime import timedelta

import pytest

from bot.importing.applying import plan_interviews
from conversations.interview import CaseState, Outcome, State
from tests.unit.importing.lists import HEADINGS, LINK, NOW, World, ids, row


@pytest.fixture
def world() -> World:
    return World()


def test_a_new_interview(world: World) -> None:
    headings = (*HEADINGS, "来源", "类型", "门店")
    (saving,) = world.apply((*row(id_="A-1"), "内推", "应届", "南京东路店"), headings=headings)
    interview, attempt = saving.interview, saving.interview.attempt
    assert (saving.is_new, saving.is_new_person, saving.is_planned, saving.previous_start) == (
        True,
        True,
        True,
        None,
    )
    assert (interview.number, interview.revision, interview.state) == (0, 0, State.SCHEDULED)
    assert (interview.external_id, interview.source, interview.candidate_type) == ("A-1", "内推", "campus")
    assert dict(interview.tags) == {"门店": "南京东路店"}
    assert (attempt.n, attempt.join, attempt.zone, attempt.booked_at) == (1, LINK, "Asia/Shanghai", NOW)
    assert (saving.person.name, saving.person.phone) == ("李雷", "+8613800000001")
    assert interview.person == saving.person.id


def test_a_move_begins_a_new_attempt_and_ends_the_old(world: World) -> None:
    (first,) = world.apply(row())
    (saving,) = world.apply(row(start="2026-11-25 10:00"))
    attempt = saving.interview.attempt
    assert attempt.n == 2
    assert attempt.id != first.interview.attempt.id
    assert saving.ended
    assert (saving.ended.id, saving.ended.outcome) == (first.interview.attempt.id, Outcome.MOVED)
    assert saving.previous_start == first.interview.attempt.starts_at
    assert saving.is_planned
    assert saving.interview.moves == 0, "HR's own moves are not counted"


def test_another_link_begins_a_new_attempt_too(world: World) -> None:
    world.apply(row())
    (saving,) = world.apply(row(link="https://meeting.example.com/2"))
    assert (saving.interview.attempt.n, saving.interview.attempt.join) == (2, "https://meeting.example.com/2")
    assert saving.previous_start == saving.interview.attempt.starts_at


def test_details_begin_no_attempt(world: World) -> None:
    (first,) = world.apply(row())
    (saving,) = world.apply(row("李磊", email="lilei@example.com", id_="A-1"))
    assert saving.interview.attempt == first.interview.attempt
    assert (saving.person.name, saving.person.email, saving.interview.external_id) == (
        "李磊",
        "lilei@example.com",
        "A-1",
    )
    assert (saving.ended, saving.previous_start, saving.is_planned) == (None, None, False)


def test_a_no_show_is_never_erased(world: World) -> None:
    headings = ("姓名", "手机", "岗位", "面试时间", "结果")
    world.apply(("李雷", "13800000001", "前端工程师", "2026-10-12 14:00", "未参加"), headings=headings)
    (saving,) = world.apply(row())
    assert (saving.interview.attempt.n, saving.interview.state) == (2, State.SCHEDULED)
    assert saving.ended is None, "it had ended already"
    assert world.only().earlier[0].outcome is Outcome.NO_SHOW


def test_a_past_no_show_comes_with_its_closed_case(world: World) -> None:
    headings = ("姓名", "手机", "岗位", "面试时间", "结果", "处理时长", "满意度")
    cells = ("李雷", "13800000001", "前端", "2026-10-12 14:00", "未参加", "95", "2")
    (saving,) = world.apply(cells, headings=headings)
    attempt, case = saving.interview.attempt, saving.case
    assert case
    assert (case.interview, case.attempt, case.state) == (saving.interview.id, attempt.id, CaseState.CLOSED)
    assert case.closed_at
    assert case.closed_at - case.opened_at == timedelta(minutes=95)
    assert attempt.flagged_at == case.opened_at == attempt.starts_at
    assert (saving.satisfaction, saving.is_planned) == (2, False)
    assert world.apply(cells, headings=headings) == [], "the same list again changes nothing"


def test_past_interviews_are_not_planned(world: World) -> None:
    headings = ("姓名", "手机", "岗位", "面试时间", "结果")
    (saving,) = world.apply(("李雷", "13800000001", "前端", "2026-10-12 14:00", "参加"), headings=headings)
    assert (saving.is_past, saving.is_planned) == (True, False)
    assert saving.interview.attempt.booked_at <= saving.interview.attempt.starts_at


def test_rows_of_one_person_share_and_fill_it(world: World) -> None:
    rows = [row(), row(start="2026-11-25 10:00", role="Sales", email="lilei@example.com")]
    first, second = world.apply(*rows)
    assert first.person.id == second.person.id
    assert (first.is_new_person, second.is_new_person) == (True, False)
    assert (second.person.phone, second.person.email) == ("+8613800000001", "lilei@example.com")


def test_a_second_interview_corrects_the_person_too(world: World) -> None:
    world.apply(row("Li Lei", email="lilei@example.com"))
    (verdict,) = world.judge(row("Lei Li", role="Sales", email="li.lei@example.com"))
    assert (verdict.verdict, dict(verdict.changes)) == (
        "new",
        {"email": ("lilei@example.com", "li.lei@example.com")},
    )
    (saving,) = world.apply(row("Lei Li", role="Sales", email="li.lei@example.com"))
    assert (saving.person.name, saving.person.email) == ("Li Lei", "li.lei@example.com")
    assert not saving.is_new_person


def test_nothing_is_saved_for_rows_that_are_bad_or_unchanged(world: World) -> None:
    world.apply(row())
    verdicts = world.judge(row(), row("王芳", "13800000003", "x"))
    assert plan_interviews(verdicts, NOW, ids()) == []


def test_times_are_aware_and_walls_naive(world: World) -> None:
    (saving,) = world.apply(row(start="2026-11-24T14:00:00+01:00"))
    attempt = saving.interview.attempt
    assert attempt.starts_at.utcoffset() == timedelta(0)
    assert attempt.local_start.tzinfo is None
