"""The interview as a calendar file: the same entry every time it moves, taken out again when it is cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

from conversations.interview import Interview

MEDIA_TYPE = "text/calendar; charset=utf-8"
_HOUR = timedelta(hours=1)


def calendar_file(
    interview: Interview,
    *,
    company_name: str,
    summary: str,
    description: str,
    url: str,
    sequence: int,
    stamped_at: datetime,
    cancelled: bool = False,
    organizer: str | None = None,
    alarm: timedelta | None = timedelta(minutes=30),
    lasts: timedelta = _HOUR,
) -> bytes:
    """Return an iCalendar file (RFC 5545, 5546) with the interview's present attempt.

    Calendars replace an entry by its UID when SEQUENCE is higher: pass a number that rises with every
    file sent for this interview. `url` is where the entry leads (our `/go` link), which also stands for the
    place unless that is no web address; `organizer` is an e-mail address, which RFC 5546 asks for and some
    calendars need before they take a cancelled entry out. `stamped_at` is the
    moment of writing; the same arguments give the same bytes. Start and end are in UTC, so that no
    calendar has to know the zone.
    """
    starts_at = interview.attempt.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"{interview.id}@turnout")
    event.add("sequence", sequence)
    event.add("dtstamp", stamped_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + lasts)
    event.add("summary", _clean(summary))
    if description:
        event.add("description", _clean(description))
    join = interview.attempt.join
    is_web = join.startswith(("https://", "http://"))
    event.add("location", vText(_clean(url if url and is_web else join)))
    if url:
        event.add("url", vUri(_one_line(url)))
    if organizer:
        event.add("organizer", _address(organizer, company_name))
    else:
        event.add("contact", _clean(company_name))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if alarm is not None and not cancelled:
        event.add_component(_alarm(alarm, summary))
    calendar = Calendar()
    calendar.add("prodid", "-//Turnout//Turnout//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", _clean(summary))
    return alarm


def _address(organizer: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{_one_line(organizer)}")
    # A parameter cannot hold quotation marks, not even escaped ones (RFC 5545, 3.2).
    address.params["cn"] = _one_line(name).replace('"', "'")
    return address


def _clean(text: str) -> str:
    """Return a text without control characters; its line breaks become \\n when it is written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(
        "".join(letter for letter in line if letter >= " " and letter != "\x7f") for line in lines
    )


def _one_line(text: str) -> str:
    return "".join(_clean(text).split("\n"))
