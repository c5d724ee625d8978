"""One-time codes by which somebody proves in a new chat who they are."""

from __future__ import annotations

import secrets
from datetime import datetime

from conversations.dialog import Scene
from conversations.dialogs.claim import code as message_of
from conversations.effects import Manner, Say, SendCode
from conversations.identity import Address, Person, ToPerson
from conversations.interview import Interview, State
from store import interviews, people, tokens, tries
from store.db import Tx

PURPOSE = "code"
_OPEN = (State.SCHEDULED, State.NO_SHOW)


def token(by: Address, code: str) -> str:
    """Return the token that a code stands for: only the chat that asked for it can use it."""
    return f"{by.account}:{by.user}:{code}"


async def send(tx: Tx, wanted: SendCode, scene: Scene, now: datetime) -> Say | None:
    """Return the message that brings a code to its owner; None for a stranger, and for who asks too often."""
    if not await tries.take(tx, f"claim:{wanted.by.account}:{wanted.by.user}", now):
        return None
    person = await (people.by_email if "@" in wanted.to else people.by_phone)(tx, wanted.to)
    interview = await _open_interview(tx, person)
    if person is None or interview is None or not await tries.take(tx, f"claimed:{person.id}", now):
        return None
    code = f"{secrets.randbelow(10**6):06d}"
    await tokens.keep(
        tx, PURPOSE, f"interview:{interview.id}", token(wanted.by, code), now, now + wanted.lasts
    )
    manner = Manner(where="ladder", channels=("sms", "email"), useful_until=now + wanted.lasts)
    return Say(ToPerson(person.id), message_of(scene, code), manner, interview.id)


async def is_right(tx: Tx, by: Address, code: str, now: datetime) -> bool:
    """Count a try, and tell whether the code lets this chat in."""
    if not await tries.take(tx, f"code:{by.account}:{by.user}", now):
        return False
    state = await tokens.look(tx, PURPOSE, token(by, code), now)
    if state.state == "good":
        await tries.forgive(tx, f"code:{by.account}:{by.user}")
    return state.state == "good"


async def _open_interview(tx: Tx, person: Person | None) -> Interview | None:
    if person is None or person.is_staff:
        return None
    found = [i for i, _ in await interviews.search(tx, None, person=person.id, limit=20) if i.state in _OPEN]
    return min(found, key=lambda interview: interview.attempt.starts_at, default=None)
