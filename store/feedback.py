"""What candidates answered about us: one score for each attempt and question, none for what was only asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from store.db import Tx
from store.tables import feedback as rows
from store.tables import interviews


@dataclass(frozen=True, slots=True)
class Tally:
    """How a question was answered in some time: how many were asked, how many answered, and the sum of their scores."""

    asked: int = 0
    answered: int = 0
    total: int = 0

    @property
    def average(self) -> float | None:
        return self.total / self.answered if self.answered else None


async def save(
    tx: Tx, interview: UUID, attempt: UUID, question: str, score: int | None, now: datetime
) -> None:
    """Keep an answer, or without a score that it was asked; an answer replaces an earlier one, asking never does."""
    values = {"interview": interview, "score": score, "at": now}
    added = tx.insert(rows).values(attempt=attempt, question=question, **values)
    key = ["attempt", "question"]
    if score is None:
        await tx.conn.execute(added.on_conflict_do_nothing(index_elements=key))
    else:
        await tx.conn.execute(
            added.on_conflict_do_update(index_elements=key, set_={"score": score, "at": now})
        )


async def of_attempt(tx: Tx, attempt: UUID) -> Mapping[str, int | None]:
    """Return what was asked about an attempt, with the scores of what was answered."""
    query = select(rows.c.question, rows.c.score).where(rows.c.attempt == attempt)
    return {row.question: row.score for row in await tx.conn.execute(query)}


async def tally(
    tx: Tx, question: str, since: datetime, until: datetime, companies: Collection[str] | None = None
) -> Tally:
    """Count what was asked or answered from `since` on and before `until`, of all companies or of some."""
    query = select(func.count(), func.count(rows.c.score), func.coalesce(func.sum(rows.c.score), 0)).where(
        rows.c.question == question, rows.c.at >= since, rows.c.at < until
    )
    if companies is not None:
        of = select(interviews.c.id).where(interviews.c.company.in_(sorted(companies)))
        query = query.where(rows.c.interview.in_(of))
    asked, answered, total = (await tx.conn.execute(query)).one()
    return Tally(asked, answered, int(total))
