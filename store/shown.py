"""What readers have before them: which message of ours, with which buttons, and how it can still be edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, delete, literal_column, select, update

from conversations.messages import Message
from store.codec import message_from, message_text
from store.db import Tx
from store.outbox import OutboxRow
from store.tables import SHOWN_KEYED, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message in one chat."""

    id: UUID
    account: str
    chat: str
    message: Message
    shown_at: datetime
    platform_id: str
    """The platform's id of it; empty while its post has not been accepted."""
    key: str = ""
    """What later versions of the message are known by; without one it is never found again to be edited."""
    binding: UUID | None = None
    person: UUID | None = None
    session: UUID | None = None
    turn: int = 0
    edit_token: str | None = None
    editable_until: datetime | None = None
    is_closed: bool = False
    """Whether its buttons were taken off, or it never had any."""


async def put(tx: Tx, message: Shown) -> Shown:
    """Store what is shown now, and return it with its id.

    Under a key that is known in this chat it is the same message, edited, unless the platform gave another id:
    then it is a new one, and the old one is no longer found by its key.
    """
    await tx.lock(f"shown:{message.account}:{message.chat}:{message.key}")
    old = await find(tx, message.account, message.chat, message.key) if message.key else None
    if old is not None and old.platform_id in ("", message.platform_id):
        same = replace(message, id=old.id)
        await update_(tx, same)
        return same
    if old is not None:
        await tx.conn.execute(update(shown).where(shown.c.id == old.id).values(key=""))
    await tx.conn.execute(_ADDED, {"id": message.id, **_values(tx, message)})
    return message


_ADDED = shown.insert()


async def remember(
    tx: Tx,
    row: OutboxRow,
    platform_id: str,
    edit_token: str | None,
    editable_until: datetime | None,
    now: datetime,
) -> Shown:
    """Store what a platform has accepted of the outbox, as a new message or as the new state of one."""
    seen = Shown(
        id=uuid4(),
        account=row.account,
        chat=row.chat,
        message=row.message,
        shown_at=now,
        platform_id=platform_id,
        key=row.message.key,
        binding=row.binding,
        person=row.to_person,
        session=row.session,
        turn=row.turn,
        edit_token=edit_token,
        editable_until=editable_until,
        is_closed=not row.message.presses,
    )
    old = await get(tx, row.edits) if row.edits is not None else None
    if old is None:
        return await put(tx, seen)
    edited = replace(
        seen, id=old.id, key=old.key, edit_token=old.edit_token if edit_token is None else edit_token
    )
    await update_(tx, edited)
    return edited


async def renew(
    tx: Tx, account: str, chat: str, platform_id: str, edit_token: str, until: datetime | None
) -> None:
    """Keep what a message can be edited with from now on; one that is not known is none of ours.

    Where its session shows a newer one in this chat, this is the one that is edited from now on.
    """
    if (message := await by_platform_id(tx, account, chat, platform_id)) is None:
        return
    newer = await _keyed(tx, message) if message.session is not None and not message.key else None
    if newer is not None:
        await update_(tx, replace(newer, key=""))
        message = replace(message, key=newer.key)
    await update_(tx, replace(message, edit_token=edit_token, editable_until=until))


async def _keyed(tx: Tx, message: Shown) -> Shown | None:
    """Return what the session of a message shows in the same chat under its key."""
    conditions = (
        *_in_chat(tx, message.account, message.chat),
        SHOWN_KEYED,
        shown.c.session == message.session,
    )
    return next(iter(await _where(tx, *conditions)), None)


async def update_(tx: Tx, message: Shown) -> None:
    """Save how a shown message stands now."""
    await tx.conn.execute(update(shown).where(shown.c.id == message.id).values(_values(tx, message)))


async def get(tx: Tx, shown_id: UUID) -> Shown | None:
    return next(iter(await _where(tx, shown.c.id == shown_id)), None)


