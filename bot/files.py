"""Files made for messages: what a message only names becomes bytes, kept by their content."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.calendar import calendar_file
from bot.delivery import LINK_LIFE, PAGE_LIFE
from bot.links import Links
from conversations.dialog import Scene
from conversations.interview import Interview
from conversations.policy import Policy
from locales.text import Reader, Text, Words, t
from locales.translate import best_locale, render
from store import blobs
from store.db import Tx

CALENDARS = {"calendar": False, "calendar-cancel": True}
"""Kinds of calendar file, and whether they take the entry out."""


async def make(tx: Tx, name: str, scene: Scene, now: datetime, links: Links | None = None) -> str:
    """Return the `blob:…` of what `make:<kind>:<id>` names, made for the scene's candidate."""
    kind = name.split(":")[1]
    if kind not in CALENDARS or scene.interview is None:
        raise ValueError(f"nobody makes {name}")
    return await blobs.put(tx, entry(scene, now, links, cancelled=CALENDARS[kind]))


def entry(scene: Scene, now: datetime, links: Links | None = None, *, cancelled: bool = False) -> bytes:
    """Return the calendar file of the present attempt; it leads to our pages where the internet reaches them.

    An attempt has two numbers, so that its cancellation stands above it and the next attempt above both.
    """
    interview, policy, candidate = scene.booked, scene.policy, scene.whose
    attempt = interview.attempt
    locale = best_locale(candidate.locale, policy.languages, policy.languages[0])
    reader = Reader(locale, candidate.zone or policy.zone, now, policy.formal)
    pages = links if links is not None and links.public_url and not cancelled else None

    def page(purpose: str, life: timedelta) -> str:
        until = max(attempt.starts_at, now) + life
        return pages.page(purpose, interview.id, until) if pages else ""

    def words(text: Text) -> str:
        return render(text, reader)

    company = words(t("{company}", company=Words(policy.display_name)))
    return calendar_file(
        interview,
        company_name=company,
        summary=words(_summary(interview, company)),
        description="\n".join(words(text) for text in _description(policy, page("my", PAGE_LIFE))),
        url=page("go", LINK_LIFE) or (attempt.join if attempt.join.startswith("http") else ""),
        sequence=2 * (attempt.n - 1) + cancelled,
        stamped_at=now,
        cancelled=cancelled,
        organizer=policy.support.email or None,
    )


def _summary(interview: Interview, company: str) -> Text:
    if interview.role:
        return t("Interview: {role} at {company}", role=interview.role, company=company)
    return t("Interview at {company}", company=company)


def _description(policy: Policy, my: str) -> Iterator[Text]:
    yield t("You need: {devices}", devices=Words(policy.devices))
    if my:
        yield t("Confirm, move or call off: {url}", url=my)
