"""views.*: forms before people, and their home tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.blocks import checked_view
from bot.sandbox.slack.calling import Area, Caller, Method
from bot.sandbox.slack.ground import TRIGGER_LIVES, Trigger
from bot.sandbox.slack.rules import Refusal
from bot.sandbox.slack.views import View


class Forms(Area):
    """Views."""

    @property
    def methods(self) -> Mapping[str, Method]:
        return {
            "views.open": self._open,
            "views.push": self._push,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    async def _open(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal"])
        person = self._exchange(params.get("trigger_id")).person
        return self._view(caller, self._doings.open(person, view))

    async def _push(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal"])
        person = self._exchange(params.get("trigger_id")).person
        return self._view(caller, self._doings.push(person, view))

    def _exchange(self, trigger_id: object) -> Trigger:
        """Return what a trigger stands for, and use it up; raises Refusal."""
        trigger = self._doings.triggers.get(str(trigger_id))
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        if self._doings.clock.now() - trigger.at > TRIGGER_LIVES:
            raise Refusal("expired_trigger_id")
        trigger.is_used = True
        return trigger

    async def _update(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        view = checked_view(params.get("view"), ["modal", "home"])
        id, external = params.get("view_id"), params.get("external_id")
        known = [shown for person in self._doings.people.values() for shown in (*person.modals, person.home)]
        for shown in known:
            if shown is None:
                continue
            if shown.id == id or (external and shown.view.get("external_id") == external):
                _check_hash(shown, params)
                self._doings.update(shown, view)
                return self._view(caller, shown)
        raise Refusal("not_found")

    async def _publish(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        if not self._doings.app.has_home:
            raise Refusal("not_enabled")
        person = self._doings.people.get(str(params.get("user_id")))
        if person is None or not self.knows(caller, person):
            raise Refusal("invalid_arguments", "invalid `user_id`")
        view = checked_view(params.get("view"), ["home"])
        if person.home is None:
            person.home = View(self._doings.id("V"), {}, "", self._doings.clock.now())
        else:
            _check_hash(person.home, params)
        self._doings.update(person.home, view)
        return self._view(caller, person.home)

    def _view(self, caller: Caller, shown: View) -> dict[str, Any]:
        team = caller.workspace
        return {"view": shown.described(team.id, self._doings.app.id, team.bot_id)}


def _check_hash(shown: View, params: Mapping[str, Any]) -> None:
    if params.get("hash") and params["hash"] != shown.hash:
        raise Refusal("hash_conflict")
