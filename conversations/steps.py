"""Whose turn it is: every step of an interview has an owner and, where there is one, a deadline.

The one model behind `show`, HR's and support's cards, warnings, the digest and the candidate's progress.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from conversations.identity import Person, Role
from conversations.interview import Case, CaseKind, CaseState, Interview, State
from conversations.policy import Policy
from conversations.shifts import shift_at
from locales.text import Moment, Text, Value, ct, t

HANDLED_WITHIN = timedelta(hours=2)
"""From the flag or the call for help until somebody has dealt with it."""
WARNED_BEFORE = timedelta(minutes=30)
"""So long before that its owner is warned."""
HR_WARNED_BEFORE = timedelta(minutes=15)


class Owner(StrEnum):
    """Who has to do something."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    HR = "hr"
    SUPPORT = "support"
    ADMIN = "admin"
    PERSON = "person"
    """Whoever has taken the case."""
    TURNOUT = "turnout"
    PLATFORM = "platform"
    INTERVIEWER = "interviewer"
    NOBODY = "nobody"
    """Nothing is to be done."""
    MISSING = "missing"
    """Somebody would have to, and there is nobody: an alarm."""


OWNERS: Mapping[Owner, Text] = {
    Owner.RECRUITER: ct("owner", "Recruiter"),
    Owner.HR: ct("owner", "HR"),
    Owner.SUPPORT: ct("owner", "Support"),
    Owner.ADMIN: ct("owner", "Administrator"),
    Owner.TURNOUT: ct("owner", "Turnout"),
    Owner.PLATFORM: ct("owner", "The interview platform"),
    Owner.INTERVIEWER: ct("owner", "Interviewer"),
    Owner.NOBODY: ct("owner", "Nobody"),
    Owner.MISSING: ct("owner", "NOBODY IS SET UP FOR THIS"),
}
_STAND_INS: Mapping[Owner, tuple[Owner, ...]] = {
    Owner.RECRUITER: (Owner.RECRUITER, Owner.HR, Owner.ADMIN),
    Owner.SUPPORT: (Owner.SUPPORT, Owner.HR, Owner.ADMIN),
    Owner.HR: (Owner.HR, Owner.ADMIN),
    Owner.PERSON: (Owner.PERSON, Owner.HR, Owner.ADMIN),
}
"""Who does it instead, where there is nobody."""


@dataclass(frozen=True, slots=True)
class Step:
    """What has to be done next."""

    owner: Owner
    words: Text
    """A whole sentence whose `{who}` is the owner."""
    by: datetime | None = None
    who: str = ""
    """The owner's name, where it is a certain person."""
    person: UUID | None = None
    """Who it is, for a case that somebody has taken."""
    stands_in_for: Owner | None = None
    """Whose step it would be, if there were somebody."""

    @property
    def told(self) -> Text:
        """Return the step as staff read it."""
        return replace(self.words, params={**self.words.params, "who": self.whose})

    @property
    def whose(self) -> Value:
        return self.who or OWNERS.get(self.owner, "?")

    @property
    def is_alarm(self) -> bool:
        return self.owner is Owner.MISSING


def next_step(
    interview: Interview, candidate: Person, case: Case | None, policy: Policy, now: datetime, name: str
) -> Step:
    """Return who does what next, and by when; `name` is the candidate's, as it may be shown here."""
    if case is not None and case.state is not CaseState.CLOSED:
        return _in_case(interview, candidate, case, policy, now, name)
    attempt = interview.attempt
    hr = Owner.RECRUITER if interview.recruiter is not None else Owner.HR
    match interview.state:
        case State.JOINED:
            return Step(Owner.INTERVIEWER, t("{who}: the interview is under way.", who=""))
        case State.COMPLETED:
            return Step(hr, t("{who}: tell {name} how it went.", who="", name=name))
        case State.CANCELLED | State.WITHDRAWN:
            return Step(Owner.NOBODY, t("{who}: it is off.", who=""))
        case State.NO_SHOW:
            return Step(hr, t("{who}: decide whether to offer {name} another time.", who="", name=name))
        case State.SCHEDULED:
            pass
    if attempt.starts_at <= now:
        return _is_judged(interview, policy, name, hr)
    starts = Moment(attempt.starts_at, attempt.zone)
    if not candidate.reachable:
        words = t("{who}: bring {name} into the chat, before {when}.", who="", name=name, when=starts)
        return Step(hr, words, attempt.starts_at)
    words = (
        t("{who}: confirm, before {when}.", who="", when=starts)
        if attempt.confirmed_at is None
        else t("{who}: join, {when}.", who="", when=starts)
    )
    return Step(Owner.CANDIDATE, words, attempt.starts_at, name)


def _is_judged(interview: Interview, policy: Policy, name: str, hr: Owner) -> Step:
    """It has begun: somebody has to say whether they came."""
    judged_at = interview.attempt.starts_at + policy.grace
    judged = Moment(judged_at)
    if policy.join_signal == "manual":
        return Step(
            hr, t("{who}: say whether {name} came, after {when}.", who="", name=name, when=judged), judged_at
        )
    words = t("{who}: say whether {name} came, by {when}.", who="", name=name, when=judged)
    return Step(Owner.PLATFORM, words, judged_at)


