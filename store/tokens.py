"""One-time tokens that bind or log in: 128 bits, stored as their hash, used up by whoever is first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Literal

from sqlalchemy import ColumnElement, Executable, and_, bindparam, delete, select, update

from store.db import Tx, insert_into
from store.tables import tokens


@dataclass(frozen=True, slots=True)
class TokenState:
    """What became of a token. For an unknown one, subject and user are empty."""

    state: Literal["good", "used", "expired", "unknown"]
    subject: str = ""
    used_by: str = ""


async def mint_token(tx: Tx, purpose: str, subject: str, now: datetime, expires_at: datetime) -> str:
    """Return a new token of 22 characters; an unused one of the same purpose and subject no longer works."""
    token = secrets.token_urlsafe(16)
    await keep(tx, purpose, subject, token, now, expires_at)
    return token


async def keep(tx: Tx, purpose: str, subject: str, token: str, now: datetime, expires_at: datetime) -> None:
    """Let a token that was made elsewhere be used once; an unused one of the same subject no longer works."""
    await keep_all(tx, purpose, {subject: (token, expires_at)}, now)


async def keep_all(tx: Tx, purpose: str, made: Mapping[str, tuple[str, datetime]], now: datetime) -> None:
    """Let tokens, by their subjects, be used once as `keep` does."""
    rows = [
        {
            "digest": _digest(token),
            "purpose": purpose,
            "subject": subject,
            "minted_at": now,
            "expires_at": expires_at,
            "used_by": "",
        }
        for subject, (token, expires_at) in made.items()
    ]
    if rows:
        await tx.conn.execute(_UNUSED_GONE, [{"p": purpose, "s": subject} for subject in made])
        await tx.conn.execute(_keeping(tx.is_sqlite), rows)


_UNUSED_GONE = delete(tokens).where(
    tokens.c.purpose == bindparam("p"), tokens.c.subject == bindparam("s"), tokens.c.used_at.is_(None)
)


@cache
def _keeping(is_sqlite: bool) -> Executable:
    added = insert_into(tokens, is_sqlite)
    later = {"expires_at": added.excluded.expires_at}
    return added.on_conflict_do_update(index_elements=["digest"], set_=later)


async def redeem(tx: Tx, purpose: str, token: str, now: datetime, used_by: str = "") -> str | None:
    """Use a token up and return its subject; None when it is unknown, expired or was used.

    `used_by` is what `look` tells afterwards: a person or binding of ours, never a platform's name for them.
    """
    is_good = and_(_is(purpose, token), tokens.c.used_at.is_(None), tokens.c.expires_at > now)
    used = update(tokens).where(is_good).values(used_at=now, used_by=used_by).returning(tokens.c.subject)
    subject: str | None = (await tx.conn.execute(used)).scalar()
    return subject


async def look(tx: Tx, purpose: str, token: str, now: datetime) -> TokenState:
    """Return how a token stands, without using it."""
    row = (await tx.conn.execute(select(tokens).where(_is(purpose, token)))).first()
    if row is None:
        return TokenState("unknown")
    if row.used_at is not None:
        return TokenState("used", row.subject, row.used_by)
    return TokenState("good" if row.expires_at > now else "expired", row.subject)


def _is(purpose: str, token: str) -> ColumnElement[bool]:
    return and_(tokens.c.digest == _digest(token), tokens.c.purpose == purpose)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
