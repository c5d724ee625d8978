"""What a row says otherwise than what is known. Empty cells say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.importing.drafts import InterviewDraft
from bot.importing.matching import OPEN, Existing, is_same_name, normal_phone
from bot.importing.words import fold
from conversations.identity import Person
from conversations.interview import Outcome

Change = tuple[str, str]
"""What was known and what the list says, as people read them."""

_ATTENDED = frozenset({Outcome.JOINED, Outcome.COMPLETED})


def differences(
    draft: InterviewDraft, existing: Existing | None, person: Person | None, *, is_superseded: bool
) -> dict[str, Change]:
    """Return what changes by the draft's field names, the appointment first, then the person, then the rest.

    The candidate's own language, zone and reason only fill gaps: what they told us themselves stands.
    """
    found: list[tuple[str, str | None, str | None]] = []
    if existing and not is_superseded:
        found += _of_appointment(draft, existing)
    if person:
        found += _of_person(draft, person)
    if existing:
        found += _of_interview(draft, existing, is_superseded=is_superseded)
    return {name: (old or "", new) for name, old, new in found if new and new != old}


_Found = Iterator[tuple[str, str | None, str | None]]


def _of_appointment(draft: InterviewDraft, existing: Existing) -> _Found:
    attempt = existing.interview.attempt
    is_moved = draft.starts_at != attempt.starts_at
    if is_moved:
        yield "starts_at", f"{attempt.local_start:%Y-%m-%d %H:%M}", f"{draft.local_start:%Y-%m-%d %H:%M}"
    if existing.interview.state in OPEN or is_moved:
        yield "zone", attempt.zone, draft.zone if draft.person_zone or is_moved else None
        yield "join", attempt.join, draft.join


def _of_person(draft: InterviewDraft, person: Person) -> _Found:
    if not is_same_name(draft.name, person.name):
        yield "name", person.name, draft.name
    yield "phone", normal_phone(person.phone), draft.phone
    yield "email", fold(person.email or ""), draft.email
    bound = {binding.address.channel for binding in person.bindings}
    for channel, user in draft.hints.items():
        if channel not in bound:
            yield channel, person.hints.get(channel), user
    if person.locale is None:
        yield "locale", None, draft.locale
    if person.zone is None:
        yield "person_zone", None, draft.person_zone


def _of_interview(draft: InterviewDraft, existing: Existing, *, is_superseded: bool) -> _Found:
    interview, attempt = existing.interview, existing.interview.attempt
    if fold(draft.role) != fold(interview.role):
        yield "role", interview.role, draft.role
    yield "source", interview.source, draft.source
    yield "candidate_type", interview.candidate_type, draft.candidate_type
    if fold(draft.external_id or "") != fold(interview.external_id or ""):
        yield "external_id", interview.external_id, draft.external_id
    if draft.recruiter_id != interview.recruiter:
        yield "recruiter", None, draft.recruiter if draft.recruiter_id else None
    for name, value in draft.tags.items():
        yield f"tags.{name}", interview.tags.get(name), value
    if is_superseded or not draft.outcome:
        return
    if not {draft.outcome, attempt.outcome} <= _ATTENDED:
        yield "outcome", attempt.outcome, draft.outcome
    if attempt.reason is None:
        yield "reason", None, draft.reason