def _in_case(
    interview: Interview, candidate: Person, case: Case, policy: Policy, now: datetime, name: str
) -> Step:
    handled_at = handled_by(case, policy)
    if case.state is CaseState.TAKEN:
        words = (
            t("{who}: settle it, by {when}.", who="", when=Moment(handled_at))
            if now < handled_at
            else t(
                "{who}: settle it as soon as possible; it was due by {when}.", who="", when=Moment(handled_at)
            )
        )
        return Step(Owner.PERSON, words, handled_at, case.owner_name or "?", case.owner)
    if case.kind is not CaseKind.NO_SHOW:
        return _unanswered(case, policy, now)
    hr = Owner.RECRUITER if interview.recruiter is not None and case.escalated_at is None else Owner.HR
    attempt = interview.attempt
    if attempt.contacted_at is None:
        asked_at = case.opened_at + policy.ask_within
        asked = Moment(asked_at)
        if not candidate.reachable:
            return Step(hr, _call(name, asked, is_late=asked_at <= now), asked_at)
        words = (
            t("{who}: ask {name} why, by {when}.", who="", name=name, when=asked)
            if now < asked_at
            else t("{who}: ask {name} why; it was due by {when}.", who="", name=name, when=asked)
        )
        return Step(Owner.TURNOUT, words, asked_at)
    if attempt.reason is None:
        answers_by = attempt.contacted_at + policy.patience
        if answers_by <= now:
            words = t("{who}: call {name}, who was asked and has not answered.", who="", name=name)
            return Step(hr, words, handled_at)
        words = t("{who}: say why, by {when}.", who="", when=Moment(answers_by))
        return Step(Owner.CANDIDATE, words, answers_by, name)
    handled = Moment(handled_at)
    words = (
        t("{who}: settle it with {name}, by {when}; nobody has taken it yet.", who="", name=name, when=handled)
        if now < handled_at
        else t("{who}: settle it with {name}; it was due by {when}, and nobody has taken it yet.", who="",
               name=name, when=handled)
    )  # fmt: skip
    return Step(hr, words, handled_at)


def _call(name: str, by: Moment, *, is_late: bool) -> Text:
    if is_late:
        return t("{who}: call {name}, who cannot be reached by chat; it was due by {when}.", who="", name=name,
                 when=by)  # fmt: skip
    return t("{who}: call {name}, who cannot be reached by chat, by {when}.", who="", name=name, when=by)


def _unanswered(case: Case, policy: Policy, now: datetime) -> Step:
    """A call for help that nobody has taken yet."""
    taken_at = taken_by(policy, case.opened_at)
    by = Moment(taken_at)
    if case.escalated_at is not None:
        words = t("{who}: nobody in support has taken it; it was due by {when}.", who="", when=by)
        return Step(Owner.HR, words, taken_at)
    owner = Owner.HR if case.team == "hr" else Owner.SUPPORT
    words = (
        t("{who}: take it, by {when}.", who="", when=by)
        if now < taken_at
        else t("{who}: take it as soon as possible; it was due by {when}.", who="", when=by)
    )
    return Step(owner, words, taken_at)


def taken_by(policy: Policy, asked_at: datetime) -> datetime:
    """Return until when support takes a case: outside its hours that is after they begin."""
    return _there_from(policy, asked_at) + policy.acknowledge_within


def handled_by(case: Case, policy: Policy) -> datetime:
    """Return until when a case is to be settled."""
    begins = case.opened_at if case.kind is CaseKind.NO_SHOW else _there_from(policy, case.opened_at)
    return begins + HANDLED_WITHIN


def _there_from(policy: Policy, at: datetime) -> datetime:
    known = policy.support
    opens, _ = shift_at(known.opens, known.closes, known.days, known.zone, at)
    return max(at, opens)


# -- who there is ----------------------------------------------------------------------------------------


def staffed(step: Step, interview: Interview, policy: Policy, staff: Iterable[Person]) -> Step:
    """Return the step with whoever can do it: a stand-in where there is nobody, MISSING where there is no stand-in."""
    order = _STAND_INS.get(step.owner)
    if order is None:
        return step
    known = tuple(staff)
    for owner in order:
        found = _holding(owner, step, interview, known)
        if not found and not _has_place(owner, policy):
            continue
        if owner is step.owner:
            return replace(step, who=found[0].name) if owner is Owner.RECRUITER else step
        return replace(step, owner=owner, who="", person=None, stands_in_for=step.owner)
    return replace(step, owner=Owner.MISSING, who="", person=None, stands_in_for=step.owner)


def _holding(owner: Owner, step: Step, interview: Interview, staff: Iterable[Person]) -> list[Person]:
    reached = [person for person in staff if person.reachable and person.is_staff]
    if owner is Owner.PERSON:
        return [person for person in reached if person.id == step.person]
    reached = [person for person in reached if Role(owner.value) in person.roles]
    if owner is Owner.RECRUITER:
        return [person for person in reached if person.id == interview.recruiter]
    return reached


def _has_place(owner: Owner, policy: Policy) -> bool:
    places = {Owner.HR: policy.alerts_place, Owner.SUPPORT: policy.support_place}
    return places.get(owner) is not None


def is_left_alone(case: Case, staff: Iterable[Person]) -> bool:
    """Tell whether somebody has a case in hand who cannot be reached here any more, or is not of staff."""
    if case.state is not CaseState.TAKEN:
        return False
    return not any(person.id == case.owner and person.reachable and person.is_staff for person in staff)


def is_unstaffed(policy: Policy, staff: Iterable[Person]) -> bool:
    """Tell whether no step of HR's has an owner: neither HR nor an administrator can be reached, nor HR's group."""
    there = {role for person in staff if person.reachable for role in person.roles}
    return not there & {Role.HR, Role.ADMIN} and not _has_place(Owner.HR, policy)
