"""users.*: who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.calling import Area, Caller, Method, is_set
from bot.sandbox.slack.people import SlackPerson
from bot.sandbox.slack.rules import Refusal
from bot.sandbox.slack.telling import user_object


class Users(Area):
    """People."""

    @property
    def methods(self) -> Mapping[str, Method]:
        return {"users.info": self._user, "users.lookupByEmail": self._lookup}

    async def _user(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        person = self._doings.people.get(str(params.get("user")))
        if person is None or not self.knows(caller, person):
            raise Refusal("user_not_found")
        if not person.is_visible:
            raise Refusal("user_not_visible")
        with_locale = is_set(params, "include_locale")
        return {"user": self._told_of(caller, person, with_locale)}

    async def _lookup(self, caller: Caller, params: Mapping[str, Any]) -> dict[str, Any]:
        email = str(params.get("email") or "").lower()
        if not email:
            raise Refusal("invalid_arguments", "missing required field: email")
        for person in self._doings.people.values():
            is_there = (
                person.workspace is caller.workspace and person.is_visible and not person.is_deactivated
            )
            if is_there and person.email.lower() == email:
                return {"user": self._told_of(caller, person)}
        raise Refusal("users_not_found")

    def _told_of(self, caller: Caller, person: SlackPerson, with_locale: bool = False) -> dict[str, Any]:
        with_email = "users:read.email" in caller.scopes
        return user_object(person, caller.workspace, with_email=with_email, with_locale=with_locale)
