"""Who reads which digest, and which of them show an interview of which something has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.settings import Policies
from conversations.dialog import Scene
from conversations.digest import (
    HR,
    company_of,
    digest_due,
    has_own_digest,
    opinion_due,
    subject_of,
    team_of,
)
from conversations.effects import Bind, Effect, MarkReach, SaveCase, SaveInterview, SavePerson
from conversations.events import Body, Checked, Done, Event
from conversations.policy import Policy
from locales.zones import local
from store import interviews, sessions, timers
from store.db import Tx

_MAY_SETTLE = (SaveInterview, SaveCase, SavePerson, Bind, MarkReach)
_DAY = timedelta(days=1)


def teams(policies: Policies) -> Mapping[str, Policy]:
    """Return who reads digests, by name: everybody's HR, and each company that has one of its own."""
    found = {team_of(name): policies.for_(name, "") for name in policies.companies}
    own = {team: policy for team, policy in found.items() if has_own_digest(policy, policies.default)}
    return {HR: policies.default, **own}


def team_for(policies: Policies, company: str) -> str:
    """Return whose digest tells of a company's interviews."""
    policy = policies.for_(company, "")
    return team_of(policy.company) if has_own_digest(policy, policies.default) else HR


async def companies_of(tx: Tx, policies: Policies, team: str) -> Collection[str] | None:
    """Return the companies whose interviews a team's digest tells of, as they were imported; None for all."""
    if len(teams(policies)) == 1:
        return None
    names = await interviews.companies(tx)
    return frozenset(name for name in names if team_for(policies, name) == team)


async def plan(tx: Tx, policies: Policies, now: datetime) -> None:
    """Set the timer of each digest; one that is overdue still fires, one that is ahead follows the policy."""
    wanted = teams(policies)
    for subject in await timers.subjects(tx, "digest"):
        if subject.removeprefix("team:") not in wanted:
            await timers.drop(tx, subject, ("digest",))
    for team, policy in wanted.items():
        known = [timer for timer in await timers.of(tx, f"team:{team}") if timer.name == "digest"]
        if any(timer.at <= now for timer in known):
            continue
        at = digest_due(policy, policy.zone, now)
        if at is None:
            await timers.drop(tx, f"team:{team}", ("digest",))
        else:
            await timers.set(tx, "digest", f"team:{team}", at, known[0].data if known else {})


async def plan_opinions(tx: Tx, policies: Policies, now: datetime) -> None:
    """Set the timer by which HR is asked once a year, unless there is one."""
    if not any(timer.name == "hr_survey" for timer in await timers.of(tx, f"team:{HR}")):
        await timers.set(tx, "hr_survey", f"team:{HR}", opinion_due(policies.default, now))


async def touched(
    tx: Tx, policies: Policies, scene: Scene, event: Event, effects: Sequence[Effect], now: datetime
) -> list[Body]:
    """Return what tells the digests of today that show an interview of which something has just changed."""
    interview = scene.interview
    if interview is None or not _may_settle(event, effects):
        return []
    team = team_for(policies, interview.company)
    today = local(now, teams(policies)[team].zone).date()
    # A recruiter or HR may have asked for one of the day before, shortly before midnight.
    subjects = [subject_of(team, day) for day in (today, today - _DAY)]
    found = [s for s in await sessions.about(tx, *subjects) if s.step and _shows(s.data, interview.label)]
    return [Done("digest_line", {"team": team, "holder": s.holder, "subject": s.subject}) for s in found]


def _may_settle(event: Event, effects: Sequence[Effect]) -> bool:
    return isinstance(event.body, Checked) or any(isinstance(effect, _MAY_SETTLE) for effect in effects)


def _shows(data: Mapping[str, object], label: str) -> bool:
    labels = data.get("labels")
    return isinstance(labels, list) and label in labels


def named_in(event: Event) -> str:
    """Return the company whose digest an event is about; empty for everybody's, and for other events."""
    match event.body:
        case Done(result={"team": str(team)}):
            return company_of(team)
    subject = getattr(event.body, "subject", "")
    return company_of(subject.removeprefix("team:")) if subject.startswith(f"team:{HR}:") else ""
