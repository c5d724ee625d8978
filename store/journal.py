"""The audit journal: appended to only, every entry chained to the one before, its length known. No personal detail."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, or_, select

from store.codec import plain_from, plain_text
from store.db import Tx, insert_into
from store.tables import journal, journal_head

_HEAD = 1
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to what, by whom (`person:<uuid>`, `cli`, `core`)."""

    number: int
    at: datetime
    action: str
    subject: str
    actor: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Kept elsewhere, it proves that nothing before it was changed or lost since."""

    number: int
    mac: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be added: an entry without its number."""

    action: str
    subject: str
    actor: str
    detail: Mapping[str, str]


async def append(
    tx: Tx, action: str, subject: str, actor: str, detail: Mapping[str, str], now: datetime
) -> int:
    """Add an entry and return its number. It is last in its transaction where several processes write."""
    return await append_all(tx, [Deed(action, subject, actor, detail)], now)


async def append_all(tx: Tx, deeds: Sequence[Deed], now: datetime) -> int:
    """Add entries in their order, at the price of one, and return the number of the last."""
    number, mac = await _end(tx)
    rows = []
    for deed in deeds:
        number += 1
        entry = Entry(number, now, deed.action, deed.subject, deed.actor, deed.detail)
        mac = _mac(tx, mac, entry)
        rows.append(
            {
                "n": number,
                "at": now,
                "action": deed.action,
                "subject": deed.subject,
                "actor": deed.actor,
                "detail": plain_text(deed.detail),
                "mac": mac,
            }
        )
    if rows:
        await tx.conn.execute(_ADDED, rows)
        head = {"id": _HEAD, "n": number, "mac": _mac_of_head(tx, number, mac)}
        await tx.conn.execute(_heading(tx.is_sqlite), head)
    return number


_ADDED = journal.insert()


@cache
def _heading(is_sqlite: bool) -> Executable:
    head = insert_into(journal_head, is_sqlite)
    moved = {name: head.excluded[name] for name in ("n", "mac")}
    return head.on_conflict_do_update(index_elements=["id"], set_=moved)


async def verify(tx: Tx, known: Head | None = None) -> list[str]:
    """Return what is wrong with the journal, empty when nothing is; `known` is a head that was kept elsewhere."""
    problems: list[str] = []
    before, number = b"", 0
    while rows := await _after(tx, number):
        for row in rows:
            if row.n != number + 1:
                problems.append(f"entries {number + 1} to {row.n - 1} are missing")
            if not hmac.compare_digest(_mac(tx, before, _read(row)), row.mac):
                problems.append(f"entry {row.n} was changed, or one before it is missing")
            before, number = row.mac, row.n
            if known is not None and known.number == number and known.mac != before.hex():
                problems.append(f"entry {number} is not the one that was kept elsewhere")
    if known is not None and known.number > number:
        problems.append(f"entries {number + 1} to {known.number} are missing")
    return problems + await _problems_of_head(tx, number, before)


async def head(tx: Tx) -> Head:
    """Return the end of the chain, to be kept elsewhere."""
    number, mac = await _end(tx)
    return Head(number, mac.hex())


async def listing(
    tx: Tx,
    *,
    subject: str | None = None,
    names: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Return the newest entries, the newest first: of a subject, or by or about any of several names, in a time."""
    query = select(journal).order_by(journal.c.n.desc()).limit(limit)
    if subject is not None:
        query = query.where(journal.c.subject == subject)
    if names is not None:
        query = query.where(or_(journal.c.subject.in_(list(names)), journal.c.actor.in_(list(names))))
    if since is not None:
        query = query.where(journal.c.at >= since)
    if until is not None:
        query = query.where(journal.c.at < until)
    return [_read(row) for row in await tx.conn.execute(query)]


async def _end(tx: Tx) -> tuple[int, bytes]:
    await tx.lock("journal")
    row = (await tx.conn.execute(_LAST)).first()
    return (row.n, row.mac) if row is not None else (0, b"")


_LAST = select(journal.c.n, journal.c.mac).order_by(journal.c.n.desc()).limit(1)


async def _after(tx: Tx, number: int) -> list[Row[Any]]:
    query = select(journal).where(journal.c.n > number).order_by(journal.c.n).limit(_PAGE)
    return list((await tx.conn.execute(query)).all())


async def _problems_of_head(tx: Tx, number: int, mac: bytes) -> list[str]:
    row = (await tx.conn.execute(select(journal_head))).first()
    if row is None:
        return ["the journal's length was deleted"] if number else []
    if row.n > number:
        return [f"entries {number + 1} to {row.n} are missing"]
    if row.n < number or not hmac.compare_digest(_mac_of_head(tx, number, mac), row.mac):
        return ["the journal's length does not fit its end"]
    return []


def _mac(tx: Tx, before: bytes, entry: Entry) -> bytes:
    said = [
        entry.number,
        entry.at.isoformat(),
        entry.action,
        entry.subject,
        entry.actor,
        plain_text(entry.detail),
    ]
    return hmac.digest(_key(tx), before + json.dumps(said, ensure_ascii=False).encode(), "sha256")


def _mac_of_head(tx: Tx, number: int, mac: bytes) -> bytes:
    return hmac.digest(_key(tx), b"head %d " % number + mac, "sha256")


def _key(tx: Tx) -> bytes:
    return tx.keys.derive("journal")


def _read(row: Row[Any]) -> Entry:
    return Entry(row.n, row.at, row.action, row.subject, row.actor, plain_from(row.detail))
