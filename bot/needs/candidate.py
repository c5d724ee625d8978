"""What a candidate's dialog asks for: their own slots, checks and feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from uuid import UUID

from bot import claims
from bot.needs.asking import Answering, Asked
from conversations.dialog import Session
from conversations.events import Followed, Ordered
from conversations.findings import TranscriptLine
from conversations.interview import (
    Attempt,
    Interview,
    Slot,
    State,
)
from conversations.prechecks import Precheck
from store import (
    feedback,
    interviews,
    prechecks,
    sessions,
    slots,
    tokens,
    transcript,
)
from store.tokens import TokenState

SLOTS_AT_MOST = 200
LATER, FIRST_AFTER = timedelta(days=60), 30
"""How far beyond the usual days staff's offers reach when nothing is free within them, and how many are looked at."""


async def _slots(asked: Asked) -> tuple[Slot, ...]:
    """The free times within the days that candidates are offered; for whom staff asked, else the first ones after."""
    interview, policy = asked.scene.booked, asked.scene.policy
    soon, ends = asked.now + timedelta(minutes=15), asked.now + policy.horizon
    found = await slots.free(asked.tx, interview.company, interview.role, soon, ends, SLOTS_AT_MOST)
    if not found and _is_by_staff(asked):
        latest = asked.now + LATER
        found = await slots.free(asked.tx, interview.company, interview.role, ends, latest, FIRST_AFTER)
    return tuple(slot for slot in found if slot.id != interview.attempt.slot)


def _is_by_staff(asked: Asked) -> bool:
    """Tell whether staff have the times offered, or had them: rules for candidates do not bind them."""
    scene, body = asked.scene, asked.event.body
    if isinstance(body, Ordered):
        return body.act == "rebook"
    holder, subject = f"person:{scene.whose.id}", f"interview:{scene.booked.id}"
    session = scene.session(holder, subject)
    return session is not None and bool(session.data.get("by_staff"))


async def _token(asked: Asked) -> TokenFound:
    body = asked.event.body
    value = body.token if isinstance(body, Followed) else getattr(body, "text", "").strip()
    for purpose in ("bind", "role", claims.PURPOSE):
        state = await tokens.look(asked.tx, purpose, value, asked.now) if value else TokenState("unknown")
        if state.state != "unknown":
            person = asked.scene.person
            is_mine = person is not None and state.used_by in (str(person.id), "")
            return TokenFound(state.state, purpose, state.subject, state.state == "used" and is_mine)
    return TokenFound("unknown", "", "", False)


class TokenFound:
    """How a token stands, as the greeting reads it."""

    def __init__(self, state: str, purpose: str, subject: str, used_by_me: bool) -> None:
        self.state = state
        self.purpose = purpose
        self.subject = subject
        self.used_by_me = used_by_me


async def _transcript(asked: Asked) -> tuple[TranscriptLine, ...]:
    lines = await transcript.lines(asked.tx, asked.scene.booked.id, 40)
    return tuple(TranscriptLine(line.at, _who(line.who), line.text) for line in lines)


def _who(name: str) -> Literal["candidate", "bot", "staff"]:
    return "candidate" if name == "candidate" else "bot" if name == "bot" else "staff"


async def _prechecks(asked: Asked) -> tuple[Precheck, ...]:
    """Return the interview's device checks, the last one first."""
    return tuple(await prechecks.of_interview(asked.tx, asked.scene.booked.id))


async def _others(asked: Asked) -> tuple[Interview, ...]:
    scene = asked.scene
    if scene.person is None:
        return ()
    found = await interviews.search(asked.tx, None, person=scene.person.id, state=State.SCHEDULED)
    own = scene.interview.id if scene.interview else None
    return tuple(interview for interview, _ in found if interview.id != own)


async def _feedback(asked: Asked) -> Mapping[str, int | None]:
    return await feedback.of_attempt(asked.tx, UUID(asked.args["attempt"]))


async def _session(asked: Asked) -> Session | None:
    return await sessions.find(asked.tx, asked.args["holder"], asked.args["subject"])


async def _attempts(asked: Asked) -> tuple[Attempt, ...]:
    return tuple(await interviews.attempts(asked.tx, asked.scene.booked.id))


NEEDS: Mapping[str, Answering] = {
    "slots": _slots,
    "token": _token,
    "transcript": _transcript,
    "prechecks": _prechecks,
    "others": _others,
    "feedback": _feedback,
    "session": _session,
    "attempts": _attempts,
}
