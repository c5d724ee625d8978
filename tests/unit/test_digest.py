"""The daily digest: once, on one screen, and one line for an empty day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from conversations.digest import (
    RISKS,
    DigestFacts,
    OpenCase,
    Standing,
    TodayLine,
    digest,
    digest_due,
    digest_key,
    facts_from,
    morning,
    plain,
    risks_of,
    span_of,
    windows_on,
)
from conversations.interview import Attempt, CaseKind, Reason
from conversations.messages import Fact, Link, Message
from conversations.policy import Policy, Support
from locales.text import Reader, t
from locales.translate import render

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # Tuesday, 09:00 in Shanghai
TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)
HOUR = timedelta(hours=1)
ID = UUID("00000000-0000-0000-0000-00000000000d")


def facts(**known) -> DigestFacts:
    return replace(DigestFacts("hr", TODAY, YESTERDAY, YESTERDAY), **known)


def line(number: int, *risks: str, hours: int = 5, name: str = "李雷") -> TodayLine:
    return TodayLine(number, name, NOW + hours * HOUR, SHANGHAI, "Sales", risks)


def case(number: int, owner: str | None = None, hours: int = 2) -> OpenCase:
    return OpenCase(number, CaseKind.TECHNICAL, 1000 + number, "韩梅梅", hours * HOUR, owner)


def lines(message: Message) -> list[str]:
    reader = Reader("en", SHANGHAI, NOW)
    said = [render(message.lead, reader)]
    for block in message.blocks:
        if isinstance(block, Fact):
            said.append(f"{render(block.label, reader)}: {render(block.value, reader)}")
        elif block.tag != "file":
            said.append(render(block.text, reader))
    return said


FULL = facts(
    joined=9,
    no_shows=3,
    undecided=1,
    cancelled=2,
    reasons={Reason.FORGOT: 1, Reason.TECHNICAL: 2, None: 5},
    breaches=("I-1", "I-2", "I-3", "I-4", "I-5"),
    handling=timedelta(minutes=95),
    rating=4.25,
    ratings=8,
    surveyed=12,
    hint=t("Let cases that nobody takes go on to the next person sooner."),
    handled_late=("I-9",),
    today=tuple(line(1000 + n, "unconfirmed", hours=n) for n in range(9)),
    open_cases=(case(1, "Wang Fang", hours=9), case(2), case(3, hours=3), case(4), case(5)),
    unbound=("I-7", "I-8"),
    outage=t("The interview platform was silent from 10:00 to 11:00."),
    is_late=True,
)


class TestDigest:
    def test_it_tells_yesterday_today_and_what_to_do(self):
        told = lines(
            digest(replace(FULL, today=(line(1001, "unconfirmed"), line(1002, "unbound", "no_show_before"))))
        )
        assert told == [
            "Yesterday 13 interviews were due: 9 joined, 3 did not.",
            "No-show rate: 25% (3 of 12)",
            "1 of them is undecided: did the candidate join?",
            "2 were cancelled or moved in time.",
            "Most often: technical problem (25%)",
            "Let cases that nobody takes go on to the next person sooner.",
            "No-show handling time: median 1 hour 35 minutes",
            "Candidates' rating: 4.2 of 5 (8 of 12 answered)",
            "5 candidates were not asked within the hour: I-1, I-2, I-3, and 2 more.",
            "1 no-show took more than two hours to settle: I-9.",
            "Today 2 interviews; worth a look: 2.",
            "14:00 I-1002 李*, Sales: cannot be reached yet, no-show before",
            "14:00 I-1001 李*, Sales: not confirmed",
            "5 cases need a person:",
            "C-3 I-1003 韩**, technical problem, for 3 hours: nobody has it yet",
            "C-2 I-1002 韩**, technical problem, for 2 hours: nobody has it yet",
            "C-4 I-1004 韩**, technical problem, for 2 hours: nobody has it yet",
            "2 more",
            "2 candidates of the coming days cannot be reached yet: I-7 and I-8.",
            "The interview platform was silent from 10:00 to 11:00.",
            "This digest is late: Turnout was not running when it was due.",
        ]

    def test_the_fullest_day_fits_a_screen(self):
        told = lines(digest(FULL))
        assert len(told) <= 24
        assert len("\n".join(told)) <= 1500
        assert "韩梅梅" not in "\n".join(told)

    def test_an_empty_day_is_one_line(self):
        message = digest(facts(is_late=True))
        assert lines(message) == ["No interviews yesterday and none today: nothing to do."]
        assert message.actions == ()

    @pytest.mark.parametrize(
        "known",
        [
            {"joined": 1},
            {"no_shows": 1},
            {"undecided": 1},
            {"cancelled": 1},
            {"today": (line(1),)},
            {"open_cases": (case(1),)},
            {"unbound": ("I-1",)},
            {"breaches": ("I-1",)},
            {"outage": t("The interview platform was silent from 10:00 to 11:00.")},
        ],
    )
    def test_a_day_with_anything_is_not_empty(self, known):
        told = lines(digest(facts(**known)))
        assert len(told) > (1 if "joined" not in known else 0)
        assert "nothing to do" not in told[0]

    def test_days_without_interviews(self):
        assert lines(digest(facts(today=(line(1),)))) == [
            "No interviews were due yesterday; 1 is today.",
            "Today 1 interview, and nothing to worry about.",
        ]
        assert lines(digest(facts(cancelled=1))) == [
            "No interviews were due yesterday, and none are today.",
            "1 was cancelled or moved in time.",
        ]

    def test_a_merged_digest_names_its_days(self):
        merged = facts(since=date(2026, 11, 21), joined=1, no_shows=1)
        assert lines(digest(merged))[0] == (
            "Sat 21 Nov to Mon 23 Nov: 2 interviews due, 1 joined, 1 did not."
        )

    def test_a_reason_is_named_only_if_one_is_known(self):
        assert all("Most often" not in said for said in lines(digest(facts(no_shows=1, reasons={None: 1}))))

    def test_it_exists_once_per_team_and_date(self):
        message = digest(facts(joined=1), [Link("my", t("Open"))])
        assert (message.kind, message.key) == ("digest", "digest:hr:2026-11-24")
        assert digest_key("support", TODAY) != message.key
        assert len(message.actions) == 1


class TestWhen:
    @staticmethod
    def policy(at: time | None) -> Policy:
        support = Support({}, "1", time(9), time(18), SHANGHAI)
        return Policy("acme", {}, SHANGHAI, ("en",), (), support, {}, digest_at=at)

    def test_the_next_one_is_strictly_ahead(self):
        nine = self.policy(time(9))
        assert digest_due(nine, SHANGHAI, NOW - HOUR) == NOW
        assert digest_due(nine, SHANGHAI, NOW) == NOW + 24 * HOUR
        assert digest_due(nine, "America/New_York", NOW) == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
        assert digest_due(self.policy(None), SHANGHAI, NOW) is None

    def test_a_skipped_hour_moves_it_and_a_skipped_day_skips_it(self):
        # Clocks in New York go from 02:00 to 03:00 on 8 March 2026.
        half_past_two = replace(self.policy(time(2, 30)), digest_days=frozenset(range(7)))
        night = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
        assert digest_due(half_past_two, "America/New_York", night) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
        # Apia had no 30 December 2011.
        thursday = datetime(2011, 12, 29, 19, 0, tzinfo=UTC)  # 09:00 there
        assert digest_due(self.policy(time(9)), "Pacific/Apia", thursday) == thursday + 24 * HOUR

    @pytest.mark.parametrize(
        ("late_by", "is_late"), [(timedelta(), False), (timedelta(minutes=5), False), (6 * HOUR, True)]
    )
    def test_late_on_the_same_day_it_is_still_told(self, late_by, is_late):
        found = morning(self.policy(time(9)), SHANGHAI, NOW + late_by, told=YESTERDAY)
        assert found is not None
        assert (found.on, found.windows, found.is_late) == (TODAY, ("day",), is_late)

    @pytest.mark.parametrize("late_by", [timedelta(hours=7), timedelta(hours=14)])
    def test_later_the_next_morning_tells_it(self, late_by):
        assert morning(self.policy(time(9)), SHANGHAI, NOW + late_by, told=YESTERDAY) is None

    def test_what_was_slept_through_is_told_with_the_next(self):
        wednesday = NOW + 24 * HOUR
        found = morning(self.policy(time(9)), SHANGHAI, wednesday, told=date(2026, 11, 20))
        assert found is not None
        # Friday's was the last: Monday's week and the days since then are still to be told.
        assert (found.windows, found.since, found.until) == (("day", "week"), date(2026, 11, 20), TODAY)

    def test_on_monday_the_weekend_is_told_too(self):
        monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        found = morning(self.policy(time(9)), SHANGHAI, monday)
        assert found is not None
        assert (found.since, found.until) == (date(2026, 11, 20), date(2026, 11, 22))

    def test_hours_off_and_days_without_one(self):
        saturday = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
        assert morning(self.policy(time(9)), SHANGHAI, saturday, told=date(2026, 11, 27)) is None

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2026, 11, 24), ("day",)),
            (date(2026, 11, 23), ("day", "week")),
            (date(2026, 11, 28), ()),
            (date(2026, 12, 1), ("day", "month")),
            (date(2026, 10, 1), ("day", "month", "quarter")),
            (date(2027, 2, 1), ("day", "week", "month")),
            (date(2026, 11, 1), ()),  # a Sunday: the month's comes with Monday's
            (date(2026, 11, 2), ("day", "week", "month")),
        ],
    )
    def test_which_are_due_on_a_day(self, day, expected):
        assert windows_on(self.policy(time(9)), day) == expected

    def test_what_is_off_is_not_due(self):
        none = replace(self.policy(time(9)), digest_weekly=None, digest_monthly=0, digest_days=frozenset({1}))
        assert windows_on(none, date(2026, 11, 2)) == ()
        assert windows_on(none, date(2026, 12, 1)) == ("day",)
        third = replace(self.policy(time(9)), digest_monthly=3, digest_quarterly=False)
        assert windows_on(third, date(2026, 10, 5)) == ("day", "week", "month")

    @pytest.mark.parametrize(
        ("window", "expected"),
        [
            ("week", (date(2026, 12, 21), date(2026, 12, 27))),
            ("month", (date(2026, 12, 1), date(2026, 12, 31))),
            ("quarter", (date(2026, 10, 1), date(2026, 12, 31))),
        ],
    )
    def test_which_days_they_are_about(self, window, expected):
        assert span_of(window, date(2027, 1, 1)) == expected


class TestLines:
    LEI = line(1001, "unconfirmed")

    def test_a_line_says_what_settled_it(self):
        now = {"I-1001": Standing(settled=t("{count}", count=5))}
        told = lines(digest(facts(today=(self.LEI, line(1002, "unbound", hours=6))), (), now))
        assert "✓ 14:00 I-1001 李*, Sales: 5" in told
        assert "15:00 I-1002 李*, Sales: cannot be reached yet" in told
        assert "✓ Everything on this list is settled." not in told

    def test_when_all_are_it_says_so(self):
        now = {"I-1001": Standing(settled=t("{count}", count=5))}
        assert lines(digest(facts(today=(self.LEI,)), (), now))[-1] == "✓ Everything on this list is settled."

    def test_who_was_reminded_is_told(self):
        now = {"I-1001": Standing(("unconfirmed",), nudged_at=NOW)}
        told = lines(digest(facts(today=(self.LEI,)), (), now))
        assert told[-1] == "14:00 I-1001 李*, Sales: not confirmed, reminded 09:00"

    def test_times_are_of_the_company_that_reads_it(self):
        told = lines(digest(facts(today=(self.LEI,)), zone="Europe/Berlin"))
        assert told[-1].startswith("07:00 I-1001")

    def test_what_was_told_in_the_morning_can_be_kept(self):
        assert facts_from(plain(FULL)) == FULL


def test_risks_follow_rules_that_can_be_told():
    attempt = Attempt(ID, 1, NOW, SHANGHAI, "", datetime(2026, 11, 24, 9), NOW - HOUR)
    assert risks_of(attempt, is_bound=False, missed_before=True) == (
        "unbound",
        "no_show_before",
        "unconfirmed",
    )
    assert risks_of(replace(attempt, confirmed_at=NOW), is_bound=True, missed_before=False) == ()
    assert set(risks_of(attempt, is_bound=False, missed_before=True)) <= set(RISKS)
