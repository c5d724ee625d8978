"""When somebody is there: hours on weekdays in a zone, and who of a team is on duty."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from conversations.identity import Person
from conversations.policy import Policy
from locales.zones import local, local_time_at


def shift_at(
    opens: time, closes: time, days: Collection[int], zone: str, now: datetime
) -> tuple[datetime, datetime]:
    """Return from when to when somebody is there: the present hours, or else the next.

    Hours that end before they begin go on into the next day; `days` are those on which they begin.
    """
    today = local(now, zone).date()
    for n in range(-1, 9):
        day = today + timedelta(days=n)
        if day.weekday() not in days:
            continue
        begins = local_time_at(day, opens, zone)
        until = day if opens < closes else day + timedelta(days=1)
        ends = local_time_at(until, closes, zone)
        if now < ends:
            return begins, ends
    return now, now


def on_duty(policy: Policy, team: str, staff: Iterable[Person], now: datetime) -> tuple[Person, ...]:
    """Return who of staff is on duty for a team now, in the order they are configured."""
    known = tuple(staff)
    found: dict[str, Person] = {}
    for duty in policy.on_duty:
        begins, ends = shift_at(duty.opens, duty.closes, duty.days, duty.zone or policy.zone, now)
        if duty.team == team and begins <= now < ends:
            found |= {str(person.id): person for person in known if is_known_as(person, duty.who)}
    return tuple(found.values())


def is_known_as(person: Person, who: str) -> bool:
    """Tell whether a mailbox, or `account:user`, is somebody's."""
    if person.email is not None and person.email.casefold() == who.casefold():
        return True
    return any(f"{b.address.account}:{b.address.user}" == who for b in person.bindings)
