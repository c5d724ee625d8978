"""Commands about many: numbered, begun piece by piece, each of their interviews settled once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update

from conversations.batch import Batch, BatchState
from locales.text import Text
from store.codec import list_from, list_text, plain_from, plain_text, sentences_from, sentences_text
from store.db import Tx
from store.tables import batches as rows
from store.tables import counters

FIRST_NUMBER = 1


async def save(tx: Tx, batch: Batch) -> Batch:
    """Store a new batch, which gets its number, or how far one has come.

    What became of each interview is `settle`'s affair and stays as it is.
    """
    changed = update(rows).where(rows.c.id == batch.id).values(state=batch.state.value, begun=batch.begun)
    number = (await tx.conn.execute(changed.returning(rows.c.number))).scalar()
    if number is not None:
        return replace(batch, number=number)
    number = await tx.next_number("batches", FIRST_NUMBER)
    await tx.conn.execute(rows.insert().values(_values(tx, batch, number)))
    return replace(batch, number=number)


async def settle(tx: Tx, batch_id: UUID, interview: UUID, why_not: Text | None) -> bool:
    """Record that one of its interviews is done, or why not; False when there is a word on it: the first stands."""
    batch = await get(tx, batch_id, is_locked=True)
    if batch is None or interview not in batch.targets or batch.is_settled(interview):
        return False
    values: dict[str, Any] = {"done": list_text(sorted({*batch.done, interview}))}
    if why_not is not None:
        failed = sentences_text({**batch.failed, interview: why_not})
        values = {"failed": tx.seal(rows.c.failed, batch.id, failed)}
    await tx.conn.execute(update(rows).where(rows.c.id == batch_id).values(values))
    return True


async def get(tx: Tx, batch_id: UUID, *, is_locked: bool = False) -> Batch | None:
    """Return a batch; locked, nobody else settles one of its interviews before this transaction ends."""
    query = select(rows).where(rows.c.id == batch_id)
    row = (await tx.conn.execute(query.with_for_update() if is_locked else query)).first()
    return _read(tx, row) if row is not None else None


async def by_number(tx: Tx, number: int) -> Batch | None:
    """Return the batch people call B-<number>."""
    return next(iter(await _where(tx, rows.c.number == number)), None)


async def latest(tx: Tx, by: UUID, since: datetime) -> Batch | None:
    """Return the newest batch that somebody ordered since an instant; none that takes another back."""
    is_own = (rows.c.by == by, rows.c.created_at >= since, rows.c.undoes.is_(None))
    return next(iter(await _where(tx, *is_own)), None)


async def since(tx: Tx, act: str, at: datetime) -> list[Batch]:
    """Return the batches of an act that were ordered since an instant, the newest first."""
    return await _where(tx, rows.c.act == act, rows.c.created_at >= at, rows.c.undoes.is_(None))


async def next_number(tx: Tx) -> int:
    """Return the number the next batch will get; nobody else gets it before this transaction ends."""
    await tx.lock("batches")
    last = (await tx.conn.execute(select(counters.c.value).where(counters.c.name == "batches"))).scalar()
    return FIRST_NUMBER if last is None else int(last) + 1


async def _where(tx: Tx, *conditions: ColumnElement[bool]) -> list[Batch]:
    query = select(rows).where(*conditions).order_by(rows.c.number.desc()).limit(100)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


def _values(tx: Tx, batch: Batch, number: int) -> dict[str, Any]:
    return {
        "id": batch.id,
        "number": number,
        "by": batch.by,
        "act": batch.act,
        "args": tx.seal(rows.c.args, batch.id, plain_text(batch.args)),
        "targets": list_text(batch.targets),
        "state": batch.state.value,
        "begun": batch.begun,
        "created_at": batch.created_at,
        "runs_at": batch.runs_at,
        "undoes": batch.undoes,
        "done": list_text(sorted(batch.done)),
        "failed": tx.seal(rows.c.failed, batch.id, sentences_text(batch.failed)),
    }


def _read(tx: Tx, row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        number=row.number,
        by=row.by,
        act=row.act,
        targets=tuple(UUID(id) for id in list_from(row.targets)),
        created_at=row.created_at,
        runs_at=row.runs_at,
        args=plain_from(tx.open(rows.c.args, row.id, row.args)),
        state=BatchState(row.state),
        begun=row.begun,
        undoes=row.undoes,
        done=frozenset(UUID(id) for id in list_from(row.done)),
        failed=sentences_from(tx.open(rows.c.failed, row.id, row.failed)),
    )
