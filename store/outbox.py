"""What goes out: stored with the change that caused it, claimed by one sender at a time, settled once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql import literal_column
from sqlalchemy.sql.selectable import NamedFromClause

from conversations.messages import Message
from store import buckets
from store.buckets import RateLike
from store.codec import list_from, list_text, message_from, message_text
from store.db import Tx, insert_into
from store.tables import CLAIMED, PENDING, WAITING, is_, outbox, shown
from store.tables import buckets as bucket_rows

LEASE = timedelta(seconds=30)
"""How long a claim holds without a sign of life from its owner."""
_MORE = 4
"""How many rows are looked at for each one that may be claimed: some wait for their chat."""

State = Literal[
    "waiting", "claimed", "accepted", "undeliverable", "would-send", "superseded", "expired", "dead"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One message on one route to one reader."""

    id: UUID
    key: str
    """Said once for ever under this name: `(attempt, rung, binding)` or `(cause, part)`."""
    account: str
    chat: str
    message: Message
    kind: str
    priority: int
    due_at: datetime
    created_at: datetime
    next_at: datetime
    """When it is tried next; at first, when it is due."""
    to_person: UUID | None = None
    binding: UUID | None = None
    thread: str | None = None
    is_private: bool = True
    interview: UUID | None = None
    attempt: UUID | None = None
    rung: str | None = None
    session: UUID | None = None
    turn: int = 0
    useful_until: datetime | None = None
    locale: str | None = None
    """The language of a reader who is nobody we know."""
    wants_receipt: bool = False
    delivery: str = "fallback"
    fallbacks: tuple[UUID, ...] = ()
    """Further bindings, to be tried in this order after a refusal that will stay one."""
    state: State = "waiting"
    tries: int = 0
    """How often it was claimed, this time included; a platform that was busy does not count."""
    frozen: str | None = None
    """What was or will be sent, to the byte: the canonical form of the channel's payload."""
    edits: UUID | None = None
    """The shown message this one replaces."""
    sequence: int = 0
    """The order of storing, given by `put`."""
    why: str = ""
    platform_id: str = ""
    in_doubt: bool = False
    """Whether an earlier try may have arrived."""
    settled_at: datetime | None = None
    epoch: int = 0
    """Of the claim that holds it; whoever settles must name it."""


async def put(tx: Tx, row: OutboxRow) -> bool:
    """Store a message to be sent, and return False when its key was used before."""
    values = {name: getattr(row, name) for name in _PLAIN}
    values |= {
        "chat": tx.seal(outbox.c.chat, row.id, row.chat),
        "chat_ix": _chat_ix(tx, row.chat),
        "message": tx.seal(outbox.c.message, row.id, message_text(row.message)),
        "frozen": tx.seal(outbox.c.frozen, row.id, row.frozen),
        "fallbacks": list_text(row.fallbacks),
        "owner": "",
    }
    return (await tx.conn.execute(_adding(tx.is_sqlite), values)).first() is not None


@cache
def _adding(is_sqlite: bool) -> Executable:
    return (
        insert_into(outbox, is_sqlite).on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
    )


async def next_epoch(tx: Tx) -> int:
    """Return a number that no claim ever had: one for every process, or every claim."""
    return await tx.next_number("epoch")


async def claim(
    tx: Tx,
    now: datetime,
    owner: str,
    epoch: int,
    limit: int,
    accounts: Collection[str] | None = None,
    exclude_chats: Collection[str] = (),
    *,
    rates: Mapping[str, Sequence[RateLike]] | None = None,
    lease: timedelta = LEASE,
) -> list[OutboxRow]:
    """Take what is due, for this owner: replies first, then what is useful for the shortest time.

    At most one message of a chat is taken, and none while another one is in hand, so that a reader sees them in
    order; none for which a bucket of its account's `rates` has no place. An edit waits for its post. Each try is
    counted here, before the send can bring the process down.
    """
    await tx.lock("outbox.claim")
    rows = await _candidates(tx, now, limit, accounts, exclude_chats)
    chosen = await _choose(tx, rows, now, limit, rates or {})
    if not chosen:
        return []
    values = {"state": "claimed", "owner": owner, "epoch": epoch, "lease_until": now + lease}
    taken = update(outbox).where(outbox.c.id.in_([row.id for row in chosen]))
    await tx.conn.execute(taken.values(tries=outbox.c.tries + 1, **values))
    return [replace(row, state="claimed", tries=row.tries + 1, epoch=epoch) for row in chosen]


