"""What an imported list is compared with: people and interviews it may mean, in few queries however long it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.sql import ColumnElement

from conversations.identity import Person
from conversations.interview import Attempt, Interview
from store.db import Tx
from store.interviews import read_all
from store.people import load
from store.tables import bindings, hints, interviews, people

T = TypeVar("T")
_AT_ONCE = 500


async def people_known_by(
    tx: Tx,
    *,
    phones: Collection[str],
    emails: Collection[str],
    accounts: Collection[tuple[str, str]],
    names: Collection[str],
) -> list[Person]:
    """Return everybody with one of these phones, mail addresses, accounts (channel, user) or whole names."""
    blind = tx.keys.blind
    found: set[UUID] = set()
    for column, values in (
        (people.c.phone_ix, [blind("phone", phone) for phone in phones]),
        (people.c.email_ix, [blind("email", email) for email in emails]),
        (people.c.name_ix, [blind("name", name) for name in names]),
    ):
        found |= await _ids(tx, people.c.id, column, values)
    users = [blind("hint", user) for _, user in accounts]
    found |= await _ids(tx, hints.c.person, hints.c.value_ix, users)
    for channel, user in accounts:
        accounts_of = select(bindings.c.account).where(bindings.c.account.like(f"{channel}.%")).distinct()
        for (account,) in await tx.conn.execute(accounts_of):
            address = [blind("address", f"{account}\0{user}")]
            found |= await _ids(tx, bindings.c.person, bindings.c.address_ix, address)
    return [person for some in _batches(sorted(found)) for person in (await load(tx, some)).values()]


async def interviews_of(
    tx: Tx, companies: Collection[str], persons: Collection[UUID], external_ids: Collection[str]
) -> list[tuple[Interview, tuple[Attempt, ...]]]:
    """Return the interviews of these companies that are these people's or have one of these external ids.

    Each comes with the attempts before its present one.
    """
    found: dict[UUID, tuple[Interview, tuple[Attempt, ...]]] = {}
    conditions = [interviews.c.person.in_(some) for some in _batches(sorted(persons))]
    conditions += [interviews.c.external_id.in_(some) for some in _batches(sorted(external_ids))]
    for condition in conditions:
        here: tuple[ColumnElement[bool], ...] = (interviews.c.company.in_(list(companies)), condition)
        for interview, earlier in await read_all(tx, *here):
            found[interview.id] = interview, earlier
    return list(found.values())


async def _ids(tx: Tx, id_: Column[UUID], column: Column[bytes], values: Iterable[bytes]) -> set[UUID]:
    found: set[UUID] = set()
    for some in _batches(sorted(set(values))):
        found |= set((await tx.conn.execute(select(id_).where(column.in_(some)))).scalars())
    return found


def _batches(values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
