"""What a weekly, monthly or quarterly digest tells, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from conversations.digest.calendar import Window
from conversations.figures.overview import Overview, Weeks


@dataclass(frozen=True, slots=True)
class Longer:
    """The figures of a whole week, month or quarter beside those of the time before, and the weeks up to its end."""

    team: str
    window: Window
    first: date
    last: date
    found: Overview
    weeks: Weeks | None = None