async def find(tx: Tx, account: str, chat: str, key: str) -> Shown | None:
    """Return the message of this key in a chat; an empty key finds nothing."""
    return next(iter(await _where(tx, SHOWN_KEYED, *_in_chat(tx, account, chat), shown.c.key == key)), None)


async def by_platform_id(tx: Tx, account: str, chat: str, platform_id: str) -> Shown | None:
    """Return the message a platform names, the newest if it uses an id again."""
    found = await _where(tx, *_in_chat(tx, account, chat), shown.c.platform_id == platform_id)
    return found[-1] if found else None


async def of_session(tx: Tx, session: UUID, before_turn: int) -> list[Shown]:
    """Return what a session has shown before a turn and still has its buttons, wherever that was."""
    is_open = shown.c.is_closed.is_(literal_column("false"))
    return await _where(tx, is_open, shown.c.session == session, shown.c.turn < before_turn)


async def roots(tx: Tx, session: UUID) -> dict[tuple[str, str], str]:
    """Return the platform's id of what a session showed first, by account and chat."""
    found: dict[tuple[str, str], str] = {}
    for message in await _where(tx, shown.c.session == session, shown.c.platform_id != ""):
        found.setdefault((message.account, message.chat), message.platform_id)
    return found


async def asking(tx: Tx, account: str, chat: str, limit: int = 20) -> list[Shown]:
    """Return what a chat shows with its buttons on, or with numbers to type, the newest first."""
    is_open = shown.c.is_closed.is_(literal_column("false"))
    conditions = (*_in_chat(tx, account, chat), is_open, shown.c.session.is_not(None))
    query = select(shown).where(*conditions).order_by(shown.c.n.desc()).limit(limit)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


async def latest(tx: Tx, account: str, chat: str, limit: int = 2) -> list[Shown]:
    """Return what was shown last in a chat, the newest first; an edited message stays where it was."""
    query = select(shown).where(*_in_chat(tx, account, chat)).order_by(shown.c.n.desc()).limit(limit)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


async def close(tx: Tx, shown_id: UUID) -> None:
    """Record that a message's buttons are off, or about to be."""
    await tx.conn.execute(update(shown).where(shown.c.id == shown_id).values(is_closed=True))


async def forget(tx: Tx, account: str, chat: str, key: str, shown_id: UUID | None = None) -> None:
    """Forget a message that is gone from its chat, by its id or else by its key."""
    is_it = shown.c.id == shown_id
    if shown_id is None:
        is_it = and_(SHOWN_KEYED, *_in_chat(tx, account, chat), shown.c.key == key)
    await tx.conn.execute(delete(shown).where(is_it))


def _in_chat(tx: Tx, account: str, chat: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return shown.c.account == account, shown.c.chat_ix == tx.keys.blind("chat", chat)


async def _where(tx: Tx, *conditions: ColumnElement[bool]) -> list[Shown]:
    query = select(shown).where(*conditions).order_by(shown.c.n)
    return [_read(tx, row) for row in await tx.conn.execute(query)]


_PLAIN = (
    "account",
    "key",
    "binding",
    "person",
    "session",
    "turn",
    "platform_id",
    "editable_until",
    "shown_at",
    "is_closed",
)


def _values(tx: Tx, message: Shown) -> dict[str, Any]:
    return {
        "chat": tx.seal(shown.c.chat, message.id, message.chat),
        "chat_ix": tx.keys.blind("chat", message.chat),
        "message": tx.seal(shown.c.message, message.id, message_text(message.message)),
        "edit_token": tx.seal(shown.c.edit_token, message.id, message.edit_token),
        **{name: getattr(message, name) for name in _PLAIN},
    }


def _read(tx: Tx, row: Row[Any]) -> Shown:
    return Shown(
        id=row.id,
        chat=tx.open(shown.c.chat, row.id, row.chat),
        message=message_from(tx.open(shown.c.message, row.id, row.message)),
        edit_token=tx.open(shown.c.edit_token, row.id, row.edit_token),
        **{name: getattr(row, name) for name in _PLAIN},
    )
