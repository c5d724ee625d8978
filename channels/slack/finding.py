"""Whom an e-mail address or an id belongs to, in every workspace that there is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from channels.base import Contact, NotDelivered
from channels.slack.places import named, split_team
from channels.slack.posting import Posting
from channels.slack.wire import Wire
from channels.slack.workspaces import Workspace, Workspaces

LONGEST_NAME = 64
_ID = re.compile(r"(?:<@)?([UW][A-Z0-9]+)(?:\|[^<>]*)?>?")


async def find(
    email: str | None, hint: str | None, workspaces: Workspaces, wire: Wire, posting: Posting, seconds: float
) -> Contact | None:
    """Return somebody's id and their private chat with us; raises NotDelivered when Slack cannot be asked now."""
    team, id = split_team((hint or "").strip())
    named_id = _ID.fullmatch(id)
    for workspace in await workspaces.every():
        if team and workspaces.are_named and workspace.team != team:
            continue
        user = await _user(wire, workspace, email, named_id[1] if named_id else None, seconds)
        if user is not None:
            within = workspace.team if workspaces.are_named else ""
            return await _contact(user, within, posting, seconds)
    return None


async def _user(
    wire: Wire, workspace: Workspace, email: str | None, id: str | None, seconds: float
) -> Mapping[str, Any] | None:
    """Return a person of a workspace: no program, and nobody who left."""
    known = await _by_id(wire, workspace, id, seconds) if id else None
    if known is None and email:
        found = await _asked(wire, "users.lookupByEmail", {"email": email}, workspace, seconds)
        # Asked again by id: only that answer tells the language.
        known = await _by_id(wire, workspace, str(found.get("id")), seconds) if found else None
    return known


async def _by_id(wire: Wire, workspace: Workspace, id: str, seconds: float) -> Mapping[str, Any] | None:
    user = await _asked(wire, "users.info", {"user": id, "include_locale": True}, workspace, seconds)
    is_person = user and not (user.get("deleted") or user.get("is_bot") or user.get("id") == "USLACKBOT")
    return user if is_person else None


async def _asked(
    wire: Wire, method: str, params: Mapping[str, Any], workspace: Workspace, seconds: float
) -> Mapping[str, Any] | None:
    try:
        answer = await wire.ask(method, params, seconds, workspace.token)
    except NotDelivered as failure:
        if failure.why in ("gone", "refused"):
            return None
        raise
    user = answer.get("user")
    return user if isinstance(user, dict) else None


async def _contact(user: Mapping[str, Any], team: str, posting: Posting, seconds: float) -> Contact | None:
    """Return how to reach a user: guests and people of other companies only where a chat with them can be opened."""
    id = str(user["id"])
    try:
        chat = await posting.open_chat(team, id, seconds)
    except NotDelivered as failure:
        if failure.why in ("gone", "refused"):
            return None
        raise
    profile = user.get("profile")
    name = profile.get("display_name") or profile.get("real_name") if isinstance(profile, dict) else None
    return Contact(
        named(team, id), named(team, chat), _text(user.get("tz")), _text(user.get("locale")), _text(name)
    )


def _text(value: object) -> str | None:
    return value[:LONGEST_NAME] if isinstance(value, str) and value else None
