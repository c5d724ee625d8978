"""Public holidays, and the weekends that are worked for them: which days are worked at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Country:
    """What a country decrees: days on which nobody works, and days of weekends on which everybody does."""

    name: str = NOWHERE
    """Its code and, after a hyphen, its part: `CN`, `DE-BY`."""
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    known_until: date | None = None
    """The last day that is known; later ones go by the days of the week. None where there is no country."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """Which days are worked: by the company's own word, else by the country's, else by the day of the week."""

    country: Country = Country()
    off: frozenset[date] = frozenset()
    """The company's own."""
    worked: frozenset[date] = frozenset()
    """The company's own."""

    def works(self, day: date, weekdays: Collection[int]) -> bool:
        """Tell whether a day is worked by whoever works on these days of the week; Monday is 0."""
        if day in self.worked or day in self.off:
            return day in self.worked
        return day in self.country.worked or (day.weekday() in weekdays and day not in self.country.off)

    def knows(self, day: date) -> bool:
        """Tell whether it is already published which days around a day are worked."""
        return self.country.known_until is None or day <= self.country.known_until
