"""Reads the attempts of a time from the database, as far as they concern whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from bot.export.rows import Exported
from conversations.identity import Person
from store import figures, people
from store.db import Database, Tx

STEP = timedelta(days=7)
"""Read at once, so that others get their turn in between."""
MOST = 50_000
"""Rows; whoever wants more asks twice."""
_AT_ONCE = 500


class TooMany(Exception):
    """More attempts than one file may hold."""


async def load(db: Database, start: datetime, until: datetime, principal: Person) -> list[Exported]:
    """Return what began from `start` until before `until`, in order; raises TooMany."""
    found: list[Exported] = []
    known: dict[UUID, Person] = {}
    while start < until:
        end = min(start + STEP, until)
        async with db.read() as tx:
            rows = await figures.counts(tx, start, end, principal=principal)
            named = {row.person for row in rows} | {row.recruiter for row in rows if row.recruiter}
            known |= await _people(tx, named - known.keys())
        found += [_exported(row, known) for row in rows]
        if len(found) > MOST:
            raise TooMany
        start = end
    return found


async def _people(tx: Tx, ids: Collection[UUID]) -> Mapping[UUID, Person]:
    listed = list(ids)
    found: dict[UUID, Person] = {}
    for at in range(0, len(listed), _AT_ONCE):
        found |= await people.load(tx, listed[at : at + _AT_ONCE])
    return found


def _exported(row: figures.AttemptRow, known: Mapping[UUID, Person]) -> Exported:
    candidate = known.get(row.person)
    recruiter = known.get(row.recruiter) if row.recruiter else None
    return Exported(
        row.facts,
        row.n,
        candidate.name if candidate else "",
        (candidate.phone if candidate else None) or "",
        recruiter.name if recruiter else "",
    )
