"""Whether somebody of staff and a candidate are writing with each other through us, and how that ends.

Both have a session about `relay:<case>`: staff in the dialog `relay`, the candidate in `talk`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from conversations.dialog import Scene, Session
from conversations.effects import PROMPTLY, CloseButtons, Effect, Manner, SetTimer, Show
from conversations.interview import Case

SILENCE = timedelta(hours=24)
"""After so long without a word the conversation is handed back by itself."""

Why = Literal["back", "closed", "handed", "silent"]
"""Whoever had it handed back, the case was closed, somebody else has it now, or nobody has written for a day."""


def subject_of_talk(case: Case) -> str:
    return f"relay:{case.id}"


def of_staff(scene: Scene, case: Case) -> Session | None:
    """Return the session of whoever writes with the candidate, while they do."""
    return _open(scene, case, "relay")


def of_candidate(scene: Scene, case: Case) -> Session | None:
    return _open(scene, case, "talk")


def _open(scene: Scene, case: Case, dialog: str) -> Session | None:
    subject = subject_of_talk(case)
    return next(
        (s for s in scene.sessions if s.subject == subject and s.dialog == dialog and s.is_waiting), None
    )


def goes_on(scene: Scene, session: Session) -> SetTimer:
    """Return the timer that ends a conversation a day after its last word; `session` is that of staff."""
    return SetTimer("lapse", f"session:{session.id}", scene.now + SILENCE, {"turn": str(session.turn)})


def end(scene: Scene, case: Case, why: Why) -> tuple[Effect, ...]:
    """Hand the candidate back to the bot and tell both, if somebody was writing with them."""
    effects: list[Effect] = []
    if (staff := of_staff(scene, case)) is not None:
        manner = Manner(where="ladder", under=staff.id)
        effects += (
            CloseButtons(staff.id, staff.turn + 1),
            Show(staff.holder, staff.subject, "relay.over", {"why": why}, manner),
        )
    if (theirs := of_candidate(scene, case)) is not None:
        effects.append(Show(theirs.holder, theirs.subject, "talk.over", {"why": why}, PROMPTLY))
    return tuple(effects)
