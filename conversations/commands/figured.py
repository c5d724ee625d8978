"""How figures are asked for and said: which days and whose, rates with their n, differences with what chance does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conversations.commands.lines import days_of
from conversations.dialog import Need
from conversations.figures import (
    FIGURES,
    REASONS,
    SMALLEST_GROUP,
    Change,
    Durations,
    Rate,
    Share,
    label_of,
)
from conversations.figures.hints import Hint
from conversations.figures.overview import Asked, Overview, Unmatched
from conversations.grammar import BadLine, Line, read_line
from conversations.identity import Role
from conversations.messages import Block, Fact, Message, Note, Para
from conversations.understanding.when import when_of
from locales.text import Listing, Percent, Points, Span, Text, ct, nt, t

READERS = frozenset({Role.HR, Role.RECRUITER, Role.VIEWER})
"""Who sees figures; recruiters those of their own interviews."""
NARROWING = frozenset({"job", "source", "type", "owner", "tag"})
REASONS_SHOWN = 4
SMALL = SMALLEST_GROUP


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days are meant, as typed, and what figures are narrowed down to."""

    when: str
    pairs: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    def need(self, name: str) -> Need:
        return Need(name, {"when": self.when, **self.pairs})


def wanted(rest: str, default: str, keys: Collection[str] = NARROWING, words: Collection[str] = ()) -> Wanted:
    """Read what figures are asked for with; raises BadLine. `words` are those that a command knows beside days."""
    line: Line = read_line(rest, (), keys)
    when, others = line.days()
    if others and others not in words:
        raise BadLine(t("I cannot read “{typed}” as days.", typed=others))
    return Wanted(when or default, line.pairs, others)


