"""The slow work of a changed configuration: read as a whole, its plan counted first, then put in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.configuration import Change, Configuration, differences, version_of
from bot.planning import Planning
from bot.settings import BadConfig
from bot.settings.problems import NO_SUCH_KEY, Problem
from bot.settings.written import BadKey, Written, changed, key_of, nearest_key, path_of
from conversations.configured import Refused, refused_plain
from conversations.identity import Role
from locales.text import t
from store import people
from store.policies import NotNewest

if TYPE_CHECKING:
    from bot.jobs import Desk

Args = Mapping[str, Any]


class Configuring:
    """Changes what the company decided, from chat or from the command line."""

    def __init__(self, configuration: Configuration, planning: Planning) -> None:
        self.configuration = configuration
        self.planning = planning

    async def look(self, decided: Written) -> dict[str, Any]:
        """Return what would differ, and what becomes of the reminders planned; raises BadConfig."""
        found = self.configuration.read(decided)
        change = await self.planning.preview(found)
        return {
            "base": self.configuration.number,
            "changes": _told(differences(self.configuration.written, decided)),
            "plan": list(change),
        }

    async def change(self, decided: Written, actor: str, base: int | None = None) -> dict[str, Any]:
        """Put it in force and plan by it; returns what differs, raises BadConfig and NotNewest."""
        told = _told(differences(self.configuration.written, decided))
        is_new = await self.configuration.change(decided, actor, base)
        plan = await self.planning.follow_policy() if is_new else (0, 0, 0)
        await self.configuration.followed()
        return {"version": self.configuration.number, "changes": told, "plan": list(plan)}

    async def wanted(self, args: Args) -> Written | None:
        """Return what is asked for: one key set or left out, or an earlier version; None for an unknown version."""
        configuration = self.configuration
        if args.get("version"):
            async with configuration.db.read() as tx:
                return await version_of(tx, int(args["version"]))
        company, role = str(args.get("company", "")), str(args.get("role", ""))
        path = path_of(str(args["key"]), configuration.written, company, role)
        key = key_of(path)
        if variable := configuration.settings.overlaid.get(key):
            reason = t("is set by {variable} in the environment, which goes first", variable=variable)
            raise BadKey(key, reason, t("take it out there, and restart"))
        typed = args.get("value")
        decided = changed(configuration.written, path, None if typed is None else str(typed))
        for other, value in args.get("also") or ():
            decided = changed(decided, path_of(str(other), decided, company, role), str(value))
        return decided


async def config(desk: Desk, args: Args) -> dict[str, Any]:
    """Preview a change (`do` = look) or put it in force (`do` = apply, made from version `base`).

    The result has `problems`, as `refused_plain` has them; or `changes`, each [key, old, new], and `plan`: how many
    reminders come, move and go. What somebody may do is checked anew.
    """
    person = UUID(str(args["person"]))
    async with desk.db.read() as tx:
        who = await people.get(tx, person)
    if desk.configuring is None or who is None or Role.ADMIN not in who.roles:
        return {"error": "not allowed"}
    try:
        await desk.configuring.configuration.follow()
        decided = await desk.configuring.wanted(args)
        if decided is None:
            return {"unknown_version": args["version"]}
        if args["do"] == "apply":
            return await desk.configuring.change(decided, f"person:{person}", int(args["base"]))
        return await desk.configuring.look(decided)
    except BadKey as bad:
        return {"problems": refused_plain([Refused(bad.key, bad.reason, bad.remedy)])}
    except BadConfig as bad:
        return {"problems": refused_plain(map(_refused, bad.problems))}
    except NotNewest:
        return {"is_stale": True}


def _refused(problem: Problem) -> Refused:
    near = nearest_key(problem.key) if problem.reason == NO_SUCH_KEY else None
    remedy = t('did you mean "{meant}"?', meant=near) if near else problem.remedy
    return Refused(problem.key, problem.reason, remedy)


def _told(changes: Sequence[Change]) -> list[list[str | None]]:
    return [[change.key, change.old, change.new] for change in changes]
