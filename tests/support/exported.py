"""Attempts to be taken away, hostile ones among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.export.about import About
from bot.export.rows import Exported
from conversations.figures import AttemptFacts
from conversations.interview import Outcome, Reason
from locales.text import Day, Reader, t

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
START = datetime(2026, 11, 20, 6, 0, 30, tzinfo=UTC)
"""14:00 in Shanghai."""


def reader(locale: str = "en") -> Reader:
    return Reader(locale, "Asia/Shanghai", NOW)


def exported(number: int = 1024, **changes: Any) -> Exported:
    """Return a no-show that was closed after a quarter of an hour; keywords change its facts, name or phone."""
    own = {name: changes.pop(name) for name in ("n", "name", "phone", "recruiter") if name in changes}
    facts = AttemptFacts(
        uuid5(NAMESPACE_URL, f"attempt {number}"),
        number,
        "示例科技",
        "前端工程师",
        START,
        source="校招",
        candidate_type="campus",
        outcome=Outcome.NO_SHOW,
        reason=Reason.TECHNICAL,
        confirmed_at=START - timedelta(days=1),
        flagged_at=START + timedelta(minutes=10),
        contacted_at=START + timedelta(minutes=11),
        closed_at=START + timedelta(minutes=25),
        channels=("sms", "telegram"),
        check_codes=("CAM-OK", "NET-SLOW"),
        rating=4,
        reminders_said=0,
        support_said=1,
        tags={"届别": "2027", "邮箱": "lilei@example.com"},
        zone="Asia/Shanghai",
    )
    row = Exported(replace(facts, **changes), 1, "李雷", "13812341234", "Rui")
    return replace(row, **own)


def about(n: int, *, is_whole: bool = False) -> About:
    days = t("{first} to {last}", first=Day(START.date()), last=Day(NOW.date()))
    return About(days, NOW, "韩梅梅", n, (t("{filter}", filter="source:校招"),), is_whole)
