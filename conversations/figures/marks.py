"""What can be said of an attempt in one word: yes or no. Figures count these; `store.figures` says each one in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conversations.figures.facts import HANDLED_WITHIN, WITHIN, AttemptFacts
from conversations.interview import Outcome, Reason
from conversations.prechecks import CODES

CONTENT = 4
"""The lowest score of somebody who is content."""

FAILED = frozenset(code for code, known in CODES.items() if known.status == "fail")
"""What a device check finds that has to be fixed."""

Mark = Callable[[AttemptFacts, datetime], bool]


def _asked_in_time(fact: AttemptFacts, now: datetime) -> bool:
    return (
        fact.flagged_at is not None
        and fact.contacted_at is not None
        and fact.contacted_at - fact.flagged_at <= WITHIN
    )


def _hour_over(fact: AttemptFacts, now: datetime) -> bool:
    """Tell whether it is known if the candidate was asked in time."""
    return _asked_in_time(fact, now) or (fact.flagged_at is not None and now > fact.flagged_at + WITHIN)


def _owned(fact: AttemptFacts, now: datetime) -> bool:
    return fact.untaken_at is None or now <= fact.untaken_at + HANDLED_WITHIN


def _conforms(fact: AttemptFacts, now: datetime) -> bool:
    """Tell whether nothing that the standard asks for is missing: the question why only of who did not come."""
    was_asked = not fact.is_no_show or _asked_in_time(fact, now) or not _hour_over(fact, now)
    return fact.reminded and len(fact.channels) > 1 and _owned(fact, now) and was_asked


MARKS: Mapping[str, Mark] = {
    "counted": lambda fact, now: fact.outcome not in (Outcome.CANCELLED, Outcome.MOVED),
    "decided": lambda fact, now: fact.is_decided,
    "no_show": lambda fact, now: fact.is_no_show,
    "joined": lambda fact, now: fact.has_joined,
    "came": lambda fact, now: fact.has_joined or fact.joined_at is not None,
    "watched": lambda fact, now: fact.was_watched,
    "invited": lambda fact, now: fact.invited_at is not None,
    "bound": lambda fact, now: fact.bound,
    "reminded": lambda fact, now: fact.reminded,
    "confirmed": lambda fact, now: fact.confirmed_at is not None,
    "checked": lambda fact, now: fact.check_codes is not None,
    "check_passed": lambda fact, now: fact.check_codes is not None and not FAILED & {*fact.check_codes},
    "entered": lambda fact, now: fact.entered_at is not None,
    "explained": lambda fact, now: fact.reason is not None,
    "technical": lambda fact, now: fact.reason is Reason.TECHNICAL,
    "asked_in_time": _asked_in_time,
    "hour_over": _hour_over,
    "closed": lambda fact, now: fact.handling is not None,
    "slow": lambda fact, now: fact.handling is not None and fact.handling > HANDLED_WITHIN,
    "rebooked": lambda fact, now: fact.rebooked,
    "joined_later": lambda fact, now: fact.joined_later,
    "surveyed": lambda fact, now: fact.surveyed,
    "rated": lambda fact, now: fact.rating is not None,
    "content": lambda fact, now: (fact.rating or 0) >= CONTENT,
    "reminders_answered": lambda fact, now: fact.reminders_said is not None,
    "reminders_right": lambda fact, now: fact.reminders_said == 0,
    "support_answered": lambda fact, now: fact.support_said is not None,
    "support_timely": lambda fact, now: fact.support_said == 1,
    "two_channels": lambda fact, now: len(fact.channels) > 1,
    "owned": _owned,
    "conforms": _conforms,
}

AMOUNTS: Mapping[str, Callable[[AttemptFacts], int]] = {"rating": lambda fact: fact.rating or 0}
"""What can be added up instead of counted."""
