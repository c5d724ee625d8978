"""Times that can be booked; a place goes to one interview, whoever asks at the same moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, select, update

from conversations.interview import Slot
from store.db import Tx
from store.tables import slot_holds, slots


async def create(tx: Tx, slot: Slot, key: str) -> Literal["new", "changed", "unchanged"]:
    """Store a slot under the key by which an import knows it again, and return what that changed.

    A slot that is known keeps its id and the places that are taken.
    """
    sealed = tx.seal(slots.c.join, slot.id, slot.join)
    values = _values(slot)
    added = tx.insert(slots).values(id=slot.id, key=key, taken=0, join=sealed, **values)
    query = added.on_conflict_do_nothing(index_elements=["key"]).returning(slots.c.id)
    if (await tx.conn.execute(query)).first() is not None:
        return "new"
    known = _read(
        tx, (await tx.conn.execute(select(slots).where(slots.c.key == key).with_for_update())).one()
    )
    if _values(known) == values and known.join == slot.join:
        return "unchanged"
    resealed = tx.seal(slots.c.join, known.id, slot.join)
    await tx.conn.execute(update(slots).where(slots.c.id == known.id).values(join=resealed, **values))
    return "changed"


async def get(tx: Tx, slot_id: UUID) -> Slot | None:
    return next(iter(await _where(tx, slots.c.id == slot_id)), None)


async def free(
    tx: Tx, company: str, role: str, after: datetime, before: datetime, limit: int = 100
) -> list[Slot]:
    """Return slots with a place left for this role, from `after` until before `before`, the earliest first."""
    is_right = (slots.c.company == company, slots.c.role.in_(["", role]), slots.c.taken < slots.c.capacity)
    return await _where(tx, *is_right, slots.c.starts_at >= after, slots.c.starts_at < before, limit=limit)


async def hold(tx: Tx, slot_id: UUID, interview_id: UUID) -> bool:
    """Take a place for an interview; False when the last one is gone. Asking again takes no second one."""
    added = tx.insert(slot_holds).values(slot=slot_id, interview=interview_id)
    query = added.on_conflict_do_nothing().returning(slot_holds.c.slot)
    if await get(tx, slot_id) is None:
        return False
    if (await tx.conn.execute(query)).first() is None:
        return True
    taken = update(slots).where(slots.c.id == slot_id, slots.c.taken < slots.c.capacity)
    if (
        await tx.conn.execute(taken.values(taken=slots.c.taken + 1).returning(slots.c.id))
    ).first() is not None:
        return True
    await tx.conn.execute(delete(slot_holds).where(_is_hold(slot_id, interview_id)))
    return False


async def release(tx: Tx, slot_id: UUID, interview_id: UUID) -> bool:
    """Give an interview's place back; False when it had none."""
    gone = delete(slot_holds).where(_is_hold(slot_id, interview_id)).returning(slot_holds.c.slot)
    if (await tx.conn.execute(gone)).first() is None:
        return False
    await tx.conn.execute(update(slots).where(slots.c.id == slot_id).values(taken=slots.c.taken - 1))
    return True


async def close(tx: Tx, slot_id: UUID) -> None:
    """Give no more places away; a slot that nobody has booked is gone."""
    this = (slots.c.id == slot_id,)
    await tx.conn.execute(delete(slots).where(*this, slots.c.taken == 0))
    await tx.conn.execute(update(slots).where(*this, slots.c.taken > 0).values(capacity=slots.c.taken))


async def listing(tx: Tx, after: datetime, limit: int = 100) -> list[Slot]:
    """Return the slots from `after` on, full ones too."""
    return await _where(tx, slots.c.starts_at >= after, limit=limit)


def _is_hold(slot_id: UUID, interview_id: UUID) -> ColumnElement[bool]:
    return (slot_holds.c.slot == slot_id) & (slot_holds.c.interview == interview_id)


async def _where(tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Slot]:
    query = select(slots).where(*conditions).order_by(slots.c.starts_at, slots.c.id).limit(limit)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


def _values(slot: Slot) -> dict[str, Any]:
    return {name: getattr(slot, name) for name in ("starts_at", "zone", "company", "role", "capacity")}


def _read(tx: Tx, row: Row[Any]) -> Slot:
    join = tx.open(slots.c.join, row.id, row.join)
    return Slot(row.id, row.starts_at, row.zone, row.company, row.role, row.capacity, row.taken, join)
