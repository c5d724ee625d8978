"""From figures to pictures: the title says what is to be seen, and the alternative text says it all in words.

None is made where there is nothing to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile, pairwise

from conversations.figures import (
    REASONS,
    ByGroup,
    Funnel,
    Group,
    Heat,
    Point,
    Rate,
    Share,
    Trend,
    rate,
    said,
)
from conversations.figures.dimensions import WEEKDAYS
from conversations.pictures.shapes import (
    Bar,
    Cell,
    FunnelPicture,
    GroupsPicture,
    HeatPicture,
    Period,
    ReasonsPicture,
    TrendPicture,
)
from locales.text import Day, Listing, Percent, Text, ct, nt

GROUPS_SHOWN = 9
TOLD = 3
"""How many hours the words name."""


def trend_picture(trend: Trend, scope: Text) -> TrendPicture | None:
    """Return the rate of the whole weeks since the first interview; the running one would look like a fall."""
    weeks = tuple(dropwhile(lambda week: not week.rate.n, trend.points[:-1]))
    known = [week for week in weeks if week.rate.is_shown]
    if len(known) < 2:
        return None
    title = _trend(trend, known)
    highest = max(known, key=lambda week: week.rate.ratio or 0.0)
    alt = ct(
        "picture",
        "{n} weeks from {first}: {rates}; the highest rate was {rate}, in the week of {day}.",
        n=len(weeks), first=Day(weeks[0].first), rate=ratio_of(highest.rate), day=Day(highest.first),
        rates=Listing(tuple(ratio_of(week.rate) for week in known)),
    )  # fmt: skip
    periods = tuple(Period(week.first, week.rate.k, week.rate.n, week.rate.is_shown) for week in weeks)
    return TrendPicture(title=title, scope=scope, alt=alt, periods=periods)


def _trend(trend: Trend, known: Sequence[Point]) -> Text:
    now, weeks = ratio_of(known[-1].rate), abs(trend.streak)
    if trend.streak < -1:
        return ct("picture", "No-show rate {rate}, down {n} weeks in a row", rate=now, n=weeks)
    if trend.streak > 1:
        return ct("picture", "No-show rate {rate}, up {n} weeks in a row", rate=now, n=weeks)
    if trend.change is None:
        return ct("picture", "No-show rate {rate} in the last whole week", rate=now)
    four = ratio_of(trend.change.now)
    if trend.change.is_significant:
        return ct(
            "picture",
            "No-show rate {rate} in four weeks, {before} in the four before",
            rate=four,
            before=ratio_of(trend.change.before),
        )
    return ct("picture", "No-show rate {rate} in four weeks, no clear change", rate=four)


def reasons_picture(shares: Sequence[Share], scope: Text) -> ReasonsPicture | None:
    """Return how the reasons share the no-shows, the unknown last."""
    total = sum(share.k for share in shares)
    if not rate(0, total).is_shown:
        return None
    top = max(shares, key=lambda share: share.k)
    title = (
        ct("picture", "{share} of no-shows: {reason}", share=Percent(top.ratio), reason=REASONS[top.reason])
        if top.reason is not None
        else ct("picture", "For {share} of no-shows nobody knows the reason", share=Percent(top.ratio))
    )
    bars = tuple(
        Bar(REASONS[share.reason], share.k, total, stands_out=share is top and top.reason is not None)
        for share in shares
    )
    return ReasonsPicture(title=title, scope=scope, alt=told(map(_share, bars)), bars=bars)


def groups_picture(
    found: ByGroup, scope: Text, named: Callable[[str, str], Text] = said
) -> GroupsPicture | None:
    """Return each group's rate beside that of all; `named` says a value of the dimension in words."""
    if not found.groups or found.average.ratio is None:
        return None
    bars = [_group(group, named(found.dimension, group.value)) for group in found.groups[:GROUPS_SHOWN]]
    if found.others is not None and found.others.rate is not None:
        name = nt("{n} small group", "{n} small groups together", found.others.groups)
        bars.append(_bar(name, found.others.rate))
    title, out = _groups(found, bars), tuple(bars)
    return GroupsPicture(
        title=title, scope=scope, alt=told(map(_of, out)), bars=out, average=found.average.ratio
    )