async def freeze(tx: Tx, row_id: UUID, frozen: str) -> None:
    """Record what is about to be sent, so that a second try can be the same to the byte."""
    sealed = tx.seal(outbox.c.frozen, row_id, frozen)
    await tx.conn.execute(_OF_ROW, {"which": row_id, "frozen": sealed})


_OF_ROW = update(outbox).where(outbox.c.id == bindparam("which"))


async def settle(
    tx: Tx, row_id: UUID, epoch: int, state: State, why: str, platform_id: str, now: datetime
) -> bool:
    """Write how a claimed message ended; False when the claim was lost meanwhile, and with it the say."""
    values = {"state": state, "why": why, "platform_id": platform_id, "settled_at": now, "lease_until": None}
    return await _end_claim(tx, row_id, epoch, values)


async def retry(
    tx: Tx,
    row_id: UUID,
    epoch: int,
    next_at: datetime,
    why: str,
    in_doubt: bool,
    keep_frozen: bool,
) -> bool:
    """Put a claimed message back until `next_at`; False when the claim was lost meanwhile.

    Without `keep_frozen` it is rendered anew.
    """
    values: dict[str, Any] = {"state": "waiting", "next_at": next_at, "why": why, "in_doubt": in_doubt}
    if not keep_frozen:
        values["frozen"] = None
    return await _end_claim(tx, row_id, epoch, {**values, "lease_until": None})


async def postpone(tx: Tx, row_id: UUID, epoch: int, until: datetime, why: str) -> bool:
    """Put a claimed message back until the platform takes it: no try, and rendered anew unless one is in doubt."""
    fresh = case((outbox.c.in_doubt, outbox.c.frozen), else_=None)
    back = {"state": "waiting", "next_at": until, "why": why, "tries": outbox.c.tries - 1, "frozen": fresh}
    return await _end_claim(tx, row_id, epoch, {**back, "lease_until": None})


async def release_owner(tx: Tx, owner_not: str) -> int:
    """Take back what everybody but this owner has claimed, and return how much. Only for a sole owner at its start.

    What was frozen may have been sent, and is in doubt from here on.
    """
    return await _release(tx, outbox.c.owner != owner_not)


async def expire_leases(tx: Tx, now: datetime) -> int:
    """Take back what was claimed by an owner who gave no sign of life, and return how much."""
    return await _release(tx, outbox.c.lease_until <= now)


async def extend_leases(tx: Tx, owner: str, now: datetime, lease: timedelta = LEASE) -> None:
    """Give a sign of life for everything an owner has claimed."""
    await tx.conn.execute(
        update(outbox).where(CLAIMED, outbox.c.owner == owner).values(lease_until=now + lease)
    )


async def withdraw(
    tx: Tx, interview: UUID, why: str, kinds: Collection[str], now: datetime
) -> list[OutboxRow]:
    """Supersede what waits for an interview and return it; without kinds, all that belongs to an attempt."""
    of_kind = outbox.c.kind.in_(list(kinds)) if kinds else outbox.c.attempt.is_not(None)
    return await _supersede(tx, now, why, outbox.c.interview == interview, of_kind)


async def abandon(tx: Tx, accounts: Collection[str], now: datetime) -> list[OutboxRow]:
    """End what waits for accounts that are not among these any more, and return it: nobody would ever claim it."""
    return await _supersede(tx, now, "account_removed", outbox.c.account.not_in(list(accounts)))


async def coalesce_edits(tx: Tx, shown_id: UUID, newer: UUID) -> list[OutboxRow]:
    """Supersede the waiting edits of a shown message that were stored before this newer one; return them."""
    query = select(outbox.c.n, outbox.c.created_at).where(outbox.c.id == newer)
    last = (await tx.conn.execute(query)).one()
    older = (outbox.c.edits == shown_id, outbox.c.n < last.n)
    return await _supersede(tx, last.created_at, "newer_edit", *older)


