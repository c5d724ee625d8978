"""A whole week, month or quarter in words: what happened, how it compares, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conversations.commands.figured import (
    fact,
    hinted,
    period_of,
    ratio,
    satisfaction,
    shares,
    spans_of,
    versus,
)
from conversations.digest.calendar import Window
from conversations.digest.longer import Longer
from conversations.messages import Block, Fact, Message, Note
from conversations.pages import MY_PAGE
from conversations.pictures import Picture, reasons_picture, trend_picture
from locales.text import Text, ct, t

KIND = "digest.period"
_NAMES: Mapping[Window, Text] = {
    "day": ct("digest", "Yesterday"),
    "week": ct("digest", "Last week"),
    "month": ct("digest", "Last month"),
    "quarter": ct("digest", "Last quarter"),
}


def longer(found: Longer) -> Message:
    """Return the digest of a week, month or quarter; one in which nobody was due is one line."""
    due, period = found.found.rates["no_show_rate"], period_of(found.found.asked)
    name = _NAMES[found.window]
    if not due.n:
        return Message(
            KIND,
            ct("digest", "{window}, {days}: no interview whose outcome is known.", window=name, days=period),
        )
    lead = ct(
        "digest",
        "{window}, {days}: no-show rate {rate} ({k} of {n}).",
        window=name, days=period, rate=ratio(due), k=due.k, n=due.n,
    )  # fmt: skip
    return Message(KIND, lead, tuple(_blocks(found)), (MY_PAGE,))


def _blocks(longer: Longer) -> Iterator[Block]:
    found = longer.found
    if found.change is not None:
        yield Fact("change", t("Against the same time before"), versus(found.change))
    if found.shares:
        yield Fact("reasons", t("Reasons"), shares(found.shares))
    if (handling := spans_of(found.handling, found.rates["handled_late"])) is not None:
        yield Fact("handling", t("No-show handling time"), handling)
    for name in ("contacted_in_time", "recovered"):
        if found.rates[name].n:
            yield fact(name, found.rates[name])
    yield from satisfaction(found)
    yield from hinted(found.hints)
    yield Note(_ASK[longer.window])


_ASK: Mapping[Window, Text] = {
    "day": t("More: stats · reasons · trend"),
    "week": t("More: stats last7d by:role · reasons last7d · trend"),
    "month": t("More: stats last30d by:role · standard · report"),
    "quarter": t("More: stats last90d by:role · standard · report"),
}


def picture_of(found: Longer) -> Picture | None:
    """Return the weeks up to its end, or else the reasons; None where there is nothing to see."""
    scope = period_of(found.found.asked)
    weeks = found.weeks
    trend = trend_picture(weeks.trend, period_of(weeks.asked)) if weeks is not None else None
    return trend or reasons_picture(found.found.shares, scope)
