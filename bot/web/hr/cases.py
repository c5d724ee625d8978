"""Who needs a person now: open cases that concern whoever looks, with whose turn it is and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.settings import Policies
from conversations.figures.overview import Asked
from conversations.identity import Person, Role
from conversations.interview import Case, Interview
from conversations.rights import HANDLES
from conversations.steps import Step, next_step, staffed
from locales.mask import mask_name
from store import cases, interviews, people
from store.db import Tx

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open case: whose interview it is about, as the name may be shown here, and what has to be done next."""

    case: Case
    interview: Interview
    name: str
    step: Step

    def is_late(self, now: datetime) -> bool:
        return self.step.by is not None and self.step.by <= now


@dataclass(frozen=True, slots=True)
class Cases:
    """The open cases, the most urgent first; `shown` of them fit on the page."""

    all: tuple[Waiting, ...]

    @property
    def shown(self) -> tuple[Waiting, ...]:
        return self.all[:SHOWN]

    def late(self, now: datetime) -> int:
        return sum(waiting.is_late(now) for waiting in self.all)


async def waiting(
    tx: Tx, person: Person, policies: Policies, now: datetime, asked: Asked | None = None
) -> Cases:
    """Return the open cases that somebody may see, narrowed down as figures are, whatever days those are of."""
    known = [case for case in await cases.open_cases(tx, person) if _concerns(person, case)]
    found = await _interviews(tx, [case.interview for case in known])
    staff = await people.everybody_of_staff(tx)
    lines = [
        _line(case, *found[case.interview], policies, staff, now)
        for case in known
        if case.interview in found and _is_meant(found[case.interview][0], asked)
    ]
    return Cases(tuple(sorted(lines, key=_urgency)))


def _concerns(person: Person, case: Case) -> bool:
    """Support looks after some kinds of cases only; everybody else sees all that concern them."""
    is_support_only = not person.may(Role.HR, Role.RECRUITER, Role.VIEWER)
    return not is_support_only or Role.SUPPORT in HANDLES[case.kind]


async def _interviews(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Interview, Person]]:
    several = list(dict.fromkeys(ids))
    found = await interviews.among(tx, interviews.is_one_of(several), limit=len(several)) if several else []
    return {interview.id: (interview, person) for interview, person in found}


def _line(
    case: Case,
    interview: Interview,
    candidate: Person,
    policies: Policies,
    staff: Sequence[Person],
    now: datetime,
) -> Waiting:
    policy = policies.for_(interview.company, interview.role)
    name = mask_name(candidate.name)
    step = next_step(interview, candidate, case, policy, now, name)
    return Waiting(case, interview, name, staffed(step, interview, policy, staff))


def _urgency(line: Waiting) -> tuple[bool, datetime, int]:
    """What nobody is there to do comes first, then what is due first."""
    return not line.step.is_alarm, line.step.by or line.case.opened_at, line.case.number


def _is_meant(interview: Interview, asked: Asked | None) -> bool:
    if asked is None:
        return True
    return all(_value(interview, name) in values for name, values in asked.where.items())


def _value(interview: Interview, dimension: str) -> str:
    match dimension:
        case "role":
            return interview.role
        case "source":
            return interview.source
        case "candidate_type":
            return interview.candidate_type
        case "company":
            return interview.company
        case "recruiter":
            return interview.recruiter.hex if interview.recruiter else ""
    return interview.tags.get(dimension.removeprefix("tag:"), "")
