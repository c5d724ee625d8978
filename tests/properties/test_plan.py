"""What holds for every ladder, whatever the offsets, zones, nights and moments."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from conversations.interview import Attempt, RungRow, Verdict
from conversations.late import NEVER_HELD, is_quiet, lateness, next_unquiet, useful_until
from conversations.plan import BURST, ladder, replan, spread_early
from conversations.policy import Policy, Rung, Support

ZONES = st.sampled_from([
    "Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/Santiago", "Africa/Casablanca",
])  # fmt: skip
NAMES = UUID("00000000-0000-0000-0000-00000000000b")
# Nights when clocks change, somewhere.
CHANGES = [datetime(2026, 3, 29), datetime(2026, 4, 4), datetime(2026, 10, 25), datetime(2026, 11, 1)]
STARTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.builds(
        lambda day, after: day + after,
        st.sampled_from(CHANGES),
        st.timedeltas(timedelta(days=-1), timedelta(days=2)),
    ),
).map(lambda wall: wall.replace(tzinfo=UTC))
OFFSETS = st.one_of(
    st.sampled_from([timedelta(minutes=minutes) for minutes in (10, 30, 60, 24 * 60, 72 * 60)]),
    st.integers(1, 7 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
CLOCK = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@st.composite
def policies(draw) -> Policy:
    offsets = draw(st.lists(OFFSETS, max_size=6, unique=True))
    return Policy(
        company="acme",
        display_name={},
        zone="Asia/Shanghai",
        languages=("zh_Hans",),
        rungs=tuple(
            Rung(f"r{n}", before, when_confirmed=draw(st.booleans())) for n, before in enumerate(offsets)
        ),
        support=Support({}, "1", time(9), time(18), "Asia/Shanghai"),
        devices={},
        quiet_from=draw(st.just(time(22)) | CLOCK),
        quiet_until=draw(st.just(time(8)) | CLOCK),
    )


@st.composite
def attempts(draw) -> Attempt:
    starts_at = draw(STARTS)
    lead = draw(
        st.timedeltas(timedelta(hours=-1), timedelta(hours=3)) | st.timedeltas(timedelta(), timedelta(days=9))
    )
    confirmed_at = draw(st.none() | st.just(starts_at - lead))
    return Attempt(
        uuid5(NAMES, str(draw(st.integers(0, 9)))), 1, starts_at, "UTC", "", starts_at.replace(tzinfo=None),
        booked_at=starts_at - lead, confirmed_at=confirmed_at,
    )  # fmt: skip


# Mostly at the booking, where ladders begin.
LATER = st.just(timedelta()) | st.timedeltas(timedelta(), timedelta(days=10))


def by_name(rows: tuple[RungRow, ...]) -> dict[str, RungRow]:
    return {row.name: row for row in rows}


@given(attempts(), policies(), ZONES, LATER)
def test_a_fresh_ladder(attempt: Attempt, policy: Policy, zone: str, later: timedelta):
    now = attempt.booked_at + later
    rows = ladder(attempt, policy, zone, now, {})
    assert sorted(row.name for row in rows) == sorted(rung.name for rung in policy.rungs)
    planned = [row for row in rows if row.verdict is None]
    for row in planned:
        rung = policy.rung(row.name)
        assert rung
        assert now <= row.due_at <= useful_until(rung, attempt, policy)
        assert row.due_at >= attempt.booked_at
        if is_quiet(policy, zone, row.due_at):
            assert attempt.starts_at - row.due_at <= NEVER_HELD
        # What is planned is what is sent, when nothing goes wrong.
        assert lateness(row, attempt, policy, row.due_at, rows) == "send"
        assert (row.due_at == attempt.starts_at - rung.before) == (not row.why)
        assert row.due_at < attempt.starts_at
        assert rung.when_confirmed or not attempt.confirmed_at
    for one, two in pairwise(planned):
        assert one.due_at < two.due_at
        assert two.due_at - one.due_at >= BURST or not (one.why or two.why)
    for row in rows:
        if row.verdict is not None:
            assert (row.settled_at, bool(row.why)) == (now, True)


@given(attempts(), policies(), ZONES)
def test_at_most_one_reminder_soon_after_booking(attempt: Attempt, policy: Policy, zone: str):
    rows = ladder(attempt, policy, zone, attempt.booked_at, {})
    nominal = {rung.name: attempt.starts_at - rung.before for rung in policy.rungs}
    assert all(nominal[row.name] > attempt.booked_at for row in rows if row.verdict is None)
    assert sum(row.verdict is None and row.why == "booked_late:moved_later" for row in rows) <= 1


@given(attempts(), policies(), ZONES, LATER, LATER)
def test_planning_again_changes_nothing(attempt, policy, zone, later, again):
    first = ladder(attempt, policy, zone, attempt.booked_at + later, {})
    second = ladder(attempt, policy, zone, attempt.booked_at + later, by_name(first))
    assert second == first
    # Nor does it as time goes by, while nothing was sent yet.
    third = ladder(attempt, policy, zone, attempt.booked_at + later + again, by_name(first))
    assert third == first
    assert replan(first, third) == (0, 0, 0)


@given(attempts(), policies(), policies(), ZONES, LATER, st.data())
def test_an_edited_policy_sends_no_recorded_name_again(attempt, old, new, zone, later, data):
    rows = ladder(attempt, old, zone, attempt.booked_at, {})
    verdicts = data.draw(st.lists(st.sampled_from([None, *Verdict]), min_size=len(rows), max_size=len(rows)))
    recorded = by_name(
        tuple(replace(row, verdict=row.verdict or v) for row, v in zip(rows, verdicts, strict=True))
    )
    for row in ladder(attempt, new, zone, attempt.booked_at + later, recorded):
        settled = recorded.get(row.name)
        if settled is not None and settled.verdict is not None:
            assert row is settled


@given(attempts(), policies(), ZONES)
def test_rebooking_begins_anew_and_leaves_the_old_attempt_alone(attempt, policy, zone):
    rows = ladder(attempt, policy, zone, attempt.booked_at, {})
    sent = by_name(tuple(replace(row, verdict=Verdict.SENT) for row in rows))
    rebooked = replace(attempt, id=uuid5(NAMES, "rebooked"), n=2)
    fresh = ladder(rebooked, policy, zone, attempt.booked_at, sent)
    assert {row.attempt for row in fresh} <= {rebooked.id}
    assert [(row.name, row.due_at, row.verdict) for row in fresh] == [
        (row.name, row.due_at, row.verdict) for row in rows
    ]
    assert ladder(attempt, policy, zone, attempt.booked_at, sent) == tuple(sent[row.name] for row in rows)


@given(attempts(), policies(), ZONES, LATER)
def test_however_long_the_silence_one_message_goes_at_most(attempt, policy, zone, later):
    rows = ladder(attempt, policy, zone, attempt.booked_at, {})
    now = attempt.booked_at + later
    due = [row for row in rows if row.verdict is None and row.due_at <= now]
    assert sum(lateness(row, attempt, policy, now, rows) == "send" for row in due) <= 1


@given(policies(), ZONES, STARTS)
def test_a_night_ends(policy, zone, at):
    end = next_unquiet(policy, zone, at)
    assert end >= at
    assert not is_quiet(policy, zone, end)
    assert end - at <= timedelta(hours=26)
    if end > at:
        assert is_quiet(policy, zone, end - timedelta(seconds=1)) or end - at <= timedelta(hours=2)


@given(policies(), ZONES, STARTS, OFFSETS, st.integers(1, 100_000), st.floats(0.1, 1000), st.uuids())
def test_a_crowd_begins_early_and_never_late(policy, zone, due_at, before, crowd, rate, attempt):
    begin = spread_early(due_at, Rung("r", before), attempt, policy, zone, crowd=crowd, rate=rate)
    assert begin <= due_at
    needed = timedelta(seconds=crowd / rate)
    assert due_at - begin <= max(timedelta(seconds=90), needed * 5 / 4)
    if is_quiet(policy, zone, begin):
        assert is_quiet(policy, zone, due_at)
    if before < timedelta(hours=1):
        assert begin == due_at