async def overtake(tx: Tx, row: OutboxRow) -> list[OutboxRow]:
    """Supersede what waits of the same card in the same chat, of which nothing was tried yet; return it.

    Call before the newer version is stored.
    """
    same_chat = (outbox.c.account == row.account, outbox.c.chat_ix == _chat_ix(tx, row.chat))
    same_card = (outbox.c.session == row.session, outbox.c.edits.is_(None))
    untried = (outbox.c.frozen.is_(None), outbox.c.rung.is_(None))
    return await _supersede(tx, row.created_at, "newer_version", *same_chat, *same_card, *untried)


async def requeue(tx: Tx, row_id: UUID, now: datetime) -> bool:
    """Try again what was put aside or could not be delivered, rendered anew; False for anything else."""
    ended = update(outbox).where(outbox.c.id == row_id, is_(outbox.c.state, "dead", "undeliverable"))
    fresh = {"state": "waiting", "tries": 0, "frozen": None, "in_doubt": False, "settled_at": None}
    query = ended.values(next_at=now, **fresh).returning(outbox.c.id)
    return (await tx.conn.execute(query)).first() is not None


async def purge(tx: Tx, before: datetime, limit: int = 2000) -> int:
    """Delete up to so many messages that ended before an instant, and return how many; call again while it helps."""
    old = select(outbox.c.n).where(outbox.c.settled_at < before).order_by(outbox.c.n).limit(limit)
    gone = delete(outbox).where(outbox.c.n.in_(old.scalar_subquery())).returning(outbox.c.n)
    return len((await tx.conn.execute(gone)).all())


async def get(tx: Tx, row_id: UUID) -> OutboxRow | None:
    row = (await tx.conn.execute(select(outbox).where(outbox.c.id == row_id))).first()
    return _read(tx, row) if row is not None else None


async def listing(
    tx: Tx, *, state: State | None = None, interview: UUID | None = None, limit: int = 50
) -> list[OutboxRow]:
    """Return messages, the newest first; of an interview, all of them."""
    query = select(outbox).order_by(outbox.c.n.desc()).limit(limit)
    if state is not None:
        query = query.where(is_(outbox.c.state, state))
    if interview is not None:
        query = query.where(outbox.c.interview == interview)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


async def reminded_by_hand(tx: Tx, interview: UUID, attempt: UUID) -> datetime | None:
    """Return when somebody last had a candidate reminded of an attempt, whom it reached or may still reach."""
    is_it = (outbox.c.interview == interview, outbox.c.attempt == attempt, outbox.c.kind == "reminder")
    by_hand = (outbox.c.rung.is_(None), outbox.c.edits.is_(None))
    under_way = outbox.c.state.in_(["waiting", "claimed", "accepted"])
    query = select(func.max(outbox.c.created_at)).where(*is_it, *by_hand, under_way)
    found: datetime | None = (await tx.conn.execute(query)).scalar_one()
    return found


async def newest_accepted(tx: Tx, binding: UUID, since: datetime) -> OutboxRow | None:
    """Return the last message an address was sent about an interview, if that was not before `since`."""
    is_it = (outbox.c.binding == binding, outbox.c.interview.is_not(None), is_(outbox.c.state, "accepted"))
    is_post = outbox.c.edits.is_(None)
    query = select(outbox).where(*is_it, is_post, outbox.c.settled_at >= since)
    row = (await tx.conn.execute(query.order_by(outbox.c.n.desc()).limit(1))).first()
    return _read(tx, row) if row is not None else None


async def caused_by(tx: Tx, interview: UUID, account: str, cause: str) -> list[OutboxRow]:
    """Return what an event, `source/id`, had said about an interview on one account, oldest first."""
    said = (outbox.c.interview == interview, outbox.c.account == account)
    by_it = outbox.c.key.contains(cause, autoescape=True)
    rows = await tx.conn.execute(select(outbox).where(*said, by_it).order_by(outbox.c.n))
    return [_read(tx, row) for row in rows]


