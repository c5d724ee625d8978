"""How much sooner the database counts than Python does after reading every attempt; prints the ratio."""

import asyncio
import time
from pathlib import Path
from uuid import uuid4

from bot.web.hr.asking import Query
from bot.web.hr.loading import board
from conversations.figures import FIGURES, Period, Question, reference
from conversations.figures.overview import Asked, Filter
from conversations.identity import Person, Role
from store import figures
from store.db import Database
from store.figures import Scope
from store.secrets import Keyring
from tests.support.histories import history
from tests.unit.store.samples import DAY, NOW

SIZE = 3000
SLOWER = 2
"""At the most, with a tag: what is sealed has to be opened first."""
FASTER = 3
"""At the least; otherwise the SQL is not worth its lines."""


def test_the_database_counts_sooner_than_python(tmp_path: Path) -> None:
    asyncio.run(_compare(tmp_path))


async def _compare(folder: Path) -> None:
    db = await Database.open(f"sqlite:///{folder}/turnout.db", Keyring.fresh())
    await db.migrate()
    async with db.write() as tx:
        await history(tx, 1, NOW, SIZE)
    for by in ((), ("role",), ("channel",), ("check",)):
        assert await _ratio(db, Question(FIGURES["no_show_rate"].how.counts, by)) >= FASTER
    await db.close()


def test_a_tag_does_not_slow_the_page_of_figures_down(tmp_path: Path) -> None:
    asyncio.run(_page(tmp_path))


async def _page(folder: Path) -> None:
    """Compare the page's figures of 5,000 attempts with and without a tag that narrows them down."""
    db = await Database.open(f"sqlite:///{folder}/turnout.db", Keyring.fresh())
    await db.migrate()
    async with db.write() as tx:
        await history(tx, 1, NOW, SIZE)
    hr = Person(uuid4(), "HR", roles=frozenset({Role.HR}))
    period = Period(NOW, NOW + 40 * DAY, "Asia/Shanghai")
    took = {}
    filters = {
        "everything": (),
        "source": (Filter("source", ("fair",)),),
        "tag": (Filter("tag:校区", ("北京",)),),
    }
    for name, chosen in filters.items():
        query = Query({}, Asked(period, chosen), "role")
        begun = time.perf_counter()
        async with db.read() as tx:
            found = await board(tx, hr, query, NOW + 40 * DAY)
        took[name] = time.perf_counter() - begun
        assert found is not None
    await db.close()
    print(", ".join(f"{name} {span * 1000:.0f} ms" for name, span in took.items()))
    assert took["tag"] <= SLOWER * took["everything"]


async def _ratio(db: Database, question: Question) -> float:
    """Return how many times as long Python takes."""
    scope = Scope(NOW, NOW + 40 * DAY, NOW + 20 * DAY)
    async with db.read() as tx:
        begun = time.perf_counter()
        found = await figures.tally(tx, scope, question)
        sql = time.perf_counter() - begun
        begun = time.perf_counter()
        rows = [row.facts for row in await figures.counts(tx, scope.start, scope.until)]
        expected = reference.tally(rows, question, scope.now)
        python = time.perf_counter() - begun
    assert found == expected
    spans = f"SQL {sql * 1000:6.1f} ms, Python {python * 1000:7.1f} ms"
    print(
        f"by {''.join(question.by) or 'nothing':<8} {len(rows)} attempts: {spans}, {python / sql:5.1f} times as long"
    )
    return python / sql
