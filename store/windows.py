"""Spans in which a person may be written to, and how many messages are left in each: WeChat's 48 hours, and such."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from store.db import Tx
from store.tables import windows


async def open_window(
    tx: Tx, account: str, user: str, kind: str, now: datetime, expires_at: datetime, count: int
) -> None:
    """Record that somebody opened a window for so many messages; one of the same kind begins anew."""
    values = {"opened_at": now, "expires_at": expires_at, "places_left": count}
    added = tx.insert(windows).values(
        id=uuid4(), account=account, address_ix=_blind(tx, account, user), kind=kind, **values
    )
    unique = ["account", "address_ix", "kind"]
    await tx.conn.execute(added.on_conflict_do_update(index_elements=unique, set_=values))


async def reserve(tx: Tx, account: str, user: str, now: datetime) -> UUID | None:
    """Take one message from the window that closes first, and return which; None when none is open."""
    query = (
        select(windows.c.id).where(_is_open(tx, account, user, now)).order_by(windows.c.expires_at).limit(1)
    )
    found = (await tx.conn.execute(query.with_for_update())).scalar()
    if found is not None:
        left = windows.c.places_left - 1
        await tx.conn.execute(update(windows).where(windows.c.id == found).values(places_left=left))
    return found


async def give_back(tx: Tx, window: UUID) -> None:
    """Return a message that the platform definitely refused; what is in doubt stays taken."""
    left = windows.c.places_left + 1
    await tx.conn.execute(update(windows).where(windows.c.id == window).values(places_left=left))


async def close_windows(tx: Tx, account: str, user: str) -> None:
    """Record that the platform says otherwise: its word overrules the ledger."""
    is_theirs = and_(windows.c.account == account, windows.c.address_ix == _blind(tx, account, user))
    await tx.conn.execute(delete(windows).where(is_theirs))


async def messages_left(tx: Tx, account: str, user: str, now: datetime) -> int:
    """Return how many messages somebody may still be sent."""
    query = select(func.coalesce(func.sum(windows.c.places_left), 0)).where(_is_open(tx, account, user, now))
    return int((await tx.conn.execute(query)).scalar_one())


def _is_open(tx: Tx, account: str, user: str, now: datetime) -> ColumnElement[bool]:
    is_theirs = and_(windows.c.account == account, windows.c.address_ix == _blind(tx, account, user))
    return and_(is_theirs, windows.c.expires_at > now, windows.c.places_left > 0)


def _blind(tx: Tx, account: str, user: str) -> bytes:
    return tx.keys.blind("address", f"{account}\0{user}")
