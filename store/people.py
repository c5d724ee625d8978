"""People, the addresses by which they are reached, and who turned out to be the same person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, literal_column, select, update

from conversations.identity import STAFF, Address, Binding, Person, Role
from store.codec import list_from, list_text, plain_from, plain_text
from store.db import Tx
from store.errors import Taken
from store.tables import bindings, cases, hints, interviews, outbox, people, sessions, shown


async def create(tx: Tx, person: Person) -> Person:
    """Store somebody new. Bindings are made by `bind` only, whatever the person holds."""
    await create_all(tx, [person])
    return replace(person, bindings=())


async def create_all(tx: Tx, several: Sequence[Person]) -> None:
    """Store people as `create` does."""
    if several:
        rows = [{"id": person.id, **_values(tx, person)} for person in several]
        await tx.conn.execute(people.insert(), rows)
        await _save_hints(tx, *several)


async def get(tx: Tx, person_id: UUID) -> Person | None:
    """Return a person with their bindings; for somebody who was merged away, whom they were merged with."""
    rows = (await tx.conn.execute(_ALIVE, {"person": person_id})).all()
    return (await _with_bindings(tx, rows))[0] if rows else None


_MERGED = select(people.c.merged_into).where(people.c.id == bindparam("person")).scalar_subquery()
_ALIVE = select(people).where(people.c.id.in_([bindparam("person"), _MERGED]), people.c.merged_into.is_(None))


async def load(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return several people at once, by their id."""
    alive = people.c.merged_into.is_(None)
    return (
        {person.id: person for person in await _where(tx, people.c.id.in_(list(ids)), alive)} if ids else {}
    )


async def save(tx: Tx, person: Person) -> None:
    """Save what is known of a person, not their bindings; raises LookupError for somebody unknown."""
    changed = (
        update(people).where(people.c.id == person.id).values(_values(tx, person)).returning(people.c.id)
    )
    if (await tx.conn.execute(changed)).first() is None:
        raise LookupError(f"there is no person {person.id}")
    await tx.conn.execute(delete(hints).where(hints.c.person == person.id))
    await _save_hints(tx, person)


async def by_address(tx: Tx, address: Address) -> Person | None:
    """Return whose proven address this is."""
    query = select(bindings.c.person).where(_is_address(tx, address))
    holder = (await tx.conn.execute(query)).scalar()
    return await get(tx, holder) if holder is not None else None


async def by_phone(tx: Tx, phone: str) -> Person | None:
    """Return who is known by a phone number, however it is written."""
    return await _first(tx, people.c.phone_ix == tx.keys.blind("phone", phone))


async def by_email(tx: Tx, email: str) -> Person | None:
    return await _first(tx, people.c.email_ix == tx.keys.blind("email", email))


async def by_hint(tx: Tx, channel: str, value: str) -> Person | None:
    """Return who is said to have this address on a channel, `@lilei` or `lilei`, though nobody has proven it."""
    named = select(hints.c.person).where(
        hints.c.channel == channel, hints.c.value_ix == tx.keys.blind("hint", value)
    )
    return await _first(tx, people.c.id.in_(named))


async def staff(tx: Tx, role: Role) -> list[Person]:
    """Return everybody with this very role."""
    return [person for person in await everybody_of_staff(tx) if role in person.roles]


async def everybody_of_staff(tx: Tx) -> list[Person]:
    """Return everybody who has any role beside a candidate's."""
    return await _where(tx, people.c.is_staff.is_(literal_column("true")), people.c.merged_into.is_(None))


async def bind(tx: Tx, person_id: UUID, address: Address, chat: str, now: datetime) -> Binding:
    """Join an address to a person for good and return the binding; the same pair again renews chat and reach.

    Raises Taken when the address belongs to somebody else.
    """
    fresh = uuid4()
    added = tx.insert(bindings).values(
        id=fresh,
        person=person_id,
        account=address.account,
        address=tx.seal(bindings.c.address, fresh, address.user),
        address_ix=_blind(tx, address),
        chat=tx.seal(bindings.c.chat, fresh, chat),
        bound_at=now,
        is_reachable=True,
    )
    await tx.conn.execute(added.on_conflict_do_nothing(index_elements=["account", "address_ix"]))
    row = (await tx.conn.execute(select(bindings).where(_is_address(tx, address)))).one()
    if row.person != person_id:
        raise Taken(row.person)
    if row.id != fresh:
        renewed = {
            "chat": tx.seal(bindings.c.chat, row.id, chat),
            "is_reachable": True,
            "unreachable_why": None,
        }
        await tx.conn.execute(
            update(bindings).where(bindings.c.id == row.id).values(unreachable_at=None, **renewed)
        )
    return replace(_binding(tx, row), is_reachable=True, unreachable_why=None)


