"""Who may see and press what: denied unless a role grants it, whatever the chat it is asked in."""

from __future__ import annotations

import unicodedata

from conversations.identity import Person, Role
from conversations.interview import CaseKind, Interview

SEES_ALL = frozenset({Role.ADMIN, Role.HR, Role.SUPPORT, Role.VIEWER})
HANDLES = {
    CaseKind.NO_SHOW: frozenset({Role.HR, Role.RECRUITER}),
    CaseKind.TECHNICAL: frozenset({Role.HR, Role.SUPPORT}),
    CaseKind.PERSON: frozenset({Role.HR, Role.SUPPORT}),
}
"""Who may look after a case, by its kind."""


def sees(person: Person | None, interview: Interview) -> bool:
    """Tell whether somebody of staff may see an interview: recruiters see their own, and those of their jobs.

    `store.visibility` says the same to the database.
    """
    if person is None:
        return False
    if person.roles & SEES_ALL:
        return True
    is_theirs = interview.recruiter == person.id or interview.role in person.jobs
    return Role.RECRUITER in person.roles and is_theirs


def may_handle(person: Person | None, kind: CaseKind, interview: Interview) -> bool:
    """Tell whether somebody may take a case of this kind, or be given it."""
    return person is not None and person.may(*HANDLES[kind]) and sees(person, interview)


def plain_job(title: str) -> str:
    """Return a job's title without regard to case, width and blanks, as typed titles are compared."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())
