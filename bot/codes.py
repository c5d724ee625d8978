"""One-time codes that give whoever sends them to the bot a role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.invitations import invitations
from conversations.grants import Grant
from conversations.identity import Role
from store import tokens

if TYPE_CHECKING:
    from bot.jobs import Desk

CODE_LIFE = timedelta(days=3)


async def role_code(desk: Desk, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new code for `role` and `jobs`, when it ends, and the links that bring it into a chat by account."""
    grant = Grant(Role(args["role"]), frozenset(args.get("jobs") or ()))
    now = desk.clock.now()
    async with desk.db.write() as tx:
        code = await tokens.mint_token(tx, "role", grant.subject(uuid4().hex), now, now + CODE_LIFE)
    ends_at = (now + CODE_LIFE).isoformat()
    return {"code": code, "expires_at": ends_at, "links": invitations(desk.channels, code)}
