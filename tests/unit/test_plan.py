"""The ladder of an attempt, the late policy, the other timers and the slots offered first."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

import pytest

from conversations.interview import Attempt, Interview, Outcome, RungRow, Slot, Verdict
from conversations.late import held_until, is_quiet, last_unquiet, lateness, next_unquiet, useful_until
from conversations.plan import ladder, off_the_hour, replan, spread_early, timers_for
from conversations.policy import Policy, Rung, Support
from conversations.spread import spread, within

SHANGHAI = "Asia/Shanghai"
NAMES = UUID("00000000-0000-0000-0000-00000000000a")
START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # Tuesday, 14:00 in Shanghai
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OFFSETS = {"72h": 72 * HOUR, "24h": 24 * HOUR, "1h": HOUR, "30m": 30 * MINUTE, "10m": 10 * MINUTE}


def rungs(*names: str, **offsets: timedelta) -> tuple[Rung, ...]:
    known = OFFSETS | offsets
    return tuple(Rung(name, known[name]) for name in (*names, *offsets))


def policy(*names: str, **changes) -> Policy:
    changes.setdefault("rungs", rungs(*(names or ("24h", "1h", "30m"))))
    return Policy(
        company="acme",
        display_name={"en": "Acme"},
        zone=SHANGHAI,
        languages=("zh_Hans",),
        support=Support({"en": "Help"}, "+86 21 1234", time(9), time(18), SHANGHAI),
        devices={"en": "a camera"},
        **changes,
    )


def attempt(booked_before: timedelta = timedelta(days=10), starts_at: datetime = START, **changes) -> Attempt:
    return Attempt(
        id=uuid5(NAMES, "attempt"),
        n=1,
        starts_at=starts_at,
        zone=SHANGHAI,
        join="https://meet.example/1",
        local_start=(starts_at + 8 * HOUR).replace(tzinfo=None),
        booked_at=starts_at - booked_before,
        **changes,
    )


def interview(booked_before: timedelta = timedelta(days=10), **changes) -> Interview:
    return Interview(
        uuid5(NAMES, "interview"),
        number=1024,
        revision=1,
        person=uuid5(NAMES, "person"),
        company="acme",
        role="sales",
        attempt=attempt(booked_before, **changes),
    )


def by_name(rows: Iterable[RungRow]) -> dict[str, RungRow]:
    return {row.name: row for row in rows}


def plan(of: Attempt, by: Policy, now: datetime | None = None, zone: str = SHANGHAI, recorded=()):
    return ladder(of, by, zone, now or of.booked_at, by_name(recorded))


def verdicts(rows: Iterable[RungRow]) -> list[str]:
    return [f"{row.verdict} {row.why}" if row.verdict else f"planned {row.why}".strip() for row in rows]


def before_start(row: RungRow) -> timedelta:
    return START - row.due_at


class TestLadder:
    def test_each_rung_is_planned_at_its_offset(self):
        rows = plan(attempt(), policy("72h", "24h", "1h", "30m", "10m"))
        assert [(row.name, before_start(row)) for row in rows] == list(OFFSETS.items())
        assert {row.verdict for row in rows} == {None}

    def test_the_order_of_the_configuration_does_not_matter(self):
        assert plan(attempt(), policy("1h", "72h", "24h")) == plan(attempt(), policy("72h", "24h", "1h"))

    # calcom/cal.com#10749: the 24 h and the 1 h reminder both went out at booking.
    @pytest.mark.parametrize(
        ("booked_before", "expected"),
        [
            (5 * HOUR, ["skipped booked_late", "planned", "planned"]),
            (24 * HOUR, ["skipped booked_late", "planned", "planned"]),
            (24 * HOUR + 5 * MINUTE, ["planned", "planned", "planned"]),
            (65 * MINUTE, ["skipped booked_late", "planned", "planned"]),
            (39 * MINUTE, ["skipped booked_late", "skipped booked_late", "planned"]),
            (29 * MINUTE, ["skipped booked_late"] * 3),
            (-5 * MINUTE, ["skipped booked_late"] * 3),
        ],
    )
    def test_a_late_booking_is_compressed(self, booked_before, expected):
        assert verdicts(plan(attempt(booked_before), policy())) == expected

    def test_skipped_rungs_say_when_they_were_and_when_it_was_decided(self):
        booked = attempt(5 * HOUR)
        first = plan(booked, policy())[0]
        assert (first.due_at, first.settled_at) == (START - 24 * HOUR, booked.booked_at)

    def test_who_confirmed_gets_a_shorter_ladder(self):
        by = policy(
            rungs=(Rung("24h", 24 * HOUR), Rung("1h", HOUR, when_confirmed=False), Rung("30m", HOUR / 2))
        )
        first = plan(attempt(), by)
        confirmed = attempt(confirmed_at=START - 30 * HOUR)
        rows = plan(confirmed, by, START - 30 * HOUR, recorded=first)
        assert verdicts(rows) == ["planned", "skipped confirmed", "planned"]
        assert replan(first, rows) == (0, 0, 1)

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_nothing_is_planned_for_an_attempt_that_ended(self, outcome):
        rows = plan(attempt(outcome=outcome), policy())
        assert verdicts(rows) == [f"skipped {outcome}"] * 3

    def test_nothing_is_planned_for_somebody_who_joined_early(self):
        assert verdicts(plan(attempt(joined_at=START - 9 * HOUR), policy())) == ["skipped joined"] * 3

    def test_an_edited_policy_never_sends_a_recorded_name_again(self):
        sent = RungRow(attempt().id, "24h", START - 24 * HOUR, Verdict.SENT, evidence="42")
        rows = plan(
            attempt(), policy(rungs=rungs("1h", **{"24h": 20 * HOUR})), START - 23 * HOUR, recorded=[sent]
        )
        assert by_name(rows)["24h"] is sent

    def test_a_rung_added_after_its_time_is_skipped(self):
        rows = plan(attempt(), policy("72h", "24h"), START - 30 * HOUR)
        assert verdicts(rows) == ["skipped added_late", "planned"]

    def test_a_planned_rung_whose_time_has_come_is_left_to_whoever_sends_it(self):
        first = plan(attempt(), policy())
        again = plan(attempt(), policy(), START - 24 * HOUR + MINUTE, recorded=first)
        assert again == first

    def test_a_new_attempt_begins_a_new_ladder(self):
        sent = RungRow(uuid5(NAMES, "an earlier attempt"), "24h", START - 24 * HOUR, Verdict.SENT)
        assert verdicts(plan(attempt(), policy(), recorded=[sent])) == ["planned"] * 3

    def test_moving_is_counted(self):
        old = plan(attempt(), policy("24h", "1h"))
        moved = plan(attempt(starts_at=START + HOUR), policy("1h", "30m"))
        assert replan(old, moved) == (1, 1, 1)
        assert replan(old, old) == (0, 0, 0)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("offset", "hour", "why"),
        [
            (16 * HOUR, "21:45", "quiet:moved_earlier"),  # 22:00; in the morning the next rung comes
            (7 * HOUR, "08:00", "quiet:moved_later"),  # 07:00 → 08:00
            (6 * HOUR, "08:00", ""),
            (17 * HOUR, "21:00", ""),
        ],
    )
    def test_a_rung_in_the_night_moves(self, offset, hour, why):
        by = policy(
            rungs=rungs(one=offset, two=6 * HOUR - timedelta(seconds=1))
            if offset > 9 * HOUR
            else rungs(one=offset)
        )
        row = plan(attempt(), by)[0]
        assert ((row.due_at + 8 * HOUR).strftime("%H:%M"), row.why) == (hour, why)

    def test_the_night_is_the_recipients(self):
        (row,) = plan(attempt(), policy("24h"), zone="America/New_York")  # 01:00 there
        assert (row.due_at, row.why) == (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), "quiet:moved_later")

    def test_two_hours_before_the_start_no_night_counts(self):
        start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
        rows = plan(attempt(starts_at=start), policy(rungs=rungs("1h", two=2 * HOUR, three=3 * HOUR)))
        # Three hours before would move onto one hour before, so it goes in the evening.
        assert [(start - row.due_at, row.why) for row in rows] == [
            (11 * HOUR + 15 * MINUTE, "quiet:moved_earlier"),
            (2 * HOUR, ""),
            (HOUR, ""),
        ]

    def test_rungs_that_the_night_brings_together_are_one(self):
        rows = plan(attempt(), policy(rungs=rungs("1h", a=12 * HOUR, b=11 * HOUR, c=10 * HOUR)))
        assert verdicts(rows) == [
            "superseded overtaken:b",
            "planned quiet:moved_earlier",
            "planned quiet:moved_later",
            "planned",
        ]

    def test_without_an_evening_left_a_useless_rung_is_skipped(self):
        start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        rows = plan(attempt(4 * HOUR, start), policy(rungs=rungs("1h", two=2 * HOUR, three=3 * HOUR)))
        assert verdicts(rows) == ["skipped quiet", "planned", "planned"]

    def test_the_evening_is_no_way_out_once_it_has_gone_by(self):
        start = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        by = policy(rungs=rungs("1h", two=2 * HOUR, three=3 * HOUR))
        assert verdicts(plan(attempt(11 * HOUR + 10 * MINUTE, start), by))[0] == "skipped quiet"
        assert verdicts(plan(attempt(11 * HOUR + 20 * MINUTE, start), by))[0] == "planned quiet:moved_earlier"

    def test_a_rung_right_after_a_booking_in_the_night_waits_like_any_other(self):
        rows = plan(attempt(11 * HOUR + 2 * MINUTE), policy(rungs=rungs("1h", one=11 * HOUR)))
        assert verdicts(rows) == ["planned quiet:moved_later", "planned"]

    def test_without_an_evening_left_a_rung_yields_to_the_next(self):
        rows = plan(attempt(12 * HOUR), policy(rungs=rungs(one=7 * HOUR, two=6 * HOUR)))
        assert verdicts(rows) == ["superseded overtaken:two", "planned"]

    @pytest.mark.parametrize(
        ("at", "quiet"),
        [("21:59", False), ("22:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
    )
    def test_bounds(self, at, quiet):
        instant = datetime.fromisoformat(f"2026-11-24T{at}+08:00")
        assert is_quiet(policy(), SHANGHAI, instant) is quiet

    def test_quiet_hours_may_lie_within_a_day_or_not_exist(self):
        siesta = policy(quiet_from=time(13), quiet_until=time(15))
        assert is_quiet(siesta, SHANGHAI, START)
        assert next_unquiet(siesta, SHANGHAI, START) == START + HOUR
        assert last_unquiet(siesta, SHANGHAI, START) == START - HOUR - 15 * MINUTE
        never = policy(quiet_from=time(0), quiet_until=time(0))
        assert next_unquiet(never, SHANGHAI, START) == START

    def test_without_a_quarter_of_an_hour_awake_there_is_no_evening(self):
        by = policy(quiet_from=time(8, 10), quiet_until=time(8))
        assert last_unquiet(by, SHANGHAI, START) is None

    def test_an_end_that_clocks_show_twice_counts_once_the_night_is_over(self):
        # Clocks in New York go from 02:00 back to 01:00 on 1 November 2026, 06:00 UTC.
        by = policy(quiet_from=time(22), quiet_until=time(1, 30))
        second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
        assert next_unquiet(by, "America/New_York", second) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        again = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
        assert next_unquiet(by, "America/New_York", again) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
        first = datetime(2026, 11, 1, 5, 10, tzinfo=UTC)
        assert next_unquiet(by, "America/New_York", first) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


class TestLatePolicy:
    @pytest.mark.parametrize(
        ("name", "until"),
        [
            ("72h", 7 * HOUR),
            ("24h", 2 * HOUR),
            ("1h", 5 * MINUTE),
            ("30m", -10 * MINUTE),
            ("10m", -10 * MINUTE),
        ],
    )
    def test_a_rung_alone_is_useful_to_a_tenth_of_its_offset(self, name, until):
        by = policy(name)
        assert START - useful_until(by.rungs[0], attempt(), by) == until

    @pytest.mark.parametrize(
        ("name", "until"),
        [
            ("72h", 24 * HOUR),
            ("24h", 2 * HOUR),
            ("1h", 30 * MINUTE),
            ("30m", 10 * MINUTE),
            ("10m", -10 * MINUTE),
        ],
    )
    def test_the_next_rung_ends_it_earlier(self, name, until):
        by = policy(*OFFSETS)
        rung = by.rung(name)
        assert rung
        assert START - useful_until(rung, attempt(), by) == until

    def test_a_rung_that_the_candidate_does_not_get_ends_nothing(self):
        by = policy(rungs=(Rung("1h", HOUR), Rung("30m", HOUR / 2, when_confirmed=False)))
        confirmed = attempt(confirmed_at=START - 9 * HOUR)
        assert START - useful_until(by.rungs[0], confirmed, by) == 5 * MINUTE

    @pytest.mark.parametrize(
        ("name", "now_before", "expected"),
        [
            ("72h", 72 * HOUR, "send"),
            ("72h", 32 * HOUR, "send"),
            ("72h", 30 * HOUR, "superseded"),  # the next in six hours
            ("72h", 24 * HOUR, "superseded"),
            ("24h", 24 * HOUR, "send"),
            ("24h", 4 * HOUR, "send"),
            ("24h", 150 * MINUTE, "superseded"),  # "T-24 h: if the next is due within 2 h, superseded by it"
            ("24h", 50 * MINUTE, "superseded"),
            ("1h", 50 * MINUTE, "send"),
            ("1h", 34 * MINUTE, "superseded"),
            ("1h", 29 * MINUTE, "superseded"),
            ("30m", 20 * MINUTE, "send"),
            ("30m", timedelta(), "superseded"),
            ("10m", MINUTE, "send"),
            ("10m", -9 * MINUTE, "send"),
            ("10m", -11 * MINUTE, "expired"),
        ],
    )
    def test_what_becomes_of_a_rung_that_fires_late(self, name, now_before, expected):
        by = policy(*OFFSETS)
        row = by_name(plan(attempt(), by))[name]
        assert lateness(row, attempt(), by, START - now_before) == expected

    @pytest.mark.parametrize(
        ("now_before", "sent"), [(20 * MINUTE, "30m"), (5 * MINUTE, "10m"), (3 * HOUR, "24h")]
    )
    def test_after_days_of_silence_one_message_goes(self, now_before, sent):
        by = policy(*OFFSETS)
        rows = plan(attempt(), by)
        due = [row for row in rows if row.due_at <= START - now_before]
        decided = {row.name: lateness(row, attempt(), by, START - now_before, rows) for row in due}
        if sent == "24h":  # three hours before, the next comes in two hours
            assert decided == {"72h": "superseded", "24h": "superseded"}
        else:
            assert [name for name, what in decided.items() if what == "send"] == [sent]

    def test_a_backward_clock_does_not_revive_what_a_later_rung_has_said(self):
        by = policy("1h", "30m")
        first, second = plan(attempt(), by)
        rows = [first, replace(second, verdict=Verdict.SENT)]
        assert lateness(first, attempt(), by, START - HOUR, rows) == "superseded"

    def test_a_later_rung_that_was_refused_supersedes_nothing(self):
        by = policy("24h", "1h")
        first, second = plan(attempt(), by)
        rows = [first, replace(second, verdict=Verdict.REFUSED)]
        assert lateness(first, attempt(), by, START - 150 * MINUTE, rows) == "send"

    def test_a_rung_taken_out_of_the_policy_expires(self):
        row = RungRow(attempt().id, "gone", START - HOUR)
        assert lateness(row, attempt(), policy(), START - HOUR) == "expired"

    def test_a_late_rung_waits_for_the_morning(self):
        night = START - 15 * HOUR  # 23:00
        assert held_until(attempt(), policy(), SHANGHAI, night) == START - 6 * HOUR
        assert held_until(attempt(), policy(), SHANGHAI, START - 5 * HOUR) is None
        early = attempt(starts_at=START - 7 * HOUR)  # 07:00
        assert held_until(early, policy(), SHANGHAI, early.starts_at - 2 * HOUR) is None


class TestTimers:
    def times(self, of: Interview, by: Policy, now: datetime | None = None) -> dict[str, timedelta]:
        timers = timers_for(of, by, now or of.attempt.booked_at)
        assert {timer.subject for timer in timers} <= {f"interview:{of.id}"}
        assert all(timer.data == {"attempt": str(of.attempt.id)} for timer in timers)
        return {timer.name: timer.at - START for timer in timers}

    def test_all_of_them(self):
        assert self.times(interview(), policy()) == {
            "reach": -25 * HOUR,
            "unbound": -timedelta(days=10) + 2 * HOUR,
            "unbound_day": -24 * HOUR,
            "rescue": 3 * MINUTE,
            "checklist": 10 * MINUTE,
        }

    def test_a_join_signal_flags_by_itself(self):
        assert "flag" in self.times(interview(), policy(join_signal="platform"))
        assert "flag" in self.times(interview(), policy(join_signal="poll"))

    def test_what_is_past_is_not_set(self):
        assert self.times(interview(), policy(), START + 5 * MINUTE) == {"checklist": 10 * MINUTE}
        assert self.times(interview(-HOUR), policy()) == {}

    def test_hr_hears_of_the_unbound_before_the_start(self):
        assert self.times(interview(HOUR), policy())["unbound"] == -30 * MINUTE

    def test_nothing_more_happens_after_the_end(self):
        assert self.times(interview(outcome=Outcome.CANCELLED), policy()) == {}
        assert self.times(interview(joined_at=START), policy(), START) == {}


class TestCrowds:
    def begin(self, crowd: int, who: str = "x", rung: str = "24h", due_at: datetime = START) -> timedelta:
        by = policy(rung)
        return due_at - spread_early(
            due_at, by.rungs[0], uuid5(NAMES, who), by, SHANGHAI, crowd=crowd, rate=20
        )

    def test_a_few_go_on_the_dot(self):
        assert self.begin(100) == timedelta()

    def test_ten_thousand_begin_early_enough(self):
        begins = sorted(self.begin(10_000, str(who)) for who in range(10_000))
        assert timedelta(seconds=600) < begins[-1] < timedelta(seconds=626)
        # Sent at 20 a second in that order, the last is not late by more than the promised five seconds.
        free_at = -begins[-1]
        for begin in reversed(begins):
            free_at = max(free_at, -begin) + timedelta(seconds=1 / 20)
        assert free_at <= timedelta(seconds=5)

    def test_short_rungs_are_never_early(self):
        assert self.begin(10_000, rung="30m") == timedelta()

    def test_a_morning_crowd_does_not_begin_in_the_night(self):
        eight = START - 6 * HOUR
        assert all(self.begin(10_000, str(who), due_at=eight) == timedelta() for who in range(50))

    def test_a_rate_of_nothing_is_refused(self):
        by = policy()
        with pytest.raises(ValueError, match="above zero"):
            spread_early(START, by.rungs[0], NAMES, by, SHANGHAI, crowd=1, rate=0)


def slot(text: str, name: str = "", capacity: int = 1) -> Slot:
    """A slot at "day hour" of November 2026 in Shanghai."""
    day, hour = text.split()
    at = datetime.fromisoformat(f"2026-11-{day}T{hour}:00+08:00").astimezone(UTC)
    return Slot(uuid5(NAMES, text + name), at, SHANGHAI, "acme", "", capacity, 0)


def when(slots: Iterable[Slot]) -> list[str]:
    return [(slot.starts_at + 8 * HOUR).strftime("%d %H:%M") for slot in slots]


class TestSlots:
    now = START - timedelta(days=1)
    week = tuple(slot(f"{day} {hour:02}:00") for day in range(24, 29) for hour in (9, 10, 11, 14, 15, 19))

    def test_three_slots_are_spread_over_days_and_parts_of_the_day(self):
        assert when(spread(self.week, SHANGHAI, self.now)) == ["24 09:00", "25 14:00", "26 19:00"]

    def test_the_parts_of_the_day_are_the_readers(self):
        # 09:00 in Shanghai is 20:00 in New York the day before.
        found = spread(self.week, "America/New_York", self.now)
        assert when(found)[0] == "24 09:00"
        assert len({(slot.starts_at - 5 * HOUR).date() for slot in found}) == 3

    def test_one_day_is_spread_over_its_hours(self):
        day = [slot(f"24 {hour:02}:00") for hour in (9, 10, 11, 12, 14, 15, 19)]
        assert when(spread(day, SHANGHAI, self.now)) == ["24 09:00", "24 12:00", "24 19:00"]
        morning = [slot(f"24 {hour}") for hour in ("09:00", "09:30", "10:00", "11:00")]
        assert when(spread(morning, SHANGHAI, self.now, 2)) == ["24 09:00", "24 11:00"]

    def test_mornings_only_differ_in_their_hour(self):
        mornings = [slot(f"{day} {hour}") for day in (24, 25, 26) for hour in ("09:00", "11:30")]
        assert when(spread(mornings, SHANGHAI, self.now, 2)) == ["24 09:00", "25 11:30"]

    def test_more_goes_on_until_all_were_shown_once(self):
        shown: list[Slot] = []
        while page := spread(self.week, SHANGHAI, self.now, avoid={slot.id for slot in shown}):
            assert len(page) == 3
            shown += page
        assert sorted(when(shown)) == sorted(when(self.week))

    def test_full_and_past_slots_are_not_offered(self):
        slots = [slot("23 09:00"), slot("24 09:00", capacity=0), slot("25 09:00")]
        assert when(spread(slots, SHANGHAI, self.now)) == ["25 09:00"]
        assert spread([], SHANGHAI, self.now) == ()

    def test_the_same_time_is_offered_once(self):
        twins = [slot("24 09:00", "a"), slot("24 09:00", "b")]
        (first,) = spread(twins, SHANGHAI, self.now)
        assert spread(twins, SHANGHAI, self.now, avoid=[first.id]) == ()
        gone = [replace(first, taken=1), next(twin for twin in twins if twin.id != first.id)]
        assert spread(gone, SHANGHAI, self.now, avoid=[first.id]) == (gone[1],)

    def test_a_window(self):
        first, second, third = slot("24 09:00"), slot("24 10:00"), slot("24 11:00")
        assert within([third, second, first], first.starts_at, third.starts_at) == (first, second)


def test_what_keeps_off_the_hour_goes_within_the_next_minute_but_one():
    for at in (START, START + 30 * MINUTE, START + timedelta(seconds=59)):
        moved = [off_the_hour(at, f"row{n}") for n in range(50)]
        assert all(timedelta() < later - at <= 2 * MINUTE and later.minute % 30 == 1 for later in moved)
        assert len(set(moved)) > 40
        assert moved == [off_the_hour(at, f"row{n}") for n in range(50)]
    for at in (START + MINUTE, START + 29 * MINUTE, START - timedelta(seconds=1)):
        assert off_the_hour(at, "row") == at
