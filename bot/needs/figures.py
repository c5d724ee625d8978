"""What figures are made of: which attempts are meant, and the answers of the database to what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from bot.importing.cells import read_candidate_type
from bot.needs import risk
from bot.needs.asking import Answering, Asked
from conversations.figures import (
    CUT,
    FIGURES,
    WEEKS,
    ByGroup,
    Count,
    Period,
    Question,
    Tally,
    average,
    by_group,
    cuts_at,
    dimension,
    needs_tags,
    overview,
    parts_of,
    periods_until,
    proof,
    shares_of,
    standard,
    trend_of,
)
from conversations.figures.dimensions import TAG
from conversations.figures.hints import Hint, hints
from conversations.figures.overview import SEGMENTS, Filter, Overview, Reasons, Unmatched, Weeks
from conversations.identity import Role
from locales.zones import day_bounds, local
from store import figures, opinions, people
from store.figures import Scope

LOOKED_BACK = timedelta(days=366)
MONTHS = 3
MISSED_SHOWN = 5
KNOWN_SHOWN = 8
ME = frozenset({"@me", "me", "我", "@我"})
_FILTERS = {"job": "role", "source": "source", "type": "candidate_type", "owner": "recruiter"}


# -- which attempts --------------------------------------------------------------------------------------


def _scope(asked: Asked, start: datetime, until: datetime) -> Scope:
    return Scope(start, until, asked.now, asked.scene.person, companies=asked.companies)


async def _meant(asked: Asked, default: str) -> overview.Asked | Unmatched:
    """Return which days and whose interviews figures are asked for; what nothing matches is returned as such."""
    start, until = asked.window(default)
    until = min(until, asked.now) if start < asked.now else until
    meant = overview.Asked(Period(start, until, asked.zone), names=await _recruiters(asked))
    for key, typed in asked.args.items():
        if key not in (*_FILTERS, "tag"):
            continue
        found = await _filter(asked, meant, key, typed)
        if isinstance(found, Unmatched):
            return found
        meant = replace(meant, filters=(*meant.filters, found))
    return meant


async def _recruiters(asked: Asked) -> Mapping[str, str]:
    staff = await people.everybody_of_staff(asked.tx)
    return {person.id.hex: person.name for person in staff}


async def _filter(asked: Asked, meant: overview.Asked, key: str, typed: str) -> Filter | Unmatched:
    """Return the values that words mean: the very same, or else all that contain them."""
    name = _FILTERS.get(key, "")
    if key == "tag":
        column, _, typed = typed.rpartition("=")
        name = TAG + column
        if not column:
            return Unmatched(key, typed)
    if key == "owner" and typed.casefold() in ME and asked.scene.person is not None:
        return Filter(name, (asked.scene.person.id.hex,))
    if key == "type":
        typed = read_candidate_type(typed)
    known = await _values(asked, name)
    words = {value: _in_words(meant, name, value) for value in known}
    wanted = typed.casefold()
    same = tuple(value for value, said in words.items() if wanted in said)
    near = same or tuple(value for value, said in words.items() if any(wanted in word for word in said))
    if not near:
        shown = tuple(meant.names.get(value, value) for value in known[:KNOWN_SHOWN])
        return Unmatched(key, typed, shown)
    return Filter(name, near)


def _in_words(meant: overview.Asked, name: str, value: str) -> tuple[str, ...]:
    """Return by which words a value is found: as it is, and a recruiter by their name."""
    return tuple(word.casefold() for word in (value, meant.names.get(value, "")) if word)


async def _values(asked: Asked, name: str) -> tuple[str, ...]:
    """Return the values of a dimension in the last year, the most frequent first."""
    scope = _scope(asked, asked.now - LOOKED_BACK, asked.now + LOOKED_BACK)
    found = await figures.tally(asked.tx, scope, Question((Count(),), (name,)))
    ranked = sorted(found.rows, key=lambda key: (-found.rows[key][0], key))
    return tuple(key[0] for key in ranked if key[0])


# -- what is asked ---------------------------------------------------------------------------------------


async def _stats(asked: Asked) -> Overview | Unmatched:
    meant = await _meant(asked, "last30d")
    if isinstance(meant, Unmatched):
        return meant
    by = await _dimension(asked)
    if isinstance(by, Unmatched):
        return by
    return await overview_for(asked, meant, by)


async def overview_for(asked: Asked, meant: overview.Asked, by: str = "") -> Overview:
    """Return the figures of a period; by group where a dimension is named."""
    period = meant.period
    scope = _scope(asked, period.before.start, period.until)
    tally = await figures.tally(asked.tx, scope, overview.overview_question(meant))
    spans = await figures.spans(asked.tx, scope, overview.spans_question(meant))
    groups = None
    if by:
        own = _scope(asked, period.start, period.until)
        groups = await figures.tally(asked.tx, own, overview.group_question(meant, by))
    found = overview.overview_of(meant, tally, spans, groups)
    return replace(found, hints=await _hints(asked, found)) if not by else found


async def _dimension(asked: Asked) -> str | Unmatched:
    """Return by what figures are split, "" for nothing; a column of the company's own may be typed as it is."""
    typed = asked.args.get("by", "")
    name = dimension(typed) if typed else ""
    if name is None:
        name = TAG + typed
    if name and needs_tags(name) and not await _values(asked, name):
        return Unmatched("by", typed)
    return name


