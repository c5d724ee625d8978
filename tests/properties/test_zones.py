"""Wall clocks, days and zone names: what zdump says of the awkward zones, and what holds in every zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from babel import Locale
from hypothesis import assume, given
from hypothesis import strategies as st

from locales import zones
from locales.zones import day_bounds, local, local_time_at, offset_minutes, resolve, zone_from_alias

HOUR = timedelta(hours=1)
ZONES = st.sampled_from(sorted(name for name in available_timezones() if zones.is_zone(name)))
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# zone, wall clock, instant, offset in minutes: from `zdump -v`, tzdata 2026.
WALL_CLOCKS = [
    ("Asia/Shanghai", "2026-11-24 14:00", "2026-11-24 06:00", 480),
    ("Asia/Kolkata", "2026-11-24 14:00", "2026-11-24 08:30", 330),
    ("Asia/Kathmandu", "2026-11-24 14:00", "2026-11-24 08:15", 345),
    ("Australia/Eucla", "2026-11-24 14:00", "2026-11-24 05:15", 525),
    ("America/New_York", "2026-03-08 01:59", "2026-03-08 06:59", -300),
    ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00", -240),
    ("America/New_York", "2026-11-01 00:59", "2026-11-01 04:59", -240),
    ("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00", -300),
    ("Europe/London", "2026-03-29 02:00", "2026-03-29 01:00", 60),
    ("America/St_Johns", "2026-03-08 03:00", "2026-03-08 05:30", -150),
    ("Pacific/Chatham", "2026-09-27 03:45", "2026-09-26 14:00", 825),
    ("Australia/Lord_Howe", "2026-10-04 01:59", "2026-10-03 15:29", 630),
    ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30", 660),
    ("Australia/Adelaide", "2026-10-04 03:00", "2026-10-03 16:30", 630),
    ("Africa/Cairo", "2026-04-24 01:00", "2026-04-23 22:00", 180),
    ("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59", -600),
    ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00", 840),
]


@pytest.mark.parametrize(("zone", "wall", "instant", "offset"), WALL_CLOCKS)
def test_wall_clocks_and_instants(zone: str, wall: str, instant: str, offset: int) -> None:
    assert local(utc(instant), zone) == datetime.fromisoformat(wall)
    assert resolve(datetime.fromisoformat(wall), zone) == utc(instant)
    assert offset_minutes(utc(instant), zone) == offset


@pytest.mark.parametrize(
    ("zone", "skipped", "shown"),
    [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 03:30"),
        ("Europe/London", "2026-03-29 01:15", "2026-03-29 02:15"),
        ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-04 02:40"),
        ("Pacific/Chatham", "2026-09-27 03:00", "2026-09-27 04:00"),
        ("Africa/Cairo", "2026-04-24 00:30", "2026-04-24 01:30"),
        ("Pacific/Apia", "2011-12-30 10:00", "2011-12-31 10:00"),
    ],
)
def test_a_time_that_clocks_skip_moves_forward_by_what_was_skipped(
    zone: str, skipped: str, shown: str
) -> None:
    assert local(resolve(datetime.fromisoformat(skipped), zone), zone) == datetime.fromisoformat(shown)


@pytest.mark.parametrize(
    ("zone", "wall", "first", "second"),
    [
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", "2026-11-01 06:30"),
        ("Europe/London", "2026-10-25 01:00", "2026-10-25 00:00", "2026-10-25 01:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", "2026-04-04 15:15"),
        ("Pacific/Chatham", "2026-04-05 03:00", "2026-04-04 13:15", "2026-04-04 14:15"),
        ("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30", "2026-10-29 21:30"),
    ],
)
def test_of_a_time_that_clocks_show_twice_the_first_is_meant(
    zone: str, wall: str, first: str, second: str
) -> None:
    assert resolve(datetime.fromisoformat(wall), zone) == utc(first)
    for instant in (utc(first), utc(second)):
        assert local(instant, zone) == datetime.fromisoformat(wall)
        assert zones.is_repeated(instant, zone)
    assert not zones.is_repeated(utc(first) - HOUR, zone)
    assert not zones.is_repeated(utc(second) + HOUR, zone)


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Asia/Shanghai", date(2026, 11, 24), 24),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("Africa/Cairo", date(2026, 10, 29), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_how_long_days_are(zone: str, on: date, hours: float) -> None:
    begins, ends = day_bounds(on, zone)
    assert (ends - begins) / HOUR == hours


def test_a_day_without_midnight_begins_when_clocks_reach_it() -> None:
    assert day_bounds(date(2026, 4, 24), "Africa/Cairo")[0] == utc("2026-04-23 22:00")


def test_a_time_of_day_in_a_zone() -> None:
    assert local_time_at(date(2026, 11, 24), time(9, 30), "Asia/Tokyo") == utc("2026-11-24 00:30")


def test_mixing_up_wall_clocks_and_instants_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        local(datetime(2026, 11, 24, 14, 0), "Asia/Shanghai")
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "Asia/Shanghai")


@given(INSTANTS, ZONES)
def test_a_wall_clock_leads_back_to_its_instant(instant: datetime, zone: str) -> None:
    assume(not zones.is_repeated(instant, zone))
    assert resolve(local(instant, zone), zone) == instant


@given(INSTANTS, ZONES)
def test_a_repeated_wall_clock_leads_back_to_its_first_instant(instant: datetime, zone: str) -> None:
    first = resolve(local(instant, zone), zone)
    assert first <= instant
    assert local(first, zone) == local(instant, zone)


@given(INSTANTS, ZONES)
def test_the_wall_clock_is_as_far_ahead_as_the_offset_says(instant: datetime, zone: str) -> None:
    ahead = local(instant, zone) - instant.replace(tzinfo=None)
    assert abs(ahead - timedelta(minutes=offset_minutes(instant, zone))) <= timedelta(seconds=30)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)), ZONES)
def test_a_wall_clock_that_is_not_skipped_is_shown_again(wall: datetime, zone: str) -> None:
    shown = local(resolve(wall, zone), zone)
    assert shown >= wall
    if shown != wall:
        assert local(resolve(shown, zone), zone) == shown


@given(INSTANTS, ZONES)
def test_every_instant_lies_in_its_day(instant: datetime, zone: str) -> None:
    begins, ends = day_bounds(local(instant, zone).date(), zone)
    assert begins <= instant < ends or zones.is_repeated(instant, zone)


@given(st.dates(date(1971, 1, 1), date(2099, 12, 31)), ZONES)
def test_days_follow_each_other_without_a_gap(on: date, zone: str) -> None:
    assert day_bounds(on, zone)[1] == day_bounds(on + timedelta(days=1), zone)[0]


@pytest.mark.parametrize(
    "name", ["Asia/Shanghai", "UTC", "Etc/GMT-8", "America/Argentina/Buenos_Aires", "GMT"]
)
def test_what_is_a_zone(name: str) -> None:
    assert zones.is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "asia/shanghai", "Asia", "localtime", "Factory", "../etc/passwd", "GMT+8"]
)
def test_what_is_no_zone(name: str) -> None:
    assert not zones.is_zone(name)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        (" asia/shanghai ", "Asia/Shanghai"),
        ("America/New York", "America/New_York"),
        ("北京时间", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("中国标准时间", "Asia/Shanghai"),
        ("China Standard Time", "Asia/Shanghai"),
        ("Beijing time", "Asia/Shanghai"),
        ("深圳", "Asia/Shanghai"),
        ("GMT+8", "Asia/Shanghai"),
        ("GMT +8", "Asia/Shanghai"),
        ("UTC+08:00", "Asia/Shanghai"),
        ("utc＋８：００", "Asia/Shanghai"),
        ("+0800", "Asia/Shanghai"),
        ("东八区", "Asia/Shanghai"),
        ("东8区", "Asia/Shanghai"),
        ("东十一区", "Etc/GMT-11"),
        ("西五区", "Etc/GMT+5"),
        ("北京时间 (GMT+8)", "Asia/Shanghai"),
        ("北京时间（UTC+8）", "Asia/Shanghai"),
        ("Asia/Tokyo +09:00", "Asia/Tokyo"),
        ("CST (UTC+8)", "Asia/Shanghai"),
        ("(UTC+08:00) 北京，重庆，香港特别行政区，乌鲁木齐", "Asia/Shanghai"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("东京", "Asia/Tokyo"),
        ("Tokyo", "Asia/Tokyo"),
        ("日本时间", "Asia/Tokyo"),
        ("纽约时间", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("Singapore Standard Time", "Asia/Singapore"),
        ("India", "Asia/Kolkata"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("UTC−3", "Etc/GMT+3"),
        ("UTC", "UTC"),
        ("GMT", "UTC"),
        ("Z", "UTC"),
        ("+00:00", "UTC"),
        ("CST", None),
        ("IST", None),
        ("MST", None),
        ("Tokyo (GMT+8)", None),
        ("UTC+10:30", None),
        ("UTC+15", None),
        ("Mars", None),
        ("time", None),
        ("8", None),
        ("", None),
        ("，", None),
    ],
)
def test_zones_as_people_write_them(text: str, zone: str | None) -> None:
    assert zone_from_alias(text) == zone


@given(ZONES)
def test_a_zone_goes_by_its_own_name(zone: str) -> None:
    found = zone_from_alias(zone)
    assert found is None or zones.is_zone(found)
    if "/" in zone:
        assert found == zone


@given(st.text(max_size=40))
def test_any_text_is_a_zone_or_none(text: str) -> None:
    found = zone_from_alias(text)
    assert found is None or zones.is_zone(found)


@pytest.mark.parametrize(
    ("zone", "english", "chinese"),
    [
        ("Asia/Shanghai", "Beijing", "北京"),
        ("PRC", "Beijing", "北京"),
        ("Asia/Tokyo", "Tokyo", "东京"),
        ("America/New_York", "New York", "纽约"),
        ("Asia/Kolkata", "Kolkata", "加尔各答"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "布宜诺斯艾利斯"),
        ("America/Indiana/Indianapolis", "Indianapolis", "印第安纳波利斯"),
        ("UTC", None, None),
        ("Etc/GMT-8", None, None),
    ],
)
def test_the_city_a_zone_is_called_after(zone: str, english: str | None, chinese: str | None) -> None:
    assert zones.city(zone, Locale("en")) == english
    assert zones.city(zone, Locale("zh", script="Hans")) == chinese


@pytest.mark.parametrize(
    ("minutes", "name"),
    [(0, "UTC"), (480, "UTC+8"), (330, "UTC+5:30"), (-210, "UTC-3:30"), (-240, "UTC-4"), (845, "UTC+14:05")],
)
def test_offsets_as_people_write_them(minutes: int, name: str) -> None:
    assert zones.offset_name(minutes) == name
