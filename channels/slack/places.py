"""How Slack's chats and users are named here: an id, with the workspace before it where there are several."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WITH_TEAM = re.compile(r"([TE][A-Z0-9]+):(.+)", re.DOTALL)
_HOME = "home:"


@dataclass(frozen=True, slots=True)
class Where:
    """A place to show something: a chat, one user in a channel (for their eyes only), or a user's home tab."""

    team: str = ""
    """The workspace; empty when the account has only one."""
    channel: str = ""
    """A conversation's id, or a user's, whose private chat is opened first."""
    user: str = ""
    """Whose eyes only, or whose home tab."""
    is_home: bool = False


def read_chat(chat: str) -> Where:
    """Return what a chat's name says: `D1`, `C1!U1`, `home:U1`, each also with a workspace: `T1:D1`."""
    team, rest = split_team(chat)
    if rest.startswith(_HOME):
        within, user = split_team(rest.removeprefix(_HOME))
        return Where(team or within, user=user, is_home=True)
    channel, _, user = rest.partition("!")
    return Where(team, channel, user)


def split_team(name: str) -> tuple[str, str]:
    """Return the workspace, empty if none is named, and the id within it."""
    found = _WITH_TEAM.fullmatch(name)
    return (found[1], found[2]) if found else ("", name)


def named(team: str, id: str) -> str:
    return f"{team}:{id}" if team else id


def home_of(team: str, user: str) -> str:
    return f"{_HOME}{named(team, user)}"


def is_user(id: str) -> bool:
    """Tell whether an id is a user's: U, or W on Enterprise Grid."""
    return id.startswith(("U", "W"))
