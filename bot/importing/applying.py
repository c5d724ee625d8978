"""What a judged list asks to save: people and interviews as they would then be. Pure; the command line saves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.importing.columns import CHANNELS
from bot.importing.drafts import InterviewDraft
from bot.importing.slots import SlotVerdict
from bot.importing.verdicts import InterviewVerdict
from conversations.identity import Person
from conversations.interview import (
    Attempt,
    Case,
    CaseKind,
    CaseState,
    Interview,
    Outcome,
    Slot,
    State,
)

_STATE_OF: Mapping[Outcome, State] = {
    Outcome.JOINED: State.JOINED,
    Outcome.COMPLETED: State.COMPLETED,
    Outcome.NO_SHOW: State.NO_SHOW,
    Outcome.CANCELLED: State.CANCELLED,
}
_NEW_ATTEMPT = frozenset({"starts_at", "zone", "join"})


@dataclass(frozen=True, slots=True)
class Saving:
    """What one good row saves, and what has to happen then."""

    row: int
    person: Person
    is_new_person: bool
    interview: Interview
    """A new one has number and revision 0 until the store gives it both."""
    is_new: bool
    ended: Attempt | None = None
    """The attempt that a move leaves behind; None also where it had ended already."""
    previous_start: datetime | None = None
    """Where it moves from; None when nothing is planned anew."""
    is_past: bool = False
    """A past interview with its result: nobody is invited or reminded."""
    case: Case | None = None
    """How a past no-show was settled, for the handling time; its number is 0 until the store gives it one."""
    satisfaction: int | None = None
    """How a past candidate found it, 1 to 5."""

    @property
    def is_planned(self) -> bool:
        """Tell whether reminders have to be planned: `Booked` follows."""
        return not self.is_past and (self.is_new or self.previous_start is not None)


def plan_interviews(
    verdicts: Iterable[InterviewVerdict], now: datetime, new_id: Callable[[], UUID]
) -> list[Saving]:
    """Return what to save for the rows that are new or changed, in their order.

    Rows about one person share that person, with what every row adds.
    """
    judged = list(verdicts)
    people = {person.id: person for one in judged if (person := _known(one))}
    of_row: dict[int, UUID] = {}
    for one in judged:
        if known := _known(one):
            of_row.setdefault(one.person_row, known.id)
    savings = []
    for verdict in judged:
        if verdict.verdict not in ("new", "changed") or verdict.draft is None:
            continue
        draft, existing = verdict.draft, verdict.existing
        known = _known(verdict)
        id_ = known.id if known else of_row.get(verdict.person_row)
        is_new_person = id_ is None
        if id_ is None:
            id_ = of_row[verdict.person_row] = new_id()
        base = people.get(id_) or Person(id_, draft.name)
        people[id_] = person = _person(base, draft, verdict.changes)
        if existing:
            savings.append(_changed(verdict, existing.interview, draft, person, now, new_id))
        else:
            interview = _new(draft, person, now, new_id)
            is_past = draft.outcome is not None
            settled = _settled(draft, interview, new_id)
            savings.append(
                Saving(
                    verdict.row,
                    person,
                    is_new_person,
                    interview,
                    is_new=True,
                    is_past=is_past,
                    case=settled,
                    satisfaction=draft.satisfaction,
                )
            )
    return savings


def _known(verdict: InterviewVerdict) -> Person | None:
    return verdict.existing.person if verdict.existing else verdict.person


def _person(person: Person, draft: InterviewDraft, changes: Mapping[str, Any]) -> Person:
    hints = dict(person.hints)
    for channel in CHANNELS:
        if channel in draft.hints and (channel in changes or channel not in hints):
            hints[channel.value] = draft.hints[channel]
    return replace(
        person,
        name=draft.name if "name" in changes else person.name,
        phone=draft.phone if "phone" in changes else person.phone or draft.phone,
        email=draft.email if "email" in changes else person.email or draft.email,
        locale=person.locale or draft.locale,
        zone=person.zone or draft.person_zone,
        hints=hints,
    )


def _settled(draft: InterviewDraft, interview: Interview, new_id: Callable[[], UUID]) -> Case | None:
    """Return the closed case of a past no-show whose list says how long it took; flagged at its start."""
    if draft.handled is None:
        return None
    attempt = interview.attempt
    return Case(
        new_id(),
        0,
        CaseKind.NO_SHOW,
        interview.id,
        attempt.id,
        attempt.starts_at,
        CaseState.CLOSED,
        taken_at=attempt.starts_at,
        closed_at=attempt.starts_at + draft.handled,
        result="imported",
    )


def _new(draft: InterviewDraft, person: Person, now: datetime, new_id: Callable[[], UUID]) -> Interview:
    attempt = Attempt(
        id=new_id(),
        n=1,
        starts_at=draft.starts_at,
        zone=draft.zone,
        join=draft.join,
        local_start=draft.local_start,
        booked_at=min(now, draft.starts_at),
        flagged_at=draft.starts_at if draft.handled is not None else None,
        reason=draft.reason,
        reason_said=draft.reason_said,
        outcome=draft.outcome,
    )
    return Interview(
        id=new_id(),
        number=0,
        revision=0,
        person=person.id,
        company=draft.company,
        role=draft.role,
        attempt=attempt,
        state=_STATE_OF[draft.outcome] if draft.outcome else State.SCHEDULED,
        source=draft.source,
        candidate_type=draft.candidate_type,
        recruiter=draft.recruiter_id,
        external_id=draft.external_id,
        tags=dict(draft.tags),
    )


def _changed(
    verdict: InterviewVerdict,
    interview: Interview,
    draft: InterviewDraft,
    person: Person,
    now: datetime,
    new_id: Callable[[], UUID],
) -> Saving:
    changes, attempt = verdict.changes, interview.attempt
    ended: Attempt | None = None
    previous: datetime | None = None
    state = interview.state
    if _NEW_ATTEMPT & changes.keys() and not draft.outcome:
        previous = attempt.starts_at
        ended = replace(attempt, outcome=Outcome.MOVED) if attempt.is_open else None
        state = State.SCHEDULED
        moved = "starts_at" in changes
        attempt = Attempt(
            id=new_id(),
            n=attempt.n + 1,
            starts_at=draft.starts_at,
            zone=draft.zone if moved or "zone" in changes else attempt.zone,
            join=draft.join or attempt.join,
            local_start=draft.local_start if moved or "zone" in changes else attempt.local_start,
            booked_at=now,
        )
    if draft.outcome and "outcome" in changes:
        state = _STATE_OF[draft.outcome]
        attempt = replace(attempt, outcome=draft.outcome)
    if "reason" in changes:
        attempt = replace(attempt, reason=draft.reason, reason_said=draft.reason_said)
    said = {
        name: getattr(draft, name)
        for name in ("role", "source", "candidate_type", "external_id")
        if name in changes
    }
    tags = {
        **interview.tags,
        **{name: value for name, value in draft.tags.items() if f"tags.{name}" in changes},
    }
    recruiter = draft.recruiter_id if "recruiter" in changes else interview.recruiter
    interview = replace(interview, attempt=attempt, state=state, recruiter=recruiter, tags=tags, **said)
    is_past = draft.outcome is not None
    return Saving(verdict.row, person, False, interview, False, ended, previous, is_past)


def plan_slots(verdicts: Iterable[SlotVerdict], new_id: Callable[[], UUID]) -> list[Slot]:
    """Return the slots to save for the rows that are new or changed, in their order."""
    slots = []
    for verdict in verdicts:
        draft, slot = verdict.draft, verdict.existing
        if verdict.verdict == "new" and draft:
            slots.append(
                Slot(
                    new_id(),
                    draft.starts_at,
                    draft.zone,
                    draft.company,
                    draft.role,
                    draft.capacity,
                    0,
                    draft.join,
                )
            )
        elif verdict.verdict == "changed" and draft and slot:
            capacity = draft.capacity if "capacity" in verdict.changes else slot.capacity
            slots.append(replace(slot, capacity=capacity, join=draft.join or slot.join))
    return slots
