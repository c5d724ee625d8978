"""Who calls the Web API, and what they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.app import Workspace
from bot.sandbox.slack.doings import Doings
from bot.sandbox.slack.people import SlackChannel, SlackPerson
from bot.sandbox.slack.rules import Refusal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a workspace's bot, or the app itself."""

    workspace: Workspace
    scopes: frozenset[str]
    is_app: bool = False


Method = Callable[[Caller, Mapping[str, Any]], Awaitable[dict[str, Any]]]


class Area:
    """Some of the Web API's methods."""

    def __init__(self, doings: Doings) -> None:
        self._doings = doings

    def place(self, caller: Caller, channel: object) -> SlackChannel:
        """Return a channel that the caller can see; raises Refusal."""
        place = self._doings.channels.get(str(channel))
        if place is None or place.workspace is not caller.workspace:
            raise Refusal("channel_not_found")
        if place.kind == "group" and not place.has_bot:
            raise Refusal("channel_not_found")
        return place

    def knows(self, caller: Caller, person: SlackPerson) -> bool:
        """Tell whether somebody is of the workspace, or in a channel shared with it."""
        shared = (place for place in self._doings.channels.values() if place.workspace is caller.workspace)
        return person.workspace is caller.workspace or any(
            person in place.members and place.kind != "im" for place in shared
        )


def check_scopes(caller: Caller, needed: tuple[str, ...]) -> None:
    missing = [scope for scope in needed if scope not in caller.scopes]
    if missing:
        raise Refusal("missing_scope", needed=missing[0], provided=",".join(sorted(caller.scopes)))


def number(params: Mapping[str, Any], name: str, otherwise: float) -> float:
    try:
        return float(params.get(name) or otherwise)
    except (TypeError, ValueError):
        raise Refusal(f"invalid_ts_{name}") from None


def is_set(params: Mapping[str, Any], name: str) -> bool:
    """Return a flag, however it is written."""
    return str(params.get(name, "")).lower() in ("true", "1")
