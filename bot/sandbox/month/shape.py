"""What happened in the month, and in the one before: decided by a seed, in the white paper's proportions exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import NormalDist

from bot.sandbox.month.families import (
    FAMILIES,
    REASONS_AFTER,
    REASONS_BEFORE,
    Family,
)
from conversations.interview import Reason
from locales.zones import local, local_time_at

DAYS = 28
"""In each of the two months, so that both have the same days of the week."""
BEFORE, AFTER = 200, 400
"""Interviews that were due: 18 and 6 percent of them were missed."""
CANCELLED, AHEAD = 18, 24
REBOOKED = 14
"""Of the no-shows after going live."""
ANSWERED_BEFORE, CONTENT_BEFORE = 80, 28
ANSWERED_AFTER, CONTENT_AFTER = 240, 197
"""35 and 82 percent gave four or five of five."""
HANDLED_BEFORE, HANDLED_AFTER = timedelta(hours=2), timedelta(minutes=15)
"""Medians."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SCORES_LOW, _SCORES_HIGH = (3, 3, 3, 2, 2, 1), (5, 5, 5, 4, 4)
_REMINDERS = (0,) * 9 + (1,)
_WEEKS = (1.8, 1.2, 0.8, 0.5)
"""How readily interviews were missed in each week after going live: it took a while."""


@dataclass(frozen=True, slots=True)
class Made:
    """One interview as it went."""

    family: Family
    role: int
    """Which of the family's roles."""
    source: int
    city: int
    starts_at: datetime
    booked_at: datetime
    is_missed: bool = False
    is_cancelled: bool = False
    reason: Reason | None = None
    handled: timedelta | None = None
    """From the flag until it was settled."""
    asked_after: timedelta | None = None
    rebooked_at: datetime | None = None
    """The start of the new appointment, which took place."""
    score: int | None = None
    was_surveyed: bool = False
    reminders: int | None = None
    is_bound: bool = True
    confirmed: bool = False
    checked: bool = False
    was_in_trouble: bool = False
    """Whether support helped before it began."""


@dataclass(frozen=True, slots=True)
class Month:
    """Two months of interviews around going live, and those that are ahead."""

    go_live: date
    before: tuple[Made, ...]
    after: tuple[Made, ...]
    ahead: tuple[Made, ...]


def month(now: datetime, zone: str, seed: int = 7) -> Month:
    """Return what happened until `now`: going live was four weeks ago. The same arguments, the same month."""
    chance = Random(seed)  # noqa: S311 - it makes up what is to be the same again
    today = local(now, zone).date()
    go_live = today - DAYS * _DAY
    past = [_made(chance, zone, day, is_after=False) for day in _days(chance, go_live - DAYS * _DAY, BEFORE)]
    after = [
        _made(chance, zone, day, is_after=True)
        for day in _days(chance, go_live, AFTER - REBOOKED + CANCELLED)
    ]
    ahead = [_made(chance, zone, today + n % 4 * _DAY, is_after=True) for n in range(AHEAD * 2)]
    return Month(
        go_live,
        tuple(_before(chance, past)),
        tuple(_after(chance, after, go_live, zone)),
        tuple(_ahead(chance, [one for one in ahead if one.starts_at > now + 90 * _MINUTE][:AHEAD])),
    )


# -- when, and what for ----------------------------------------------------------------------------------


def _days(chance: Random, first: date, count: int) -> list[date]:
    """Return a day for each interview, more at the middle of the week and few on weekends."""
    days = [first + n * _DAY for n in range(DAYS)]
    weights = [(5, 6, 6, 5, 4, 2, 1)[day.weekday()] for day in days]
    return sorted(chance.choices(days, weights, k=count))


def _made(chance: Random, zone: str, day: date, *, is_after: bool) -> Made:
    families = [family for family in FAMILIES if family.works_weekends or day.weekday() < 5]
    (family,) = chance.choices(families, [family.weight for family in families])
    hour, minute = chance.choice(family.hours), chance.choice((0, 0, 0, 30))
    starts_at = local_time_at(day, time(hour, minute), zone)
    (source,) = chance.choices(range(len(family.sources)), [weight for _, weight in family.sources])
    lead = timedelta(hours=chance.choice((20, 28, 50, 75, 100, 150)))
    return Made(
        family,
        chance.randrange(len(family.roles)),
        source,
        chance.randrange(len(family.campus)),
        starts_at,
        starts_at - lead,
        is_bound=is_after and chance.random() < 0.94,
        confirmed=is_after and chance.random() < 0.81,
        checked=is_after and chance.random() < 0.45,
    )


# -- how they went ---------------------------------------------------------------------------------------