async def unbind(tx: Tx, binding_id: UUID) -> bool:
    """Take an address from a person, so that it can be bound anew; False when there is no such binding."""
    gone = delete(bindings).where(bindings.c.id == binding_id).returning(bindings.c.id)
    return (await tx.conn.execute(gone)).first() is not None


async def binding(tx: Tx, binding_id: UUID) -> Binding:
    """Return a binding; raises LookupError."""
    row = (await tx.conn.execute(select(bindings).where(bindings.c.id == binding_id))).first()
    if row is None:
        raise LookupError(f"there is no binding {binding_id}")
    return _binding(tx, row)


async def mark_reach(tx: Tx, address: Address, is_reachable: bool, why: str, now: datetime) -> bool:
    """Record whether an address can be reached, and return whether that is news."""
    return await _mark(tx, _is_address(tx, address), is_reachable, why, now)


async def mark_binding(tx: Tx, binding_id: UUID, is_reachable: bool, why: str, now: datetime) -> bool:
    """Record whether a binding can be reached, and return whether that is news."""
    return await _mark(tx, bindings.c.id == binding_id, is_reachable, why, now)


async def chat_of(tx: Tx, binding_id: UUID) -> str:
    """Return the chat in which a binding is reached; raises LookupError."""
    chats = await chats_of(tx, [binding_id])
    if binding_id not in chats:
        raise LookupError(f"there is no binding {binding_id}")
    return chats[binding_id]


