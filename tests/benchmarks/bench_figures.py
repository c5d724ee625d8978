"""How much sooner the database counts than Python does after reading every attempt; prints the ratio."""

import asyncio
import time
from pathlib import Path

from conversations.figures import FIGURES, Question, reference
from store import figures
from store.db import Database
from store.figures import Scope
from store.secrets import Keyring
from tests.support.histories import history
from tests.unit.store.samples import DAY, NOW

SIZE = 3000
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
