"""When somebody is asked how it was: a while after, never at night, never shortly before or in an interview."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from conversations.dialog import Scene
from conversations.dialogs.phrases import zone_of
from conversations.effects import SetTimer
from conversations.interview import State
from conversations.late import next_unquiet

AFTER = timedelta(minutes=15)
INTERVIEW_LASTS = timedelta(hours=2)
IS_NEAR = timedelta(hours=24)
"""Nearer than this, the interview itself comes first, and both are asked about together."""


def ask_later(scene: Scene, attempt: UUID) -> SetTimer:
    """Have a candidate asked about an attempt; what was to be asked about the interview before is asked with it."""
    interview = scene.booked
    starts_at, at = interview.attempt.starts_at, scene.now + AFTER
    if interview.state is not State.COMPLETED and starts_at - IS_NEAR < at < starts_at + INTERVIEW_LASTS:
        at = starts_at + INTERVIEW_LASTS
    at = next_unquiet(scene.policy, zone_of(scene), at)
    return SetTimer("survey", f"interview:{interview.id}", at, {"attempt": str(attempt)})
