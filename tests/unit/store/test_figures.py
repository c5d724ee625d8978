"""Figures counted by the database are those that plain Python counts from the facts, whatever the history."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from conversations.figures import CUT, DIMENSIONS, FIGURES, MARKS, Count, Question, reference
from conversations.identity import Person
from store import figures
from store.db import Database, Tx
from store.figures import Scope
from tests.support.histories import history
from tests.unit.store.samples import NOW, booked, person

DAY = timedelta(days=1)
CUTS = (NOW + 7 * DAY, NOW + 14 * DAY)
EVERYTHING = tuple(dict.fromkeys(count for figure in FIGURES.values() for count in figure.how.counts))
EACH_MARK = tuple(Count((mark,)) for mark in MARKS)


async def compared(tx: Tx, question: Question, principal: Person | None = None) -> tuple[Any, Any]:
    """Return what the database says and what Python says, of counts and of handling times."""
    scope = Scope(NOW, NOW + 40 * DAY, NOW + 20 * DAY, principal)
    facts = [row.facts for row in await figures.counts(tx, scope.start, scope.until, principal=principal)]
    tally = await figures.tally(tx, scope, question)
    spans = await figures.spans(tx, scope, question)
    expected = reference.tally(facts, question, scope.now), reference.spans(facts, question, scope.now)
    return (tally, spans), expected


def questions() -> Iterable[Question]:
    yield Question(())
    yield Question((*EVERYTHING, *EACH_MARK))
    for name in (*DIMENSIONS, CUT):
        yield Question((*EVERYTHING, *EACH_MARK), (name,), cuts=CUTS)
    for one, other in combinations((CUT, "reason", "hour", "weekday", "role"), 2):
        yield Question(FIGURES["no_show_rate"].how.counts, (one, other), cuts=CUTS)
    role, lead = frozenset({"sales", "设计"}), frozenset({"", "under 1 day"})
    yield Question(EVERYTHING, ("source",), {"role": role})
    yield Question(EVERYTHING, (CUT,), {"role": role, "lead": lead, "weekday": frozenset("125")}, CUTS)
    yield Question(EVERYTHING, ("channel",), {"source": frozenset({"nowhere"})})


@pytest.mark.parametrize("seed", range(4))
async def test_the_database_counts_as_python_does(db: Database, seed: int) -> None:
    async with db.write() as tx:
        await history(tx, seed, NOW)
    async with db.read() as tx:
        for question in questions():
            found, expected = await compared(tx, question)
            assert found == expected, (question.by, question.where)


async def test_the_histories_know_every_mark_and_value(db: Database) -> None:
    """What is compared has to differ: every mark is borne by some and not by others."""
    async with db.write() as tx:
        await history(tx, 1, NOW, size=120)
        (whole, _), _ = await compared(tx, Question((Count(), *EACH_MARK)))
        everybody, *borne = whole.rows[()]
        same = [mark for mark, n in zip(MARKS, borne, strict=True) if not 0 < n < everybody]
        assert same == []
        for name in DIMENSIONS:
            (found, _), _ = await compared(tx, Question((Count(),), (name,)))
            assert len(found.rows) > 1, name


async def test_figures_are_of_whom_they_concern(db: Database) -> None:
    async with db.write() as tx:
        recruiter, other = await history(tx, 5, NOW)
        question = Question(EVERYTHING, ("recruiter",))
        everybody, _ = await compared(tx, question)
        for principal in (recruiter, other, person()):
            found, expected = await compared(tx, question, principal)
            assert found == expected
            own = {key for key in everybody[0].rows if key == (principal.id.hex,)}
            assert found[0].rows.keys() == own


async def test_tags_are_dimensions_although_they_are_sealed(db: Database) -> None:
    async with db.write() as tx:
        await history(tx, 6, NOW)
        question = Question(EVERYTHING, ("tag:校区", "age"), {"tag:校区": frozenset({"北京", "上海"})})
        (tally, spans), expected = await compared(tx, question)
        assert (tally, spans) == expected
        assert {key[0] for key in tally.rows} == {"北京", "上海"}
        assert {key[1] for key in tally.rows} == {"", "25-29"}


@pytest.mark.parametrize("at_most", [20_000, 1])
async def test_a_tag_narrows_down_what_the_database_counts(
    db: Database, at_most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where so many interviews have it that no statement can name them."""
    monkeypatch.setattr("store.figures.answers._NAMED_AT_MOST", at_most)
    async with db.write() as tx:
        await history(tx, 8, NOW)
        beijing, young = frozenset({"北京"}), frozenset({"25-29"})
        for where in (
            {"tag:校区": beijing},
            {"age": young},
            {"tag:校区": frozenset({"上海"}), "age": young, "role": frozenset({"sales", "Java"})},
            {"tag:校区": frozenset({""})},
            {"tag:校区": frozenset({"广州"})},
        ):
            for by in ((), ("source",), ("reason", "hour")):
                found, expected = await compared(tx, Question(EVERYTHING, by, where))
                assert found == expected, (by, where)


async def test_figures_are_of_one_company_and_span(db: Database) -> None:
    async with db.write() as tx:
        await booked(tx)
        await booked(tx, company="other")
        one = Question((Count(),))
        for start, company, n in ((NOW, None, 2), (NOW, "other", 1), (NOW + 2 * DAY, None, 0)):
            scope = Scope(start, NOW + 9 * DAY, NOW, company=company)
            assert (await figures.tally(tx, scope, one)).of(Count()) == n
        assert (await figures.spans(tx, scope, one)).of().median is None


async def test_the_interviews_behind_a_figure_are_named_the_latest_first(db: Database) -> None:
    async with db.write() as tx:
        await history(tx, 7, NOW)
        scope = Scope(NOW, NOW + 40 * DAY, NOW + 20 * DAY)
        rows = await figures.counts(tx, scope.start, scope.until)
        late = [
            row for row in rows if row.facts.is_decided and not MARKS["two_channels"](row.facts, scope.now)
        ]
        late.sort(key=lambda row: (-row.starts_at.timestamp(), row.number))
        found = await figures.numbers(tx, scope, ("decided",), "two_channels", 7)
        assert found == tuple(row.number for row in late[:7])
