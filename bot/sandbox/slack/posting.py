"""What is written: by people, and by the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from bot.sandbox.slack.app import Workspace
from bot.sandbox.slack.blocks import checked_blocks
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.rules import checked_metadata, checked_text
from bot.sandbox.slack.telling import Telling


class Posting(Telling):
    """Lets messages stand where they were posted."""

    def say(
        self,
        person: SlackPerson,
        text: str,
        place: SlackChannel,
        about: Shown | None,
        files: Sequence[Mapping[str, Any]] = (),
    ) -> str | None:
        self._check_may_write(person, place)
        thread = (about.thread or about.id) if about else None
        shown = Shown(self.ts(), self.clock.now(), person, text, thread=thread)
        shown.written = self.typed(text, place.workspace)
        shown.document = files[0]["name"] if files else None
        place.messages.append(shown)
        event: dict[str, Any] = {
            "text": shown.written,
            "user": person.id,
            "team": person.workspace.id,
            "client_msg_id": str(uuid5(NAMESPACE_OID, shown.id)),
            "blocks": [_as_rich_text(text)] if text else [],
        }
        if thread:
            event["thread_ts"] = thread
        if files:
            event |= {"subtype": "file_share", "files": [*files], "upload": False}
        if person.workspace is not place.workspace:
            event |= {"user_team": person.workspace.id, "source_team": person.workspace.id}
        told = self.message_event(place, shown, event)
        if place.has_bot and f"<@{place.workspace.bot}>" in shown.written and place.kind != "im":
            mention = {
                **event,
                "type": "app_mention",
                "ts": shown.id,
                "channel": place.id,
                "event_ts": shown.id,
            }
            return self.event("app_mention", mention, place.workspace, person.id, place.is_external) or told
        return told

    def _check_may_write(self, person: SlackPerson, place: SlackChannel) -> None:
        if person not in place.members:
            raise LookupError(f"{person.name} is not in #{place.name}")
        if person.is_deactivated:
            raise LookupError(f"{person.name} is deactivated")
        if place.kind == "im" and not self.app.has_messages:
            raise LookupError("the app's Messages tab is off, or for reading only")

    def typed(self, text: str, workspace: Workspace) -> str:
        """Return what somebody typed as Slack sends it: &, < and > escaped, the bot's name as a mention."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return escaped.replace(f"@{self.app.name}", f"<@{workspace.bot}>")

    def edit(self, person: SlackPerson, shown: Shown, text: str) -> str | None:
        place = next(each for each in self.channels.values() if shown in each.messages)
        before = self.described(shown, place)
        shown.told_before.append(shown.text)
        shown.text, shown.written = text, self.typed(text, place.workspace)
        return self.changed_message(place, shown, before)

    def respond(
        self, person: SlackPerson, place: SlackChannel, shown: Shown | None, told: Mapping[str, Any]
    ) -> Shown | None:
        """Post, replace or delete as an answer to an interaction; raises Refusal."""
        if told.get("delete_original") is True and shown is not None:
            shown.is_deleted = True
            return None
        blocks = checked_blocks(told.get("blocks"))
        text = checked_text(told.get("text"), bool(blocks))
        if told.get("replace_original") is True and shown is not None:
            before = self.described(shown, place)
            shown.told_before.append(shown.text)
            shown.show(text, blocks, self.name)
            if shown.only_for is None:
                self.changed_message(place, shown, before)
            return shown
        is_public = told.get("response_type") == "in_channel"
        return self.post(
            place, text, blocks, None, thread=told.get("thread_ts"), only_for=None if is_public else person
        )

    def post(
        self,
        place: SlackChannel,
        text: str,
        blocks: list[dict[str, Any]],
        metadata: dict[str, Any] | None,
        *,
        thread: str | None = None,
        only_for: SlackPerson | None = None,
    ) -> Shown:
        """Let the bot's message stand in a channel."""
        shown = Shown(self.ts(), self.clock.now(), None, thread=thread, only_for=only_for)
        shown.metadata = checked_metadata(metadata)
        shown.show(text, blocks, self.name)
        place.messages.append(shown)
        everybody = {"here", "channel", "everyone"} & set(shown.read.calls)
        for person in place.members:
            if place.kind != "im" and (everybody or person.id in shown.read.calls):
                person.notified.append(shown)
        if only_for is None:
            self.message_event(place, shown, self.described(shown, place))
        return shown


def _as_rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}
