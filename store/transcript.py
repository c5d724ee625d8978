"""What was said about an interview, as support reads it on the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from store.db import Tx
from store.tables import transcript


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said; `who` is `candidate`, `bot` or a role."""

    at: datetime
    who: str
    text: str


async def add_line(tx: Tx, interview: UUID, at: datetime, who: str, text: str) -> None:
    row = uuid4()
    said = tx.seal(transcript.c.said, row, text)
    line = {"id": row, "interview": interview, "at": at, "who": who, "said": said}
    await tx.conn.execute(_ADDED, line)


_ADDED = transcript.insert()


async def lines(tx: Tx, interview: UUID, limit: int = 50) -> list[Line]:
    """Return the last so many lines, in the order they were said."""
    query = select(transcript).where(transcript.c.interview == interview).order_by(transcript.c.n.desc())
    rows = (await tx.conn.execute(query.limit(limit))).all()
    return [Line(row.at, row.who, tx.open(transcript.c.said, row.id, row.said)) for row in reversed(rows)]
