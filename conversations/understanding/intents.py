"""What somebody may say at any time (改约, status, stop), told from everything else.

Nothing irrevocable follows from words alone: whoever hears `stop`, `cant` or `withdraw` asks by a button first.
"""

from __future__ import annotations

from dataclasses import dataclass

from conversations.interview import Reason
from conversations.understanding.packs import packs, plain, squeezed
from conversations.understanding.reasons import Flags, ReasonGuess, reason_of

_BY_FLAG = (
    ("opt_out", "stop"),
    ("attended", "attended"),
    ("human", "person"),
    ("withdraw", "withdraw"),
    ("complaint", "complaint"),
    ("reschedule", "move"),
)
"""From what is heard first to what is heard only if nothing else was."""
_BY_CUE = ("privacy", "late", "cant", "status", "link", "help")
_BEFORE_FLAGS = ("late", "cant")
"""Heard before the flags that follow `attended`: "cancel the interview" asks why before it takes leave."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text asks for: one of the words one can say at any time, or None.

    `ack` is "received" and no more; `yes` answers a question and means nothing without one.
    """

    intent: str | None = None
    reason: Reason | None = None
    """A reason that was given along with it: "I'm ill and can't come"."""
    flags: Flags = frozenset()


def heed(text: str) -> Heard:
    """Tell which of the words that one can say at any time a text amounts to."""
    words = plain(text)
    guess = reason_of(text)
    return Heard(_intent(words, guess), guess.reason, guess.flags)


def _intent(words: str, guess: ReasonGuess) -> str | None:
    whole = squeezed(words.removeprefix("/"))
    book = packs()
    for name, known in book.words.items():
        if whole in known:
            return name
    if guess.flags & {"opt_out"}:
        return "stop"
    if guess.flags & {"attended"}:
        return "attended"
    if _is_said("confirm", words) and not book.flags["question"].search(words):
        return "confirm"
    said = [name for name in _BY_CUE if name in book.cues and _is_said(name, words)]
    for name in _BEFORE_FLAGS:
        if name in said:
            return name
    for flag, intent in _BY_FLAG:
        if flag in guess.flags:
            return intent
    if guess.reason is Reason.TECHNICAL:
        return "technical"
    if said:
        return said[0]
    return "cant" if guess.reason is Reason.CAME_UP else None


def _is_said(name: str, words: str) -> bool:
    book = packs()
    for match in book.cues[name].finditer(words):
        before = words[: match.start()]
        if not any(denial.end() == len(before) for denial in book.denials.finditer(before)):
            return True
    return False