async def counts(tx: Tx) -> dict[State, int]:
    """Return how many messages are in each state."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return {row[0]: row[1] for row in await tx.conn.execute(query)}


async def oldest_due(tx: Tx, now: datetime) -> datetime | None:
    """Return since when the message that is overdue longest has been due, None when none is."""
    earliest = func.min(outbox.c.next_at, type_=outbox.c.next_at.type)
    query = select(earliest).where(WAITING, outbox.c.next_at <= now)
    since: datetime | None = (await tx.conn.execute(query)).scalar()
    return since


async def pending_for_rung(tx: Tx, attempt: UUID, rung: str) -> int:
    """Return how many messages of a rung have not come to an end."""
    of_rung = (outbox.c.attempt == attempt, outbox.c.rung == rung)
    query = select(func.count()).select_from(outbox).where(PENDING, *of_rung)
    return (await tx.conn.execute(query)).scalar_one()


async def next_at(tx: Tx, accounts: Collection[str] | None = None) -> datetime | None:
    """Return when there is something that `claim` might take, None when nothing waits.

    What its account's rate or another message of its chat holds up does not count before it is free, so a sender
    may sleep until then. Set what is claimed aside: its end is an occasion to look again.
    """
    limited = select(bucket_rows.c.account, func.max(bucket_rows.c.free_at, type_=outbox.c.next_at.type))
    named = limited.where(bucket_rows.c.account.is_not(None)).group_by(bucket_rows.c.account)
    free_at: dict[str, datetime] = {row[0]: row[1] for row in await tx.conn.execute(named)}
    if accounts is not None:
        free_at = {account: at for account, at in free_at.items() if account in accounts}
    others = [outbox.c.account.not_in(list(free_at))] if free_at else []
    if accounts is not None:
        others.append(outbox.c.account.in_(list(accounts)))
    found = [await _earliest(tx, *others)]
    for account, at in free_at.items():
        waiting = await _earliest(tx, outbox.c.account == account)
        found.append(max(waiting, at) if waiting is not None else None)
    return min((at for at in found if at is not None), default=None)


async def _earliest(tx: Tx, *conditions: ColumnElement[bool]) -> datetime | None:
    query = _free_at().where(*conditions) if conditions else _free_at()
    return (await tx.conn.execute(query)).scalar()


@cache
def _free_at() -> Select[datetime]:
    query = select(outbox.c.next_at).where(WAITING, *_is_free(outbox))
    return query.order_by(outbox.c.next_at).limit(1)


async def _candidates(
    tx: Tx,
    now: datetime,
    limit: int,
    accounts: Collection[str] | None,
    exclude_chats: Collection[str],
) -> list[OutboxRow]:
    """Return what is due and might be sent, most urgent first."""
    values: dict[str, Any] = {"now": now, "soon": now + buckets.SKEW, "most": limit * _MORE}
    if accounts is not None:
        values["accounts"] = list(accounts)
    if exclude_chats:
        values["chats"] = [_chat_ix(tx, chat) for chat in exclude_chats]
    rows = await tx.conn.execute(_due("accounts" in values, "chats" in values), values)
    return [_read(tx, row) for row in rows]


@cache
def _due(has_accounts: bool, has_chats: bool) -> Executable:
    """Return the statement that finds what is due: building it takes longer than asking."""
    now: BindParameter[Any] = bindparam("now")
    is_paused = and_(
        bucket_rows.c.account == outbox.c.account,
        bucket_rows.c.free_at > now,
        bucket_rows.c.touched_at <= bindparam("soon"),
    )
    conditions = [WAITING, outbox.c.next_at <= now, ~exists().where(is_paused), *_is_free(outbox)]
    if has_accounts:
        conditions.append(outbox.c.account.in_(bindparam("accounts", expanding=True)))
    if has_chats:
        conditions.append(outbox.c.chat_ix.not_in(bindparam("chats", expanding=True)))
    urgency = (outbox.c.priority, func.coalesce(outbox.c.useful_until, outbox.c.due_at), outbox.c.n)
    query = select(outbox).where(*conditions).order_by(*urgency)
    query = query.limit(bindparam("most", type_=Integer))
    return query.with_for_update(skip_locked=True, of=outbox)


@cache
def _is_free(rows: NamedFromClause) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that nothing of the same chat is in hand, and that an edit's post was accepted.

    They are always the same, and an alias of a table makes all its columns anew.
    """
    other = outbox.alias("other")
    same_chat = and_(other.c.account == rows.c.account, other.c.chat_ix == rows.c.chat_ix)
    in_hand = exists().where(is_(other.c.state, "claimed"), same_chat)
    unposted = exists().where(shown.c.id == rows.c.edits, shown.c.platform_id == literal_column("''"))
    return ~in_hand, or_(rows.c.edits.is_(None), ~unposted)


