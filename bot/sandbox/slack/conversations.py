"""conversations.*: private chats and channels, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.calling import Area, Caller, Method, check_scopes, is_set, number
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.rules import Refusal

_BY_KIND = {"im": "im", "channel": "channels", "group": "groups"}


class Conversations(Area):
    """Channels."""

    @property
    def methods(self) -> Mapping[str, Method]:
        return {
            "conversations.open": self._open,
            "conversations.info": self._info,
            "conversations.history": self._history,
            "conversations.join": self._join,
            "conversations.members": self._members,
        }

    async def _open(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        if params.get("channel"):
            place = self.place(caller, params["channel"])
            return {"no_op": True, "already_open": True, "channel": {"id": place.id}}
        users = params.get("users")
        ids = users if isinstance(users, list) else [each for each in str(users or "").split(",") if each]
        if not ids:
            raise Refusal("users_list_not_supplied")
        if len(ids) > 1:
            raise Refusal("invalid_arguments", "the sandbox opens chats with one person only")
        person = self._doings.people.get(str(ids[0]))
        if person is None:
            raise Refusal("user_not_found")
        if reason := reason_not_to_open(person, is_known=self.knows(caller, person)):
            raise Refusal(reason)
        known = self._doings.has_private(person)
        place = self._doings.private(person)
        more = {"no_op": True, "already_open": True} if known else {}
        return {**more, "channel": {"id": place.id}}

    async def _info(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self.place(caller, params.get("channel"))
        check_scopes(caller, () if place.kind == "im" else (f"{_BY_KIND[place.kind]}:read",))
        found: dict[str, Any] = {
            "id": place.id,
            "is_im": place.kind == "im",
            "is_archived": place.is_archived,
        }
        if place.kind == "im":
            return {"channel": {**found, "user": place.members[0].id, "is_open": True}}
        found |= {
            "name": place.name,
            "is_channel": place.kind == "channel",
            "is_private": place.kind == "group",
            "is_member": place.has_bot,
            "is_ext_shared": place.is_external,
        }
        return {"channel": found}

    async def _history(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self.place(caller, params.get("channel"))
        check_scopes(caller, (f"{_BY_KIND[place.kind]}:history",))
        if not place.has_bot:
            raise Refusal("not_in_channel")
        after, before = number(params, "oldest", 0), number(params, "latest", float("inf"))
        is_inclusive = is_set(params, "inclusive")
        limit = int(min(number(params, "limit", 100), 999))

        def is_within(shown: Shown) -> bool:
            at = float(shown.id)
            return after < at < before or (is_inclusive and at in (after, before))

        found = [shown for shown in reversed(place.chat) if is_within(shown)]
        told = [self._described(shown, place, params) for shown in found[:limit]]
        return {"messages": told, "has_more": len(found) > limit, "pin_count": 0}

    def _described(self, shown: Shown, place: SlackChannel, params: Mapping[str, Any]) -> dict[str, Any]:
        whole = is_set(params, "include_all_metadata")
        told = self._doings.described(shown, place)
        if shown.metadata:
            event_type = {"event_type": shown.metadata["event_type"]}
            told["metadata"] = shown.metadata if whole else event_type
        return told

    async def _join(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self.place(caller, params.get("channel"))
        if place.kind != "channel":
            raise Refusal("method_not_supported_for_channel_type")
        if place.is_archived:
            raise Refusal("is_archived")
        place.has_bot = True
        return await self._info(caller, params)

    async def _members(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self.place(caller, params.get("channel"))
        check_scopes(caller, (f"{_BY_KIND[place.kind]}:read",))
        bots = [place.workspace.bot] if place.has_bot else []
        return {
            "members": [*(person.id for person in place.members), *bots],
            "response_metadata": {"next_cursor": ""},
        }


def reason_not_to_open(person: SlackPerson, *, is_known: bool) -> str:
    """Return Slack's word for why there can be no private chat with somebody; empty when there can."""
    if person.is_deactivated:
        return "user_disabled"
    if not person.is_visible:
        return "user_not_visible"
    return "" if is_known else "invalid_user_combination"