async def chats_of(tx: Tx, binding_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the chats of several bindings."""
    query = select(bindings.c.id, bindings.c.chat).where(bindings.c.id.in_(list(binding_ids)))
    return {row.id: tx.open(bindings.c.chat, row.id, row.chat) for row in await tx.conn.execute(query)}


async def merge(tx: Tx, keep: UUID, gone: UUID) -> Person:
    """Make two people one, and return them: what `gone` had and `keep` lacked is kept, addresses and all.

    A trace of `gone` stays that leads to `keep`, because links and buttons name it; its details do not.
    """
    both = await load(tx, {keep, gone})
    if len(both) != 2:
        raise LookupError(f"there are not both {keep} and {gone}, or they are one already")
    await _move(tx, keep, gone)
    await tx.conn.execute(delete(hints).where(hints.c.person == gone))
    trace = _values(tx, Person(gone, "", roles=frozenset()))
    await tx.conn.execute(update(people).where(people.c.id == gone).values(merged_into=keep, **trace))
    await tx.conn.execute(update(people).where(people.c.merged_into == gone).values(merged_into=keep))
    await save(tx, _united(both[keep], both[gone]))
    return (await load(tx, {keep}))[keep]


async def _mark(tx: Tx, which: ColumnElement[bool], is_reachable: bool, why: str, now: datetime) -> bool:
    state = {
        "is_reachable": is_reachable,
        "unreachable_why": None if is_reachable else why,
        "unreachable_at": None if is_reachable else now,
    }
    changed = update(bindings).where(which, bindings.c.is_reachable.is_not(is_reachable))
    return (await tx.conn.execute(changed.values(state).returning(bindings.c.id))).first() is not None


async def _move(tx: Tx, keep: UUID, gone: UUID) -> None:
    """Have everything that names `gone` name `keep`."""
    named = (
        bindings.c.person,
        interviews.c.person,
        interviews.c.recruiter,
        cases.c.owner,
        outbox.c.to_person,
        shown.c.person,
    )
    for column in named:
        await tx.conn.execute(update(column.table).where(column == gone).values({column.name: keep}))
    # One session for each holder and subject: where both have one, the one that is kept goes on.
    subjects = select(sessions.c.subject).where(sessions.c.holder == f"person:{keep}").scalar_subquery()
    mine = sessions.c.holder == f"person:{gone}"
    await tx.conn.execute(delete(sessions).where(mine, sessions.c.subject.in_(subjects)))
    await tx.conn.execute(update(sessions).where(mine).values(holder=f"person:{keep}"))


def _united(keep: Person, gone: Person) -> Person:
    return replace(
        keep,
        name=keep.name or gone.name,
        locale=keep.locale or gone.locale,
        zone=keep.zone or gone.zone,
        phone=keep.phone or gone.phone,
        email=keep.email or gone.email,
        roles=keep.roles | gone.roles,
        jobs=keep.jobs | gone.jobs,
        hints={**gone.hints, **keep.hints},
        # Who said stop once is not written to by way of the other.
        opted_out_at=keep.opted_out_at or gone.opted_out_at,
    )


def _values(tx: Tx, person: Person) -> dict[str, Any]:
    return {
        "name": tx.seal(people.c.name, person.id, person.name),
        "name_ix": tx.keys.blind("name", person.name),
        "phone": tx.seal(people.c.phone, person.id, person.phone),
        "phone_ix": tx.keys.blind("phone", person.phone) if person.phone else None,
        "email": tx.seal(people.c.email, person.id, person.email),
        "email_ix": tx.keys.blind("email", person.email) if person.email else None,
        "hints": tx.seal(people.c.hints, person.id, plain_text(person.hints)),
        "locale": person.locale,
        "zone": person.zone,
        "roles": ",".join(sorted(role.value for role in person.roles)),
        "is_staff": bool(person.roles & STAFF),
        "jobs": list_text(sorted(person.jobs)) if person.jobs else None,
        "opted_out_at": person.opted_out_at,
    }


async def _save_hints(tx: Tx, *several: Person) -> None:
    rows = [
        {"person": person.id, "channel": channel, "value_ix": tx.keys.blind("hint", value)}
        for person in several
        for channel, value in person.hints.items()
    ]
    if rows:
        await tx.conn.execute(hints.insert(), rows)


async def _first(tx: Tx, condition: ColumnElement[bool]) -> Person | None:
    return next(iter(await _where(tx, condition, people.c.merged_into.is_(None), limit=1)), None)


async def _where(tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Person]:
    query = select(people).where(*conditions).order_by(people.c.id).limit(limit)
    return await _with_bindings(tx, (await tx.conn.execute(query)).all())


async def _with_bindings(tx: Tx, rows: Sequence[Row[Any]]) -> list[Person]:
    bound = await _bindings_of(tx, [row.id for row in rows])
    return [_read(tx, row, bound.get(row.id, ())) for row in rows]


async def _bindings_of(tx: Tx, persons: Sequence[UUID]) -> Mapping[UUID, tuple[Binding, ...]]:
    found: dict[UUID, tuple[Binding, ...]] = {}
    if persons:
        for row in await tx.conn.execute(_BOUND, {"persons": persons}):
            found[row.person] = (*found.get(row.person, ()), _binding(tx, row))
    return found


_BOUND = (
    select(bindings)
    .where(bindings.c.person.in_(bindparam("persons", expanding=True)))
    .order_by(bindings.c.bound_at, bindings.c.id)
)


def _read(tx: Tx, row: Row[Any], bound: tuple[Binding, ...]) -> Person:
    return Person(
        id=row.id,
        name=tx.open(people.c.name, row.id, row.name),
        locale=row.locale,
        zone=row.zone,
        phone=tx.open(people.c.phone, row.id, row.phone),
        email=tx.open(people.c.email, row.id, row.email),
        roles=frozenset(Role(role) for role in row.roles.split(",") if role),
        bindings=bound,
        hints=plain_from(tx.open(people.c.hints, row.id, row.hints)),
        opted_out_at=row.opted_out_at,
        jobs=frozenset(list_from(row.jobs)) if row.jobs else frozenset(),
    )


def _binding(tx: Tx, row: Row[Any]) -> Binding:
    address = Address(row.account, tx.open(bindings.c.address, row.id, row.address))
    return Binding(row.id, row.person, address, row.bound_at, row.is_reachable, row.unreachable_why)


def _is_address(tx: Tx, address: Address) -> ColumnElement[bool]:
    return and_(bindings.c.account == address.account, bindings.c.address_ix == _blind(tx, address))


def _blind(tx: Tx, address: Address) -> bytes:
    return tx.keys.blind("address", f"{address.account}\0{address.user}")
