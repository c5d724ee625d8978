"""Who is called about a case, one after another, until somebody takes it: recruiter, lead, whoever is on duty, all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from conversations.dialog import Scene
from conversations.dialogs.casework import (
    cards,
    held,
    home_of,
    shown_to,
    step_of,
    subject_of,
    team_in,
)
from conversations.dialogs.together import told
from conversations.dialogs.warned import readers
from conversations.effects import ALERT, Effect, Record, SaveCase, SetTimer, Show
from conversations.identity import Person
from conversations.interview import Case, CaseKind, CaseState
from conversations.rights import may_handle
from conversations.shifts import is_known_as, on_duty
from conversations.steps import taken_by

WITHIN = timedelta(minutes=2)
Stage = tuple[str, ...]
"""The holders of a card who are called together."""


def chain(scene: Scene, case: Case) -> tuple[Stage, ...]:
    """Return who is called one after another; the last stage is the team that looks after it."""
    home = home_of(case)
    interview, policy = scene.booked, scene.policy
    is_no_show = case.kind is CaseKind.NO_SHOW and home == "team:hr"
    if not (policy.on_duty or (is_no_show and (interview.recruiter or policy.lead))):
        return ((home,),)
    staff = team_in(scene)
    recruiter = [person for person in staff if person.id == interview.recruiter]
    lead = [person for person in staff if policy.lead and is_known_as(person, policy.lead)]
    duty = on_duty(policy, home.partition(":")[2], staff, scene.now)
    wanted = (recruiter, lead, duty) if is_no_show else (duty,)
    stages: list[Stage] = []
    for several in wanted:
        stage = tuple(f"person:{person.id}" for person in several if _can_be_called(person, case, scene))
        if stage and stage not in stages:
            stages.append(stage)
    return (*stages, (home,))


def _can_be_called(person: Person, case: Case, scene: Scene) -> bool:
    return bool(person.reachable) and may_handle(person, case.kind, scene.booked)


def first_call(scene: Scene, case: Case) -> tuple[Effect, ...]:
    """Call those who are first, and look again when they had their time."""
    stages = chain(scene, case)
    is_watched = len(stages) > 1 or case.kind is not CaseKind.NO_SHOW
    alarm = (SetTimer("ack", subject_of(case), _look_again(scene, case)),) if is_watched else ()
    return (*alarm, *_call(scene, case, stages[0]))


def next_call(scene: Scene, case: Case) -> tuple[Effect, ...]:
    """Nobody has taken it in time: call the next who have not been called, and at the end HR and administrators."""
    if case.state is not CaseState.OPEN:
        return ()
    called = set(shown_to(scene, case))
    stages = chain(scene, case)
    left = [stage for stage in stages if not called & set(stage)]
    if not left or called & set(stages[-1]):
        return escalate(scene, case) if case.kind is not CaseKind.NO_SHOW else ()
    is_last = left[0] == stages[-1]
    if is_last and is_listed(scene, case):
        # HR has it before them already, among many.
        return (SaveCase(replace(case, escalated_at=scene.now)),)
    late = replace(case, escalated_at=scene.now) if is_last and case.kind is CaseKind.NO_SHOW else case
    is_watched = not is_last or case.kind is not CaseKind.NO_SHOW
    return (
        SaveCase(late),
        Record("case.called_next", subject_of(case), "core", {"stage": str(stages.index(left[0]) + 1)}),
        *((SetTimer("ack", subject_of(case), _look_again(scene, case)),) if is_watched else ()),
        *(cards(scene, late) if called else ()),
        *_call(scene, late, left[0]),
    )


def is_listed(scene: Scene, case: Case) -> bool:
    """Tell whether a no-show stands in a list already; asked first, because of hundreds each asks once."""
    if case.kind is not CaseKind.NO_SHOW:
        return False
    for subject in dict.fromkeys((bucket(case.opened_at), bucket(case.opened_at - WITHIN))):
        session = held(scene, "team:hr", subject)
        if session and scene.booked.label in {flag["label"] for flag in session.data.get("flags", ())}:
            return True
    return False


def bucket(at: datetime) -> str:
    """Name the list that flags of these ten minutes stand in."""
    return f"flags:{at - timedelta(minutes=at.minute % 10):%Y%m%dT%H%M}"


def _look_again(scene: Scene, case: Case) -> datetime:
    if case.kind is CaseKind.NO_SHOW:
        return scene.now + scene.policy.acknowledge_within
    return taken_by(scene.policy, scene.now)


def _call(scene: Scene, case: Case, stage: Stage) -> tuple[Effect, ...]:
    """Show a case's card, or many calls for help in one list; no-shows have a list of their own."""
    shows = tuple(Show(holder, subject_of(case), step_of(case), manner=ALERT) for holder in stage)
    return shows if case.kind is CaseKind.NO_SHOW else told(scene, *shows)


def escalate(scene: Scene, case: Case) -> tuple[Effect, ...]:
    """Nobody took it in time: HR and the administrators see it too. Once, and nobody twice."""
    if case.state is not CaseState.OPEN or case.escalated_at is not None:
        return ()
    late = replace(case, escalated_at=scene.now)
    wider = _wider(scene)
    # Who stands in for support has its card already: it calls them once more.
    loud = wider if "team:hr" in wider else (home_of(case), *wider)
    known = cards(scene, late)
    return (
        SaveCase(late),
        Record("case.escalated", subject_of(case), "core"),
        *(show for show in known if isinstance(show, Show) and show.holder not in loud),
        *_call(scene, case, loud),
    )


def _wider(scene: Scene) -> tuple[str, ...]:
    """Return which teams are told beside support: not those who all stand in for it, or were told, already."""
    places = {"hr": scene.policy.alerts_place, "support": scene.policy.support_place}
    told = set() if places["support"] else readers(scene, "support")
    wider = []
    for team in ("hr", "admin"):
        theirs = readers(scene, team)
        if places.get(team) or not theirs <= told:
            wider.append(f"team:{team}")
            told |= theirs
    return tuple(wider)
