"""Digests come on the days that are worked: not on public holidays, but on weekends worked for them (调休)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.settings import BadConfig, describe, read
from bot.settings.holidays import country, holidays_of, unpublished
from conversations.digest import digest_due, morning, opinion_due, windows_on
from conversations.holidays import Holidays
from conversations.policy import Policy, Support
from tests.unit.test_config_bad import changed

SHANGHAI = "Asia/Shanghai"
DAY = timedelta(days=1)
CHINA = holidays_of("CN", SHANGHAI, (), ())
WEEK = frozenset(range(5))

# 国务院办公厅关于2026年部分节假日安排的通知, 4 November 2025: gov.cn, content_7047090
FREE = {
    "01-01": 3, "02-15": 9, "04-04": 3, "05-01": 5, "06-19": 3, "09-25": 3, "10-01": 7,
}  # fmt: skip
WORKED = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def policy(**decided) -> Policy:
    support = Support({}, "1", time(9), time(18), SHANGHAI)
    return replace(Policy("acme", {}, SHANGHAI, ("en",), (), support, {}, holidays=CHINA), **decided)


def at_nine(text: str) -> datetime:
    return datetime(2026, int(text[:2]), int(text[3:]), 1, tzinfo=UTC)


class TestWhichDaysAreWorked:
    def test_all_of_2026_is_as_the_state_council_arranged_it(self):
        free = {day(first) + n * DAY for first, length in FREE.items() for n in range(length)}
        worked = {day(each) for each in WORKED}
        for n in range(365):
            each = date(2026, 1, 1) + n * DAY
            expected = each in worked or (each.weekday() < 5 and each not in free)
            assert CHINA.works(each, WEEK) == expected, each

    def test_own_days_come_before_the_countrys(self):
        own = holidays_of("CN", SHANGHAI, (day("12-24"), day("10-10")), (day("10-03"), day("12-24")))
        assert [own.works(day(each), WEEK) for each in ("12-24", "10-10", "10-03", "10-02")] == [
            True, False, True, False,
        ]  # fmt: skip

    def test_a_zone_has_a_country_or_none(self):
        named = {
            zone: holidays_of("zone", zone, (), ()).country.name
            for zone in (SHANGHAI, "Europe/Berlin", "UTC")
        }
        assert named == {SHANGHAI: "CN", "Europe/Berlin": "DE", "UTC": ""}
        assert holidays_of("off", SHANGHAI, (), ()) == Holidays()

    def test_a_part_of_a_country_has_its_own(self):
        epiphany = day("01-06")
        bavaria, germany = (holidays_of(name, "Europe/Berlin", (), ()) for name in ("DE-BY", "DE"))
        assert not bavaria.works(epiphany, WEEK)
        assert germany.works(epiphany, WEEK)


class TestDigests:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("10-01", ()),  # a Thursday, and the month's first: the monthly one waits for the 8th
            ("10-08", ("day", "week", "month", "quarter")),
            ("10-10", ("day",)),  # a Saturday that is worked
            ("10-12", ("day", "week")),
            ("02-14", ("day",)),
            ("02-16", ()),  # the whole week is off, and so is next Monday
            ("02-24", ("day", "week")),
        ],
    )
    def test_which_are_due(self, on, expected):
        assert windows_on(policy(), day(on)) == expected

    def test_the_next_one_is_after_the_holidays_and_tells_all_of_them(self):
        back = at_nine("02-24")
        assert digest_due(policy(), SHANGHAI, at_nine("02-14")) == back
        found = morning(policy(), SHANGHAI, back)
        assert found is not None
        assert (found.since, found.until) == (day("02-14"), day("02-23"))

    def test_a_weekly_one_on_a_day_that_is_no_working_day_stays_there(self):
        assert windows_on(policy(digest_weekly=6), day("11-22")) == ("week",)
        assert windows_on(policy(digest_weekly=6), day("11-23")) == ("day",)

    def test_hr_is_asked_once_a_year_on_a_day_that_is_worked(self):
        off = holidays_of("CN", SHANGHAI, (day("12-01"),), ())
        assert opinion_due(policy(holidays=off), at_nine("11-20")) == at_nine("12-02") + timedelta(hours=1)


class TestConfiguration:
    def test_a_company_has_its_zones_holidays_unless_it_says_otherwise(self):
        found = read(changed({}), {}, Path("/nowhere")).policies.default
        assert (found.zone, found.holidays.country.name) == (SHANGHAI, "CN")
        off = read(changed({"policy/digest_holidays": "off"}), {}, Path("/nowhere")).policies.default
        assert off.holidays == Holidays()

    def test_own_days_are_read_and_told(self):
        text = changed({"policy/digest_days_off": ["2026-12-24"], "policy/digest_holidays": "de-by"})
        told = describe(read(text, {}, Path("/nowhere")))["policies"][0]["policy"]["holidays"]
        assert told == {
            "country": "DE-BY", "known_until": "2049-12-31", "days_off": ["2026-12-24"], "days_worked": [],
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("key", "value", "said"),
        [
            ("digest_holidays", "Atlantis", "not known"),
            ("digest_holidays", "DE-XX", "not known"),
            ("digest_days_off", ["24.12."], "is not a day"),
            ("digest_days_worked", "2026-12-24", "is not a list"),
        ],
    )
    def test_what_cannot_be_read_is_said_with_a_remedy(self, key, value, said):
        with pytest.raises(BadConfig) as bad:
            read(changed({f"policy/{key}": value}), {}, Path("/nowhere"))
        (problem,) = bad.value.problems
        assert problem.key.startswith(f"policy.{key}")
        assert said in str(problem)


class TestAYearThatIsNotPublished:
    def test_it_goes_by_calculated_holidays_and_days_of_the_week(self):
        assert not CHINA.knows(date(2027, 1, 1)), "the library knows 2027 now: move this test a year on"
        assert not CHINA.works(date(2027, 10, 1), WEEK)
        assert CHINA.works(date(2027, 10, 8), WEEK)

    def test_the_check_says_so_a_month_before(self):
        policies = [("", "", policy()), ("Acme", "", policy())]
        assert unpublished(policies, at_nine("11-20")) == []
        (warning,) = unpublished(policies, at_nine("12-02"))
        assert warning.key == "policy.digest_holidays"
        assert "2027" in str(warning)
        assert "digest_days_worked" in str(warning)

    def test_a_country_without_decrees_is_known_for_long(self):
        found = country("DE")
        assert found is not None
        assert found.known_until is not None
        assert found.known_until.year > 2040
