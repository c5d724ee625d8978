"""What happens on the sandbox's Slack, and how the bot comes to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from bot.clock import Clock
from bot.sandbox.slack.app import EVENTS, SlackApp, Workspace
from bot.sandbox.slack.blocks import checked_blocks, checked_view
from bot.sandbox.slack.delivery import Answer, Deliveries, Delivery, Kind
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.reading import Tappable
from bot.sandbox.slack.rules import Refusal, checked_metadata, checked_text
from bot.sandbox.slack.views import Modal, View

TRIGGER_LIVES = timedelta(seconds=3)
URL_LIVES = timedelta(minutes=30)
MOST_USES = 5
MOST_MODALS = 3
CHANNEL_TYPES = {"im": "im", "channel": "channel", "group": "group"}


@dataclass(slots=True)
class Trigger:
    """What lets a modal be opened, once and for three seconds."""

    person: SlackPerson
    at: datetime
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """An address at which the bot may answer an interaction: five times within half an hour."""

    person: SlackPerson
    place: SlackChannel
    shown: Shown | None
    at: datetime
    uses: int = 0


class Doings:
    """Everybody and everything there is, with what they do."""

    def __init__(self, clock: Clock, app: SlackApp) -> None:
        self.clock = clock
        self.app = app
        self.deliveries: Deliveries
        self.base = ""
        self.workspaces: list[Workspace] = []
        self.people: dict[str, SlackPerson] = {}
        self.channels: dict[str, SlackChannel] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.misplaced: list[str] = []
        """What the bot answered to an interaction and Slack could not use, with the reason."""
        self._private: dict[str, SlackChannel] = {}
        self._count = 100

    # -- names and numbers --------------------------------------------------------------------------------

    def number(self) -> int:
        self._count += 1
        return self._count

    def id(self, kind: str) -> str:
        """Return a new id, beginning with the letter of its kind."""
        return f"{kind}0SB{self.number():07d}"

    def ts(self) -> str:
        """Return a new message's id, which tells when it was posted."""
        return f"{int(self.clock.now().timestamp())}.{self.number():06d}"

    def name(self, id: str) -> str:
        """Return the name of a person or channel by its id."""
        if any(workspace.bot == id for workspace in self.workspaces):
            return self.app.name
        owner = self.people.get(id) or self.channels.get(id)
        return owner.name if owner else ""

    def secret(self, *words: object) -> str:
        """Return something nobody guesses, the same in every run."""
        return uuid5(NAMESPACE_OID, "/".join(map(str, words))).hex

    def private(self, person: SlackPerson) -> SlackChannel:
        """Return somebody's private chat with the bot."""
        if person.id not in self._private:
            installed = [each for each in self.workspaces if each.grants]
            home = person.workspace if person.workspace.grants or not installed else installed[0]
            made = SlackChannel(self.id("D"), "directmessage", "im", home, [person], has_bot=True)
            self._private[person.id] = self.channels[made.id] = made
        return self._private[person.id]

    def has_private(self, person: SlackPerson) -> bool:
        return person.id in self._private

    def trigger(self, person: SlackPerson) -> str:
        id = f"{self.number()}.{self.number()}.{self.secret('trigger', self.number())}"
        self.triggers[id] = Trigger(person, self.clock.now())
        return id

    def response_url(self, person: SlackPerson, place: SlackChannel, shown: Shown | None, kind: str) -> str:
        path = f"/{kind}/{place.workspace.id}/{self.number()}/{self.secret('url', self.number())[:24]}"
        self.response_urls[path] = ResponseUrl(person, place, shown, self.clock.now())
        return self.base + path

    # -- telling the bot ----------------------------------------------------------------------------------

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
        self._deliver(id, "events_api", outer, self.app.events_url, queue)
        return id

    def _deliver(
        self, id: str, kind: Kind, payload: Mapping[str, Any], url: str, queue: str, then: Any = None
    ) -> None:
        self.deliveries.add(Delivery(id, kind, payload, url, queue, self.clock.now(), then))

    def message_event(self, place: SlackChannel, shown: Shown, event: Mapping[str, Any]) -> str | None:
        """Tell the bot of a message in a channel that it is in; its own come back to it, too."""
        if not place.has_bot:
            return None
        whole = {
            "type": "message",
            "channel": place.id,
            "channel_type": CHANNEL_TYPES[place.kind],
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

    # -- what is written ----------------------------------------------------------------------------------

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
        shown.written = self._typed(text, place.workspace)
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

    def _typed(self, text: str, workspace: Workspace) -> str:
        """Return what somebody typed as Slack sends it: &, < and > escaped, the bot's name as a mention."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return escaped.replace(f"@{self.app.name}", f"<@{workspace.bot}>")

    def edit(self, person: SlackPerson, shown: Shown, text: str) -> str | None:
        place = next(each for each in self.channels.values() if shown in each.messages)
        before = self.described(shown, place)
        shown.told_before.append(shown.text)
        shown.text, shown.written = text, self._typed(text, place.workspace)
        return self.changed_message(place, shown, before)

    def changed_message(self, place: SlackChannel, shown: Shown, before: Mapping[str, Any]) -> str | None:
        """Tell the bot that a message says something else now."""
        at = self.ts()
        who = shown.sender.id if shown.sender else place.workspace.bot
        now = {**self.described(shown, place), "edited": {"user": who, "ts": at}}
        change = {"subtype": "message_changed", "hidden": True, "message": now, "previous_message": before}
        return self.message_event(place, shown, {**change, "ts": at, "event_ts": at})

    def command(self, person: SlackPerson, line: str, place: SlackChannel) -> str:
        name, _, text = line.partition(" ")
        if name not in self.app.commands:
            raise LookupError(
                f"{name} is not a valid command; there are {', '.join(sorted(self.app.commands))}"
            )
        if "commands" not in place.workspace.scopes:
            raise LookupError(f"{name} is not a valid command: the app may not have any there")
        trigger = self.trigger(person)
        payload = {
            "token": "sandbox",
            "team_id": place.workspace.id,
            "team_domain": place.workspace.domain,
            "channel_id": place.id,
            "channel_name": "privategroup" if place.kind == "group" else place.name,
            "user_id": person.id,
            "user_name": _handle(person),
            "command": name,
            "text": self._typed(text.strip(), place.workspace),
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(person, place, None, "commands"),
            "trigger_id": trigger,
        }
        then = partial(self._commanded, person, place)
        self._deliver(trigger, "slash_commands", payload, self.app.commands[name], person.id, then)
        return trigger

    def _commanded(self, person: SlackPerson, place: SlackChannel, answer: Answer) -> None:
        if answer.why:
            person.troubles.append("operation_timeout" if answer.why == "http_timeout" else "dispatch_failed")
            return
        told = self._read(answer)
        if isinstance(told, str):
            told = {"text": told}
        if isinstance(told, dict) and told:
            self._answered(person, lambda: self.respond(person, place, None, told))

    # -- what is tapped -----------------------------------------------------------------------------------

    def press(self, person: SlackPerson, tapped: Tappable, on: Shown | View, place: SlackChannel) -> str:
        trigger = self.trigger(person)
        payload = {
            **self._interaction("block_actions", person, place.workspace, trigger),
            "actions": [self._action(tapped)],
        }
        if isinstance(on, Shown):
            payload |= self._on_message(person, on, place)
        else:
            workspace = place.workspace
            payload |= {
                "container": {"type": "view", "view_id": on.id},
                "view": on.described(workspace.id, self.app.id, workspace.bot_id),
            }
        then = partial(self._taken, person)
        self._deliver(trigger, "interactive", payload, self.app.interactivity_url, person.id, then)
        return trigger

    def _on_message(self, person: SlackPerson, shown: Shown, place: SlackChannel) -> dict[str, Any]:
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

    def _action(self, tapped: Tappable) -> dict[str, Any]:
        element = tapped.element
        kept = ("type", "action_id", "text", "value", "style", "url")
        action = {key: element[key] for key in kept if key in element}
        if tapped.option is not None:
            many = element["type"] in ("checkboxes", "multi_static_select")
            action.pop("text", None)
            action |= {"selected_options": [tapped.option]} if many else {"selected_option": tapped.option}
        return {**action, "block_id": tapped.block_id, "action_ts": self.ts()}

    def _interaction(
        self, kind: str, person: SlackPerson, workspace: Workspace, trigger: str = ""
    ) -> dict[str, Any]:
        """Return what all interactions carry."""
        handle = _handle(person)
        user = {"id": person.id, "username": handle, "name": handle, "team_id": person.workspace.id}
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

    def _taken(self, person: SlackPerson, answer: Answer) -> None:
        """Show the triangle beside a button whose press was not acknowledged."""
        if answer.why:
            person.troubles.append("operation_timeout" if answer.why == "http_timeout" else answer.why)

    def open_home(self, person: SlackPerson) -> str | None:
        if not self.app.has_home:
            raise LookupError("the app has no Home tab")
        place = self.private(person)
        event = {"type": "app_home_opened", "user": person.id, "channel": place.id, "tab": "home"}
        event["event_ts"] = self.ts()
        if person.home is not None:
            view = person.home.described(place.workspace.id, self.app.id, place.workspace.bot_id)
            return self.event("app_home_opened", {**event, "view": view}, place.workspace, person.id)
        return self.event("app_home_opened", event, place.workspace, person.id)

    # -- forms --------------------------------------------------------------------------------------------

    def submit(self, person: SlackPerson, modal: Modal) -> str:
        workspace = self.private(person).workspace
        trigger = self.trigger(person)
        payload = {
            **self._interaction("view_submission", person, workspace, trigger),
            "view": modal.described(workspace.id, self.app.id, workspace.bot_id),
            "response_urls": [],
        }
        then = partial(self._submitted, person, modal)
        self._deliver(trigger, "interactive", payload, self.app.interactivity_url, person.id, then)
        return trigger

    def close(self, person: SlackPerson, modal: Modal) -> str | None:
        """Put a form away, and tell the bot if the form asks for that."""
        is_cleared = bool(modal.view.get("clear_on_close"))
        person.modals = [] if is_cleared else person.modals[:-1]
        if not modal.view.get("notify_on_close"):
            return None
        workspace = self.private(person).workspace
        payload = {
            **self._interaction("view_closed", person, workspace),
            "view": modal.described(workspace.id, self.app.id, workspace.bot_id),
            "is_cleared": is_cleared,
        }
        id = self.id("Vc")
        then = partial(self._taken, person)
        self._deliver(id, "interactive", payload, self.app.interactivity_url, person.id, then)
        return id

    def _submitted(self, person: SlackPerson, modal: Modal, answer: Answer) -> None:
        """Do with a form what the bot answered to it; without an answer it closes."""
        if answer.why:
            person.troubles.append("operation_timeout" if answer.why == "http_timeout" else answer.why)
            return
        told = self._read(answer)
        if told in (None, {}):
            if modal in person.modals:
                person.modals.remove(modal)
            return
        self._answered(person, lambda: self._act(person, modal, told))

    def _act(self, person: SlackPerson, modal: Modal, told: object) -> None:
        match told:
            case {"response_action": "errors", "errors": dict() as errors}:
                if not modal.refuse(errors):
                    raise Refusal("invalid_errors", f"no input blocks: {', '.join(map(str, errors))}")
            case {"response_action": "update", "view": dict() as view}:
                self.update(modal, checked_view(view, ["modal"]))
            case {"response_action": "push", "view": dict() as view}:
                self.push(person, checked_view(view, ["modal"]))
            case {"response_action": "clear"}:
                person.modals.clear()
            case _:
                raise Refusal("invalid_response_action")

    def open(self, person: SlackPerson, view: dict[str, Any]) -> Modal:
        """Open a form before somebody."""
        person.modals = []
        return self.push(person, view)

    def push(self, person: SlackPerson, view: dict[str, Any]) -> Modal:
        """Lay a form over the one before somebody."""
        if len(person.modals) >= MOST_MODALS:
            raise Refusal("push_limit_reached")
        modal = Modal(self.id("V"), {}, "", self.clock.now())
        modal.root = person.modals[0].id if person.modals else modal.id
        modal.previous = person.modals[-1].id if person.modals else None
        modal.show(view, self.ts(), self.name)
        person.modals.append(modal)
        return modal

    def update(self, view: View, shown: dict[str, Any]) -> None:
        """Let a form or home show something else; what was filled in stays where the field stays."""
        if isinstance(view, Modal):
            view.errors = {}
        view.show(shown, self.ts(), self.name)

    def _read(self, answer: Answer) -> object:
        try:
            return answer.read()
        except ValueError:
            return answer.body.decode(errors="replace")

    def _answered(self, person: SlackPerson, act: Any) -> None:
        """Use what the bot answered; what Slack cannot use becomes the person's trouble."""
        try:
            act()
        except Refusal as refusal:
            person.troubles.append(refusal.error)
            self.misplaced.append(str(refusal))

    # -- answers at a response_url, and in the answer to a command ----------------------------------------

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


def _handle(person: SlackPerson) -> str:
    return (re.sub(r"[^a-z0-9._-]", "", person.email.partition("@")[0].lower()) or person.id.lower())[:21]


def _as_rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "typed", "elements": [section]}


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
        "name": _handle(person),
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