async def _hints(asked: Asked, found: Overview) -> tuple[Hint, ...]:
    segments = await _segments(asked, found.asked)
    return hints(asked.scene.policy, found.shares, segments, found.handling, found.asked.named)


async def _segments(asked: Asked, meant: overview.Asked) -> list[ByGroup]:
    scope = _scope(asked, meant.period.start, meant.period.until)
    return [
        by_group(await figures.tally(asked.tx, scope, overview.group_question(meant, name)))
        for name in SEGMENTS
        if name not in meant.where
    ]


async def _reasons(asked: Asked) -> Reasons | Unmatched:
    meant = await _meant(asked, "last30d")
    if isinstance(meant, Unmatched):
        return meant
    scope = _scope(asked, meant.period.start, meant.period.until)

    async def split(name: str, by: str) -> Tally:
        question = Question(FIGURES[name].how.counts, (by,), meant.where)
        return await figures.tally(asked.tx, scope, question)

    shares = shares_of(await split("reasons", "reason"))
    checks = parts_of(await split("technical_checks", "check"), "technical_checks")
    devices = parts_of(await split("technical_devices", "device"), "technical_devices")
    found = hints(asked.scene.policy, shares, named=meant.named)
    return Reasons(meant, shares, checks, devices, found)


async def _trend(asked: Asked) -> Weeks | Unmatched:
    meant = await _meant(asked, "last7d")
    return meant if isinstance(meant, Unmatched) else await weeks_for(asked, meant)


async def weeks_for(asked: Asked, meant: overview.Asked) -> Weeks:
    """Return how the last twelve weeks went, the running one last."""
    weeks = periods_until(asked.now, asked.zone, "week", WEEKS)
    cuts = cuts_at(weeks, asked.zone)
    meant = replace(meant, period=Period(cuts[0], asked.now, asked.zone))
    question = Question(FIGURES["no_show_rate"].how.counts, (CUT,), meant.where, cuts)
    tally = await figures.tally(asked.tx, _scope(asked, cuts[0], asked.now), question)
    return Weeks(meant, trend_of(tally, weeks))


async def _report(asked: Asked) -> proof.Proof:
    live_on = date.fromisoformat(asked.args["live_on"])
    question = proof.proof_question(live_on, asked.zone)
    (cut,) = question.cuts
    scope = _scope(asked, cut - LOOKED_BACK, max(asked.now, cut))
    tally = await figures.tally(asked.tx, scope, question)
    spans = await figures.spans(asked.tx, scope, proof.handling_question(live_on, asked.zone))
    found = proof.proof_of(live_on, tally, spans, Period(scope.start, scope.until, asked.zone))
    return replace(found, opinions=await _opinions(asked))


async def _opinions(asked: Asked) -> tuple[proof.Opinion, ...]:
    """Return how content HR was, year by year; nothing for those who see only part of the interviews."""
    if asked.scene.person is not None and not asked.scene.person.may(Role.HR, Role.VIEWER):
        return ()
    found = []
    for year in await opinions.years(asked.tx):
        scores = await opinions.of_year(asked.tx, year)
        known = [score for score in scores.values() if score is not None]
        found.append(proof.Opinion(year, average(sum(known), len(known)), len(scores)))
    return tuple(found)


async def _asked_this_year(asked: Asked) -> frozenset[UUID]:
    """Return who was asked in `year` how content they are."""
    return frozenset(await opinions.of_year(asked.tx, int(asked.args["year"])))


async def _standard(asked: Asked) -> standard.Standard:
    months = periods_until(asked.now, asked.zone, "month", MONTHS)
    start = day_bounds(months[0], asked.zone)[0]
    question = standard.standard_question(months, asked.zone)
    tally = await figures.tally(asked.tx, _scope(asked, start, asked.now), question)
    this = day_bounds(local(asked.now, asked.zone).date().replace(day=1), asked.zone)[0]
    missed = {}
    for name in standard.RULES:
        among, hit = standard.rule(name)
        own = _scope(asked, this, asked.now)
        missed[name] = await figures.numbers(asked.tx, own, among, hit, MISSED_SHOWN)
    return standard.standard_of(tally, months, missed)


NEEDS: Mapping[str, Answering] = {
    "stats": _stats,
    "reasons": _reasons,
    "trend": _trend,
    "report": _report,
    "standard": _standard,
    "risk": risk.upcoming,
    "opinions": _asked_this_year,
}
