"""The picture of a report: figures before and after going live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from conversations.figures import FIGURES
from conversations.figures.proof import Proof
from conversations.pictures.findings import ratio_of, told
from conversations.pictures.shapes import Change, ChangePicture
from locales.text import Day, Percent, Span, Text, ct


def change_picture(found: Proof) -> ChangePicture | None:
    """Return the figures before and after going live, as far as both sides have them."""
    shown = found.no_shows
    if shown is None or not (shown.before.is_shown and shown.now.is_shown):
        return None
    title = ct(
        "picture", "Since {day}: no-show rate {after} instead of {before}",
        day=Day(found.live_on), after=ratio_of(shown.now), before=ratio_of(shown.before),
    )  # fmt: skip
    changes = tuple(_changes(found))
    scope = ct(
        "picture", "{before} interviews before, {after} since; {zone}",
        before=shown.before.n, after=shown.now.n, zone=found.after.period.zone,
    )  # fmt: skip
    return ChangePicture(
        title=title, scope=scope, alt=told(map(_change, changes)), changes=changes,
        before=ct("picture", "before"), after=ct("picture", "since"),
    )  # fmt: skip


def _changes(found: Proof) -> Iterator[Change]:
    for name, rates in (("no_show_rate", found.no_shows), ("satisfaction", found.satisfaction)):
        if rates is not None and rates.before.is_shown and rates.now.is_shown:
            yield _rate(name, ratio_of(rates.before), ratio_of(rates.now))
    before, after = found.before.handling.median, found.after.handling.median
    if before is not None and after is not None:
        yield Change(
            FIGURES["handling_time"].label, before.total_seconds(), after.total_seconds(), _said(before), _said(after)
        )  # fmt: skip


def _rate(name: str, before: Percent, after: Percent) -> Change:
    said = [ct("picture", "{value}", value=value) for value in (before, after)]
    return Change(FIGURES[name].label, before.ratio, after.ratio, *said)


def _said(span: timedelta) -> Text:
    return ct("picture", "{value}", value=Span(span))


def _change(change: Change) -> Text:
    return ct(
        "picture", "{label} {before}, now {after}",
        label=change.label, before=change.before_said, after=change.after_said,
    )  # fmt: skip
