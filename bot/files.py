"""Files made for messages: what a message only names becomes bytes, kept by their content."""

from __future__ import annotations

from datetime import datetime

from bot.calendar import calendar_file
from conversations.dialog import Scene
from locales.text import Reader, Text, Words, t
from locales.translate import best_locale, render
from store import blobs
from store.db import Tx


async def make(tx: Tx, name: str, scene: Scene, now: datetime) -> str:
    """Return the `blob:…` of what `make:<kind>:<id>` names, made for the scene's candidate."""
    kind = name.split(":")[1]
    if kind != "calendar" or scene.interview is None:
        raise ValueError(f"nobody makes {name}")
    return await blobs.put(tx, _calendar(scene, now))


def _calendar(scene: Scene, now: datetime) -> bytes:
    interview, policy, candidate = scene.booked, scene.policy, scene.whose
    locale = best_locale(candidate.locale, policy.languages, policy.languages[0])
    reader = Reader(locale, candidate.zone or policy.zone, now, policy.formal)

    def words(text: Text) -> str:
        return render(text, reader)

    company = words(t("{company}", company=Words(policy.display_name)))
    return calendar_file(
        interview,
        company_name=company,
        summary=words(t("Interview: {role} at {company}", role=interview.role, company=company)),
        description=words(t("You need: {devices}", devices=Words(policy.devices))),
        url=interview.attempt.join if interview.attempt.join.startswith("http") else "",
        sequence=interview.attempt.n - 1,
        stamped_at=now,
    )
