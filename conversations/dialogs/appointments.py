"""What happens to an interview's appointment, as effects: planned, left behind, ended, its cases closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from conversations.dialog import Scene, Session, Turn, fresh_id
from conversations.dialogs import talking
from conversations.dialogs.casework import FOLDED, QUIETLY, step_of, subject_of
from conversations.dialogs.phrases import nothing, zone_of
from conversations.effects import (
    DropTimers,
    Effect,
    Manner,
    PlanRungs,
    Record,
    ReleaseSlot,
    SaveCase,
    SaveInterview,
    SettleRung,
    Show,
    Withdraw,
)
from conversations.events import Event
from conversations.interview import Attempt, Case, CaseKind, CaseState, Interview, Outcome, State, Verdict
from conversations.late import held_until
from conversations.plan import ladder, timers_for
from locales.zones import local

OF_THE_START = ("rescue", "flag", "checklist")
"""Timers that watch whether somebody comes."""
TWICE = timedelta(minutes=2)
"""What staff order again within this was typed or tapped twice."""
OVER = frozenset({State.JOINED, State.COMPLETED, State.CANCELLED, State.WITHDRAWN})


def subject(interview: Interview) -> str:
    return f"interview:{interview.id}"


def is_current(scene: Scene, attempt: str | None) -> bool:
    """Tell whether a timer's attempt is still the interview's."""
    return scene.interview is not None and attempt in (None, "", str(scene.interview.attempt.id))


def was_just(session: Session, at: str, now: datetime) -> bool:
    """Tell whether staff had the candidate's dialog brought to this step a moment ago, and it stands there still."""
    ordered_at = session.data.get("by_staff_at")
    is_there = session.at == at and ordered_at is not None
    return is_there and now - datetime.fromisoformat(str(ordered_at)) < TWICE


def is_off(scene: Scene) -> bool:
    """Tell whether the interview has taken place or will not: nothing about it can be chosen any more."""
    return scene.interview is None or scene.interview.state in OVER


def standing(scene: Scene) -> Turn:
    """Say where things stand, to whoever asks for something that can no longer be chosen."""
    return Turn(to="status.now") if scene.interview else Turn(say=nothing(scene))


def may_be_told(scene: Scene) -> bool:
    """Tell whether we may speak to the candidate first."""
    person = scene.candidate
    return person is not None and person.opted_out_at is None and bool(person.reachable)


def unhurried(scene: Scene) -> Manner:
    """Send it now, or in the morning when it is night for the candidate and the start is not near."""
    attempt = scene.booked.attempt
    return Manner(where="ladder", due_at=held_until(attempt, scene.policy, zone_of(scene), scene.now))


def plan(scene: Scene, interview: Interview) -> tuple[Effect, ...]:
    """Plan the current attempt: its ladder, and the timers that watch over it."""
    recorded = {row.name: row for row in scene.rungs if row.attempt == interview.attempt.id}
    rows = ladder(interview.attempt, scene.policy, zone_of(scene), scene.now, recorded)
    return (PlanRungs(interview.id, rows), *timers_for(interview, scene.policy, scene.now))


def settle(scene: Scene, verdict: Verdict, why: str) -> Iterator[Effect]:
    """End what is still planned of the attempt's ladder."""
    for row in scene.rungs:
        if row.verdict is None:
            yield SettleRung(row.attempt, row.name, verdict, why)


def stop(scene: Scene, verdict: Verdict, why: str) -> tuple[Effect, ...]:
    """Nothing more is sent about the present attempt, and nobody watches for its start."""
    interview = scene.booked
    timers = tuple(f"rung:{row.name}" for row in scene.rungs if row.verdict is None)
    return (
        *settle(scene, verdict, why),
        Withdraw(interview.id, why),
        DropTimers(subject(interview), (*OF_THE_START, *timers)),
    )


def move(
    scene: Scene,
    event: Event,
    starts_at: datetime,
    zone: str,
    join: str,
    *,
    slot: UUID | None = None,
    by_candidate: bool = False,
) -> tuple[Interview, tuple[Effect, ...]]:
    """Begin a new attempt and leave the present one behind, a no-show where it was one.

    Whoever did not come by the start and then moves has missed that attempt: rebooking never makes it undone.
    """
    interview = scene.booked
    old = interview.attempt
    has_passed = old.starts_at <= scene.now and old.joined_at is None
    outcome = old.outcome or (Outcome.NO_SHOW if has_passed and by_candidate else Outcome.MOVED)
    new = Attempt(
        id=fresh_id(event, "attempt"),
        n=old.n + 1,
        starts_at=starts_at,
        zone=zone,
        join=join or old.join,
        local_start=local(starts_at, zone),
        booked_at=scene.now,
        slot=slot,
    )
    moved = replace(
        interview, attempt=new, state=State.SCHEDULED, moves=interview.moves + (1 if by_candidate else 0)
    )
    release = (ReleaseSlot(old.slot, interview.id),) if old.slot and old.starts_at > scene.now else ()
    effects = (
        *stop(scene, Verdict.SUPERSEDED, "moved"),
        SaveInterview(moved, replace(old, outcome=outcome)),
        *release,
        *plan(replace(scene, rungs=()), moved),
        Record(
            "interview.moved",
            subject(interview),
            actor(scene),
            {"from": old.starts_at.isoformat(), "to": starts_at.isoformat()},
        ),
        *close_cases(scene, "rebooked", CaseKind.NO_SHOW),
    )
    return moved, effects


def end(scene: Scene, state: State, outcome: Outcome | None, attempt: Attempt | None = None) -> SaveInterview:
    """Save the interview in a state, its attempt with an outcome."""
    interview = scene.booked
    kept = attempt or interview.attempt
    return SaveInterview(replace(interview, state=state, attempt=replace(kept, outcome=outcome)))


def close_cases(scene: Scene, result: str, *kinds: CaseKind) -> tuple[Effect, ...]:
    """Close the open cases of these kinds, and have their cards say so."""
    effects: list[Effect] = []
    for case in scene.cases:
        if case.kind in kinds and case.state is not CaseState.CLOSED:
            closed = replace(case, state=CaseState.CLOSED, closed_at=scene.now, result=result)
            ended = talking.end(scene, case, "closed")
            effects += (*ended, SaveCase(closed), DropTimers(subject_of(case)), *follow(scene, closed))
    return tuple(effects)


def refresh_cases(scene: Scene, *kinds: CaseKind) -> tuple[Effect, ...]:
    """Have the cards of open cases say what is known now."""
    found = [c for c in scene.cases if c.kind in kinds and c.state is not CaseState.CLOSED]
    return tuple(show for case in found for show in follow(scene, case))


def follow(scene: Scene, case: Case) -> tuple[Effect, ...]:
    """Have the cards that show a case follow it; one that stands in a list gets none for that."""
    held = [s for s in scene.sessions if s.subject == subject_of(case) and s.step and not s.data.get(FOLDED)]
    return tuple(Show(s.holder, s.subject, step_of(case), manner=QUIETLY) for s in held)


def actor(scene: Scene) -> str:
    """Name who acts, as the journal has it."""
    return f"person:{scene.person.id}" if scene.person else "core"
