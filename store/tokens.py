"""One-time tokens that bind or log in: 128 bits, stored as their hash, used up by whoever is first."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, select, update

from store.db import Tx
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
    older = and_(tokens.c.purpose == purpose, tokens.c.subject == subject, tokens.c.used_at.is_(None))
    await tx.conn.execute(delete(tokens).where(older))
    added = tx.insert(tokens).values(
        digest=_digest(token),
        purpose=purpose,
        subject=subject,
        minted_at=now,
        expires_at=expires_at,
        used_by="",
    )
    await tx.conn.execute(
        added.on_conflict_do_update(index_elements=["digest"], set_={"expires_at": expires_at})
    )


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