def _before(chance: Random, made: Sequence[Made]) -> Iterator[Made]:
    """Yield the past as an import tells it: outcomes, reasons, how long it took, how it was."""
    missed = _missed(chance, made, REASONS_BEFORE, _readiness)
    spans = _spans(chance, HANDLED_BEFORE, 0.45, len(missed))
    scores = _scores(chance, made, ANSWERED_BEFORE, CONTENT_BEFORE, missed)
    for n, one in enumerate(made):
        is_missed = n in missed
        yield replace(
            one,
            booked_at=one.starts_at + 60 * _DAY,
            is_missed=is_missed,
            reason=missed.get(n),
            handled=spans.pop() if is_missed else None,
            score=scores.get(n),
            was_surveyed=n in scores,
        )


def _after(chance: Random, made: Sequence[Made], go_live: date, zone: str) -> Iterator[Made]:
    def readiness(one: Made) -> float:
        week = min(3, (local(one.starts_at, zone).date() - go_live).days // 7)
        return _readiness(one) * _WEEKS[week] * (0.4 if one.confirmed else 2.0)

    cancelled = set(chance.sample(range(len(made)), CANCELLED))
    due = [n for n in range(len(made)) if n not in cancelled]
    found = _missed(chance, [made[n] for n in due], REASONS_AFTER, readiness)
    missed = {due[n]: reason for n, reason in found.items()}
    # Early enough that the new appointment has taken place.
    early = [n for n in sorted(missed) if (local(made[n].starts_at, zone).date() - go_live).days < DAYS - 4]
    rebooked = set(chance.sample(early, REBOOKED))
    spans = _spans(chance, HANDLED_AFTER, 0.9, len(missed))
    came = [n for n in due if n not in missed]
    found_scores = _scores(chance, [made[n] for n in came], ANSWERED_AFTER, CONTENT_AFTER, {})
    scores = {came[n]: score for n, score in found_scores.items()}
    late = chance.choice(sorted(missed))
    for n, one in enumerate(made):
        if n in cancelled:
            yield replace(one, is_cancelled=True, confirmed=False)
            continue
        is_missed = n in missed
        asked = timedelta(seconds=chance.randrange(8, 90)) if n != late else timedelta(minutes=74)
        again = local_time_at(
            local(one.starts_at, zone).date() + chance.choice((1, 2, 3)) * _DAY, time(15), zone
        )
        yield replace(
            one,
            is_missed=is_missed,
            is_bound=one.is_bound or is_missed,
            reason=missed.get(n),
            handled=spans.pop() if is_missed else None,
            asked_after=asked if is_missed else None,
            rebooked_at=again if n in rebooked else None,
            score=scores.get(n),
            was_surveyed=not is_missed,
            reminders=chance.choice(_REMINDERS) if n in scores and chance.random() < 0.8 else None,
            was_in_trouble=not is_missed and chance.random() < 0.04,
        )


def _ahead(chance: Random, made: Sequence[Made]) -> Iterator[Made]:
    """Yield what is ahead: most is well, some is worth a look."""
    for one in made:
        is_bound = chance.random() < 0.8
        yield replace(one, is_bound=is_bound, confirmed=is_bound and chance.random() < 0.7)


def _readiness(one: Made) -> float:
    """Return how readily an interview is missed: by family, by its hour, and by how long ago it was agreed."""
    lead = (one.starts_at - one.booked_at) / _DAY
    is_late = one.starts_at.hour >= 9  # 17:00 and later on the company's clocks
    return one.family.misses * (1 + 0.08 * lead) * (1.7 if is_late else 1.0)


def _missed(
    chance: Random,
    made: Sequence[Made],
    reasons: Mapping[Reason | None, int],
    readiness: Callable[[Made], float],
) -> dict[int, Reason | None]:
    """Return who did not come and why: as many as there are reasons, the readiest first."""
    # Drawn by weight and without putting back: the highest of u^(1/w).
    drawn = sorted(range(len(made)), key=lambda n: math.log(1 - chance.random()) / readiness(made[n]))
    given = [reason for reason, count in reasons.items() for _ in range(count)]
    chance.shuffle(given)
    return dict(sorted(zip(reversed(drawn), given, strict=False)))


def _spans(chance: Random, median: timedelta, spread: float, n: int) -> list[timedelta]:
    """Return spans whose median is the one asked for, most of them near it and some far longer."""
    normal = NormalDist()
    spans = [median * math.exp(spread * normal.inv_cdf((k + 0.5) / n)) for k in range(n)]
    whole = [timedelta(seconds=round(span.total_seconds())) for span in spans]
    chance.shuffle(whole)
    return whole


def _scores(
    chance: Random, made: Sequence[Made], answered: int, content: int, missed: Mapping[int, object]
) -> dict[int, int]:
    """Return who said how it was: so many of those who came, so many of them content."""
    came = [n for n in range(len(made)) if n not in missed]
    who = chance.sample(came, answered)
    return {n: chance.choice(_SCORES_HIGH if k < content else _SCORES_LOW) for k, n in enumerate(who)}
