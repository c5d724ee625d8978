"""What a list would do: judged against an empty world, against itself, and after things have happened."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from rich.console import Console

from bot.importing.matching import Existing, Found, wanted
from bot.importing.printing import print_rows
from bot.importing.verdicts import judge, tally, to_json
from conversations.identity import Address, Binding, Person, Role
from conversations.interview import Attempt, Interview, Outcome, Reason, State
from tests.unit.importing.lists import HEADINGS, LINK, NOW, World, notes, outline, parse, row, why


@pytest.fixture
def world() -> World:
    return World()


LI = row("李雷", "13800000001", "2026-11-24 14:00", email="lilei@example.com")
HAN = row("韩梅梅", "13800000002", "2026-11-24 15:00")
MOVED = row("李雷", "13800000001", "2026-11-25 10:00", email="lilei@example.com")


def test_a_first_list_is_new(world: World) -> None:
    verdicts = world.judge(LI, HAN)
    assert [(one.row, one.verdict, one.label) for one in verdicts] == [
        (2, "new", "李雷"),
        (3, "new", "韩梅梅"),
    ]


def test_the_same_list_again_changes_nothing(world: World) -> None:
    rows = [
        LI,
        HAN,
        row("王芳", "", role="门店兼职"),
        row("陈静", "", email="chenjing@example.com", id_="A-7"),
    ]
    world.apply(*rows)
    assert outline(world.judge(*rows)) == ["unchanged"] * 4
    assert world.apply(*rows) == []


def test_the_same_list_again_after_its_interviews_changes_nothing(world: World) -> None:
    rows = [LI, row("韩梅梅", "13800000002", "11月24日 下午3点")]
    world.apply(*rows)
    assert outline(world.judge(*rows, now=NOW + timedelta(days=3))) == ["unchanged"] * 2


def test_bad_rows_never_block_good_ones(world: World) -> None:
    verdicts = world.judge(LI, row(start="2026-02-30 10:00"), HAN)
    assert outline(verdicts) == ["new", "bad", "new"]
    assert len(world.apply(LI, row(start="2026-02-30 10:00"), HAN)) == 2


def test_missing_rows_cancel_nothing(world: World) -> None:
    world.apply(LI, HAN)
    assert outline(world.judge(HAN)) == ["unchanged"]
    assert all(one.interview.state is State.SCHEDULED for one in world.interviews.values())


def test_an_already_past_start_is_bad_unless_it_is_known(world: World) -> None:
    (verdict,) = world.judge(row(start="2026-11-20 14:00"))
    assert why(verdict) == (
        "面试时间: 2026-11-20 14:00 is already past. Correct the date; for a past interview, fill in its result."
    )


# Moves and other changes.


def test_another_start_of_the_one_open_interview_is_a_move(world: World) -> None:
    world.apply(LI, HAN)
    (verdict,) = world.judge(MOVED)
    assert verdict.verdict == "changed"
    assert why(verdict) == "面试时间: Changes 面试时间 from 2026-11-24 14:00 to 2026-11-25 10:00."
    assert verdict.changes == {"starts_at": ("2026-11-24 14:00", "2026-11-25 10:00")}


def test_a_move_into_the_past_is_bad(world: World) -> None:
    world.apply(LI)
    (verdict,) = world.judge(row(start="2026-11-22 14:00"))
    assert (verdict.verdict, verdict.column) == ("bad", "面试时间")


def test_a_list_does_not_take_back_what_was_moved_since(world: World) -> None:
    world.apply(LI)
    world.apply(MOVED)
    (verdict,) = world.judge(LI)
    assert verdict.verdict == "unchanged"
    assert notes(verdict) == [
        "I-1001 was moved to 2026-11-25 10:00 since and stays there; to move it back, use turnout move."
    ]


def test_after_a_no_show_another_start_is_the_new_appointment(world: World) -> None:
    world.apply(LI)
    one = world.only()
    attempt = replace(one.interview.attempt, outcome=Outcome.NO_SHOW)
    world.change(replace(one, interview=replace(one.interview, state=State.NO_SHOW, attempt=attempt)))
    assert outline(world.judge(LI, now=NOW + timedelta(days=2))) == ["unchanged"]
    (verdict,) = world.judge(row(start="2026-11-27 10:00"), now=NOW + timedelta(days=2))
    assert verdict.verdict == "changed"
    assert verdict.existing


@pytest.mark.parametrize("state", [State.CANCELLED, State.WITHDRAWN, State.COMPLETED, State.JOINED])
def test_what_is_over_stays_so_and_another_start_is_another_interview(world: World, state: State) -> None:
    world.apply(LI)
    one = world.only()
    world.change(replace(one, interview=replace(one.interview, state=state)))
    (same,) = world.judge(LI)
    assert (same.verdict, notes(same)) == ("unchanged", ["I-1001 is over or cancelled and stays so."])
    (other,) = world.judge(MOVED)
    assert (other.verdict, other.person) == ("new", one.person)


@pytest.mark.parametrize(
    ("changed", "column", "change"),
    [
        (row(link="https://meeting.example.com/2", email="lilei@example.com"), "面试链接", {"join"}),
        (row(email="li.lei@example.com"), "邮箱", {"email"}),
        (row(phone="13800000009", email="lilei@example.com"), "手机", {"phone"}),
        (row("李磊", email="lilei@example.com"), "姓名", {"name"}),
        (row(id_="A-1", email="lilei@example.com"), "编号", {"external_id"}),
    ],
)
def test_details_change(world: World, changed: tuple[str, ...], column: str, change: set[str]) -> None:
    world.apply(LI)
    (verdict,) = world.judge(changed)
    assert (verdict.verdict, verdict.column, set(verdict.changes)) == ("changed", column, change)


def test_an_empty_cell_changes_nothing_that_is_known(world: World) -> None:
    world.apply(LI)
    assert outline(world.judge(row())) == ["unchanged"]


def test_tags_change_one_by_one(world: World) -> None:
    headings = (*HEADINGS, "门店", "轮次")
    world.apply((*LI, "南京东路店", "一面"), headings=headings)
    assert outline(world.judge((*LI, "", "一面"), headings=headings)) == ["unchanged"]
    (verdict,) = world.judge((*LI, "徐家汇店", ""), headings=headings)
    assert (verdict.column, why(verdict)) == ("门店", "门店: Changes 门店 from 南京东路店 to 徐家汇店.")


def test_what_the_candidate_chose_stands(world: World) -> None:
    headings = (*HEADINGS, "语言", "时区", "telegram")
    told = (*LI, "中文", "Asia/Shanghai", "@lilei_demo")
    world.apply(told, headings=headings)
    one = world.only()
    bound = Binding(UUID(int=99), one.person.id, Address("telegram.main", "4711"), NOW)
    world.change(replace(one, person=replace(one.person, locale="en", zone="Asia/Tokyo", bindings=(bound,))))
    assert outline(world.judge(told, headings=headings)) == ["unchanged"]


def test_names_differ_only_in_what_matters(world: World) -> None:
    world.apply(row("Anna Schmidt", "+4930231250"))
    for name in ("anna  schmidt", "Schmidt, Anna", "ANNA SCHMIDT"):
        assert outline(world.judge(row(name, "+4930231250"))) == ["unchanged"]


# Identity.


def test_the_external_id_is_the_identity(world: World) -> None:
    world.apply(row(id_="A-1"))
    (verdict,) = world.judge(row(start="2026-11-26 10:00", role="后端工程师", id_="a-1"))
    assert (verdict.verdict, set(verdict.changes)) == ("changed", {"starts_at", "role"})


def test_another_external_id_is_another_interview(world: World) -> None:
    world.apply(row(id_="A-1"))
    (verdict,) = world.judge(row(start="2026-11-26 10:00", id_="A-2"))
    assert (verdict.verdict, verdict.person) == ("new", world.only().person)


def test_row_numbers_taken_for_ids_do_not_swap_people(world: World) -> None:
    world.apply(row("李雷", "13800000001", id_="1"))
    (verdict,) = world.judge(row("王芳", "13800000003", "2026-11-25 10:00", id_="1"))
    assert "call it 序号" in why(verdict)
    assert verdict.column == "编号"


def test_a_corrected_number_is_found_by_external_id_and_name(world: World) -> None:
    world.apply(row(id_="A-1"))
    (verdict,) = world.judge(row(phone="13800000007", id_="A-1"))
    assert set(verdict.changes) == {"phone"}


def test_a_cancelled_interview_comes_back_by_its_external_id(world: World) -> None:
    world.apply(row(id_="A-1"))
    one = world.only()
    world.change(replace(one, interview=replace(one.interview, state=State.CANCELLED)))
    (verdict,) = world.judge(row(start="2026-11-26 10:00", id_="A-1"))
    assert (verdict.verdict, set(verdict.changes)) == ("changed", {"starts_at"})


def test_the_next_round_needs_a_number_of_its_own(world: World) -> None:
    world.apply(row(id_="A-1"))
    one = world.only()
    world.change(replace(one, interview=replace(one.interview, state=State.COMPLETED)))
    assert outline(world.judge(row(id_="A-1"))) == ["unchanged"]
    (verdict,) = world.judge(row(start="2026-11-30 10:00", id_="A-1"))
    assert why(verdict) == (
        "编号: A-1 is the number of I-1001, which is over. Give the next interview a number of its own."
    )
    (verdict,) = world.judge(row(start="2026-11-30 10:00", id_="A-1/2"))
    assert (verdict.verdict, verdict.person) == ("new", one.person)


@pytest.mark.parametrize(
    "again",
    [
        row("李雷", "13800000001"),
        row("李雷", "", email="lilei@example.com"),
        row("李雷", ""),
    ],
)
def test_people_are_known_by_phone_by_mail_or_without_both_by_name(
    world: World, again: tuple[str, ...]
) -> None:
    world.apply(LI)
    assert outline(world.judge(again)) == ["unchanged"]


def test_people_are_known_by_account(world: World) -> None:
    headings = ("姓名", "telegram", "岗位", "面试时间", "链接")
    cells = ("李雷", "@lilei_demo", "前端", "2026-11-24 14:00", LINK)
    world.apply(cells, headings=headings)
    assert outline(world.judge(cells, headings=headings)) == ["unchanged"]


def test_contact_found_later_joins_the_nameless_one(world: World) -> None:
    world.apply(row(phone=""))
    (verdict,) = world.judge(LI)
    assert (verdict.verdict, set(verdict.changes)) == ("changed", {"phone", "email"})


def test_a_wrong_number_is_corrected_while_nobody_has_bound(world: World) -> None:
    world.apply(row(phone="13800000001"))
    (verdict,) = world.judge(row(phone="13800000007"))
    assert (verdict.verdict, set(verdict.changes)) == ("changed", {"phone"})
    one = world.only()
    bound = Binding(UUID(int=99), one.person.id, Address("telegram.main", "4711"), NOW)
    world.change(replace(one, person=replace(one.person, bindings=(bound,))))
    (verdict,) = world.judge(row(phone="13800000007"))
    assert (verdict.verdict, verdict.person) == ("new", None)
    assert "I-1001 has the same name, role and start" in notes(verdict)[0]


def test_somebody_elses_phone_gets_no_interview(world: World) -> None:
    world.apply(LI)
    for stranger in (
        row("王芳", "13800000001", "2026-11-25 10:00"),
        row("王芳", "13800000001", role="门店兼职"),
    ):
        (verdict,) = world.judge(stranger)
        assert why(verdict) == (
            "手机: +8613800000001 belongs to 李雷 already. Correct it, or write the name as it is known."
        )


def test_phone_and_mail_of_two_people_are_bad(world: World) -> None:
    world.apply(LI, HAN)
    (verdict,) = world.judge(row("韩梅梅", "13800000002", role="Sales", email="lilei@example.com"))
    assert why(verdict).startswith("邮箱: lilei@example.com belongs to 李雷 already")


def test_a_known_person_gets_a_second_interview(world: World) -> None:
    world.apply(LI)
    (verdict,) = world.judge(row(role="后端工程师", start="2026-11-26 10:00"))
    assert (verdict.verdict, verdict.person) == ("new", world.only().person)


def test_another_company_is_another_interview(world: World) -> None:
    headings = (*HEADINGS, "公司")
    world.apply((*LI, "acme"), headings=headings)
    (verdict,) = world.judge((*LI, "beta"), headings=headings)
    assert (verdict.verdict, verdict.person) == ("new", world.only().person)


def test_known_people_without_interviews_are_found(world: World) -> None:
    anna = Person(UUID(int=50), "李雷", phone="13800000001")
    (verdict,) = judge(parse(LI), Found(people=[anna]), NOW)
    assert verdict.person == anna


# Several rows of one person.

FIRST, SECOND = row(start="2026-11-24 10:00"), row(start="2026-11-26 10:00")


def test_two_starts_of_one_person_and_role_are_two_interviews(world: World) -> None:
    assert outline(world.judge(FIRST, SECOND)) == ["new", "new"]
    savings = world.apply(FIRST, SECOND)
    assert len({saving.person.id for saving in savings}) == 1
    assert outline(world.judge(FIRST, SECOND)) == ["unchanged", "unchanged"]
    assert outline(world.judge(SECOND, FIRST)) == ["unchanged", "unchanged"]


def test_one_of_two_moves(world: World) -> None:
    world.apply(FIRST, SECOND)
    verdicts = world.judge(FIRST, row(start="2026-11-27 10:00"))
    assert outline(verdicts) == ["unchanged", "changed"]
    assert verdicts[1].changes["starts_at"][0] == "2026-11-26 10:00"


def test_both_of_two_move_in_the_order_of_their_starts(world: World) -> None:
    world.apply(FIRST, SECOND)
    later, sooner = world.judge(row(start="2026-11-28 10:00"), row(start="2026-11-25 10:00"))
    assert later.changes["starts_at"] == ("2026-11-26 10:00", "2026-11-28 10:00")
    assert sooner.changes["starts_at"] == ("2026-11-24 10:00", "2026-11-25 10:00")


def test_which_of_two_moves_is_not_guessed(world: World) -> None:
    world.apply(FIRST, SECOND)
    (verdict,) = world.judge(row(start="2026-11-28 10:00"))
    assert "It is not certain which interview is meant: I-1001, I-1002" in why(verdict)


def test_which_of_two_rows_is_the_move_is_not_guessed(world: World) -> None:
    world.apply(FIRST)
    verdicts = world.judge(row(start="2026-11-27 10:00"), row(start="2026-11-28 10:00"))
    assert outline(verdicts) == ["bad", "bad"]


def test_a_second_round_beside_the_known_first(world: World) -> None:
    world.apply(FIRST)
    assert outline(world.judge(FIRST, SECOND)) == ["unchanged", "new"]


def test_the_same_row_twice(world: World) -> None:
    verdicts = world.judge(LI, HAN, LI)
    assert outline(verdicts) == ["new", "new", "bad"]
    assert why(verdicts[2]) == (
        "姓名: Row 2 has the same person at the same time. Delete one of the two, or correct its start."
    )


def test_the_same_external_id_twice(world: World) -> None:
    verdicts = world.judge(row(id_="A-1"), row("韩梅梅", "13800000002", id_="A-1"))
    assert why(verdicts[1]) == "编号: The same number stands in row 2 already. Give each interview its own."


def test_one_phone_with_two_names(world: World) -> None:
    verdicts = world.judge(LI, row("王芳", "13800000001", role="门店兼职"))
    assert outline(verdicts) == ["new", "bad"]
    assert why(verdicts[1]).startswith("手机: +8613800000001 stands in row 2 for 李雷 already")


def test_one_person_with_two_phones(world: World) -> None:
    verdicts = world.judge(LI, row("李雷", "13800000009", role="Sales", email="lilei@example.com"))
    assert why(verdicts[1]) == "手机: Row 2 gives 李雷 another 手机: +8613800000001. Correct the wrong one."


def test_nobody_is_in_two_interviews_at_once(world: World) -> None:
    assert outline(world.judge(LI, row(role="Sales"))) == ["new", "bad"]


THREE = [
    row(start="2026-11-24 10:00"),
    row(start="2026-11-25 10:00", phone="", email="lilei@example.com"),
    row(start="2026-11-26 10:00", email="lilei@example.com"),
]


def test_rows_that_a_third_shows_to_be_one_person(world: World) -> None:
    assert [one.person_row for one in world.judge(*THREE)] == [2, 2, 2]
    world.apply(*THREE)
    assert len({one.person.id for one in world.interviews.values()}) == 1
    assert outline(world.judge(*THREE)) == ["unchanged"] * 3


def test_a_third_row_shows_that_somebody_is_in_two_interviews_at_once(world: World) -> None:
    rows = [THREE[0], row(start="2026-11-24 10:00", phone="", email="lilei@example.com"), THREE[2]]
    assert outline(world.judge(*rows)) == ["new", "new", "bad"]


def test_rows_that_only_what_is_known_shows_to_be_one_person(world: World) -> None:
    world.apply(LI)
    by_phone = row(start="2026-11-26 10:00", role="Sales")
    by_mail = row(start="2026-11-26 10:00", role="Sales", phone="", email="lilei@example.com")
    assert outline(world.judge(by_phone, by_mail)) == ["new", "bad"]
    other = row(start="2026-11-27 10:00", role="Sales", phone="13800000009", email="lilei@example.com")
    _, verdict = world.judge(by_phone, other)
    assert (
        why(verdict) == "手机: Row 2 is about the same person and says +8613800000001. Correct the wrong one."
    )


def test_a_row_about_an_earlier_start_rests_beside_the_present_one(world: World) -> None:
    world.apply(LI)
    world.apply(MOVED)
    stale, present = world.judge(
        row("李雷", email="lilei@example.com", link="https://m.example.com/x"), MOVED
    )
    assert [stale.verdict, present.verdict] == ["unchanged", "unchanged"]
    (alone,) = world.judge(row(email="new@example.com"))
    assert set(alone.changes) == {"email"}, "what is said of the person still counts"


# Results of past interviews.

PAST = ("姓名", "手机", "岗位", "面试时间", "结果", "原因")


def test_history(world: World) -> None:
    rows = [
        ("李雷", "13800000001", "前端工程师", "2026-10-12 14:00", "未参加", "忘记时间"),
        ("韩梅梅", "13800000002", "前端工程师", "2026-10-12 15:00", "参加", ""),
        ("王芳", "13800000003", "前端工程师", "2026-10-12 16:00", "取消", "其他"),
    ]
    world.apply(*rows, headings=PAST)
    assert [one.interview.state for one in world.interviews.values()] == [
        State.NO_SHOW,
        State.JOINED,
        State.CANCELLED,
    ]
    assert next(iter(world.interviews.values())).interview.attempt.reason is Reason.FORGOT
    assert outline(world.judge(*rows, headings=PAST)) == ["unchanged"] * 3


def test_history_and_future_of_one_person_in_one_list(world: World) -> None:
    headings = (*PAST, "链接")
    rows = [
        ("李雷", "13800000001", "前端工程师", "2026-10-12 14:00", "未参加", "", ""),
        ("李雷", "13800000001", "前端工程师", "2026-11-24 14:00", "", "", LINK),
    ]
    assert outline(world.judge(*rows, headings=headings)) == ["new", "new"]
    world.apply(*rows, headings=headings)
    assert outline(world.judge(*rows, headings=headings)) == ["unchanged"] * 2


def test_a_result_filled_in_later(world: World) -> None:
    world.apply(LI)
    later = NOW + timedelta(days=2)
    cells = ("李雷", "13800000001", "前端工程师", "2026-11-24 14:00", "未参加", "技术问题")
    (verdict,) = world.judge(cells, headings=PAST, now=later)
    assert set(verdict.changes) == {"outcome", "reason"}
    world.apply(cells, headings=PAST, now=later)
    assert world.only().interview.state is State.NO_SHOW
    assert outline(world.judge(cells, headings=PAST, now=later)) == ["unchanged"]
    assert outline(world.judge(LI, now=later)) == ["unchanged"]


def test_taking_part_and_completing_are_no_contradiction(world: World) -> None:
    world.apply(LI)
    one = world.only()
    attempt = replace(one.interview.attempt, outcome=Outcome.COMPLETED)
    world.change(replace(one, interview=replace(one.interview, state=State.COMPLETED, attempt=attempt)))
    cells = ("李雷", "13800000001", "前端工程师", "2026-11-24 14:00", "参加", "")
    assert outline(world.judge(cells, headings=PAST, now=NOW + timedelta(days=2))) == ["unchanged"]


def test_a_result_does_not_move_an_interview(world: World) -> None:
    world.apply(row(id_="A-1", start="2026-11-24 14:00"))
    headings = ("编号", *PAST)
    cells = ("A-1", "李雷", "13800000001", "前端工程师", "2026-11-24 15:00", "参加", "")
    (verdict,) = world.judge(cells, headings=headings, now=NOW + timedelta(days=2))
    assert "known to start at another time" in why(verdict)


# Recruiters.


def test_recruiters_are_found_among_the_staff_by_name_mail_or_phone(world: World) -> None:
    wang = Person(
        UUID(int=70), "王敏", phone="+8613800000070", email="wangmin@example.com", roles=frozenset({Role.HR})
    )
    world.staff = [wang]
    headings = (*HEADINGS, "招聘负责人")
    for text in ("王敏", "WangMin@example.com", "138 0000 0070"):
        (verdict,) = world.judge((*LI, text), headings=headings)
        assert verdict.draft
        assert (verdict.draft.recruiter_id, verdict.notes) == (wang.id, ())
    world.apply((*LI, "王敏"), headings=headings)
    assert world.only().interview.recruiter == wang.id
    assert outline(world.judge((*LI, "王敏"), headings=headings)) == ["unchanged"]


def test_an_unknown_recruiter_becomes_a_tag_and_is_told_of_once(world: World) -> None:
    headings = (*HEADINGS, "HR")
    rows = [(*LI, "王敏"), (*HAN, "王敏")]
    first, second = world.judge(*rows, headings=headings)
    assert (len(first.notes), len(second.notes)) == (1, 0)
    world.apply(*rows, headings=headings)
    assert all(one.interview.tags == {"HR": "王敏"} for one in world.interviews.values())
    assert outline(world.judge(*rows, headings=headings)) == ["unchanged"] * 2


def test_two_recruiters_of_one_name(world: World) -> None:
    world.staff = [Person(UUID(int=n), "王敏", roles=frozenset({Role.HR})) for n in (70, 71)]
    (verdict,) = world.judge((*LI, "王敏"), headings=(*HEADINGS, "HR"))
    assert why(verdict) == "HR: 王敏 is the name of several people. Write the e-mail address instead."


# What comes out.


def test_json_has_the_promised_keys(world: World) -> None:
    world.apply(LI)
    found = to_json(world.judge(MOVED, HAN, row("王芳", "1", "x")))
    assert json.loads(json.dumps(found)) == found
    assert [[one[key] for key in ("row", "verdict", "column")] for one in found["rows"]] == [
        [2, "changed", "面试时间"],
        [3, "new", ""],
        [4, "bad", "面试时间"],
    ]
    assert found["rows"][1]["reason"] == ""
    assert found["rows"][2]["also"][0]["column"] == "手机"
    assert to_json([]) == {"rows": []}


def test_the_table_shows_everything_and_reads_no_markup(world: World) -> None:
    out = io.StringIO()
    verdicts = world.judge(LI, row("[bold]Bobby[/nonsense]", "", "x", link="y"))
    print_rows(to_json(verdicts)["rows"], Console(file=out, width=160))
    printed = out.getvalue()
    assert "[bold]Bobby[/nonsense]" in printed
    assert "x cannot be read" in printed
    assert "y is no link" in printed


def test_a_tally_leaves_none_out(world: World) -> None:
    assert tally(world.judge(LI, row(start="x"))) == {"new": 1, "changed": 0, "unchanged": 0, "bad": 1}


def test_what_has_to_be_looked_up() -> None:
    headings = (*HEADINGS, "telegram")
    found = wanted(parse((*LI[:0], "A-1", *LI[1:], "@lilei_demo"), (*HAN, ""), headings=headings))
    assert found.companies == {"acme"}
    assert found.external_ids == {"A-1"}
    assert found.phones == {"+8613800000001", "+8613800000002"}
    assert found.emails == {"lilei@example.com"}
    assert found.accounts == {("telegram", "@lilei_demo")}
    assert found.names == {"李雷", "韩梅梅"}


def test_judging_changes_nothing() -> None:
    attempt = Attempt(
        UUID(int=2),
        1,
        datetime(2026, 11, 24, 6, tzinfo=UTC),
        "Asia/Shanghai",
        LINK,
        datetime(2026, 11, 24, 14),
        NOW,
    )
    person = Person(UUID(int=1), "李雷", phone="+8613800000001")
    one = Existing(Interview(UUID(int=3), 1001, 4, person.id, "acme", "前端工程师", attempt), person)
    before = repr(one)
    judge(parse(MOVED), Found([one]), NOW)
    assert repr(one) == before
