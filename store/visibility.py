"""Who may see which interview. Every read that answers somebody's question goes through here."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, true

from conversations.identity import Person, Role
from store.tables import interviews

SEES_ALL = (Role.HR, Role.VIEWER, Role.SUPPORT)
"""Beside admins, who may everything."""

Principal = Person | None
"""Who asks; None is the product itself, which sees everything."""


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Return the condition under which an interview concerns somebody; who has no role sees nothing.

    `conversations.rights.sees` says the same of one that is loaded.
    """
    if principal is None or principal.may(*SEES_ALL):
        return true()
    own = []
    if Role.RECRUITER in principal.roles:
        own.append(interviews.c.recruiter == principal.id)
        if principal.jobs:
            own.append(interviews.c.role.in_(sorted(principal.jobs)))
    if Role.CANDIDATE in principal.roles:
        own.append(interviews.c.person == principal.id)
    return or_(*own) if own else false()
