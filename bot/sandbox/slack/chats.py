"""chat.*: what the bot posts, changes and deletes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.blocks import checked_blocks
from bot.sandbox.slack.calling import Area, Caller, Method
from bot.sandbox.slack.conversations import reason_not_to_open
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.rules import LONGEST_UPDATE, Refusal, checked_metadata, checked_text


class Chats(Area):
    """Messages."""

    @property
    def methods(self) -> Mapping[str, Method]:
        return {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._post_ephemeral,
        }

    async def _post(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._writable(caller, params.get("channel"))
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks))
        thread = params.get("thread_ts")
        if thread is not None and place.find(thread) is None:
            raise Refusal("thread_not_found")
        shown = self._doings.post(place, text, blocks, params.get("metadata"), thread=thread)
        return {"channel": place.id, "ts": shown.id, "message": self._doings.described(shown, place)}

    async def _update(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place, shown = self._own(caller, params, "cant_update_message")
        has_blocks = "blocks" in params
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks or not has_blocks), LONGEST_UPDATE)
        metadata = checked_metadata(params.get("metadata"))
        before = self._doings.described(shown, place)
        # Blocks that are not named stay, even when there is another text (slackapi/python-slack-sdk#523).
        blocks = blocks if has_blocks else shown.blocks
        shown.told_before.append(shown.text)
        shown.show(text, blocks, self._doings.name)
        if metadata is not None:
            shown.metadata = metadata or None
        self._doings.changed_message(place, shown, before)
        told = self._doings.described(shown, place)
        return {"channel": place.id, "ts": shown.id, "text": shown.written, "message": told}

    async def _delete(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place, shown = self._own(caller, params, "cant_delete_message")
        shown.is_deleted = True
        at = self._doings.ts()
        gone = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": shown.id,
            "ts": at,
            "event_ts": at,
        }
        self._doings.message_event(place, shown, gone)
        return {"channel": place.id, "ts": shown.id}

    async def _post_ephemeral(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        place = self._writable(caller, params.get("channel"))
        person = self._doings.people.get(str(params.get("user")))
        if person is None or person not in place.members:
            raise Refusal("user_not_in_channel")
        blocks = checked_blocks(params.get("blocks"))
        text = checked_text(params.get("text"), bool(blocks))
        shown = self._doings.post(place, text, blocks, None, thread=params.get("thread_ts"), only_for=person)
        return {"message_ts": shown.id}

    def _writable(self, caller: Caller, channel: object) -> SlackChannel:
        """Return the channel a call posts to; raises Refusal."""
        person = self._doings.people.get(str(channel))
        place = self._private(caller, person) if person is not None else self.place(caller, channel)
        if place.is_archived:
            raise Refusal("is_archived")
        if place.kind == "im" and not self._doings.app.has_messages:
            raise Refusal("messages_tab_disabled")
        if not place.has_bot and "chat:write.public" not in caller.scopes:
            raise Refusal("not_in_channel")
        return place

    def _private(self, caller: Caller, person: SlackPerson) -> SlackChannel:
        """Return somebody's private chat, as a post to their id opens it."""
        # A chat that was open stays so when its person leaves (slackapi/python-slack-sdk#1156).
        if reason_not_to_open(person, is_known=self.knows(caller, person)) and not self._doings.has_private(
            person
        ):
            raise Refusal("channel_not_found")
        return self._doings.private(person)

    def _own(self, caller: Caller, params: Mapping[str, Any], foreign: str) -> tuple[SlackChannel, Shown]:
        """Return a message of the bot's own; raises Refusal."""
        place = self.place(caller, params.get("channel"))
        shown = place.find(params.get("ts"))
        if shown is None or shown.only_for is not None:
            raise Refusal("message_not_found")
        if shown.sender is not None:
            raise Refusal(foreign)
        return place, shown