def is_days(typed: str) -> bool:
    return when_of(typed, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is not None


# -- in words --------------------------------------------------------------------------------------------


def ratio(found: Rate) -> Percent:
    return Percent(found.ratio or 0.0)


def of(found: Rate) -> Text:
    """Return a rate with what it is counted from."""
    return t("{rate} ({k} of {n})", rate=ratio(found), k=found.k, n=found.n)


def period_of(asked: Asked) -> Text:
    """Return the days figures are of, in whose zone, and what they are narrowed down to."""
    period = asked.period
    days = days_of((period.start, period.until), period.zone)
    said = t("{days} ({zone})", days=days, zone=period.zone)
    if not asked.filters:
        return said
    parts = tuple(
        ct(
            "figures",
            "{dimension} {values}",
            dimension=label_of(each.dimension),
            values=Listing(tuple(asked.named(each.dimension, value) for value in each.values)),
        )
        for each in asked.filters
    )
    return ct("figures", "{days}, {filters}", days=said, filters=Listing(parts))


def range_of(found: Rate) -> Text:
    return t("between {low} and {high}", low=Percent(found.low), high=Percent(found.high))


def versus(found: Change) -> Text:
    """Return a difference in percentage points, and whether it is more than chance."""
    verdict = ct("change", "significant") if found.is_significant else ct("change", "within chance")
    return ct(
        "change",
        "{points}, from {before}: {verdict}",
        points=Points(found.difference),
        before=ratio(found.before),
        verdict=verdict,
    )


def spans_of(found: Durations, late: Rate | None = None) -> Text | None:
    """Return how long handling took; None where nothing was handled."""
    if found.median is None or found.p90 is None:
        return None
    median, p90 = Span(found.median), Span(found.p90)
    if late is None or late.ratio is None:
        return ct(
            "figures",
            "median {median}, nine in ten within {p90} (n = {n})",
            median=median,
            p90=p90,
            n=found.n,
        )
    return ct(
        "figures",
        "median {median}, nine in ten within {p90}, {late} over 2 hours (n = {n})",
        median=median,
        p90=p90,
        late=ratio(late),
        n=found.n,
    )


def shares(found: Sequence[Share]) -> Text:
    """Return the most frequent reasons with their shares, and in any case how many are unknown."""
    known = [share for share in found if share.reason is not None]
    unknown = [share for share in found if share.reason is None]
    shown = (*known[:REASONS_SHOWN], *unknown)
    return t("{reasons}", reasons=Listing(tuple(map(_share, shown))))


def _share(share: Share) -> Text:
    return t("{reason} {share} ({k})", reason=REASONS[share.reason], share=Percent(share.ratio), k=share.k)


def satisfaction(found: Overview) -> Iterator[Fact]:
    """Yield what candidates answered, with how many of those asked did."""
    content, response = found.rates["satisfaction"], found.rates["response"]
    if found.rating.mean is None:
        return
    mean = f"{found.rating.mean:.1f}"
    if response.n:
        said = ct(
            "figures", "{rate}, {mean} of 5 on average (n = {n}; {response} of those asked answered)",
            rate=ratio(content), mean=mean, n=content.n, response=ratio(response),
        )  # fmt: skip
    else:
        said = ct(
            "figures", "{rate}, {mean} of 5 on average (n = {n})", rate=ratio(content), mean=mean, n=content.n
        )
    yield Fact("satisfaction", FIGURES["satisfaction"].label, said)
    for name in ("reminders_right", "support_timely"):
        if found.rates[name].n >= SMALLEST_GROUP:
            yield fact(name, found.rates[name])


def fact(name: str, found: Rate) -> Fact:
    """Return a rate under its label."""
    return Fact(name, FIGURES[name].label, of(found))


def definition(*names: str) -> Iterator[Note]:
    for name in names:
        yield Note(FIGURES[name].definition)


def hinted(found: Sequence[Hint]) -> Iterator[Block]:
    """Yield what stands out most, by which rule, what helps, and what to type to see what it would change."""
    for hint in found[:1]:
        yield Para(ct("hint", "{finding} {advice}", finding=hint.finding, advice=hint.advice))
        if hint.setting is None:
            yield Note(hint.rule)
        else:
            yield Note(ct("hint", "{rule} Preview: {typed}", rule=hint.rule, typed=hint.setting.typed))


# -- what cannot be answered -----------------------------------------------------------------------------


def unread(kind: str, why: Text, usage: Text) -> Message:
    return Message(kind, why, (Note(t("Try: {usage}", usage=usage)),))


def unmatched(kind: str, found: Unmatched, usage: Text) -> Message:
    """Say what a filter finds nothing for, and what there is."""
    if found.key == "tag" and not found.known:
        lead = t(
            "There is no column for “tag:{typed}”. Write its name and a value: tag:校区=北京",
            typed=found.typed,
        )
    elif found.key == "by":
        lead = t("Figures cannot be split by “{typed}”: there is no such column.", typed=found.typed)
        some = Listing(tuple(label_of(name) for name in ("role", "source", "candidate_type", "channel")))
        more = Listing(tuple(label_of(name) for name in ("lead", "hour", "weekday", "recruiter", "age")))
        note = t("There are: {some}, {more}, or the name of any column of your lists.", some=some, more=more)
        return Message(kind, lead, (Note(note),))
    else:
        lead = t("Nothing has “{key}:{typed}”.", key=found.key, typed=found.typed)
    known = (Note(t("There are: {known}", known=Listing(found.known))),) if found.known else ()
    return Message(kind, lead, (*known, Note(t("Try: {usage}", usage=usage))))


def nothing(kind: str, asked: Asked) -> Message:
    lead = t("No interview was due, {period}.", period=period_of(asked))
    return Message(kind, lead, (Note(t("Try a longer time: stats last30d · stats 2026-11")),))


def too_few(kind: str, asked: Asked, n: int) -> Message:
    """Refuse figures of so few people that they would tell about each."""
    lead = nt(
        "Only {n} interview was due, {period}: too few to show without telling about persons.",
        "Only {n} interviews were due, {period}: too few to show without telling about persons.",
        n,
        period=period_of(asked),
    )
    return Message(kind, lead, (Note(t("Figures of part of the interviews need {n} or more.", n=SMALL)),))