async def _choose(
    tx: Tx, rows: Sequence[OutboxRow], now: datetime, limit: int, rates: Mapping[str, Sequence[RateLike]]
) -> list[OutboxRow]:
    """Return the rows that may go now, one for each chat, and take their places in the buckets.

    One that has to wait for its chat is looked at again when the chat is free; those that wait for the same places,
    one after another, as these come back.
    """
    limits = {
        row.id: buckets.limits_of(
            row.account, row.chat, row.is_private, rates.get(row.account, ()), is_edit=row.edits is not None
        )
        for row in rows
    }
    levels = await buckets.load(tx, [limit for several in limits.values() for limit in several], now)
    chosen: list[OutboxRow] = []
    chats: set[tuple[str, str]] = set()
    before: Counter[str] = Counter()
    for row in rows:
        if len(chosen) == limit:
            break
        if (row.account, row.chat) in chats:
            continue
        ours = [item for item in limits[row.id] if item.account is None]
        if (free_at := levels.wait(ours)) is not None:
            for item in ours:
                if item.is_shared and levels.wait([item]) is not None:
                    free_at += before[item.key] * item.step
                    before[item.key] += 1
            await tx.conn.execute(update(outbox).where(outbox.c.id == row.id).values(next_at=free_at))
        elif levels.wait(limits[row.id]) is None:
            levels.take(limits[row.id])
            chosen.append(row)
            chats.add((row.account, row.chat))
    await levels.store()
    return chosen


async def _end_claim(tx: Tx, row_id: UUID, epoch: int, values: dict[str, Any]) -> bool:
    held = update(outbox).where(outbox.c.id == row_id, outbox.c.epoch == epoch, CLAIMED)
    return (await tx.conn.execute(held.values(values).returning(outbox.c.id))).first() is not None


async def _release(tx: Tx, condition: ColumnElement[bool]) -> int:
    may_be_sent = or_(outbox.c.in_doubt, outbox.c.frozen.is_not(None))
    back = update(outbox).where(CLAIMED, condition)
    query = back.values(state="waiting", in_doubt=may_be_sent, lease_until=None).returning(outbox.c.id)
    return len((await tx.conn.execute(query)).all())


async def _supersede(tx: Tx, at: datetime, why: str, *conditions: ColumnElement[bool]) -> list[OutboxRow]:
    gone = update(outbox).where(WAITING, *conditions)
    query = gone.values(state="superseded", why=why, settled_at=at).returning(outbox)
    rows = [_read(tx, row) for row in (await tx.conn.execute(query)).all()]
    return sorted(rows, key=lambda row: row.sequence)


_SEALED = ("chat", "message", "frozen")
_PLAIN = tuple(
    field.name for field in fields(OutboxRow) if field.name not in (*_SEALED, "fallbacks", "sequence")
)


def _read(tx: Tx, row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        chat=tx.open(outbox.c.chat, row.id, row.chat),
        message=message_from(tx.open(outbox.c.message, row.id, row.message)),
        frozen=tx.open(outbox.c.frozen, row.id, row.frozen),
        fallbacks=tuple(UUID(item) for item in list_from(row.fallbacks)),
        sequence=row.n,
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _chat_ix(tx: Tx, chat: str) -> bytes:
    return tx.keys.blind("chat", chat)
