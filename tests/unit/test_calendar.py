"""The calendar file: one entry for each interview, replaced when it moves, taken out when it is cancelled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from bot.calendar import calendar_file
from conversations.interview import Attempt, Interview

STAMP = datetime(2026, 11, 23, 1, 0, 0, 123456, tzinfo=UTC)
ATTEMPT = Attempt(
    id=UUID(int=2), n=1, starts_at=datetime(2026, 11, 24, 6, tzinfo=UTC), zone="Asia/Shanghai",
    join="腾讯会议 123-456-789", local_start=datetime(2026, 11, 24, 14), booked_at=STAMP,
)  # fmt: skip
INTERVIEW = Interview(
    id=UUID(int=1),
    number=1001,
    revision=1,
    person=UUID(int=3),
    company="acme",
    role="前端工程师",
    attempt=ATTEMPT,
)


def write(interview: Interview = INTERVIEW, **changes: Any) -> bytes:
    given: dict[str, Any] = {
        "company_name": "Acme", "summary": "面试：前端工程师", "description": "请准备好设备", "url": "https://t.example.com/go/abc",
        "sequence": 0, "stamped_at": STAMP,
    }  # fmt: skip
    return calendar_file(interview, **(given | changes))


def event(data: bytes) -> Any:
    return Calendar.from_ical(data).walk("VEVENT")[0]


def test_a_first_file() -> None:
    data = write()
    calendar = Calendar.from_ical(data)
    entry = event(data)
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    assert (entry["uid"], entry["sequence"], entry["status"]) == (f"{INTERVIEW.id}@turnout", 0, "CONFIRMED")
    assert entry["dtstart"].dt == ATTEMPT.starts_at
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(hours=1)
    assert (str(entry["summary"]), str(entry["description"])) == ("面试：前端工程师", "请准备好设备")
    assert str(entry["url"]) == "https://t.example.com/go/abc"
    assert str(entry["location"]) == ATTEMPT.join
    assert b"DTSTART:20261124T060000Z\r\n" in data
    assert b"DTSTAMP:20261123T010000Z\r\n" in data


def test_a_move_keeps_the_entry_and_raises_its_sequence() -> None:
    moved = replace(
        INTERVIEW,
        attempt=replace(ATTEMPT, id=UUID(int=9), n=2, starts_at=ATTEMPT.starts_at + timedelta(days=1)),
    )
    before, after = event(write()), event(write(moved, sequence=1))
    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["dtstart"].dt == before["dtstart"].dt + timedelta(days=1)


def test_cancelling_takes_the_entry_out() -> None:
    data = write(sequence=2, cancelled=True, organizer="hr@example.com")
    entry = event(data)
    assert Calendar.from_ical(data)["method"] == "CANCEL"
    assert (entry["uid"], entry["status"], entry["sequence"]) == (f"{INTERVIEW.id}@turnout", "CANCELLED", 2)
    assert not entry.walk("VALARM")


def test_the_alarm() -> None:
    (alarm,) = event(write(alarm=timedelta(minutes=45))).walk("VALARM")
    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", -timedelta(minutes=45))
    assert not event(write(alarm=None)).walk("VALARM")


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert write() == write()
    assert write() != write(stamped_at=STAMP + timedelta(seconds=1))


def test_a_web_address_is_not_told_but_the_page_that_leads_there() -> None:
    online = replace(INTERVIEW, attempt=replace(ATTEMPT, join="https://meet.example.com/1"))
    assert str(event(write(online))["location"]) == "https://t.example.com/go/abc"
    assert str(event(write(online, url=""))["location"]) == "https://meet.example.com/1"


def test_without_a_link_the_meeting_number_is_the_place() -> None:
    entry = event(write(url="", description=""))
    assert str(entry["location"]) == "腾讯会议 123-456-789"
    assert "url" not in entry
    assert "description" not in entry


HOSTILE = 'Bobby; "Tables", \\n Ltd\r\nBEGIN:VALARM\nATTENDEE:mailto:x@example.com\x00\x07'


@pytest.mark.parametrize("field", ["summary", "description", "company_name", "url", "organizer"])
def test_no_text_leaves_its_property(field: str) -> None:
    changes: dict[str, Any] = {field: HOSTILE, "alarm": None}
    data = write(INTERVIEW, **changes)
    assert not [line for line in data.split(b"\r\n") if line.startswith((b"BEGIN:VALARM", b"ATTENDEE"))]
    assert b"\x00" not in data
    assert [part.name for part in Calendar.from_ical(data).walk()] == ["VCALENDAR", "VEVENT"]


def test_text_survives() -> None:
    text = 'a; b, c \\ "d"\n第二行'
    assert str(event(write(description=text))["description"]) == text


def test_lines_are_folded_at_75_bytes() -> None:
    data = write(description="长" * 200)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert str(event(data)["description"]) == "长" * 200


def test_the_organizer() -> None:
    organizer = event(write(organizer="hr@example.com"))["organizer"]
    assert (str(organizer), organizer.params["cn"]) == ("mailto:hr@example.com", "Acme")
    assert str(event(write())["contact"]) == "Acme"
