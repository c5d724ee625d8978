"""Ratios with their uncertainty, differences that may be chance, and spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, sqrt
from statistics import NormalDist

SMALLEST_GROUP = 5
"""Groups of fewer attempts are not shown: they would tell about persons."""
Z95 = 1.959963984540054
"""The normal quantile of a two-sided interval at 95 percent."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`k` of `n`, with Wilson's interval at 95 percent; without any `n` the ratio is not known."""

    k: int
    n: int
    ratio: float | None
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        return self.n >= SMALLEST_GROUP


def rate(k: int, n: int, z: float = Z95) -> Rate:
    """Return a ratio with Wilson's score interval (E. B. Wilson, JASA 22, 1927)."""
    if not n:
        return Rate(0, 0, None, 0.0, 1.0)
    p, z2 = k / n, z * z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Rate(
        k, n, p, 0.0 if k == 0 else max(0.0, middle - half), 1.0 if k == n else min(1.0, middle + half)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A rate against another one: the difference as a ratio (times 100 it is percentage points), with its interval.

    It is significant when the interval leaves zero out; otherwise it is within what chance does.
    """

    now: Rate
    before: Rate
    difference: float
    low: float
    high: float

    @property
    def is_significant(self) -> bool:
        return self.low > 0 or self.high < 0


def change(now: Rate, before: Rate, comparisons: int = 1) -> Change | None:
    """Return how two rates differ; None where one of them is of nothing.

    The interval is Newcombe's hybrid of two Wilson intervals (Statistics in Medicine 17, 1998, 873-890, method 10),
    at 95 percent for all `comparisons` that are made at once together (Bonferroni).
    """
    if now.ratio is None or before.ratio is None:
        return None
    z = NormalDist().inv_cdf(1 - 0.025 / comparisons) if comparisons > 1 else Z95
    one, other = rate(now.k, now.n, z), rate(before.k, before.n, z)
    difference = now.ratio - before.ratio
    down = sqrt((now.ratio - one.low) ** 2 + (other.high - before.ratio) ** 2)
    up = sqrt((one.high - now.ratio) ** 2 + (before.ratio - other.low) ** 2)
    return Change(now, before, difference, difference - down, difference + up)


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took: half of all `n` no longer than the median, nine in ten no longer than `p90`."""

    n: int
    median: timedelta | None
    p90: timedelta | None


def durations(spans: Sequence[timedelta]) -> Durations:
    """Return the median and the ninth decile, the smallest span that nine in ten do not exceed."""
    if not spans:
        return Durations(0, None, None)
    n, ordered = len(spans), sorted(spans)
    return Durations(n, (ordered[(n - 1) // 2] + ordered[n // 2]) / 2, ordered[ceil(n * 9 / 10) - 1])


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of `n` numbers; None of none."""

    n: int
    mean: float | None


def average(total: int, n: int) -> Average:
    return Average(n, total / n if n else None)
