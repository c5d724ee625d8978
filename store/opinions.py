"""What members of HR answered, once a year, about working with this; none for those who were only asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from store.db import Tx
from store.tables import opinions as rows


async def save(tx: Tx, person: UUID, year: int, score: int | None, now: datetime) -> None:
    """Keep an answer, or without a score that somebody was asked; an answer replaces an earlier one, asking never."""
    added = tx.insert(rows).values(person=person, year=year, score=score, at=now)
    key = ["person", "year"]
    if score is None:
        await tx.conn.execute(added.on_conflict_do_nothing(index_elements=key))
    else:
        await tx.conn.execute(
            added.on_conflict_do_update(index_elements=key, set_={"score": score, "at": now})
        )


async def of_year(tx: Tx, year: int) -> Mapping[UUID, int | None]:
    """Return who was asked in a year, with their scores."""
    query = select(rows.c.person, rows.c.score).where(rows.c.year == year)
    return {row.person: row.score for row in await tx.conn.execute(query)}


async def years(tx: Tx) -> list[int]:
    """Return the years in which somebody was asked, the newest first."""
    query = select(rows.c.year).distinct().order_by(rows.c.year.desc())
    return list((await tx.conn.execute(query)).scalars())
