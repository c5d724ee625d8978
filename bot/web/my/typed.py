"""An address short enough to type: eight characters that lead to a candidate's page for half an hour."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from bot.web.my.seals import Seals
from bot.web.my.visits import Visit
from store import tokens
from store.db import Tx

LIFE = timedelta(minutes=30)
_PURPOSE = "page"
_MISTYPED = str.maketrans("018", "OIB")
"""Digits that no code has, and the letters they are taken for."""


async def make(tx: Tx, visit: Visit, seals: Seals, now: datetime) -> None:
    """Let a visit's page be opened by its code; only the code's hash is kept, it is made anew to be shown."""
    code = _code(visit, seals, _window(now))
    subject = f"{visit.interview.id}:{visit.person.id}"
    await tokens.keep(tx, _PURPOSE, subject, code, now, now + LIFE)


async def known(tx: Tx, visit: Visit, seals: Seals, now: datetime) -> str:
    """Return the code by which the page can be opened now, empty when there is none."""
    for window in (_window(now), _window(now) - 1):
        code = _code(visit, seals, window)
        if (await tokens.look(tx, _PURPOSE, code, now)).state == "good":
            return f"{code[:4]}-{code[4:]}"
    return ""


async def find(tx: Tx, code: str, now: datetime) -> tuple[UUID, UUID] | None:
    """Return the interview and the person whose page a code opens."""
    plain = re.sub(r"[\s-]", "", code).upper().translate(_MISTYPED)
    found = await tokens.look(tx, _PURPOSE, plain, now)
    if found.state != "good":
        return None
    interview, _, person = found.subject.partition(":")
    return UUID(interview), UUID(person)


def _code(visit: Visit, seals: Seals, window: int) -> str:
    return seals.code(visit.interview.id, visit.person.id, window)


def _window(now: datetime) -> int:
    return int(now.timestamp() // LIFE.total_seconds())
