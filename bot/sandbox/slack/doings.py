"""What people do with commands, buttons and forms, and what becomes of the bot's answer to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.sandbox.slack.app import SlackApp
from bot.sandbox.slack.blocks import checked_view
from bot.sandbox.slack.delivery import Answer
from bot.sandbox.slack.people import Shown, SlackChannel, SlackPerson
from bot.sandbox.slack.posting import Posting
from bot.sandbox.slack.reading import Tappable
from bot.sandbox.slack.rules import Refusal
from bot.sandbox.slack.telling import handle
from bot.sandbox.slack.views import Modal, View

MOST_MODALS = 3


class Doings(Posting):
    """Everything that happens."""

    def __init__(self, clock: Clock, app: SlackApp) -> None:
        super().__init__(clock, app)
        self.files_sent: dict[str, tuple[str, bytes]] = {}
        """Name and bytes of what people sent, by the file's id."""
        self.misplaced: list[str] = []
        """What the bot answered to an interaction and Slack could not use, with the reason."""

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
            "user_name": handle(person),
            "command": name,
            "text": self.typed(text.strip(), place.workspace),
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(person, place, None, "commands"),
            "trigger_id": trigger,
        }
        then = partial(self._commanded, person, place)
        self.deliver(trigger, "slash_commands", payload, self.app.commands[name], person.id, then)
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
            **self.interaction("block_actions", person, place.workspace, trigger),
            "actions": [self.action(tapped)],
        }
        if isinstance(on, Shown):
            payload |= self.on_message(person, on, place)
        else:
            workspace = place.workspace
            payload |= {
                "container": {"type": "view", "view_id": on.id},
                "view": on.described(workspace.id, self.app.id, workspace.bot_id),
            }
        then = partial(self._taken, person)
        self.deliver(trigger, "interactive", payload, self.app.interactivity_url, person.id, then)
        return trigger

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
            **self.interaction("view_submission", person, workspace, trigger),
            "view": modal.described(workspace.id, self.app.id, workspace.bot_id),
            "response_urls": [],
        }
        then = partial(self._submitted, person, modal)
        self.deliver(trigger, "interactive", payload, self.app.interactivity_url, person.id, then)
        return trigger

    def close(self, person: SlackPerson, modal: Modal) -> str | None:
        """Put a form away, and tell the bot if the form asks for that."""
        is_cleared = bool(modal.view.get("clear_on_close"))
        person.modals = [] if is_cleared else person.modals[:-1]
        if not modal.view.get("notify_on_close"):
            return None
        workspace = self.private(person).workspace
        payload = {
            **self.interaction("view_closed", person, workspace),
            "view": modal.described(workspace.id, self.app.id, workspace.bot_id),
            "is_cleared": is_cleared,
        }
        id = self.id("Vc")
        then = partial(self._taken, person)
        self.deliver(id, "interactive", payload, self.app.interactivity_url, person.id, then)
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

    def _answered(self, person: SlackPerson, act: Callable[[], object]) -> None:
        """Use what the bot answered; what Slack cannot use becomes the person's trouble."""
        try:
            act()
        except Refusal as refusal:
            person.troubles.append(refusal.error)
            self.misplaced.append(str(refusal))