def _groups(found: ByGroup, bars: Sequence[Bar]) -> Text:
    everybody = ratio_of(found.average)
    first = next((bar for bar in bars if bar.stands_out), None)
    if first is None:
        return ct(
            "picture", "Nothing stands out by {dimension}: {rate} overall", dimension=found.label, rate=everybody
        )  # fmt: skip
    ratio = Percent(first.k / first.n)
    return ct(
        "picture", "{group}: no-show rate {rate}, {overall} overall", group=first.label, rate=ratio, overall=everybody
    )  # fmt: skip


def _group(group: Group, label: Text) -> Bar:
    return _bar(label, group.rate, stands_out=group.stands_out)


def _bar(label: Text, found: Rate, *, stands_out: bool = False) -> Bar:
    return Bar(label, found.k, found.n, round(found.low, 6), round(found.high, 6), stands_out)


def heat_picture(found: Heat, scope: Text) -> HeatPicture | None:
    """Return the rate of each hour of the week."""
    if not found.cells:
        return None
    cells = tuple(Cell(day, hour, one.k, one.n) for (day, hour), one in sorted(found.cells.items()))
    ranked = sorted(cells, key=lambda cell: -cell.k / cell.n)
    first = ranked[0]
    title = ct(
        "picture", "Most no-shows on {weekday} at {hour}:00: {rate}",
        weekday=WEEKDAYS[first.weekday - 1], hour=first.hour, rate=Percent(first.k / first.n),
    )  # fmt: skip
    return HeatPicture(
        title=title, scope=scope, alt=told(map(_cell, ranked[:TOLD])), cells=cells, hidden=found.hidden
    )


def funnel_picture(found: Funnel, scope: Text) -> FunnelPicture | None:
    """Return how many got to each step; the one before which most are lost stands out."""
    if not found.stages or not found.stages[0].n:
        return None
    lost = {after.name: before.k - after.k for before, after in pairwise(found.stages)}
    worst = max(lost, key=lambda name: lost[name])
    bars = tuple(
        Bar(stage.label, stage.k, stage.n, stands_out=stage.name == worst and lost[worst] > 0)
        for stage in found.stages
    )
    step = next(stage for stage in found.stages if stage.name == worst)
    title = (
        ct("picture", "Most are lost before the step “{step}”: {k} of {n}", step=step.label, k=lost[worst], n=step.n)
        if lost[worst] > 0
        else ct("picture", "Nobody is lost on the way: {n} of {n}", n=step.n)
    )  # fmt: skip
    return FunnelPicture(title=title, scope=scope, alt=told(map(_share, bars)), bars=bars)


def told(facts: Iterable[Text]) -> Text:
    """Return facts one after the other, for those who do not see the picture."""
    return ct("picture", "{facts}.", facts=Listing(tuple(facts)))


def _share(bar: Bar) -> Text:
    return ct("picture", "{label} {share} ({k})", label=bar.label, share=Percent(bar.k / bar.n), k=bar.k)


def _of(bar: Bar) -> Text:
    share = Percent(bar.k / bar.n)
    return ct("picture", "{label} {share} ({k} of {n})", label=bar.label, share=share, k=bar.k, n=bar.n)


def _cell(cell: Cell) -> Text:
    day, share = WEEKDAYS[cell.weekday - 1], Percent(cell.k / cell.n)
    return ct("picture", "{weekday} {hour}:00 {share}", weekday=day, hour=cell.hour, share=share)


def ratio_of(found: Rate) -> Percent:
    return Percent(found.ratio or 0.0)
