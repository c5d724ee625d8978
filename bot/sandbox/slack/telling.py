"""How the bot comes to know of what happens: events and interactions as Slack writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.clock import Clock
from bot.sandbox.slack.app import EVENTS, SlackApp, Workspace
from bot.sandbox.slack.delivery import Answer, Deliveries, Delivery, Kind
from bot.sandbox.slack.ground import Ground
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.reading import Tappable


class Telling(Ground):
    """Tells the bot."""

    def __init__(self, clock: Clock, app: SlackApp) -> None:
        super().__init__(clock, app)
        self.deliveries: Deliveries

    def event(
        self, name: str, event: Mapping[str, Any], workspace: Workspace, queue: str, is_external: bool = False
    ) -> str | None:
        """Tell the bot of an event, if the app is installed, subscribed and allowed to; return the event's id."""
        needs = EVENTS[name]
        is_leaving = name in ("tokens_revoked", "app_uninstalled")
        has_scope = needs in workspace.scopes if needs else bool(workspace.token)
        if name not in self.app.events or not (has_scope or is_leaving):
            return None
        id = self.id("Ev")
        outer = {
            "token": "sandbox",
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "context_enterprise_id": None,
            "api_app_id": self.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": id,
            "event_time": int(self.clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.id,
                    "user_id": workspace.bot,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": is_external,
            "event_context": f"4-{self.secret('context', id)}",
        }
        self.deliver(id, "events_api", outer, self.app.events_url, queue)
        return id

    def deliver(
        self,
        id: str,
        kind: Kind,
        payload: Mapping[str, Any],
        url: str,
        queue: str,
        then: Callable[[Answer], None] | None = None,
    ) -> None:
        self.deliveries.add(Delivery(id, kind, payload, url, queue, self.clock.now(), then))

    def message_event(self, place: SlackChannel, shown: Shown, event: Mapping[str, Any]) -> str | None:
        """Tell the bot of a message in a channel that it is in; its own come back to it, too."""
        if not place.has_bot:
            return None
        whole = {
            "type": "message",
            "channel": place.id,
            "channel_type": place.kind,
            "event_ts": shown.id,
            "ts": shown.id,
            **event,
        }
        kind = {"im": "im", "channel": "channels", "group": "groups"}[place.kind]
        queue = shown.sender.id if shown.sender else place.workspace.bot
        return self.event(f"message.{kind}", whole, place.workspace, queue, place.is_external)

    def described(self, shown: Shown, place: SlackChannel) -> dict[str, Any]:
        """Return a message as the Web API and events give it."""
        found: dict[str, Any] = {"type": "message", "ts": shown.id, "text": shown.written}
        workspace = place.workspace
        if shown.sender is None:
            found |= {"user": workspace.bot, "bot_id": workspace.bot_id, "app_id": self.app.id}
            found |= {"team": workspace.id, "bot_profile": self._bot_profile(workspace)}
        else:
            found |= {"user": shown.sender.id, "team": shown.sender.workspace.id}
        if shown.blocks:
            found["blocks"] = shown.blocks
        if shown.thread:
            found["thread_ts"] = shown.thread
        if shown.document:
            found["files"] = [{"id": f"F{shown.id}", "name": shown.document, "title": shown.document}]
        return found

    def _bot_profile(self, workspace: Workspace) -> dict[str, Any]:
        named = {"id": workspace.bot_id, "name": self.app.name, "app_id": self.app.id}
        return {**named, "team_id": workspace.id, "deleted": False}

    def changed_message(self, place: SlackChannel, shown: Shown, before: Mapping[str, Any]) -> str | None:
        """Tell the bot that a message says something else now."""
        at = self.ts()
        who = shown.sender.id if shown.sender else place.workspace.bot
        now = {**self.described(shown, place), "edited": {"user": who, "ts": at}}
        change = {"subtype": "message_changed", "hidden": True, "message": now, "previous_message": before}
        return self.message_event(place, shown, {**change, "ts": at, "event_ts": at})

    # -- interactions -------------------------------------------------------------------------------------

    def interaction(
        self, kind: str, person: SlackPerson, workspace: Workspace, trigger: str = ""
    ) -> dict[str, Any]:
        """Return what all interactions carry."""
        name = handle(person)
        user = {"id": person.id, "username": name, "name": name, "team_id": person.workspace.id}
        found = {
            "type": kind,
            "team": {"id": workspace.id, "domain": workspace.domain},
            "user": user,
            "api_app_id": self.app.id,
            "token": "sandbox",
            "enterprise": None,
            "is_enterprise_install": False,
        }
        return {**found, "trigger_id": trigger} if trigger else found

    def action(self, tapped: Tappable) -> dict[str, Any]:
        element = tapped.element
        kept = ("type", "action_id", "text", "value", "style", "url")
        action = {key: element[key] for key in kept if key in element}
        if tapped.option is not None:
            many = element["type"] in ("checkboxes", "multi_static_select")
            action.pop("text", None)
            action |= {"selected_options": [tapped.option]} if many else {"selected_option": tapped.option}
        return {**action, "block_id": tapped.block_id, "action_ts": self.ts()}

    def on_message(self, person: SlackPerson, shown: Shown, place: SlackChannel) -> dict[str, Any]:
        is_ephemeral = shown.only_for is not None
        container = {
            "type": "message",
            "message_ts": shown.id,
            "channel_id": place.id,
            "is_ephemeral": is_ephemeral,
        }
        if shown.thread:
            container["thread_ts"] = shown.thread
        found: dict[str, Any] = {
            "container": container,
            "channel": {"id": place.id, "name": place.name},
            "state": {"values": {}},
            "response_url": self.response_url(person, place, shown, "actions"),
        }
        return found if is_ephemeral else {**found, "message": self.described(shown, place)}

    # -- who is where -------------------------------------------------------------------------------------

    def changed(self, person: SlackPerson) -> str | None:
        told = None
        for workspace in self.workspaces:
            if workspace is person.workspace and workspace.token:
                user = user_object(person, workspace, with_email="users:read.email" in workspace.scopes)
                event = {"type": "user_change", "user": user, "event_ts": self.ts()}
                told = self.event("user_change", event, workspace, person.id)
        return told

    def invite(self, person: SlackPerson, place: SlackChannel) -> str | None:
        place.has_bot = True
        return self._moved("member_joined_channel", person, place, inviter=person.id)

    def remove(self, person: SlackPerson, place: SlackChannel) -> str | None:
        told = self._moved("member_left_channel", person, place)
        place.has_bot = False
        return told

    def _moved(self, name: str, person: SlackPerson, place: SlackChannel, **more: str) -> str | None:
        letter = {"channel": "C", "group": "G"}[place.kind]
        event = {
            "type": name,
            "user": place.workspace.bot,
            "channel": place.id,
            "channel_type": letter,
            "team": place.workspace.id,
            "event_ts": self.ts(),
            **more,
        }
        return self.event(name, event, place.workspace, person.id, place.is_external)


def handle(person: SlackPerson) -> str:
    return (re.sub(r"[^a-z0-9._-]", "", person.email.partition("@")[0].lower()) or person.id.lower())[:21]


def user_object(
    person: SlackPerson, workspace: Workspace, *, with_email: bool, with_locale: bool = False
) -> dict[str, Any]:
    """Return somebody as users.info tells of them: of other workspaces' people and of those who left, less."""
    is_foreign = person.workspace is not workspace
    profile = {"real_name": person.name, "display_name": person.name, "team": person.workspace.id}
    if with_email and person.email and not is_foreign:
        profile["email"] = person.email
    found: dict[str, Any] = {
        "id": person.id,
        "team_id": person.workspace.id,
        "name": handle(person),
        "deleted": person.is_deactivated,
        "profile": profile,
        "is_bot": False,
        "is_app_user": False,
        "updated": 0,
    }
    if is_foreign:
        found["is_stranger"] = True
    if person.is_deactivated:
        return found
    found |= {
        "real_name": person.name,
        "tz": person.tz,
        "tz_label": person.tz,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": bool(person.guest),
        "is_ultra_restricted": person.guest == "single",
    }
    return {**found, "locale": person.locale} if with_locale else found
