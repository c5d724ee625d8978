"""What a one-time code for staff stands for: a role, and for a recruiter the jobs they see."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.identity import Person, Role

_PREFIX, _PART, _JOB = "role:", "\x1f", "\x1e"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that is given, with the titles of the jobs that come with it."""

    role: Role
    jobs: frozenset[str] = frozenset()

    def subject(self, nonce: str = "") -> str:
        """Return what a token for it is kept under; a new token replaces an unused one of the same subject."""
        if not nonce and not self.jobs:
            return f"{_PREFIX}{self.role.value}"
        return _PART.join((f"{_PREFIX}{self.role.value}", nonce, _JOB.join(sorted(self.jobs))))

    def to(self, person: Person) -> tuple[frozenset[Role], frozenset[str]]:
        """Return the roles and jobs of somebody who was given this, too."""
        return person.roles | {self.role}, person.jobs | self.jobs


def read_grant(subject: str) -> Grant | None:
    """Return what a token's subject stands for; None for tokens of another kind."""
    if not subject.startswith(_PREFIX):
        return None
    role, _, rest = subject.removeprefix(_PREFIX).partition(_PART)
    jobs = rest.partition(_PART)[2]
    return Grant(Role(role), frozenset(filter(None, jobs.split(_JOB))))


def recorded(grant: Grant) -> dict[str, str]:
    """Return a grant as the journal has it."""
    jobs = {"jobs": ", ".join(sorted(grant.jobs))} if grant.jobs else {}
    return {"role": grant.role.value, **jobs}
