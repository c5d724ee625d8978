"""The daily digest: said once for each team and date, whatever crashes, then planned for the next day."""

from __future__ import annotations

from dataclasses import replace

from conversations.dialog import Dialog, Scene, Turn
from conversations.digest import DigestFacts, digest, digest_due, digest_key, digest_lateness
from conversations.effects import Effect, Manner, Priority, Say, SetTimer
from conversations.events import Due, Event
from conversations.identity import Role, ToTeam

TEAM = "hr"


def _due(scene: Scene, event: Event) -> Turn:
    if not isinstance(event.body, Due):
        return Turn()
    zone = scene.policy.zone
    lateness = digest_lateness(event.body.due_at, zone, scene.now)
    effects: list[Effect] = []
    if lateness != "merge":
        facts: DigestFacts = scene.found["digest"]
        message = digest(replace(facts, is_late=facts.is_late or lateness == "late"))
        once = Manner(where="ladder", priority=Priority.DIGEST, once=digest_key(TEAM, facts.on))
        effects.append(Say(ToTeam(TEAM), message, once))
    following = digest_due(scene.policy, zone, scene.now)
    if following is not None:
        effects.append(SetTimer("digest", f"team:{TEAM}", following))
    return Turn(effects=tuple(effects))


HR_DIGEST = Dialog("hr_digest", on={"due.digest": _due}, needs={"due.digest": ("digest",)}, roles=(Role.HR,))
