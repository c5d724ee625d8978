"""Who has a digest: HR as a whole, and each company that decided something else about it than the others."""

from __future__ import annotations

from datetime import date
from typing import Any

from conversations.digest.calendar import Window
from conversations.policy import Policy

HR = "hr"


def has_own_digest(policy: Policy, base: Policy) -> bool:
    """Tell whether a company reads a digest of its own, about its own interviews: it says when, or where."""
    return _decided(policy) != _decided(base)


def _decided(policy: Policy) -> tuple[Any, ...]:
    return (
        policy.digest_at,
        policy.digest_place,
        policy.digest_days,
        policy.holidays,
        policy.digest_weekly,
        policy.digest_monthly,
        policy.digest_quarterly,
    )


def team_of(company: str = "") -> str:
    """Return the name of a company's readers; of everybody else's without one."""
    return f"{HR}:{company}" if company else HR


def company_of(team: str) -> str:
    return team.partition(":")[2]


def digest_key(team: str, on: date, window: Window = "day") -> str:
    """Return the name under which a digest exists once: the daily one by its date, others by their first day."""
    return (
        f"digest:{team}:{on.isoformat()}" if window == "day" else f"digest:{team}:{window}:{on.isoformat()}"
    )


def subject_of(team: str, on: date) -> str:
    """Return what the session of a daily digest is about."""
    return digest_key(team, on)
